"""Pages for anybody and by link: the form, the invitation, the booking. No cookie, no token, nothing given away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engage.app import create_app
from engage.attendance import queries, service
from engage.attendance.models import Invitation, Registration
from engage.attendance.views import register
from engage.config import Settings
from engage.core import links
from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.core.limits import limiter
from engage.events import service as events
from tests.factories.attendance import a_registration, accepted, again, an_invitation, answers, states
from tests.factories.events import an_event, an_open_event
from tests.reader import StrictClient, words

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
At = Callable[[datetime], None]
ANN = {"name": "Ann", "email": "ann@example.org", "role": "", "organisation": "", "access": "", "dietary": ""}


@pytest.fixture(autouse=True)
def now(at: At) -> None:
    at(NOW)


def path(about: Invitation | Registration) -> str:
    purpose = "invitation" if isinstance(about, Invitation) else "booking"
    return links.url(purpose, about.id).removeprefix("http://localhost")


# --- the public form --------------------------------------------------------------------------------------------


def test_registering_sets_no_cookie_and_needs_no_token(app: Flask, client: FlaskClient) -> None:
    event = an_open_event(capacity=5)
    page = client.get(f"/events/{event.slug}/register")
    assert "csrf" not in page.get_data(as_text=True)
    answer = client.post(f"/events/{event.slug}/register", data=ANN)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/events/{event.slug}/register/done")
    assert "Set-Cookie" not in page.headers
    assert "Set-Cookie" not in answer.headers
    assert states(event) == {"Ann": "confirmed"}


def test_the_page_says_the_same_whether_the_address_is_known_or_not(app: Flask, client: FlaskClient) -> None:
    event = an_open_event(capacity=5)
    address = f"/events/{event.slug}/register"
    first, second = (client.post(address, data=ANN, follow_redirects=True) for _ in range(2))
    assert first.get_data() == second.get_data()
    assert "ann@example.org" not in words(first)


def test_another_site_cannot_post_it(app: Flask, client: FlaskClient) -> None:
    event = an_open_event()
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}):
        assert client.post(f"/events/{event.slug}/register", data=ANN, headers=headers).status_code == 403
    assert states(event) == {}


def test_an_address_that_was_written_to_often_is_told_to_wait(app: Flask, client: FlaskClient) -> None:
    for _ in range(6):
        a_registration(an_open_event(), email="ann@example.org")
    event = an_open_event()
    answer = client.post(f"/events/{event.slug}/register", data=ANN)
    assert (answer.status_code, answer.headers["Retry-After"], states(event)) == (429, "3600", {})
    assert "Too many tries" in words(answer)
    assert client.post(f"/events/{event.slug}/register", data={**ANN, "email": "b@example.org"}).status_code == 303


def test_one_network_sends_so_many_forms_an_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "PER_NETWORK", "3 per hour")
    monkeypatch.setattr(limiter, "enabled", True)
    app = create_app(Settings(data_dir=tmp_path, base_url="http://localhost", testing=False))
    app.test_client_class = StrictClient
    limiter.reset()
    with app.app_context():
        db.create_all()
        client = app.test_client()
        assert [client.post("/events/none/register", data=ANN).status_code for _ in range(4)] == [404, 404, 404, 429]
        assert client.get("/events/none/register").status_code == 404
        db.session.remove()
        db.engine.dispose()
    limiter.reset()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Enter your name"),
        ({"email": "nobody"}, "correct format"),
        ({"name": "x" * 201}, "200 characters or fewer"),
        ({"name": "a\x00b"}, "characters that can’t be shown"),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "characters that can’t be shown"),
        ({"access": "x" * 2001}, "2000 characters or fewer"),
    ],
)
def test_odd_input_is_answered_beside_its_field(
    app: Flask, client: FlaskClient, typed: dict[str, str], said: str
) -> None:
    event = an_open_event()
    answer = client.post(f"/events/{event.slug}/register", data={**ANN, **typed})
    assert (answer.status_code, said in words(answer)) == (422, True)
    assert states(event) == {}


def test_script_and_formula_are_words(app: Flask, client: FlaskClient) -> None:
    event = an_open_event()
    name = "<script>alert(1)</script>"
    client.post(f"/events/{event.slug}/register", data={**ANN, "name": name, "organisation": "=1+1"})
    booking = queries.registrations(event)[0].registration
    page = client.get(path(booking)).get_data(as_text=True)
    assert (name in page, "&lt;script&gt;alert(1)" in page) == (False, True)


def test_a_closed_form_says_why(app: Flask, client: FlaskClient) -> None:
    event = an_event()
    assert "by invitation only" in words(client.get(f"/events/{event.slug}/register"))
    summit = an_open_event()
    with saving():
        events.close_registration(summit, by=SYSTEM)
    answer = client.post(f"/events/{summit.slug}/register", data=ANN)
    assert (answer.status_code, "Registration is closed" in words(answer)) == (422, True)


def test_a_private_event_has_no_form(app: Flask, client: FlaskClient) -> None:
    event = an_event(published=False)
    assert client.get(f"/events/{event.slug}/register").status_code == 404
    assert client.post(f"/events/{event.slug}/register", data=ANN).status_code == 404
    assert client.get("/events/nothing/register").status_code == 404


def test_a_full_event_says_that_there_is_a_line(app: Flask, client: FlaskClient) -> None:
    event = an_open_event(capacity=1)
    assert "1 place is left" in words(client.get(f"/events/{event.slug}/register"))
    a_registration(event)
    a_registration(event)
    assert "Every place is taken and 1 person waits" in words(client.get(f"/events/{event.slug}/register"))


# --- the invitation ---------------------------------------------------------------------------------------------


def test_looking_changes_nothing_and_hides_the_place(app: Flask, client: FlaskClient) -> None:
    event = an_event(description="Come all")
    ann = an_invitation(event, name="Ann", email="ann@example.org", role="Head of X")
    page = client.get(path(ann))
    said = words(page)
    assert "Invitation for Ann" in said
    assert ("Drummond" in said, "ann@example.org" in said, "Head of X" in said) == (False, False, False)
    assert "Set-Cookie" not in page.headers
    assert answers(event) == {"Ann": "sent"}


def test_accepting_and_a_change_of_mind_through_the_page(app: Flask, client: FlaskClient) -> None:
    event = an_event(capacity=1)
    ann = an_invitation(event, name="Ann")
    address = path(ann)
    for _ in range(2):
        assert client.post(address, data={"answer": "accept"}).status_code == 303
    assert "1 Drummond Gate" in words(client.get(address))
    assert states(event) == {"Ann": "confirmed"}
    assert client.post(address, data={"answer": "decline", "apology": "Sorry, ill"}).status_code == 303
    page = words(client.get(address))
    assert "You said that you can’t come" in page
    assert "Drummond" not in page
    assert again(ann).apology == "Sorry, ill"
    assert client.post(address, data={"answer": "perhaps"}).status_code == 422


def test_links_that_are_wrong_or_withdrawn(app: Flask, client: FlaskClient) -> None:
    event = an_event()
    ann = an_invitation(event)
    address = path(ann)
    with saving():
        service.withdraw(ann, by=SYSTEM)
    assert client.get(address).status_code == 410
    assert client.post(address, data={"answer": "accept"}).status_code == 410
    assert client.get("/i/AAAAAAAAAAAAAAAAAAAAAAAA").status_code == 404
    assert client.get(address.replace("/i/", "/b/")).status_code == 404


def test_after_it_began_the_page_only_shows(app: Flask, client: FlaskClient, at: At) -> None:
    event = an_event()
    address = path(an_invitation(event))
    at(datetime(2027, 5, 12, 9, 30, tzinfo=UTC))
    assert "Decline" not in words(client.get(address))
    assert client.post(address, data={"answer": "accept"}).status_code == 422


def test_a_cancelled_event_is_said_to_be(app: Flask, client: FlaskClient) -> None:
    event = an_event()
    ann = an_invitation(event)
    with saving():
        events.cancel(event, reason="A flood", by=SYSTEM)
    page = words(client.get(path(ann)))
    assert "This event is cancelled. A flood" in page
    assert "Accept" not in page


# --- the booking ------------------------------------------------------------------------------------------------


def test_a_booking_shows_no_address_and_no_needs(app: Flask, client: FlaskClient) -> None:
    event = an_open_event()
    ann = a_registration(event, name="Ann", email="ann@example.org", access="A ramp")
    for page in (path(ann), f"{path(ann)}/change"):
        said = client.get(page).get_data(as_text=True)
        assert ("ann@example.org" in said, "A ramp" in said) == (False, False)
    assert "You told us something about access or food" in words(client.get(f"{path(ann)}/change"))


def test_a_booking_is_changed_and_cancelled_by_its_link(app: Flask, client: FlaskClient) -> None:
    event = an_open_event(capacity=1)
    ann = a_registration(event, name="Ann")
    a_registration(event, name="Ben")
    address = path(ann)
    assert client.post(f"{address}/change", data={"name": "Ann Lee"}).status_code == 303
    assert "Somebody who waits gets the place" in words(client.get(f"{address}/cancel"))
    for _ in range(2):
        assert client.post(f"{address}/cancel").status_code == 303
    assert states(event) == {"Ann Lee": "cancelled", "Ben": "offered"}
    assert "This booking is cancelled" in words(client.get(address))


def test_the_line_shows_its_place_and_the_offer_is_taken_by_link(app: Flask, client: FlaskClient) -> None:
    event = an_open_event(capacity=1)
    ann = a_registration(event, name="Ann")
    ben = a_registration(event, name="Ben")
    assert "You are number 1 on the waiting list" in words(client.get(path(ben)))
    with saving():
        service.cancel_registration(ann, by=SYSTEM)
    assert "it is yours until Wednesday 3 March 2027, 9am" in words(client.get(path(ben)))
    assert client.post(f"{path(ben)}/offer", data={"answer": "take"}).status_code == 303
    assert states(event)["Ben"] == "confirmed"


def test_an_offer_let_go_and_one_that_ran_out(app: Flask, client: FlaskClient, at: At) -> None:
    event = an_open_event(capacity=1)
    ann, ben, cy = (a_registration(event, name=name) for name in ("Ann", "Ben", "Cy"))
    with saving():
        service.cancel_registration(ann, by=SYSTEM)
    assert client.post(f"{path(ben)}/offer", data={"answer": "leave"}).status_code == 303
    at(datetime(2027, 3, 9, tzinfo=UTC))
    late = client.post(f"{path(cy)}/offer", data={"answer": "take"})
    assert (late.status_code, "There is no offer to take" in words(late)) == (422, True)


def test_a_new_date_is_reconfirmed_by_link(app: Flask, client: FlaskClient) -> None:
    event = an_open_event(capacity=5)
    ann = a_registration(event, name="Ann")
    with saving():
        events.postpone(
            event,
            reason="Flood",
            starts=datetime(2027, 6, 2, 10),  # noqa: DTZ001 -- wall times
            ends=datetime(2027, 6, 2, 12),  # noqa: DTZ001
            by=SYSTEM,
        )
    assert "Can you still come?" in words(client.get(path(ann)))
    assert client.post(f"{path(ann)}/reconfirm").status_code == 303
    assert states(event) == {"Ann": "confirmed"}


@pytest.mark.parametrize("page", ["", "/change", "/cancel"])
def test_an_invitees_booking_is_reached_from_the_invitation(app: Flask, client: FlaskClient, page: str) -> None:
    invitation = accepted(an_event(), name="Ann")
    booking = queries.of_invitation(invitation.id)
    assert booking is not None
    assert path(booking) in client.get(path(invitation)).get_data(as_text=True)
    assert client.get(f"{path(booking)}{page}").status_code == 200
    db.session.rollback()
