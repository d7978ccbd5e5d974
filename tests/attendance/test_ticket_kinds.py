"""Ticket kinds: seats, lines and offers of each, and of the event as a whole (docs/domain.md#ticket-kind)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from engage.attendance import queries, service
from engage.attendance.models import OpenTo, RegistrationState, TicketKind
from engage.core import clock
from engage.core.access import ANONYMOUS, SYSTEM, Kind, Principal, act_as_link
from engage.core.db import db, saving
from engage.core.errors import RuleBroken, StaleVersion
from engage.events import service as events
from engage.events.models import Event
from tests.attendance.test_at_once import at_once
from tests.factories.attendance import a_kind, a_registration, accepted, again, an_invitation, kinds_and_states, states
from tests.factories.events import an_event, an_open_event

S = RegistrationState
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
At = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def now(at: At) -> None:
    at(NOW)


@pytest.fixture
def event(app: Flask) -> Event:
    """Three seats in all: two of them for the press at most."""
    event = an_open_event(capacity=3)
    a_kind(event, "Standard")
    a_kind(event, "Press", 2)
    return event


def cancel(event: Event, name: str) -> None:
    db.session.rollback()
    found = next(line.registration for line in queries.registrations(event) if line.registration.name == name)
    with saving():
        service.cancel_registration(found, by=SYSTEM)


def test_each_kind_has_its_seats_and_its_own_line(event: Event) -> None:
    for name in ("P1", "P2", "P3"):
        a_registration(event, name=name, pool="press")
    a_registration(event, name="S1", pool="standard")
    assert kinds_and_states(event) == {
        "P1": ("press", "confirmed"),
        "P2": ("press", "confirmed"),
        "P3": ("press", "waitlisted"),
        "S1": ("standard", "confirmed"),
    }
    a_registration(event, name="S2", pool="standard")
    a_registration(event, name="P4", pool="press")
    places = {line.registration.name: line.place for line in queries.registrations(event, states=[S.WAITLISTED])}
    assert places == {"P3": 1, "P4": 2, "S2": 1}, "each line counts from one"


def test_neither_the_kind_nor_the_event_is_ever_oversold(event: Event) -> None:
    """Complaint: a limit that could be oversold (Rock #2510, Indico)."""
    for n in range(6):
        a_registration(event, name=f"{n}", pool="press" if n % 2 else "standard")
    seats = queries.seats(event)
    assert (seats.taken, seats.pool("press").taken, seats.free) == (3, 1, 0)
    assert [pool.waiting for pool in seats.pools] == [1, 2]


def test_a_freed_seat_goes_to_the_longest_waiting_whose_kind_has_room(event: Event) -> None:
    for name, pool in (("S1", "standard"), ("P1", "press"), ("P2", "press"), ("P3", "press"), ("S2", "standard")):
        a_registration(event, name=name, pool=pool)
    cancel(event, "S1")
    assert states(event) == {
        "S1": "cancelled",
        "P1": "confirmed",
        "P2": "confirmed",
        "P3": "waitlisted",  # waits longer, but the press has its seats
        "S2": "offered",
    }


def test_a_freed_seat_of_a_full_event_goes_to_the_longest_waiting_over_all_kinds(event: Event) -> None:
    for name, pool in (("S1", "standard"), ("P1", "press"), ("S2", "standard"), ("P2", "press"), ("S3", "standard")):
        a_registration(event, name=name, pool=pool)
    cancel(event, "S2")
    assert (states(event)["P2"], states(event)["S3"]) == ("offered", "waitlisted")


def test_while_anybody_waits_for_a_kind_a_newcomer_of_that_kind_waits_too(app: Flask, at: At) -> None:
    event = an_open_event(capacity=5)
    a_kind(event, "Standard")
    a_kind(event, "Press", 1)
    a_registration(event, name="P1", pool="press")
    a_registration(event, name="P2", pool="press")
    invited = an_invitation(event, pool="press")
    with saving():
        events.postpone(event, reason="Flood", by=SYSTEM)  # no offers go out now
    cancel(event, "P1")
    with saving():
        newcomer = service.accept(invited, by=act_as_link(invited.person_id))
        assert newcomer.state is S.WAITLISTED
    assert states(event)["P2"] == "waitlisted"


def test_an_event_without_kinds_has_one_pool(app: Flask) -> None:
    event = an_open_event(capacity=1)
    first = a_registration(event)
    seats = queries.seats(event)
    assert (first.pool, seats.kinds, seats.pools[0].taken, seats.room) == ("standard", [], 1, False)


def test_the_first_kind_is_that_of_all_who_are_there_already(app: Flask) -> None:
    event = an_open_event(capacity=9)
    a_registration(event)
    kind = a_kind(event, "Delegate", 4)
    assert (kind.pool, queries.seats(event).pool("standard").taken) == ("standard", 1)


# --- who may have which -------------------------------------------------------------------------------------------


def test_a_visitor_takes_what_is_open_to_anybody_and_must_choose(app: Flask) -> None:
    event = an_open_event(capacity=9)
    a_kind(event, "Speaker", open_to=OpenTo.STAFF)
    only = a_kind(event, "Guest")
    assert a_registration(event).pool == only.pool, "nothing to choose"
    a_kind(event, "Press")
    for wanted in ("", "standard", "no-such-kind"):
        with pytest.raises(RuleBroken) as refusal:
            a_registration(event, pool=wanted)
        assert refusal.value.field == "pool"
    assert a_registration(event, pool="press").pool == "press"
    with saving():
        staff = Principal(kind=Kind.USER, user_id=1)
        given = service.register(event, email="x@example.org", name="X", pool="standard", by=staff)
        assert given.pool == "standard", "staff may give any"


def test_an_event_whose_kinds_are_all_given_by_staff_takes_no_registrations(app: Flask) -> None:
    event = an_open_event(capacity=9)
    a_kind(event, "Speaker", open_to=OpenTo.STAFF)
    with pytest.raises(RuleBroken):
        a_registration(event)


def test_an_invitation_carries_a_kind_whatever_is_typed_on_the_public_form(app: Flask) -> None:
    event = an_open_event(capacity=9)
    a_kind(event, "Standard")
    a_kind(event, "Speaker", 1, open_to=OpenTo.INVITED)
    invited = an_invitation(event, email="sue@example.org", pool="speaker")
    assert a_registration(event, email="sue@example.org").pool == "speaker"
    assert accepted(event).pool == "standard"
    assert again(invited).state.value == "accepted"


def test_a_held_seat_is_of_its_kind(app: Flask) -> None:
    event = an_event(capacity=9)  # a Round Table holds seats for the invited
    a_kind(event, "Member")
    a_kind(event, "Observer", 1)
    first = an_invitation(event, pool="observer")
    assert (queries.seats(event).pool("observer").free, queries.seats(event).held) == (0, 1)
    with pytest.raises(service.BeyondCapacity):
        an_invitation(event, pool="observer")
    with saving():
        assert service.accept(first, by=act_as_link(first.person_id)).state is S.CONFIRMED


# --- what staff say of them ---------------------------------------------------------------------------------------


def edit(kind: TicketKind, reason: str = "", **told: object) -> TicketKind:
    kind = again(kind)
    words = {"name": kind.name, "capacity": kind.capacity, "open_to": kind.open_to, "reserved": kind.reserved, **told}
    with saving():
        return service.edit_kind(
            kind, version=kind.version, told=service.KindTold(**words), override_reason=reason, by=SYSTEM
        )


def press(event: Event) -> TicketKind:
    db.session.rollback()
    return next(kind for kind in queries.kinds_of(event.id) if kind.pool == "press")


def test_raising_a_kinds_seats_offers_them_at_once(event: Event) -> None:
    for n in range(4):
        a_registration(event, name=f"P{n}", pool="press")
    edit(press(event), capacity=9)
    assert list(states(event).values()) == ["confirmed", "confirmed", "offered", "waitlisted"], "the event has three"


def test_fewer_seats_than_are_taken_are_refused_with_figures_or_taken_with_a_reason(event: Event) -> None:
    a_registration(event, pool="press")
    a_registration(event, pool="press")
    with pytest.raises(service.BeyondCapacity) as refusal:
        edit(press(event), capacity=1)
    assert refusal.value.message == "2 seats of this kind are taken already: Press."
    edit(press(event), capacity=1, reason="The room lost a table")
    assert queries.seats(event).pool("press").free == 0


def test_seats_set_aside_are_taken_and_say_for_whom(event: Event) -> None:
    with pytest.raises(RuleBroken):
        edit(press(event), reserved=1)
    edit(press(event), reserved=1, reserved_note="The Daily Ledger’s photographer")
    seats = queries.seats(event)
    assert (seats.taken, seats.pool("press").free, seats.set_aside[0].reserved_note[:9]) == (1, 1, "The Daily")


def test_a_retired_kind_is_given_to_nobody_new_and_kept_by_whoever_has_it(event: Event) -> None:
    a_registration(event, name="P1", pool="press")
    with saving():
        service.retire_kind(press(event), by=SYSTEM)
    with pytest.raises(RuleBroken):
        a_registration(event, name="P2", pool="press")
    assert (states(event), [pool.name for pool in queries.seats(event).kinds]) == ({"P1": "confirmed"}, ["Standard"])
    with pytest.raises(RuleBroken), saving():
        service.retire_kind(queries.kinds_of(event.id)[0], by=SYSTEM)


def test_two_who_change_one_kind_never_lose_a_word(event: Event) -> None:
    kind = press(event)
    edit(kind, capacity=5)
    with pytest.raises(StaleVersion), saving():
        service.edit_kind(kind, version=1, told=service.KindTold(name="Media"), by=SYSTEM)


@pytest.mark.parametrize("name", ["", "  ", "Press", "pRESS "])
def test_a_kind_needs_a_name_of_its_own(event: Event, name: str) -> None:
    with pytest.raises(RuleBroken):
        a_kind(event, name)


def test_kinds_are_put_in_order(event: Event) -> None:
    with saving():
        service.raise_kind(press(event), by=SYSTEM)
    assert [kind.name for kind in queries.kinds_of(event.id)] == ["Press", "Standard"]
    assert [pool.name for pool in queries.seats(event).pools] == ["Press", "Standard"]


def test_copying_takes_kinds_and_limits_never_people(event: Event) -> None:
    a_registration(event, pool="press")
    edit(press(event), reserved=1, reserved_note="Chair’s guest")
    other = an_open_event()
    with saving():
        event.per_organisation = 2
    with saving():
        service.copy_admission(event, other, by=SYSTEM)
    copied = queries.seats(again(other))
    assert [(k.name, k.capacity, k.reserved) for k in copied.kinds] == [("Standard", None, 0), ("Press", 2, 1)]
    assert (other.capacity, other.per_organisation, copied.taken) == (3, 2, 1)
    with pytest.raises(RuleBroken), saving():
        service.copy_admission(event, other, by=SYSTEM)


# --- at once ------------------------------------------------------------------------------------------------------


def registers(number: int, **told: str) -> Callable[[Event], object]:
    def act(event: Event) -> object:
        with clock.at(NOW):  # a thread has a clock of its own
            return service.register(event, email=f"p{number}@example.org", name=f"P{number}", by=ANONYMOUS, **told)

    return act


def test_many_at_once_oversell_neither_a_kind_nor_the_event(app: Flask) -> None:
    """Complaint: overselling under load (Rock #2510; Indico's limit was oversold)."""
    event = an_open_event(capacity=7)
    a_kind(event, "Standard", 5)
    a_kind(event, "Press", 3)
    pools = ("standard", "press")
    at_once(app, [(event.id, registers(number, pool=pools[number % 2])) for number in range(14)])
    found = Counter(kinds_and_states(event).values())
    assert sum(many for (_pool, state), many in found.items() if state == "confirmed") == 7
    assert found["standard", "confirmed"] <= 5
    assert found["press", "confirmed"] <= 3
    assert sum(found.values()) == 14


def test_an_organisations_places_hold_under_a_crowd(app: Flask) -> None:
    event = an_open_event(capacity=20, per_organisation=3)
    at_once(app, [(event.id, registers(number, organisation="ONS")) for number in range(12)])
    assert Counter(states(event).values()) == {"confirmed": 3, "waitlisted": 9}


def test_offers_of_two_kinds_pass_on_when_they_lapse(event: Event, at: At) -> None:
    for name, pool in (("S1", "standard"), ("P1", "press"), ("P2", "press"), ("P3", "press"), ("S2", "standard")):
        a_registration(event, name=name, pool=pool)
    cancel(event, "P1")
    assert states(event)["P3"] == "offered"
    at(NOW + timedelta(hours=49))
    with saving():
        service.apply_due(event)
    assert (states(event)["P3"], states(event)["S2"]) == ("lapsed", "offered")


def test_a_copy_of_an_event_has_its_kinds_and_limits(event: Event) -> None:
    with saving():
        events.edit(event, version=again(event).version, per_organisation=2, by=SYSTEM)
        copied = events.copy(event, title="The next one", slug="the-next-one", zone=event.zone, by=SYSTEM)
        seats = queries.seats(copied)
        assert [kind.name for kind in seats.kinds] == ["Standard", "Press"]
        assert (copied.per_organisation, seats.capacity, seats.taken) == (2, 3, 0)
