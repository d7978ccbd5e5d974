"""A booking's own page, `/b/TOKEN`: see, change, cancel, reconfirm, answer an offer. GET shows, POST changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from engage.attendance import queries, service
from engage.attendance.forms import BookingForm, LinkForm, pressed
from engage.attendance.forms.asking import asking
from engage.attendance.models import Registration, RegistrationState
from engage.attendance.views import bp
from engage.attendance.views._common import link_home
from engage.core import slots
from engage.core.access import act_as_link, by_link
from engage.core.calendar import single
from engage.core.db import saving
from engage.core.errors import NotFound, RuleBroken
from engage.events.queries import calendar_entry

S = RegistrationState
HAS_PLACE = frozenset({S.CONFIRMED, S.ATTENDED})
KEEPS_PLACE = HAS_PLACE | {S.RECONFIRM}


@bp.get("/b/<token:token>")
@by_link("booking", on=queries.registration_by_id)
def booking(registration: Registration) -> ResponseReturnValue:
    return _page(registration, LinkForm(formdata=None))


@bp.route("/b/<token:token>/change", methods=["GET", "POST"])
@by_link("booking", on=queries.registration_by_id)
def change_booking(registration: Registration) -> ResponseReturnValue:
    """Name, role, organisation, needs, answers. What was told about needs is never shown: a link can be forwarded."""
    answered = queries.told_by(registration.id, restricted=True)
    form = asking(BookingForm, queries.sheet(registration.event_id), told=queries.stands(answered), obj=registration)
    if form.validate_on_submit():
        told = {
            "name": form.name.data,
            "role": form.role.data,
            "organisation": form.organisation.data,
            "access": form.access.data,
            "dietary": form.dietary.data,
            "forget_needs": form.forget.data,
            "answers": form.replies,
            "contact": form.contact.data or "",
        }
        if done := _act(registration, form, service.change, **told):
            return done
    page = render_template(
        "attendance/booking_change.html",
        event=registration.event,
        form=form,
        home=link_home(),
        told=queries.need_of(registration.id) is not None,
        answered=any(one.restricted for one in answered),
    )
    return page, 422 if form.has_errors else 200


@bp.get("/b/<token:token>/calendar.ics")
@by_link("booking", on=queries.registration_by_id)
def booking_calendar(registration: Registration) -> ResponseReturnValue:
    """The entry for one's own calendar: the event's UID, where it is, this link; 404 without a place."""
    entry = calendar_entry(registration.event, confirmed=True, url=f"{current_app.config['BASE_URL']}{link_home()}")
    if entry is None or registration.state not in KEEPS_PLACE:
        raise NotFound
    off = queries.times_called_off(registration.event_id, registration.person_id)
    answer = current_app.response_class(
        single(replace(entry, sequence=entry.sequence + 2 * off)), mimetype="text/calendar; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{registration.event.slug}.ics"'
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


@bp.post("/b/<token:token>/links")
@by_link("booking", on=queries.registration_by_id)
def send_links(registration: Registration) -> ResponseReturnValue:
    """The links of all one's bookings, to the address that we hold and nowhere else: a forwarded link shows one."""
    form = LinkForm()
    if not form.validate_on_submit():
        return _page(registration, form), 422
    with saving():
        service.my_bookings(registration)
    return redirect(f"{link_home()}?links=sent", 303)


@bp.route("/b/<token:token>/cancel", methods=["GET", "POST"])
@by_link("booking", on=queries.registration_by_id)
def cancel_booking(registration: Registration) -> ResponseReturnValue:
    form = LinkForm()
    if form.validate_on_submit() and (done := _act(registration, form, service.cancel_registration)):
        return done
    page = render_template(
        "attendance/booking_cancel.html",
        event=registration.event,
        booking=registration,
        form=form,
        home=link_home(),
    )
    return page, 422 if form.has_errors else 200


@bp.post("/b/<token:token>/offer")
@by_link("booking", on=queries.registration_by_id)
def answer_offer(registration: Registration) -> ResponseReturnValue:
    form = LinkForm()
    if form.validate_on_submit() and (said := pressed(form, "take", "leave")):
        verb = service.take_offer if said == "take" else service.decline_offer
        if done := _act(registration, form, verb):
            return done
    return _page(registration, form), 422


@bp.post("/b/<token:token>/reconfirm")
@by_link("booking", on=queries.registration_by_id)
def reconfirm_booking(registration: Registration) -> ResponseReturnValue:
    form = LinkForm()
    if form.validate_on_submit() and (done := _act(registration, form, service.reconfirm)):
        return done
    return _page(registration, form), 422


def _act(
    registration: Registration, form: Any, verb: Callable[..., object], **told: object
) -> ResponseReturnValue | None:
    """Do it and go back to the booking; None where a rule says no, which the form then shows."""
    home = link_home()
    try:
        with saving():
            verb(registration, by=act_as_link(registration.person_id), **told)
    except RuleBroken as no:
        form.attach(no)
        return None
    return redirect(home, 303)


def _page(registration: Registration, form: Any) -> str:
    """No address, no needs: a link can be forwarded. Where it is stands here for those who have a place."""
    return render_template(
        "attendance/booking.html",
        booking=registration,
        event=registration.event,
        form=form,
        home=link_home(),
        place=queries.place_of(registration),
        links_sent=request.args.get("links") == "sent",
        has_calendar=registration.state in KEEPS_PLACE and registration.event.dated,
        gets_badge=registration.state in KEEPS_PLACE,
        may_propose=registration.invitation_id is not None and registration.state in (S.CONFIRMED, S.RECONFIRM),
        why=service.why_waits(registration) if registration.state is S.WAITLISTED else "",
        ticket=queries.names_of_kinds(registration.event_id).get(registration.pool, ""),
        has_place=registration.state in HAS_PLACE,
        may_change=service.may_change(registration),
        can_reconfirm=registration.event.dated,
        registration_open=service.is_open(registration.event),
        sections=slots.link_sections.collect(registration, link_home()),
    )
