"""Measured from outside, through the product's own server: rates, processor time, memory, cold start."""

from __future__ import annotations

import http.client
import re
import sqlite3
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import Came, Clients, get, post
from benchmarks.served import Served

CONNECTIONS = 4
SENDERS = 8
ROUNDS = 3


@dataclass(frozen=True)
class Beside:
    """A rate, what bare Flask did in between on the same machine, and milliseconds of processor per answer of each."""

    rate: float
    bare: float
    cpu: float
    bare_cpu: float

    @property
    def ratio(self) -> float:
        return self.rate / self.bare if self.bare else 0.0


@dataclass(frozen=True)
class Bench:
    """The clients, a bare Flask, and for how many seconds each stretch lasts."""

    clients: Clients
    bare: Served
    seconds: float

    def read(self, server: Served, path: str, *, status: int = 200, **headers: str) -> Beside:
        """Ask for one page as fast as it comes, in turns with bare Flask."""
        ours = get(server.port, path, **headers)
        self.clients.read(server.port, ours, seconds=0.3, connections=CONNECTIONS)
        return self._in_turns(
            server,
            lambda: self.clients.read(server.port, ours, seconds=self.seconds, connections=CONNECTIONS),
            lambda: self.clients.read(
                self.bare.port, get(self.bare.port, "/"), seconds=self.seconds, connections=CONNECTIONS
            ),
            status,
        )

    def send(self, server: Served, requests: Sequence[bytes], *, status: int = 303) -> Beside:
        """Send each of these forms once (as many as the time allows), in turns with a bare form."""
        each = len(requests) // ROUNDS
        parts = iter([requests[n * each : (n + 1) * each] for n in range(ROUNDS)])
        form = post(self.bare.port, "/form", {"name": "Guest", "email": "guest@example.org"})
        return self._in_turns(
            server,
            lambda: self.clients.send(server.port, next(parts), seconds=self.seconds * 2, connections=SENDERS),
            lambda: self.clients.read(self.bare.port, form, seconds=self.seconds, connections=SENDERS),
            status,
            bare_status=303,
        )

    def _in_turns(
        self,
        server: Served,
        ours: Callable[[], Came],
        bare: Callable[[], Came],
        status: int,
        bare_status: int = 200,
    ) -> Beside:
        came, other, used, other_used = Came(), Came(), 0.0, 0.0
        for _ in range(ROUNDS):
            before = self.bare.cpu()
            other += bare()
            other_used += self.bare.cpu() - before
            before = server.cpu()
            came += ours()
            used += server.cpu() - before
        for found, wanted in ((came, status), (other, bare_status)):
            if set(found.statuses) != {wanted}:
                raise RuntimeError(f"expected {wanted}, got {dict(found.statuses)}")
        return Beside(came.rate, other.rate, used / came.answers * 1000, other_used / other.answers * 1000)


def bookings(port: int, slug: str, count: int) -> list[bytes]:
    """The registration form of an event, filled in by so many people."""
    return [
        post(
            port,
            f"/events/{slug}/register",
            {
                "name": f"Visitor {n}",
                "email": f"visitor{n}@example.org",
                "role": "Statistician",
                "organisation": "Benchmarks",
                "access": "",
                "dietary": "",
            },
        )
        for n in range(count)
    ]


def check_ins(port: int, slug: str, tickets: Sequence[str], cookie: str) -> list[bytes]:
    """The tick of each of these at the door, as somebody signed in with this session sends it."""
    path = f"/manage/events/{slug}/check-in"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    page = answer.read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if token is None:
        raise RuntimeError(f"{path} answered {answer.status} without a form")
    kept = (answer.getheader("Set-Cookie") or cookie).partition(";")[0]
    connection.close()
    return [post(port, path, {"csrf_token": token[1], "tick": ticket}, Cookie=kept) for ticket in tickets]


def sign_in(port: int, link: str) -> str:
    """Use a one-time link; the session's cookie."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", link, headers={"Sec-Fetch-Site": "same-origin", "Content-Length": "0"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return (answer.getheader("Set-Cookie") or "").partition(";")[0]


def etag(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.getheader("ETag") or ""


def commits(folder: Path) -> float:
    """Bare durable commits of SQLite a second on this disk, one after another: what any writer here is bound by."""
    connection = sqlite3.connect(folder / "yardstick.sqlite3", isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (n INTEGER)")
    times = []
    for n in range(200):
        began = time.perf_counter()
        connection.execute("INSERT INTO t VALUES (?)", (n,))
        times.append(time.perf_counter() - began)
    connection.close()
    return 1 / statistics.median(times)
