"""Inviting: put on the list, send, remind, withdraw (docs/domain.md#invitation)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engage.attendance import queries
from engage.attendance.facts import (
    InvitationReminded,
    InvitationSent,
    InvitationsSent,
    InvitationWithdrawn,
    Invited,
    InvitedInPlace,
)
from engage.attendance.models import Invitation, InvitationState, RegistrationState
from engage.attendance.queries import Seats
from engage.attendance.service import lineage, moves, telling
from engage.attendance.service.places import pool_given
from engage.core import clock, links
from engage.core.access import Principal
from engage.core.db import db
from engage.core.errors import RuleBroken
from engage.core.facts import record
from engage.core.text import _, ngettext
from engage.events.models import BEFORE_LIVE, Event, EventState
from engage.people import service as people
from engage.people.models import Person

I = InvitationState  # noqa: E741 -- reads as in the models
REST = timedelta(days=3)
"""How long whoever was reminded is left in peace, unless somebody says otherwise."""
SENDABLE = frozenset({EventState.SCHEDULED, EventState.OPEN, EventState.CLOSED})


class AlreadyInvited(RuleBroken):
    """The person has a live invitation to this event, or a booking."""


class BeyondCapacity(RuleBroken):
    """There are not that many seats: going beyond needs a reason."""


@dataclass(frozen=True, kw_only=True)
class Invitee:
    """Somebody to invite, as typed, pasted or imported. In a list, `email` is normalised."""

    email: str
    name: str
    role: str = ""
    organisation: str = ""
    pool: str = ""


def invite(
    event: Event,
    *,
    person: Person,
    name: str = "",
    role: str = "",
    organisation: str = "",
    pool: str = "",
    by: Principal,
) -> Invitation:
    """Put a person on the list, unsent. Name, role and organisation are kept as they are now. `pool`: to which kind of
    ticket, the first one that is not for staff alone where none is given.

    Raises `AlreadyInvited`, or `RuleBroken` when the event has begun or was cancelled.
    """
    event, seats = moves.enter(event)
    refuse_closed(event)
    _refuse_known(event, person)
    invitee = Invitee(email="", name=name or person.name, role=role, organisation=organisation)
    return put(event, pool_given(seats, pool), person.id, invitee, by)


def invite_typed(event: Event, *, invitee: Invitee, by: Principal) -> Invitation:
    """The same for somebody known by name and address only, who is found or made under the event's lock.

    Raises `AlreadyInvited`, `BadAddress`, `RuleBroken`.
    """
    event, seats = moves.enter(event)
    refuse_closed(event)
    person = people.person_for(email=invitee.email, name=invitee.name, by=by)
    _refuse_known(event, person)
    return put(event, pool_given(seats, invitee.pool), person.id, invitee, by)


def invite_all(event: Event, *, invitees: Iterable[Invitee], by: Principal) -> Sequence[Invitation]:
    """Put many on the list; whoever is on it or has a booking already is left as they are. Returns the new ones, in the
    order of the list."""
    event, seats = moves.enter(event)
    refuse_closed(event)
    known = queries.known_addresses(event)
    new: dict[str, Invitee] = {}
    for each in invitees:
        if each.email not in known:
            new.setdefault(each.email, each)
    # In one order everywhere, so that two lists of the same new people, for two events, never wait for each other.
    persons = {email: people.person_for(email=email, name=new[email].name, by=by) for email in sorted(new)}
    once = {persons[email].id: email for email in reversed(new)}  # who has two addresses in the list is asked once
    mine = [(persons[email].id, each) for email, each in new.items() if once[persons[email].id] == email]
    return [put(event, pool_given(seats, each.pool), person_id, each, by) for person_id, each in mine]


def _refuse_known(event: Event, person: Person) -> None:
    if queries.live_invitation(event.id, person.id) is not None:
        raise AlreadyInvited(_("This person is on the list already."), field="email")
    if queries.live_registration(event.id, person.id) is not None:
        raise AlreadyInvited(_("This person has a booking already."), field="email")


def put_in_place(event: Event, invitee: Invitee, original: Invitation, *, by: Principal) -> Invitation:
    """Put somebody on the list in another's place, unsent. Raises `AlreadyInvited`."""
    refuse_closed(event)
    person = people.person_for(email=invitee.email, name=invitee.name, by=by)
    _refuse_known(event, person)
    return put(event, original.pool, person.id, invitee, by, original=original)


def put(
    event: Event, pool: str, person_id: int, invitee: Invitee, by: Principal, *, original: Invitation | None = None
) -> Invitation:
    """A draft for somebody who is on no list of the event, which is locked."""
    invitation = Invitation(
        event_id=event.id,
        person_id=person_id,
        pool=pool,
        name=invitee.name,
        role=invitee.role,
        organisation=invitee.organisation,
        created_at=clock.now(),
        in_place_of=original.id if original else None,
    )
    db.session.add(invitation)
    db.session.flush()
    of: dict[str, Any] = {"subject_id": invitation.id, "programme_id": event.programme_id, "event_id": event.id}
    record(InvitedInPlace(**of, original_id=original.id) if original else Invited(**of), by=by)
    return invitation


def send(
    event: Event, *, invitations: Iterable[Invitation], override_reason: str = "", by: Principal
) -> Sequence[Invitation]:
    """Ask these people: each gets one mail with the link that answers and a calendar entry. Drafts only; others are
    left as they are. Returns those sent.

    Raises `BeyondCapacity` where the event holds seats for the asked, there are too few and no reason is given;
    `RuleBroken` before the event has a date.
    """
    event, seats = moves.enter(event)
    refuse_unsendable(event)
    drafts = [i for i in _afresh(invitations, event) if i.state is I.DRAFT]
    more = beyond(event, seats, Counter(draft.pool for draft in drafts), override_reason)
    if drafts:
        send_drafts(event, drafts, beyond=more, reason=override_reason, by=by)
    return drafts


def beyond(event: Event, seats: Seats, asked: Mapping[str, int], reason: str) -> int:
    """How many seats beyond capacity asking so many more, by pool, would take, where the event holds seats for the
    asked. Raises `BeyondCapacity` where that is any and no reason is given."""
    more = seats.beyond_all(asked) if event.holds_seats else 0
    if more and not reason.strip():
        raise BeyondCapacity(
            ngettext(
                "That is %(num)d seat more than there is. Say why to go beyond capacity, or send fewer.",
                "That is %(num)d seats more than there are. Say why to go beyond capacity, or send fewer.",
                more,
            ),
            field="override_reason",
        )
    return more


def send_drafts(event: Event, drafts: Sequence[Invitation], *, beyond: int, reason: str, by: Principal) -> None:
    """Under the event's lock: ask them, and say in the history how many, and why where there are too few seats."""
    refuse_unsendable(event)
    _send_all(event, drafts, by)
    told = InvitationsSent(
        subject_id=event.id,
        programme_id=event.programme_id,
        count=len(drafts),
        beyond=beyond,
        reason=reason.strip() if beyond else "",
    )
    record(told, by=by)


def _send_all(event: Event, drafts: Sequence[Invitation], by: Principal) -> None:
    for invitation in drafts:
        moves.move_invitation(invitation, I.SENT)
        invitation.sent_at = clock.now()
        record(InvitationSent(subject_id=invitation.id, programme_id=event.programme_id, event_id=event.id), by=by)
    links.issue_all("invitation", [invitation.id for invitation in drafts], expires_at=telling.link_end(event))
    telling.asked(event, drafts)


@dataclass(frozen=True, kw_only=True)
class Chased:
    """What came of chasing: who was asked again, who had answered meanwhile, who was left in peace for now."""

    reminded: Sequence[Invitation]
    answered: int = 0
    rested: int = 0


def remind(event: Event, *, invitations: Iterable[Invitation], again: bool = False, by: Principal) -> Chased:
    """Ask again those who are silent still, nobody else. Nobody is asked twice within `REST` unless `again` says so,
    nor twice on one day."""
    event, _seats = moves.enter(event)
    refuse_unsendable(event)
    now, day = clock.now(), clock.today(event.zone)
    reminded, answered, rested = [], 0, 0
    for invitation in _afresh(invitations, event):
        key = f"remind:{invitation.id}:{day.isoformat()}"
        if invitation.state not in (I.SENT, I.RECONFIRM):
            answered += 1
        elif (not again and rests(invitation, now)) or not telling.invitee(event, invitation, "remind", key):
            rested += 1
        else:
            reminded.append(invitation)
            invitation.reminded_at = now
            fact = InvitationReminded(subject_id=invitation.id, programme_id=event.programme_id, event_id=event.id)
            record(fact, by=by)
    return Chased(reminded=reminded, answered=answered, rested=rested)


def rests(invitation: Invitation, now: datetime) -> bool:
    """Whether this invitee was reminded so lately that they are left in peace."""
    return invitation.reminded_at is not None and now < invitation.reminded_at + REST


def withdraw(invitation: Invitation, *, reason: str = "", by: Principal) -> Invitation:
    """Take an invitation back: its link stops working, its seat goes to whoever waits, and, if it was ever sent, the
    person is told and the calendar entry cancelled. Twice changes nothing."""
    event, _seats = moves.enter_with(invitation)
    if invitation.state is I.WITHDRAWN:
        return invitation
    moves.refuse_after_start(event)
    was = invitation.state
    moves.move_invitation(invitation, I.WITHDRAWN)
    record(
        InvitationWithdrawn(
            subject_id=invitation.id, programme_id=event.programme_id, event_id=event.id, reason=reason.strip()
        ),
        by=by,
    )
    lineage.take_back(event, invitation, by=by)
    links.revoke("invitation", invitation.id)
    registration = queries.live_registration(event.id, invitation.person_id)
    if registration is not None and registration.invitation_id == invitation.id:
        moves.move(registration, RegistrationState.CANCELLED, by=by, reason=reason.strip())
    if was not in (I.DRAFT, I.DECLINED):
        telling.invitee(event, invitation, "withdrawn", f"withdrawn:{invitation.id}")
    moves.settle(event)
    return invitation


def _afresh(invitations: Iterable[Invitation], event: Event) -> Sequence[Invitation]:
    """These invitations as they stand now that the event is locked; of this event only."""
    idents = [key[1][0] for key in (sa.inspect(one, raiseerr=True).identity_key for one in invitations) if key]
    return queries.by_ids(event, idents)


def refuse_closed(event: Event) -> None:
    """Raise `RuleBroken` once nobody can be put on the list any more."""
    if event.state not in BEFORE_LIVE:
        raise RuleBroken(_("Nobody can be invited any more: the event has begun, was held or was cancelled."))


def refuse_unsendable(event: Event) -> None:
    """Nobody can be asked before there is a date to say, nor once it is too late to answer."""
    if event.state is EventState.DRAFT:
        raise RuleBroken(_("Schedule the event first: an invitation says when it is."))
    if event.state is EventState.POSTPONED:
        raise RuleBroken(_("The event is postponed. Set its new date first: an invitation says when it is."))
    moves.refuse_after_start(event)
    if event.state not in SENDABLE:
        raise RuleBroken(_("Nobody can be invited any more: the event has begun, was held or was cancelled."))
