"""How many seats are taken, free and waited for: one statement, or two where sent invitations hold seats."""

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
    """Taken = confirmed + reconfirm + offered + attended + reserved by staff + sent invitations that hold a seat
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
    rows = db.session.execute(_BY_STATE, {"event": event.id}).all()
    return Seats(
        capacity=event.capacity,
        reserved=event.reserved,
        held=_held(event.id) if event.holds_seats else 0,
        states={state: count for state, count, _expiry, _last in rows},
        first_expiry=next((end for state, _n, end, _last in rows if state is RegistrationState.OFFERED), None),
        next_number=max((last for _state, _n, _end, last in rows), default=0) + 1,
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
"""Made once: every verb of attendance begins with it, and an index holds all that it reads."""


def _held(event_id: int) -> int:
    """Sent invitations."""
    return int(
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Invitation)
            .where(Invitation.event_id == event_id, Invitation.state == InvitationState.SENT)
        )
        or 0
    )
