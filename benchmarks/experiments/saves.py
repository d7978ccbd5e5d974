"""Two experiments on saving: a process killed while it saves, and two secretaries writing one note.

Whole: `python3 -m benchmarks.experiments.saves`. Reduced: tests/experiments. Both stores; each returns plain counts
that the caller judges.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.experiments.crowd import Store

ACTIONS = 3


@dataclass(frozen=True)
class Killed:
    """What was left after the kills: `partial` outcomes, `lost` acknowledged ones, how many were saved whole."""

    kills: int
    acknowledged: int
    whole: int
    partial: int
    lost: int


@dataclass(frozen=True)
class Written:
    """What became of two writers' words: `wanted` were acknowledged, `kept` stand in the note; `clashes` were told."""

    wanted: int
    kept: int
    clashes: int


def prepare(store: Store) -> int:
    """A live meeting with one agenda item and its record; returns the event's id."""
    from engage.app import create_app
    from engage.core.access import SYSTEM
    from engage.core.db import db, saving
    from engage.events import service as events
    from engage.events.models import EventKind
    from engage.outcomes import service as outcomes
    from engage.programmes import service as programmes
    from engage.themes import service as themes

    app = create_app(store.settings())
    with app.app_context():
        db.create_all()
        with saving():
            programme = programmes.create(
                name="Saves", prefix="SAV", convening_body="Somebody", zone="Europe/London", by=SYSTEM
            )
            theme = themes.propose(programme, title="Theme of saves", scope="", by=SYSTEM)
            themes.activate(theme, by=SYSTEM)
            event = events.create(
                programme,
                title="Meeting of saves",
                kind=EventKind.MEETING,
                starts=datetime(2027, 5, 12, 10),  # noqa: DTZ001 -- wall time
                ends=datetime(2027, 5, 12, 12),  # noqa: DTZ001
                by=SYSTEM,
            )
            events.set_themes(event, theme, by=SYSTEM)
            events.add_agenda_item(event, title="Only item", by=SYSTEM)
            events.schedule(event, by=SYSTEM)
            events.go_live(event, by=SYSTEM)
            outcomes.open_record(event, by=SYSTEM)
        ident = event.id
        db.session.remove()
        db.engine.dispose()
    return ident


def killed_saves(store: Store, event_id: int, *, kills: int, seed: int = 1) -> Killed:
    """Kill (-9) a process `kills` times while it saves an outcome with three actions, over and over."""
    context = multiprocessing.get_context("spawn")
    chance = random.Random(seed)
    acknowledged: set[str] = set()
    for turn in range(kills):
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=_save_for_ever, args=(store, event_id, there), daemon=True)
        process.start()
        there.close()
        if not here.poll(120):
            raise RuntimeError("the saving process did not start")
        here.recv()
        if turn % 2:  # half of them in the middle of a run of saves, half around the first one
            here.poll(60)
        time.sleep(chance.uniform(0.005, 0.25))
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        try:
            while here.poll():
                acknowledged.add(here.recv())
        except EOFError:
            pass
    return _judge(store, kills, acknowledged)


def two_writers(store: Store, event_id: int, *, saves: int) -> Written:
    """Two processes add a line each to one note, `saves` times in all; who is told of a clash merges, tries again."""
    context = multiprocessing.get_context("spawn")
    results, together = context.Queue(), context.Barrier(2)
    writers = [
        context.Process(target=_write, args=(store, event_id, name, saves // 2, results, together), daemon=True)
        for name in ("ann", "bob")
    ]
    for writer in writers:
        writer.start()
    clashes = sum(results.get(timeout=300) for _ in writers)
    for writer in writers:
        writer.join()
    wanted = {f"{name} {n}" for name in ("ann", "bob") for n in range(saves // 2)}
    with _open(store):
        kept = set(_note(event_id).text.split("\n")) & wanted
    return Written(wanted=len(wanted), kept=len(kept), clashes=clashes)


def _save_for_ever(store: Store, event_id: int, told: Connection) -> None:
    from engage.core.access import SYSTEM
    from engage.core.db import db, saving
    from engage.events.models import Event
    from engage.outcomes import service
    from engage.outcomes.models import OutcomeKind
    from engage.people.service import organisation_named

    with _open(store):
        told.send("ready")
        while True:
            with saving():
                event = db.session.get_one(Event, event_id)
                theme = event.owning_theme
                ons = organisation_named("ONS", by=SYSTEM)
                kind = OutcomeKind.DECISION
                outcome = service.add_outcome(event, kind=kind, text="Whole", theme=theme, by=SYSTEM)
                for n in range(ACTIONS):
                    service.add_action(
                        event, text=f"Part {n}", theme=theme, organisation=ons, outcome=outcome, by=SYSTEM
                    )
                reference = outcome.reference
            told.send(reference)


def _write(store: Store, event_id: int, name: str, saves: int, results: Any, together: Any) -> None:
    from engage.core.access import SYSTEM
    from engage.core.db import db, saving
    from engage.core.errors import StaleVersion
    from engage.outcomes import service

    clashes = 0
    with _open(store):
        for n in range(saves):
            met = False
            while True:
                note = _note(event_id)
                text, version = note.text, note.version
                db.session.rollback()
                if not met:  # both have read the same text: one of them is about to be told of a clash
                    together.wait(timeout=60)
                    met = True
                try:
                    with saving():
                        words = f"{text}\n{name} {n}".strip()
                        service.save_note(note, text=words, private=False, version=version, by=SYSTEM)
                except StaleVersion:
                    clashes += 1
                else:
                    break
    results.put(clashes)


def _note(event_id: int) -> Any:
    from engage.core.db import db
    from engage.outcomes.models import RecordNote

    db.session.rollback()
    return db.session.scalars(sa.select(RecordNote).where(RecordNote.event_id == event_id)).one()


def _judge(store: Store, kills: int, acknowledged: set[str]) -> Killed:
    from engage.core.db import db
    from engage.outcomes.models import Action, Outcome

    with _open(store):
        counts = dict(
            db.session.execute(
                sa.select(Outcome.reference, sa.func.count(Action.id))
                .outerjoin(Action, Action.outcome_id == Outcome.id)
                .group_by(Outcome.reference)
            ).all()
        )
        stray = db.session.scalar(sa.select(sa.func.count()).where(Action.outcome_id.is_(None))) or 0
    return Killed(
        kills=kills,
        acknowledged=len(acknowledged),
        whole=sum(n == ACTIONS for n in counts.values()),
        partial=sum(n != ACTIONS for n in counts.values()) + stray,
        lost=len(acknowledged - set(counts)),
    )


def _open(store: Store) -> Any:
    from engage.app import create_app

    return create_app(store.settings()).app_context()


def main() -> None:
    """Both experiments, whole, on SQLite and on the PostgreSQL database named by the first argument, if any."""
    began = datetime.now(UTC)
    stores = [("SQLite", "")] + [("PostgreSQL", url) for url in sys.argv[1:2]]
    for name, url in stores:
        with tempfile.TemporaryDirectory() as folder:
            store = Store(Path(folder), url)
            event_id = prepare(store)
            print(f"{name}: {killed_saves(store, event_id, kills=200)}")
            print(f"{name}: {two_writers(store, event_id, saves=200)}")
    print(f"{(datetime.now(UTC) - began).total_seconds():.0f} s")


if __name__ == "__main__":
    main()
