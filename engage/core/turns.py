"""Writers of one SQLite file take turns, first come first served: in this process, and between processes.

SQLite has one writer and no queue: who finds the file locked sleeps and tries again, so that under a crowd the lock
lies idle between tries and the unlucky starve until their time-out. The turn is a courtesy before `BEGIN IMMEDIATE`,
which stays the lock; where there is no `fcntl` (Windows) only the turn within the process is kept.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl

PATIENCE = 25.0
"""Seconds that a writer waits for its turn within the process; as long as SQLite itself would."""


class NoTurn(Exception):
    """The writers before this one took too long."""


class Turns:
    """The queue of one file's writers. Safe for threads; made anew in a forked process."""

    def __init__(self, path: str) -> None:
        self._file = f"{path}.turn"
        self._waiting: deque[threading.Event] = deque()
        self._guard = threading.Lock()
        self._busy = False
        self._descriptor: int | None = None

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold the turn inside the block. Raises `NoTurn`."""
        if not self._first():
            raise NoTurn
        try:
            with self._between_processes():
                yield
        finally:
            self._next()

    def _first(self) -> bool:
        with self._guard:
            if not self._busy:
                self._busy = True
                return True
            mine = threading.Event()
            self._waiting.append(mine)
        if mine.wait(PATIENCE):
            return True
        with self._guard:
            if mine.is_set():
                return True
            self._waiting.remove(mine)
            return False

    def _next(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._busy = False

    @contextmanager
    def _between_processes(self) -> Iterator[None]:
        if sys.platform == "win32":
            yield
            return
        held = self._flock()
        try:
            yield
        finally:
            if held is not None:
                fcntl.flock(held, fcntl.LOCK_UN)

    def _flock(self) -> int | None:
        """The descriptor that holds the file's turn; None where none can be had, and SQLite's own lock serves alone."""
        try:
            if self._descriptor is None:
                self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        except OSError:
            return None
        return self._descriptor


_known: dict[tuple[int, str], Turns] = {}
_knowing = threading.Lock()


def turns_of(path: str) -> Turns:
    """The queue for a file, one per process: a lock that crossed a fork would be shared."""
    key = (os.getpid(), str(Path(path).resolve()))
    with _knowing:
        return _known.setdefault(key, Turns(key[1]))
