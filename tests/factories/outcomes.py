"""Events that took place, records, outcomes and actions, made by the services."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from engage.core.access import SYSTEM, Principal, act_as_link
from engage.core.db import saving
from engage.events import service as events
from engage.events.models import Event
from engage.outcomes import service
from engage.outcomes.models import Action, Outcome, OutcomeKind, Presence, Record
from engage.people import service as people
from engage.people.models import Person
from tests.factories.events import an_agenda_item, an_event

_numbers = count(1)


def a_person(name: str = "", email: str = "", **given: Any) -> Person:
    n = next(_numbers)
    with saving():
        return people.person_for(
            name=name or f"Person {n}", email=email or f"person{n}@example.org", by=SYSTEM, **given
        )


def a_meeting(*, held: bool = True, items: int = 1, chair: Person | None = None, **given: Any) -> Event:
    """A Round Table with a chair and an agenda that took place (or, `held=False`, is live)."""
    chair = chair or a_person("Carol Chair")
    event = an_event(chair=chair, **given)
    for _ in range(items):
        an_agenda_item(event)
    with saving():
        events.go_live(event, by=SYSTEM)
        if held:
            events.hold(event, by=SYSTEM)
    return event


def a_record(event: Event | None = None, **given: Any) -> Record:
    """A draft record in which the chair stands as present."""
    event = event or a_meeting(**given)
    with saving():
        record = service.open_record(event, by=SYSTEM)
        assert event.chair is not None
        service.set_presence(record, person=event.chair, presence=Presence.PRESENT, by=SYSTEM)
    return record


def chair_of(record: Record) -> Principal:
    return act_as_link(record.event.chair_id)


def an_outcome(event: Event, **given: Any) -> Outcome:
    words = {"kind": OutcomeKind.DECISION, "text": "Publish one list of releases.", "theme": event.owning_theme}
    with saving():
        return service.add_outcome(event, **{**words, **given}, by=SYSTEM)


def an_action(event: Event | None = None, *, agreed: bool = False, **given: Any) -> Action:
    """A proposed action of ONS, owned by somebody with an address, due on 30 June 2027."""
    event = event or a_meeting()
    words = {
        "text": "Publish the list of releases",
        "theme": event.owning_theme,
        "due": date(2027, 6, 30),
        **given,
    }
    if "owner" not in words:
        words["owner"] = a_person("Olu Owner")
    with saving():
        words.setdefault("organisation", people.organisation_named("Office for National Statistics", by=SYSTEM))
        action = service.add_action(event, **words, by=SYSTEM)
        if agreed:
            service.agree_action(action, by=SYSTEM)
    return action


def an_agreed_record(event: Event | None = None) -> Record:
    """A record that its chair has agreed."""
    record = a_record(event)
    with saving():
        service.circulate(record, by=SYSTEM)
    with saving():
        service.agree_record(record, by=chair_of(record))
    return record


def a_published_record(event: Event | None = None) -> Record:
    """A public record of a public event, with one decision and the action that came of it."""
    event = event or a_meeting()
    outcome = an_outcome(event)
    an_action(event, outcome=outcome)
    record = an_agreed_record(event)
    with saving():
        service.publish_record(record, by=SYSTEM)
    return record
