"""Plays scenes in the order of their instants: the clock held at each, few commits, the work that they queue done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engage.core import clock, worker
from engage.core.db import saving
from engage.core.jobs import Job


@dataclass(frozen=True)
class Scene:
    """One thing that happens. `play` calls verbs; whoever plays holds the clock and saves."""

    at: datetime
    play: Callable[[], object]


TOGETHER = 12
"""So many pieces of queued work end a unit of work."""


def play(scenes: Iterable[Scene]) -> None:
    """Play all, earliest first, those of one instant as they are given. Raises whatever a verb refuses.

    Commits are slow where they are durable, so many scenes share one. Work that they queued, news for followers say,
    is done thereafter with the clock put back to when each piece fell due.
    """
    waiting = sorted(scenes, key=lambda scene: scene.at)[::-1]
    while waiting:
        with saving(), _queued() as due:
            while waiting and len(due) < TOGETHER:
                scene = waiting.pop()
                with clock.at(scene.at):
                    scene.play()
        for instant in sorted(due):
            with clock.at(instant):
                worker.run_one_job()


def settle(now: datetime) -> None:
    """Do all that is due at an instant, as the executor would have done."""
    with clock.at(now):
        worker.run_minutely(force=True)
        worker.run_all()


@contextmanager
def _queued() -> Iterator[list[datetime]]:
    """When the jobs that are written from here on fall due."""
    found: list[datetime] = []

    def note(_mapper: object, _connection: object, job: Job) -> None:
        found.append(job.due_at)

    sa.event.listen(Job, "after_insert", note)
    try:
        yield found
    finally:
        sa.event.remove(Job, "after_insert", note)
