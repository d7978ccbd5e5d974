"""The store: the only commit, locks, history that only grows."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from engage.core import clock, facts, outbox
from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.core.errors import UnsavedChanges
from engage.core.facts import Fact, History
from engage.core.jobs import Job


class Something(Fact):
    subject = "thing"
    says = "Something happened"


def row(kind: str) -> Job:
    now = clock.now()
    return Job(kind=kind, args={}, queued_at=now, due_at=now)


def kinds() -> list[str]:
    return list(db.session.scalars(sa.select(Job.kind).order_by(Job.id)))


def test_saving_commits_at_its_end(app: Flask) -> None:
    with saving():
        db.session.add(row("one"))
    db.session.rollback()
    assert kinds() == ["one"]


def test_saving_rolls_back_whole_on_an_error(app: Flask) -> None:
    def burst() -> None:
        with saving():
            db.session.add(row("one"))
            db.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        burst()
    assert kinds() == []


def test_saving_refuses_to_begin_over_unsaved_changes(app: Flask) -> None:
    db.session.add(row("stray"))
    with pytest.raises(UnsavedChanges), saving():
        pass
    db.session.rollback()


def test_saving_refuses_to_nest(app: Flask) -> None:
    with pytest.raises(UnsavedChanges), saving(), saving():
        pass


def test_recording_a_fact_writes_history_and_runs_its_reactions(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    monkeypatch.setitem(facts._reactions, Something, [(lambda fact, by: heard.append(fact.subject_id), None)])
    with saving():
        facts.record(Something(subject_id=7, reason="because"), by=SYSTEM)
    kept = facts.history_of("thing", 7)
    assert heard == [7]
    assert [(h.fact, h.actor, h.reason, h.says) for h in kept] == [
        ("Something", "system", "because", "Something happened")
    ]


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_history_only_grows_even_by_sql(app: Flask, verb: str) -> None:
    with saving():
        facts.record(Something(subject_id=7), by=SYSTEM)
    change = sa.update(History).values(actor="user:1") if verb == "update" else sa.delete(History)
    with pytest.raises(sa.exc.DatabaseError, match="history only grows"), saving():
        db.session.execute(change)


def test_a_mail_is_queued_once_for_ever_by_its_key(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(outbox.NOTICES, "x", outbox.Notice("x", "because", lambda: None))
    for _ in range(2):
        with saving():
            outbox.put(mail="x", key="ask:1", to="a@x.org", args={})
    assert db.session.scalar(sa.select(sa.func.count()).select_from(outbox.OutboxMail)) == 1
