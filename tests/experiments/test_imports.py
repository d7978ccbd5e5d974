"""A long list from a file and a worker that is killed, reduced; whole from benchmarks/experiments/imports.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.experiments import imports
from benchmarks.experiments.crowd import Store
from tests import stores


@pytest.fixture
def elsewhere(store: str, tmp_path: Path, worker_id: str) -> Iterator[Store]:
    """A store that no fixture resets, for processes of their own."""
    name = f"imports_{worker_id}"
    yield Store(tmp_path, stores.postgres_database(name) if store == "postgres" else "")
    if store == "postgres":
        stores.drop_postgres_database(name)


def test_a_killed_worker_loses_and_doubles_nobody(elsewhere: Store) -> None:
    imports.prepare(elsewhere)
    left = imports.run(elsewhere, rows=2_000, capacity=1_200, kills=2)
    assert (left.made, left.confirmed, left.waiting, left.doubled) == (2_000, 1_200, 800, 0)
