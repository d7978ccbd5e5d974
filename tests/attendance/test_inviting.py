"""Inviting and answering: seats held, one answer each, a change of mind (docs/domain.md#invitation)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import icalendar
import pytest
from flask import Flask

from engage.attendance import queries, service
from engage.attendance.models import InvitationState
from engage.core import links
from engage.core.access import SYSTEM, act_as_link
from engage.core.db import db, saving
from engage.core.errors import Gone, RuleBroken
from engage.core.facts import history_of
from tests.factories.attendance import (
    a_draft_invitation,
    a_person,
    a_registration,
    accepted,
    again,
    an_invitation,
    answers,
    states,
)
from tests.factories.events import a_draft, an_event, an_open_event

I = InvitationState  # noqa: E741 -- reads as in the models
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
Post = Callable[[], list[EmailMessage]]
At = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def now(at: At) -> None:
    at(NOW)


def test_somebody_is_on_the_list_once(app: Flask) -> None:
    event = an_event()
    invitation = a_draft_invitation(event, name="Ann")
    with pytest.raises(service.AlreadyInvited), saving():
        service.invite(event, person=invitation.person, by=SYSTEM)
    with saving():
        service.withdraw(invitation, by=SYSTEM)
    with saving():
        service.invite(event, person=invitation.person, by=SYSTEM)
    assert sorted(line.invitation.state for line in queries.board(event).lines) == ["draft", "withdrawn"]


def test_whoever_has_a_booking_needs_no_invitation(app: Flask) -> None:
    event = an_open_event()
    booking = a_registration(event)
    with pytest.raises(service.AlreadyInvited, match="booking"), saving():
        service.invite(event, person=booking.person, by=SYSTEM)


def test_a_draft_event_sends_nothing(app: Flask) -> None:
    event = a_draft()
    invitation = a_draft_invitation(event)
    with pytest.raises(RuleBroken, match="Schedule the event first"), saving():
        service.send(event, invitations=[invitation], by=SYSTEM)


def test_sent_invitations_hold_seats_where_the_event_says_so(app: Flask) -> None:
    event = an_event(capacity=3)
    assert event.holds_seats
    an_invitation(event)
    a_draft_invitation(event)
    assert (queries.seats(event).taken, queries.seats(event).free) == (1, 2)
    summit = an_open_event(capacity=3)
    an_invitation(summit)
    assert queries.seats(summit).taken == 0


def test_sending_beyond_capacity_needs_a_reason_which_stands_in_the_history(app: Flask) -> None:
    event = an_event(capacity=1)
    drafts = [a_draft_invitation(event, name=n) for n in ("Ann", "Ben", "Cy")]
    with pytest.raises(service.BeyondCapacity, match="2 seats more"), saving():
        service.send(event, invitations=drafts, by=SYSTEM)
    assert set(answers(event).values()) == {"draft"}
    with saving():
        service.send(event, invitations=drafts, override_reason="The table seats three", by=SYSTEM)
    assert set(answers(event).values()) == {"sent"}
    row = next(row for row in history_of("event", event.id) if row.fact == "InvitationsSent")
    assert (row.reason, row.data) == ("The table seats three", {"count": 3, "beyond": 2})


def test_sending_twice_writes_one_mail_each(app: Flask, post: Post) -> None:
    event = an_event()
    drafts = [a_draft_invitation(event) for _ in range(2)]
    for _ in range(2):
        with saving():
            service.send(event, invitations=drafts, by=SYSTEM)
    assert [mail["Subject"] for mail in post()] == [f"Invitation: {event.title}"] * 2


def test_the_invitation_carries_a_calendar_entry_without_the_private_place(app: Flask, post: Post) -> None:
    event = an_event()
    invitation = an_invitation(event, name="Ann Lee", email="ann@example.org")
    mail = post()[0]
    part = next(p for p in mail.walk() if p.get_content_type() == "text/calendar")
    entry = icalendar.Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0]
    assert part.get_param("method") == "REQUEST"
    assert entry["UID"] == f"event-{event.key}"
    assert entry["SEQUENCE"] == event.sequence
    assert entry["LOCATION"] == "London"
    assert entry["ATTENDEE"] == "mailto:ann@example.org"
    assert entry["ATTENDEE"].params["RSVP"] == "FALSE"
    assert entry["ORGANIZER"] == "mailto:desk@engage.example"
    assert "Drummond" not in mail.as_string()
    assert links.url("invitation", invitation.id) in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_accepting_makes_exactly_one_registration_however_often(app: Flask, post: Post) -> None:
    event = an_event(capacity=1)
    invitation = an_invitation(event, name="Ann")
    ids = set()
    for _ in range(3):
        with saving():
            ids.add(service.accept(invitation, by=act_as_link(invitation.person_id)).id)
    assert (len(ids), states(event), answers(event)) == (1, {"Ann": "confirmed"}, {"Ann": "accepted"})
    assert [mail["Subject"].split(":")[0] for mail in post()] == ["Invitation", "You have a place"]


def test_the_place_is_told_with_the_place(app: Flask, post: Post) -> None:
    event = an_event()
    accepted(event)
    assert "1 Drummond Gate, London" in post()[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_an_invitee_without_a_held_seat_waits_when_it_is_full(app: Flask) -> None:
    event = an_open_event(capacity=1)
    invitation = an_invitation(event, name="Ann")
    a_registration(event, name="Ben")
    with saving():
        service.accept(invitation, by=SYSTEM)
    assert states(event) == {"Ben": "confirmed", "Ann": "waitlisted"}


def test_declining_frees_the_held_seat_for_whoever_waits(app: Flask) -> None:
    event = an_open_event(capacity=1, holds_seats=True)
    invitation = an_invitation(event, name="Ann")
    a_registration(event, name="Ben")
    assert states(event) == {"Ben": "waitlisted"}
    with saving():
        service.decline(invitation, apology="I am away.", by=SYSTEM)
    assert (states(event), again(invitation).apology) == ({"Ben": "offered"}, "I am away.")


def test_a_mind_can_be_changed_until_it_begins(app: Flask, at: At) -> None:
    event = an_event(capacity=2)
    invitation = accepted(event, name="Ann")
    with saving():
        service.decline(invitation, by=SYSTEM)
    assert (answers(event), queries.seats(event).taken) == ({"Ann": "declined"}, 0)
    with saving():
        service.accept(invitation, by=SYSTEM)
    assert (answers(event), queries.seats(event).taken) == ({"Ann": "accepted"}, 1)
    at(datetime(2027, 5, 12, 9, tzinfo=UTC))
    with pytest.raises(RuleBroken), saving():
        service.decline(invitation, by=SYSTEM)


def test_the_calendar_never_goes_back(app: Flask, post: Post) -> None:
    event = an_event()
    invitation = accepted(event)
    with saving():
        service.decline(invitation, by=SYSTEM)
    with saving():
        service.accept(invitation, by=SYSTEM)
    written = [
        (part.get_param("method"), icalendar.Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0])
        for mail in post()
        for part in mail.walk()
        if part.get_content_type() == "text/calendar"
    ]
    assert [(method, int(entry["SEQUENCE"]), str(entry.get("STATUS"))) for method, entry in written] == [
        ("REQUEST", 0, "CONFIRMED"),
        ("CANCEL", 1, "None"),
        ("REQUEST", 2, "CONFIRMED"),
    ], "the first “you have a place” had lost its reason by the time of sending"


def test_an_uninvited_guest_is_told_and_the_link_is_void(app: Flask, post: Post) -> None:
    event = an_event()
    invitation = accepted(event, name="Ann")
    post()
    with saving():
        service.withdraw(invitation, reason="Other body comes", by=SYSTEM)
    mail = post()[-1]
    part = next(p for p in mail.walk() if p.get_content_type() == "text/calendar")
    entry = icalendar.Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0]
    assert (part.get_param("method"), entry.get("STATUS"), int(entry["SEQUENCE"])) == ("CANCEL", None, 4)
    assert (states(event), answers(event)) == ({"Ann": "cancelled"}, {"Ann": "withdrawn"})
    with pytest.raises(Gone):
        links.url("invitation", invitation.id)


def test_only_the_silent_are_reminded_and_once_a_day(app: Flask, at: At) -> None:
    event = an_event()
    silent, answered = an_invitation(event, name="Silent"), accepted(event, name="Answered")
    for _ in range(2):
        with saving():
            service.remind(event, invitations=[silent, answered], by=SYSTEM)
    reminded = [row for row in history_of("invitation", silent.id) if row.fact == "InvitationReminded"]
    assert (len(reminded), again(silent).reminded_at, again(answered).reminded_at) == (1, NOW, None)
    at(NOW + timedelta(days=1))
    with saving():
        assert service.remind(event, invitations=[silent], again=True, by=SYSTEM).reminded == [silent]


def test_registering_by_oneself_answers_the_invitation(app: Flask) -> None:
    event = an_open_event(capacity=1, holds_seats=True)
    an_invitation(event, name="Ann", email="ann@example.org")
    a_registration(event, name="Ben")
    a_registration(event, name="Ann", email="ann@example.org")
    assert (answers(event), states(event)) == ({"Ann": "accepted"}, {"Ben": "waitlisted", "Ann": "confirmed"})


def test_cancelling_the_booking_declines_the_invitation(app: Flask) -> None:
    event = an_event()
    invitation = accepted(event, name="Ann")
    booking = queries.of_invitation(invitation.id)
    assert booking is not None
    with saving():
        service.cancel_registration(booking, by=SYSTEM)
    assert (answers(event), states(event)) == ({"Ann": "declined"}, {"Ann": "cancelled"})


def test_many_at_once_leave_those_alone_who_are_there(app: Flask) -> None:
    event = an_event()
    a_draft_invitation(event, name="Ann", email="ann@example.org")
    a_person("Known elsewhere", "ben@example.org")
    new = [
        service.Invitee(email="ann@example.org", name="Ann again"),
        service.Invitee(email="ben@example.org", name="Ben"),
        service.Invitee(email="cy@example.org", name="Cy"),
        service.Invitee(email="cy@example.org", name="Cy twice"),
    ]
    with saving():
        made = [one.name for one in service.invite_all(event, invitees=new, by=SYSTEM)]
    assert (made, sorted(answers(event))) == (["Ben", "Cy"], ["Ann", "Ben", "Cy"])
    db.session.rollback()
    ben = next(line.invitation for line in queries.board(event).lines if line.invitation.name == "Ben")
    assert ben.person.name == "Known elsewhere", "no form changes a person"
