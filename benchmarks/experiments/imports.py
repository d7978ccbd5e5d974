"""A list of 10,000 registrants from a file, and the process that makes them killed (-9) again and again.

Whole: `python3 -m benchmarks.experiments.imports [postgresql://…/DATABASE]`. Reduced: tests/experiments. It returns
plain counts that the caller judges.
"""

from __future__ import annotations

import multiprocessing
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.experiments.crowd import Store

ROWS, CAPACITY = 10_000, 6_000


@dataclass(frozen=True)
class Imported:
    """What was left: `made` registrations, of them `confirmed`; `doubled` people or places in the line; the seconds
    that reading, judging and making took."""

    rows: int
    kills: int
    made: int
    confirmed: int
    waiting: int
    doubled: int
    read: float
    judged: float
    ran: float


def run(store: Store, *, rows: int = ROWS, capacity: int = CAPACITY, kills: int = 20) -> Imported:
    """Take in, judge, start; then processes make the rows, each but the last killed a little after it began."""
    with _open(store):
        import_id, read, judged = _prepared(rows, capacity)
    began = time.monotonic()
    context = multiprocessing.get_context("spawn")
    done = 0
    while _waiting(store, import_id):
        process = context.Process(target=_work, args=(store, import_id))
        process.start()
        if done < kills:
            process.join(timeout=random.uniform(1.5, 3.5))
        else:
            process.join()
        if process.is_alive():
            process.kill()
            done += 1
        process.join()
    ran = time.monotonic() - began
    with _open(store):
        return _counted(rows, done, read, judged, ran)


def _prepared(rows: int, capacity: int) -> tuple[int, float, float]:
    from engage.attendance.models import Makes
    from engage.core import files
    from engage.core.db import identity
    from tests.factories.events import an_open_event
    from tests.factories.imports import a_list, started

    text = "\n".join(
        ["Name,E-mail,Company,Status", *(f"Person {n:05},p{n:05}@x.example,Firm {n % 90},paid" for n in range(rows))]
    )
    event = an_open_event(capacity=capacity)
    began = time.monotonic()
    sheet = files.read_table(text.encode())
    read = time.monotonic() - began
    began = time.monotonic()
    import_ = a_list(event, sheet=sheet, makes=Makes.REGISTRANTS)
    judged = time.monotonic() - began
    return identity(started(import_)), read, judged


def _work(store: Store, import_id: int) -> None:
    from engage.attendance.jobs import run_import

    with _open(store):
        run_import(import_id)


def _waiting(store: Store, import_id: int) -> bool:
    from engage.attendance.models import Import, ImportState
    from engage.core.db import db

    with _open(store):
        return db.session.scalar(sa.select(Import.state).where(Import.id == import_id)) is ImportState.RUNNING


def _counted(rows: int, kills: int, read: float, judged: float, ran: float) -> Imported:
    from engage.attendance.models import Registration, RegistrationState
    from engage.core.db import db

    states = dict(db.session.execute(sa.select(Registration.state, sa.func.count()).group_by(Registration.state)).all())
    made = sum(states.values())
    people, places = db.session.execute(
        sa.select(
            sa.func.count(sa.distinct(Registration.person_id)), sa.func.count(sa.distinct(Registration.queue_number))
        )
    ).one()
    return Imported(
        rows=rows,
        kills=kills,
        made=made,
        confirmed=states.get(RegistrationState.CONFIRMED, 0),
        waiting=states.get(RegistrationState.WAITLISTED, 0),
        doubled=2 * made - people - places,
        read=round(read, 2),
        judged=round(judged, 2),
        ran=round(ran, 1),
    )


def _open(store: Store) -> Any:
    from engage.app import create_app

    return create_app(store.settings()).app_context()


def main() -> None:
    """Without kills and with twenty, on SQLite and on the PostgreSQL database named by the first argument, if any."""
    for name, url in [("SQLite", "")] + [("PostgreSQL", url) for url in sys.argv[1:2]]:
        for kills in (0, 20):
            with tempfile.TemporaryDirectory() as folder:
                store = Store(Path(folder), url)
                prepare(store)
                print(f"{name}: {run(store, kills=kills)}")


def prepare(store: Store) -> None:
    """Empty tables."""
    from engage import tables
    from engage.core.db import db

    with _open(store):
        tables.metadata.drop_all(db.engine)
        tables.metadata.create_all(db.engine)


if __name__ == "__main__":
    main()
