"""At most so many seats for one organisation: a further one waits, and is told why (docs/domain.md#registration)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from engage.attendance import queries, service
from engage.attendance.models import Registration
from engage.core.access import SYSTEM, act_as_link
from engage.core.db import db, saving
from engage.core.errors import RuleBroken
from engage.events import service as events
from engage.events.models import Event
from engage.people import service as people
from tests.factories.attendance import a_kind, a_registration, an_invitation, states
from tests.factories.events import an_event, an_open_event

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> None:
    at(NOW)


@pytest.fixture
def event(app: Flask) -> Event:
    """Four seats, one for each organisation."""
    return an_open_event(capacity=4, per_organisation=1)


def named(event: Event, name: str) -> Registration:
    db.session.rollback()
    return next(line.registration for line in queries.registrations(event) if line.registration.name == name)


def cancel(event: Event, name: str) -> None:
    with saving():
        service.cancel_registration(named(event, name), by=SYSTEM)


def rename(event: Event, name: str, organisation: str) -> None:
    registration = named(event, name)
    with saving():
        service.change(registration, name=name, organisation=organisation, by=act_as_link(registration.person_id))


def test_a_further_one_waits_with_the_reason_and_nobody_behind_waits_for_them(event: Event) -> None:
    a_registration(event, name="O1", organisation="ONS")
    further = a_registration(event, name="O2", organisation=" ons ")
    assert service.why_waits(further) == "Your organisation has its 1 place."
    a_registration(event, name="N1", organisation="NHS Digital")
    a_registration(event, name="Nobody’s", organisation="")
    a_registration(event, name="Nobody’s either", organisation="")
    assert states(event) == {
        "O1": "confirmed",
        "O2": "waitlisted",
        "N1": "confirmed",
        "Nobody’s": "confirmed",
        "Nobody’s either": "confirmed",
    }


def test_an_organisation_is_one_by_any_of_its_names(event: Event) -> None:
    with saving():
        ons = people.organisation_named("Office for National Statistics", short_name="ONS", by=SYSTEM)
        people.add_alias(ons, name="The Office", by=SYSTEM)
    a_registration(event, name="A", organisation="office for  national statistics")
    a_registration(event, name="B", organisation="ONS")
    a_registration(event, name="C", organisation="the OFFICE")
    assert list(states(event).values()) == ["confirmed", "waitlisted", "waitlisted"]


def test_offers_pass_whoever_cannot_take_one_until_the_organisation_has_room(app: Flask) -> None:
    event = an_open_event(capacity=2, per_organisation=1)
    for name, organisation in (("O1", "ONS"), ("N1", "NHS"), ("O2", "ONS"), ("H1", "HSCIC")):
        a_registration(event, name=name, organisation=organisation)
    cancel(event, "N1")
    assert (states(event)["O2"], states(event)["H1"]) == ("waitlisted", "offered")
    cancel(event, "O1")
    assert states(event)["O2"] == "offered", "first in line again"


def test_a_raised_limit_offers_at_once(event: Event) -> None:
    a_registration(event, name="O1", organisation="ONS")
    a_registration(event, name="O2", organisation="ONS")
    with saving():
        events.edit(event, version=event.version, per_organisation=2, by=SYSTEM)
    assert states(event)["O2"] == "offered"


@pytest.mark.parametrize("least", [0, -1])
def test_one_place_at_least_is_left(event: Event, least: int) -> None:
    with pytest.raises(RuleBroken), saving():
        events.edit(event, version=event.version, per_organisation=least, by=SYSTEM)


def test_a_seat_does_not_pass_to_an_organisation_that_has_its_places(event: Event) -> None:
    a_registration(event, name="O1", organisation="ONS")
    a_registration(event, name="N1", organisation="NHS")
    with pytest.raises(RuleBroken) as refusal:
        rename(event, "N1", "Ons")
    assert (refusal.value.field, refusal.value.message) == ("organisation", "Your organisation has its 1 place.")
    rename(event, "O1", "O.N.S.")
    rename(event, "N1", "nhs")
    assert named(event, "N1").organisation == "nhs"


def test_whoever_waits_for_an_organisations_place_and_is_of_another_gets_an_offer(event: Event) -> None:
    a_registration(event, name="O1", organisation="ONS")
    a_registration(event, name="O2", organisation="ONS")
    rename(event, "O2", "NHS")
    assert states(event)["O2"] == "offered"


def test_a_held_seat_counts_for_the_organisation_of_the_invited(app: Flask) -> None:
    event = an_event(capacity=9, per_organisation=1)
    held = an_invitation(event, organisation="ONS")
    further = an_invitation(event, organisation="ONS")
    with saving():
        assert service.accept(held, by=SYSTEM).state.value == "confirmed"
        assert service.accept(further, by=SYSTEM).state.value == "confirmed", "its seat was held by staff's own act"


def test_kinds_and_organisations_bind_together(app: Flask) -> None:
    event = an_open_event(capacity=9, per_organisation=1)
    a_kind(event, "Standard")
    a_kind(event, "Press", 1)
    a_registration(event, name="P1", organisation="Ledger", pool="press")
    a_registration(event, name="P2", organisation="Ledger", pool="press")
    a_registration(event, name="P3", organisation="Echo", pool="press")
    a_registration(event, name="S1", organisation="Ledger", pool="standard")
    cancel(event, "P1")
    assert states(event) == {"P1": "cancelled", "P2": "offered", "P3": "waitlisted", "S1": "waitlisted"}
