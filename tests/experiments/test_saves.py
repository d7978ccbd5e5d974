"""The experiments on saving, reduced; whole from benchmarks/experiments/saves.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.experiments import saves
from benchmarks.experiments.crowd import Store
from tests import stores


@pytest.fixture
def elsewhere(store: str, tmp_path: Path, worker_id: str) -> Iterator[Store]:
    """A store that no fixture resets, for processes of their own."""
    name = f"saves_{worker_id}"
    yield Store(tmp_path, stores.postgres_database(name) if store == "postgres" else "")
    if store == "postgres":
        stores.drop_postgres_database(name)


def test_a_killed_process_leaves_nothing_partial_and_loses_nothing_acknowledged(elsewhere: Store) -> None:
    event_id = saves.prepare(elsewhere)
    left = saves.killed_saves(elsewhere, event_id, kills=4)
    assert (left.partial, left.lost) == (0, 0)
    assert left.acknowledged > 0
    assert left.whole >= left.acknowledged


def test_two_secretaries_lose_no_words(elsewhere: Store) -> None:
    event_id = saves.prepare(elsewhere)
    written = saves.two_writers(elsewhere, event_id, saves=30)
    assert written.kept == written.wanted == 30
    assert written.clashes > 0
