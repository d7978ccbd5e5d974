"""Moves that fall due by time, as ordinary verbs (docs/domain.md#time)."""

from __future__ import annotations

import sqlalchemy as sa

from engage.attendance.facts import AccessNeedsPurged
from engage.attendance.models import AccessNeed, Registration
from engage.attendance.service import moves, replies
from engage.core.access import SYSTEM
from engage.core.db import db, lock
from engage.core.facts import record
from engage.events.models import Event


def apply_due(event: Event) -> None:
    """Lapse what has run out in this event, and pass its freed seats on."""
    moves.enter(event)


def purge_needs(event: Event) -> int:
    """Delete the access and dietary needs told for this event, and the answers about them. Returns how many."""
    event = lock(Event, event.id)
    ours = sa.select(Registration.id).where(Registration.event_id == event.id)
    gone = db.session.execute(sa.delete(AccessNeed).where(AccessNeed.registration_id.in_(ours)))
    count = int(gone.rowcount) + replies.purge(event)  # type: ignore[attr-defined]
    if count:
        record(AccessNeedsPurged(subject_id=event.id, programme_id=event.programme_id, count=count), by=SYSTEM)
    return count
