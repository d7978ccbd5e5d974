"""Two asking at once for one new address, or one new name, get the same."""

from __future__ import annotations

import threading
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask

from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.people import service
from engage.people.models import Organisation, Person


def at_once(app: Flask, work: Callable[[int], int], times: int = 8) -> list[int]:
    """What `work` gave in each of so many threads that began together."""
    gate, given, wrong = threading.Barrier(times), [], []

    def run(number: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                with saving():
                    given.append(work(number))
            except Exception as why:
                wrong.append(why)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    return given


def test_one_address_is_one_person(app):
    def ask(number: int) -> int:
        return service.person_for(
            email="ann@ons.example", name=f"Ann {number}", organisation="ONS", role="Director", by=SYSTEM
        ).id

    assert len(set(at_once(app, ask))) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 1


def test_one_name_is_one_organisation(app):
    assert len(set(at_once(app, lambda _n: service.organisation_named("ONS", by=SYSTEM).id))) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Organisation)) == 1
