"""The last place, under a crowd: the experiments of `benchmarks/experiments/overselling.py`, reduced.

Server processes on the store of the test, people over HTTP through the public form.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from benchmarks.experiments import overselling
from benchmarks.experiments.crowd import Sent, Store
from engage.attendance import queries, service
from engage.attendance.models import Registration
from engage.core import clock
from engage.core.access import SYSTEM
from engage.core.db import db, saving
from tests.factories.attendance import a_registration
from tests.factories.events import an_open_event


@pytest.fixture
def here(app: Flask, store: str) -> Store:
    url = "" if store == "sqlite" else app.config["SQLALCHEMY_DATABASE_URI"]
    return Store(Path(app.config["DATA_DIR"]), url, app.config["SECRET_KEY"])


def test_sixty_people_eight_places_and_with_the_lock_taken_out_it_fails(here: Store) -> None:
    assert overselling.oversell(here, people=60, places=8, processes=2) == []
    control = overselling.oversell(here, people=60, places=8, processes=2, locked=False)
    assert control, "without the lock the experiment must see the race"


def test_fifty_people_who_answer_three_questions_get_the_five_places_and_no_more(here: Store) -> None:
    assert overselling.oversell(here, people=50, places=5, processes=2, asks=True) == []


def test_one_person_many_times_at_once_is_one_booking(here: Store) -> None:
    assert overselling.one_person(here, times=30, processes=2) == []


def test_a_freed_place_is_offered_once(here: Store) -> None:
    assert overselling.one_offer(here, rounds=2, waiting=6, processes=2) == []


def test_twelve_ticks_at_once_are_one_arrival(app: Flask) -> None:
    with clock.at(datetime(2027, 3, 1, tzinfo=UTC)):
        ident = a_registration(an_open_event()).id
    db.session.rollback()
    said: list[bool] = []

    def tick() -> None:
        with app.app_context(), clock.at(datetime(2027, 5, 12, 8, 30, tzinfo=UTC)), saving():
            said.append(service.check_in(db.session.get_one(Registration, ident), by=SYSTEM).already)

    at_once([tick] * 12)
    assert Counter(said) == {False: 1, True: 11}
    assert [move.state.value for move in queries.moves_of(db.session.get_one(Registration, ident))] == [
        "confirmed",
        "attended",
    ]


def at_once(acts: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# --- the experiment's own eyes ------------------------------------------------------------------------------------


def sent(who: str, began: float, ended: float) -> Sent:
    return Sent(who, 303, began, ended)


def test_it_sees_who_was_overtaken() -> None:
    crowd = [sent("a", 0, 1), sent("b", 2, 3), sent("c", 2.5, 4)]
    assert overselling.overtaken(crowd, {"a": 1, "b": 2, "c": 3}) == 0
    assert overselling.overtaken(crowd, {"a": 1, "b": 3, "c": 2}) == 0, "b and c asked at the same time"
    assert overselling.overtaken(crowd, {"a": 3, "b": 1, "c": 2}) == 2


def test_it_sees_everything_else() -> None:
    crowd = [sent("a", 0, 1), Sent("b", 500, 0, 1), sent("c", 0, 1)]
    came = overselling.Found(confirmed=2, waiting=(), rows=2, mails=2, numbers={"a": 1, "c": 2})
    assert overselling.problems(crowd, came, people=3, places=1) == [
        "answers were {303: 2, 500: 1}",
        "2 confirmed for 1 places",
        "1 of 3 lost",
        "2 mails for 3 people",
        "the line is not 1…n without a gap",
    ]
