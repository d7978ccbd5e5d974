"""An invitation's own page, `/i/TOKEN`: what it is, whose it is, yes or no. GET shows, POST changes."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from engage.attendance import queries, service
from engage.attendance.forms import AnswerForm, pressed
from engage.attendance.forms.asking import asking
from engage.attendance.models import Invitation, InvitationState, RegistrationState
from engage.attendance.queries import Sheet
from engage.attendance.views import bp
from engage.core import links, slots
from engage.core.access import act_as_link, by_link
from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.events.models import EventState

I = InvitationState  # noqa: E741 -- reads as in the models


@bp.get("/i/<token:token>")
@by_link("invitation", on=queries.invitation_by_id)
def invitation(invitation: Invitation) -> ResponseReturnValue:
    return _page(invitation, asking(AnswerForm, _sheet(invitation), formdata=None))


@bp.post("/i/<token:token>")
@by_link("invitation", on=queries.invitation_by_id)
def answer(invitation: Invitation) -> ResponseReturnValue:
    form = asking(AnswerForm, _sheet(invitation))
    said = pressed(form, "accept", "decline")
    if not (form.validate_without_questions() if said == "decline" else form.validate() and said):
        return _page(invitation, form), 422
    by = act_as_link(invitation.person_id)
    try:
        with saving():
            if said == "accept":
                service.accept(invitation, answers=form.replies, by=by)
            else:
                service.decline(invitation, apology=form.apology.data, by=by)
    except RuleBroken as no:
        form.attach(no)
        return _page(invitation, form), 422
    return redirect(request.path, 303)


def _sheet(invitation: Invitation) -> Sheet:
    """What is asked of somebody who says yes; who has said it changes the answers on the booking's page."""
    may_say_yes = invitation.state in (I.SENT, I.DECLINED) and service.may_answer(invitation) and _dated(invitation)
    return queries.sheet(invitation.event_id) if may_say_yes else Sheet(event_id=invitation.event_id)


def _dated(invitation: Invitation) -> bool:
    """Whether it is known to which day one would say yes."""
    return invitation.event.state is not EventState.POSTPONED or invitation.event.dated


def _page(invitation: Invitation, form: AnswerForm) -> str:
    """Name and answer only: whoever was forwarded the link learns whose it is, and nothing else of the person. The
    place stands here once there is a place for them."""
    event = invitation.event
    registration = queries.of_invitation(invitation.id)
    lineage = queries.lineage(invitation)
    stands = registration if invitation.state in (I.ACCEPTED, I.RECONFIRM) else None
    has_place = stands is not None and stands.state in (RegistrationState.CONFIRMED, RegistrationState.ATTENDED)
    return render_template(
        "attendance/invitation.html",
        invitation=invitation,
        event=event,
        form=form,
        booking=stands,
        place=queries.place_of(stands) if stands else 0,
        has_place=has_place,
        booking_url=links.url("booking", stands.id) if stands else "",
        may_answer=service.may_answer(invitation) and lineage.after is None,
        can_reconfirm=_dated(invitation),
        lineage=lineage,
        may_propose=service.may_propose(invitation) and lineage.after is None,
        wants=request.args.get("answer", ""),
        sections=slots.link_sections.collect(invitation, request.path),
    )
