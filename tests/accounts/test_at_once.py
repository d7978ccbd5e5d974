"""What two may not do at once: use one link twice, and remove each other as the last administrators."""

from __future__ import annotations

import threading
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask

from engage.accounts import queries, service
from engage.accounts.models import SignedInSession, User
from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.core.errors import Gone
from tests.factories.accounts import a_user, an_administrator


def at_once(app: Flask, works: list[Callable[[], object]]) -> list[type[Exception] | None]:
    """What each of these raised, begun together: None where it went through. In the order of their ends."""
    gate, ends = threading.Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        with app.app_context():
            gate.wait()
            try:
                with saving():
                    work()
                ends.append(None)
            except Exception as why:
                ends.append(type(why))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends, key=str)


def test_a_link_used_eight_times_at_once_signs_in_once(app):
    a_user()
    with saving():
        token = service.sign_in_link_for("sam@engage.example").rpartition("/")[2]
    assert at_once(app, [lambda: service.sign_in(token)] * 8) == [Gone] * 7 + [None]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignedInSession)) == 1


def test_two_administrators_cannot_remove_each_other_at_once(app):
    for trial in range(5):
        ann, bob = (an_administrator(f"{n}{trial}@x.org", name=n) for n in ("ann", "bob"))
        for other in queries.active_administrators():
            if other not in (ann, bob):
                with saving():
                    service.deactivate(other, by=SYSTEM)
        works = [lambda key=user.id: service.deactivate(db.session.get(User, key), by=SYSTEM) for user in (ann, bob)]
        db.session.rollback()
        assert at_once(app, works) == [service.LastAdministrator, None]
        assert len(queries.active_administrators()) == 1
