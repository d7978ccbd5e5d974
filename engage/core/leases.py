"""Work as rows, what jobs and messages have in common: one executor claims a row for a while, tries again later with
longer and longer pauses, and gives up in the end.

The row is the truth. Where its holder is killed the lease runs out, and the next one claims it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engage.core import clock
from engage.core.db import Keyed, db, lock, one_of

LEASE = timedelta(minutes=5)


class Leased(Keyed):
    """Columns of such a row. Its `state` knows QUEUED and FAILED; `waiting_index` finds what waits."""

    queued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(sa.String(500), default="")
    if TYPE_CHECKING:
        state: Mapped[Any]


L = TypeVar("L", bound=Leased)


def waiting_index(table: str) -> sa.Index:
    """The index that a table of such rows must have: of those that wait, in their order."""
    return sa.Index(f"ix_{table}_waiting", "due_at", "id", **one_of(sa.text("state = 'queued'")))


def any_waiting(model: type[L]) -> bool:
    """Whether there is anything to claim; a plain read, so that an idle executor writes nothing."""
    found = db.session.scalar(_waiting(model, clock.now())) is not None
    db.session.rollback()
    return found


def claim(model: type[L]) -> L | None:
    """Lease the first row that is due and unclaimed to the caller, who commits at once."""
    now = clock.now()
    ident = db.session.scalar(_waiting(model, now).with_for_update(skip_locked=True))
    if ident is None:
        return None
    row = lock(model, ident)
    row.claimed_until = now + LEASE
    row.attempts += 1
    return row


def put_off(model: type[Leased], ident: int, why: str, *, most: int, final: bool = False) -> None:
    """Try again in 1, 2, 4 … minutes; given up after `most` tries, or where no later one can help."""
    row = lock(model, ident)
    row.last_error = why[:500]
    row.claimed_until = None
    if final or row.attempts >= most:
        row.state = type(row.state).FAILED
    else:
        row.due_at = clock.now() + timedelta(minutes=2 ** (row.attempts - 1))


def queue_again(row: Leased) -> None:
    """Due now, with all its tries before it."""
    row.state = type(row.state).QUEUED
    row.due_at = clock.now()
    row.claimed_until = None
    row.attempts = 0


def _waiting(model: type[Leased], now: datetime) -> sa.Select[int]:
    return (
        sa.select(model.id)
        .where(
            model.state == "queued",
            model.due_at <= now,
            sa.or_(model.claimed_until.is_(None), model.claimed_until <= now),
        )
        .order_by(model.due_at, model.id)
        .limit(1)
    )
