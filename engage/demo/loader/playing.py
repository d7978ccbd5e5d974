"""Plays scenes in the order of their instants: the clock held at each, few commits, and work done as it falls due."""

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


def play(scenes: Iterable[Scene]) -> None:
    """Play all, earliest first, those of one instant as they are given. Raises whatever a verb refuses.

    Commits are slow where they are durable, so days without consequences share one. A day that queued work, news for
    followers say, ends with that work done.
    """
    waiting = sorted(scenes, key=lambda scene: scene.at)[::-1]
    while waiting:
        with saving(), _work_queued() as queued:
            last = _play_days(waiting, queued)
        with clock.at(last):
            worker.run_all()


def settle(now: datetime) -> None:
    """Do all that is due at an instant, as the executor would have done."""
    with clock.at(now):
        worker.run_minutely(force=True)
        worker.run_all()


def _play_days(waiting: list[Scene], queued: list[Job]) -> datetime:
    """Play whole days until one has queued work; returns the last instant played."""
    while True:
        scene = waiting.pop()
        with clock.at(scene.at):
            scene.play()
        if not waiting or (queued and waiting[-1].at.date() > scene.at.date()):
            return scene.at


@contextmanager
def _work_queued() -> Iterator[list[Job]]:
    """The jobs that are written from here on."""
    found: list[Job] = []

    def note(_mapper: object, _connection: object, job: Job) -> None:
        found.append(job)

    sa.event.listen(Job, "after_insert", note)
    try:
        yield found
    finally:
        sa.event.remove(Job, "after_insert", note)
