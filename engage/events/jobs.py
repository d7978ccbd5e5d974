"""Background work of events: each minute the moves that fell due, once per start the zones' rules."""

from __future__ import annotations

from engage.core import clock
from engage.core.db import db, saving
from engage.core.jobs import every_minute, one_by_one
from engage.events import queries, service

_zones_read: list[bool] = []


@every_minute("events/due")
def apply_due() -> None:
    """What time alone does to events: publication, registration, going live, being held."""
    one_by_one(queries.due(clock.now(), service.HELD_AFTER), service.apply_due_by_id, what="event")


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
