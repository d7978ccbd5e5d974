"""What every verb begins with and stands on: the event's lock, the moves that are due, the one way to change a state.

Seats are decided in one transaction with the event's row locked first, so that no two units of work decide at once
(docs/domain.md#invitation). Whatever fell due meanwhile is applied before the verb does its own.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from engage.attendance import queries
from engage.attendance.facts import InvitationExpired, Registered, RegistrationMoved
from engage.attendance.models import (
    INVITATION_MOVES,
    REGISTRATION_MOVES,
    Invitation,
    InvitationState,
    Registration,
    RegistrationMove,
    RegistrationState,
    SignUp,
    Substitute,
)
from engage.attendance.queries import Seats
from engage.attendance.service import telling
from engage.attendance.service.places import Places
from engage.attendance.service.telling import Moved
from engage.core import clock
from engage.core.access import SYSTEM, Principal
from engage.core.db import db, identity
from engage.core.errors import RuleBroken
from engage.core.facts import record
from engage.core.states import check_move
from engage.core.text import _
from engage.events.models import BEFORE_LIVE, Event, EventState
from engage.events.queries import EventRef
from engage.events.service import apply_due_by_id

S = RegistrationState
OFFER_STANDS = timedelta(hours=48)
GIVES_SEATS = frozenset({EventState.SCHEDULED, EventState.OPEN, EventState.CLOSED})
"""States of an event in which a freed seat is offered to the first in line."""


def enter(event: Event | EventRef) -> tuple[Event, Seats]:
    """Lock the event, apply what is due of it and of its seats, and say how they stand. Every verb begins here."""
    return enter_by_id(event.id if isinstance(event, EventRef) else identity(event))


def enter_by_id(event_id: int) -> tuple[Event, Seats]:
    """The same for an event that need not be read before it is locked."""
    locked = apply_due_by_id(event_id)
    return locked, settle(locked)


def enter_with(thing: Invitation | Registration | SignUp | Substitute) -> tuple[Event, Seats]:
    """The same for something of an event, which is then read afresh: what the lock waited for may have changed it."""
    locked, seats = enter_by_id(thing.event_id)
    db.session.refresh(thing)
    return locked, seats


def settle(event: Event) -> Seats:
    """Under the event's lock: lapse what has run out, pass freed seats on to the first in line. Returns the seats."""
    seats = queries.seats(event)
    if event.state not in BEFORE_LIVE:
        return seats
    now = clock.now()
    moved = False
    if seats.first_expiry is not None and seats.first_expiry <= now:
        for offer in queries.offers_due(event.id, now):
            lapse(event, offer, at=offer.offer_expires_at or now, reason=_("The offer was not taken in time."))
        moved = True
    if seats.states.get(S.RECONFIRM) and event.reconfirm_by is not None and event.reconfirm_by <= now:
        _lapse_unconfirmed(event, event.reconfirm_by)
        moved = True
    if moved:
        seats = queries.seats(event)
    return _pass_on(event, seats, now)


def _lapse_unconfirmed(event: Event, at: datetime) -> None:
    for registration in queries.in_states(event.id, S.RECONFIRM):
        lapse(event, registration, at=at, reason=_("Not reconfirmed in time."))
    for line in queries.in_state(event, InvitationState.RECONFIRM):
        move_invitation(line.invitation, InvitationState.EXPIRED)
        record(
            InvitationExpired(subject_id=line.invitation.id, programme_id=event.programme_id, event_id=event.id),
            by=SYSTEM,
        )


def _pass_on(event: Event, seats: Seats, now: datetime) -> Seats:
    """Offer each free seat to whoever waits longest, over all pools, and can take it: whose kind has room, and whose
    organisation, where the event limits those."""
    if not seats.waiting or seats.free == 0 or not gives_seats(event, now):
        return seats
    with_room = [pool for pool in seats.pools if pool.waiting and pool.free != 0]
    most = sum(pool.waiting if pool.free is None else min(pool.free, pool.waiting) for pool in with_room)
    if not most:
        return seats
    places = Places(event, seats)
    many = most if places.shares is None else None
    offered = 0
    for registration in queries.first_in_line(event.id, [pool.pool for pool in with_room], many):
        if places.full:
            break
        if not places.why_not(registration.pool, registration.organisation):
            offer(event, registration, now)
            places.give(registration.pool, registration.organisation)
            offered += 1
    return queries.seats(event) if offered else seats


def gives_seats(event: Event, now: datetime) -> bool:
    """Whether freed seats are offered now: from when the event is scheduled until it begins."""
    begun = event.dated and event.starts_at is not None and event.starts_at <= now
    return event.state in GIVES_SEATS and not begun


def offer(event: Event, registration: Registration, now: datetime) -> None:
    """A place, held until 48 hours have passed or the event starts, whichever is sooner."""
    end = now + OFFER_STANDS
    registration.offer_expires_at = min(end, event.starts_at) if event.dated and event.starts_at else end
    moved = move(registration, S.OFFERED, by=SYSTEM)
    telling.of_move(event, registration, moved)


def lapse(event: Event, registration: Registration, *, at: datetime, reason: str, tell: bool = True) -> None:
    """The place, or the place in the line, is gone; taking effect at the instant at which it was due."""
    moved = move(registration, S.LAPSED, by=SYSTEM, at=at, reason=reason)
    if tell:
        telling.of_move(event, registration, moved)


def move(
    registration: Registration,
    new: RegistrationState,
    *,
    by: Principal,
    at: datetime | None = None,
    reason: str = "",
) -> Moved:
    """Set the state, and write the dated move that it is a copy of. `at`: when it took effect, if not now."""
    old = registration.state
    check_move(REGISTRATION_MOVES, old, new, what=_("A registration"))
    registration.state = new
    registration.state_reason = reason
    moved = _keep(registration, by, at, reason)
    fact = RegistrationMoved(
        subject_id=registration.id,
        programme_id=registration.event.programme_id,
        event_id=registration.event_id,
        old=old.value,
        new=new.value,
        reason=reason,
    )
    record(fact, by=by)
    return moved


def begin(registration: Registration, *, by: Principal, reason: str = "") -> Moved:
    """Keep a new registration with its first dated move."""
    db.session.add(registration)
    db.session.flush()
    return _keep(registration, by, None, reason)


def _keep(registration: Registration, by: Principal, at: datetime | None, reason: str) -> Moved:
    now = clock.now()
    row = {
        "registration_id": registration.id,
        "state": registration.state,
        "effective_at": at or now,
        "recorded_at": now,
        "actor": by.actor,
        "reason": reason,
    }
    written = db.session.connection().execute(_MOVE, row)
    key = written.inserted_primary_key
    return Moved(id=key[0] if key else 0, state=registration.state)


_MOVE = sa.insert(RegistrationMove.__table__)
"""Rows only grow, so nothing is kept of a new one in memory: written at once, past the unit of work."""


def move_invitation(invitation: Invitation, new: InvitationState) -> None:
    """Set an invitation's state, or say why not; a seat that it kept is kept no longer. The caller records the fact."""
    check_move(INVITATION_MOVES, invitation.state, new, what=_("An invitation"))
    invitation.state = new
    invitation.keeps_seat = False


def holds_seat(event: Event, invitation: Invitation | None) -> bool:
    """Whether a seat is set aside for this invitee, as `queries.seats` counts them."""
    if invitation is None:
        return False
    return invitation.keeps_seat or (event.holds_seats and invitation.state is InvitationState.SENT)


def refuse_after_start(event: Event) -> None:
    """Answers and bookings end when the event begins."""
    begun = event.dated and event.starts_at is not None and event.starts_at <= clock.now()
    if event.state is EventState.CANCELLED:
        raise RuleBroken(_("This event was cancelled."))
    if event.state not in BEFORE_LIVE or begun:
        raise RuleBroken(_("The event has begun: nothing can be changed any more."))


def record_registered(event: Event, registration: Registration, by: Principal) -> None:
    """Say in the history that a registration was made."""
    record(
        Registered(
            subject_id=registration.id,
            programme_id=event.programme_id,
            event_id=event.id,
            state=registration.state.value,
            reason=registration.override_reason,
        ),
        by=by,
    )
