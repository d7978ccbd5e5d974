"""What the public sees: meetings with a record that was published, made by the services."""

from __future__ import annotations

from typing import Any

from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.events import service as events
from engage.events.models import AgendaKind, Event
from engage.outcomes import queries, service
from engage.outcomes.models import Action, OutcomeKind, Presence, Record
from engage.people.models import Person
from tests.factories.events import an_agenda_item
from tests.factories.outcomes import a_meeting, a_person, a_record, an_action, an_outcome, chair_of


def a_recorded_meeting(programme: Any = None, *, promises: int = 1, held: bool = True, **given: Any) -> Event:
    """A public meeting whose record is a draft: one open and one internal item, each with a public and a private
    thing said, concluded and promised. Whatever no reader may see says "SECRET"."""
    event = a_meeting(programme=programme, items=0, held=False, **given)
    an_agenda_item(event, title="Release dates")
    an_agenda_item(event, title="SECRET item", kind=AgendaKind.INTERNAL)
    record = a_record(event)
    _write(record, "Release dates", "The dates were read out.")
    _write(record, "SECRET item", "SECRET words of the secretariat.")
    with saving():
        service.add_note(record, heading="SECRET heading", text="SECRET note", private=True, by=SYSTEM)
    item = next(note.agenda_item for note in again(record).notes if note.heading == "Release dates")
    outcome = an_outcome(event, kind=OutcomeKind.AGREEMENT, text="One calendar for all.", agenda_item=item)
    an_outcome(event, text="SECRET outcome", private=True)
    for n in range(promises):
        an_action(event, text=f"Publish calendar {n + 1}", outcome=outcome)
    an_action(event, text="SECRET action", private=True)
    if held:
        with saving():
            events.hold(event, by=SYSTEM)
    return event


def published(event: Event) -> Record:
    """Its record circulated, agreed by the chair, and published."""
    record = queries.by_event(event.id)
    assert record is not None
    with saving():
        service.circulate(record, by=SYSTEM)
    with saving():
        service.agree_record(record, by=chair_of(record))
    with saving():
        return service.publish_record(record, by=SYSTEM)


def a_published_meeting(programme: Any = None, **given: Any) -> Event:
    """The same, published."""
    event = a_recorded_meeting(programme, **given)
    published(event)
    db.session.rollback()
    return event


def there(record: Record, count: int, *, apologies: int = 0) -> None:
    """So many more people present, so many apologies."""
    for n in range(count + apologies):
        person: Person = a_person(f"Member {n + 1:02}")
        presence = Presence.PRESENT if n < count else Presence.APOLOGIES
        with saving():
            service.set_presence(record, person=person, presence=presence, by=SYSTEM)


def promises_of(event: Event) -> list[Action]:
    """The public actions of an event, in the order in which they were made."""
    return [action for action in queries.actions_of_event(event.id) if action.published_at]


def again(record: Record) -> Record:
    db.session.rollback()
    found = queries.by_event(record.event_id)
    assert found is not None
    return found


def _write(record: Record, heading: str, text: str) -> None:
    note = next(note for note in again(record).notes if note.heading == heading)
    with saving():
        service.save_note(note, text=text, private=False, version=note.version, by=SYSTEM)
