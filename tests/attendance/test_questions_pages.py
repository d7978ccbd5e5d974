"""Pages about questions: building them, answering them on the public form, reading the answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engage.attendance import queries, service
from engage.attendance.models import RegistrationQuestion
from engage.core.access import SYSTEM, Role
from engage.core.db import db, saving
from engage.events import service as events
from engage.events.models import Event
from tests.factories.accounts import a_user
from tests.factories.attendance import again, states
from tests.factories.events import an_open_event
from tests.factories.questions import K, a_question, after, said
from tests.reader import words

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
SignIn = Callable[[FlaskClient, str], FlaskClient]
ANN = {"name": "Ann", "email": "ann@example.org"}


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> None:
    at(NOW)


@pytest.fixture
def event(app: Flask) -> Event:
    return an_open_event()


@pytest.fixture
def staff(app: Flask, client: FlaskClient, sign_in: SignIn, event: Event) -> FlaskClient:
    a_user("sec@engage.example", roles={event.programme_id: Role.SECRETARY})
    return sign_in(client, "sec@engage.example")


def url(event: Event, page: str) -> str:
    return f"/manage/events/{event.slug}/{page}"


def send(client: FlaskClient, address: str, page: str = "", **data: Any) -> TestResponse:
    """Post as the form on that page would: with its CSRF token."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page or address).get_data(as_text=True))
    assert token, "no form on the page"
    return client.post(address, data={"csrf_token": token[1], **data})


def register(client: FlaskClient, event: Event, **given: Any) -> TestResponse:
    return client.post(f"/events/{event.slug}/register", data={**ANN, **given}, content_type="multipart/form-data")


def name(question: RegistrationQuestion) -> str:
    return f"q-{question.key}"


def answers(event: Event) -> dict[str, str]:
    """What the one who registered answered."""
    db.session.rollback()
    (line,) = queries.registrations(event)
    return said(line.registration.id)


# --- building ---------------------------------------------------------------------------------------------------


def test_a_question_is_added_changed_moved_and_taken_out(staff: FlaskClient, event: Event) -> None:
    page = url(event, "questions")
    assert "Nothing is asked yet" in words(staff.get(page))
    new = {"label": "Will you speak?", "kind": "choice", "options": "Yes\r\nNo\r\n\r\n", "audience": "everybody"}
    assert send(staff, f"{page}/new", **new).status_code == 303
    first = queries.questions_of(event.id)[0]
    depends = {"label": "About what?", "kind": "text", "audience": "everybody", "only_if": f"{first.key}:Yes"}
    assert send(staff, f"{page}/new", **depends, required="yes").status_code == 303
    shown = words(staff.get(page))
    assert "Asked only after “Yes” for “Will you speak?”" in shown
    second = queries.questions_of(event.id)[1]
    assert send(staff, f"{page}/{second.key}/move", page, way="up").status_code == 303
    assert "it stays below" in words(staff.get(page))
    again_ = {**depends, "label": "On which figures?", "version": "1"}
    assert send(staff, f"{page}/{second.key}", **again_).status_code == 303
    assert send(staff, f"{page}/{second.key}", **{**again_, "label": "Late"}).status_code == 409
    assert send(staff, f"{page}/{second.key}/retire").status_code == 302
    found = queries.standing(event.id)
    assert ([q.label for q in found], next(iter(found)).options) == (["Will you speak?"], ["Yes", "No"])
    assert "Taken out (1)" in words(staff.get(page))


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(staff: FlaskClient, event: Event) -> None:
    page = url(event, "questions/new")
    answer = send(staff, page, label="Will you speak?", kind="choice", options="Perhaps", audience="everybody")
    assert answer.status_code == 422
    assert "Offer between 2 and 20 answers" in words(answer)
    assert ">Perhaps</textarea>" in answer.get_data(as_text=True)
    hostile = (
        {"kind": "²"},
        {"label": "x" * 10_000},
        {"label": "\0"},
        {"only_if": "nothing:at all"},
        {"audience": "all"},
    )
    for wrong in hostile:
        given = {"label": "Why?", "kind": "text", "audience": "everybody", **wrong}
        assert send(staff, page, **given).status_code == 422, wrong
    assert len(queries.standing(event.id)) == 0


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("page", ["questions", "questions/new", "questions/preview", "register"])
def test_pages_ask_the_same_number_of_questions_whatever_the_rows(
    staff: FlaskClient, event: Event, query_log: list[str], page: str, rows: int
) -> None:
    for n in range(rows):
        first = a_question(event, K.CHOICE, f"Number {n}?")
        a_question(event, K.TEXT, f"And {n}?", **after(first))
    address = url(event, page) if page != "register" else f"/events/{event.slug}/register"
    staff.get(address)
    query_log.clear()
    assert staff.get(address).status_code == 200
    COUNTS.setdefault((page, str(db.engine.dialect.name)), len(query_log))
    assert COUNTS[page, str(db.engine.dialect.name)] == len(query_log) <= 12


COUNTS: dict[tuple[str, str], int] = {}


# --- the public form --------------------------------------------------------------------------------------------


def test_three_questions_are_answered_in_the_one_form(client: FlaskClient, event: Event) -> None:
    speak = a_question(event, K.CHOICE, "Will you speak?", required=True)
    about = a_question(event, K.TEXT, "About what?", required=True, **after(speak))
    agree = a_question(event, K.CONSENT, "I agree to be named", terms="In the **list**.", required=True)
    page = client.get(f"/events/{event.slug}/register")
    assert "Answer only if you chose “Yes” for “Will you speak?”." in words(page)
    assert "The terms: I agree to be named In the list." in words(page)
    answer = register(client, event, **{name(speak): "Yes", name(about): "Figures", name(agree): "1"})
    assert answer.status_code == 303
    assert answers(event) == {"Will you speak?": "Yes", "About what?": "Figures", "I agree to be named": "yes"}


def test_what_is_missing_is_said_beside_each_field(client: FlaskClient, event: Event) -> None:
    speak = a_question(event, K.CHOICE, "Will you speak?", required=True)
    about = a_question(event, K.TEXT, "About what?", required=True, **after(speak))
    a_question(event, K.CONSENT, "I agree", required=True)
    answer = register(client, event, **{name(speak): "Yes", name(about): " "})
    assert answer.status_code == 422
    seen = words(answer)
    assert ("Answer “About what?”" in seen, "Tick “I agree” to go on" in seen) == (True, True)
    assert f'href="#{name(about)}"' in answer.get_data(as_text=True)
    answer = register(client, event)
    assert "Choose an answer to “Will you speak?”" in words(answer)
    assert "Answer “About what?”" not in words(answer), "it is not asked before the first is answered"
    assert states(event) == {}


def test_what_is_typed_where_nothing_is_asked_is_left_out(client: FlaskClient, event: Event) -> None:
    speak = a_question(event, K.CHOICE, "Will you speak?")
    about = a_question(event, K.TEXT, "About what?", required=True, **after(speak))
    day = a_question(event, K.DATE, "On which day?", **after(speak))
    given = {name(speak): "No", name(about): "x" * 300, f"{name(day)}-day": "31", f"{name(day)}-month": "2"}
    assert register(client, event, **given).status_code == 303
    assert answers(event) == {"Will you speak?": "No"}


def test_dates_that_are_none_and_answers_that_are_not_on_offer_are_refused(client: FlaskClient, event: Event) -> None:
    day, many = a_question(event, K.DATE, "Arrival"), a_question(event, K.MULTIPLE, "Which?", options=["A", "B"])
    boxes = dict(zip(("day", "month", "year"), ("30", "February", "2027"), strict=True))
    wrong = register(client, event, **{f"{name(day)}-{box}": text for box, text in boxes.items()})
    assert "Arrival must be a real date" in words(wrong)
    assert 'value="February"' in wrong.get_data(as_text=True)
    for hostile in ({name(many): "C"}, {name(many): ["A", "²"]}, {f"{name(day)}-day": "²"}, {name(many): "\0"}):
        assert register(client, event, **hostile).status_code == 422, hostile
    boxes["day"] = "28"
    given = {f"{name(day)}-{box}": text for box, text in boxes.items()}
    assert register(client, event, **given, **{name(many): ["B", "A"]}).status_code == 303
    assert answers(event) == {"Arrival": "2027-02-28", "Which?": "A\nB"}


def test_a_tick_under_other_words_is_no_consent_to_these(client: FlaskClient, event: Event) -> None:
    agree = a_question(event, K.CONSENT, "I agree", terms="Once")
    with saving():
        ask = service.Ask(kind=K.CONSENT, label="I agree", terms="Twice")
        service.edit_question(again(agree), ask, version=1, by=SYSTEM)
    answer = register(client, event, **{name(agree): "1"})
    assert answer.status_code == 422
    assert "The words changed while you were reading." in words(answer)
    assert "checked" not in answer.get_data(as_text=True)
    assert register(client, event, **{name(agree): "2"}).status_code == 303
    (line,) = queries.registrations(event)
    assert queries.told_by(line.registration.id)[0].wording == 2


def test_a_file_need_not_be_chosen_twice(client: FlaskClient, event: Event) -> None:
    slides = a_question(event, K.FILE, "Your slides", required=True)
    assert "Choose a file for “Your slides”" in words(register(client, event))
    for content, called in ((b"<html>", "page.txt"), (b"GIF89a", "picture.png"), (b"", "nothing.txt"), (b"x", "x.exe")):
        refused = register(client, event, **{name(slides): (BytesIO(content), called)})
        assert (refused.status_code, states(event)) == (422, {}), called
    refused = register(client, event, email="nobody", **{name(slides): (BytesIO(b"Words"), "slides.txt")})
    assert "slides.txt is here. Choose another file to put in its place." in words(refused)
    kept = re.search(rf'name="{name(slides)}-kept" value="([^"]+)"', refused.get_data(as_text=True))
    assert kept
    forged = register(client, event, **{f"{name(slides)}-kept": "x" + kept[1]})
    assert (forged.status_code, states(event)) == (422, {})
    assert register(client, event, **{f"{name(slides)}-kept": kept[1]}).status_code == 303
    assert answers(event) == {"Your slides": "slides.txt"}
    big = register(client, event, **{name(slides): (BytesIO(b"x" * 9_000_000), "big.txt")})
    assert big.status_code == 413


def test_a_closed_door_asks_nothing(client: FlaskClient, event: Event) -> None:
    question = a_question(event, K.TEXT, "Why?")
    with saving():
        events.close_registration(event, by=SYSTEM)
    assert "Why?" not in words(client.get(f"/events/{event.slug}/register"))
    assert register(client, event, **{name(question): "Because."}).status_code == 422
