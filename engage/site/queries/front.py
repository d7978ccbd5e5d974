"""What the front page, the lists and the site map show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from engage.core import clock
from engage.core.db import db
from engage.events.models import Event, EventState, EventTheme, Series
from engage.outcomes.models import Action, ActionMove, ActionState, Record
from engage.papers.models import Paper
from engage.people.models import Organisation
from engage.programmes.models import Programme
from engage.site.queries import lines, papers, visible
from engage.site.queries.lines import EventLine, PlannedDate, ProgrammeLine, ThemeLine, ThemeLink
from engage.site.queries.together import Query, together
from engage.themes.models import ThemeGroup, ThemeState


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


class Listed(NamedTuple):
    """An event in a list; `coming` until it is over."""

    coming: bool
    line: EventLine


@dataclass(frozen=True, kw_only=True)
class EventList:
    """A page of events; `total` counts those that there are in all. `of`: whose they are, where that was asked."""

    events: Sequence[Listed]
    total: int
    of: str
    event_themes: Sequence[ThemeLink]
    event_dates: Sequence[PlannedDate]


class Address(NamedTuple):
    """Something public: `kind` is the endpoint of its page, `name` its slug or reference."""

    kind: str
    name: str


COMING_ORDER = (Event.starts_at.is_(None), Event.starts_at, Event.starts_local, Event.id)
PAST_ORDER = (Event.starts_at.is_(None), Event.starts_at.desc(), Event.id.desc())
LATEST = 6
NEXT = 6
MOST_THEMES = 6


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
        themes=(ThemeLine, _at_work(today)),
        progress=(Step, _progress()),
        totals=(Totals, _totals(today)),
    )
    return Front(programmes=found, **{**parts, "totals": parts["totals"][0]})


def list_themes() -> Sequence[ThemeLine]:
    """Every public theme group, under its programme; closed ones last."""
    rows = db.session.execute(sa.select(Programme.id, Programme.zone).where(visible.programme()))
    today = visible.today_in((ident, zone) for ident, zone in rows)
    return [ThemeLine._make(row) for row in db.session.execute(lines.theme_lines(today))]


def list_events(*, programme: str = "", theme: str = "", series: str = "", limit: int, offset: int) -> EventList | None:
    """A page of all events, or of one public programme's, theme group's or series (by slug; None where there is none
    such): what is coming, the next first, then what is past, the latest first; one statement."""
    events = sa.select(Event.id).join(Programme, Programme.id == Event.programme_id).where(visible.event())
    whose = sa.select(sa.literal("", sa.String))
    if programme:
        events = events.where(Programme.slug == programme)
        whose = sa.select(Programme.name).where(Programme.slug == programme, visible.programme())
    elif theme:
        found = sa.select(ThemeGroup).join(Programme, Programme.id == ThemeGroup.programme_id).where(visible.theme())
        found = found.where(ThemeGroup.slug == theme)
        under = sa.select(EventTheme.event_id).where(EventTheme.theme_id.in_(found.with_only_columns(ThemeGroup.id)))
        events = events.where(Event.id.in_(under))
        whose = found.with_only_columns(ThemeGroup.title)
    elif series:
        counted = events.join(Series, Series.id == Event.series_id).where(Series.slug == series)
        events, whose = counted, counted.with_only_columns(Series.name).limit(1)
    coming = sa.func.coalesce(visible.coming(), sa.false())
    order = (sa.case((coming, 0), else_=1), *_coming_first(coming))
    shown = sa.select(events.order_by(*order).limit(limit).offset(offset).subquery().c.id)
    rows = lines.event_lines()
    parts = together(
        events=(
            lambda coming, *line: Listed(coming, EventLine(*line)),
            rows.with_only_columns(sa.type_coerce(coming, sa.Boolean).label("coming"), *rows.selected_columns)
            .where(Event.id.in_(shown))
            .order_by(*order),
        ),
        total=(int, sa.select(sa.func.count()).select_from(events.subquery())),
        of=(str, whose),
        event_themes=(ThemeLink, lines.themes_of_events(shown)),
        event_dates=(PlannedDate, lines.dates_of_events(shown)),
    )
    if not parts["of"]:
        return None
    return EventList(**{**parts, "total": parts["total"][0], "of": parts["of"][0]})


def _coming_first(coming: sa.ColumnElement[bool]) -> Sequence[sa.ColumnElement[Any]]:
    """The next of those to come first, then the latest of those past."""

    def if_coming(column: Any) -> sa.ColumnElement[Any]:
        return sa.case((coming, column), else_=None)

    undated, *rest = COMING_ORDER
    return (undated, *(if_coming(column) for column in rest), *PAST_ORDER[1:])


def site_map(*, limit: int, offset: int) -> tuple[Sequence[Address], int]:
    """A page of everything public, in a total order, with how much there is in all; one statement."""
    event = sa.select(sa.literal("event"), Event.slug).join(Programme, Programme.id == Event.programme_id)
    theme = sa.select(sa.literal("theme"), ThemeGroup.slug).join(Programme, Programme.id == ThemeGroup.programme_id)
    action = (
        sa.select(sa.literal("action"), Action.reference)
        .join(Event, Event.id == Action.event_id)
        .join(Programme, Programme.id == Action.programme_id)
    )
    everything = sa.union_all(
        sa.select(sa.literal("programme").label("kind"), Programme.slug.label("name")).where(visible.programme()),
        event.where(visible.event()),
        theme.where(visible.theme()),
        action.where(visible.action()),
        papers.paper_lines().order_by(None).with_only_columns(sa.literal("paper"), Paper.reference),
    ).subquery()
    rank = sa.case({"programme": 0, "event": 1, "theme": 2, "action": 3}, value=everything.c.kind, else_=4)
    parts = together(
        page=(Address, sa.select(*everything.c).order_by(rank, everything.c.name).limit(limit).offset(offset)),
        total=(int, sa.select(sa.func.count()).select_from(everything)),
    )
    return parts["page"], parts["total"][0]


def _at_work(today: lines.Today) -> Query:
    """Some of the theme groups at work."""
    return lines.theme_lines(today).where(ThemeGroup.state != ThemeState.CLOSED).limit(MOST_THEMES)


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
