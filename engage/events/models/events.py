"""Events, every date that each ever had, owning and other theme groups (docs/domain.md#event)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Keyed, Model, UtcDateTime, Versioned, choice, one_true
from engage.core.publication import ONCE, Announced
from engage.core.text import _, _l, day_range, moment_range, month
from engage.people.models import Person
from engage.programmes.models import Programme
from engage.themes.models import ThemeGroup

if TYPE_CHECKING:
    from engage.events.models.agenda import AgendaItem
    from engage.events.models.series import Series
    from engage.events.models.sessions import Session, Timetable


class EventKind(StrEnum):
    ROUND_TABLE = "round_table"
    SUMMIT = "summit"
    CONFERENCE = "conference"
    MEETING = "meeting"


class EventState(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"
    LIVE = "live"
    HELD = "held"
    RECORD_AGREED = "record_agreed"
    ARCHIVED = "archived"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class Admission(StrEnum):
    BY_INVITATION = "by_invitation"
    BY_APPROVAL = "by_approval"
    OPEN = "open"


class Precision(StrEnum):
    """How exactly a date is planned."""

    TIME = "time"
    DAY = "day"
    MONTH = "month"
    TO_BE_CONFIRMED = "to_be_confirmed"


KIND_WORDS: Mapping[EventKind, object] = {
    EventKind.ROUND_TABLE: _l("Round Table"),
    EventKind.SUMMIT: _l("Summit"),
    EventKind.CONFERENCE: _l("Conference"),
    EventKind.MEETING: _l("Meeting"),
}
ADMISSION_WORDS: Mapping[Admission, object] = {
    Admission.BY_INVITATION: _l("By invitation only"),
    Admission.BY_APPROVAL: _l("Anybody may ask, each is approved"),
    Admission.OPEN: _l("Open to all"),
}
PRECISION_WORDS: Mapping[Precision, object] = {
    Precision.TIME: _l("Day and time"),
    Precision.DAY: _l("Only the day"),
    Precision.MONTH: _l("Only the month"),
    Precision.TO_BE_CONFIRMED: _l("Nothing yet: to be confirmed"),
}
STATE_WORDS: Mapping[EventState, object] = {
    EventState.DRAFT: _l("Draft"),
    EventState.SCHEDULED: _l("Scheduled"),
    EventState.OPEN: _l("Registration open"),
    EventState.CLOSED: _l("Registration closed"),
    EventState.LIVE: _l("Live now"),
    EventState.HELD: _l("Held"),
    EventState.RECORD_AGREED: _l("Record agreed"),
    EventState.ARCHIVED: _l("Archived"),
    EventState.POSTPONED: _l("Postponed"),
    EventState.CANCELLED: _l("Cancelled"),
}
DATED = frozenset({Precision.TIME, Precision.DAY})
"""Precisions that say on which day: enough for a calendar, and for the event to start by itself."""

S = EventState
MOVES: Mapping[EventState, frozenset[EventState]] = {
    S.DRAFT: frozenset({S.SCHEDULED, S.CANCELLED}),
    S.SCHEDULED: frozenset({S.OPEN, S.LIVE, S.POSTPONED, S.CANCELLED}),
    S.OPEN: frozenset({S.CLOSED, S.LIVE, S.POSTPONED, S.CANCELLED}),
    S.CLOSED: frozenset({S.OPEN, S.LIVE, S.POSTPONED, S.CANCELLED}),
    S.POSTPONED: frozenset({S.SCHEDULED, S.CANCELLED}),
    S.LIVE: frozenset({S.HELD}),
    S.HELD: frozenset({S.RECORD_AGREED}),
    S.RECORD_AGREED: frozenset({S.ARCHIVED}),
    S.ARCHIVED: frozenset(),
    S.CANCELLED: frozenset(),
}
BEFORE_LIVE = frozenset({S.DRAFT, S.SCHEDULED, S.OPEN, S.CLOSED, S.POSTPONED})
TOOK_PLACE = frozenset({S.LIVE, S.HELD, S.RECORD_AGREED, S.ARCHIVED})

HOLDS_SEATS = frozenset({EventKind.ROUND_TABLE, EventKind.MEETING})
"""Kinds whose sent invitations hold a seat unless the event says otherwise."""
DEFAULT_ADMISSION: Mapping[EventKind, Admission] = {
    EventKind.ROUND_TABLE: Admission.BY_INVITATION,
    EventKind.MEETING: Admission.BY_INVITATION,
    EventKind.SUMMIT: Admission.OPEN,
    EventKind.CONFERENCE: Admission.OPEN,
}


def when_words(precision: Precision, starts: datetime | None, ends: datetime | None, zone: str) -> str:
    """A planned date as far as it is known: "Friday 12 May 2017, 10am to 4pm (UK time)", "March 2017"."""
    if starts is None or precision is Precision.TO_BE_CONFIRMED:
        return _("Date to be confirmed")
    if precision is Precision.MONTH:
        return month(starts)
    if precision is Precision.DAY:
        return day_range(starts, ends)
    return moment_range(starts, ends, zone)


class Event(Keyed, Versioned, Announced, Model):
    """One occasion. Local wall times with `zone` are what was agreed; the UTC columns are derived from them.

    `place` and `online_link` are shown to the confirmed only; `town` is public. `sequence` counts what calendars must
    be told of: start, end, venue, status. `non_attributed`: nothing public names a speaker (the Chatham House Rule).
    """

    __tablename__ = "event"
    __table_args__ = (
        sa.UniqueConstraint("slug"),
        sa.UniqueConstraint("id", "programme_id"),
        sa.UniqueConstraint("series_id", "number"),
        sa.ForeignKeyConstraint(["series_id", "programme_id"], ["series.id", "series.programme_id"]),
        sa.Index(None, "programme_id", "starts_at"),
        sa.Index("ix_event_due", "state", "starts_at"),
        sa.CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity"),
        sa.CheckConstraint("reserved >= 0", name="reserved"),
        sa.CheckConstraint("per_organisation IS NULL OR per_organisation >= 1", name="per_organisation"),
        sa.CheckConstraint("ends_at IS NULL OR starts_at IS NULL OR ends_at >= starts_at", name="ends_after_start"),
        sa.CheckConstraint("admission <> 'by_invitation' OR state <> 'open'", name="closed_door_never_open"),
        sa.CheckConstraint(
            "precision <> 'time' OR (starts_local IS NOT NULL AND ends_local IS NOT NULL)", name="exact_times"
        ),
        sa.CheckConstraint(
            "state NOT IN ('scheduled','open','closed','live','held') OR starts_local IS NOT NULL",
            name="dated",
        ),
        sa.CheckConstraint("state NOT IN ('cancelled','postponed') OR state_reason <> ''", name="reason_given"),
        sa.CheckConstraint(ONCE, name="announced_once"),
        sa.CheckConstraint("(series_id IS NULL) = (number IS NULL)", name="counted"),
    )

    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    kind: Mapped[EventKind] = mapped_column(choice(EventKind))
    state: Mapped[EventState] = mapped_column(choice(EventState), default=EventState.DRAFT)
    state_reason: Mapped[str] = mapped_column(sa.String(600), default="")
    admission: Mapped[Admission] = mapped_column(choice(Admission))
    title: Mapped[str] = mapped_column(sa.String(200))
    slug: Mapped[str] = mapped_column(sa.String(80))
    series_id: Mapped[int | None]
    number: Mapped[int | None]
    summary: Mapped[str] = mapped_column(sa.String(400), default="")
    description: Mapped[str] = mapped_column(sa.Text, default="")
    zone: Mapped[str] = mapped_column(sa.String(64))
    precision: Mapped[Precision] = mapped_column(choice(Precision), default=Precision.TO_BE_CONFIRMED)
    starts_local: Mapped[datetime | None] = mapped_column(sa.DateTime)
    ends_local: Mapped[datetime | None] = mapped_column(sa.DateTime)
    starts_fold: Mapped[int] = mapped_column(default=0)
    ends_fold: Mapped[int] = mapped_column(default=0)
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    town: Mapped[str] = mapped_column(sa.String(120), default="")
    place: Mapped[str] = mapped_column(sa.String(300), default="")
    online_link: Mapped[str] = mapped_column(sa.String(500), default="")
    access_information: Mapped[str] = mapped_column(sa.Text, default="")
    capacity: Mapped[int | None]
    reserved: Mapped[int] = mapped_column(default=0)
    per_organisation: Mapped[int | None]
    holds_seats: Mapped[bool] = mapped_column(default=False)
    registration_opens_at: Mapped[datetime | None]
    registration_closes_at: Mapped[datetime | None]
    reconfirm_by: Mapped[datetime | None]
    chair_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    secretary_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    non_attributed: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    no_record_reason: Mapped[str] = mapped_column(sa.String(600), default="")
    sequence: Mapped[int] = mapped_column(default=0)
    stamped_at: Mapped[datetime]
    went_live_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    programme: Mapped[Programme] = relationship(lazy="joined")
    series: Mapped[Series | None] = relationship(
        foreign_keys="Event.series_id", primaryjoin="Event.series_id == Series.id", viewonly=True
    )
    chair: Mapped[Person | None] = relationship(foreign_keys="Event.chair_id")
    secretary: Mapped[Person | None] = relationship(foreign_keys="Event.secretary_id")
    themes: Mapped[list[EventTheme]] = relationship(order_by="EventTheme.owns.desc(), EventTheme.id", lazy="selectin")
    dates: Mapped[list[EventDate]] = relationship(order_by="EventDate.id", lazy="selectin")
    agenda: Mapped[list[AgendaItem]] = relationship(
        order_by="(AgendaItem.position, AgendaItem.id)",
        primaryjoin="and_(AgendaItem.event_id == Event.id, AgendaItem.removed_at.is_(None))",
        viewonly=True,
    )
    sessions: Mapped[list[Session]] = relationship(
        order_by="(Session.starts_at.is_(None), Session.starts_at, Session.id)",
        primaryjoin="Session.event_id == Event.id",
        viewonly=True,
    )
    timetable: Mapped[Timetable | None] = relationship(
        primaryjoin="and_(Timetable.event_id == Event.id, Timetable.superseded_at.is_(None))",
        viewonly=True,
        uselist=False,
    )

    @property
    def owning_theme(self) -> ThemeGroup | None:
        """The theme group that owns the event, if one was chosen yet."""
        return next((link.theme for link in self.themes if link.owns), None)

    @property
    def other_themes(self) -> list[ThemeGroup]:
        """The theme groups that it stands under besides the owning one."""
        return [link.theme for link in self.themes if not link.owns]

    @property
    def kind_words(self) -> str:
        """Its kind as people say it."""
        return str(KIND_WORDS[self.kind])

    @property
    def admission_words(self) -> str:
        """Who may come."""
        return str(ADMISSION_WORDS[self.admission])

    @property
    def starts(self) -> datetime | None:
        """The wall time of the start, with its fold."""
        return self.starts_local and self.starts_local.replace(fold=self.starts_fold)

    @property
    def ends(self) -> datetime | None:
        """The wall time of the end, with its fold. Of an event planned by the day: its last day."""
        return self.ends_local and self.ends_local.replace(fold=self.ends_fold)

    @property
    def when(self) -> str:
        """When it is, in words, as far as that is known."""
        return when_words(self.precision, self.starts, self.ends, self.zone)

    @property
    def day(self) -> date | None:
        """Its first local day, or the first of its month; None while that is to be confirmed."""
        return self.starts_local.date() if self.starts_local else None

    @property
    def dated(self) -> bool:
        """Whether its day is known."""
        return self.precision in DATED

    @property
    def earlier_dates(self) -> list[EventDate]:
        """Every date that it had before the one it has now, first to last."""
        now = (self.precision, self.zone, self.starts_local, self.ends_local)
        return [d for d in self.dates if (d.precision, d.zone, d.starts_local, d.ends_local) != now]


class EventTheme(Model):
    """An event stands under any number of theme groups of its own programme; one of them owns it."""

    __tablename__ = "event_theme"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "theme_id"),
        sa.Index("uq_event_theme_owner", "event_id", unique=True, **one_true("owns")),
        sa.Index(None, "theme_id"),
        sa.ForeignKeyConstraint(["event_id", "programme_id"], ["event.id", "event.programme_id"]),
        sa.ForeignKeyConstraint(["theme_id", "programme_id"], ["theme_group.id", "theme_group.programme_id"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    theme_id: Mapped[int]
    programme_id: Mapped[int]
    owns: Mapped[bool] = mapped_column(default=False)

    theme: Mapped[ThemeGroup] = relationship(
        lazy="joined",
        foreign_keys="EventTheme.theme_id",
        primaryjoin="EventTheme.theme_id == ThemeGroup.id",
        viewonly=True,
    )


class EventDate(Model):
    """A date that an event had: rows only grow, so that "first planned for March 2017" stays true."""

    __tablename__ = "event_date"
    __table_args__ = (sa.Index(None, "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    precision: Mapped[Precision] = mapped_column(choice(Precision))
    zone: Mapped[str] = mapped_column(sa.String(64))
    starts_local: Mapped[datetime | None] = mapped_column(sa.DateTime)
    ends_local: Mapped[datetime | None] = mapped_column(sa.DateTime)
    reason: Mapped[str] = mapped_column(sa.String(600), default="")
    recorded_at: Mapped[datetime]

    @property
    def when(self) -> str:
        """The date in words."""
        return when_words(self.precision, self.starts_local, self.ends_local, self.zone)
