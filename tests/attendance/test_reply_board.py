"""The reply board: what needs attention first, up to date by itself; chasing the silent; deciding on substitutes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engage.attendance import queries, service
from engage.core import links
from engage.core.access import SYSTEM, Role, act_as_link
from engage.core.db import saving
from engage.events.models import Event
from tests.factories.accounts import a_user
from tests.factories.attendance import (
    a_draft_invitation,
    a_registration,
    a_substitute,
    accepted,
    again,
    an_invitation,
    answers,
)
from tests.factories.events import an_event, an_open_event
from tests.reader import words

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
At = Callable[[datetime], None]
Post = Callable[[], list[EmailMessage]]
SignIn = Callable[[FlaskClient, str], FlaskClient]


@pytest.fixture(autouse=True)
def now(at: At) -> None:
    at(NOW)


@pytest.fixture
def staff(app: Flask, client: FlaskClient, sign_in: SignIn) -> Callable[..., FlaskClient]:
    def with_role(event: Event, role: Role = Role.SECRETARY) -> FlaskClient:
        a_user("staff@engage.example", name="Sam Secretary", roles={event.programme_id: role})
        return sign_in(client, "staff@engage.example")

    return with_role


def url(event: Event, page: str = "") -> str:
    return f"/manage/events/{event.slug}/invitations{page}"


def send(client: FlaskClient, address: str, **data: Any) -> Any:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(address).get_data(as_text=True))
    assert token, "no form on the page"
    return client.post(address, data={"csrf_token": token[1], **data})


# --- what it shows ----------------------------------------------------------------------------------------------


def test_what_needs_attention_comes_first(app: Flask) -> None:
    event = an_event()
    accepted(event, name="Ann")
    a_draft_invitation(event, name="Bea")
    an_invitation(event, name="Cy")
    a_substitute(an_invitation(event, name="Dee"))
    assert [line.invitation.name for line in queries.board(event).lines] == ["Dee", "Cy", "Bea", "Ann"]


def test_an_invitation_has_a_page_with_its_history_and_lineage(staff: Any) -> None:
    event = an_event()
    ann = an_invitation(event, name="Ann Lee")
    proposed = a_substitute(ann, name="Ben Ox")
    client = staff(event)
    page = words(client.get(url(event, f"/{ann.key}")))
    assert "Would send Ben Ox" in page
    assert "Declined, and named somebody to come instead" in page
    with saving():
        ben = service.approve_substitute(proposed, by=SYSTEM)
        key = ben.key
    assert "Invited in place of Ann Lee" in words(client.get(url(event, f"/{key}")))
    assert "Comes instead: Ben Ox" in words(client.get(url(event, f"/{ann.key}")))
    board = words(client.get(url(event)))
    assert "in place of Ann Lee" in board
    assert "Ben Ox comes instead" in board


def test_deciding_is_asked_first(staff: Any, post: Post) -> None:
    event = an_event()
    proposed = a_substitute(an_invitation(event, name="Ann"), name="Ben", email="ben@example.org")
    client = staff(event)
    page = f"/manage/events/{event.slug}/substitutes/{proposed.key}/"
    before = len(post())
    assert "Invite Ben in place of Ann?" in words(client.get(page + "approve"))
    assert len(post()) == before
    assert send(client, page + "refuse", reason="").status_code == 422
    assert send(client, page + "approve").status_code == 302
    assert answers(event) == {"Ann": "declined", "Ben": "sent"}
    assert [mail["To"].addresses[0].addr_spec for mail in post()[before:]] == ["ben@example.org"]


def test_staff_are_told_that_a_substitute_is_invited_already(staff: Any) -> None:
    event = an_event()
    an_invitation(event, name="Ben Ox", email="ben@example.org")
    proposed = a_substitute(an_invitation(event, name="Ann"), name="Ben", email="ben@example.org")
    client = staff(event)
    page = f"/manage/events/{event.slug}/substitutes/{proposed.key}/approve"
    assert "This address is on the list already: Ben Ox (No answer yet)." in words(client.get(page))
    assert send(client, page).status_code == 422


# --- up to date by itself ---------------------------------------------------------------------------------------


def test_the_part_that_changes_is_sent_only_when_something_happened(staff: Any) -> None:
    event = an_event()
    ann = an_invitation(event, name="Ann")
    client = staff(event)
    part = url(event, f"/part?since={quote(NOW.isoformat())}")
    first = client.get(part)
    assert (first.status_code, first.json["said"], "Ann" in first.json["html"]) == (200, "", True)
    known = {"If-None-Match": first.headers["ETag"]}
    unchanged = client.get(part, headers=known)
    assert (unchanged.status_code, unchanged.get_data()) == (304, b"")
    with saving():
        service.accept(ann, by=act_as_link(ann.person_id))
    assert client.get(part, headers=known).status_code == 200


def test_the_part_says_how_many_answered_since(staff: Any, at: At) -> None:
    event = an_event()
    people = [an_invitation(event) for _ in range(3)]
    at(NOW + timedelta(minutes=1))
    for one in people[:2]:
        with saving():
            service.accept(one, by=act_as_link(one.person_id))
    client = staff(event)
    assert client.get(url(event, f"/part?since={quote(NOW.isoformat())}")).json["said"] == "2 new answers"
    for odd in ("", "yesterday", "2027-03-01T09:00:00", "9" * 400, "%00"):
        assert client.get(url(event, f"/part?since={odd}")).json["said"] == ""


def test_the_part_is_narrowed_as_the_board_is(staff: Any) -> None:
    event = an_event()
    accepted(event, name="Ann Accepts")
    an_invitation(event, name="Sid Silent")
    html = staff(event).get(url(event, "/part?state=sent&q=")).json["html"]
    assert ("Sid Silent" in html, "Ann Accepts" in html) == (True, False)


def test_an_observer_is_offered_nothing_to_press(staff: Any) -> None:
    event = an_event()
    a_substitute(an_invitation(event, name="Ann"))
    client = staff(event, Role.OBSERVER)
    for html in (client.get(url(event, "/part")).json["html"], client.get(url(event)).get_data(as_text=True)):
        assert ("/approve" in html, "/withdraw" in html, "/remind" in html) == (False, False, False)


def test_the_board_asks_as_often_for_three_as_for_one(staff: Any, query_log: list[str]) -> None:
    event = an_event()
    client, counted = staff(event), []
    for _ in range(3):
        proposed = a_substitute(accepted(event))
        with saving():
            service.approve_substitute(proposed, by=SYSTEM)
        a_substitute(an_invitation(event))
        client.get(url(event))
        query_log.clear()
        client.get(url(event))
        client.get(url(event, "/part"))
        counted.append(len(query_log))
    assert len(set(counted)) == 1, counted


# --- chasing ----------------------------------------------------------------------------------------------------


def test_nobody_is_chased_who_has_answered(staff: Any, post: Post) -> None:
    """Indico #6804: the reminder went to everybody who was invited, those who had answered among them."""
    event = an_event()
    cat, dan = (an_invitation(event, name=n, email=f"{n.lower()}@example.org") for n in ("Cat", "Dan"))
    accepted(event, name="Ann")
    client = staff(event)
    page = words(client.get(url(event, "/remind")))
    assert ("Cat" in page, "Dan" in page, "Ann" in page, "2 people get one mail each" in page) == (
        True,
        True,
        False,
        True,
    )
    before = len(post())
    shown = client.get(url(event, "/remind")).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown)
    assert token
    with saving():
        service.accept(dan, by=act_as_link(dan.person_id))
    data = {"csrf_token": token[1], "people": [cat.key, dan.key]}
    done = words(client.post(url(event, "/remind"), data=data, follow_redirects=True))
    assert "1 person is reminded." in done
    assert "1 answered meanwhile and was left out." in done
    reminders = [m for m in post()[before:] if str(m["Subject"]).startswith("Can you come?")]
    assert [m["To"].addresses[0].addr_spec for m in reminders] == ["cat@example.org"]


def test_nobody_is_chased_twice_in_three_days_unless_said_so(app: Flask, at: At) -> None:
    event = an_event()
    silent = an_invitation(event)

    def chase(**given: bool) -> tuple[int, int]:
        with saving():
            done = service.remind(event, invitations=[silent], by=SYSTEM, **given)
            return len(done.reminded), done.rested

    assert chase() == (1, 0)
    assert chase(again=True) == (0, 1), "never twice on one day"
    at(NOW + timedelta(days=2))
    assert chase() == (0, 1)
    assert chase(again=True) == (1, 0)
    at(NOW + timedelta(days=5))
    assert chase() == (1, 0)


def test_whoever_was_reminded_lately_is_not_ticked(staff: Any, at: At) -> None:
    event = an_event()
    lately, never = an_invitation(event, name="Lately"), an_invitation(event, name="Never")
    with saving():
        service.remind(event, invitations=[lately], by=SYSTEM)
    at(NOW + timedelta(days=1))
    client = staff(event)
    html = client.get(url(event, "/remind")).get_data(as_text=True)
    assert re.findall(r'value="([\w-]{22})"( checked)?', html) == [(lately.key, ""), (never.key, " checked")]
    assert "1 person gets a mail" in words(client.get(url(event, "/remind")))
    done = send(client, url(event, "/remind"), people=[lately.key], again="yes")
    assert (done.status_code, again(lately).reminded_at) == (303, NOW + timedelta(days=1))


# --- behind one's own link --------------------------------------------------------------------------------------


def path(purpose: str, ident: int) -> str:
    return links.url(purpose, ident).removeprefix("http://localhost")


@pytest.mark.parametrize("purpose", ["invitation", "booking"])
def test_somebody_else_is_named_behind_the_link(app: Flask, client: FlaskClient, purpose: str) -> None:
    event = an_event()
    ann = accepted(event, name="Ann")
    booking = queries.of_invitation(ann.id)
    assert booking is not None
    home = path(purpose, ann.id if purpose == "invitation" else booking.id)
    assert "end somebody in my place" in words(client.get(home))
    page = f"{home}/substitute"
    wrong = client.post(page, data={"name": "", "email": "nobody"})
    assert (wrong.status_code, "Enter the name of that person" in words(wrong)) == (422, True)
    done = client.post(page, data={"name": "Ben Ox", "email": "ben@example.org", "apology": "I am away."})
    assert (done.status_code, done.headers["Location"], "Set-Cookie" in done.headers) == (303, home, False)
    assert answers(event) == {"Ann": "declined"}
    proposed = queries.proposed_substitute(again(ann))
    assert proposed is not None
    assert (proposed.name, again(ann).apology) == ("Ben Ox", "I am away.")


def test_whether_the_address_is_known_is_said_to_nobody_by_link(app: Flask, client: FlaskClient) -> None:
    event = an_event()
    an_invitation(event, email="known@example.org")
    pages = []
    for address in ("known@example.org", "unknown@example.org"):
        home = path("invitation", an_invitation(event, name="Ann").id)
        done = client.post(f"{home}/substitute", data={"name": "Ben", "email": address}, follow_redirects=True)
        pages.append(words(done))
    assert pages[0] == pages[1]


def test_both_invitations_show_the_lineage(app: Flask, client: FlaskClient) -> None:
    event = an_event()
    ann = an_invitation(event, name="Ann Lee")
    proposed = a_substitute(ann, name="Ben Ox", email="ben@example.org")
    assert "You proposed that Ben Ox comes in your place." in words(client.get(path("invitation", ann.id)))
    with saving():
        ben = service.approve_substitute(proposed, by=SYSTEM).id
    mine, theirs = (client.get(path("invitation", ident)) for ident in (ann.id, ben))
    assert "Ben Ox is invited in your place." in words(mine)
    assert "ben@example.org" not in mine.get_data(as_text=True)
    assert "Accept" not in words(mine)
    assert "You are invited in place of Ann Lee." in words(theirs)


def test_whoever_was_not_invited_has_no_place_to_pass_on(app: Flask, client: FlaskClient) -> None:
    home = path("booking", a_registration(an_open_event()).id)
    assert client.get(f"{home}/substitute").status_code == 404
    assert "in my place" not in words(client.get(home))
