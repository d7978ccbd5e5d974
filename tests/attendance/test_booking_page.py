"""What a booking's link opens besides the booking: the calendar, the badge, the links to all; and another address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient

from engage.attendance import queries, service
from engage.attendance.models import Registration
from engage.attendance.views import badges
from engage.core import links, qr
from engage.core.access import SYSTEM, Role
from engage.core.db import saving
from engage.events import service as events
from engage.events.models import Event
from tests.factories.accounts import a_user
from tests.factories.attendance import a_registration, accepted, again, states
from tests.factories.events import an_event, an_open_event
from tests.reader import words

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
At = Callable[[datetime], None]
Post = Callable[[], list[EmailMessage]]
SignIn = Callable[[FlaskClient, str], FlaskClient]


@pytest.fixture(autouse=True)
def now(at: At) -> None:
    at(NOW)


def home(booking: Registration) -> str:
    return links.url("booking", booking.id).removeprefix("http://localhost")


def cancel(booking: Registration) -> None:
    with saving():
        service.cancel_registration(booking, by=SYSTEM)


# --- the calendar -----------------------------------------------------------------------------------------------


def test_the_file_for_the_calendar_is_the_entry_that_the_letter_carries(
    app: Flask, client: FlaskClient, at: At, post: Post
) -> None:
    event = an_open_event(capacity=5)
    first = a_registration(event, email="ann@example.org")
    cancel(first)
    booking = a_registration(event, email="ann@example.org")
    part = next(p for p in post()[-1].walk() if p.get_content_type() == "text/calendar")
    mailed = icalendar.Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0]
    answer = client.get(f"{home(booking)}/calendar.ics")
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    entry = icalendar.Calendar.from_ical(answer.get_data()).walk("VEVENT")[0]
    for key in ("UID", "SEQUENCE", "DTSTART", "DTEND", "LOCATION", "SUMMARY"):
        assert entry[key] == mailed[key], key
    assert entry["DTSTAMP"].dt == again(event).stamped_at.replace(microsecond=0)
    assert "1 Drummond Gate" in entry["LOCATION"]
    at(NOW + timedelta(days=1))
    unchanged = client.get(f"{home(booking)}/calendar.ics", headers={"If-None-Match": answer.headers["ETag"]})
    assert (unchanged.status_code, "Set-Cookie" in answer.headers) == (304, False)


def test_without_a_place_there_is_no_entry_and_no_badge(app: Flask, client: FlaskClient) -> None:
    event = an_open_event(capacity=1)
    a_registration(event)
    waits = a_registration(event)
    for page in ("calendar.ics", "badge"):
        assert client.get(f"{home(waits)}/{page}").status_code == 404
    assert "My badge" not in words(client.get(home(waits)))


# --- badges -----------------------------------------------------------------------------------------------------


def test_a_badge_holds_name_organisation_event_and_code_and_its_picture_no_personal_data(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(badges.qr, "picture", lambda text: drawn.append(text) or "data:,")
    booking = a_registration(an_open_event(title="Open summit"), name="Ann Lee", organisation="ONS")
    page = words(client.get(f"{home(booking)}/badge"))
    for said in ("Open summit", "Ann Lee", "ONS", booking.ticket_code):
        assert said in page
    assert drawn == [f"http://localhost/t/{booking.key}"]


def test_the_picture_is_one_that_a_page_may_show() -> None:
    picture = qr.picture("https://engage.example/t/abcdefghijklmnopqrstuv")
    assert picture.startswith("data:image/svg+xml")
    assert picture == qr.picture("https://engage.example/t/abcdefghijklmnopqrstuv")


def test_a_scanned_ticket_says_which_event_and_never_whose(app: Flask, client: FlaskClient) -> None:
    event = an_open_event(title="Open summit")
    booking = a_registration(event, name="Ann Lee", email="ann@example.org", organisation="ONS")
    page = client.get(f"/t/{booking.key}").get_data(as_text=True)
    assert ("Open summit" in page, booking.ticket_code in page) == (True, True)
    for personal in ("Ann", "ann@example.org", "ONS", "Drummond"):
        assert personal not in page
    cancel(booking)
    assert client.get(f"/t/{booking.key}").status_code == 410
    assert client.get(f"/t/{'x' * 22}").status_code == 404


def test_codes_are_short_and_do_not_clash(app: Flask) -> None:
    codes = {Registration(key=f"{n:022}").ticket_code for n in range(3000)}
    assert len(codes) == 3000
    assert all(len(code) == 9 and code[4] == "-" for code in codes)


@pytest.fixture
def staff(app: Flask, client: FlaskClient, sign_in: SignIn) -> Callable[[Event], FlaskClient]:
    def with_role(event: Event) -> FlaskClient:
        a_user("sam@engage.example", roles={event.programme_id: Role.SECRETARY})
        return sign_in(client, "sam@engage.example")

    return with_role


def test_everybody_with_a_place_has_a_badge_on_one_page(staff: Any, query_log: list[str]) -> None:
    event = an_open_event(capacity=3)
    client, counted = staff(event), []
    for number in range(4):
        a_registration(event, name=f"Guest {number}")
        query_log.clear()
        page = client.get(f"/manage/events/{event.slug}/badges").get_data(as_text=True)
        counted.append(len(query_log))
    assert page.count('class="engage-badges__name"') == 3
    assert "Guest 3" not in page, "who waits has none"
    assert len(set(counted)) == 1, counted


# --- other bookings ---------------------------------------------------------------------------------------------


def test_the_links_to_all_bookings_go_to_the_address_held_and_nowhere_else(
    app: Flask, client: FlaskClient, post: Post
) -> None:
    mine = [a_registration(an_open_event(), email="ann@example.org") for _ in range(2)]
    gone = a_registration(an_open_event(), email="ann@example.org")
    cancel(gone)
    a_registration(an_open_event(), email="ben@example.org")
    before = len(post())
    shown = words(client.get(home(mine[0])))
    assert mine[1].event.title not in shown
    for _ in range(2):
        answer = client.post(f"{home(mine[0])}/links", follow_redirects=True)
    assert ("on their way" in words(answer), "ann@example.org" in answer.get_data(as_text=True)) == (True, False)
    letters = post()[before:]
    assert [(m["To"].addresses[0].addr_spec, m["Subject"]) for m in letters] == [("ann@example.org", "Your bookings")]
    body = letters[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert [links.url("booking", one.id) in body for one in (*mine, gone)] == [True, True, False]


# --- another address --------------------------------------------------------------------------------------------


def change(client: FlaskClient, booking: Registration, **told: str) -> Any:
    return client.post(f"{home(booking)}/change", data={"name": booking.name, **told})


def test_another_address_is_kept_as_contact_and_the_link_decides_whose_booking_it_is(
    app: Flask, client: FlaskClient, staff: Any
) -> None:
    """Indico #2277: somebody invited at one address who answered with another was nobody's, or there twice."""
    event = an_event(capacity=5)
    invitation = accepted(event, name="Ann Lee", email="ann@work.example")
    booking = queries.of_invitation(invitation.id)
    assert booking is not None
    assert change(client, booking, contact="Ann@Home.example").status_code == 303
    kept = again(booking)
    assert (kept.contact_email, kept.person_id) == ("ann@home.example", invitation.person_id)
    assert (states(event), queries.seats(event).taken) == ({"Ann Lee": "confirmed"}, 1)
    for page in ("", "/change"):
        assert "home.example" not in client.get(home(booking) + page).get_data(as_text=True), "a link can be forwarded"
    change(client, booking)
    assert again(booking).contact_email == "ann@home.example", "left empty, it stays"
    page = words(staff(event).get(f"/manage/events/{event.slug}/registrations/{booking.key}"))
    assert "Also reached at ann@home.example" in page
    assert "booking of its own" not in page


def test_staff_are_told_where_the_other_address_has_a_booking_too(app: Flask, client: FlaskClient, staff: Any) -> None:
    """Indico #2277, the other way round: never a second seat without staff seeing it."""
    event = an_open_event(capacity=5)
    booking = queries.of_invitation(accepted(event, name="Ann Lee", email="ann@work.example").id)
    twin = a_registration(event, name="A. Lee", email="ann@home.example")
    assert booking is not None
    change(client, booking, contact="ann@home.example")
    page = staff(event).get(f"/manage/events/{event.slug}/registrations/{booking.key}")
    assert "has a booking of its own at this event" in words(page)
    assert f"/registrations/{twin.key}" in page.get_data(as_text=True)


@pytest.mark.parametrize("odd", ["nobody", "a@b", "a\x00@example.org", "x" * 300 + "@example.org"])
def test_an_odd_address_is_answered_beside_its_field(app: Flask, client: FlaskClient, odd: str) -> None:
    booking = a_registration(an_open_event())
    assert change(client, booking, contact=odd).status_code == 422


def test_a_postponed_event_says_both_dates_on_the_booking(app: Flask, client: FlaskClient) -> None:
    event = an_open_event()
    booking = a_registration(event)
    with saving():
        events.postpone(
            event,
            reason="Flood",
            starts=datetime(2027, 6, 2, 10),  # noqa: DTZ001 -- a wall time
            ends=datetime(2027, 6, 2, 16),  # noqa: DTZ001
            by=SYSTEM,
        )
    page = words(client.get(home(booking)))
    assert "Wednesday 2 June 2027" in page
    assert "First planned for Wednesday 12 May 2027" in page
