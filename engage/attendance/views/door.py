"""The door: a list to tick off, searchable, on a phone; and somebody without a booking."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from engage.attendance import policy, queries, service
from engage.attendance.forms import DoorForm, WalkInForm
from engage.attendance.models import CheckIn, RegistrationState
from engage.attendance.service import Arrival
from engage.attendance.views import bp
from engage.attendance.views._common import base, staff_page
from engage.core import slots
from engage.core.access import current_principal, requires
from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.core.text import _, local_time, time_of_day
from engage.events import queries as events
from engage.events.models import Event


def door_url(event: Event) -> str:
    return f"{base(event)}/check-in"


@bp.get("/manage/events/<slug:event>/check-in")
@requires(policy.may_check_in, on=events.by_slug)
def check_in(event: Event) -> ResponseReturnValue:
    return _page(event, DoorForm(formdata=None))


def _page(event: Event, form: DoorForm) -> str:
    words = request.args.get("q", "").strip()[:100]
    everybody = queries.door_list(event)
    shown = queries.door_list(event, search=words) if words else everybody
    names = slots.names_of({line.arrived.actor for line in shown if line.arrived})
    return staff_page(
        "check_in",
        event,
        form=form,
        rows=[_row(event, line, names) for line in shown],
        token=generate_csrf(),
        arrived=sum(1 for line in everybody if line.arrived),
        total=len(everybody),
        words=words,
        doors_open=service.doors_are_open(event),
        url=door_url(event),
    )


def _row(event: Event, line: queries.AtDoor, names: Mapping[str, str]) -> dict[str, object]:
    """A line of the list; its note says who came when, or that the person has not reconfirmed."""
    note = ""
    if line.arrived:
        note = _("In %(when)s", when=_when_and_who(event, line.arrived, names))
    elif line.registration.state is RegistrationState.RECONFIRM:
        note = _("Has not reconfirmed")
    return {"registration": line.registration, "arrived": line.arrived is not None, "note": note}


@bp.post("/manage/events/<slug:event>/check-in")
@requires(policy.may_check_in, on=events.by_slug)
def tick(event: Event) -> ResponseReturnValue:
    """Tick, or take a tick back. Back to the whole list: the next one is looked for by another name."""
    form = DoorForm()
    if not form.validate_on_submit():
        return _page(event, form), 422
    key = form.tick.data or form.undo.data or ""
    registration = queries.registration_at(event.slug, key)
    if registration is None:
        flash(_("That person is not on the list any more."), "warn")
        return redirect(door_url(event), 303)
    try:
        with saving():
            if form.tick.data:
                _say(event, service.check_in(registration, by=current_principal()))
            else:
                service.undo_check_in(registration, by=current_principal())
                flash(_("%(name)s is not checked in.", name=registration.name), "note")
    except RuleBroken as no:
        flash(no.message, "warn")
    return redirect(f"{door_url(event)}#p-{key}", 303)


def _say(event: Event, arrival: Arrival) -> None:
    name = arrival.registration.name
    when = _when_and_who(event, arrival.check_in, slots.names_of({arrival.check_in.actor}))
    if arrival.already:
        flash(
            _("%(name)s was checked in already: %(when)s.", name=name, when=when),
            "note",
        )
    else:
        flash(_("%(name)s is in.", name=name), "done")


def _when_and_who(event: Event, check_in: CheckIn, names: Mapping[str, str]) -> str:
    time = time_of_day(local_time(check_in.at, event.zone))
    who = names.get(check_in.actor)
    return _("at %(time)s by %(who)s", time=time, who=who) if who else _("at %(time)s", time=time)


@bp.route("/manage/events/<slug:event>/check-in/walk-in", methods=["GET", "POST"])
@requires(policy.may_check_in, on=events.by_slug)
def walk_in(event: Event) -> ResponseReturnValue:
    form = WalkInForm()
    if form.validate_on_submit():
        try:
            with saving():
                arrival = service.walk_in(
                    event,
                    name=form.name.data,
                    email=form.email.data,
                    organisation=form.organisation.data,
                    reason=form.reason.data,
                    by=current_principal(),
                )
                _say(event, arrival)
        except RuleBroken as no:
            form.attach(no)
        else:
            return redirect(door_url(event), 303)
    seats = queries.seats(event)
    page = staff_page(
        "walk_in",
        event,
        form=form,
        seats=seats,
        full=seats.free == 0,
        on_offer=service.on_offer(seats),
        url=door_url(event),
    )
    return page, 422 if form.has_errors else 200
