"""Pages on which staff read what people answered, and the files that they take along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engage.attendance import service
from engage.core.access import SYSTEM, Role
from engage.core.db import db, saving
from engage.events.models import Event
from tests.factories.accounts import a_user
from tests.factories.attendance import a_registration, again
from tests.factories.events import an_open_event
from tests.factories.questions import K, a_question, an_answer, replies
from tests.reader import words

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
SignIn = Callable[[FlaskClient, str], FlaskClient]


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> None:
    at(NOW)


@pytest.fixture
def event(app: Flask) -> Event:
    return an_open_event()


@pytest.fixture
def staff(app: Flask, sign_in: SignIn, event: Event) -> Callable[..., FlaskClient]:
    def with_role(role: Role = Role.SECRETARY) -> FlaskClient:
        a_user(f"{role.value}@engage.example", roles={event.programme_id: role})
        return sign_in(app.test_client(), f"{role.value}@engage.example")

    return with_role


def test_how_the_answers_fell(staff: Any, event: Event) -> None:
    many = a_question(event, K.MULTIPLE, "Which?", options=["A", "B", "C"])
    why = a_question(event, K.TEXT, "Why?")
    for value in ("A", "A\nB", "B"):
        made = a_registration(event, name=f"Ann {value[-1]}", answers=replies(event, {many: value, why: "Because."}))
    with saving():
        ask = service.Ask(kind=K.MULTIPLE, label="Which of these?", options=["B", "C"])
        service.edit_question(again(many), ask, version=1, by=SYSTEM)
    client = staff()
    seen = words(client.get(f"/manage/events/{event.slug}/answers"))
    assert "B 2 (67%) C 0 (0%) A (asked before) 2 (67%)" in seen
    assert "Why? 3 answers to Why?" in seen
    one = words(client.get(f"/manage/events/{event.slug}/answers/{many.key}"))
    assert ("Which of these?" in one, "Asked then: Which?" in one) == (True, True)
    with saving():
        service.cancel_registration(made, by=SYSTEM)
    assert "2 answers to Why?" in words(client.get(f"/manage/events/{event.slug}/answers"))


def test_the_list_as_a_file_runs_nothing_and_holds_needs_only_when_asked(staff: Any, event: Event) -> None:
    why, need = a_question(event, K.TEXT, "Why?"), a_question(event, K.TEXT, "What do you eat?", restricted=True)
    given = {why: "=1+1", need: "No nuts"}
    a_registration(event, name="Ann", email="ann@example.org", answers=replies(event, given))
    client = staff()
    plain = client.get(f"/manage/events/{event.slug}/answers.csv").get_data(as_text=True)
    assert plain.splitlines() == ["\ufeffName,E-mail,Organisation,State,Why?", "Ann,ann@example.org,,confirmed,'=1+1"]
    whole = client.get(f"/manage/events/{event.slug}/answers.csv?include=needs").get_data(as_text=True)
    assert whole.splitlines()[1] == "Ann,ann@example.org,,confirmed,'=1+1,No nuts"
    observer = staff(Role.OBSERVER)
    seen = words(observer.get(f"/manage/events/{event.slug}/answers"))
    assert ("Why?" in seen, "What do you eat?" in seen) == (True, False)
    assert observer.get(f"/manage/events/{event.slug}/answers/{need.key}").status_code == 404
    assert observer.get(f"/manage/events/{event.slug}/answers.csv").status_code == 403


def test_a_file_is_an_attachment_for_staff(staff: Any, client: FlaskClient, event: Event) -> None:
    slides = a_question(event, K.FILE, "Your slides")
    made = a_registration(event)
    an_answer(made, {slides: "slides.txt"})
    address = f"/manage/events/{event.slug}/registrations/{made.key}/files/{slides.key}"
    knows = staff()
    answer = knows.get(address)
    assert (answer.get_data(as_text=True), answer.headers["Content-Disposition"], answer.headers["Cache-Control"]) == (
        "slides.txt", "attachment; filename=slides.txt", "no-store",
    )  # fmt: skip
    assert client.get(address).status_code == 302
    assert knows.get(address.replace(event.slug, an_open_event().slug)).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    "page", ["answers", "answers.csv", "answers/KEY", "registrations/KEY", "registrations/KEY/answers"]
)
def test_pages_ask_the_same_number_of_questions_whatever_the_rows(
    staff: Any, event: Event, query_log: list[str], page: str, rows: int
) -> None:
    questions = [a_question(event, kind) for kind in list(K)[: 2 * rows] if kind is not K.FILE]
    for _ in range(rows):
        made = a_registration(event, answers=replies(event, {questions[0]: "Because."}))
    key = questions[0].key if page.startswith("answers") else made.key
    address = f"/manage/events/{event.slug}/{page.replace('KEY', key)}"
    client = staff()
    client.get(address)
    query_log.clear()
    assert client.get(address).status_code == 200
    COUNTS.setdefault((page, str(db.engine.dialect.name)), len(query_log))
    assert COUNTS[page, str(db.engine.dialect.name)] == len(query_log) <= 16


COUNTS: dict[tuple[str, str], int] = {}
