"""The guarded cache of public pages, in the process, and what answers from it before Flask is asked.

An entry is served only while the store has not changed since before it was made. The guard is SQLite's `data_version`,
read on one dedicated connection per process that never writes, or PostgreSQL's `pg_current_snapshot()`: no row to
fight over. It is read before the page is made, so a page can only ever be newer than its guard says. An entry also
ends at the next quarter of an hour, since every zone's midnight, when "overdue" and "coming" change, falls on one,
and at the next instant for which a publication is set.
Nothing private and no form page ever enters: only views that never look at who asks carry `@cached`.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import sqlalchemy as sa
from flask import Response, current_app, make_response, request
from flask_babel import get_babel
from sqlalchemy.exc import OperationalError

from engage.core import clock
from engage.core.answers import Answer

if TYPE_CHECKING:
    import psycopg

MOST = 2_000
MOST_BYTES = 32 * 1024 * 1024
"""Anybody may ask for a page under any number of queries: that fills the cache, never the memory."""
ALWAYS = ""
"""The guard of what no write changes."""
NEVER = datetime.max.replace(tzinfo=UTC)
OFFER = "engage.page"
V = TypeVar("V", bound=Callable[..., Any])
Key = tuple[str, ...]


_changes: list[Callable[[datetime], datetime | None]] = []


def ends_by(ask: Callable[[datetime], datetime | None]) -> None:
    """Pages also end at the first instant after now that this tells; called by `wiring.py`, harmless when twice."""
    if ask not in _changes:
        _changes.append(ask)


class Entry(NamedTuple):
    guard: str
    ends: datetime
    answer: Answer


class Offer(NamedTuple):
    """What a view says may be kept; its headers are known once the application has sent them."""

    guard: str
    ends: datetime
    body: bytes


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
        # Straight to libpq: asked for every page that is kept, a cursor costs more than twice as much processor.
        found = self._connection.pgconn.exec_(b"SELECT pg_current_snapshot()::text")
        if found.status != psycopg.pq.ExecStatus.TUPLES_OK:
            raise psycopg.OperationalError(found.get_error_message())
        return (found.get_value(0, 0) or b"").decode()


class PageCache:
    """Pages of one application in one process; the least recently used go when there are too many, or too large."""

    def __init__(self, store: sa.URL) -> None:
        self._store = store
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._guards: dict[int, _Guard] = {}
        self._next: tuple[str, datetime] | None = None

    def guard(self) -> str:
        """What must be unchanged for an entry to be served; each process opens its own connection."""
        pid = os.getpid()
        if pid not in self._guards:
            if self._store.get_backend_name() == "sqlite":
                self._guards = {pid: _SqliteGuard(str(self._store.database))}
            else:
                plain = self._store.set(drivername="postgresql").render_as_string(hide_password=False)
                self._guards = {pid: _PostgresGuard(plain)}
        return self._guards[pid].read()

    def ends(self, guard: str, now: datetime) -> datetime:
        """When what is made now changes by time alone. The store is asked once for each of its guards."""
        kept = self._next
        if kept is None or kept[0] != guard or kept[1] <= now:
            found = [at for ask in _changes if (at := ask(now)) is not None]
            kept = self._next = (guard, min(found, default=NEVER))
        return min(kept[1], _quarter(now))

    def fresh(self, key: Key) -> Answer | None:
        """The answer kept under this key, if it still holds. The store is asked only where there is one."""
        entry = self._entries.get(key)
        if entry is None or entry.ends <= clock.now():
            return None
        if entry.guard != ALWAYS and entry.guard != self.guard():
            return None
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
        return entry.answer

    def put(self, key: Key, entry: Entry) -> None:
        with self._lock:
            if key in self._entries:
                self._bytes -= self._entries.pop(key).answer.size
            self._entries[key] = entry
            self._bytes += entry.answer.size
            while len(self._entries) > MOST or self._bytes > MOST_BYTES:
                self._bytes -= self._entries.popitem(last=False)[1].answer.size

    def clear(self) -> None:
        """Forget everything (tests replace the store under the process)."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0
            self._guards.clear()
            self._next = None


class Front:
    """WSGI middleware next to the application: keeps what views offer, and answers from it without asking Flask.

    Made just now or kept, an answer goes out by the same code with the headers that the application sent, so the two
    cannot differ. A key exists only for hosts that were served, so a host that is not trusted has none. No rate limit
    counts these pages: limits stand on what sends mail (`core/limits.py`), and an answer from here costs next to
    nothing. Whatever is unusual goes to Flask: other methods, ranges, a store that does not answer.
    """

    def __init__(self, app: WSGIApplication, pages: PageCache) -> None:
        self.app = app
        self.pages = pages

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or "HTTP_RANGE" in environ:
            return self.app(environ, start)
        key = _key(environ)
        try:
            answer = self.pages.fresh(key)
        except OperationalError:
            answer = None  # the view asks again, and its error becomes the page that says so
        if answer is not None:
            return answer.send(environ, start)
        return self._make(key, environ, start)

    def _make(self, key: Key, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        made: list[Entry] = []

        def begin(status: str, headers: list[tuple[str, str]], *wrong: Any) -> Callable[[bytes], object]:
            offer: Offer | None = environ.get(OFFER)
            if offer is None or not _may_be_kept(status, headers):
                return start(status, headers, *wrong)
            made.append(Entry(offer.guard, offer.ends, Answer(headers, offer.body)))
            return lambda _octets: None

        sent = self.app(environ, begin)
        if not made:
            return sent
        if hasattr(sent, "close"):
            sent.close()
        self.pages.put(key, made[0])
        return made[0].answer.send(environ, start)


def _key(environ: WSGIEnvironment) -> Key:
    said = environ.get
    return (
        said("wsgi.url_scheme", ""),
        said("HTTP_HOST", ""),
        said("SCRIPT_NAME", ""),
        said("PATH_INFO", ""),
        said("QUERY_STRING", ""),
    )


def _may_be_kept(status: str, headers: list[tuple[str, str]]) -> bool:
    """A plain 200 that sets no cookie and, but for its encoding, is the same whoever asks."""
    for name, value in headers:
        if name.lower() == "set-cookie" or (name.lower() == "vary" and value.lower() != "accept-encoding"):
            return False
    return status.startswith("200 ")


def cached(view: V) -> V:
    """Keep what a public GET view answers for as long as the store is unchanged; readers who have it get 304.

    Put it below `@public`. Only 200 answers are kept; a view's own 404 passes through. Nothing is kept once the
    application chooses a language by who asks: the key does not hold it.
    """

    @wraps(view)
    def through(*args: Any, **kwargs: Any) -> Response:
        pages, now = _pages(), clock.now()
        guard = pages.guard()
        made = make_response(view(*args, **kwargs))
        if made.status_code == 200 and "Set-Cookie" not in made.headers and get_babel().locale_selector is None:
            request.environ[OFFER] = Offer(guard, pages.ends(guard, now), made.get_data())
            made.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
        return made

    return through  # type: ignore[return-value]


def lasting(view: V) -> V:
    """Keep what a view answers for as long as the process lives: files whose names carry their hash."""

    @wraps(view)
    def through(*args: Any, **kwargs: Any) -> Response:
        made = make_response(view(*args, **kwargs))
        if made.status_code == 200:
            made.direct_passthrough = False
            request.environ[OFFER] = Offer(ALWAYS, NEVER, made.get_data())
        return made

    return through  # type: ignore[return-value]


def _pages() -> PageCache:
    pages: PageCache = current_app.extensions["engage_pages"]
    return pages


def _quarter(now: datetime) -> datetime:
    whole = now.replace(minute=now.minute - now.minute % 15, second=0, microsecond=0)
    return whole + timedelta(minutes=15)
