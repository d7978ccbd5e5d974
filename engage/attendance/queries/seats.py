"""How many seats are taken, free and waited for, in all and of each ticket kind: one statement; and of each
organisation, where an event limits them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa

from engage.attendance.models import (
    STANDARD,
    TAKES_SEAT,
    Invitation,
    InvitationState,
    OpenTo,
    Registration,
    RegistrationState,
    TicketKind,
)
from engage.core.db import UtcDateTime, db
from engage.events.models import Event
from engage.people import queries as people

S = RegistrationState


@dataclass(frozen=True, kw_only=True)
class Count:
    """Taken = confirmed + reconfirm + offered + attended + reserved by staff + invitations that hold a seat
    (docs/domain.md#registration). `capacity` None: no limit."""

    capacity: int | None
    reserved: int
    held: int
    states: Mapping[RegistrationState, int]

    @property
    def taken(self) -> int:
        return self.reserved + self.held + sum(self.states.get(state, 0) for state in TAKES_SEAT)

    @property
    def waiting(self) -> int:
        return self.states.get(S.WAITLISTED, 0)

    @property
    def free(self) -> int | None:
        """Seats left, never below none; None where there is no limit."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    def beyond(self, more: int) -> int:
        """How many of `more` seats would go beyond capacity."""
        return 0 if self.free is None else max(0, more - self.free)


@dataclass(frozen=True, kw_only=True)
class Pool(Count):
    """The seats of one ticket kind; of an event without kinds, all of them. `name` "": no kind."""

    pool: str
    name: str = ""
    reserved_note: str = ""
    open_to: OpenTo = OpenTo.ANYBODY
    retired: bool = False


class KindFacts(Protocol):
    """What is read of a ticket kind."""

    @property
    def pool(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def capacity(self) -> int | None: ...
    @property
    def reserved(self) -> int: ...
    @property
    def reserved_note(self) -> str: ...
    @property
    def open_to(self) -> str: ...
    @property
    def retired(self) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class Seats(Count):
    """Those of an event. `first_expiry`: when the next offer lapses; `last_expiry`: the last one; `next_number`: of the
    line, higher than any that was ever given; `pools`: in the order of the kinds, retired ones last."""

    first_expiry: datetime | None = None
    last_expiry: datetime | None = None
    next_number: int = 1
    pools: Sequence[Pool] = field(default=())

    @classmethod
    def of(
        cls,
        *,
        capacity: int | None,
        reserved: int,
        kinds: Iterable[KindFacts],
        states: Iterable[tuple[str, RegistrationState, int]],
        held: Mapping[str, int],
        first_expiry: datetime | None = None,
        last_expiry: datetime | None = None,
        next_number: int = 1,
    ) -> Seats:
        """From what was read: kinds in their order, registrations by pool and state, held seats by pool."""
        by_pool: dict[str, dict[RegistrationState, int]] = {}
        total: Counter[RegistrationState] = Counter()
        for pool, state, many in states:
            by_pool.setdefault(pool, {})[state] = many
            total[state] += many
        pools = [
            Pool(
                pool=kind.pool,
                name=kind.name,
                capacity=kind.capacity,
                reserved=0 if kind.retired else kind.reserved,
                reserved_note=kind.reserved_note,
                open_to=OpenTo(kind.open_to),
                retired=bool(kind.retired),
                held=held.get(kind.pool, 0),
                states=by_pool.get(kind.pool, {}),
            )
            for kind in kinds
        ]
        pools.sort(key=lambda pool: pool.retired)
        return cls(
            capacity=capacity,
            reserved=reserved + sum(pool.reserved for pool in pools),
            held=sum(held.values()),
            states=total,
            first_expiry=first_expiry,
            last_expiry=last_expiry,
            next_number=next_number,
            pools=pools or [Pool(pool=STANDARD, capacity=None, reserved=0, held=sum(held.values()), states=total)],
        )

    @property
    def kinds(self) -> Sequence[Pool]:
        """The ticket kinds that can be given; none where the event has none."""
        return [pool for pool in self.pools if pool.name and not pool.retired]

    @property
    def open_kinds(self) -> Sequence[Pool]:
        """Those that anybody may take who registers."""
        return [pool for pool in self.kinds if pool.open_to is OpenTo.ANYBODY]

    @property
    def set_aside(self) -> Sequence[Pool]:
        """Kinds with seats set aside."""
        return [pool for pool in self.kinds if pool.reserved]

    def pool(self, name: str) -> Pool:
        """The seats of one pool; of one that nobody heard of, no limit of its own."""
        found = next((pool for pool in self.pools if pool.pool == name), None)
        return found or Pool(pool=name, capacity=None, reserved=0, held=0, states={})

    def left(self, pool: Pool) -> int | None:
        """How many seats of this kind are left, the event's own limit counted; None for no limit."""
        limits = [free for free in (self.free, pool.free) if free is not None]
        return min(limits) if limits else None

    def beyond_all(self, more: Mapping[str, int]) -> int:
        """How many of these seats, by pool, would go beyond the capacity of their kinds or of the event."""
        of_kinds = sum(self.pool(name).beyond(many) for name, many in more.items())
        return max(of_kinds, self.beyond(sum(more.values())))

    @property
    def room(self) -> bool:
        """Whether a newcomer gets a seat of some kind: one is free and nobody waits for it."""
        mine = self.open_kinds or self.pools
        return any(not pool.waiting and self.left(pool) != 0 for pool in mine)


def seats(event: Event) -> Seats:
    """The event's seats now. Decide on them only under the event's lock."""
    rows = db.session.execute(_TAKEN, {"event": event.id, "holds": event.holds_seats}).all()
    kinds = sorted((row for row in rows if row.name is not None), key=lambda row: (row.position, row.number))
    booked = [row for row in rows if row.state is not None]
    ends = [row for row in booked if S(row.state) is S.OFFERED]
    return Seats.of(
        capacity=event.capacity,
        reserved=event.reserved,
        kinds=kinds,
        states=[(row.pool, S(row.state), row.many) for row in booked],
        held={row.pool: row.many for row in rows if row.name is None and row.state is None},
        first_expiry=min((row.first_expiry for row in ends), default=None),
        last_expiry=max((row.last_expiry for row in ends), default=None),
        next_number=max((row.number for row in booked), default=0) + 1,
    )


_KINDS = sa.select(
    TicketKind.pool,
    TicketKind.id.label("number"),
    TicketKind.name,
    TicketKind.capacity,
    TicketKind.reserved,
    TicketKind.reserved_note,
    sa.type_coerce(TicketKind.open_to, sa.String).label("open_to"),
    TicketKind.position,
    TicketKind.retired_at.is_not(None).label("retired"),
    sa.cast(sa.null(), sa.String).label("state"),
    sa.cast(sa.null(), sa.Integer).label("many"),
    sa.cast(sa.null(), UtcDateTime).label("first_expiry"),
    sa.cast(sa.null(), UtcDateTime).label("last_expiry"),
).where(TicketKind.event_id == sa.bindparam("event"))
_REGISTRATIONS = (
    sa.select(
        Registration.pool,
        sa.func.max(Registration.queue_number),
        *([sa.null()] * 7),
        sa.type_coerce(Registration.state, sa.String),
        sa.func.count(),
        sa.func.min(Registration.offer_expires_at),
        sa.func.max(Registration.offer_expires_at),
    )
    .where(Registration.event_id == sa.bindparam("event"))
    .group_by(Registration.state, Registration.pool)
)
HOLDING = sa.or_(
    Invitation.keeps_seat,
    sa.and_(sa.bindparam("holds", type_=sa.Boolean), Invitation.state == InvitationState.SENT),
)
"""Invitations that hold a seat: sent ones, where the event holds seats for them, and those that keep one for a
substitute."""
_HELD = (
    sa.select(Invitation.pool, *([sa.null()] * 9), sa.func.count(), sa.null(), sa.null())
    .where(Invitation.event_id == sa.bindparam("event"), HOLDING)
    .group_by(Invitation.pool)
)
_TAKEN = _KINDS.union_all(_REGISTRATIONS, _HELD)
"""Made once: every verb of attendance begins with it, and indexes hold all that it reads of registrations. A kind has a
name, registrations have a state, held seats neither."""


# --- organisations ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Shares:
    """The seats of each organisation: at most `most`. `taken` and `waiting` (by pool) are by the organisation's key;
    `keys`: from a name as typed to that key. Whoever names no organisation counts towards none."""

    most: int
    keys: Mapping[str, str]
    taken: Mapping[str, int]
    waiting: Mapping[tuple[str, str], int]


def shares(event: Event, *, also: Iterable[str] = ()) -> Shares | None:
    """How the event's seats fall on organisations, None where it sets no limit. `also`: further names that a decision
    will be asked about. One organisation by any of its names is one."""
    if event.per_organisation is None:
        return None
    rows = _by_organisation(event)
    keys = people.organisation_keys({organisation for _pool, organisation, _seat, _many in rows} | set(also))
    taken: Counter[str] = Counter()
    waiting: Counter[tuple[str, str]] = Counter()
    for pool, organisation, seat, many in rows:
        key = keys.get(organisation, "")
        if not seat:
            waiting[pool, key] += many
        elif key:
            taken[key] += many
    return Shares(most=event.per_organisation, keys=keys, taken=taken, waiting=waiting)


def _by_organisation(event: Event) -> Sequence[tuple[str, str, bool, int]]:
    """(pool, organisation as typed, whether it is a seat or a place in the line, how many)."""
    seat = Registration.state != S.WAITLISTED
    booked = (
        sa.select(Registration.pool, Registration.organisation, seat.label("seat"), sa.func.count())
        .where(Registration.event_id == event.id, Registration.state.in_({*TAKES_SEAT, S.WAITLISTED}))
        .group_by(Registration.pool, Registration.organisation, seat)
    )
    held = (
        sa.select(Invitation.pool, Invitation.organisation, sa.true(), sa.func.count())
        .where(Invitation.event_id == event.id, HOLDING)
        .group_by(Invitation.pool, Invitation.organisation)
    )
    rows = db.session.execute(booked.union_all(held), {"holds": event.holds_seats})
    return [(pool, organisation, bool(seat), many) for pool, organisation, seat, many in rows]
