"""Writing to many: chosen groups only, one letter each, looked at before it goes (docs/domain.md#message)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from engage.attendance import jobs, queries, service
from engage.attendance.models import Circular
from engage.core.access import SYSTEM, Role
from engage.core.db import db, new_key, saving
from engage.core.errors import RuleBroken
from engage.core.outbox import OutboxMail
from engage.events.models import Event
from tests.factories.accounts import a_user
from tests.factories.attendance import a_registration, a_substitute, accepted, again, an_invitation
from tests.factories.events import an_event, an_open_event
from tests.reader import words

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
At = Callable[[datetime], None]
Post = Callable[[], list[EmailMessage]]
SignIn = Callable[[FlaskClient, str], FlaskClient]
LETTER = {"subject": "Where to park", "body": "Behind the *library*."}


@pytest.fixture(autouse=True)
def now(at: At) -> None:
    at(NOW)


@pytest.fixture
def staff(app: Flask, client: FlaskClient, sign_in: SignIn) -> Callable[[Event], FlaskClient]:
    def with_role(event: Event) -> FlaskClient:
        a_user("sam@engage.example", name="Sam Secretary", roles={event.programme_id: Role.SECRETARY})
        return sign_in(client, "sam@engage.example")

    return with_role


def a_summit() -> Event:
    """Ann has a place by invitation, Wim waits, Sid is silent, Dee declined."""
    event = an_open_event(capacity=1)
    accepted(event, name="Ann", email="ann@example.org")
    a_registration(event, name="Wim", email="wim@example.org")
    an_invitation(event, name="Sid", email="sid@example.org")
    dee = an_invitation(event, name="Dee", email="dee@example.org")
    with saving():
        service.decline(dee, by=SYSTEM)
    return event


def write(event: Event, *groups: str, once: str = "") -> Circular:
    with saving():
        circular = service.write(event, **LETTER, groups=groups, once=once or new_key(), by=SYSTEM)
    return again(circular)


def to(mails: list[EmailMessage]) -> list[str]:
    return sorted(mail["To"].addresses[0].addr_spec for mail in mails)


def test_no_group_means_nobody(app: Flask, post: Post) -> None:
    """pretalx #1178: a filter left empty meant everybody, and everybody was written to."""
    event = a_summit()
    before = len(post())
    for chosen in ((), ("attended",), ("nonsense",)):
        with pytest.raises(RuleBroken, match="no group means nobody") as no:
            write(event, *chosen)
        assert no.value.field == "groups"
    assert (post()[before:], queries.circulars(event.id)) == ([], [])


def test_each_group_is_written_to_and_no_other(app: Flask, post: Post) -> None:
    event = a_summit()
    for group, expected in (
        ("confirmed", ["ann@example.org"]),
        ("waitlisted", ["wim@example.org"]),
        ("silent", ["sid@example.org"]),
        ("declined", ["dee@example.org"]),
    ):
        before = len(post())
        write(event, group)
        assert (group, to(post()[before:])) == (group, expected)


def test_one_letter_each_where_two_groups_overlap(app: Flask, post: Post) -> None:
    event = an_open_event()
    an_invitation(event, name="Ann", email="ann@example.org")
    with saving():
        service.decline(queries.board(event).lines[0].invitation, by=SYSTEM)
    before = len(post())
    found = {"declined": queries.groups(event.id)["declined"], "again": queries.groups(event.id)["declined"]}
    assert len(queries.addressees(found, ["declined", "again"])) == 1
    write(event, "declined", "silent", "declined")
    assert to(post()[before:]) == ["ann@example.org"]


def test_the_same_page_sent_twice_writes_once(app: Flask, post: Post) -> None:
    event = a_summit()
    before, once = len(post()), new_key()
    assert write(event, "confirmed", once=once).id == write(event, "confirmed", once=once).id
    for _ in range(2):
        circular = queries.circulars(event.id)[0].id
        jobs.circular(circular)
    assert to(post()[before:]) == ["ann@example.org"]


def test_five_hundred_are_queued_in_batches_by_one_job(app: Flask) -> None:
    event = an_event()
    people = [service.Invitee(email=f"p{n:03}@example.org", name=f"Person {n:03}") for n in range(500)]
    with saving():
        service.send(event, invitations=service.invite_all(event, invitees=people, by=SYSTEM), by=SYSTEM)
    circular = write(event, "silent")
    assert queued(circular) == 0
    jobs.circular(circular.id)
    assert (len(circular.people), queued(circular)) == (500, 500)


def queued(circular: Circular) -> int:
    db.session.rollback()
    like = OutboxMail.once.like(f"circular:{circular.id}:%")
    return db.session.scalar(sa.select(sa.func.count()).select_from(OutboxMail).where(like)) or 0


def test_whoever_was_replaced_is_in_no_group(app: Flask) -> None:
    event = an_event()
    proposed = a_substitute(an_invitation(event, name="Ann"), name="Ben")
    assert [one.name for one in queries.addressees(queries.groups(event.id), ["declined"])] == ["Ann"]
    with saving():
        service.approve_substitute(proposed, by=SYSTEM)
    db.session.rollback()
    everybody = queries.addressees(queries.groups(event.id), [*queries.INVITED, *queries.BOOKED])
    assert [one.name for one in everybody] == ["Ben"]


def test_a_letter_repeats_no_name_that_a_stranger_typed(app: Flask, post: Post) -> None:
    event = an_open_event()
    a_registration(event, name="Buy at https://evil.example", email="v@example.org")
    write(event, "confirmed")
    letter = post()[-1]
    assert letter["Subject"] == "Where to park"
    body = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "evil" not in body
    assert "Behind the *library*." in body
    assert "/b/" in body


# --- the page ---------------------------------------------------------------------------------------------------


def fields(html: str) -> dict[str, str]:
    found = re.findall(r'<input[^>]*type="hidden"[^>]*>', html)
    pairs = [(re.search(r'name="(\w+)"', one), re.search(r'value="([^"]*)"', one)) for one in found]
    return {name[1]: value[1] if value else "" for name, value in pairs if name}


def sent(client: FlaskClient, event: Event, page: str = "", **data: Any) -> Any:
    url = f"/manage/events/{event.slug}/write"
    hidden = fields(page or client.get(url).get_data(as_text=True))
    return client.post(url, data={**hidden, **LETTER, **data})


def test_the_page_refuses_a_letter_to_nobody_beside_its_field(staff: Any, post: Post) -> None:
    """pretalx #1178, as people meet it."""
    event = a_summit()
    client = staff(event)
    before = len(post())
    for act in ("look", "send", "test"):
        answer = sent(client, event, act=act)
        assert (answer.status_code, "no group means nobody" in words(answer)) == (422, True)
        assert "Where to park" in answer.get_data(as_text=True), "nothing typed is lost"
    assert to(post()[before:]) == []


def test_it_is_looked_at_tested_and_sent(staff: Any, post: Post) -> None:
    event = a_summit()
    client = staff(event)
    before = len(post())
    look = sent(client, event, groups=["confirmed", "waitlisted"], act="look")
    page = words(look)
    for said in ("2 people get this letter, one each", "Ann", "Wim", "Behind the library.", event.when):
        assert said in page
    assert post()[before:] == []
    html = look.get_data(as_text=True)
    test = sent(client, event, html, groups=["confirmed", "waitlisted"], act="test")
    assert "A test is on its way to you, at sam@engage.example." in words(test)
    letters = post()[before:]
    assert [(m["To"].addresses[0].addr_spec, m["Subject"]) for m in letters] == [
        ("sam@engage.example", "Test: Where to park")
    ]
    for _ in range(2):
        done = sent(client, event, html, groups=["confirmed", "waitlisted"], act="send")
        assert done.status_code == 303
    assert to(post()[before + 1 :]) == ["ann@example.org", "wim@example.org"]
    assert "Where to park" in words(client.get(f"/manage/events/{event.slug}/write"))


def test_a_letter_that_was_changed_is_shown_again_before_it_goes(staff: Any, post: Post) -> None:
    event = a_summit()
    client = staff(event)
    before = len(post())
    html = sent(client, event, groups=["confirmed"], act="look").get_data(as_text=True)
    for changed in ({"body": "Other words"}, {"groups": ["confirmed", "silent"]}):
        answer = sent(client, event, html, **{"groups": ["confirmed"], **changed}, act="send")
        assert (answer.status_code, "look at it once more" in words(answer)) == (200, True)
    assert post()[before:] == []


@pytest.mark.parametrize(
    "odd",
    [
        {"groups": ["pool:x' OR 1=1"]},
        {"subject": ""},
        {"subject": "x" * 201},
        {"subject": "a\r\nBcc: x@example.org"},
        {"body": "x" * 20_001},
        {"body": "a\x00b"},
        {"once": "x"},
        {"once": "²" * 22},
    ],
)
def test_odd_input_is_answered_beside_its_field(staff: Any, odd: dict[str, Any]) -> None:
    event = a_summit()
    assert sent(staff(event), event, **{"groups": ["confirmed"], **odd}, act="send").status_code == 422
    assert queries.circulars(event.id) == []


def test_the_page_asks_as_often_for_three_as_for_one(staff: Any, query_log: list[str]) -> None:
    event = an_event()
    client, counted = staff(event), []
    for _ in range(3):
        accepted(event)
        an_invitation(event)
        write(event, "silent")
        client.get(f"/manage/events/{event.slug}/write")
        query_log.clear()
        assert client.get(f"/manage/events/{event.slug}/write").status_code == 200
        counted.append(len(query_log))
    assert len(set(counted)) == 1, counted


def test_each_ticket_kind_is_a_group_by_its_name(staff: Any, post: Post) -> None:
    event = an_open_event()
    for name in ("Standard", "Press"):
        with saving():
            service.add_kind(event, told=service.KindTold(name=name), by=SYSTEM)
    kinds = {name: pool for pool, name in queries.names_of_kinds(event.id).items()}
    for name, pool in kinds.items():
        a_registration(event, email=f"{name.lower()}@example.org", pool=pool)
    page = words(staff(event).get(f"/manage/events/{event.slug}/write"))
    assert "Ticket: Standard 1 person" in page
    before = len(post())
    write(event, f"{queries.POOL}{kinds['Press']}")
    assert to(post()[before:]) == ["press@example.org"]
