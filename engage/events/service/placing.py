"""When the sessions of an event are, as its date changes (docs/domain.md#session)."""

from __future__ import annotations

from engage.core.errors import RuleBroken
from engage.events import queries
from engage.events.models import DATED, Event, Session
from engage.events.service.when import Span


def carry(event: Event) -> None:
    """After the event got another date or zone: its sessions move along, and their instants are derived again."""
    for session in queries.sessions_of(event.id):
        if session.starts_local is None or session.ends_local is None:
            continue
        by = queries.moved_by(session.counted_from, event.starts_local, event.precision)
        if by is not None:
            session.starts_local += by
            session.ends_local += by
            session.counted_from = event.starts_local
        place(event, session)


def place(event: Event, session: Session) -> None:
    """Derive a session's instants from its wall times: none while the event has no day, nor of a time that the clocks
    skip on that day."""
    session.starts_at = session.ends_at = None
    if event.precision not in DATED or session.starts is None or session.ends is None:
        return
    try:
        span = Span.checked(session.starts, session.ends, event.zone)
    except RuleBroken:
        return
    session.starts_at, session.ends_at = span.starts_at, span.ends_at
