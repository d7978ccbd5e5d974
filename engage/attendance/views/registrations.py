"""Staff: the list of registrations, one of them, requests to decide, the list as a file, what people need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from engage.attendance import policy, queries, service
from engage.attendance.forms import (
    REGISTRATION_WORDS,
    CancelBookingForm,
    NoFieldsForm,
    RefuseForm,
    RegistrationFilter,
)
from engage.attendance.models import LIVE_REGISTRATION, Registration, RegistrationState
from engage.attendance.views import bp
from engage.attendance.views._common import base, staff_page
from engage.core import slots
from engage.core.access import current_principal, requires
from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.core.facts import Effect
from engage.core.pages import Page, csv_response, page_number
from engage.core.text import _, _l, moment
from engage.events import queries as events
from engage.events.models import Event

S = RegistrationState
SIZE = 50
MOVE_WORDS = {**REGISTRATION_WORDS, S.WALK_IN: _l("Came without a booking")}


def list_url(event: Event) -> str:
    return f"{base(event)}/registrations"


def _narrowing(form: RegistrationFilter) -> tuple[Sequence[RegistrationState], str]:
    """What the list is narrowed by; without a choice, whoever counts still."""
    if not form.validate():
        return tuple(LIVE_REGISTRATION), ""
    return ((form.state.data,) if form.state.data else tuple(LIVE_REGISTRATION)), form.q.data


@bp.get("/manage/events/<slug:event>/registrations")
@requires(policy.may_see_attendance, on=events.by_slug)
def registrations(event: Event) -> ResponseReturnValue:
    form = RegistrationFilter(request.args)
    states, words = _narrowing(form)
    seats = queries.seats(event)
    number = page_number(request.args.get("page"))
    rows = queries.registrations(event, states=states, search=words, limit=SIZE, offset=Page.offset(number, SIZE))
    page = Page(items=rows, number=number, total=queries.count_of(event, states=states, search=words), size=SIZE)
    narrowed = {"q": words, "state": form.state.data.value if form.state.data else ""}
    return staff_page(
        "registrations",
        event,
        form=form,
        page=page,
        page_url=lambda number: f"?{urlencode({**narrowed, 'page': number})}",
        csv_query=urlencode(narrowed),
        counts=queries.counts(event),
        seats=seats,
        no_offer=service.why_no_offer(event, seats),
        active=[w for w in (str(REGISTRATION_WORDS[form.state.data]) if form.state.data else "", words) if w],
        may_decide=policy.may_decide(current_principal(), event),
        may_see_needs=policy.may_see_needs(current_principal(), event),
        open=service.is_open(event),
        url=list_url(event),
    )


@bp.get("/manage/events/<slug:event>/registrations.csv")
@requires(policy.may_decide, on=events.by_slug)
def registrations_csv(event: Event) -> ResponseReturnValue:
    """The list as a file. Access and dietary needs only where they are asked for by name: `?include=needs`."""
    states, words = _narrowing(RegistrationFilter(request.args))
    headings = [_("Name"), _("E-mail"), _("Role"), _("Organisation"), _("State"), _("Place in line"), _("Registered")]
    needs: dict[int, queries.Needs] = {}
    if request.args.get("include") == "needs":
        headings += [_("Access needs"), _("Food")]
        needs = {need.registration.id: need for need in queries.needs(event)}

    def rows() -> Iterator[list[object]]:
        for line in queries.registrations(event, states=states, search=words):
            row = line.registration
            told = needs.get(row.id)
            extra = [told.access if told else "", told.dietary if told else ""] if len(headings) > 7 else []
            at = row.registered_at.isoformat(timespec="minutes")
            yield [row.name, line.email, row.role, row.organisation, row.state.value, line.place or "", at, *extra]

    return csv_response(f"{event.slug}-registrations.csv", headings, rows())


@bp.get("/manage/events/<slug:event>/registrations/needs")
@requires(policy.may_see_needs, on=events.by_slug)
def needs(event: Event) -> ResponseReturnValue:
    """Restricted: who needs what."""
    return staff_page("needs", event, needs=queries.needs(event), url=list_url(event))


@bp.get("/manage/events/<slug:event>/registrations/<key:key>")
@requires(policy.may_see_attendance, on=queries.registration_at)
def registration(registration: Registration) -> ResponseReturnValue:
    """One of them, with its dated moves."""
    email, known_name = queries.reach(registration.person_id)
    return staff_page(
        "registration",
        registration.event,
        registration=registration,
        email=email,
        known_name=known_name,
        twin=_twin(registration),
        place=queries.place_of(registration),
        why=service.why_waits(registration) if registration.state is S.WAITLISTED else "",
        ticket=queries.names_of_kinds(registration.event_id).get(registration.pool, ""),
        moves=_history(registration),
        told=queries.told_by(
            registration.id, restricted=policy.may_see_needs(current_principal(), registration), ended=True
        ),
        asks=bool(queries.for_staff(registration.event_id)),
        form=NoFieldsForm(formdata=None),
        may_decide=policy.may_decide(current_principal(), registration),
        may_cancel=service.may_change(registration),
        url=list_url(registration.event),
    )


def _twin(registration: Registration) -> Registration | None:
    """A booking under the other address that this person gave: perhaps the same human twice."""
    if not registration.contact_email:
        return None
    return queries.booked_with(registration.event_id, registration.contact_email, besides=registration.person_id)


def _history(registration: Registration) -> list[dict[str, str]]:
    """The dated moves as the page shows them, newest first."""
    moves = queries.moves_of(registration)
    names = slots.names_of({move.actor for move in moves})
    return [
        {
            "what": str(MOVE_WORDS[move.state]),
            "when": moment(move.effective_at, registration.event.zone),
            "who": names.get(move.actor, ""),
            "why": move.reason,
        }
        for move in reversed(moves)
    ]


@bp.post("/manage/events/<slug:event>/registrations/<key:key>/approve")
@requires(policy.may_decide, on=queries.registration_at)
def approve_registration(registration: Registration) -> ResponseReturnValue:
    form = NoFieldsForm()
    url = list_url(registration.event)
    if form.validate_on_submit():
        try:
            with saving():
                service.approve(registration, by=current_principal())
        except RuleBroken as no:
            flash(no.message, "warn")
        else:
            waits = registration.state is S.WAITLISTED
            said = _("%(name)s is approved and waits for a place.") if waits else _("%(name)s has a place.")
            flash(said % {"name": registration.name}, "done")
    return redirect(url, 303)


@bp.route("/manage/events/<slug:event>/registrations/<key:key>/refuse", methods=["GET", "POST"])
@requires(policy.may_decide, on=queries.registration_at)
def refuse_registration(registration: Registration) -> ResponseReturnValue:
    form = RefuseForm()
    url = list_url(registration.event)
    if form.validate_on_submit():
        try:
            with saving():
                service.refuse(registration, reason=form.reason.data, by=current_principal())
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("The request of %(name)s is declined.", name=registration.name), "done")
            return redirect(url, 303)
    page = staff_page("registration_refuse", registration.event, form=form, registration=registration, url=url)
    return page, 422 if form.has_errors else 200


@bp.route("/manage/events/<slug:event>/registrations/<key:key>/cancel", methods=["GET", "POST"])
@requires(policy.may_decide, on=queries.registration_at)
def cancel_registration(registration: Registration) -> ResponseReturnValue:
    form = CancelBookingForm()
    url = list_url(registration.event)
    if form.validate_on_submit():
        try:
            with saving():
                service.cancel_registration(registration, reason=form.reason.data, by=current_principal())
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("The booking of %(name)s is cancelled.", name=registration.name), "done")
            return redirect(url, 303)
    page = staff_page(
        "registration_cancel",
        registration.event,
        form=form,
        registration=registration,
        effects=[Effect(1, _("person will be told by mail"), (registration.name,))],
        url=url,
    )
    return page, 422 if form.has_errors else 200
