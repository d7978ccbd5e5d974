"""How many seats are taken, free and waited for: one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engage.attendance.models import TAKES_SEAT, Invitation, InvitationState, Registration, RegistrationState
from engage.core.db import db
from engage.events.models import Event


@dataclass(frozen=True, kw_only=True)
class Seats:
    """Taken = confirmed + reconfirm + offered + attended + reserved by staff + invitations that hold a seat
    (docs/domain.md#invitation). `capacity` None: no limit. `first_expiry`: when the next offer lapses. `next_number`:
    of the line, higher than any that was ever given."""

    capacity: int | None
    reserved: int
    held: int
    states: Mapping[RegistrationState, int]
    first_expiry: datetime | None = None
    next_number: int = 1

    @property
    def taken(self) -> int:
        return self.reserved + self.held + sum(self.states.get(state, 0) for state in TAKES_SEAT)

    @property
    def waiting(self) -> int:
        return self.states.get(RegistrationState.WAITLISTED, 0)

    @property
    def free(self) -> int | None:
        """Seats left, never below none; None where there is no limit."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    @property
    def room(self) -> bool:
        """Whether a newcomer gets a seat: one is free and nobody waits."""
        return not self.waiting and (self.free is None or self.free > 0)

    def beyond(self, more: int) -> int:
        """How many of `more` seats would go beyond capacity."""
        return 0 if self.free is None else max(0, more - self.free)


def seats(event: Event) -> Seats:
    """The event's seats now. Decide on them only under the event's lock."""
    rows = db.session.execute(_TAKEN, {"event": event.id, "holds": event.holds_seats}).all()
    return Seats(
        capacity=event.capacity,
        reserved=event.reserved,
        held=next(count for state, count, _expiry, _last in rows if state is None),
        states={state: count for state, count, _expiry, _last in rows if state is not None},
        first_expiry=next((end for state, _n, end, _last in rows if state is RegistrationState.OFFERED), None),
        next_number=max(last for _state, _n, _end, last in rows) + 1,
    )


_BY_STATE = (
    sa.select(
        Registration.state,
        sa.func.count(),
        sa.func.min(Registration.offer_expires_at),
        sa.func.max(Registration.queue_number),
    )
    .where(Registration.event_id == sa.bindparam("event"))
    .group_by(Registration.state)
)
_HELD = sa.select(
    sa.cast(sa.null(), Registration.state.type),
    sa.func.count(),
    sa.cast(sa.null(), Registration.offer_expires_at.type),
    sa.literal_column("0"),
).where(
    Invitation.event_id == sa.bindparam("event"),
    sa.or_(
        Invitation.keeps_seat,
        sa.and_(sa.bindparam("holds", type_=sa.Boolean), Invitation.state == InvitationState.SENT),
    ),
)
"""Sent invitations, where the event holds seats for them, and those that keep one for a substitute: as a line without
a state."""
_TAKEN = sa.union_all(_BY_STATE, _HELD)
"""Made once: every verb of attendance begins with it, and indexes hold all that it reads."""
