"""The door: ticks, undone ticks, people without a booking (docs/domain.md#registration)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from engage.attendance import queries, service
from engage.attendance.models import Registration
from engage.core.access import SYSTEM, Principal
from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.events import service as events
from engage.events.models import Event
from tests.factories.attendance import a_registration, again, states
from tests.factories.events import an_open_event
from tests.factories.principals import acting

NOW = datetime(2027, 5, 12, 8, 30, tzinfo=UTC)
At = Callable[[datetime], None]


@pytest.fixture
def booking(app: Flask, at: At) -> Registration:
    at(datetime(2027, 3, 1, tzinfo=UTC))
    event = an_open_event(capacity=1)
    made = a_registration(event, name="Ann", email="ann@example.org")
    at(NOW)
    return made


def walk_in(event: Event, by: Principal = SYSTEM, **who: str) -> service.Arrival:
    with saving():
        return service.walk_in(event, **{"name": "Ben", **who}, by=by)


def test_twice_is_harmless_and_says_who_and_when(booking: Registration, at: At) -> None:
    first_door, second_door = acting(1, user_id=4), acting(1, user_id=5)
    with saving():
        first = service.check_in(booking, by=first_door)
    at(datetime(2027, 5, 12, 8, 40, tzinfo=UTC))
    with saving():
        second = service.check_in(booking, by=second_door)
        said = (second.already, second.check_in.id == first.check_in.id, second.check_in.actor, second.check_in.at)
    assert (first.already, said) == (False, (True, True, "user:4", NOW))


def test_a_tick_is_taken_back_and_its_row_stays(booking: Registration) -> None:
    with saving():
        service.check_in(booking, by=SYSTEM)
    for _ in range(2):
        with saving():
            service.undo_check_in(booking, by=SYSTEM)
    assert (states(booking.event), queries.standing_check_in(booking.id)) == ({"Ann": "confirmed"}, None)
    with saving():
        assert not service.check_in(booking, by=SYSTEM).already
    assert [m.state.value for m in queries.moves_of(booking)] == ["confirmed", "attended", "confirmed", "attended"]


def test_the_doors_are_shut_until_twelve_hours_before(booking: Registration, at: At) -> None:
    at(datetime(2027, 5, 11, 20, 59, tzinfo=UTC))
    with pytest.raises(RuleBroken, match="12 hours before"), saving():
        service.check_in(booking, by=SYSTEM)


def test_once_the_record_is_agreed_the_list_is_closed(booking: Registration, at: At) -> None:
    at(datetime(2027, 5, 14, tzinfo=UTC))
    with saving():
        events.no_record_needed(booking.event, reason="A stall", by=SYSTEM)
    with pytest.raises(RuleBroken, match="record"), saving():
        service.check_in(booking, by=SYSTEM)


def test_somebody_without_a_place_is_not_ticked_off(app: Flask, booking: Registration, at: At) -> None:
    at(datetime(2027, 3, 2, tzinfo=UTC))
    waits = a_registration(booking.event, name="Cy")
    at(NOW)
    with pytest.raises(RuleBroken, match="Cy has no place"), saving():
        service.check_in(waits, by=SYSTEM)


def test_a_walk_in_beyond_capacity_needs_a_reason_which_is_kept(booking: Registration) -> None:
    event = booking.event
    with pytest.raises(service.BeyondCapacity):
        walk_in(event)
    arrival = walk_in(event, reason="Stands at the back")
    assert states(event) == {"Ann": "confirmed", "Ben": "attended"}
    assert again(arrival.registration).override_reason == "Stands at the back"
    assert [m.state.value for m in queries.moves_of(arrival.registration)] == ["walk_in", "attended"]


@pytest.fixture
def on_offer(app: Flask, at: At) -> Event:
    """One seat, on offer to Cy since the morning of the event."""
    at(datetime(2027, 3, 1, tzinfo=UTC))
    event = an_open_event(capacity=1)
    ann, _cy = a_registration(event, name="Ann"), a_registration(event, name="Cy", email="cy@example.org")
    at(NOW)
    with saving():
        service.cancel_registration(ann, by=SYSTEM)
    return event


def test_a_walk_in_while_the_seat_is_on_offer_is_told_so_and_needs_a_reason(on_offer: Event) -> None:
    with pytest.raises(service.BeyondCapacity) as refusal:
        walk_in(on_offer)
    assert refusal.value.message == (
        "Every seat is taken. 1 of them is on offer to somebody who waits, until they answer. "
        "Say why this person is let in all the same."
    )
    arrival = walk_in(on_offer, reason="The chair is empty")
    assert again(arrival.registration).override_reason == "The chair is empty"
    assert states(on_offer) == {"Ann": "cancelled", "Cy": "offered", "Ben": "attended"}


def test_who_comes_to_the_door_with_a_seat_on_offer_needs_no_reason(on_offer: Event) -> None:
    arrival = walk_in(on_offer, name="Cy Doe", email="cy@example.org")
    assert (again(arrival.registration).override_reason, queries.seats(on_offer).taken) == ("", 1)
    assert states(on_offer) == {"Ann": "cancelled", "Cy": "cancelled", "Cy Doe": "attended"}


def test_a_walk_in_who_has_a_place_is_ticked_off_on_it(booking: Registration) -> None:
    arrival = walk_in(booking.event, name="Annie", email="Ann@example.org")
    assert (arrival.registration.id, states(booking.event)) == (booking.id, {"Ann": "attended"})


def test_two_without_an_address_are_two_people(booking: Registration) -> None:
    for _ in range(2):
        walk_in(booking.event, name="Ben", reason="Room enough")
    assert len(queries.door_list(booking.event)) == 3


def test_taken_counts_everybody_who_is_in(booking: Registration) -> None:
    walk_in(booking.event, reason="Room enough")
    assert (queries.seats(booking.event).taken, queries.seats(booking.event).free) == (2, 0)
