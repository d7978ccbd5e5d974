"""Plays scenes in the order of their instants: the clock held at each, few commits, and work done as it falls due."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engage.core import clock, worker
from engage.core.db import db, saving
from engage.core.jobs import Job, JobState


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
        with saving():
            last = _play_days(waiting)
        settle(last)


def settle(now: datetime) -> None:
    """Do what is due at an instant, as the executor would have done."""
    with clock.at(now):
        worker.run_minutely(force=True)
        worker.run_all()


def _play_days(waiting: list[Scene]) -> datetime:
    """Play whole days until one has queued work; returns the last instant played."""
    while True:
        scene = waiting.pop()
        with clock.at(scene.at):
            scene.play()
        if not waiting or (waiting[-1].at.date() > scene.at.date() and _work_waits()):
            return scene.at


def _work_waits() -> bool:
    queued = sa.select(Job.id).where(Job.state == JobState.QUEUED).limit(1)
    return db.session.scalar(queued) is not None
