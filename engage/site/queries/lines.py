"""Lines of lists: programmes, events, theme groups and actions as cards show them, each with its select."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from engage.events.models import (
    KIND_WORDS,
    Event,
    EventDate,
    EventKind,
    EventState,
    EventTheme,
    Precision,
    when_words,
)
from engage.outcomes.models import Action, ActionRedate, ActionState, Outcome
from engage.people.models import Organisation, Person
from engage.programmes.models import Programme, ProgrammeState
from engage.site.queries import visible
from engage.site.queries.together import Query
from engage.themes.models import Term, TermRole, ThemeGroup, ThemeState

Today = sa.ColumnElement[date]
PROGRAMME_ORDER = (
    sa.case((Programme.state == ProgrammeState.ACTIVE, 0), else_=1),
    Programme.starts_on.is_(None),
    Programme.starts_on.desc(),
    Programme.name,
    Programme.id,
)
"""Active ones first, then by when they started, latest first."""


class ProgrammeLine(NamedTuple):
    id: int
    slug: str
    name: str
    summary: str
    convening_body: str
    zone: str
    state: ProgrammeState
    starts_on: date | None
    ends_on: date | None
    held: int
    promised: int
    kept: int


class EventLine(NamedTuple):
    id: int
    slug: str
    title: str
    kind: EventKind
    state: EventState
    state_reason: str
    summary: str
    zone: str
    precision: Precision
    starts: datetime | None
    ends: datetime | None
    town: str
    programme: str
    programme_slug: str
    outcomes: int
    actions: int

    @property
    def kind_words(self) -> str:
        return str(KIND_WORDS[self.kind])

    @property
    def when(self) -> str:
        return when_words(self.precision, self.starts, self.ends, self.zone)

    @property
    def day(self) -> date | None:
        """Its day, or the first of its month."""
        known = self.starts is not None and self.precision is not Precision.TO_BE_CONFIRMED
        return self.starts.date() if known and self.starts else None

    @property
    def precise(self) -> bool:
        return self.precision in (Precision.TIME, Precision.DAY)


class PlannedDate(NamedTuple):
    """A date that an event has or had."""

    event_id: int
    zone: str
    precision: Precision
    starts: datetime | None
    ends: datetime | None
    reason: str
    recorded_at: datetime

    @property
    def when(self) -> str:
        return when_words(self.precision, self.starts, self.ends, self.zone)


class ThemeLink(NamedTuple):
    """A public theme group that something stands under; `of` is that thing's id."""

    of: int
    slug: str
    title: str


class ThemeLine(NamedTuple):
    """`lead`: who leads today, "" while nobody does."""

    id: int
    programme_id: int
    slug: str
    title: str
    scope: str
    state: ThemeState
    programme: str
    programme_slug: str
    lead: str | None
    promised: int
    kept: int
    overdue: int


class ActionLine(NamedTuple):
    """`slips`: how often it was re-dated; `theme` is "" where its theme group isn't public."""

    reference: str
    text: str
    state: ActionState
    due: date | None
    first_due: date | None
    overdue: bool
    slips: int
    organisation: str
    event: str
    event_slug: str
    theme: str | None
    theme_slug: str | None


def programme_lines() -> Query:
    """Every public programme."""
    return (
        sa.select(
            Programme.id,
            Programme.slug,
            Programme.name,
            Programme.summary,
            Programme.convening_body,
            Programme.zone,
            Programme.state,
            Programme.starts_on,
            Programme.ends_on,
            events_held(),
            count_actions(Action.programme_id == Programme.id, visible.promised()),
            count_actions(Action.programme_id == Programme.id, visible.kept()),
        )
        .where(visible.programme())
        .order_by(*PROGRAMME_ORDER)
    )


def event_lines() -> Query:
    """Public events, in no order yet. `outcomes` and `actions` count what is public of them."""
    return (
        sa.select(
            Event.id,
            Event.slug,
            Event.title,
            Event.kind,
            Event.state,
            Event.state_reason,
            Event.summary,
            Event.zone,
            Event.precision,
            Event.starts_local,
            Event.ends_local,
            Event.town,
            Programme.name.label("programme"),
            Programme.slug.label("programme_slug"),
            _outcomes_of_event(),
            count_actions(Action.event_id == Event.id, visible.promised()),
        )
        .join(Programme, Programme.id == Event.programme_id)
        .where(visible.event())
    )


def themes_of_events(events: Query) -> Query:
    """The public theme groups of each of these events (a select of ids), the owning one first."""
    return (
        sa.select(EventTheme.event_id, ThemeGroup.slug, ThemeGroup.title)
        .join(ThemeGroup, ThemeGroup.id == EventTheme.theme_id)
        .join(Programme, Programme.id == ThemeGroup.programme_id)
        .where(visible.theme(), EventTheme.event_id.in_(events))
        .order_by(EventTheme.event_id, EventTheme.owns.desc(), ThemeGroup.position, ThemeGroup.id)
    )


def dates_of_events(events: Query) -> Query:
    """Every date that each of these events (a select of ids) ever had, first to last."""
    return (
        sa.select(
            EventDate.event_id,
            EventDate.zone,
            EventDate.precision,
            EventDate.starts_local,
            EventDate.ends_local,
            EventDate.reason,
            EventDate.recorded_at,
        )
        .where(EventDate.event_id.in_(events))
        .order_by(EventDate.event_id, EventDate.id)
    )


def theme_lines(today: Today) -> Query:
    """Public theme groups, those of a programme together, in its own order."""
    owned = Action.theme_id == ThemeGroup.id
    return (
        sa.select(
            ThemeGroup.id,
            ThemeGroup.programme_id,
            ThemeGroup.slug,
            ThemeGroup.title,
            ThemeGroup.scope,
            ThemeGroup.state,
            Programme.name.label("programme"),
            Programme.slug.label("programme_slug"),
            _lead(today),
            count_actions(owned, visible.promised()),
            count_actions(owned, visible.kept()),
            count_actions(owned, visible.overdue(today)),
        )
        .join(Programme, Programme.id == ThemeGroup.programme_id)
        .where(visible.theme())
        .order_by(*PROGRAMME_ORDER, ThemeGroup.position, ThemeGroup.title, ThemeGroup.id)
    )


def action_lines(today: Today) -> Query:
    """Public actions, in no order yet."""
    shown = aliased(ThemeGroup)
    slips = sa.select(sa.func.count()).where(ActionRedate.action_id == Action.id).scalar_subquery()
    return (
        sa.select(
            Action.reference,
            Action.text,
            Action.state,
            Action.due,
            Action.first_due,
            sa.func.coalesce(visible.overdue(today), sa.false()).label("overdue"),
            slips.label("slips"),
            label_of(Organisation),
            Event.title.label("event"),
            Event.slug.label("event_slug"),
            shown.title.label("theme"),
            shown.slug.label("theme_slug"),
        )
        .join(Event, Event.id == Action.event_id)
        .join(Programme, Programme.id == Action.programme_id)
        .join(Organisation, Organisation.id == Action.organisation_id)
        .outerjoin(shown, sa.and_(shown.id == Action.theme_id, visible.published(shown)))
        .where(visible.action())
    )


def label_of(organisation: type[Organisation]) -> sa.ColumnElement[str]:
    """The name to show where space is short."""
    short = sa.func.nullif(organisation.short_name, "")
    return sa.func.coalesce(short, organisation.name).label("organisation")


def count_actions(*conditions: sa.ColumnElement[bool]) -> sa.Label[int]:
    """How many public actions fit, as a column of an outer select that joins `Programme`."""
    there = aliased(Event)
    return (
        sa.select(sa.func.count())
        .select_from(Action)
        .join(there, there.id == Action.event_id)
        .where(*conditions, visible.published(Action, there), Action.private.is_(False))
        .correlate(Programme, ThemeGroup, Event)
        .scalar_subquery()
        .label(None)
    )


def events_held() -> sa.Label[int]:
    """How many public events took place, as a column of an outer select that joins `Programme`."""
    return (
        sa.select(sa.func.count())
        .select_from(Event)
        .where(Event.programme_id == Programme.id, visible.published(Event), Event.state.in_(visible.HELD))
        .correlate(Programme)
        .scalar_subquery()
        .label("held")
    )


def _outcomes_of_event() -> sa.Label[int]:
    return (
        sa.select(sa.func.count())
        .select_from(Outcome)
        .where(Outcome.event_id == Event.id, visible.outcome())
        .correlate(Event, Programme)
        .scalar_subquery()
        .label("outcomes")
    )


def _lead(today: Today) -> sa.Label[str | None]:
    """The names of those who lead today, joined by commas."""
    return (
        sa.select(sa.func.aggregate_strings(Person.name, ", "))
        .select_from(Term)
        .join(Person, Person.id == Term.person_id)
        .where(
            Term.theme_id == ThemeGroup.id,
            Term.role == TermRole.LEAD,
            Term.starts_on <= today,
            sa.or_(Term.ends_on.is_(None), Term.ends_on >= today),
        )
        .correlate(ThemeGroup, Programme)
        .scalar_subquery()
        .label("lead")
    )
