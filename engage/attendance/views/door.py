"""The door: a list to tick off, searchable, on a phone; and somebody without a booking."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from engage.attendance import policy, queries, service
from engage.attendance.forms import DoorAnswersForm, DoorForm, WalkInForm
from engage.attendance.forms.asking import asking
from engage.attendance.forms.kinds import offer_kinds
from engage.attendance.models import Audience, CheckIn, Registration, RegistrationState, SessionCheckIn
from engage.attendance.service import Arrival
from engage.attendance.views import bp
from engage.attendance.views._common import base, staff_page
from engage.core import slots
from engage.core.access import current_principal, requires
from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.core.pages import Page, page_number
from engage.core.text import _, local_time, time_of_day
from engage.events import queries as events
from engage.events.models import Event

SIZE = 100
"""Lines of the door list on a page: few enough for a phone."""


def door_url(event: Event | events.EventRef) -> str:
    return f"{base(event)}/check-in"


@bp.get("/manage/events/<slug:event>/check-in")
@requires(policy.may_check_in, on=events.by_slug)
def check_in(event: Event) -> ResponseReturnValue:
    return _page(event, DoorForm(formdata=None))


def _page(event: Event, form: DoorForm) -> str:
    words = request.args.get("q", "").strip()[:100]
    number = page_number(request.args.get("page"))
    counts = queries.counts(event)
    total = sum(counts.get(state, 0) for state in queries.ON_DOOR_LIST)
    shown = queries.door_list(event, search=words, limit=SIZE, offset=Page.offset(number, SIZE))
    found = queries.at_door_count(event, search=words) if words else total
    names = slots.names_of({line.arrived.actor for line in shown if line.arrived})
    return staff_page(
        "check_in",
        event,
        form=form,
        rows=[_row(event, line, names) for line in shown],
        page=Page(items=shown, number=number, total=found, size=SIZE),
        page_url=lambda number: f"?{urlencode({'q': words, 'page': number})}",
        back="" if words or number == 1 else f"?page={number}",
        token=generate_csrf(),
        arrived=counts.get(RegistrationState.ATTENDED, 0),
        total=total,
        words=words,
        doors_open=service.doors_are_open(event),
        asks=bool(queries.sheet(event.id, Audience.DOOR)),
        url=door_url(event),
    )


def _row(event: Event, line: queries.AtDoor, names: Mapping[str, str]) -> dict[str, object]:
    """A line of the list; its note says who came when, or that the person has not reconfirmed."""
    note = ""
    if line.arrived:
        note = _("In %(when)s", when=when_and_who(event, line.arrived, names))
    elif line.registration.state is RegistrationState.RECONFIRM:
        note = _("Has not reconfirmed")
    return {"registration": line.registration, "arrived": line.arrived is not None, "note": note}


@bp.post("/manage/events/<slug:event>/check-in")
@requires(policy.may_check_in, on=events.ref_by_slug)
def tick(event: events.EventRef) -> ResponseReturnValue:
    """Tick, or take a tick back. Back to the page of the list that it was done on; from a search, to the whole list:
    the next one is looked for by another name."""
    form = DoorForm()
    if not form.validate_on_submit():
        whole = events.by_slug(event.slug)
        return (_page(whole, form) if whole else ""), 422
    key = form.tick.data or form.undo.data or ""
    try:
        with saving():
            registration = queries.registration_of(event.id, key)
            if registration is None:
                raise RuleBroken(_("That person is not on the list any more."))
            if form.tick.data:
                said = _said(event, service.check_in(registration, by=current_principal()))
            else:
                service.undo_check_in(registration, by=current_principal())
                said = _("%(name)s is not checked in.", name=registration.name), "note"
    except RuleBroken as no:
        said = no.message, "warn"
    flash(*said)
    number = page_number(request.args.get("page"))
    return redirect(f"{door_url(event)}{f'?page={number}' if number > 1 else ''}#p-{key}", 303)


def _said(event: Event | events.EventRef, arrival: Arrival) -> tuple[str, str]:
    """What to flash, and how."""
    name = arrival.registration.name
    if not arrival.already:
        return _("%(name)s is in.", name=name), "done"
    when = when_and_who(event, arrival.check_in, slots.names_of({arrival.check_in.actor}))
    return _("%(name)s was checked in already: %(when)s.", name=name, when=when), "note"


def when_and_who(event: Event | events.EventRef, check_in: CheckIn | SessionCheckIn, names: Mapping[str, str]) -> str:
    """At what time somebody was ticked off, and by whom where that is known."""
    time = time_of_day(local_time(check_in.at, event.zone))
    who = names.get(check_in.actor)
    return _("at %(time)s by %(who)s", time=time, who=who) if who else _("at %(time)s", time=time)


@bp.route("/manage/events/<slug:event>/check-in/<key:key>", methods=["GET", "POST"])
@requires(policy.may_check_in, on=queries.registration_at)
def check_in_asking(registration: Registration) -> ResponseReturnValue:
    """Tick somebody off where the door asks something; who is in already can still be asked."""
    event = registration.event
    told = queries.stands(queries.told_by(registration.id, restricted=True))
    form = asking(DoorAnswersForm, queries.sheet(event.id, Audience.DOOR), told=told, hidden=False)
    if form.validate_on_submit():
        try:
            with saving():
                arrival = service.check_in(registration, answers=form.replies, by=current_principal())
                said, home = _said(event, arrival), f"{door_url(event)}#p-{registration.key}"
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(*said)
            return redirect(home, 303)
    page = staff_page("check_in_asking", event, form=form, registration=registration, url=door_url(event))
    return page, 422 if form.has_errors else 200


@bp.route("/manage/events/<slug:event>/check-in/walk-in", methods=["GET", "POST"])
@requires(policy.may_check_in, on=events.by_slug)
def walk_in(event: Event) -> ResponseReturnValue:
    form = asking(WalkInForm, queries.sheet(event.id, Audience.DOOR))
    seats = queries.seats(event)
    offer_kinds(form, seats, seats.kinds, hints=True)
    if form.validate_on_submit():
        try:
            with saving():
                arrival = service.walk_in(
                    event,
                    name=form.name.data,
                    email=form.email.data,
                    organisation=form.organisation.data,
                    pool=form.data.get("pool", ""),
                    reason=form.reason.data,
                    answers=form.replies,
                    by=current_principal(),
                )
                said, home = _said(event, arrival), door_url(event)
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(*said)
            return redirect(home, 303)
    page = staff_page(
        "walk_in",
        event,
        form=form,
        seats=seats,
        full=seats.free == 0,
        may_be_full=bool(seats.kinds) or event.per_organisation is not None,
        on_offer=service.on_offer(seats),
        url=door_url(event),
    )
    return page, 422 if form.has_errors else 200
