"""Telling those whom an import registered, when staff say so: the letter that a booking by the form causes at once."""

from __future__ import annotations

from engage.attendance import queries
from engage.attendance.facts import BookingTold
from engage.attendance.models import Import, ImportState, Makes
from engage.attendance.service import import_running, importing, moves, telling
from engage.core import jobs
from engage.core.access import Principal
from engage.core.db import db, lock
from engage.core.errors import RuleBroken
from engage.core.facts import record
from engage.core.text import _

JOB = "attendance/tell-imported"
BATCH = 200


def tell_imported(import_: Import, *, by: Principal) -> Import:
    """Write to each who has a place, or waits, by this import, and has not been told: once each, with the link to the
    booking. Raises `RuleBroken` where there is nobody to tell, or the event has begun."""
    event, _seats = moves.enter_by_id(import_.event_id)
    moves.refuse_after_start(event)
    import_ = lock(Import, import_.id)
    if import_.state is not ImportState.DONE or import_.makes is not Makes.REGISTRANTS:
        raise RuleBroken(_("Only those whom a finished import registered can be told."))
    untold = queries.count_untold(import_)
    if not untold:
        raise RuleBroken(_("Everybody whom this import registered has been told."))
    import_.actor = by.actor
    if untold <= importing.AT_ONCE:
        tell_batch(import_.id, most=importing.AT_ONCE + 1)
    else:
        jobs.put(JOB, args={"import_id": import_.id})
    return import_


def tell_batch(import_id: int, *, most: int = BATCH) -> bool:
    """Write to the next of them. Returns whether more may be waiting."""
    event, _seats = moves.enter_by_id(db.session.get_one(Import, import_id).event_id)
    import_ = lock(Import, import_id)
    if import_.state is not ImportState.DONE:
        return False
    by = import_running.acting_for(import_.actor)
    untold = queries.untold(import_id, limit=most)
    for registration, move_id in untold:
        telling.of_move(event, registration, telling.Moved(id=move_id, state=registration.state))
        record(BookingTold(subject_id=registration.id, programme_id=event.programme_id, event_id=event.id), by=by)
    return len(untold) == most
