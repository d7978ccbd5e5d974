"""Ticket kinds: added, changed, put in order, retired, copied to another event (docs/domain.md#ticket-kind)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields

from engage.attendance import queries
from engage.attendance.facts import AdmissionCopied, TicketKindAdded, TicketKindChanged, TicketKindRetired
from engage.attendance.models import STANDARD, OpenTo, TicketKind
from engage.attendance.queries import Seats
from engage.attendance.service import moves
from engage.attendance.service.inviting import BeyondCapacity
from engage.attendance.service.places import too_few
from engage.core import clock
from engage.core.access import Principal
from engage.core.db import db
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import changed, record
from engage.core.text import _, slugify
from engage.events.models import BEFORE_LIVE, Event
from engage.people.queries import fold

POOL = 40


@dataclass(frozen=True, kw_only=True)
class KindTold:
    """What staff say of a ticket kind. `capacity` None: no limit of its own; `reserved`: seats set aside."""

    name: str
    capacity: int | None = None
    open_to: OpenTo = OpenTo.ANYBODY
    reserved: int = 0
    reserved_note: str = ""


def add_kind(event: Event, *, told: KindTold, override_reason: str = "", by: Principal) -> TicketKind:
    """A further kind of ticket, last in order. The first one that an event gets is that of everybody who is registered
    or invited already.

    Raises `RuleBroken`, `BeyondCapacity` where more seats are taken than it leaves and no reason is given.
    """
    event, seats = moves.enter(event)
    _refuse_begun(event)
    known = queries.kinds_of(event.id)
    _check(told, known)
    kind = _made(event, told, known)
    db.session.add(kind)
    db.session.flush()
    reason = _refuse_too_few(event, override_reason, seats)
    fact = TicketKindAdded(subject_id=event.id, programme_id=event.programme_id, kind=kind.name, reason=reason)
    record(fact, by=by)
    return kind


def edit_kind(
    kind: TicketKind, *, version: int, told: KindTold, override_reason: str = "", by: Principal
) -> TicketKind:
    """Change what is said of it. More seats are offered at once to whoever waits; fewer than are taken need a reason.

    Raises `StaleVersion`, `RuleBroken`, `BeyondCapacity`.
    """
    event = _enter(kind)
    if kind.version != version:
        raise StaleVersion(_("Somebody else changed this kind of ticket while you were writing."))
    _check(told, [other for other in queries.kinds_of(event.id) if other.id != kind.id])
    before = queries.seats(event)
    changes = changed(kind, **asdict(told))
    if not changes:
        return kind
    kind.version += 1
    db.session.flush()
    reason = _refuse_too_few(event, override_reason, before)
    fact = TicketKindChanged(
        subject_id=event.id, programme_id=event.programme_id, kind=kind.name, changes=changes, reason=reason
    )
    record(fact, by=by)
    moves.settle(event)
    return kind


def raise_kind(kind: TicketKind, *, by: Principal) -> TicketKind:
    """One place up in the order in which kinds are offered. The first stays where it is."""
    event = _enter(kind)
    order = [other for other in queries.kinds_of(event.id) if other.retired_at is None]
    at = order.index(kind) if kind in order else 0
    if at:
        order.insert(at - 1, order.pop(at))
        for position, other in enumerate(order, 1):
            other.position = position
        fact = TicketKindChanged(subject_id=event.id, programme_id=event.programme_id, kind=kind.name)
        record(fact, by=by)
    return kind


def retire_kind(kind: TicketKind, *, by: Principal) -> TicketKind:
    """Give it to nobody new; whoever has one keeps it, and whoever waits for one stays in line. Its seats set aside are
    free again. Twice changes nothing. The last kind cannot be retired."""
    event = _enter(kind)
    if kind.retired_at is not None:
        return kind
    if all(other.id == kind.id for other in queries.kinds_of(event.id) if other.retired_at is None):
        raise RuleBroken(_("This is the only kind of ticket left: add another one first."))
    kind.retired_at = clock.now()
    kind.version += 1
    record(TicketKindRetired(subject_id=event.id, programme_id=event.programme_id, kind=kind.name), by=by)
    moves.settle(event)
    return kind


def copy_admission(from_event: Event, to_event: Event, *, by: Principal) -> None:
    """Give one event the places, limits and ticket kinds of another: structure, never people. Raises `RuleBroken` where
    the event has kinds of its own or has begun."""
    event, _seats = moves.enter(to_event)
    _refuse_begun(event)
    if queries.kinds_of(event.id):
        raise RuleBroken(_("This event has kinds of tickets already."))
    names = ("capacity", "reserved", "per_organisation", "holds_seats")
    if changes := changed(event, **{name: getattr(from_event, name) for name in names}):
        event.version += 1
    copied: list[TicketKind] = []
    for kind in queries.kinds_of(from_event.id):
        if kind.retired_at is None:
            told = KindTold(**{field.name: getattr(kind, field.name) for field in fields(KindTold)})
            copied.append(_made(event, told, copied))
    db.session.add_all(copied)
    db.session.flush()
    _refuse_too_few(event, "")
    if copied or changes:
        fact = AdmissionCopied(
            subject_id=event.id, programme_id=event.programme_id, from_event_id=from_event.id, changes=changes
        )
        record(fact, by=by)


def _made(event: Event, told: KindTold, known: Sequence[TicketKind]) -> TicketKind:
    """The kind, not kept yet; the first one takes over the pool that an event without kinds has."""
    taken = {other.pool for other in known}
    wanted = slugify(told.name, "kind")[:POOL] if known else STANDARD
    tries = (wanted, *(f"{wanted[: POOL - 4]}-{n}" for n in range(2, 1000)))
    return TicketKind(
        event_id=event.id,
        pool=next(pool for pool in tries if pool not in taken),
        position=max((other.position for other in known), default=0) + 1,
        **asdict(told),
    )


def _enter(kind: TicketKind) -> Event:
    event, _seats = moves.enter_by_id(kind.event_id)
    db.session.refresh(kind)
    _refuse_begun(event)
    return event


def _refuse_begun(event: Event) -> None:
    if event.state not in BEFORE_LIVE:
        raise RuleBroken(_("The event has begun, was held or was cancelled: its places no longer change."))


def _check(told: KindTold, others: Iterable[TicketKind]) -> None:
    if not told.name.strip():
        raise RuleBroken(_("Enter the name of the kind"), field="name")
    if any(fold(other.name) == fold(told.name) for other in others if other.retired_at is None):
        raise RuleBroken(_("This event has a kind of that name already."), field="name")
    if told.capacity is not None and told.reserved > told.capacity:
        raise RuleBroken(_("No more places can be set aside than there are"), field="reserved")
    if told.reserved and not told.reserved_note.strip():
        raise RuleBroken(_("Say for whom they are set aside"), field="reserved_note")


def _refuse_too_few(event: Event, reason: str, before: Seats | None = None) -> str:
    """Taken ≤ capacity: no edit takes seats away that somebody has, unless a reason is given; what was beyond before
    may stay so. Returns the reason where it was needed, to be kept."""
    said = too_few(queries.seats(event), before)
    if said and not reason.strip():
        raise BeyondCapacity(said, field="override_reason")
    return reason.strip() if said else ""
