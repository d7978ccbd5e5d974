"""Sessions of an event, their rooms, tracks, people and theme groups, and the programme as it was last published
(docs/domain.md#session)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from engage.core import clock
from engage.core.db import Keyed, Model, Versioned, choice, one_of
from engage.events.models.events import Event, EventState
from engage.people.models import Person
from engage.themes.models import ThemeGroup


class SessionState(StrEnum):
    PLANNED = "planned"
    LIVE = "live"
    ENDED = "ended"
    CANCELLED = "cancelled"


T = SessionState
SESSION_MOVES: Mapping[SessionState, frozenset[SessionState]] = {
    T.PLANNED: frozenset({T.LIVE, T.CANCELLED}),
    T.LIVE: frozenset({T.ENDED, T.CANCELLED}),
    T.ENDED: frozenset(),
    T.CANCELLED: frozenset(),
}
OVER = frozenset({EventState.HELD, EventState.RECORD_AGREED, EventState.ARCHIVED})


class SignUps(StrEnum):
    """Whether those who come to the event choose this session for themselves."""

    NONE = "none"
    OPTIONAL = "optional"


class Part(StrEnum):
    """What somebody does in a session."""

    CHAIR = "chair"
    SPEAKER = "speaker"


class _Named(Keyed):
    """Something of an event that several sessions share: its name stands here once."""

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    name: Mapped[str] = mapped_column(sa.String(80))

    @declared_attr
    def event(cls) -> Mapped[Event]:  # noqa: N805 -- a class's attribute
        return relationship(Event)

    @property
    def programme_id(self) -> int:
        """Its scope: the programme of its event."""
        return self.event.programme_id


class Room(_Named, Model):
    """Where sessions of an event are held."""

    __tablename__ = "room"
    __table_args__ = (sa.UniqueConstraint("event_id", "name"), sa.UniqueConstraint("id", "event_id"))


class Track(_Named, Model):
    """Sessions of an event that belong together, whatever their rooms."""

    __tablename__ = "track"
    __table_args__ = (sa.UniqueConstraint("event_id", "name"), sa.UniqueConstraint("id", "event_id"))


class Session(Keyed, Versioned, Model):
    """One part of an event, beside others or not. Wall times are in the event's zone; the instants are derived from
    them, and missing while nobody can say when it is: without times, or as long as the event has no day.

    `counted_from`: the event's start when the times were given, so that they move along with another day.
    `published_at`: when a published programme held it first.
    """

    __tablename__ = "session"
    __table_args__ = (
        sa.UniqueConstraint("id", "event_id"),
        sa.Index(None, "event_id", "starts_at"),
        sa.ForeignKeyConstraint(["room_id", "event_id"], ["room.id", "room.event_id"]),
        sa.ForeignKeyConstraint(["track_id", "event_id"], ["track.id", "track.event_id"]),
        sa.CheckConstraint("(starts_local IS NULL) = (ends_local IS NULL)", name="both_times"),
        sa.CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="both_instants"),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="ends_after_start"),
        sa.CheckConstraint("capacity IS NULL OR capacity >= 1", name="capacity"),
        sa.CheckConstraint("cancelled_at IS NULL OR cancel_reason <> ''", name="reason_given"),
    )

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    title: Mapped[str] = mapped_column(sa.String(200))
    description: Mapped[str] = mapped_column(sa.String(600), default="")
    starts_local: Mapped[datetime | None] = mapped_column(sa.DateTime)
    ends_local: Mapped[datetime | None] = mapped_column(sa.DateTime)
    starts_fold: Mapped[int] = mapped_column(default=0)
    ends_fold: Mapped[int] = mapped_column(default=0)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    counted_from: Mapped[datetime | None] = mapped_column(sa.DateTime)
    room_id: Mapped[int | None]
    track_id: Mapped[int | None]
    capacity: Mapped[int | None]
    sign_up: Mapped[SignUps] = mapped_column(choice(SignUps), default=SignUps.NONE, server_default="none")
    published_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(sa.String(600), default="")
    created_at: Mapped[datetime]

    event: Mapped[Event] = relationship()
    room: Mapped[Room | None] = relationship(
        foreign_keys="Session.room_id", primaryjoin="Session.room_id == Room.id", viewonly=True, lazy="selectin"
    )
    track: Mapped[Track | None] = relationship(
        foreign_keys="Session.track_id", primaryjoin="Session.track_id == Track.id", viewonly=True, lazy="selectin"
    )
    themes: Mapped[list[SessionTheme]] = relationship(order_by="SessionTheme.id", lazy="selectin")
    people: Mapped[list[SessionPerson]] = relationship(
        order_by="(SessionPerson.position, SessionPerson.id)",
        primaryjoin="and_(SessionPerson.session_id == Session.id, SessionPerson.removed_at.is_(None))",
        viewonly=True,
        lazy="selectin",
    )

    @property
    def programme_id(self) -> int:
        """Its scope: the programme of its event."""
        return self.event.programme_id

    @property
    def starts(self) -> datetime | None:
        """The wall time of the start, with its fold."""
        return self.starts_local and self.starts_local.replace(fold=self.starts_fold)

    @property
    def ends(self) -> datetime | None:
        """The wall time of the end, with its fold."""
        return self.ends_local and self.ends_local.replace(fold=self.ends_fold)

    @property
    def chair(self) -> SessionPerson | None:
        """Who chairs it."""
        return next((person for person in self.people if person.part is Part.CHAIR), None)

    @property
    def speakers(self) -> list[SessionPerson]:
        """Who speaks, in order."""
        return [person for person in self.people if person.part is Part.SPEAKER]

    @property
    def state(self) -> SessionState:
        """Derived, but for a cancellation: it begins and ends by the clock, and is over when its event is."""
        if self.cancelled_at is not None:
            return T.CANCELLED
        if self.event.state in OVER:
            return T.ENDED
        if self.event.state is not EventState.LIVE or self.starts_at is None or self.ends_at is None:
            return T.PLANNED
        now = clock.now()
        return T.PLANNED if now < self.starts_at else T.LIVE if now < self.ends_at else T.ENDED


class SessionTheme(Model):
    """The theme groups that a session is about, of the event's own programme."""

    __tablename__ = "session_theme"
    __table_args__ = (
        sa.UniqueConstraint("session_id", "theme_id"),
        sa.ForeignKeyConstraint(["event_id", "programme_id"], ["event.id", "event.programme_id"]),
        sa.ForeignKeyConstraint(["session_id", "event_id"], ["session.id", "session.event_id"]),
        sa.ForeignKeyConstraint(["theme_id", "programme_id"], ["theme_group.id", "theme_group.programme_id"]),
        sa.Index(None, "theme_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int]
    event_id: Mapped[int]
    theme_id: Mapped[int]
    programme_id: Mapped[int]

    theme: Mapped[ThemeGroup] = relationship(
        lazy="joined",
        foreign_keys="SessionTheme.theme_id",
        primaryjoin="SessionTheme.theme_id == ThemeGroup.id",
        viewonly=True,
    )


class SessionPerson(Keyed, Model):
    """Who chairs or speaks, by the name that is to be read; `person_id` where an address said who that is.

    Published programmes name people by this row's key, so what they are called stands here alone: a row is never
    changed, only taken off and followed by another.
    """

    __tablename__ = "session_person"
    __table_args__ = (
        sa.Index(None, "session_id"),
        sa.Index(None, "person_id"),
        sa.Index(
            "uq_session_person_chair",
            "session_id",
            unique=True,
            **one_of(sa.text("part = 'chair' AND removed_at IS NULL")),
        ),
    )

    session_id: Mapped[int] = mapped_column(sa.ForeignKey("session.id"))
    part: Mapped[Part] = mapped_column(choice(Part))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(200))
    organisation: Mapped[str] = mapped_column(sa.String(200), default="")
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    published_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship()


class Timetable(Model):
    """The sessions of an event as they were published at one time: rows only grow, the last one stands.

    `sessions`: `queries.Line` as JSON, in the order of the day; `counted_from` as of a session.
    """

    __tablename__ = "timetable"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "number"),
        sa.Index("uq_timetable_standing", "event_id", unique=True, **one_of(sa.text("superseded_at IS NULL"))),
        sa.CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    number: Mapped[int]
    sessions: Mapped[list[Any]]
    counted_from: Mapped[datetime | None] = mapped_column(sa.DateTime)
    published_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(sa.String(40))
    superseded_at: Mapped[datetime | None]
