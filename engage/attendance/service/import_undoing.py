"""Taking back what an import made and nobody has touched since, as one act (docs/domain.md#import)."""

from __future__ import annotations

from collections.abc import Sequence

from engage.attendance import queries
from engage.attendance.facts import ImportUndone, InvitationWithdrawn
from engage.attendance.models import (
    Fate,
    Import,
    ImportRow,
    ImportState,
    Invitation,
    InvitationState,
    Makes,
    Registration,
    RegistrationState,
)
from engage.attendance.service import import_running, importing, moves
from engage.core import clock, jobs, links
from engage.core.access import Principal
from engage.core.db import db, lock
from engage.core.facts import record
from engage.core.text import _
from engage.events.models import Event
from engage.people import service as people

JOB = "attendance/undo-import"
BATCH = 200
NOBODY = "–"
"""What stands on a withdrawn draft or a cancelled booking whose person was removed."""


def undo(import_: Import, *, by: Principal) -> Import:
    """Withdraw the drafts and cancel the bookings that it made and nobody touched; whatever was sent, answered, changed
    or checked in since stays. Nobody is written to. Few at once, many by the worker."""
    event, _seats = moves.enter_by_id(import_.event_id)
    moves.refuse_after_start(event)
    import_ = lock(Import, import_.id)
    importing.move(import_, ImportState.UNDOING)
    import_.actor = by.actor
    if queries.fates(import_).made <= importing.AT_ONCE:
        undo_batch(import_.id, most=importing.AT_ONCE + 1)
    else:
        jobs.put(JOB, args={"import_id": import_.id})
    return import_


def undo_batch(import_id: int, *, most: int = BATCH) -> bool:
    """Take the next rows back. Returns whether more may be waiting."""
    event, _seats = moves.enter_by_id(db.session.get_one(Import, import_id).event_id)
    import_ = lock(Import, import_id)
    if import_.state is not ImportState.UNDOING:
        return False
    by = import_running.acting_for(import_.actor)
    rows = queries.next_made(import_.id, limit=most)
    if import_.makes is Makes.INVITEES:
        _withdraw(event, rows, by)
    else:
        _cancel(rows, by)
    _remove_persons([row for row in rows if row.fate is Fate.TAKEN_BACK and row.made_person], by)
    db.session.flush()
    if len(rows) == most:
        return True
    moves.settle(event)
    import_.state = ImportState.UNDONE
    import_.finished_at = clock.now()
    counts = queries.fates(import_).counts
    fact = ImportUndone(
        subject_id=event.id,
        programme_id=event.programme_id,
        count=counts[Fate.TAKEN_BACK],
        kept=counts[Fate.KEPT],
    )
    record(fact, by=by)
    return False


def _withdraw(event: Event, rows: Sequence[ImportRow], by: Principal) -> None:
    made = [row.invitation_id for row in rows if row.invitation_id is not None]
    touched = queries.touched("invitation", made)
    for row in rows:
        invitation = db.session.get_one(Invitation, row.invitation_id, populate_existing=True)
        if invitation.state is not InvitationState.DRAFT or invitation.id in touched:
            row.fate, row.why = Fate.KEPT, _("The invitation was sent or changed since")
            continue
        moves.move_invitation(invitation, InvitationState.WITHDRAWN)
        fact = InvitationWithdrawn(
            subject_id=invitation.id,
            programme_id=event.programme_id,
            event_id=event.id,
            reason=_("The import was undone."),
        )
        record(fact, by=by)
        row.fate, row.why = Fate.TAKEN_BACK, ""


def _cancel(rows: Sequence[ImportRow], by: Principal) -> None:
    made = [row.registration_id for row in rows if row.registration_id is not None]
    touched = queries.touched("registration", made)
    untouched = (RegistrationState.CONFIRMED, RegistrationState.WAITLISTED)
    for row in rows:
        registration = db.session.get_one(Registration, row.registration_id, populate_existing=True)
        if registration.state not in untouched or registration.id in touched:
            row.fate, row.why = Fate.KEPT, _("The booking was changed, told of or used since")
        elif registration.invitation_id is not None:
            row.fate, row.why = Fate.KEPT, _("The booking answers an invitation that had been sent")
        else:
            moves.move(registration, RegistrationState.CANCELLED, by=by, reason=_("The import was undone."))
            links.revoke("booking", registration.id)
            row.fate, row.why = Fate.TAKEN_BACK, ""


def _remove_persons(rows: Sequence[ImportRow], by: Principal) -> None:
    """Those whom the import made known, and whom nothing else knows."""
    besides = {
        "attendance_import_row": [row.id for row in rows],
        "invitation": [row.invitation_id for row in rows if row.invitation_id is not None],
        "registration": [row.registration_id for row in rows if row.registration_id is not None],
    }
    removed = people.remove_unknown([row.person_id for row in rows if row.person_id], besides=besides, by=by)
    for row in rows:
        if row.person_id in removed:
            _blank(row)


def _blank(row: ImportRow) -> None:
    made: Invitation | Registration
    if row.invitation_id is not None:
        made = db.session.get_one(Invitation, row.invitation_id)
    else:
        made = db.session.get_one(Registration, row.registration_id)
    made.name, made.role, made.organisation = NOBODY, "", ""
    row.cells = None
    row.email, row.name, row.role, row.organisation = "", NOBODY, "", ""
