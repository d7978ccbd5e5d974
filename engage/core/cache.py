"""The guarded cache of public pages, in the process.

An entry is served only while the store has not changed since before it was made. The guard is SQLite's `data_version`,
read on one dedicated connection per process that never writes, or PostgreSQL's `pg_current_snapshot()`: no row to
fight over. It is read before the page is made, so a page can only ever be newer than its guard says. An entry also
ends at the next quarter of an hour, since every zone's midnight, when "overdue" and "coming" change, falls on one.
Nothing private and no form page ever enters: only views that never look at who asks carry `@cached`.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from flask import Response, current_app, make_response, request
from sqlalchemy.exc import OperationalError

from engage.core import clock, text
from engage.core.db import db

if TYPE_CHECKING:
    import psycopg

MOST = 2_000
MOST_BYTES = 32 * 1024 * 1024
"""Anybody may ask for a page under any number of queries: that fills the cache, never the memory."""
V = TypeVar("V", bound=Callable[..., Any])


class Entry(NamedTuple):
    guard: str
    ends: datetime
    body: bytes
    etag: str
    mimetype: str


class _Guard(Protocol):
    def read(self) -> str: ...


class _SqliteGuard:
    """One connection that never writes: its `data_version` changes with every commit by any other connection."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(
            f"file:{path}?mode=ro", uri=True, check_same_thread=False, isolation_level=None
        )
        self._lock = threading.Lock()

    def read(self) -> str:
        with self._lock:
            return str(self._connection.execute("PRAGMA data_version").fetchone()[0])


class _PostgresGuard:
    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._connection: psycopg.Connection[Any] | None = None

    def read(self) -> str:
        """Asked once more over a new connection where the server let the old one go; else the store is unavailable."""
        import psycopg  # noqa: PLC0415 -- a start on SQLite is a tenth of a second faster without it

        with self._lock:
            try:
                return self._ask(psycopg)
            except psycopg.OperationalError:
                self._connection = None
            try:
                return self._ask(psycopg)
            except psycopg.OperationalError as gone:
                self._connection = None
                raise OperationalError("SELECT pg_current_snapshot()", None, gone) from gone

    def _ask(self, psycopg: Any) -> str:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._url, autocommit=True)
        row = self._connection.execute("SELECT pg_current_snapshot()::text").fetchone()
        return str(row[0]) if row else ""


class PageCache:
    """Pages of one application in one process; the least recently used go when there are too many, or too large."""

    def __init__(self) -> None:
        self._entries: OrderedDict[tuple[str, ...], Entry] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._guards: dict[int, _Guard] = {}

    def guard(self) -> str:
        """What must be unchanged for an entry to be served; each process opens its own connection."""
        pid = os.getpid()
        if pid not in self._guards:
            url = db.engine.url
            if url.get_backend_name() == "sqlite":
                self._guards = {pid: _SqliteGuard(str(url.database))}
            else:
                plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
                self._guards = {pid: _PostgresGuard(plain)}
        return self._guards[pid].read()

    def get(self, key: tuple[str, ...], guard: str) -> Entry | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or entry.guard != guard or entry.ends <= clock.now():
                return None
            self._entries.move_to_end(key)
            return entry

    def put(self, key: tuple[str, ...], entry: Entry) -> None:
        with self._lock:
            if key in self._entries:
                self._bytes -= len(self._entries.pop(key).body)
            self._entries[key] = entry
            self._bytes += len(entry.body)
            while len(self._entries) > MOST or self._bytes > MOST_BYTES:
                self._bytes -= len(self._entries.popitem(last=False)[1].body)

    def clear(self) -> None:
        """Forget everything (tests replace the store under the process)."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0
            self._guards.clear()


def cached(view: V) -> V:
    """Serve a public GET page from the cache, with an ETag of its content and 304 where the reader has it.

    Put it below `@public`. Only 200 answers are kept; a view's own 404 passes through.
    """

    @wraps(view)
    def through(*args: Any, **kwargs: Any) -> Response:
        pages: PageCache = current_app.extensions["engage_pages"]
        key = (request.host, request.full_path, text.language())
        guard = pages.guard()
        entry = pages.get(key, guard)
        if entry is None:
            made = make_response(view(*args, **kwargs))
            if made.status_code != 200 or "Set-Cookie" in made.headers:
                return made
            body = made.get_data()
            etag = hashlib.sha256(body).hexdigest()[:32]
            entry = Entry(guard, _quarter(clock.now()), body, etag, made.headers["Content-Type"])
            pages.put(key, entry)
        return _answer(entry)

    return through  # type: ignore[return-value]


def _answer(entry: Entry) -> Response:
    if entry.etag in request.if_none_match:
        response = Response(status=304)
    else:
        response = Response(entry.body, content_type=entry.mimetype)
    response.set_etag(entry.etag)
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response


def _quarter(now: datetime) -> datetime:
    whole = now.replace(minute=now.minute - now.minute % 15, second=0, microsecond=0)
    return whole + timedelta(minutes=15)
