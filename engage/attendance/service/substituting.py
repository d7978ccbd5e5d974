"""Somebody else in one's place: proposed by the invitee, decided by staff (docs/domain.md#invitation)."""

from __future__ import annotations

from engage.attendance import queries
from engage.attendance.facts import SubstituteApproved, SubstituteProposed, SubstituteRefused
from engage.attendance.models import Invitation, InvitationState, Substitute, SubstituteState
from engage.attendance.service import answering, inviting, lineage, moves, telling
from engage.attendance.service.inviting import Invitee
from engage.core import addresses, clock
from engage.core.access import Principal
from engage.core.db import db
from engage.core.errors import RuleBroken
from engage.core.facts import record
from engage.core.text import _
from engage.people import queries as known_people
from engage.people import service as people

I = InvitationState  # noqa: E741 -- reads as in the models
S = SubstituteState


def may_propose(invitation: Invitation) -> bool:
    """Whether somebody else can still be named: for the page; the verb asks again."""
    return answering.may_answer(invitation)


def propose(invitation: Invitation, *, substitute: Invitee, apology: str = "", by: Principal) -> Substitute:
    """Decline, and name who shall come instead: staff decide. A seat that was held or taken is kept until they do.

    The same address twice changes nothing; another one takes the place of a proposal that waits. Names nobody, and says
    nothing of the address. Raises `BadAddress`, `RuleBroken` for one's own, and once it is too late.
    """
    address = addresses.normalise(substitute.email)
    event, _seats = moves.enter_with(invitation)
    people.heard_from(by)
    lineage.refuse_replaced(invitation)
    if known_people.person_id_by_email(address) == invitation.person_id:
        raise RuleBroken(_("This is your own address. Enter that of whoever comes instead"), field="email")
    waiting = queries.proposed_substitute(invitation)
    if waiting is not None and waiting.email == address:
        return waiting
    kept = invitation.keeps_seat
    lineage.take_back(event, invitation, by=by)
    if invitation.state is not I.DECLINED:
        answering.step_back(event, invitation, apology=apology, keep_seat=True, by=by)
    elif not answering.may_answer(invitation):
        raise RuleBroken(_("The event has begun: nothing can be changed any more."))
    else:
        invitation.keeps_seat = kept
    proposed = Substitute(
        event_id=event.id,
        invitation_id=invitation.id,
        name=substitute.name,
        email=address,
        role=substitute.role,
        organisation=substitute.organisation,
        proposed_at=clock.now(),
    )
    db.session.add(proposed)
    db.session.flush()
    record(
        SubstituteProposed(subject_id=invitation.id, programme_id=event.programme_id, event_id=event.id),
        by=by,
    )
    return proposed


def approve_substitute(substitute: Substitute, *, override_reason: str = "", by: Principal) -> Invitation:
    """Invite whom the invitee named, `in_place_of` them: the seat passes, and no second one is taken. Twice changes
    nothing.

    Raises `AlreadyInvited`; `BeyondCapacity` where no seat was kept, the event holds seats for the asked, there is none
    and no reason is given; `RuleBroken` where nobody can be asked now.
    """
    event, seats = moves.enter_with(substitute)
    original = db.session.get_one(Invitation, substitute.invitation_id, populate_existing=True)
    if substitute.state is S.APPROVED:
        return _invited(original)
    kept = original.keeps_seat
    beyond = inviting.beyond(event, seats, {} if kept else {original.pool: 1}, override_reason)
    lineage.move_substitute(substitute, S.APPROVED)
    invitee = Invitee(
        email=substitute.email, name=substitute.name, role=substitute.role, organisation=substitute.organisation
    )
    invitation = inviting.put_in_place(event, invitee, original, by=by)
    inviting.send_drafts(event, [invitation], beyond=beyond, reason=override_reason, by=by)
    invitation.keeps_seat = kept
    record(
        SubstituteApproved(
            subject_id=original.id, programme_id=event.programme_id, event_id=event.id, substitute_id=invitation.id
        ),
        by=by,
    )
    return invitation


def _invited(original: Invitation) -> Invitation:
    invitation = queries.successor(original)
    if invitation is None:
        raise RuleBroken(_("This substitute was approved, and the invitation withdrawn since."))
    return invitation


def refuse_substitute(substitute: Substitute, *, reason: str, by: Principal) -> Substitute:
    """Say no, and why: the invitee reads it. A seat that was kept goes to whoever waits. Twice changes nothing."""
    event, _seats = moves.enter_with(substitute)
    if substitute.state is S.REFUSED:
        return substitute
    if not reason.strip():
        raise RuleBroken(_("Say why: the person reads it."), field="reason")
    substitute.reason = reason.strip()
    lineage.move_substitute(substitute, S.REFUSED)
    record(
        SubstituteRefused(
            subject_id=substitute.invitation_id,
            programme_id=event.programme_id,
            event_id=event.id,
            reason=substitute.reason,
        ),
        by=by,
    )
    telling.about_substitute(event, substitute, db.session.get_one(Invitation, substitute.invitation_id))
    moves.settle(event)
    return substitute
