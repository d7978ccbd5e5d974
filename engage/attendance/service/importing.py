"""Taking a list from a file: kept row by row, each row judged before anything is made (docs/domain.md#import).

Nobody is written to by an import: invitations stay drafts, and registrants hear of their place when staff say so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engage.attendance import queries
from engage.attendance.models import (
    IMPORT_MOVES,
    MAKING,
    Fate,
    Import,
    ImportMapping,
    ImportRow,
    ImportState,
    Makes,
    RegistrationState,
)
from engage.attendance.queries import Seats
from engage.attendance.queries.imports import Known, Said
from engage.attendance.service import import_running, moves
from engage.attendance.service.places import Places, pool_called
from engage.core import clock, jobs
from engage.core.access import Principal
from engage.core.db import db, lock
from engage.core.errors import RuleBroken
from engage.core.files import Sheet
from engage.core.states import check_move
from engage.core.text import _
from engage.events.models import Event
from engage.people.queries import fold

M = ImportState
AT_ONCE = 200
"""Rows that are worked on in the request itself; more are left to the worker, a batch at a time."""
JOB = "attendance/import"
SAYS = ("email", "name", "role", "organisation", "ticket", "why", "doubt")
"""What of a row is somebody's words, beside its cells."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How staff want a file to be read. `date_order`: day or month; "" where no date needs it."""

    columns: Sequence[str]
    date_order: str = ""
    with_cancelled: bool = False


def take_in(event: Event, *, sheet: Sheet, signature: str, makes: Makes, filename: str = "", by: Principal) -> Import:
    """Keep what a file says, as it says it. Nothing else is made of it yet."""
    event, _seats = moves.enter(event)
    import_running.refuse_closed(event, makes)
    made = Import(
        event_id=event.id,
        makes=makes,
        filename=filename[-100:],
        signature=signature,
        headings=list(sheet.headings),
        actor=by.actor,
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    db.session.execute(
        sa.insert(ImportRow),
        [
            {
                "import_id": made.id,
                "number": line.number,
                "cells": list(line.cells),
                "problem": line.problem,
                "doubt": line.doubt,
            }
            for line in sheet.lines
        ],
    )
    return made


def prepare(import_: Import, *, reading: Reading, said: Sequence[Said], by: Principal) -> Import:
    """Judge every row as it was read: what will become of it, and why. The reading is remembered for the programme,
    for the next file with the same columns. May be done again until the import is started."""
    event, import_ = _enter(import_)
    move(import_, M.PREVIEWED)
    import_.columns, import_.date_order = list(reading.columns), reading.date_order
    import_.with_cancelled = reading.with_cancelled
    import_.actor = by.actor
    rows = queries.row_ids(import_)
    judged = _judged(event, import_, said)
    db.session.execute(sa.update(ImportRow), [{"id": rows[one.number], **fate} for one, fate in judged])
    db.session.expire_all()
    _remember(event.programme_id, import_)
    return import_


def _judged(event: Event, import_: Import, said: Sequence[Said]) -> list[tuple[Said, dict[str, Any]]]:
    lists, seats = queries.on_lists(event), queries.seats(event)
    known = queries.known_by_name(event.programme_id)
    kinds = {fold(kind.name) for kind in seats.kinds}
    room = _Room(event, seats, said) if import_.makes is Makes.REGISTRANTS else None
    first: dict[str, int] = {}
    judged = []
    for one in said:
        fate, why = _fate(one, import_.makes, lists, first)
        if fate is Fate.ADDED:
            first[one.email] = one.number
            if room is not None and not room.for_(one):
                fate = Fate.WAITS
            why = "; ".join(note for note in (one.doubt, _unknown_kind(one, kinds), _namesake(one, known)) if note)
        values = {
            "email": one.email,
            "name": one.name,
            "role": one.role,
            "organisation": one.organisation,
            "ticket": one.ticket,
            "registered_at": one.registered_at,
            "fate": fate,
            "why": why[:600],
        }
        judged.append((one, values))
    return judged


def _fate(one: Said, makes: Makes, lists: queries.OnLists, first: Mapping[str, int]) -> tuple[Fate, str]:
    if one.leave_out:
        return Fate.LEFT_OUT, one.leave_out
    if one.wrong:
        return Fate.BAD, one.wrong
    if one.email in first:
        return Fate.SAME, _("The same person as in row %(row)d", row=first[one.email])
    if one.email in lists.registered:
        return Fate.REGISTERED, _("Has a booking already, which stays as it is")
    if one.email in lists.invited and makes is Makes.INVITEES:
        return Fate.INVITED, _("Is on the list of invitees already")
    return Fate.ADDED, ""


class _Room:
    """The seats of an event as the rows of a file will take them, one after another."""

    def __init__(self, event: Event, seats: Seats, said: Sequence[Said]) -> None:
        self.event, self.seats = event, seats
        self.places = Places(event, seats, {one.organisation for one in said})
        self.asked = queries.asked_of(event)

    def for_(self, one: Said) -> bool:
        """Whether this row gets a place; whoever was asked to a kind has that one."""
        invitation = self.asked.get(one.email)
        pool = invitation.pool if invitation is not None else pool_called(self.seats, one.ticket)
        held = moves.holds_seat(self.event, invitation)
        return self.places.newcomer(pool, one.organisation, seat_held=held) is RegistrationState.CONFIRMED


def _unknown_kind(one: Said, kinds: Collection[str]) -> str:
    if not kinds or not one.ticket or fold(one.ticket) in kinds:
        return ""
    return _("No kind of ticket here is called “%(kind)s”: the usual one is given", kind=one.ticket)


def _namesake(one: Said, known: Mapping[str, Sequence[Known]]) -> str:
    """Somebody of the same name and organisation with another address: said, never merged."""
    organisation = fold(one.organisation)
    others = [other.address for other in known.get(fold(one.name), ()) if other.organisation == organisation]
    if not organisation or not others or one.email in others:
        return ""
    return _("Perhaps the same person as %(address)s, known here by the same name", address=others[0])


def _remember(programme_id: int, import_: Import) -> None:
    known = queries.mapping_of(programme_id, import_.signature)
    if known is None:
        known = ImportMapping(programme_id=programme_id, signature=import_.signature)
        db.session.add(known)
    known.columns, known.date_order, known.used_at = import_.columns, import_.date_order, clock.now()
    db.session.flush()


def start(import_: Import, *, override_reason: str = "", by: Principal) -> Import:
    """Make what the preview says. Few rows at once; many by the worker, a batch at a time under the event's lock.

    `override_reason`: why registrants get a place beyond capacity, instead of waiting. Raises `RuleBroken` where no row
    would make anything.
    """
    event, import_ = _enter(import_)
    fates = queries.fates(import_)
    if import_.state is M.PREVIEWED and not fates.making:
        raise RuleBroken(_("No row of this file would be added."))
    import_running.refuse_closed(event, import_.makes)
    move(import_, M.RUNNING)
    import_.override_reason = override_reason.strip()
    import_.actor = by.actor
    mine = sa.update(ImportRow).where(ImportRow.import_id == import_.id)
    db.session.execute(mine.values(cells=None))  # what was not chosen of them is nobody's business any more
    db.session.execute(mine.where(ImportRow.fate.not_in(MAKING)).values(settled=True))
    return _work(import_, fates.waiting)


def stop(import_: Import, *, by: Principal) -> Import:
    """Let the worker go no further; what was made stays. Twice is harmless."""
    _event, import_ = _enter(import_)
    if import_.state is not M.STOPPED:
        move(import_, M.STOPPED)
        import_.actor = by.actor
    return import_


def go_on(import_: Import, *, by: Principal) -> Import:
    """Take up an import that was stopped, or failed, where it was left."""
    event, import_ = _enter(import_)
    import_running.refuse_closed(event, import_.makes)
    if import_.state not in (M.STOPPED, M.FAILED):
        raise RuleBroken(_("This import is not waiting to go on."))
    move(import_, M.RUNNING)
    import_.failure = ""
    import_.actor = by.actor
    return _work(import_, queries.fates(import_).waiting)


def _work(import_: Import, waiting: int) -> Import:
    if waiting <= AT_ONCE:
        import_running.run_batch(import_.id, most=AT_ONCE + 1)
    else:
        jobs.put(JOB, args={"import_id": import_.id})
    return import_


def discard(import_: Import, *, by: Principal) -> Import:
    """Throw away a file of which nothing was made: what its rows said is deleted at once."""
    _event, import_ = _enter(import_)
    move(import_, M.DISCARDED)
    import_.actor = by.actor
    wipe(import_)
    return import_


def wipe(import_: Import) -> None:
    """Delete what the rows say; their fates, and what they made, stay."""
    db.session.execute(
        sa.update(ImportRow)
        .where(ImportRow.import_id == import_.id)
        .values(
            cells=None, email="", name="", role="", organisation="", ticket="", registered_at=None, why="", doubt=""
        )
    )
    import_.filename = ""
    import_.wiped_at = clock.now()


def wipe_old(import_id: int) -> None:
    """What the rows of an import say is kept for 30 days."""
    import_ = lock(Import, import_id)
    if import_.state in (M.UPLOADED, M.PREVIEWED):
        import_.state = M.DISCARDED
    wipe(import_)


def move(import_: Import, new: ImportState) -> None:
    """Set the state, or say why not."""
    check_move(IMPORT_MOVES, import_.state, new, what=_("An import"))
    import_.state = new


def _enter(import_: Import) -> tuple[Event, Import]:
    """The event locked, then the import, as it is now."""
    event, _seats = moves.enter_by_id(import_.event_id)
    return event, lock(Import, import_.id)
