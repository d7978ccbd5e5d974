"""Answering an invitation: yes, no, a change of mind until the event begins (docs/domain.md#invitation)."""

from __future__ import annotations

from engage.attendance import queries
from engage.attendance.facts import InvitationAnswered
from engage.attendance.models import Invitation, InvitationState, Registration, RegistrationState
from engage.attendance.queries import Replies, Seats
from engage.attendance.service import lineage, moves, replies, telling
from engage.attendance.service.places import Places
from engage.core import clock, links
from engage.core.access import Principal
from engage.core.db import db
from engage.core.errors import RuleBroken
from engage.core.facts import record
from engage.core.text import _
from engage.events.models import BEFORE_LIVE, Event, EventState
from engage.people import service as people

I = InvitationState  # noqa: E741 -- reads as in the models
S = RegistrationState
GIVES_UP = frozenset({S.REQUESTED, S.CONFIRMED, S.WAITLISTED, S.OFFERED, S.RECONFIRM})
"""States that end as cancelled when the person does not come after all."""
HAS_SEAT = frozenset({S.CONFIRMED, S.RECONFIRM})
"""States whose seat can pass to a substitute."""


def may_answer(invitation: Invitation) -> bool:
    """Whether yes or no can still be said: for the page; the verbs ask again."""
    return _may_change(invitation.event) and invitation.state in (I.SENT, I.ACCEPTED, I.DECLINED, I.RECONFIRM)


def may_change(registration: Registration) -> bool:
    """Whether the booking can still be changed or given back."""
    return _may_change(registration.event) and registration.state in GIVES_UP


def _may_change(event: Event) -> bool:
    try:
        moves.refuse_after_start(event)
    except RuleBroken:
        return False
    return True


def accept(invitation: Invitation, *, answers: Replies | None = None, by: Principal) -> Registration:
    """Say yes. Makes exactly one registration, however often it is said: a place where the invitation held a seat, or
    one is free and nobody waits; else a place in the line. Raises `RuleBroken` once it is too late, and for a question
    that must be answered and is not."""
    event, seats = moves.enter_with(invitation)
    people.heard_from(by)
    standing = queries.live_registration(event.id, invitation.person_id)
    if invitation.state is I.ACCEPTED and standing is not None:
        return standing
    _refuse_too_late(event, invitation)
    lineage.refuse_replaced(invitation)
    if invitation.state is I.RECONFIRM and standing is not None and standing.state is S.RECONFIRM:
        return reconfirm_both(event, standing, invitation, by)
    if standing is None:
        answers = replies.checked(event, answers, by=by)
    held = moves.holds_seat(event, invitation)
    lineage.take_back(event, invitation, by=by)
    if invitation.state is not I.ACCEPTED:  # whose place lapsed since may ask for another
        _answer(event, invitation, I.ACCEPTED, by)
    if standing is not None:
        standing.invitation_id = invitation.id
        return standing
    return seat(event, seats, invitation, held=held, answers=answers, by=by)


def seat(
    event: Event, seats: Seats, invitation: Invitation, *, held: bool, answers: Replies | None = None, by: Principal
) -> Registration:
    """The one registration of an accepted invitation, with its booking link, and the mail that says what it is."""
    places = Places(event, seats, [invitation.organisation])
    registration = Registration(
        event_id=event.id,
        person_id=invitation.person_id,
        invitation_id=invitation.id,
        pool=invitation.pool,
        queue_number=places.number(),
        state=places.newcomer(invitation.pool, invitation.organisation, seat_held=held),
        name=invitation.name,
        role=invitation.role,
        organisation=invitation.organisation,
        registered_at=clock.now(),
    )
    moved = moves.begin(registration, by=by)
    replies.keep(registration, answers, by=by)
    links.issue("booking", registration.id, expires_at=telling.link_end(event))
    moves.record_registered(event, registration, by)
    telling.of_move(event, registration, moved)
    return registration


def decline(invitation: Invitation, *, apology: str = "", by: Principal) -> Invitation:
    """Say no, with an apology if one is given; a place that was held or taken goes to whoever waits.

    Saying so twice changes nothing but the apology. Raises `RuleBroken` once it is too late.
    """
    event, _seats = moves.enter_with(invitation)
    people.heard_from(by)
    if invitation.state is I.DECLINED:
        if apology.strip() and event.state in BEFORE_LIVE:
            invitation.apology = apology.strip()
        return invitation
    step_back(event, invitation, apology=apology, by=by)
    return invitation


def step_back(event: Event, invitation: Invitation, *, apology: str, keep_seat: bool = False, by: Principal) -> None:
    """Under the event's lock: the invitee does not come. `keep_seat`: the seat that they had is kept for a substitute;
    else it goes to whoever waits. Raises `RuleBroken` once it is too late."""
    _refuse_too_late(event, invitation)
    standing = queries.live_registration(event.id, invitation.person_id)
    had_seat = moves.holds_seat(event, invitation) or (standing is not None and standing.state in HAS_SEAT)
    _answer(event, invitation, I.DECLINED, by)
    invitation.apology = apology.strip()
    if standing is not None and standing.state in GIVES_UP:
        moved = moves.move(standing, S.CANCELLED, by=by)
        telling.of_move(event, standing, moved)
    invitation.keeps_seat = keep_seat and had_seat
    if standing is not None:
        invitation.pool = standing.pool  # the seat that is kept is the one that they had
    moves.settle(event)


def cancel_registration(registration: Registration, *, reason: str = "", by: Principal) -> Registration:
    """Give the place, or the place in the line, back; whoever waits longest is offered it. An invitation that was
    accepted counts as declined. Twice changes nothing. Raises `RuleBroken` once the event has begun."""
    event, _seats = moves.enter_with(registration)
    people.heard_from(by)
    if registration.state not in GIVES_UP:
        if registration.state in (S.CANCELLED, S.LAPSED, S.REFUSED):
            return registration
        raise RuleBroken(_("Somebody who was checked in cannot cancel any more."))
    moves.refuse_after_start(event)
    return give_back(event, registration, reason=reason.strip(), apology=reason.strip(), by=by)


def give_back(
    event: Event, registration: Registration, *, reason: str, apology: str = "", by: Principal
) -> Registration:
    """End a booking for somebody who does not come; the invitation behind it counts as declined."""
    moved = moves.move(registration, S.CANCELLED, by=by, reason=reason)
    invitation = _accepted(registration)
    if invitation is not None:
        _answer(event, invitation, I.DECLINED, by)
        invitation.apology = apology
    telling.of_move(event, registration, moved)
    moves.settle(event)
    return registration


def reconfirm(registration: Registration, *, by: Principal) -> Registration:
    """Yes, the new date suits too. Twice changes nothing. Raises `RuleBroken` when the seat is held no longer."""
    event, _seats = moves.enter_with(registration)
    people.heard_from(by)
    if registration.state is S.CONFIRMED:
        return registration
    _refuse_no_date(event)
    moves.refuse_after_start(event)
    return reconfirm_both(event, registration, _accepted(registration), by)


def reconfirm_both(
    event: Event, registration: Registration, invitation: Invitation | None, by: Principal
) -> Registration:
    """The registration, and the invitation that it came from, stand again."""
    moved = moves.move(registration, S.CONFIRMED, by=by)
    if invitation is not None and invitation.state is I.RECONFIRM:
        _answer(event, invitation, I.ACCEPTED, by)
    telling.of_move(event, registration, moved)
    return registration


def _accepted(registration: Registration) -> Invitation | None:
    """The invitation behind a registration, if it stands as accepted or to be reconfirmed."""
    if registration.invitation_id is None:
        return None
    invitation = db.session.get_one(Invitation, registration.invitation_id)
    return invitation if invitation.state in (I.ACCEPTED, I.RECONFIRM) else None


def _answer(event: Event, invitation: Invitation, answer: InvitationState, by: Principal) -> None:
    moves.move_invitation(invitation, answer)
    invitation.answered_at = clock.now()
    if answer is I.ACCEPTED:
        invitation.apology = ""
    record(
        InvitationAnswered(
            subject_id=invitation.id, programme_id=event.programme_id, event_id=event.id, answer=answer.value
        ),
        by=by,
    )


def _refuse_too_late(event: Event, invitation: Invitation) -> None:
    if invitation.state is I.EXPIRED:
        raise RuleBroken(_("The time to answer this invitation has passed."))
    if invitation.state is I.DRAFT:
        raise RuleBroken(_("This invitation has not been sent yet."))
    if invitation.state is I.WITHDRAWN:
        raise RuleBroken(_("This invitation was withdrawn."))
    moves.refuse_after_start(event)


def _refuse_no_date(event: Event) -> None:
    if event.state is EventState.POSTPONED and not event.dated:
        raise RuleBroken(_("The new date is not known yet. We will ask you when it is."))
