"""One theme group: who leads, what was promised, where, by when, and did it happen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from engage.core import clock
from engage.core.db import db
from engage.events.models import Event, EventTheme
from engage.outcomes.models import OPEN_ACTION, Action, ActionTheme
from engage.people.models import Person
from engage.programmes.models import Programme
from engage.site.queries import lines, papers, visible
from engage.site.queries.front import COMING_ORDER
from engage.site.queries.lines import ActionLine, EventLine, PlannedDate
from engage.site.queries.papers import PaperLine
from engage.site.queries.together import Query, together
from engage.themes.models import Term, TermRole, ThemeGroup, ThemeState


class ThemeFacts(NamedTuple):
    id: int
    slug: str
    title: str
    scope: str
    plan: str
    contact: str
    state: ThemeState
    closing_reason: str
    programme_id: int
    programme: str
    programme_slug: str
    zone: str
    successor: str | None
    successor_slug: str | None


class LeadTerm(NamedTuple):
    name: str
    organisation: str
    starts_on: date
    ends_on: date | None


class OwnedAction(NamedTuple):
    """An action of the group; `owned` is false where another group owns it and this one helps."""

    owned: bool
    line: ActionLine


class Tally(NamedTuple):
    """The group's own promises: made, kept, overdue; all its actions, with those that it helps with; all its events."""

    promised: int
    kept: int
    overdue: int
    actions: int
    events: int


MOST_ACTIONS = 60
MOST_EVENTS = 20


@dataclass(frozen=True, kw_only=True)
class ThemePage:
    """`actions` and `events` are the first of as many as `tally` says."""

    theme: ThemeFacts
    today: date
    terms: Sequence[LeadTerm]
    tally: Tally
    actions: Sequence[OwnedAction]
    next: Sequence[EventLine]
    events: Sequence[EventLine]
    dates: Sequence[PlannedDate]
    predecessors: Sequence[tuple[str, str]]
    papers: Sequence[PaperLine]

    @property
    def leads(self) -> Sequence[LeadTerm]:
        """Who leads today, longest first."""
        return [t for t in self.terms if t.starts_on <= self.today and (t.ends_on is None or t.ends_on >= self.today)]

    @property
    def led_before(self) -> Sequence[LeadTerm]:
        return [t for t in self.terms if t.ends_on is not None and t.ends_on < self.today]

    @property
    def vacant(self) -> bool:
        """Active with nobody leading it (derived)."""
        return self.theme.state is ThemeState.ACTIVE and not self.leads


def theme(slug: str) -> ThemePage | None:
    """The public theme group at this address, in two statements; None unless it is public."""
    successor = aliased(ThemeGroup)
    row = db.session.execute(
        sa.select(
            ThemeGroup.id,
            ThemeGroup.slug,
            ThemeGroup.title,
            ThemeGroup.scope,
            ThemeGroup.plan,
            ThemeGroup.contact,
            ThemeGroup.state,
            ThemeGroup.closing_reason,
            Programme.id,
            Programme.name,
            Programme.slug,
            Programme.zone,
            successor.title,
            successor.slug,
        )
        .select_from(ThemeGroup)
        .join(Programme, Programme.id == ThemeGroup.programme_id)
        .outerjoin(successor, sa.and_(successor.id == ThemeGroup.successor_id, visible.published(successor)))
        .where(ThemeGroup.slug == slug, visible.theme())
    ).one_or_none()
    if row is None:
        return None
    facts = ThemeFacts._make(row)
    events = _events(facts.id).order_by(*(column.desc() for column in COMING_ORDER)).limit(MOST_EVENTS)
    coming = _events(facts.id).where(Event.state.in_(visible.COMING)).order_by(*COMING_ORDER).limit(1)
    actions = _actions(facts)
    parts = together(
        terms=(LeadTerm, _terms(facts.id)),
        tally=(Tally, _tally(facts, actions)),
        actions=(_owned, actions.limit(MOST_ACTIONS)),
        next=(EventLine, coming),
        events=(EventLine, events),
        dates=(PlannedDate, lines.dates_of_events(sa.select(coming.with_only_columns(Event.id).subquery().c.id))),
        predecessors=(lambda slug, title: (slug, title), _predecessors(facts.id)),
        papers=(PaperLine, papers.paper_lines_of_theme(facts.id)),
    )
    return ThemePage(theme=facts, today=clock.today(facts.zone), **{**parts, "tally": parts["tally"][0]})


def _owned(owned: bool, *line: Any) -> OwnedAction:
    return OwnedAction(owned, ActionLine(*line))


def _terms(theme_id: int) -> Query:
    """Who ever led it, latest first."""
    return (
        sa.select(Person.name, Term.organisation, Term.starts_on, Term.ends_on)
        .join(Person, Person.id == Term.person_id)
        .where(Term.theme_id == theme_id, Term.role == TermRole.LEAD)
        .order_by(Term.starts_on.desc(), Term.id.desc())
    )


def _today(facts: ThemeFacts) -> lines.Today:
    return visible.today_in([(facts.programme_id, facts.zone)])


def _actions(facts: ThemeFacts) -> Query:
    """What it promised or helps with: open ones first, by due date."""
    helps = sa.select(ActionTheme.action_id).where(ActionTheme.theme_id == facts.id)
    query = lines.action_lines(_today(facts))
    return (
        query.with_only_columns((Action.theme_id == facts.id).label("owned"), *query.selected_columns)
        .where(sa.or_(Action.theme_id == facts.id, Action.id.in_(helps)))
        .order_by(Action.state.not_in(OPEN_ACTION), Action.due.is_(None), Action.due, Action.id)
    )


def _tally(facts: ThemeFacts, actions: Query) -> Query:
    """Counted by the store: the page shows only the first of them."""
    counted = (
        actions.with_only_columns(
            sa.and_(Action.theme_id == facts.id, visible.promised()).label("promised"),
            sa.and_(Action.theme_id == facts.id, visible.kept()).label("kept"),
            sa.and_(Action.theme_id == facts.id, visible.overdue(_today(facts))).label("overdue"),
        )
        .order_by(None)
        .subquery()
    )
    events = _events(facts.id).with_only_columns(Event.id).subquery()
    return sa.select(
        *(sa.func.count().filter(column) for column in counted.c),
        sa.func.count(),
        sa.select(sa.func.count()).select_from(events).scalar_subquery(),
    ).select_from(counted)


def _events(theme_id: int) -> Query:
    ours = sa.select(EventTheme.event_id).where(EventTheme.theme_id == theme_id)
    return lines.event_lines().where(Event.id.in_(ours))


def _predecessors(theme_id: int) -> Query:
    """Public theme groups whose work passed to this one."""
    return (
        sa.select(ThemeGroup.slug, ThemeGroup.title)
        .join(Programme, Programme.id == ThemeGroup.programme_id)
        .where(ThemeGroup.successor_id == theme_id, visible.theme())
        .order_by(ThemeGroup.title, ThemeGroup.id)
    )
