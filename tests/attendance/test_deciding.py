"""Requests decided several at once, why nobody was offered a seat, the balance of organisations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from engage.attendance import queries, service
from engage.attendance.models import RegistrationState
from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.core.errors import RuleBroken
from engage.events import service as events
from engage.events.models import Admission, Event
from tests.attendance.steps import send, url
from tests.factories.attendance import a_kind, a_registration, accepted, an_invitation, states
from tests.factories.events import an_event, an_open_event
from tests.reader import words

S = RegistrationState
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
Post = Callable[[], list[EmailMessage]]


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> None:
    at(NOW)


@pytest.fixture
def asked(app: Flask) -> Event:
    """Two seats, three requests."""
    event = an_open_event(capacity=2, admission=Admission.BY_APPROVAL)
    for name in ("Ann", "Ben", "Cat"):
        a_registration(event, name=name, email=f"{name.lower()}@example.org", organisation="ONS")
    return event


def keys(event: Event) -> list[str]:
    db.session.rollback()
    return [one.key for one in queries.in_states(event.id, S.REQUESTED)]


def why_no_offer(event: Event) -> str:
    db.session.rollback()
    return service.why_no_offer(event, queries.seats(event))


def cancel(event: Event, name: str) -> None:
    db.session.rollback()
    found = next(line.registration for line in queries.registrations(event) if line.registration.name == name)
    with saving():
        service.cancel_registration(found, by=SYSTEM)


# --- several at once ----------------------------------------------------------------------------------------------


def decide(staff: Any, event: Event, people: list[str], **typed: Any) -> TestResponse:
    return send(staff, url(event, "registrations/requests"), people=people, **typed)


def test_those_who_fit_get_a_place_and_the_rest_wait_in_the_order_of_asking(
    staff: Any, asked: Event, post: Post
) -> None:
    client, everybody = staff(asked), keys(asked)
    preview = words(decide(client, asked, everybody[::-1], decision="approve"))
    assert "Nothing is done yet" in preview
    assert preview.index("Ann") < preview.index("Ben") < preview.index("Cat")
    assert "Every seat is taken." in preview
    assert set(states(asked).values()) == {"requested"}
    done = decide(client, asked, everybody[::-1], decision="approve", sure="yes")
    assert done.status_code == 303
    assert states(asked) == {"Ann": "confirmed", "Ben": "confirmed", "Cat": "waitlisted"}
    told = {mail["To"]: mail["Subject"].partition(":")[0] for mail in post() if "request" not in mail["Subject"]}
    assert told == {
        "ann@example.org": "You have a place",
        "ben@example.org": "You have a place",
        "cat@example.org": "You are on the waiting list",
    }


def test_the_declined_read_the_reason_which_is_offered_again(staff: Any, asked: Event, post: Post) -> None:
    client, (first, *others) = staff(asked), keys(asked)
    why = "We look at tables of your own only."
    preview = words(decide(client, asked, [first], decision="refuse", reason=why))
    assert ("They read" in preview, why in preview) == (True, True)
    decide(client, asked, [first], decision="refuse", reason=why, sure="yes")
    assert why in words(client.get(url(asked, "registrations/requests")))
    decide(client, asked, others, decision="refuse", kept=why, sure="yes")
    assert set(states(asked).values()) == {"refused"}
    bodies = [mail.get_body(("plain",)) for mail in post() if mail["Subject"].startswith("Your request was declined")]
    assert [why in body.get_content() for body in bodies if body] == [True] * 3


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"decision": "approve"}, "Choose at least one person"),
        ({"people": ["all"]}, "Select what is decided"),
        ({"people": ["all"], "decision": "perhaps"}, "Select what is decided"),
        ({"people": ["all"], "decision": "refuse"}, "Say why: the person reads it."),
        ({"people": ["all"], "decision": "refuse", "reason": "x" * 10_000}, "600 characters"),
        ({"people": ["all"], "decision": "refuse", "kept": "never said"}, "a reason given before"),
    ],
)
def test_what_is_missing_is_said(staff: Any, asked: Event, typed: dict[str, Any], said: str) -> None:
    people = keys(asked) if "people" in typed else []
    answer = decide(staff(asked), asked, **{**typed, "people": people})
    assert (answer.status_code, said.lower() in words(answer).lower()) == (422, True), words(answer)
    assert set(states(asked).values()) == {"requested"}


def test_requests_of_another_event_and_decided_ones_are_left_alone(staff: Any, asked: Event) -> None:
    other = an_open_event(admission=Admission.BY_APPROVAL)
    theirs = a_registration(other, name="Theirs")
    decide(staff(asked), asked, [theirs.key, "nothing"], decision="approve", sure="yes")
    assert states(other) == {"Theirs": "requested"}
    with saving():
        assert service.approve_all(asked, requests=[theirs], by=SYSTEM) == []


def test_declining_several_needs_a_reason(asked: Event) -> None:
    with pytest.raises(RuleBroken), saving():
        service.refuse_all(asked, requests=queries.in_states(asked.id, S.REQUESTED), reason=" ", by=SYSTEM)


# --- why nobody was offered a seat --------------------------------------------------------------------------------


def test_why_no_offer_is_said_in_words(app: Flask, staff: Any) -> None:
    event = an_open_event(capacity=2, per_organisation=1)
    for name, organisation in (("O1", "ONS"), ("O2", "ONS")):
        a_registration(event, name=name, organisation=organisation)
    said = "1 seat is free, but 1 person waits because their organisations have their places."
    assert why_no_offer(event) == said
    assert said in words(staff(event).get(url(event, "registrations")))
    a_registration(event, name="N1", organisation="NHS")
    assert (
        why_no_offer(event) == "Every seat is taken: the next that is given back is offered to whoever waits longest."
    )
    cancel(event, "O1")
    assert why_no_offer(event) == "", "O2 has the offer, and nobody waits"
    a_registration(event, name="N2", organisation="HSCIC")
    assert why_no_offer(event).startswith("Every seat is taken or on offer: the last offer is open until")
    with saving():
        events.postpone(event, reason="Flood", by=SYSTEM)
    assert why_no_offer(event) == "Offers stop while the event is postponed."


def test_seats_of_other_kinds_do_not_help_who_waits(app: Flask) -> None:
    event = an_open_event(capacity=5)
    a_kind(event, "Standard")
    a_kind(event, "Press", 1)
    a_registration(event, pool="press")
    a_registration(event, pool="press")
    assert why_no_offer(event) == (
        "4 seats are free, but 1 person waits for kinds of tickets whose places are all taken."
    )


def test_nobody_waits_and_nothing_is_said(app: Flask) -> None:
    assert why_no_offer(an_open_event(capacity=1)) == ""


# --- balance ------------------------------------------------------------------------------------------------------


def test_the_balance_of_organisations_stands_on_the_board(staff: Any) -> None:
    event = an_event(capacity=20)
    accepted(event, organisation="ONS")
    an_invitation(event, organisation="ons")
    an_invitation(event, organisation="NHS Digital")
    an_invitation(event)
    shares = queries.balance(event)
    assert [(share.name, share.invited, share.accepted, share.silent, share.seats) for share in shares] == [
        ("ONS", 2, 1, 1, 1),
        ("", 1, 0, 1, 0),
        ("NHS Digital", 1, 0, 1, 0),
    ]
    page = words(staff(event).get(url(event, "invitations")))
    assert "Balance of organisations (3)" in page
    assert "No organisation named" in page
