"""The summit's last seat: two register at the same instant, a third later, somebody cancels, nobody answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask

from engage.attendance import queries, service
from engage.attendance.models import Registration
from engage.core import clock
from engage.core.access import ANONYMOUS, SYSTEM
from engage.core.db import db, saving
from engage.events.models import Event
from tests.attendance.test_at_once import Work, at_once
from tests.factories.attendance import a_registration, again
from tests.factories.events import an_open_event

At = Callable[[datetime], None]
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
CAPACITY = 150


def registering(name: str) -> Work:
    def work(event: Event) -> object:
        with clock.at(NOW):
            return service.register(event, email=f"{name}@example.org", name=name, by=ANONYMOUS)

    return work


def test_one_is_confirmed_one_waits_a_third_never_overtakes_and_an_offer_that_lapses_passes_on(
    app: Flask, at: At
) -> None:
    at(NOW)
    event = an_open_event(title="Summit", capacity=CAPACITY)
    with saving():
        for n in range(CAPACITY - 1):
            service.register(event, email=f"p{n}@example.org", name=f"P{n}", by=ANONYMOUS)

    at_once(app, [(event.id, registering("ann")), (event.id, registering("bob"))])
    states = {name: mine(event, name).state.value for name in ("ann", "bob")}
    assert sorted(states.values()) == ["confirmed", "waitlisted"]
    second = next(name for name, state in states.items() if state == "waitlisted")
    assert (queries.seats(event).taken, queries.place_of(mine(event, second))) == (CAPACITY, 1)

    third = a_registration(event, name="cat", email="cat@example.org")
    assert (third.state.value, queries.place_of(third)) == ("waitlisted", 2)

    with saving():
        service.cancel_registration(mine(event, "P7"), by=SYSTEM)
    offer = mine(event, second)
    assert (offer.state.value, offer.offer_expires_at) == ("offered", NOW + timedelta(hours=48))
    assert again(third).state.value == "waitlisted"

    at(NOW + timedelta(hours=48))
    with saving():
        service.apply_due(event)
    assert (mine(event, second).state.value, again(third).state.value) == ("lapsed", "offered")
    assert queries.seats(event).taken == CAPACITY


def mine(event: Event, name: str) -> Registration:
    db.session.rollback()
    return next(line.registration for line in queries.registrations(event) if line.registration.name == name)
