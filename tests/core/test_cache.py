"""The pages' cache keeps within its bounds, and says plainly when the store is gone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import OperationalError

from engage.core import cache
from engage.core.cache import Entry, PageCache

LATER = datetime(2999, 1, 1, tzinfo=UTC)


def page(size: int) -> Entry:
    return Entry("1", LATER, b"x" * size, "etag", "text/html")


def test_pages_of_any_number_of_queries_keep_within_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_BYTES", 1_000)
    pages = PageCache()
    for number in range(20):
        pages.put((str(number),), page(300))
        pages.put((str(number),), page(300))  # made anew: counts once
    kept = [number for number in range(20) if pages.get((str(number),), "1")]
    assert kept == [17, 18, 19]
    pages.put(("huge",), page(5_000))
    assert pages.get(("huge",), "1") is None


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
