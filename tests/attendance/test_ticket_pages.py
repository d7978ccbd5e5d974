"""Pages of ticket kinds and limits, and where people choose a kind or read why they wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engage.attendance import queries
from engage.attendance.models import OpenTo
from engage.core import links
from engage.core.access import Role
from engage.core.db import db
from engage.events.models import Event
from tests.attendance.steps import send, url
from tests.factories.attendance import a_kind, a_registration, accepted, again, kinds_and_states, states
from tests.factories.events import an_event, an_open_event
from tests.reader import words

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
Post = Callable[[], list[EmailMessage]]
KIND = {"name": "Press", "open_to": "anybody", "capacity": "2", "reserved": "", "reserved_note": ""}


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> None:
    at(NOW)


@pytest.fixture
def event(app: Flask) -> Event:
    event = an_open_event(capacity=5)
    a_kind(event, "Standard")
    a_kind(event, "Press", 1)
    return event


def kinds(event: Event) -> list[str]:
    db.session.rollback()
    return [kind.name for kind in queries.kinds_of(event.id)]


# --- staff --------------------------------------------------------------------------------------------------------


def test_a_kind_is_added_changed_put_first_and_retired(staff: Any) -> None:
    event = an_open_event(capacity=9)
    client = staff(event)
    assert "One kind for everybody" in words(client.get(url(event, "tickets")))
    for name in ("Standard", "Press"):
        assert send(client, url(event, "tickets/add"), **{**KIND, "name": name}).status_code == 303
    press = queries.kinds_of(event.id)[1]
    here = url(event, f"tickets/{press.key}")
    told = {**KIND, "version": "1", "capacity": "4", "reserved": "1", "reserved_note": "The Daily Ledger"}
    assert send(client, here, **told).status_code == 303
    page = words(client.get(url(event, "tickets")))
    assert "1 of 4 taken" in page
    assert "1 of them set aside: The Daily Ledger" in page
    assert "1 set aside: The Daily Ledger" in words(client.get(url(event, "registrations"))) or not states(event)
    send(client, f"{here}/raise", page=url(event, "tickets"))
    assert kinds(event) == ["Press", "Standard"]
    send(client, f"{here}/retire")
    assert kinds(event) == ["Standard", "Press"], "retired ones last"
    assert "Nobody new" in words(client.get(url(event, "tickets")))


def test_a_second_writer_sees_both_texts(staff: Any, event: Event) -> None:
    client, press = staff(event), queries.kinds_of(event.id)[1]
    here = url(event, f"tickets/{press.key}")
    send(client, here, **{**KIND, "version": "1", "name": "Media"})
    answer = send(client, here, **{**KIND, "version": "1", "name": "Journalists"})
    assert answer.status_code == 409
    assert "Media" in words(answer)
    assert "Journalists" in words(answer)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Enter the name of the kind"),
        ({"capacity": "²"}, "whole number"),
        ({"capacity": "99999999999999999999"}, "between 0 and"),
        ({"capacity": "1", "reserved": "2", "reserved_note": "x"}, "No more places can be set aside"),
        ({"reserved": "1"}, "Say for whom"),
        ({"open_to": "everybody"}, "Select who may have one"),
        ({"name": "x" * 10_000}, "80 characters"),
        ({"name": "standard"}, "a kind of that name already"),
        ({"reserved": "2", "reserved_note": "All", "capacity": ""}, "2 seats are taken already"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    staff: Any,
    typed: dict[str, str],
    said: str,
) -> None:
    event = an_open_event(capacity=1)
    a_kind(event, "Standard")
    answer = send(staff(event), url(event, "tickets/add"), **{**KIND, **typed})
    assert (answer.status_code, said in words(answer)) == (422, True), words(answer)
    assert kinds(event) == ["Standard"]


def test_fewer_places_than_are_taken_need_a_reason_and_more_are_offered(staff: Any) -> None:
    event = an_open_event(capacity=2)
    for name in ("A", "B", "C"):
        a_registration(event, name=name, organisation="ONS")
    client, here = staff(event), url(event, "tickets/limits")
    version = str(again(event).version)
    told = {"version": version, "capacity": "1", "reserved": "", "per_organisation": ""}
    refused = send(client, here, **told)
    assert (refused.status_code, "2 seats are taken already" in words(refused)) == (422, True)
    assert send(client, here, **told, override_reason="A smaller room").status_code == 303
    assert "A smaller room" in words(client.get(f"/manage/events/{event.slug}"))
    send(client, here, **{**told, "version": str(again(event).version), "capacity": "3"})
    assert states(event)["C"] == "offered"


def test_a_kind_of_another_event_is_not_found(staff: Any, event: Event) -> None:
    client, other = staff(event), an_open_event()
    foreign = a_kind(other, "Theirs")
    for page in (f"tickets/{foreign.key}", f"tickets/{foreign.key}/retire", "tickets/nothing"):
        assert client.get(url(event, page)).status_code == 404


def test_an_observer_reads_and_changes_nothing(staff: Any, event: Event) -> None:
    client = staff(event, Role.OBSERVER)
    page = words(client.get(url(event, "tickets")))
    assert ("Press" in page, "Retire" in page) == (True, False)
    assert client.get(url(event, "tickets/add")).status_code == 403


@pytest.mark.parametrize("page", ["tickets", "registrations", "invitations"])
def test_the_same_number_of_questions_whatever_the_kinds(
    staff: Any,
    query_log: list[str],
    page: str,
) -> None:
    event = an_event(capacity=50)
    a_kind(event, "First")
    accepted(event)
    client, asked = staff(event), []
    for name in ("Second", "Third", "Fourth"):
        a_kind(event, name)
        client.get(url(event, page))
        query_log.clear()
        client.get(url(event, page))
        asked.append(len(query_log))
    assert len(set(asked)) == 1, asked


def test_staff_invite_to_a_kind(staff: Any, event: Event) -> None:
    send(staff(event), url(event, "invitations/add"), name="Sue", email="sue@example.org", pool="press")
    db.session.rollback()
    assert queries.board(event).lines[0].invitation.pool == "press"


def test_a_walk_in_has_a_kind_and_beyond_its_places_a_reason(
    staff: Any, event: Event, at: Callable[[datetime], None]
) -> None:
    a_registration(event, name="Pat", pool="press")
    at(datetime(2027, 5, 12, 8, tzinfo=UTC))
    client, here = staff(event), url(event, "check-in/walk-in")
    full = send(client, here, name="Wim", pool="press")
    assert (full.status_code, "Every seat of the kind “Press” is taken" in words(full)) == (422, True)
    send(client, here, name="Wim", pool="press", reason="The keynote’s photographer")
    assert kinds_and_states(event)["Wim"] == ("press", "attended")


# --- for anybody, and by link -------------------------------------------------------------------------------------


def test_the_form_says_what_is_left_of_each_kind_and_asks_which(client: FlaskClient, event: Event) -> None:
    a_registration(event, pool="press")
    a_registration(event, pool="press")
    here = f"/events/{event.slug}/register"
    page = words(client.get(here))
    assert "Standard 4 places left" in page
    assert "Press Waiting list: 1 person waits" in page
    ann = {"name": "Ann", "email": "ann@example.org"}
    for wanted in ({}, {"pool": "vip"}, {"pool": "x" * 10_000}, {"pool": "\0"}):
        refused = client.post(here, data={**ann, **wanted})
        assert (refused.status_code, "Choose a kind of ticket" in words(refused)) == (422, True)
        assert 'value="ann@example.org"' in refused.get_data(as_text=True)
    assert client.post(here, data={**ann, "pool": "standard"}).status_code == 303
    assert kinds_and_states(event)["Ann"] == ("standard", "confirmed")


def test_the_form_asks_nothing_where_there_is_no_choice(client: FlaskClient) -> None:
    event = an_open_event(capacity=5)
    a_kind(event, "Guest")
    a_kind(event, "Speaker", open_to=OpenTo.STAFF)
    here = f"/events/{event.slug}/register"
    assert "Kind of ticket" not in words(client.get(here))
    client.post(here, data={"name": "Ann", "email": "ann@example.org", "pool": "speaker"})
    assert kinds_and_states(event) == {}, "a kind that is not theirs to take is refused"
    client.post(here, data={"name": "Ann", "email": "ann@example.org"})
    assert kinds_and_states(event) == {"Ann": ("standard", "confirmed")}


def test_registering_asks_no_more_of_the_store_for_having_kinds(
    client: FlaskClient, event: Event, query_log: list[str]
) -> None:
    plain = an_open_event(capacity=5)
    asked = []
    for number, (one, pool) in enumerate([(plain, {}), (plain, {}), (event, {"pool": "press"})]):
        query_log.clear()
        client.post(f"/events/{one.slug}/register", data={"name": "A", "email": f"a{number}@example.org", **pool})
        asked.append(len(query_log))
    assert asked[1] == asked[2]


def test_who_waits_reads_the_place_and_the_reason_and_gets_no_confirmation(
    client: FlaskClient, event: Event, post: Post
) -> None:
    """Complaints: the normal confirmation sent to who only waits (contao-event-registration #44); a waiting list
    that nobody is told of (pretix #3628)."""
    a_registration(event, pool="press")
    waits = a_registration(event, name="Wendy", email="wendy@example.org", pool="press")
    page = words(client.get(f"/b/{links.token_of('booking', waits.id)}"))
    assert "You are number 1 on the waiting list" in page
    assert "Every seat of the kind “Press” is taken." in page
    assert "Ticket Press" in page
    (mail,) = [mail for mail in post() if mail["To"] == "wendy@example.org"]
    body = mail.get_body(("plain",))
    assert mail["Subject"] == f"You are on the waiting list: {event.title}"
    assert body is not None
    assert "Every seat of the kind “Press” is taken." in body.get_content()
    assert "You have a place" not in body.get_content()


def test_whose_organisation_has_its_places_is_never_refused_silently(client: FlaskClient, post: Post) -> None:
    event = an_open_event(capacity=5, per_organisation=1)
    a_registration(event, organisation="ONS")
    further = a_registration(event, email="wendy@example.org", organisation="ONS")
    page = words(client.get(f"/b/{links.token_of('booking', further.id)}"))
    assert "Your organisation has its 1 place." in page
    bodies = [mail.get_body(("plain",)) for mail in post() if mail["To"] == "wendy@example.org"]
    assert "Your organisation has its 1 place." in bodies[0].get_content()  # type: ignore[union-attr]


def test_the_public_page_counts_kinds_by_themselves(client: FlaskClient, event: Event) -> None:
    """One kind is full and has a line; the other still has places: the event is not full."""
    a_registration(event, pool="press")
    a_registration(event, pool="press")
    page = words(client.get(f"/events/{event.slug}"))
    assert "There are places of some kinds of tickets" in page
    assert "Every seat is taken" not in page
