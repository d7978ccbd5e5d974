"""Pages of sign-ups: behind a booking's link, the staff's lists, the door of a session, the public programme."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engage.attendance import queries, service
from engage.attendance.models import Registration
from engage.core import links
from engage.core.access import SYSTEM, Role
from engage.core.db import db, saving
from engage.events import service as events
from engage.events.models import Event, Session, SignUps
from tests.conftest import QueryLog
from tests.events.filling import send
from tests.factories.accounts import a_user
from tests.factories.attendance import a_registration, again
from tests.factories.events import STARTS, a_session
from tests.factories.sign_ups import a_conference, lined, published, signed_up
from tests.reader import words

At = Callable[[datetime], None]
SignIn = Callable[[FlaskClient, str], FlaskClient]
DAY = datetime(2027, 5, 12, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(at: At) -> None:
    at(datetime(2027, 3, 1, 9, tzinfo=UTC))


@pytest.fixture
def conference(app: Flask) -> Event:
    return a_conference()


@pytest.fixture
def convenor(client: FlaskClient, sign_in: SignIn, conference: Event) -> FlaskClient:
    a_user("con@engage.example", roles={conference.programme_id: Role.CONVENOR})
    return sign_in(client, "con@engage.example")


def a_choice(event: Event, title: str, *, hour: int = 0, **given: object) -> Session:
    starts = STARTS + timedelta(hours=hour)
    times = {"starts": starts, "ends": starts + timedelta(hours=1)}
    return a_session(event, **{"title": title, "sign_up": SignUps.OPTIONAL, "capacity": 1, **times, **given})


def path(registration: Registration) -> str:
    return links.url("booking", registration.id).removeprefix("http://localhost")


def staff(event: Event, session: Session, rest: str = "sign-ups") -> str:
    return f"/manage/events/{event.slug}/sessions/{session.key}/{rest}"


# --- behind the booking's link ------------------------------------------------------------------------------------


def test_choosing_waiting_and_giving_back(conference: Event, client: FlaskClient) -> None:
    cancer, care = a_choice(conference, "Cancer"), a_choice(conference, "Care", hour=2)
    published(conference)
    signed_up(conference, cancer)
    ann = a_registration(conference, name="Ann")
    page = f"{path(ann)}/sessions"
    assert "You have chosen no session yet" in words(client.get(path(ann)))
    said = words(client.get(page))
    assert "Full. Wait for a place in “Cancer”" in said
    assert "1 place is left. Choose “Care”" in said
    for session in (cancer, care):
        answer = client.post(page, data={"choose": session.key})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{page}#session-{session.key}")
        assert "Set-Cookie" not in answer.headers
    said = words(client.get(page))
    assert "You wait: number 1 Leave the waiting list “Cancer”" in said
    assert "You have a place Give the place back “Care”" in said
    assert "Care Wednesday 12 May 2027, midday to 1pm (UK time) Has a place" in words(client.get(path(ann)))
    for _ in range(2):
        assert client.post(page, data={"leave": care.key}).status_code == 303
    assert (lined(care), lined(cancer)[1]) == ([], ("Ann", "waiting", 1))


def test_two_at_once_are_asked_about_on_the_page(conference: Event, client: FlaskClient) -> None:
    cancer, care = a_choice(conference, "Cancer"), a_choice(conference, "Care")
    published(conference)
    ann = signed_up(conference, cancer, name="Ann").registration
    page = f"{path(ann)}/sessions"
    answer = client.post(page, data={"choose": care.key})
    assert answer.status_code == 422
    assert "“Care” goes on at the same time as “Cancer”" in words(answer)
    assert "Go to “Care” instead? You give back what you chose at the same time." in words(answer)
    assert client.post(page, data={"instead": care.key}).status_code == 303
    assert (lined(cancer), lined(care)) == ([], [("Ann", "placed", 0)])


def test_what_is_not_offered_does_not_exist_and_what_says_nothing_is_asked_again(
    conference: Event, client: FlaskClient
) -> None:
    a_choice(conference, "Open")
    published(conference)
    draft, elsewhere = a_choice(conference, "Draft"), a_choice(a_conference(), "Elsewhere")
    page = f"{path(a_registration(conference))}/sessions"
    assert "Draft" not in words(client.get(page))
    for key in (draft.key, elsewhere.key, "x" * 22, "²", "x" * 10_000, "a\0b"):
        assert client.post(page, data={"choose": key}).status_code in (404, 422), key
    assert client.post(page, data={"choose": draft.key}).status_code == 404
    assert client.post(page, data={"leave": draft.key}).status_code == 303
    assert "Choose a session, or give one back." in words(client.post(page))


def test_who_has_no_place_reads_and_chooses_nothing(app: Flask, client: FlaskClient) -> None:
    event = a_conference(capacity=1)
    session = a_choice(event, "Cancer", capacity=None)
    published(event)
    _ann, bob = a_registration(event), a_registration(event)
    page = f"{path(bob)}/sessions"
    said = words(client.get(page))
    assert "Sessions are chosen by those who have a place at the event." in said
    assert "Choose “Cancer”" not in said
    assert client.post(page, data={"choose": session.key}).status_code == 422
    assert "Your sessions" not in words(client.get(path(bob)))


def test_sessions_that_came_to_overlap_are_said_to(conference: Event, client: FlaskClient) -> None:
    cancer, care = a_choice(conference, "Cancer"), a_choice(conference, "Care", hour=2)
    published(conference)
    ann = signed_up(conference, cancer).registration
    with saving():
        service.sign_up(ann, care, by=SYSTEM)
        version = again(care).version
        times = {"starts": cancer.starts, "ends": cancer.ends}
        events.edit_session(
            care, version=version, title="Care", capacity=1, sign_up=SignUps.OPTIONAL, by=SYSTEM, **times
        )
    published(conference)
    said = words(client.get(f"{path(ann)}/sessions"))
    assert "It goes on at the same time as “Cancer”, which you chose too." in said


def test_the_page_asks_as_much_of_the_store_for_one_as_for_three(
    conference: Event, client: FlaskClient, query_log: QueryLog
) -> None:
    asked = []
    ann = a_registration(conference)
    for hours in ((0,), (1, 2)):
        for hour in hours:
            session = a_choice(conference, f"At {hour}", hour=hour, capacity=None)
            published(conference)
            with saving():
                service.sign_up(ann, session, by=SYSTEM)
            signed_up(conference, session)
        for url in (path(ann), f"{path(ann)}/sessions"):
            db.session.rollback()
            query_log.clear()
            client.get(url)
            asked.append(len(query_log))
    assert asked[:2] == asked[2:]


# --- staff --------------------------------------------------------------------------------------------------------


def test_the_list_of_a_session_its_file_and_the_line_under_it(conference: Event, convenor: FlaskClient) -> None:
    session = a_choice(conference, "Cancer care")
    published(conference)
    for name in ("Ann", "Bob", "Cat"):
        signed_up(conference, session, name=name, email=f"{name}@example.org", organisation="=ONS")
    said = words(convenor.get(staff(conference, session)))
    assert "1 of 1 seats taken 2 waiting" in said
    assert "Cat" in said
    assert "number 2" in said
    csv = convenor.get(staff(conference, session, "sign-ups.csv"))
    assert csv.headers["Content-Disposition"].endswith("-cancer-care.csv")
    lines = csv.get_data(as_text=True).splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["Ann", "Bob", "Cat"]
    assert "'=ONS" in lines[1]
    assert "1 of 1 places taken, 2 wait" in words(convenor.get(f"/manage/events/{conference.slug}/sessions"))


def test_moving_somebody_and_taking_somebody_out(conference: Event, convenor: FlaskClient) -> None:
    cancer, care = a_choice(conference, "Cancer"), a_choice(conference, "Care")
    a_choice(conference, "Nobody signs up", sign_up=SignUps.NONE)
    published(conference)
    ann = signed_up(conference, cancer, name="Ann")
    base = f"/manage/events/{conference.slug}/sessions/sign-ups/{ann.key}"
    page = convenor.get(f"{base}/move")
    assert "Care, Wednesday 12 May 2027, 10am to 11am (UK time). 1 place is left." in words(page)
    assert "Nobody signs up" not in words(page)
    assert "Choose the session" in words(send(convenor, f"{base}/move"))
    assert send(convenor, f"{base}/move", session=care.key).status_code == 302
    assert (lined(cancer), lined(care)) == ([], [("Ann", "placed", 0)])
    (moved,) = queries.signed_up(care)
    base = f"/manage/events/{conference.slug}/sessions/sign-ups/{moved.sign_up.key}"
    assert send(convenor, f"{base}/remove").status_code == 422
    assert send(convenor, f"{base}/remove", reason="Members only.").status_code == 302
    assert lined(care) == []


def test_fewer_places_than_are_taken_stand_at_the_field(conference: Event, convenor: FlaskClient) -> None:
    session = a_choice(conference, "Cancer", capacity=2)
    published(conference)
    for _ in range(2):
        signed_up(conference, session)
    url = f"/manage/events/{conference.slug}/sessions/{session.key}"
    answer = send(convenor, url, capacity="1")
    assert (answer.status_code, "2 people have a place in this session already." in words(answer)) == (422, True)


def test_ticking_off_at_a_session(conference: Event, convenor: FlaskClient, sign_in: SignIn, at: At) -> None:
    session = a_choice(conference, "Cancer")
    published(conference)
    ann, bob = signed_up(conference, session, name="Ann").registration, a_registration(conference, name="Bob")
    url = staff(conference, session, "check-in")
    assert "The doors are shut" in words(convenor.get(url))
    at(DAY)
    sign_in(convenor, "con@engage.example")
    said = words(convenor.get(url))
    assert "0 of 1 are there" in said
    assert "Bob" not in said
    assert "Bob" in words(convenor.get(f"{url}?all=1"))
    assert "Bob" in words(convenor.get(f"{url}?q=bo"))
    for expected in ("Ann is ticked off.", "Ann was ticked off already: at 9am by"):
        send(convenor, url, tick=ann.key)
        assert expected in words(convenor.get(url))
    send(convenor, url, tick=bob.key)
    assert "2 of 2 are there" in words(convenor.get(url))
    send(convenor, url, undo=ann.key)
    assert "1 of 2 are there" in words(convenor.get(url))
    send(convenor, url, tick="x" * 22)
    assert "not on the list any more" in words(convenor.get(url))


def test_staff_pages_ask_as_much_of_the_store_for_one_as_for_three(
    conference: Event, convenor: FlaskClient, query_log: QueryLog, at: At
) -> None:
    session = a_choice(conference, "Cancer", capacity=None)
    published(conference)
    asked = []
    urls = (
        staff(conference, session),
        staff(conference, session, "check-in"),
        staff(conference, session, "sign-ups.csv"),
    )
    for more in (1, 2):
        for _ in range(more):
            one = signed_up(conference, session)
            at(DAY)
            with saving():
                service.check_in_to_session(one.registration, session, by=SYSTEM)
            at(datetime(2027, 3, 1, 9, tzinfo=UTC))
        for url in urls:
            db.session.rollback()
            query_log.clear()
            assert convenor.get(url).status_code == 200
            asked.append(len(query_log))
    assert asked[:3] == asked[3:]


# --- everybody ----------------------------------------------------------------------------------------------------


def test_the_public_programme_says_how_many_places_are_left_at_once(conference: Event, client: FlaskClient) -> None:
    session = a_choice(conference, "Cancer", capacity=2)
    published(conference)
    draft = a_choice(conference, "Draft")
    page = f"/events/{conference.slug}"
    for said in ("2 places are left.", "1 place is left.", "Full.", "Full. 1 person waits."):
        assert f"Sign-up with your booking. {said}" in words(client.get(page))
        signed_up(conference, session)
    assert draft.title not in words(client.get(page))
    etag = client.get(page).headers["ETag"]
    assert client.get(page, headers={"If-None-Match": etag}).status_code == 304
    with saving():
        events.cancel_session(session, reason="No speaker.", by=SYSTEM)
    assert "Sign-up with your booking" not in words(client.get(page))
