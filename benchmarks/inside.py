"""Measured inside one process, by the test client: SQL statements, time of pages made anew, page weight."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from engage.accounts import service as accounts
from engage.core.cache import PageCache
from engage.core.db import db, saving

TIMES = 15
SILENT = ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK")


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every SQL statement meanwhile, the cache's guard included; without those that only frame a transaction."""
    log: list[str] = []
    read = PageCache.guard

    def note(_c: Any, _cursor: Any, statement: str, _p: Any, _context: Any, _many: bool) -> None:
        if not statement.startswith(SILENT):
            log.append(statement)

    def guard(cache: PageCache) -> str:
        log.append("guard")
        return read(cache)

    sa.event.listen(Engine, "before_cursor_execute", note)
    PageCache.guard = guard  # type: ignore[method-assign]
    try:
        yield log
    finally:
        sa.event.remove(Engine, "before_cursor_execute", note)
        PageCache.guard = read  # type: ignore[method-assign]


class _Client(FlaskClient):
    """Names the host that the application answers to."""

    def open(self, *args: Any, **given: Any) -> TestResponse:
        return super().open(*args, base_url=self.application.config["BASE_URL"], **given)


@dataclass(frozen=True)
class Made:
    """A page made anew: wall and processor milliseconds (medians), statements; `again`: when nothing changed."""

    wall: float
    cpu: float
    cold: int
    again: int


def made(app: Flask, client: FlaskClient, path: str) -> Made:
    """Ask for a page many times, each time with an empty page cache."""
    pages: PageCache = app.extensions["engage_pages"]
    walls, cpus = [], []
    for _ in range(TIMES):
        pages._entries.clear()
        began, used = time.perf_counter(), time.thread_time()
        answer = client.get(path)
        walls.append(time.perf_counter() - began)
        cpus.append(time.thread_time() - used)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
    pages._entries.clear()
    with statements() as cold:
        client.get(path)
    with statements() as again:
        client.get(path)
    return Made(statistics.median(walls) * 1000, statistics.median(cpus) * 1000, len(cold), len(again))


def signed_in(app: Flask, email: str) -> FlaskClient:
    """A client of somebody with an account, through a one-time link."""
    client = visitor(app)
    with app.app_context():
        with saving():
            url = accounts.sign_in_link_for(email)
        db.session.remove()
    answer = client.post(url.removeprefix(app.config["BASE_URL"]), headers={"Sec-Fetch-Site": "same-origin"})
    if answer.status_code != 302:
        raise RuntimeError(f"signing in answered {answer.status_code}")
    return client


def visitor(app: Flask) -> FlaskClient:
    """Anybody."""
    return _Client(app, app.response_class)


@dataclass(frozen=True)
class Weight:
    """Kilobytes of a first visit: as sent to a browser, of it the scripts; and to somebody who takes nothing packed."""

    sent: float
    scripts: float
    plain: float
    parts: dict[str, float]


def weight(client: FlaskClient, path: str) -> Weight:
    """The page and all that a browser fetches for it; of the fonts, those whose letters are on the page."""
    page = client.get(path).get_data()
    files = [n.decode() for n in re.findall(rb'<(?:link|script)[^>]+(?:href|src)="(/static/[^"]+\.(?:css|js))"', page)]
    found = {"HTML": [path], "CSS": [], "JS": [], "fonts": []}
    for name in dict.fromkeys(files):
        found["CSS" if name.endswith(".css") else "JS"].append(name)
    letters = {ord(letter) for letter in page.decode()}
    for sheet in found["CSS"]:
        found["fonts"] += _fonts(client.get(sheet).get_data(as_text=True), letters)
    sent = {kind: sum(_octets(client, name, "gzip") for name in names) / 1024 for kind, names in found.items()}
    plain = sum(_octets(client, name, "identity") for names in found.values() for name in names) / 1024
    return Weight(sum(sent.values()), sent["JS"], plain, sent)


def _octets(client: FlaskClient, path: str, accepted: str) -> int:
    return len(client.get(path, headers={"Accept-Encoding": accepted}).get_data())


def _fonts(sheet: str, letters: set[int]) -> Iterator[str]:
    """The font files whose `unicode-range` holds a letter of the page (weights are taken to be used)."""
    for face in re.findall(r"@font-face\s*{([^}]*)}", sheet):
        source = re.search(r"url\(\"?([^)\"]+)\"?\)", face)
        ranges = re.search(r"unicode-range:\s*([^;}]+)", face, re.IGNORECASE)
        if source and (ranges is None or any(_within(one.strip(), letters) for one in ranges.group(1).split(","))):
            yield "/static/" + Path(source.group(1)).name


def _within(one: str, letters: set[int]) -> bool:
    low, _, high = one[2:].replace("?", "0").partition("-")
    last = int(high, 16) if high else int(one[2:].replace("?", "F"), 16)
    return any(int(low, 16) <= letter <= last for letter in letters)
