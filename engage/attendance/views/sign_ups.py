"""Sessions behind a booking's link, `/b/TOKEN/sessions`: the programme, what one has chosen, what one may choose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from engage.attendance import queries, service
from engage.attendance.forms import SessionsForm
from engage.attendance.models import Registration, RegistrationState
from engage.attendance.queries import Chosen, Offered
from engage.attendance.views import bp
from engage.core.access import act_as_link, by_link
from engage.core.db import saving
from engage.core.errors import NotFound, RuleBroken
from engage.core.text import _
from engage.events import queries as events
from engage.events.models import Event
from engage.events.queries import Line

S = RegistrationState


@bp.get("/b/<token:token>/sessions")
@by_link("booking", on=queries.registration_by_id)
def booking_sessions(registration: Registration) -> ResponseReturnValue:
    return _page(registration, SessionsForm(formdata=None))


@bp.post("/b/<token:token>/sessions")
@by_link("booking", on=queries.registration_by_id)
def choose_session(registration: Registration) -> ResponseReturnValue:
    """Choose one, give one back, or choose one in place of those at the same time. Back to where it stands."""
    form = SessionsForm()
    key, instead = "", None
    if form.validate_on_submit():
        key = form.choose.data or form.leave.data or form.instead.data or ""
        if not key:
            form.attach(RuleBroken(_("Choose a session, or give one back.")))
        else:
            try:
                with saving():
                    _do(registration, form)
            except service.AtOnce as no:
                form.attach(no)
                instead = key
            except RuleBroken as no:
                form.attach(no)
            else:
                return redirect(f"{request.path}#session-{key}", 303)
    return _page(registration, form, instead=instead), 422


def _do(registration: Registration, form: SessionsForm) -> None:
    by = act_as_link(registration.person_id)
    if form.leave.data:
        mine = [one for one in queries.chosen(registration) if one.line.key == form.leave.data]
        for one in mine:
            service.leave(one.sign_up, by=by)
        return
    key = form.instead.data or form.choose.data
    wanted = next((one for one in queries.offered(registration.event) if one.line.key == key), None)
    if wanted is None:
        raise NotFound
    service.sign_up(registration, wanted.session, instead=bool(form.instead.data), by=by)


def _page(registration: Registration, form: SessionsForm, *, instead: str | None = None) -> str:
    event = registration.event
    offers = {one.line.key: one for one in queries.offered(event)}
    mine = {one.line.key: one for one in queries.chosen(registration)}
    may_choose = registration.state in (S.CONFIRMED, S.ATTENDED)

    def say(line: Line) -> Mapping[str, Any]:
        return _said(event, offers[line.key], mine, may_choose=may_choose)

    laid_out = events.grid([one.line for one in offers.values()])
    return render_template(
        "attendance/sign_ups.html",
        booking=registration,
        event=event,
        form=form,
        home=request.path.rpartition("/")[0],
        days=events.drawn(laid_out, say),
        unplaced=[{**say(line), "room": line.room} for line in laid_out.unplaced],
        chosen=[_mine(event, one) for one in mine.values()],
        may_choose=may_choose,
        to_reconfirm=registration.state is S.RECONFIRM,
        instead=offers.get(instead or ""),
    )


def _mine(event: Event, one: Chosen) -> dict[str, str]:
    return {
        "title": one.line.title,
        "href": f"#session-{one.line.key}",
        "facts": ", ".join(part for part in (queries.when(one.line, event), one.line.room) if part),
        "state": one.sign_up.state.value,
    }


def _said(event: Event, offer: Offered, mine: Mapping[str, Chosen], *, may_choose: bool) -> dict[str, Any]:
    """One session for `components/timetable.html`."""
    line = offer.line
    return {
        "id": f"session-{line.key}",
        "title": line.title,
        "state": "cancelled" if offer.session.cancelled_at else "",
        "cancelled": offer.session.cancel_reason,
        "text": line.description,
        "track": line.track,
        "warnings": _at_once(line, mine),
        "choice": _choice(event, offer, mine.get(line.key), may_choose=may_choose),
    }


def _at_once(line: Line, mine: Mapping[str, Chosen]) -> list[str]:
    """The programme moved after both were chosen."""
    if line.key not in mine:
        return []
    others = [one.line for key, one in mine.items() if key != line.key and queries.overlap(line, one.line)]
    return [_("It goes on at the same time as “%(other)s”, which you chose too.", other=one.title) for one in others]


def _choice(event: Event, offer: Offered, chosen: Chosen | None, *, may_choose: bool) -> dict[str, Any] | None:
    """How a session stands for this person, in words, and the button that changes it, if any may."""
    if offer.session.cancelled_at is not None:
        return None
    if chosen is None and not offer.by_sign_up:
        return {"said": _("No sign-up: just come.")}
    open_now = service.may_sign_up(event, offer)
    if chosen is not None:
        place = _("You wait: number %(place)d", place=chosen.place)
        badge = (_("You have a place"), "kept") if chosen.has_place else (place, "wait")
        give_back = _("Give the place back") if chosen.has_place else _("Leave the waiting list")
        return {"badge": badge, "button": _button("leave", offer, give_back) if open_now else None}
    said = offer.taken.said
    if not open_now:
        return {"said": f"{said} {_('Sign-up is closed.')}"}
    label = _("Choose") if offer.taken.room else _("Wait for a place in")
    return {"said": said, "button": _button("choose", offer, label) if may_choose else None}


def _button(name: str, offer: Offered, text: str) -> dict[str, str]:
    return {"name": name, "value": offer.line.key, "text": text}
