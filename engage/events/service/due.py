"""Moves that fall due by time (docs/domain.md#event): each takes effect at its own instant, however late it is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from engage.core import clock, publication
from engage.core.access import SYSTEM, Principal
from engage.core.db import identity, lock
from engage.events import queries
from engage.events.models import DATED, Admission, Event, EventState
from engage.events.service import effects
from engage.events.service.placing import place
from engage.events.service.when import When

HELD_AFTER = timedelta(hours=12)
Due = tuple[datetime, Callable[..., None]]


def apply_due(event: Event) -> Event:
    """The event, locked, after every move that is due by now. First in every verb of it, here and on higher floors."""
    return apply_due_by_id(identity(event))


def apply_due_by_id(event_id: int) -> Event:
    """The same for an event that need not be read before it is locked."""
    event = lock(Event, event_id)
    while (move := _next(event)) is not None:
        at, effect = move
        effect(event, at=at, by=SYSTEM)
    return event


def refresh_instants() -> int:
    """Derive the instants of planned dates again, since zone rules may have changed. Returns how many moved."""
    moved = 0
    for event in queries.with_dates_ahead(clock.now()):
        when = When.of(event)
        if (event.starts_at, event.ends_at) != (when.starts_at, when.ends_at):
            event.starts_at, event.ends_at = when.starts_at, when.ends_at
            effects.touch(event, sequence=True)
            moved += 1
    for session in queries.sessions_ahead(clock.now()):
        place(session.event, session)
    return moved


def _next(event: Event) -> Due | None:
    """The earliest move that is due, if any is."""
    now = clock.now()
    found = [(at, effect) for at, effect in _planned(event) if at is not None and at <= now]
    return min(found, key=lambda move: move[0]) if found else None


def _planned(event: Event) -> list[tuple[datetime | None, Callable[..., None]]]:
    """What time alone will do next to an event. The earlier one wins; of two at once the first."""
    if event.announce_at is None:
        return _moves(event)
    return [(publication.due(event.announce_at, under=event.programme), effects.published), *_moves(event)]


def _moves(event: Event) -> list[tuple[datetime | None, Callable[..., None]]]:
    starts = event.starts_at if event.precision in DATED else None
    if event.state is EventState.SCHEDULED:
        return [(starts, effects.live), (_opens(event), effects.open_)]
    if event.state is EventState.OPEN:
        return [(starts, effects.live), (event.registration_closes_at, effects.close)]
    if event.state is EventState.CLOSED:
        return [(starts, effects.live)]
    if event.state is EventState.LIVE:
        return [(event.ends_at and event.ends_at + HELD_AFTER, effects.held)]
    if event.state is EventState.POSTPONED and starts is not None:
        return [(min(event.reconfirm_by or starts, starts), _stand_again)]
    return []


def _opens(event: Event) -> datetime | None:
    """When registration opens by itself: never by invitation only, and not once its time is over."""
    closes = event.registration_closes_at
    if event.admission is Admission.BY_INVITATION or (closes is not None and closes <= clock.now()):
        return None
    return event.registration_opens_at


def _stand_again(event: Event, *, at: datetime, by: Principal) -> None:  # noqa: ARG001 -- as every effect
    """A new date that was announced stands once the deadline for reconfirming has passed."""
    effects.stand_again(event, (), date_changed=False, by=by)
