"""Background work of events: each minute the moves that fell due, once per start the zones' rules."""

from __future__ import annotations

import structlog

from engage.core import clock
from engage.core.db import db, saving
from engage.core.errors import NotFound
from engage.core.jobs import every_minute
from engage.events import queries, service

log = structlog.get_logger()
_zones_read: list[bool] = []


@every_minute("events/due")
def apply_due() -> None:
    """Each event in a unit of work of its own, so that one that cannot move holds up no other."""
    waiting = queries.due(clock.now(), service.HELD_AFTER)
    db.session.rollback()
    for event_id in waiting:
        try:
            with saving():
                event = queries.by_id(event_id)
                if event is not None:
                    service.apply_due(event)
        except NotFound:
            continue
        except Exception:  # one broken event must not stop the clock of the others
            log.exception("due moves failed", event_id=event_id)


@every_minute("events/zones")
def refresh_instants() -> None:
    """Zone rules change with the library that brings them, so with a restart: read once per process."""
    if _zones_read:
        return
    if queries.with_dates_ahead(clock.now()):
        db.session.rollback()
        with saving():
            service.refresh_instants()
    _zones_read.append(True)
