"""The same questions elsewhere: an invitation's page, a booking's, what staff fill in, the door."""

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
from engage.attendance.models import Audience, Invitation, Registration, RegistrationQuestion
from engage.core import files, links
from engage.core.access import SYSTEM, Role
from engage.core.db import saving
from engage.core.facts import history_of
from engage.events.models import Event
from tests.factories.accounts import a_user
from tests.factories.attendance import a_registration, again, an_invitation, answers, states
from tests.factories.events import an_event, an_open_event
from tests.factories.questions import K, a_question, after, replies, said
from tests.reader import words

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
At = Callable[[datetime], None]
SignIn = Callable[[FlaskClient, str], FlaskClient]


@pytest.fixture(autouse=True)
def now(at: At) -> None:
    at(NOW)


@pytest.fixture
def staff(app: Flask, client: FlaskClient, sign_in: SignIn) -> Callable[[Event, Role], FlaskClient]:
    def with_role(event: Event, role: Role = Role.SECRETARY) -> FlaskClient:
        a_user(f"{role.value}@engage.example", roles={event.programme_id: role})
        return sign_in(client, f"{role.value}@engage.example")

    return with_role


def path(about: Invitation | Registration) -> str:
    purpose = "invitation" if isinstance(about, Invitation) else "booking"
    return links.url(purpose, about.id).removeprefix("http://localhost")


def name(question: RegistrationQuestion) -> str:
    return f"q-{question.key}"


def send(client: FlaskClient, address: str, **data: Any) -> TestResponse:
    """Post as the form on that page would: with its CSRF token."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(address).get_data(as_text=True))
    assert token, "no form on the page"
    return client.post(address, data={"csrf_token": token[1], **data})


# --- an invitation ----------------------------------------------------------------------------------------------


def test_yes_stays_one_step_where_nothing_is_asked(client: FlaskClient, app: Flask) -> None:
    event = an_event()
    invitation = an_invitation(event, name="Ann")
    assert client.post(path(invitation), data={"answer": "accept"}).status_code == 303
    assert states(event) == {"Ann": "confirmed"}


def test_who_says_yes_answers_what_must_be_and_who_says_no_need_not(client: FlaskClient, app: Flask) -> None:
    event = an_event()
    question = a_question(event, K.CHOICE, "Will you speak?", required=True)
    ann, ben = an_invitation(event, name="Ann"), an_invitation(event, name="Ben")
    refused = client.post(path(ann), data={"answer": "accept", "apology": "Some words"})
    assert (refused.status_code, answers(event)["Ann"]) == (422, "sent")
    assert "Choose an answer to “Will you speak?”" in words(refused)
    assert ">Some words</textarea>" in refused.get_data(as_text=True)
    assert client.post(path(ann), data={"answer": "perhaps", name(question): "Yes"}).status_code == 422
    assert client.post(path(ann), data={"answer": "accept", name(question): "Yes"}).status_code == 303
    assert client.post(path(ben), data={"answer": "decline", "apology": "Away"}).status_code == 303
    assert answers(event) == {"Ann": "accepted", "Ben": "declined"}
    assert "Will you speak?" not in words(client.get(path(ann))), "it is answered: the booking changes it"
    (line,) = queries.registrations(event)
    assert said(line.registration.id) == {"Will you speak?": "Yes"}


# --- a booking --------------------------------------------------------------------------------------------------


def test_a_booking_changes_its_answers(client: FlaskClient, app: Flask) -> None:
    event = an_open_event()
    speak = a_question(event, K.CHOICE, "Will you speak?", required=True)
    about, day = a_question(event, K.TEXT, "About what?", **after(speak)), a_question(event, K.DATE, "Arrival")
    given = {speak: "Yes", about: "Figures", day: "2027-05-11"}
    made = a_registration(event, name="Ann", answers=replies(event, given))
    page = f"{path(made)}/change"
    html = client.get(page).get_data(as_text=True)
    assert re.search(r'value="Yes" checked', html)
    assert ('value="Figures"' in html, 'value="2027"' in html) == (True, True)
    boxes = {f"{name(day)}-{box}": text for box, text in (("day", "12"), ("month", "5"), ("year", "2027"))}
    wrong = client.post(page, data={"name": "Ann", name(speak): "", name(about): "Rates", **boxes})
    assert (wrong.status_code, 'value="Rates"' in wrong.get_data(as_text=True)) == (422, True)
    assert client.post(page, data={"name": "Ann", name(speak): "No", name(about): "Rates", **boxes}).status_code == 303
    assert said(made.id) == {"Will you speak?": "No", "Arrival": "2027-05-12"}
    changed = [f"answer:{question.key}" for question in (speak, about, day)]
    assert history_of("registration", made.id)[0].data["fields"] == changed


def test_a_forwarded_link_shows_neither_needs_nor_files_nor_what_staff_noted(client: FlaskClient, app: Flask) -> None:
    event = an_open_event()
    need = a_question(event, K.LONG_TEXT, "What do you eat?", restricted=True, required=True)
    slides = a_question(event, K.FILE, "Your slides", required=True)
    note = a_question(event, K.TEXT, "Our note", audience=Audience.STAFF)
    kept = files.keep(BytesIO(b"Secret words"), "slides.txt")
    given = {need: "No nuts", slides: kept.name, note: "Difficult"}
    everything = replies(event, given, Audience.EVERYBODY, Audience.STAFF, kept={slides: kept})
    made = a_registration(event, name="Ann", answers=everything)
    page = client.get(f"{path(made)}/change")
    text = page.get_data(as_text=True)
    assert "slides.txt is here." in words(page)
    assert [hidden in text for hidden in ("No nuts", "Our note", "Difficult", kept.checksum)] == [False] * 4
    assert "It is not shown here, since this link could be forwarded." in words(page)
    before = said(made.id)
    assert client.post(f"{path(made)}/change", data={"name": "Ann"}).status_code == 303
    assert said(made.id) == before
    assert client.post(f"{path(made)}/change", data={"name": "Ann", name(need): "No fish"}).status_code == 303
    assert said(made.id)["What do you eat?"] == "No fish"
    assert client.post(f"{path(made)}/change", data={"name": "Ann", "forget": "yes"}).status_code == 303
    assert "What do you eat?" not in said(made.id)


def test_a_consent_to_earlier_words_stands_until_these_are_agreed_to(client: FlaskClient, app: Flask) -> None:
    event = an_open_event()
    agree = a_question(event, K.CONSENT, "I agree", terms="Once", required=True)
    made = a_registration(event, name="Ann", answers=replies(event, {agree: "yes"}))
    with saving():
        ask = service.Ask(kind=K.CONSENT, label="I agree", terms="Twice", required=True)
        service.edit_question(again(agree), ask, version=1, by=SYSTEM)
    page = f"{path(made)}/change"
    assert "You agreed to an earlier wording of this, which still counts." in words(client.get(page))
    assert client.post(page, data={"name": "Ann"}).status_code == 303
    assert [(told.wording, told.newest) for told in queries.told_by(made.id)] == [(1, False)]
    assert client.post(page, data={"name": "Ann", name(agree): "2"}).status_code == 303
    assert [(told.wording, told.newest) for told in queries.told_by(made.id)] == [(2, True)]
    assert client.post(page, data={"name": "Ann"}).status_code == 422


# --- staff, the door --------------------------------------------------------------------------------------------


def test_staff_fill_in_what_they_know(staff: Any, app: Flask) -> None:
    event = an_open_event()
    own, agree = a_question(event, K.TEXT, "Why?", required=True), a_question(event, K.CONSENT, "I agree")
    a_question(event, K.TEXT, "To what?", **after(agree, ""))
    note = a_question(event, K.CHOICE, "Badge?", audience=Audience.STAFF)
    made = a_registration(event, name="Ann", answers=replies(event, {own: "Because.", agree: "yes"}))
    client = staff(event)
    page = f"/manage/events/{event.slug}/registrations/{made.key}"
    seen = words(client.get(f"{page}/answers"))
    assert [label in seen for label in ("Why?", "Badge?", "I agree", "To what?")] == [True, True, False, False]
    assert send(client, f"{page}/answers", **{name(own): "", name(note): "²"}).status_code == 422
    assert send(client, f"{page}/answers", **{name(own): "As she said", name(note): "Yes"}).status_code == 303
    assert said(made.id) == {"Why?": "As she said", "I agree": "yes", "Badge?": "Yes"}
    seen = words(client.get(page))
    assert ("Badge? Yes" in seen, "I agree Agreed to wording 1 on" in seen) == (True, True)


def test_an_observer_reads_no_answer_about_needs(staff: Any, app: Flask) -> None:
    event = an_open_event()
    need, why = a_question(event, K.TEXT, "What do you eat?", restricted=True), a_question(event, K.TEXT, "Why?")
    made = a_registration(event, answers=replies(event, {need: "No nuts", why: "Because."}))
    page = words(staff(event, Role.OBSERVER).get(f"/manage/events/{event.slug}/registrations/{made.key}"))
    assert ("Because." in page, "No nuts" in page) == (True, False)


def test_the_door_asks_before_it_ticks_off(staff: Any, app: Flask, at: At) -> None:
    event = an_open_event()
    question = a_question(event, K.CHOICE, "Laptop?", audience=Audience.DOOR, required=True)
    made = a_registration(event, name="Ann")
    at(datetime(2027, 5, 12, 8, tzinfo=UTC))
    client = staff(event)
    door = f"/manage/events/{event.slug}/check-in"
    assert f'href="{door}/{made.key}"' in client.get(door).get_data(as_text=True)
    assert send(client, f"{door}/{made.key}").status_code == 422
    assert send(client, f"{door}/{made.key}", **{name(question): "Yes"}).status_code == 303
    assert (states(event), said(made.id)) == ({"Ann": "attended"}, {"Laptop?": "Yes"})
    assert send(client, f"{door}/walk-in", name="Wim").status_code == 422
    assert send(client, f"{door}/walk-in", name="Wim", **{name(question): "No"}).status_code == 303
    assert states(event) == {"Ann": "attended", "Wim": "attended"}
