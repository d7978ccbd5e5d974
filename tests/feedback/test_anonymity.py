"""Nothing in the store ties an answer to a person: not by key, not by order, not by time (docs/domain.md#feedback)."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import combinations
from statistics import mean
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from engage.attendance.models import Registration
from engage.core import links
from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.feedback import service
from engage.feedback.models import FeedbackForm, FeedbackMark
from engage.feedback.service import AlreadyAnswered, answering
from tests.factories.feedback import an_open_form, answered, those_asked

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> None:
    at(NOW)


def whole_store() -> Rows:
    """Every column of every row of every table, as SQL gives it."""
    db.session.rollback()
    tables = sa.inspect(db.engine).get_table_names()
    return {
        name: [dict(row) for row in db.session.execute(sa.text(f'SELECT * FROM "{name}"')).mappings()]
        for name in sorted(tables)
    }


def responses(form: FeedbackForm) -> list[dict[str, Any]]:
    db.session.rollback()
    found: list[dict[str, Any]] = form.answers
    return found


def test_an_answer_writes_one_mark_and_the_list_and_not_a_thing_besides(
    app: Flask, at: Callable[[datetime], None]
) -> None:
    form = an_open_form(people=3)
    one, two, _three = those_asked(form)
    answered(form, one, 5, "About right", "First.")
    before = whole_store()
    at(NOW + timedelta(hours=3))
    answered(form, two, 4, "Too long", "Second.")
    after = whole_store()
    changed = {name for name in after if before[name] != after[name]}
    assert changed == {"feedback_form", "feedback_mark"}
    [was], [is_now] = before["feedback_form"], after["feedback_form"]
    assert {column for column in is_now if was[column] != is_now[column]} == {"answers"}
    assert [row for row in after["feedback_mark"] if row not in before["feedback_mark"]] == [
        {"form_id": form.id, "registration_id": two.id}
    ]


def test_a_response_holds_a_random_key_and_the_answers_and_no_more(app: Flask) -> None:
    form = an_open_form(people=5)
    asked = those_asked(form)
    tokens = [links.token_of("feedback", registration.id) for registration in asked]
    known = {t for r in asked for t in (r.key, r.name, r.person.key, r.person.name, r.person.email) if t}
    for registration in asked:
        answered(form, registration, 3, "About right", "The same words.")
    stored = responses(form)
    assert {frozenset(response) for response in stored} == {frozenset({"id", "answers"})}
    assert {frozenset(response["answers"]) for response in stored} == {frozenset(q.key for q in form.questions)}
    assert not [text for text in [*known, *tokens] if text in json.dumps(stored)]
    keys = [response["id"] for response in stored]
    assert len(set(keys)) == 5
    elsewhere = {name: rows for name, rows in whole_store().items() if name != "feedback_form"}
    assert not [key for key in keys if key in repr(elsewhere)]


def test_a_mark_has_neither_time_nor_number(app: Flask, store: str) -> None:
    columns = {column["name"] for column in sa.inspect(db.engine).get_columns("feedback_mark")}
    assert columns == {"form_id", "registration_id"}
    if store == "sqlite":
        with pytest.raises(sa.exc.OperationalError, match="no such column: rowid"):
            db.session.execute(sa.text("SELECT rowid FROM feedback_mark"))


def test_after_closing_not_even_the_order_in_which_people_answered_is_left(app: Flask, store: str) -> None:
    form = an_open_form(people=6)
    for registration in reversed(those_asked(form)):
        answered(form, registration, 3)
    with saving():
        service.close_form(form, by=SYSTEM)
    where = "ctid" if store == "postgres" else "form_id, registration_id"
    rows = db.session.execute(sa.text(f"SELECT registration_id FROM feedback_mark ORDER BY {where}")).scalars().all()
    assert rows == sorted(rows)
    if store == "postgres":
        transactions = db.session.execute(sa.text("SELECT DISTINCT xmin::text FROM feedback_mark")).scalars().all()
        assert len(transactions) == 1


@pytest.mark.parametrize("shuffled", [True, False], ids=["as it is", "control: not shuffled"])
def test_the_order_of_the_list_says_nothing_of_the_order_of_answering(
    app: Flask, monkeypatch: pytest.MonkeyPatch, shuffled: bool
) -> None:
    """Kendall's tau between the two orders, over 40 runs of 8 answers: about 0 (its standard error is 0.046); without
    the shuffle, exactly 1: so we know that the test can see it."""
    if not shuffled:
        monkeypatch.setattr(answering, "_shuffled", list)
    form = an_open_form(people=8)
    asked, key = those_asked(form), form.questions[2].key
    taus = []
    for _run in range(40):
        for number, registration in enumerate(asked):
            answered(form, registration, None, None, str(number))
        taus.append(tau([int(response["answers"][key]) for response in responses(form)]))
        with saving():
            db.session.execute(sa.delete(FeedbackMark))
            db.session.execute(sa.update(FeedbackForm).values(answers=[]))
    assert abs(mean(taus)) < 0.25 if shuffled else taus == [1.0] * 40


def tau(order: list[int]) -> float:
    """1 for ascending, -1 for descending, about 0 for neither."""
    return mean(1 if a < b else -1 for a, b in combinations(order, 2))


def at_once(app: Flask, form: FeedbackForm, registrations: list[Registration]) -> list[str]:
    """Everybody sends at the same moment, each through a connection of their own: "stored" or "refused" each."""
    key, form_id, idents = form.questions[0].key, form.id, [r.id for r in registrations]
    db.session.rollback()

    def send(ident: int) -> str:
        with app.app_context():
            try:
                with saving():
                    mine, who = db.session.get_one(FeedbackForm, form_id), db.session.get_one(Registration, ident)
                    service.answer(mine, registration=who, answers={key: 3})
            except AlreadyAnswered:
                return "refused"
            return "stored"

    with ThreadPoolExecutor(len(idents)) as pool:
        return sorted(pool.map(send, idents))


def test_eight_who_answer_at_once_are_all_stored(app: Flask) -> None:
    form = an_open_form(people=8)
    assert at_once(app, form, those_asked(form)) == ["stored"] * 8
    assert len(responses(form)) == 8


def test_one_person_eight_times_at_once_answers_once(app: Flask) -> None:
    form = an_open_form(people=1)
    assert at_once(app, form, those_asked(form) * 8) == ["refused"] * 7 + ["stored"]
    assert len(responses(form)) == 1
