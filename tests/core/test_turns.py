"""Writers of one SQLite file queue: in order, none starves, and a turn always passes on."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from engage.core import turns
from engage.core.turns import NoTurn, Turns, turns_of


def test_turns_are_taken_in_the_order_of_asking(tmp_path: Path) -> None:
    queue, order = Turns(str(tmp_path / "x")), []

    def write(n: int) -> None:
        with queue.take():
            order.append(n)

    with queue.take():
        threads = []
        for n in range(8):
            threads.append(threading.Thread(target=write, args=(n,)))
            threads[-1].start()
            while len(queue._waiting) <= n:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def test_a_turn_passes_on_after_a_failure(tmp_path: Path) -> None:
    queue = Turns(str(tmp_path / "x"))
    with pytest.raises(ZeroDivisionError), queue.take():
        raise ZeroDivisionError
    with queue.take():
        pass


def test_who_waits_too_long_goes_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    queue, late = Turns(str(tmp_path / "x")), []

    def write() -> None:
        try:
            with queue.take():
                pass
        except NoTurn:
            late.append(True)

    with queue.take():
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    assert late == [True]
    with queue.take():
        pass


def test_a_folder_that_takes_no_file_does_without(tmp_path: Path) -> None:
    with Turns(str(tmp_path / "missing" / "x")).take():
        pass


def test_one_queue_per_file(tmp_path: Path) -> None:
    assert turns_of(str(tmp_path / "a")) is turns_of(str(tmp_path / "." / "a"))
    assert turns_of(str(tmp_path / "a")) is not turns_of(str(tmp_path / "b"))
