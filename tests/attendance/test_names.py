"""Whose name is whose: what strangers type beside an address names nobody (docs/domain.md#people)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from flask import Flask

from engage.attendance import queries, service
from engage.attendance.models import Registration
from engage.attendance.service import telling
from engage.core.access import ANONYMOUS, SYSTEM, act_as_link
from engage.core.db import db, saving
from engage.events.models import Event
from engage.people import queries as people
from engage.people.models import Person
from tests.factories.attendance import a_registration, again, answers, states
from tests.factories.events import an_event, an_open_event

VICTIM = "victim@example.org"
ABUSE = "Abuse of https://evil.example"
Post = Callable[[], list[EmailMessage]]


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> None:
    at(datetime(2027, 3, 1, 9, tzinfo=UTC))


def victim() -> Person:
    db.session.rollback()
    found = people.person_by_email(VICTIM)
    assert found is not None
    return found


def invite(event: Event, name: str = "Vic Tim") -> None:
    with saving():
        invitation = service.invite_typed(event, invitee=service.Invitee(email=VICTIM, name=name), by=SYSTEM)
        service.send(event, invitations=[invitation], by=SYSTEM)


def accept(event: Event) -> Registration:
    invitation = queries.live_invitation(event.id, victim().id)
    assert invitation is not None
    with saving():
        return service.accept(invitation, by=act_as_link(invitation.person_id))


def test_a_stranger_names_nobody_and_the_registration_says_what_was_typed(app: Flask, post: Post) -> None:
    event, another = an_open_event(), an_open_event()
    a_registration(event, name=ABUSE, email=VICTIM)
    a_registration(another, name="Worse", email=VICTIM)
    assert (victim().name, states(event), states(another)) == ("", {ABUSE: "confirmed"}, {"Worse": "confirmed"})
    assert "evil" not in "".join(mail.as_string() for mail in post())


def test_staff_invite_under_the_right_name_whatever_a_stranger_typed_before(app: Flask, post: Post) -> None:
    a_registration(an_open_event(), name=ABUSE, email=VICTIM)
    event = an_event()
    invite(event)
    booking = accept(event)
    mails = [mail for mail in post() if mail["Subject"].endswith(event.title)]
    assert (victim().name, answers(event)) == ("Vic Tim", {"Vic Tim": "accepted"})
    assert states(event) == {"Vic Tim": "confirmed"}
    assert booking.known_as == "Vic Tim"
    assert {mail["To"] for mail in mails} == {f"Vic Tim <{VICTIM}>"}
    assert "evil" not in "".join(mail.as_string() for mail in mails)


def test_a_list_names_whom_only_a_stranger_named_and_nobody_else(app: Flask) -> None:
    a_registration(an_open_event(), name=ABUSE, email=VICTIM)
    for event, name in ((an_event(), "Vic Tim"), (an_event(), "Vicky T.")):
        with saving():
            service.invite_all(event, invitees=[service.Invitee(email=VICTIM, name=name)], by=SYSTEM)
        assert (victim().name, answers(event)) == ("Vic Tim", {name: "draft"})


def test_an_invitees_letters_and_record_hold_their_own_name_after_a_stranger_registered_them(
    app: Flask, post: Post
) -> None:
    event = an_open_event()
    invite(event)
    booking = a_registration(event, name=ABUSE, email=VICTIM)
    accept(event)
    assert (booking.name, again(booking).known_as) == (ABUSE, "Vic Tim")
    assert [(one.name, one.known_name) for one in telling.concerned_by(event.id)] == [("Vic Tim", "Vic Tim")]
    with saving():
        service.cancel_registration(booking, by=SYSTEM)
    mails = post()
    assert {mail["To"] for mail in mails} == {f"Vic Tim <{VICTIM}>"}
    assert "evil" not in "".join(mail.as_string() for mail in mails)


def test_letters_to_all_repeat_no_strangers_word(app: Flask) -> None:
    event = an_open_event()
    a_registration(event, name=ABUSE, email=VICTIM)
    assert [(one.name, one.known_name) for one in telling.concerned_by(event.id)] == [(ABUSE, "")]


def test_the_name_that_they_write_behind_their_own_link_is_theirs(app: Flask) -> None:
    event, another = an_open_event(), an_open_event()
    booking, other = (a_registration(each, name=ABUSE, email=VICTIM) for each in (event, another))
    with saving():
        service.change(booking, name="Vic Tim", by=act_as_link(booking.person_id))
    assert (victim().name, victim().emails[0].verified_at) == ("Vic Tim", datetime(2027, 3, 1, 9, tzinfo=UTC))
    with saving():
        service.change(other, name="Somebody whom it was forwarded to", by=act_as_link(other.person_id))
    assert (victim().name, states(event)) == ("Vic Tim", {"Vic Tim": "confirmed"})


def giving_up(booking: Registration) -> None:
    service.cancel_registration(booking, by=act_as_link(booking.person_id))


def staff_change(booking: Registration) -> None:
    service.change(booking, name="As told by telephone", by=SYSTEM)


def the_form_again(booking: Registration) -> None:
    service.register(booking.event, email=VICTIM, name="Worse", by=ANONYMOUS)


@pytest.mark.parametrize(("act", "verified"), [(giving_up, True), (staff_change, False), (the_form_again, False)])
def test_nothing_else_lets_a_strangers_word_stand(
    app: Flask, act: Callable[[Registration], None], verified: bool
) -> None:
    booking = a_registration(an_open_event(), name=ABUSE, email=VICTIM)
    with saving():
        act(booking)
    found = victim()
    assert (found.name, found.emails[0].verified_at is not None) == ("", verified)


def test_an_answer_by_link_verifies_the_address(app: Flask) -> None:
    for answer in (service.accept, service.decline):
        event = an_event()
        invite(event)
        invitation = queries.live_invitation(event.id, victim().id)
        assert invitation is not None
        with saving():
            answer(invitation, by=act_as_link(invitation.person_id))
        assert victim().emails[0].verified_at is not None
        with saving():
            victim_email = people.person_by_email(VICTIM).emails[0]  # type: ignore[union-attr]
            victim_email.verified_at = None


def test_who_came_is_read_with_their_own_names_in_one_statement(
    app: Flask, at: Callable[[datetime], None], query_log: list[str]
) -> None:
    event = an_open_event()
    bookings = [a_registration(event, name=f"G{n}") for n in range(3)]
    invite(an_event())
    typed = a_registration(event, name=ABUSE, email=VICTIM)
    at(datetime(2027, 5, 12, 8, 30, tzinfo=UTC))
    for booking in (*bookings, typed):
        with saving():
            service.check_in(booking, by=SYSTEM)
    event = again(event)
    query_log.clear()
    assert [one.known_as for one in queries.attended(event)] == ["Vic Tim", "G0", "G1", "G2"]
    assert len(query_log) == 1
