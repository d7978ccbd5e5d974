"""Registering: places, the line, offers, requests (docs/domain.md#registration)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from flask import Flask

from engage.attendance import queries, service
from engage.attendance.jobs import apply_due
from engage.attendance.models import InvitationState, RegistrationState
from engage.core.access import ANONYMOUS, SYSTEM, act_as_link
from engage.core.db import db, saving
from engage.core.errors import RuleBroken
from engage.core.outbox import OutboxMail
from engage.events import service as events
from engage.events.models import Admission, Event
from tests.factories.attendance import a_registration, accepted, again, an_invitation, states
from tests.factories.events import an_open_event

S = RegistrationState
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
At = Callable[[datetime], None]
Post = Callable[[], list[EmailMessage]]


@pytest.fixture(autouse=True)
def now(at: At) -> None:
    at(NOW)


def full(seats: int = 1, waiting: int = 0) -> Event:
    """An open event that is full, with some who wait."""
    event = an_open_event(capacity=seats)
    for n in range(seats):
        a_registration(event, name=f"Seated {n + 1}")
    for n in range(waiting):
        a_registration(event, name=f"Waits {n + 1}")
    return event


def cancel(event: Event, name: str) -> None:
    with saving():
        service.cancel_registration(named(event, name), by=SYSTEM)


def named(event: Event, name: str) -> queries.Booking:
    db.session.rollback()
    return next(line.registration for line in queries.registrations(event) if line.registration.name == name)


def test_places_go_in_the_order_of_asking_and_then_the_line_begins(app: Flask) -> None:
    event = full(2, waiting=2)
    assert states(event) == {
        "Seated 1": "confirmed",
        "Seated 2": "confirmed",
        "Waits 1": "waitlisted",
        "Waits 2": "waitlisted",
    }
    assert [queries.place_of(named(event, f"Waits {n}")) for n in (1, 2)] == [1, 2]


def test_without_a_capacity_everybody_has_a_place(app: Flask) -> None:
    event = an_open_event(capacity=None)
    for n in range(3):
        a_registration(event, name=f"G{n}")
    assert set(states(event).values()) == {"confirmed"}


def test_reserved_seats_are_taken(app: Flask) -> None:
    event = an_open_event(capacity=2, reserved=1)
    a_registration(event, name="A")
    a_registration(event, name="B")
    assert states(event) == {"A": "confirmed", "B": "waitlisted"}


def test_registering_twice_makes_one_booking_and_changes_nothing_of_it(app: Flask, post: Post) -> None:
    event = an_open_event(capacity=5)
    first = a_registration(event, name="Ann", email="ann@example.org", role="Analyst")
    second = a_registration(event, name="Somebody else", email=" ANN@Example.org ", role="Nobody")
    assert (second.id, second.name, second.role) == (first.id, "Ann", "Analyst")
    a_registration(event, name="Ann", email="ann@example.org")
    subjects = [mail["Subject"] for mail in post()]
    assert subjects == [f"You have a place: {event.title}", f"You are registered already: {event.title}"]


def test_the_form_writes_to_one_address_six_times_an_hour_at_the_most(app: Flask, at: At, post: Post) -> None:
    many = [an_open_event() for _ in range(7)]
    for event in many[:5]:
        a_registration(event, email="victim@example.org")
    a_registration(many[0], email="victim@example.org")  # the link again is a letter too
    for event in (many[0], many[6]):
        with pytest.raises(service.TooManyLetters):
            a_registration(event, email=" Victim@example.org ")
    a_registration(many[6], email="somebody.else@example.org")
    assert sum(mail["To"] == "victim@example.org" for mail in post()) == 6
    at(NOW + timedelta(minutes=61))
    assert a_registration(many[6], email="victim@example.org").state is S.CONFIRMED


def test_registration_is_refused_unless_it_is_open(app: Flask, at: At) -> None:
    event = an_open_event()
    with saving():
        events.close_registration(event, by=SYSTEM)
    with pytest.raises(service.RegistrationClosed):
        a_registration(event)


def test_registration_closes_at_its_instant_whether_or_not_the_job_has_run(app: Flask, at: At) -> None:
    event = an_open_event(registration_closes=datetime(2027, 4, 1, 12))  # noqa: DTZ001 -- wall time
    at(datetime(2027, 4, 1, 11, tzinfo=UTC))  # noon in London
    with pytest.raises(service.RegistrationClosed):
        a_registration(event)


def test_nobody_registers_once_it_has_begun(app: Flask, at: At) -> None:
    event = an_open_event()
    at(datetime(2027, 5, 12, 9, 1, tzinfo=UTC))
    with pytest.raises(service.RegistrationClosed):
        a_registration(event)


def test_a_freed_seat_is_offered_to_the_first_in_line_only(app: Flask) -> None:
    event = full(1, waiting=2)
    cancel(event, "Seated 1")
    assert states(event) == {"Seated 1": "cancelled", "Waits 1": "offered", "Waits 2": "waitlisted"}
    assert named(event, "Waits 1").offer_expires_at == NOW + timedelta(hours=48)
    assert queries.place_of(named(event, "Waits 2")) == 1


def test_an_offer_ends_when_the_event_begins_if_that_is_sooner(app: Flask, at: At) -> None:
    event = full(1, waiting=1)
    at(datetime(2027, 5, 11, 12, tzinfo=UTC))
    cancel(event, "Seated 1")
    assert named(event, "Waits 1").offer_expires_at == event.starts_at


def test_a_newcomer_waits_while_anybody_waits_or_holds_an_offer(app: Flask) -> None:
    event = full(1, waiting=1)
    cancel(event, "Seated 1")
    a_registration(event, name="Late")
    assert states(event)["Late"] == "waitlisted"


def test_a_lapsed_offer_passes_on_by_itself_at_its_instant(app: Flask, at: At) -> None:
    event = full(1, waiting=2)
    cancel(event, "Seated 1")
    late = NOW + timedelta(hours=50)
    at(late)
    apply_due()
    assert states(event) == {"Seated 1": "cancelled", "Waits 1": "lapsed", "Waits 2": "offered"}
    lapsed = queries.moves_of(named(event, "Waits 1"))[-1]
    assert (lapsed.effective_at, lapsed.recorded_at) == (NOW + timedelta(hours=48), late)
    assert named(event, "Waits 2").offer_expires_at == late + timedelta(hours=48)


def test_every_verb_first_applies_what_is_due(app: Flask, at: At) -> None:
    event = full(1, waiting=1)
    cancel(event, "Seated 1")
    at(NOW + timedelta(hours=49))
    a_registration(event, name="New")
    assert states(event) == {"Seated 1": "cancelled", "Waits 1": "lapsed", "New": "confirmed"}


def test_taking_an_offer_confirms_and_twice_is_harmless(app: Flask) -> None:
    event = full(1, waiting=1)
    cancel(event, "Seated 1")
    for _ in range(2):
        with saving():
            service.take_offer(named(event, "Waits 1"), by=SYSTEM)
    assert states(event) == {"Seated 1": "cancelled", "Waits 1": "confirmed"}


def test_an_offer_taken_too_late_is_refused(app: Flask, at: At) -> None:
    event = full(1, waiting=2)
    cancel(event, "Seated 1")
    at(NOW + timedelta(hours=48))
    with pytest.raises(RuleBroken), saving():
        service.take_offer(named(event, "Waits 1"), by=SYSTEM)


def test_declining_an_offer_passes_it_on_at_once(app: Flask) -> None:
    event = full(1, waiting=2)
    cancel(event, "Seated 1")
    with saving():
        service.decline_offer(named(event, "Waits 1"), by=SYSTEM)
    assert states(event) == {"Seated 1": "cancelled", "Waits 1": "cancelled", "Waits 2": "offered"}


def test_leaving_the_line_moves_those_behind_up(app: Flask) -> None:
    event = full(1, waiting=3)
    cancel(event, "Waits 1")
    assert [queries.place_of(named(event, f"Waits {n}")) for n in (2, 3)] == [1, 2]


def test_more_seats_are_offered_to_those_who_wait(app: Flask) -> None:
    event = full(1, waiting=3)
    with saving():
        events.edit(event, version=event.version, capacity=3, by=SYSTEM)
    assert list(states(event).values()) == ["confirmed", "offered", "offered", "waitlisted"]


def test_no_edit_takes_seats_away_that_somebody_has(app: Flask) -> None:
    event = full(2)
    with pytest.raises(RuleBroken, match="2 seats are taken already"), saving():
        events.edit(event, version=event.version, capacity=1, by=SYSTEM)


def test_going_live_ends_offers_and_waiting(app: Flask, at: At, post: Post) -> None:
    event = full(1, waiting=2)
    at(datetime(2027, 5, 11, 12, tzinfo=UTC))
    cancel(event, "Seated 1")
    at(datetime(2027, 5, 12, 9, tzinfo=UTC))
    with saving():
        events.apply_due(event)
    assert states(event) == {"Seated 1": "cancelled", "Waits 1": "lapsed", "Waits 2": "lapsed"}
    assert {m.effective_at for n in (1, 2) for m in queries.moves_of(named(event, f"Waits {n}"))[-1:]} == {
        event.starts_at
    }
    assert sum(mail["Subject"].startswith("No place") for mail in post()) == 2


def test_a_booking_cancelled_and_made_again_goes_to_the_end_of_the_line(app: Flask) -> None:
    event = full(1, waiting=1)
    first = named(event, "Seated 1")
    address = queries.address_of(first.person_id)
    cancel(event, "Seated 1")
    a_registration(event, name="Back", email=address)
    assert states(event) == {"Seated 1": "cancelled", "Waits 1": "offered", "Back": "waitlisted"}


# --- by approval ------------------------------------------------------------------------------------------------


def asked(**given: object) -> Event:
    return an_open_event(admission=Admission.BY_APPROVAL, **given)


def test_a_request_takes_no_seat_until_it_is_approved(app: Flask, post: Post) -> None:
    event = asked(capacity=1)
    request = a_registration(event, name="Ann", email="ann@example.org")
    assert (request.state, queries.seats(event).taken) == (S.REQUESTED, 0)
    with saving():
        service.approve(request, by=SYSTEM)
    assert states(event) == {"Ann": "confirmed"}
    assert [mail["Subject"] for mail in post()] == [f"You have a place: {event.title}"], (
        "the first mail's reason has gone"
    )


def test_approval_when_full_is_a_place_at_the_end_of_the_line(app: Flask) -> None:
    event = asked(capacity=1)
    early, middle, late = (a_registration(event, name=n) for n in ("Early", "Middle", "Late"))
    for request in (late, middle, early):
        with saving():
            service.approve(request, by=SYSTEM)
    assert states(event) == {"Late": "confirmed", "Middle": "waitlisted", "Early": "waitlisted"}


def test_a_request_is_refused_with_a_reason_that_the_person_reads(app: Flask, post: Post) -> None:
    event = asked()
    request = a_registration(event)
    with pytest.raises(RuleBroken, match="Say why"), saving():
        service.refuse(request, reason=" ", by=SYSTEM)
    with saving():
        service.refuse(request, reason="The room is for producers.", by=SYSTEM)
    assert "The room is for producers." in post()[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]


# --- what is kept -----------------------------------------------------------------------------------------------


def test_the_moves_replay_to_the_present_state(app: Flask, at: At) -> None:
    event = full(1, waiting=1)
    cancel(event, "Seated 1")
    with saving():
        service.take_offer(named(event, "Waits 1"), by=SYSTEM)
    for line in queries.registrations(event):
        moves = queries.moves_of(line.registration)
        assert moves[-1].state == line.registration.state
    assert [m.state.value for m in queries.moves_of(named(event, "Waits 1"))] == [
        "waitlisted",
        "offered",
        "confirmed",
    ]


def test_access_needs_are_kept_apart_and_a_change_does_not_lose_them(app: Flask) -> None:
    event = an_open_event()
    booking = a_registration(event, name="Ann", access="Ramp", dietary="No nuts")
    by = act_as_link(booking.person_id)
    with saving():
        service.change(booking, name="Ann Lee", by=by)
    assert again(booking).name == "Ann Lee"
    assert [(n.registration.name, n.access, n.dietary) for n in queries.needs(event)] == [
        ("Ann Lee", "Ramp", "No nuts")
    ]
    with saving():
        service.change(booking, name="Ann Lee", forget_needs=True, by=by)
    assert queries.needs(event) == []


def test_needs_are_purged_thirty_days_after_the_event(app: Flask, at: At) -> None:
    from engage.attendance.jobs import purge_needs

    event = an_open_event()
    a_registration(event, access="Ramp")
    at(datetime(2027, 6, 10, tzinfo=UTC))
    purge_needs()
    assert len(queries.needs(event)) == 1
    at(datetime(2027, 6, 12, tzinfo=UTC))
    purge_needs()
    assert list(queries.needs(event)) == []


def test_what_a_stranger_types_reaches_no_mail(app: Flask, post: Post) -> None:
    event = an_open_event()
    a_registration(event, name="Win at https://evil.example", email="victim@example.org", role="evil")
    mail = post()[0]
    assert "evil" not in mail.as_string()


def test_a_bad_address_is_refused(app: Flask) -> None:
    event = an_open_event()
    with pytest.raises(RuleBroken), saving():
        service.register(event, email="nobody", name="X", by=ANONYMOUS)


def test_an_invitee_who_gives_the_offer_back_has_declined(app: Flask) -> None:
    event = full(1)
    invitation = accepted(event, name="Ivy")
    cancel(event, "Seated 1")
    with saving():
        service.decline_offer(named(event, "Ivy"), by=act_as_link(invitation.person_id))
    assert (states(event)["Ivy"], again(invitation).state) == ("cancelled", InvitationState.DECLINED)


def test_an_invitee_whose_offer_lapsed_may_accept_again(app: Flask, at: At) -> None:
    event = full(1)
    invitation = accepted(event, name="Ivy")
    cancel(event, "Seated 1")
    at(NOW + timedelta(hours=48))
    apply_due()
    with saving():
        standing = service.accept(again(invitation), by=act_as_link(invitation.person_id))
    assert (standing.state, again(invitation).state) == (RegistrationState.CONFIRMED, InvitationState.ACCEPTED)


def test_an_event_whose_moves_fail_keeps_no_other_waiting(app: Flask, at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, well = full(1, waiting=1), full(1, waiting=1)
    for event in (broken, well):
        cancel(event, "Seated 1")
    at(NOW + timedelta(hours=48))
    apply = service.apply_due

    def fails_once(event: Event) -> None:
        if event.id == broken.id:
            raise ValueError("broken")
        apply(event)

    monkeypatch.setattr(service, "apply_due", fails_once)
    apply_due()
    assert states(broken)["Waits 1"] == "offered"
    assert states(well)["Waits 1"] == "lapsed"


def test_what_calendars_are_told_never_goes_back_when_one_comes_again_after_an_invitation_was_withdrawn(
    app: Flask,
) -> None:
    event = an_open_event()
    invitation = an_invitation(event, email="ann@example.org")
    a_registration(event, email="ann@example.org")
    with saving():
        service.withdraw(again(invitation), by=SYSTEM)
    a_registration(event, email="ann@example.org")
    told = db.session.scalars(sa.select(OutboxMail.sequence).order_by(OutboxMail.id)).all()
    assert list(told) == sorted(told)
