"""Staff pages of attendance: the board, lists from elsewhere, sending, registrations, the door; who may open them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engage.attendance import queries, service
from engage.attendance.views import door
from engage.core.access import SYSTEM, Role
from engage.core.db import db, saving
from engage.events.models import Admission
from tests.attendance.steps import send, url
from tests.factories.attendance import (
    a_draft_invitation,
    a_person,
    a_registration,
    accepted,
    an_invitation,
    answers,
    states,
)
from tests.factories.events import an_event, an_open_event
from tests.reader import words

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
At = Callable[[datetime], None]
SignIn = Callable[[FlaskClient, str], FlaskClient]


@pytest.fixture(autouse=True)
def now(at: At) -> None:
    at(NOW)


# --- the board --------------------------------------------------------------------------------------------------


def test_the_board_counts_and_narrows(staff: Any) -> None:
    event = an_event(capacity=10)
    accepted(event, name="Ann Accepts", organisation="ONS")
    an_invitation(event, name="Sid Silent", organisation="HSCIC")
    client = staff(event)
    page = words(client.get(url(event, "invitations")))
    assert "asked 2" in page
    assert "accepted 1" in page
    assert "2 of 10 seats taken" in page
    narrowed = words(client.get(url(event, "invitations?state=sent")))
    assert ("Sid Silent" in narrowed, "Ann Accepts" in narrowed) == (True, False)
    found = words(client.get(url(event, "invitations?q=ons")))
    assert ("Sid Silent" in found, "Ann Accepts" in found) == (False, True)


@pytest.mark.parametrize(
    ("page", "tab"),
    [("write", "Registrations"), ("badges", "Registrations"), ("import", "Invitations")],
)
def test_a_page_without_a_tab_of_its_own_marks_the_one_that_it_belongs_to(staff: Any, page: str, tab: str) -> None:
    event = an_event()
    html = staff(event).get(url(event, page)).get_data(as_text=True)
    marked = re.findall(r'engage-subnav__link"[^>]*aria-current="page">([^<]+)', html)
    assert marked == [tab]


def test_an_empty_board_says_what_to_do(staff: Any) -> None:
    event = an_event()
    page = words(staff(event).get(url(event, "invitations")))
    assert "Nobody is on the list yet" in page
    assert "Add a person" in page


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("page", ["invitations", "registrations", "check-in", "invitations/send", "registrations.csv"])
def test_pages_ask_the_same_number_of_questions_whatever_the_rows(
    staff: Any, query_log: list[str], page: str, rows: int
) -> None:
    event = an_event(capacity=50)
    for _ in range(rows):
        accepted(event)
        a_draft_invitation(event)
    client = staff(event)
    client.get(url(event, page))
    query_log.clear()
    assert client.get(url(event, page)).status_code == 200
    assert len(query_log) <= 14, "\n".join(query_log)
    COUNTS.setdefault((page, str(db.engine.dialect.name)), len(query_log))
    assert COUNTS[page, str(db.engine.dialect.name)] == len(query_log)


COUNTS: dict[tuple[str, str], int] = {}


def test_inviting_by_hand(staff: Any) -> None:
    event = an_event()
    client = staff(event)
    assert send(client, url(event, "invitations/add"), name="Ann", email="nobody").status_code == 422
    answer = send(client, url(event, "invitations/add"), name="Ann", email="ann@example.org")
    assert (answer.status_code, answers(event)) == (303, {"Ann": "draft"})
    again = send(client, url(event, "invitations/add"), name="Ann", email="ann@example.org")
    assert "on the list already" in words(again)


def test_sending_shows_whom_first_and_sends_to_those_ticked(staff: Any) -> None:
    event = an_event(capacity=1)
    ann, ben = a_draft_invitation(event, name="Ann"), a_draft_invitation(event, name="Ben")
    client = staff(event)
    page = words(client.get(url(event, "invitations/send")))
    assert "2 people get one mail each" in page
    assert "1 seat beyond capacity" in page
    refused = send(client, url(event, "invitations/send"), people=[ann.key, ben.key])
    assert (refused.status_code, answers(event)) == (422, {"Ann": "draft", "Ben": "draft"})
    nobody = send(client, url(event, "invitations/send"))
    assert "Choose at least one person" in words(nobody)
    assert send(client, url(event, "invitations/send"), people=[ben.key]).status_code == 303
    assert answers(event) == {"Ann": "draft", "Ben": "sent"}


def test_reminding_shows_only_the_silent(staff: Any) -> None:
    event = an_event()
    silent = an_invitation(event, name="Sid Silent")
    done = accepted(event, name="Ann Accepts")
    client = staff(event)
    page = words(client.get(url(event, "invitations/remind")))
    assert ("Sid Silent" in page, "Ann Accepts" in page) == (True, False)
    answer = send(client, url(event, "invitations/remind"), people=[silent.key, done.key])
    assert answer.status_code == 303
    assert "1 person is reminded. 1 answered meanwhile and was left out." in re.sub(
        r"\s+", " ", words(client.get(url(event, "invitations")))
    )


def test_withdrawing_says_what_it_does(staff: Any) -> None:
    event = an_event()
    ann = an_invitation(event, name="Ann")
    client = staff(event)
    page = url(event, f"invitations/{ann.key}/withdraw")
    assert "1 person gets a mail" in words(client.get(page))
    assert (send(client, page).status_code, answers(event)) == (303, {"Ann": "withdrawn"})


# --- registrations ----------------------------------------------------------------------------------------------


def test_the_list_shows_the_line_in_order(staff: Any) -> None:
    event = an_open_event(capacity=1)
    for name in ("Zoe", "Yan", "Xia"):
        a_registration(event, name=name)
    page = words(staff(event).get(url(event, "registrations?state=waitlisted")))
    assert re.search(r"Yan.*number 1.*Xia.*number 2", page)


def test_a_request_is_approved_or_declined_on_its_page(staff: Any) -> None:
    event = an_open_event(admission=Admission.BY_APPROVAL)
    ann, ben = a_registration(event, name="Ann"), a_registration(event, name="Ben")
    client = staff(event)
    page = url(event, f"registrations/{ann.key}")
    assert send(client, f"{page}/approve", page).status_code == 303
    other = url(event, f"registrations/{ben.key}/refuse")
    assert send(client, other, reason="").status_code == 422
    assert send(client, other, reason="Full").status_code == 303
    assert states(event) == {"Ann": "confirmed", "Ben": "refused"}


def test_a_booking_says_whether_its_name_is_known_to_be_theirs(staff: Any) -> None:
    event = an_open_event()
    typed = a_registration(event, name="Typed", email="ann@example.org")
    client = staff(event)
    page = url(event, f"registrations/{typed.key}")
    assert "As typed on a form; not confirmed" in words(client.get(page))
    a_person("Ann Lee", "ann@example.org")
    said = words(client.get(page))
    assert ("Known as Ann Lee" in said, "not confirmed" in said) == (True, False)


def test_staff_cancel_a_booking(staff: Any) -> None:
    event = an_open_event()
    ann = a_registration(event, name="Ann")
    client = staff(event)
    page = url(event, f"registrations/{ann.key}/cancel")
    assert (send(client, page, reason="Asked by telephone").status_code, states(event)) == (303, {"Ann": "cancelled"})


def test_the_file_defuses_formulas_and_holds_needs_only_when_asked_by_name(staff: Any) -> None:
    event = an_open_event()
    a_registration(event, name="=HYPERLINK(1)", email="ann@example.org", access="A ramp", organisation="ONS")
    client = staff(event)
    plain = client.get(url(event, "registrations.csv")).get_data(as_text=True)
    assert "'=HYPERLINK(1),ann@example.org,,ONS,confirmed" in plain
    assert "ramp" not in plain
    asked = client.get(url(event, "registrations.csv?include=needs"))
    assert "A ramp" in asked.get_data(as_text=True)
    assert asked.headers["Content-Disposition"] == f"attachment; filename={event.slug}-registrations.csv"


def test_needs_have_a_page_of_their_own(staff: Any) -> None:
    event = an_open_event()
    a_registration(event, name="Ann", access="A ramp", dietary="No nuts")
    client = staff(event)
    assert "Ann A ramp No nuts" in words(client.get(url(event, "registrations/needs")))
    assert "ramp" not in words(client.get(url(event, "registrations")))


# --- the door ---------------------------------------------------------------------------------------------------


def test_ticking_off_at_the_door(staff: Any, at: At) -> None:
    event = an_open_event(capacity=1)
    ann = a_registration(event, name="Ann", organisation="ONS")
    client = staff(event)
    at_door = url(event, "check-in")
    assert "The doors are shut" in words(client.get(at_door))
    at(datetime(2027, 5, 12, 8, 30, tzinfo=UTC))
    client = staff(event, Role.CONVENOR)
    for said in ("Ann is in.", "Ann was checked in already: at 9:30am by"):
        assert send(client, at_door, tick=ann.key).status_code == 303
        assert said in words(client.get(at_door))
    assert "1 of 1 are in" in words(client.get(at_door))
    assert "Nobody of that name" in words(client.get(f"{at_door}?q=zzz"))
    send(client, at_door, undo=ann.key)
    assert states(event) == {"Ann": "confirmed"}


def test_a_long_door_list_comes_in_pages_and_a_tick_stays_on_its_page(
    staff: Any, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "SIZE", 2)
    event = an_open_event()
    bookings = {name: a_registration(event, name=name) for name in ("Ann", "Ben", "Cy", "Dee", "Eve Ann")}
    at(datetime(2027, 5, 12, 8, 30, tzinfo=UTC))
    client = staff(event)
    page = url(event, "check-in")

    def shown(query: str) -> list[str]:
        return re.findall(r'engage-ticks__name">([^<]+)<', client.get(page + query).get_data(as_text=True))

    assert [shown(query) for query in ("", "?page=2", "?page=3", "?page=4", "?q=ann")] == [
        ["Ann", "Ben"],
        ["Cy", "Dee"],
        ["Eve Ann"],
        [],
        ["Ann", "Eve Ann"],
    ]
    html = client.get(f"{page}?page=2").get_data(as_text=True)
    assert f'action="{page}?page=2"' in html
    answer = send(client, f"{page}?page=2", tick=bookings["Dee"].key)
    assert answer.headers["Location"] == f"{page}?page=2#p-{bookings['Dee'].key}"
    found = client.get(f"{page}?q=ann").get_data(as_text=True)
    assert (f'action="{page}"' in found, "1 of 5 are in" in words(client.get(f"{page}?q=ann"))) == (True, True)


def test_a_tick_takes_few_statements_however_many_are_on_the_list(staff: Any, at: At, query_log: list[str]) -> None:
    event = an_open_event()
    bookings = [a_registration(event) for _ in range(4)]
    at(datetime(2027, 5, 12, 8, 30, tzinfo=UTC))
    client = staff(event)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(url(event, "check-in")).get_data(as_text=True))
    assert token
    taken = []
    address = url(event, "check-in")
    for booking in bookings:
        data = {"csrf_token": token[1], "tick": booking.key}
        query_log.clear()
        assert client.post(address, data=data).status_code == 303
        taken.append(len(query_log))
    assert max(taken[1:]) <= 12, "\n".join(query_log)


def test_a_walk_in_at_a_full_event_gives_a_reason(staff: Any, at: At) -> None:
    event = an_open_event(capacity=1)
    a_registration(event, name="Ann")
    at(datetime(2027, 5, 12, 8, 30, tzinfo=UTC))
    client = staff(event)
    page = url(event, "check-in/walk-in")
    assert "Every seat is taken" in words(client.get(page))
    assert send(client, page, name="Ben").status_code == 422
    assert send(client, page, name="Ben", reason="Stands").status_code == 303
    assert states(event) == {"Ann": "confirmed", "Ben": "attended"}


def test_a_walk_in_is_told_that_a_seat_is_on_offer(staff: Any, at: At) -> None:
    event = an_open_event(capacity=1)
    ann, _ben = a_registration(event, name="Ann"), a_registration(event, name="Ben")
    at(datetime(2027, 5, 12, 8, 30, tzinfo=UTC))
    with saving():
        service.cancel_registration(ann, by=SYSTEM)
    said = words(staff(event).get(url(event, "check-in/walk-in")))
    assert "Every seat is taken. 1 of them is on offer to somebody who waits, until they answer. Letting" in said


# --- who may ----------------------------------------------------------------------------------------------------

PAGES = ["invitations", "registrations", "invitations/add", "invitations/send", "registrations/needs", "check-in"]
READS = {"invitations", "registrations"}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", list(Role))
def test_pages_by_role(staff: Any, role: Role, page: str) -> None:
    event = an_event()
    allowed = role in (Role.CONVENOR, Role.SECRETARY) or (role is Role.OBSERVER and page in READS)
    assert staff(event, role).get(url(event, page)).status_code == (200 if allowed else 403)


def test_another_programme_does_not_exist(staff: Any) -> None:
    event, other = an_event(), an_event()
    client = staff(event)
    assert [client.get(url(other, page)).status_code for page in PAGES] == [404] * len(PAGES)


def test_strangers_are_sent_to_sign_in(app: Flask, client: FlaskClient) -> None:
    event = an_event()
    assert client.get(url(event, "invitations")).headers["Location"].startswith("/sign-in")


def test_a_post_without_its_token_changes_nothing(staff: Any) -> None:
    event = an_event()
    ann = a_draft_invitation(event, name="Ann")
    client = staff(event)
    assert client.post(url(event, "invitations/send"), data={"people": ann.key}).status_code == 422
    assert answers(event) == {"Ann": "draft"}


# --- what other pages show ----------------------------------------------------------------------------------------


def test_the_desk_says_what_waits(app: Flask) -> None:
    from engage.attendance import parts
    from tests.factories.principals import convenor

    day = datetime(2027, 3, 10, 10)  # noqa: DTZ001 -- wall time
    event = an_open_event(admission=Admission.BY_APPROVAL, starts=day, ends=day.replace(hour=12))
    a_registration(event)
    an_invitation(event)
    a_draft_invitation(event)
    assert [item.text for item in parts.desk_items(convenor(event.programme_id))] == [
        "Decide 1 request for a place",
        "Remind 1 invitee who is silent",
        "Send 1 invitation",
    ]
    assert list(parts.desk_items(convenor(event.programme_id + 1))) == []


def test_readiness_says_what_is_open(app: Flask) -> None:
    from engage.attendance import parts

    event = an_event()
    assert [(item.text, item.ready) for item in parts.readiness(event)] == [("Nobody is invited", False)]
    invitation = an_invitation(event)
    assert [(item.text, item.ready) for item in parts.readiness(event)] == [("1 invitation is not answered", False)]
    with saving():
        service.decline(invitation, by=SYSTEM)
    assert [(item.text, item.ready) for item in parts.readiness(event)] == [("1 invitation, answered", True)]
    assert queries.board(event).silent == 0
