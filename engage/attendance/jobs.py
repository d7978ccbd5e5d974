"""Background work of attendance: what runs out, what is kept no longer, lists from files that are long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from engage.attendance import queries, service
from engage.attendance.models import Circular
from engage.core import clock
from engage.core.db import db, saving
from engage.core.errors import RuleBroken
from engage.core.jobs import every_minute, job
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


@job("attendance/last_call")
def last_call(event: int, deadline: str) -> None:
    """Whoever has not reconfirmed is asked once more, on the day before."""
    with saving():
        service.last_call(db.session.get_one(Event, event), deadline=datetime.fromisoformat(deadline))


@job("attendance/circular")
def circular(circular: int) -> None:
    """A letter to many, queued batch by batch: done twice, it writes nobody twice."""
    start, more = 0, True
    while more:
        with saving():
            more = service.queue_batch(db.session.get_one(Circular, circular), start)
        start += service.BATCH


def _each(due: Callable[[datetime], Sequence[int]], verb: Callable[[Event], object]) -> None:
    events = due(clock.now())
    db.session.rollback()
    for event_id in events:
        try:
            with saving():
                verb(db.session.get_one(Event, event_id))
        except Exception:  # one broken event must not stop the clock of the others
            log.exception("due moves failed", event_id=event_id)


@job("attendance/import")
def run_import(import_id: int) -> None:
    """One unit of work a batch; whoever is killed between two is followed by the next one, who goes on from there."""
    try:
        while _in_one(service.run_batch, import_id):
            pass
    except RuleBroken as no:
        with saving():
            service.fail_import(import_id, no.message)


@job("attendance/undo-import")
def undo_import(import_id: int) -> None:
    """The same for taking it back."""
    while _in_one(service.undo_batch, import_id):
        pass


@job("attendance/tell-imported")
def tell_imported(import_id: int) -> None:
    """The same for writing to whom it registered."""
    while _in_one(service.tell_batch, import_id):
        pass


def _in_one(batch: Callable[[int], bool], import_id: int) -> bool:
    with saving():
        return batch(import_id)


@every_minute("attendance/wipe-imports")
def wipe_imports() -> None:
    """What the rows of a file said goes 30 days after it was worked on, or was left lying."""
    old = queries.imports_to_wipe(clock.now())
    db.session.rollback()
    for import_id in old:
        with saving():
            service.wipe_old_import(import_id)
