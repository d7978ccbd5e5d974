"""The minute clock: each piece once a minute, whoever comes; and the executor's thread."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from engage.core import jobs, worker
from engage.core.db import db
from engage.core.worker import Beat, Worker

NOON = datetime(2027, 5, 12, 12, tzinfo=UTC)


@pytest.fixture
def pieces(app, monkeypatch) -> list[str]:
    """Two pieces in place of the real ones; the list says which ran."""
    ran: list[str] = []
    monkeypatch.setattr(jobs, "MINUTELY", {name: lambda name=name: ran.append(name) for name in ("one", "two")})
    return ran


def test_each_piece_runs_once_a_minute(pieces, at) -> None:
    for seconds, so_far in ((0, 1), (1, 1), (59, 1), (60, 2), (61, 2)):
        at(NOON + timedelta(seconds=seconds))
        worker.run_minutely()
        assert pieces == ["one", "two"] * so_far, seconds


def test_a_clock_that_was_put_back_stops_nothing(pieces, at) -> None:
    at(NOON)
    worker.run_minutely()
    at(NOON - timedelta(hours=1))
    worker.run_minutely()
    assert pieces == ["one", "two"] * 2


def test_one_that_fails_stops_no_other(pieces, monkeypatch) -> None:
    monkeypatch.setitem(jobs.MINUTELY, "one", lambda: 1 / 0)
    worker.run_minutely()
    assert pieces == ["two"]


def test_nothing_due_costs_one_read(pieces, query_log) -> None:
    worker.run_minutely()
    query_log.clear()
    worker.run_minutely()
    assert [statement.split()[0] for statement in query_log] == ["SELECT"]


def test_a_minute_s_turns_are_one_unit_of_work(pieces, at, monkeypatch) -> None:
    at(NOON)
    worker.run_minutely()
    at(NOON + timedelta(minutes=1))
    saved: list[None] = []
    monkeypatch.setattr(worker, "saving", lambda kept=worker.saving: (saved.append(None), kept())[1])
    worker.run_minutely()
    assert len(saved) == 1


@pytest.mark.parametrize("beaten", [False, True], ids=["an empty store", "a minute later"])
def test_of_several_that_come_at_once_each_piece_is_one_s(app, pieces, at, monkeypatch, beaten) -> None:
    if beaten:
        at(NOON)
        worker.run_minutely()
        pieces.clear()
    now, times = NOON + timedelta(minutes=1), 6
    monkeypatch.setattr(worker.clock, "now", lambda: now)  # for every thread
    all_looked, wrong = threading.Barrier(times), []
    look, first = worker._beats, threading.local()

    def together(*given, **how):
        found = look(*given, **how)
        if not hasattr(first, "time"):
            first.time = all_looked.wait(20)  # everybody has seen that it is due before anybody writes
        return found

    monkeypatch.setattr(worker, "_beats", together)

    def come() -> None:
        with app.app_context():
            try:
                worker.run_minutely()
            except Exception as why:
                wrong.append(why)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=come) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert sorted(pieces) == ["one", "two"]
    assert [beat.at for beat in db.session.scalars(db.select(Beat))] == [now, now]


def test_the_first_round_waits_until_somebody_could_be_served(app, monkeypatch) -> None:
    round_began = threading.Event()
    monkeypatch.setattr(worker, "run_minutely", round_began.set)
    executor = Worker(app, pause=60)
    executor.start()
    try:
        assert not round_began.wait(0.3)
        executor._wake.set()  # as a commit does
        assert round_began.wait(10)
    finally:
        executor.stop()
