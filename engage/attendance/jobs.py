"""Background work of attendance: offers and reconfirmations that run out, needs that are kept no longer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from engage.attendance import queries, service
from engage.core import clock
from engage.core.db import db, saving
from engage.core.jobs import every_minute
from engage.events.models import Event

log = structlog.get_logger()


@every_minute("attendance/due")
def apply_due() -> None:
    """Each event alone: one that fails keeps no other waiting."""
    _each(queries.events_due, service.apply_due)


@every_minute("attendance/purge")
def purge_needs() -> None:
    """Access and dietary needs go 30 days after the event."""
    _each(queries.events_with_old_needs, service.purge_needs)


def _each(due: Callable[[datetime], Sequence[int]], verb: Callable[[Event], object]) -> None:
    events = due(clock.now())
    db.session.rollback()
    for event_id in events:
        try:
            with saving():
                verb(db.session.get_one(Event, event_id))
        except Exception:  # one broken event must not stop the clock of the others
            log.exception("due moves failed", event_id=event_id)
