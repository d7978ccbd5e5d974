"""What the front page, the lists and the site map show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from engage.core import clock
from engage.core.db import db
from engage.events.models import Event, EventState
from engage.outcomes.models import Action, ActionMove, ActionState, Record
from engage.papers.models import Paper
from engage.people.models import Organisation
from engage.programmes.models import Programme
from engage.site.queries import lines, papers, visible
from engage.site.queries.lines import EventLine, PlannedDate, ProgrammeLine, ThemeLine, ThemeLink
from engage.site.queries.together import Query, together
from engage.themes.models import ThemeGroup


class Step(NamedTuple):
    """One step forward: an action kept or reported complete (`kind` is its state), a record published ("record")."""

    kind: str
    at: datetime
    title: str
    address: str
    organisation: str
    zone: str


class Totals(NamedTuple):
    promised: int
    kept: int
    overdue: int
    held: int


@dataclass(frozen=True, kw_only=True)
class Front:
    programmes: Sequence[ProgrammeLine]
    coming: Sequence[EventLine]
    event_themes: Sequence[ThemeLink]
    event_dates: Sequence[PlannedDate]
    themes: Sequence[ThemeLine]
    progress: Sequence[Step]
    totals: Totals


@dataclass(frozen=True, kw_only=True)
class EventList:
    """`total` counts the past events that there are in all."""

    coming: Sequence[EventLine]
    past: Sequence[EventLine]
    total: int
    event_themes: Sequence[ThemeLink]
    event_dates: Sequence[PlannedDate]


@dataclass(frozen=True, kw_only=True)
class Map:
    """Addresses of everything public, with when it last changed where that is known."""

    programmes: Sequence[str]
    events: Sequence[str]
    themes: Sequence[str]
    actions: Sequence[str]
    papers: Sequence[str]


COMING_ORDER = (Event.starts_at.is_(None), Event.starts_at, Event.starts_local, Event.id)
PAST_ORDER = (Event.starts_at.is_(None), Event.starts_at.desc(), Event.id.desc())
LATEST = 6
NEXT = 6


def list_programmes() -> Sequence[ProgrammeLine]:
    """Every public programme."""
    return [ProgrammeLine._make(row) for row in db.session.execute(lines.programme_lines())]


def front() -> Front:
    """All of the front page, in two statements."""
    found = list_programmes()
    today = visible.today_in((p.id, p.zone) for p in found)
    coming = lines.event_lines().where(visible.coming(), Event.state != EventState.CANCELLED)
    coming = coming.order_by(*COMING_ORDER).limit(NEXT)
    ids = _ids(coming)
    parts = together(
        coming=(EventLine, coming),
        event_themes=(ThemeLink, lines.themes_of_events(ids)),
        event_dates=(PlannedDate, lines.dates_of_events(ids)),
        themes=(ThemeLine, lines.theme_lines(today)),
        progress=(Step, _progress()),
        totals=(Totals, _totals(today)),
    )
    return Front(programmes=found, **{**parts, "totals": parts["totals"][0]})


def list_themes() -> Sequence[ThemeLine]:
    """Every public theme group, under its programme; closed ones last."""
    rows = db.session.execute(sa.select(Programme.id, Programme.zone).where(visible.programme()))
    today = visible.today_in((ident, zone) for ident, zone in rows)
    return [ThemeLine._make(row) for row in db.session.execute(lines.theme_lines(today))]


def list_events(*, limit: int, offset: int) -> EventList:
    """All that is coming, and a page of what is past, latest first; one statement."""
    coming = lines.event_lines().where(visible.coming()).order_by(*COMING_ORDER)
    past = lines.event_lines().where(sa.not_(visible.coming()))
    count = sa.select(sa.func.count()).select_from(past.with_only_columns(Event.id).subquery())
    page = past.order_by(*PAST_ORDER).limit(limit).offset(offset)
    ids = sa.union_all(_ids(coming), _ids(page)).subquery()
    shown = sa.select(ids.c[0])
    parts = together(
        coming=(EventLine, coming),
        past=(EventLine, page),
        total=(int, count),
        event_themes=(ThemeLink, lines.themes_of_events(shown)),
        event_dates=(PlannedDate, lines.dates_of_events(shown)),
    )
    return EventList(**{**parts, "total": parts["total"][0]})


def site_map() -> Map:
    """Slugs and references of everything public, each in a total order."""
    event = sa.select(Event.slug).join(Programme, Programme.id == Event.programme_id)
    theme = sa.select(ThemeGroup.slug).join(Programme, Programme.id == ThemeGroup.programme_id)
    action = (
        sa.select(Action.reference)
        .join(Event, Event.id == Action.event_id)
        .join(Programme, Programme.id == Action.programme_id)
    )
    return Map(
        **together(
            programmes=(str, sa.select(Programme.slug).where(visible.programme()).order_by(Programme.slug)),
            events=(str, event.where(visible.event()).order_by(Event.slug)),
            themes=(str, theme.where(visible.theme()).order_by(ThemeGroup.slug)),
            actions=(str, action.where(visible.action()).order_by(Action.id)),
            papers=(str, papers.paper_lines().order_by(Paper.id).with_only_columns(Paper.reference)),
        )
    )


def _ids(events: Query) -> Query:
    """The ids of a select of events, as a select that may stand in a union or an IN (with its LIMIT)."""
    return sa.select(events.with_only_columns(Event.id).subquery().c.id)


def _progress() -> Query:
    """The latest steps forward, newest first."""
    moves = (
        sa.select(
            sa.cast(ActionMove.state, sa.String).label("kind"),
            ActionMove.effective_at.label("at"),
            Action.text.label("title"),
            Action.reference.label("address"),
            lines.label_of(Organisation),
            Programme.zone.label("zone"),
        )
        .join(Action, Action.id == ActionMove.action_id)
        .join(Event, Event.id == Action.event_id)
        .join(Programme, Programme.id == Action.programme_id)
        .join(Organisation, Organisation.id == Action.organisation_id)
        .where(
            visible.action(),
            ActionMove.state == Action.state,
            ActionMove.state.in_((ActionState.VERIFIED, ActionState.REPORTED_COMPLETE)),
            ActionMove.effective_at <= clock.now(),
            ActionMove.id == _last_move(),
        )
        .order_by(ActionMove.effective_at.desc(), ActionMove.id.desc())
        .limit(LATEST)
    )
    records = (
        sa.select(
            sa.literal("record", sa.String),
            Record.published_at,
            Event.title,
            Event.slug,
            sa.literal("", sa.String),
            Programme.zone,
        )
        .join(Event, Event.id == Record.event_id)
        .join(Programme, Programme.id == Event.programme_id)
        .where(visible.record())
        .order_by(Record.published_at.desc(), Record.id.desc())
        .limit(LATEST)
    )
    both = sa.union_all(sa.select(*moves.subquery().c), sa.select(*records.subquery().c)).subquery()
    return sa.select(*both.c).order_by(both.c.at.desc(), both.c.kind, both.c.address).limit(LATEST)


def _last_move() -> sa.ScalarSelect[int]:
    """The move that made an action what it is now."""
    later = sa.orm.aliased(ActionMove)
    return sa.select(sa.func.max(later.id)).where(later.action_id == Action.id).correlate(Action).scalar_subquery()


def _totals(today: sa.ColumnElement[Any]) -> Query:
    """Promises made, kept and overdue, and events held, over all that is public."""
    actions = (
        sa.select(
            sa.func.count().filter(visible.promised()).label("promised"),
            sa.func.count().filter(visible.kept()).label("kept"),
            sa.func.count().filter(visible.overdue(today)).label("overdue"),
        )
        .select_from(Action)
        .join(Event, Event.id == Action.event_id)
        .join(Programme, Programme.id == Action.programme_id)
        .where(visible.action())
        .subquery()
    )
    held = (
        sa.select(sa.func.count().label("held"))
        .select_from(Event)
        .join(Programme, Programme.id == Event.programme_id)
        .where(visible.event(), Event.state.in_(visible.HELD))
        .subquery()
    )
    return sa.select(actions.c.promised, actions.c.kept, actions.c.overdue, held.c.held).join(held, sa.true())
