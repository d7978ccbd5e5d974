"""One event, and its record once that is published. What is private is left out by the query, never by the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from engage.attendance.models import (
    RegistrationState,
)
from engage.attendance.queries import Seats
from engage.core.db import db
from engage.events.models import (
    KIND_WORDS,
    Admission,
    AgendaItem,
    AgendaItemTheme,
    AgendaKind,
    Event,
    EventKind,
    EventState,
    Precision,
    Series,
    when_words,
)
from engage.events.queries import Beside
from engage.outcomes.models import (
    Action,
    Outcome,
    OutcomeKind,
    OutcomeState,
    Presence,
    Record,
    RecordNote,
    RecordPerson,
)
from engage.people.models import Person
from engage.programmes.models import Programme
from engage.site.queries import lines, papers, seats, series, visible
from engage.site.queries.feedback import Asked, FormFacts, LedTo, Tally, parts_of_feedback
from engage.site.queries.lines import ActionLine, PlannedDate, ThemeLink
from engage.site.queries.papers import PaperLine
from engage.site.queries.timetable import CalledOff, Choosable, Group, Published, Somebody, timetable_parts
from engage.site.queries.together import Query, together
from engage.themes.models import ThemeGroup


class EventFacts(NamedTuple):
    """`place` and `online_link` are for the confirmed only: not read here at all."""

    id: int
    slug: str
    title: str
    kind: EventKind
    state: EventState
    state_reason: str
    admission: Admission
    summary: str
    description: str
    zone: str
    precision: Precision
    starts: datetime | None
    ends: datetime | None
    starts_at: datetime | None
    town: str
    access_information: str
    capacity: int | None
    reserved: int
    holds_seats: bool
    registration_opens_at: datetime | None
    registration_closes_at: datetime | None
    programme_id: int
    programme: str
    programme_slug: str
    programme_zone: str
    series_id: int | None
    number: int | None
    series: str | None
    series_slug: str | None
    non_attributed: bool
    chair: str | None

    @property
    def kind_words(self) -> str:
        return str(KIND_WORDS[self.kind])

    @property
    def when(self) -> str:
        return when_words(self.precision, self.starts, self.ends, self.zone)


class AgendaLine(NamedTuple):
    """Of an internal item only its length is read: the hours of those after it depend on it."""

    id: int
    internal: bool
    title: str
    minutes: int | None
    presenter: str


class RecordFacts(NamedTuple):
    agreed_on: date | None
    published_at: datetime


class NoteLine(NamedTuple):
    """`item` is the title of the agenda item that it stands under, None for a heading of its own."""

    heading: str
    item: str | None
    text: str


class Head(NamedTuple):
    """How many stand in the record as present or with apologies, secretariat and others apart."""

    presence: Presence
    secretariat: bool
    many: int


class Attendee(NamedTuple):
    """Who was at a meeting by invitation. Those who came to an open event are counted, never named."""

    presence: Presence
    name: str
    role: str
    organisation: str
    secretariat: bool
    interest: str


class OutcomeLine(NamedTuple):
    """`item` is None where it came from no agenda item, or from an internal one."""

    reference: str
    kind: OutcomeKind
    state: OutcomeState
    text: str
    item: str | None
    theme: str | None
    theme_slug: str | None


@dataclass(frozen=True, kw_only=True)
class EventPage:
    """`record` holds one row once the record is public, `feedback` one once the results are, `timetable` one once a
    programme of sessions is; the lists that belong to them are empty until then."""

    event: EventFacts
    themes: Sequence[ThemeLink]
    dates: Sequence[PlannedDate]
    agenda: Sequence[AgendaLine]
    agenda_themes: Sequence[ThemeLink]
    beside: Sequence[Beside]
    bookings: Sequence[tuple[str, RegistrationState, int]]
    held_by_invitations: Sequence[tuple[str, int]]
    kinds: Sequence[seats.KindLine]
    record: Sequence[RecordFacts]
    notes: Sequence[NoteLine]
    heads: Sequence[Head]
    people: Sequence[Attendee]
    outcomes: Sequence[OutcomeLine]
    actions: Sequence[ActionLine]
    feedback: Sequence[FormFacts]
    asked: Sequence[Asked]
    tallies: Sequence[Tally]
    led_to: Sequence[LedTo]
    papers: Sequence[PaperLine]
    timetable: Sequence[Published]
    called_off: Sequence[CalledOff]
    choosable: Sequence[Choosable]
    session_people: Sequence[Somebody]
    groups: Sequence[Group]

    @property
    def seats(self) -> Seats:
        """How many are taken, free and waited for."""
        return Seats.of(
            capacity=self.event.capacity,
            reserved=self.event.reserved,
            kinds=self.kinds,
            states=self.bookings,
            held=dict(self.held_by_invitations),
        )

    @property
    def earlier(self) -> Sequence[PlannedDate]:
        """Every date that it had before the present one, first to last, each once."""
        now = self.event.when
        return list({d.when: d for d in self.dates if d.when != now}.values())

    def counted(self, presence: Presence) -> int:
        """How many were there, or sent apologies."""
        return sum(head.many for head in self.heads if head.presence is presence)

    @property
    def present(self) -> Sequence[Attendee]:
        return [p for p in self.people if p.presence is Presence.PRESENT]

    @property
    def apologies(self) -> Sequence[Attendee]:
        return [p for p in self.people if p.presence is Presence.APOLOGIES]


FACTS = (
    Event.id,
    Event.slug,
    Event.title,
    Event.kind,
    Event.state,
    Event.state_reason,
    Event.admission,
    Event.summary,
    Event.description,
    Event.zone,
    Event.precision,
    Event.starts_local,
    Event.ends_local,
    Event.starts_at,
    Event.town,
    Event.access_information,
    Event.capacity,
    Event.reserved,
    Event.holds_seats,
    Event.registration_opens_at,
    Event.registration_closes_at,
    Programme.id,
    Programme.name,
    Programme.slug,
    Programme.zone,
    Event.series_id,
    Event.number,
    Series.name,
    Series.slug,
    Event.non_attributed,
    sa.case((Event.non_attributed, None), else_=Person.name),
)


def event(slug: str) -> EventPage | None:
    """The public event at this address, in two statements; None unless it is public."""
    row = db.session.execute(
        sa.select(*FACTS)
        .select_from(Event)
        .join(Programme, Programme.id == Event.programme_id)
        .outerjoin(Series, Series.id == Event.series_id)
        .outerjoin(Person, Person.id == Event.chair_id)
        .where(Event.slug == slug, visible.event())
    ).one_or_none()
    if row is None:
        return None
    facts = EventFacts._make(row)
    this = Event.id == facts.id
    today = visible.today_in([(facts.programme_id, facts.programme_zone)])
    return EventPage(
        event=facts,
        **together(
            themes=(ThemeLink, lines.themes_of_events(sa.select(Event.id).where(this))),
            dates=(PlannedDate, lines.dates_of_events(sa.select(Event.id).where(this))),
            agenda=(AgendaLine, _agenda(facts.id, named=not facts.non_attributed)),
            agenda_themes=(ThemeLink, _agenda_themes(facts.id)),
            beside=(Beside, series.beside(facts.series_id or 0, facts.number or 0)),
            bookings=(lambda *row: row, seats.bookings(facts.id)),
            held_by_invitations=(lambda *row: row, seats.held(facts.id, facts.holds_seats)),
            kinds=(seats.KindLine, seats.kinds(facts.id)),
            **_record(this),
            outcomes=(OutcomeLine, _outcomes().where(this).order_by(Outcome.id)),
            actions=(ActionLine, lines.action_lines(today).where(this).order_by(Action.id)),
            **parts_of_feedback(facts.id),
            papers=(PaperLine, papers.paper_lines().where(this).order_by(*papers.ALONG_THE_AGENDA)),
            **timetable_parts(facts.id, facts.programme_id),
        ),
    )


def _agenda(event_id: int, *, named: bool) -> Query:
    """`named`: with who presents."""
    internal = AgendaItem.kind == AgendaKind.INTERNAL
    return (
        sa.select(
            AgendaItem.id,
            sa.type_coerce(internal, sa.Boolean).label("internal"),
            sa.case((internal, ""), else_=AgendaItem.title).label("title"),
            AgendaItem.minutes,
            (sa.case((internal, ""), else_=AgendaItem.presenter) if named else sa.literal("")).label("presenter"),
        )
        .where(AgendaItem.event_id == event_id, AgendaItem.removed_at.is_(None))
        .order_by(AgendaItem.position, AgendaItem.id)
    )


def _agenda_themes(event_id: int) -> Query:
    return (
        sa.select(AgendaItemTheme.agenda_item_id, ThemeGroup.slug, ThemeGroup.title)
        .join(AgendaItem, AgendaItem.id == AgendaItemTheme.agenda_item_id)
        .join(ThemeGroup, ThemeGroup.id == AgendaItemTheme.theme_id)
        .join(Programme, Programme.id == ThemeGroup.programme_id)
        .where(AgendaItemTheme.event_id == event_id, visible.agenda_item(), visible.theme())
        .order_by(AgendaItemTheme.agenda_item_id, AgendaItemTheme.id)
    )


def _record(this: sa.ColumnElement[bool]) -> dict[str, Any]:
    """The published record of this event with its notes and people; private notes, and those under internal agenda
    items, are not read."""

    def of_record(*columns: Any) -> Query:
        return (
            sa.select(*columns)
            .select_from(Record)
            .join(Event, Event.id == Record.event_id)
            .join(Programme, Programme.id == Event.programme_id)
            .where(this, visible.record())
        )

    notes = (
        of_record(RecordNote.heading, AgendaItem.title, RecordNote.text)
        .join(RecordNote, RecordNote.record_id == Record.id)
        .outerjoin(AgendaItem, AgendaItem.id == RecordNote.agenda_item_id)
        .where(
            RecordNote.private.is_(False),
            RecordNote.text != "",
            sa.or_(RecordNote.agenda_item_id.is_(None), AgendaItem.kind == AgendaKind.OPEN),
        )
        .order_by(RecordNote.position, RecordNote.id)
    )
    people = (
        of_record(
            RecordPerson.presence,
            RecordPerson.name,
            RecordPerson.role,
            RecordPerson.organisation,
            RecordPerson.secretariat,
            RecordPerson.interest,
        )
        .join(RecordPerson, RecordPerson.record_id == Record.id)
        .where(Event.admission == Admission.BY_INVITATION, Event.non_attributed.is_(False))
        .order_by(RecordPerson.secretariat, RecordPerson.name, RecordPerson.id)
    )
    heads = (
        of_record(RecordPerson.presence, RecordPerson.secretariat, sa.func.count())
        .join(RecordPerson, RecordPerson.record_id == Record.id)
        .group_by(RecordPerson.presence, RecordPerson.secretariat)
        .order_by(RecordPerson.presence, RecordPerson.secretariat)
    )
    return {
        "heads": (Head, heads),
        "record": (RecordFacts, of_record(Record.agreed_on, Record.published_at)),
        "notes": (NoteLine, notes),
        "people": (Attendee, people),
    }


def _outcomes() -> Query:
    """Public outcomes with what they cite, as far as that is public."""
    return (
        sa.select(
            Outcome.reference,
            Outcome.kind,
            Outcome.state,
            Outcome.text,
            AgendaItem.title.label("item"),
            ThemeGroup.title.label("theme"),
            ThemeGroup.slug.label("theme_slug"),
        )
        .join(Event, Event.id == Outcome.event_id)
        .join(Programme, Programme.id == Outcome.programme_id)
        .outerjoin(AgendaItem, sa.and_(AgendaItem.id == Outcome.agenda_item_id, visible.agenda_item()))
        .outerjoin(ThemeGroup, sa.and_(ThemeGroup.id == Outcome.theme_id, visible.published(ThemeGroup)))
        .where(visible.outcome())
    )
