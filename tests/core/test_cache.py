"""The pages' cache keeps within its bounds, and says plainly when the store is gone."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from engage.core import cache
from engage.core.answers import Answer
from engage.core.cache import ALWAYS, NEVER, Entry, PageCache
from engage.core.db import db

NOWHERE = sa.make_url("postgresql://nowhere")


def page(size: int) -> Entry:
    return Entry(ALWAYS, NEVER, Answer([("Content-Type", "image/png")], b"x" * size))


def test_pages_of_any_number_of_queries_keep_within_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_BYTES", 1_000)
    pages = PageCache(NOWHERE)
    for number in range(20):
        pages.put((str(number),), page(300))
        pages.put((str(number),), page(300))  # made anew: counts once
    kept = [number for number in range(20) if pages.fresh((str(number),))]
    assert kept == [17, 18, 19]
    pages.put(("huge",), page(5_000))
    assert pages.fresh(("huge",)) is None


def test_a_packed_body_counts_beside_the_plain_one() -> None:
    answer = Answer([("Content-Type", "text/html; charset=utf-8")], b"words " * 1_000)
    assert answer.packed is not None
    assert answer.size == 6_000 + len(answer.packed.body)


def test_a_server_that_went_away_is_asked_over_a_new_connection_once(monkeypatch: pytest.MonkeyPatch) -> None:
    psycopg = pytest.importorskip("psycopg")
    guard = cache._PostgresGuard("postgresql://nowhere")
    answers: list[str | Exception] = [psycopg.OperationalError("gone"), "7:7:"]

    def ask(_psycopg: object) -> str:
        said = answers.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    monkeypatch.setattr(guard, "_ask", ask)
    assert guard.read() == "7:7:"
    answers += [psycopg.OperationalError("gone"), psycopg.OperationalError("still gone")]
    with pytest.raises(OperationalError, match="still gone"):
        guard.read()


def test_a_server_that_ends_the_guard_s_connection_is_asked_again(app) -> None:
    pages: PageCache = app.extensions["engage_pages"]
    assert pages.guard()
    (guard,) = pages._guards.values()
    if isinstance(guard, cache._PostgresGuard):  # SQLite has no server
        assert guard._connection is not None
        with db.engine.connect() as connection:
            connection.execute(sa.select(sa.func.pg_terminate_backend(guard._connection.info.backend_pid)))
    assert pages.guard()
