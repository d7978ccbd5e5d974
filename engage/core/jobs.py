"""Background work: rows written in the caller's transaction are the truth; an executor runs them under a lease.

A handler opens its own `saving()` and must bear being run twice: a lease may run out under it. What falls due by time
is done by `@every_minute` functions, ordinary verbs taking effect at the due instant (docs/domain.md#time).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Mapped, mapped_column

from engage.core import clock, leases
from engage.core.db import Model, choice, db, lock, saving
from engage.core.errors import NotFound, RuleBroken
from engage.core.text import _

ATTEMPTS = 5
log = structlog.get_logger()


class JobState(StrEnum):
    QUEUED = "queued"
    DONE = "done"
    FAILED = "failed"


class Job(leases.Leased, Model):
    """One piece of work. `once`, where given, lets it be queued only once for ever."""

    __tablename__ = "job"
    __table_args__ = (
        sa.UniqueConstraint("once"),
        leases.waiting_index("job"),
    )

    kind: Mapped[str] = mapped_column(sa.String(80))
    once: Mapped[str | None] = mapped_column(sa.String(200))
    args: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    state: Mapped[JobState] = mapped_column(choice(JobState), default=JobState.QUEUED)
    done_at: Mapped[datetime | None]


Handler = Callable[..., None]
HANDLERS: dict[str, Handler] = {}
MINUTELY: dict[str, Callable[[], None]] = {}


def job(kind: str) -> Callable[[Handler], Handler]:
    """Register the handler of a kind of job; it gets the row's `args`."""

    def declare(handler: Handler) -> Handler:
        HANDLERS[kind] = handler
        return handler

    return declare


def every_minute(name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register what the minute clock runs; it opens its own `saving()`."""

    def declare(work: Callable[[], None]) -> Callable[[], None]:
        MINUTELY[name] = work
        return work

    return declare


def one_by_one(due: Iterable[int], act: Callable[[int], object], *, what: str) -> None:
    """Apply what is due to each of these, in a unit of work of its own: one that cannot move holds up no other."""
    waiting = list(due)
    db.session.rollback()
    for ident in waiting:
        try:
            with saving():
                act(ident)
        except NotFound:
            continue
        except Exception:  # one that is broken must not stop the clock of the others
            log.exception("due moves failed", what=what, ident=ident)


def put(kind: str, *, args: dict[str, Any], key: str | None = None, due_at: datetime | None = None) -> Job | None:
    """Queue work in the caller's unit; with `key`, once for ever (then None comes back the second time)."""
    if kind not in HANDLERS:
        raise LookupError(f"no job is called {kind}")
    if key is not None and db.session.scalar(sa.select(Job.id).where(Job.once == key)) is not None:
        return None
    now = clock.now()
    row = Job(kind=kind, once=key, args=args, queued_at=now, due_at=due_at or now)
    db.session.add(row)
    db.session.flush()
    return row


def mark_done(row_id: int) -> None:
    """The work is done; the row stays as proof."""
    row = lock(Job, row_id)
    row.state = JobState.DONE
    row.done_at = clock.now()
    row.claimed_until = None


def retry(row_id: int) -> Job:
    """Queue a job that was given up again, now. Raises `RuleBroken` for any other."""
    row = lock(Job, row_id)
    if row.state is not JobState.FAILED:
        raise RuleBroken(_("Only work that was given up is tried again."))
    leases.queue_again(row)
    return row


def by_key(key: str) -> Job | None:
    """The job with this public key."""
    return db.session.scalar(sa.select(Job).where(Job.key == key))


def count_failed() -> int:
    """How many jobs were given up."""
    return db.session.scalar(sa.select(sa.func.count()).where(Job.state == JobState.FAILED)) or 0


def oldest_waiting(now: datetime) -> datetime | None:
    """Since when the job that is longest overdue waits; None where nothing is due."""
    return db.session.scalar(sa.select(sa.func.min(Job.due_at)).where(Job.state == JobState.QUEUED, Job.due_at <= now))


def failed() -> Sequence[Job]:
    """Jobs that were given up, newest first."""
    return db.session.scalars(
        sa.select(Job).where(Job.state == JobState.FAILED).order_by(Job.id.desc()).limit(50)
    ).all()
