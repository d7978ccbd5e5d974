"""Events in lists. What a list shows of each is loaded with it, so that the number of statements is constant."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from engage.core import clock
from engage.core.db import db
from engage.core.pages import Page
from engage.events.models import BEFORE_LIVE, Event, EventState, EventTheme, Precision
from engage.events.queries.one import BARE, _published

S = EventState
PAGE = 25
AHEAD = BEFORE_LIVE - {S.DRAFT} | {S.LIVE}
SOONEST = (Event.starts_at.is_(None), Event.starts_at, Event.id)
LATEST = (Event.starts_at.is_(None), Event.starts_at.desc(), Event.id.desc())


def coming(*, programme_id: int | None = None, theme_id: int | None = None) -> Sequence[Event]:
    """Public events that are still to come or live, soonest first, those without a date last.

    A cancelled one stays until the day that it was planned for has passed.
    """
    ahead = sa.or_(
        Event.state.in_(AHEAD),
        sa.and_(Event.state == S.CANCELLED, Event.ends_at > clock.now()),
    )
    return db.session.scalars(_narrow(_published(), programme_id, theme_id).where(ahead).order_by(*SOONEST)).all()


def past(
    *, programme_id: int | None = None, theme_id: int | None = None, number: int = 1, size: int = PAGE
) -> Page[Event]:
    """A page of public events that took place, and of cancelled ones whose day has passed; latest first."""
    over = sa.or_(
        Event.state.in_({S.HELD, S.RECORD_AGREED, S.ARCHIVED}),
        sa.and_(
            Event.state == S.CANCELLED,
            sa.or_(Event.ends_at.is_(None), Event.ends_at <= clock.now()),
        ),
    )
    return _page(_narrow(_published(), programme_id, theme_id).where(over), number, size)


def published_of(programme_id: int) -> Sequence[Event]:
    """Every public event of a programme, first to last: for its story."""
    return db.session.scalars(_narrow(_published(), programme_id, None).order_by(*SOONEST)).all()


def of_programme(programme_id: int) -> Sequence[Event]:
    """Every event of a programme, for its staff: latest first, those without a date at the end."""
    return db.session.scalars(sa.select(Event).where(Event.programme_id == programme_id).order_by(*LATEST)).all()


def of_theme(theme_id: int) -> Sequence[Event]:
    """Every event that stands under a theme group, for staff: latest first."""
    return db.session.scalars(_narrow(sa.select(Event), None, theme_id).order_by(*LATEST)).all()


def of_mine(
    programme_ids: Collection[int],
    *,
    programme_id: int | None = None,
    state: EventState | None = None,
    words: str = "",
    number: int = 1,
) -> Page[Event]:
    """A page of the staff list: events of these programmes, narrowed; latest first, undated ones before them."""
    query = sa.select(Event).where(Event.programme_id.in_(sorted(programme_ids)))
    if programme_id is not None:
        query = query.where(Event.programme_id == programme_id)
    if state is not None:
        query = query.where(Event.state == state)
    if words:
        query = query.where(Event.title.icontains(words, autoescape=True))
    return _page(query, number, PAGE, order=(Event.starts_at.is_not(None), Event.starts_at.desc(), Event.id.desc()))


def on_the_desk(programme_ids: Collection[int], *, live_only: bool = False) -> Sequence[Event]:
    """Events of these programmes that are not over, with what their readiness looks at; soonest first."""
    states = {S.LIVE} if live_only else BEFORE_LIVE | {S.LIVE}
    return db.session.scalars(
        sa.select(Event)
        .options(
            joinedload(Event.chair).options(*BARE),
            joinedload(Event.secretary).options(*BARE),
            selectinload(Event.agenda),
            selectinload(Event.sessions),
            selectinload(Event.timetable),
        )
        .where(Event.programme_id.in_(sorted(programme_ids)), Event.state.in_(states))
        .order_by(*SOONEST)
    ).all()


def due(now: datetime, held_after: timedelta) -> Sequence[int]:
    """Ids of the events for which a move may have fallen due by time, longest due first."""
    waiting = sa.or_(
        sa.and_(
            Event.state.in_({S.SCHEDULED, S.OPEN, S.CLOSED, S.POSTPONED}),
            Event.precision.in_({Precision.TIME, Precision.DAY}),
            Event.starts_at <= now,
        ),
        sa.and_(Event.state == S.SCHEDULED, Event.registration_opens_at <= now),
        sa.and_(Event.state == S.OPEN, Event.registration_closes_at <= now),
        sa.and_(Event.state == S.POSTPONED, Event.reconfirm_by <= now),
        sa.and_(Event.state == S.LIVE, Event.ends_at <= now - held_after),
        Event.announce_at <= now,
    )
    return db.session.scalars(sa.select(Event.id).where(waiting).order_by(*SOONEST)).all()


def with_dates_ahead(now: datetime) -> Sequence[Event]:
    """Events with a planned date ahead: their instants follow the zone rules."""
    return db.session.scalars(
        sa.select(Event).where(Event.state.in_(BEFORE_LIVE), Event.starts_at > now).order_by(Event.id)
    ).all()


def _narrow(query: sa.Select[Event], programme_id: int | None, theme_id: int | None) -> sa.Select[Event]:
    if programme_id is not None:
        query = query.where(Event.programme_id == programme_id)
    if theme_id is not None:
        standing = sa.select(EventTheme.event_id).where(EventTheme.theme_id == theme_id)
        query = query.where(Event.id.in_(standing))
    return query


def _page(
    query: sa.Select[Event], number: int, size: int, order: tuple[sa.ColumnElement[Any], ...] | None = None
) -> Page[Event]:
    total = db.session.scalar(sa.select(sa.func.count()).select_from(query.with_only_columns(Event.id).subquery()))
    rows = query.order_by(*(order or LATEST)).limit(size).offset(Page.offset(number, size))
    return Page(items=db.session.scalars(rows).all(), number=number, total=total or 0, size=size)
