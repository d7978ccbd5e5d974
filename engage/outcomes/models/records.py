"""The record (minutes) of one event: who was there, what was said under each item, kept versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Keyed, Model, Versioned, choice
from engage.events.models import AgendaItem, Event


class RecordState(StrEnum):
    DRAFT = "draft"
    CIRCULATED = "circulated"
    AGREED = "agreed"
    PUBLISHED = "published"


class Presence(StrEnum):
    PRESENT = "present"
    APOLOGIES = "apologies"


RECORD_MOVES: Mapping[RecordState, frozenset[RecordState]] = {
    RecordState.DRAFT: frozenset({RecordState.CIRCULATED}),
    RecordState.CIRCULATED: frozenset({RecordState.DRAFT, RecordState.AGREED}),
    RecordState.AGREED: frozenset({RecordState.PUBLISHED}),
    RecordState.PUBLISHED: frozenset(),
}


class Record(Keyed, Model):
    """At most one per event. Its words stand in notes, each with its own version, so that two secretaries can write."""

    __tablename__ = "record"
    __table_args__ = (
        sa.UniqueConstraint("event_id"),
        sa.UniqueConstraint("id", "event_id"),
        sa.CheckConstraint("state NOT IN ('agreed','published') OR agreed_on IS NOT NULL", name="agreed_on_a_date"),
    )

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    state: Mapped[RecordState] = mapped_column(choice(RecordState), default=RecordState.DRAFT)
    created_at: Mapped[datetime]
    circulated_at: Mapped[datetime | None]
    agreed_on: Mapped[date | None]
    agreed_by: Mapped[str] = mapped_column(sa.String(40), default="")
    agreed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship(lazy="joined")
    notes: Mapped[list[RecordNote]] = relationship(order_by="RecordNote.position, RecordNote.id", lazy="selectin")
    people: Mapped[list[RecordPerson]] = relationship(order_by="RecordPerson.name, RecordPerson.id", lazy="selectin")

    @property
    def programme_id(self) -> int:
        """The programme that it belongs to, through its event."""
        return self.event.programme_id


class RecordNote(Keyed, Versioned, Model):
    """The words under one agenda item (or under none). A private note is truly absent from every public form."""

    __tablename__ = "record_note"
    __table_args__ = (
        sa.ForeignKeyConstraint(["record_id", "event_id"], ["record.id", "record.event_id"]),
        sa.ForeignKeyConstraint(["agenda_item_id", "event_id"], ["agenda_item.id", "agenda_item.event_id"]),
        sa.UniqueConstraint("record_id", "agenda_item_id"),
        sa.Index(None, "record_id", "position"),
    )

    record_id: Mapped[int]
    event_id: Mapped[int]
    agenda_item_id: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    heading: Mapped[str] = mapped_column(sa.String(200), default="")
    text: Mapped[str] = mapped_column(sa.Text, default="")
    private: Mapped[bool] = mapped_column(default=False)
    edited_at: Mapped[datetime]
    edited_by: Mapped[str] = mapped_column(sa.String(40))

    agenda_item: Mapped[AgendaItem | None] = relationship(
        foreign_keys="RecordNote.agenda_item_id",
        primaryjoin="RecordNote.agenda_item_id == AgendaItem.id",
        viewonly=True,
    )


class RecordPerson(Keyed, Versioned, Model):
    """Present or apologies, with role and organisation as on the day, and the interest declared, if any.

    `version` counts changes to these words, not moves between present and apologies.
    """

    __tablename__ = "record_person"
    __table_args__ = (sa.UniqueConstraint("record_id", "person_id"),)

    record_id: Mapped[int] = mapped_column(sa.ForeignKey("record.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    presence: Mapped[Presence] = mapped_column(choice(Presence))
    name: Mapped[str] = mapped_column(sa.String(200))
    role: Mapped[str] = mapped_column(sa.String(200), default="")
    organisation: Mapped[str] = mapped_column(sa.String(200), default="")
    secretariat: Mapped[bool] = mapped_column(default=False)
    interest: Mapped[str] = mapped_column(sa.String(600), default="")


class RecordVersion(Model):
    """A kept text: what was circulated or agreed, whole and unchanging. Persons stand in it by key."""

    __tablename__ = "record_version"
    __table_args__ = (sa.UniqueConstraint("record_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("record.id"))
    number: Mapped[int]
    state: Mapped[RecordState] = mapped_column(choice(RecordState))
    content: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(sa.String(40))
