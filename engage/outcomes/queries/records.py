"""Reads of records and outcomes. What is public: a published record of a published event, less what is private."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from engage.core.db import db
from engage.events.models import AgendaItem, Event, Session, SessionPerson
from engage.outcomes.models import (
    Action,
    Outcome,
    Presence,
    Record,
    RecordNote,
    RecordPerson,
    RecordVersion,
)
from engage.people.models import Person


@dataclass(frozen=True)
class Counts:
    """What the record says of attendance: "20 present (2 of them secretariat), 3 apologies"."""

    present: int
    secretariat: int
    apologies: int


def by_event(event_id: int) -> Record | None:
    """The event's record, if one was opened."""
    return db.session.scalar(sa.select(Record).where(Record.event_id == event_id))


def record_by_event_slug(event: str) -> Record | None:
    """The record of the event with this slug."""
    return db.session.scalar(sa.select(Record).join(Event, Event.id == Record.event_id).where(Event.slug == event))


def counts_of(record: Record) -> Counts:
    """Present (of whom secretariat) and apologies, derived from the rows."""
    here = [p for p in record.people if p.presence is Presence.PRESENT]
    return Counts(len(here), sum(p.secretariat for p in here), len(record.people) - len(here))


def named_in(record: Record) -> Sequence[str]:
    """Who of those that were there, present or speak is named in what the record makes public."""
    event_id = record.event_id
    texts = [
        *(f"{note.heading} {note.text}" for note in record.notes if not note.private),
        *db.session.scalars(sa.select(Outcome.text).where(Outcome.event_id == event_id, Outcome.private.is_(False))),
        *db.session.scalars(sa.select(Action.text).where(Action.event_id == event_id, Action.private.is_(False))),
    ]
    said = " ".join(texts).casefold()
    speakers = sa.select(SessionPerson.name).join(Session).where(Session.event_id == event_id)
    presenters = sa.select(AgendaItem.presenter).where(AgendaItem.event_id == event_id)
    names = {person.name for person in record.people} | set(db.session.scalars(speakers.union(presenters)))
    return sorted(name for name in names if name and name.casefold() in said)


def note_by_key(key: str) -> RecordNote | None:
    return db.session.scalar(sa.select(RecordNote).where(RecordNote.key == key))


def record_person_by_id(ident: int) -> RecordPerson | None:
    return db.session.get(RecordPerson, ident)


def record_person_by_key(key: str) -> RecordPerson | None:
    return db.session.scalar(sa.select(RecordPerson).where(RecordPerson.key == key))


def record_of_person(person: RecordPerson) -> Record:
    """The record in which somebody stands."""
    return db.session.get_one(Record, person.record_id)


def record_of_note(note: RecordNote) -> Record:
    """The record in which a note stands."""
    return db.session.get_one(Record, note.record_id)


def person_in(record_id: int, person_id: int) -> RecordPerson | None:
    """Somebody's line in a record, if there is one."""
    return db.session.scalar(
        sa.select(RecordPerson).where(RecordPerson.record_id == record_id, RecordPerson.person_id == person_id)
    )


def readers_of(record: Record) -> Sequence[tuple[RecordPerson, str]]:
    """Everybody in the record with the address that the draft goes to; empty where none is known."""
    known = {
        p.id: p.email
        for p in db.session.scalars(sa.select(Person).where(Person.id.in_([r.person_id for r in record.people])))
    }
    return [(row, known.get(row.person_id, "")) for row in record.people]


def names_in(version: RecordVersion) -> Mapping[int, str]:
    """The names of those who stand in a kept version, by person; who was erased is absent."""
    ids = [p["person"] for p in version.content["people"]]
    rows = db.session.execute(
        sa.select(RecordPerson.person_id, RecordPerson.name).where(
            RecordPerson.record_id == version.record_id, RecordPerson.person_id.in_(ids)
        )
    )
    return dict(rows.all())


def versions_of(record_id: int) -> Sequence[RecordVersion]:
    """The kept texts, first to last."""
    return db.session.scalars(
        sa.select(RecordVersion).where(RecordVersion.record_id == record_id).order_by(RecordVersion.number)
    ).all()


def last_version(record_id: int) -> int:
    """The number of the text that was kept last; 0 where none was."""
    return (
        db.session.scalar(sa.select(sa.func.max(RecordVersion.number)).where(RecordVersion.record_id == record_id)) or 0
    )


def version_of(record_id: int, number: int) -> RecordVersion | None:
    return db.session.scalar(
        sa.select(RecordVersion).where(RecordVersion.record_id == record_id, RecordVersion.number == number)
    )


def _outcomes() -> sa.Select[Outcome]:
    return sa.select(Outcome).options(
        joinedload(Outcome.theme), joinedload(Outcome.event), joinedload(Outcome.agenda_item)
    )


def outcomes_of_event(event_id: int) -> Sequence[Outcome]:
    """Every outcome of the event, in the order in which they were recorded."""
    return db.session.scalars(_outcomes().where(Outcome.event_id == event_id).order_by(Outcome.id)).all()


def outcome_by_reference(reference: str) -> Outcome | None:
    return db.session.scalar(_outcomes().where(Outcome.reference == reference))
