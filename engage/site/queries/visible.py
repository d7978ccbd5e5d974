"""What the public may see: the one place where the site says so (docs/domain.md#access).

A thing is public when it and what it stands under were published, and the instant for it has come. Every read of
the site filters by these; each condition names tables that its query must join.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engage.core import clock
from engage.core.db import db
from engage.events.models import AgendaItem, AgendaKind, Event, EventState
from engage.feedback.models import FeedbackForm, FormState
from engage.outcomes.models import (
    PAST_DUE,
    Action,
    ActionState,
    Outcome,
    OutcomeState,
    Record,
    RecordState,
)
from engage.papers.models import Paper
from engage.programmes.models import Programme
from engage.themes.models import ThemeGroup

Condition = sa.ColumnElement[bool]
NOT_PROMISES = (ActionState.PROPOSED, ActionState.SUPERSEDED)
COMING = (EventState.SCHEDULED, EventState.OPEN, EventState.CLOSED, EventState.POSTPONED, EventState.LIVE)
HELD = (EventState.HELD, EventState.RECORD_AGREED, EventState.ARCHIVED)


def published(*things: Any) -> Condition:
    """Each of these tables (or aliases of them) is public by now, by its own act; no more than that."""
    now = clock.now()
    return sa.and_(*(getattr(thing, "public_from", thing.published_at) <= now for thing in things))


def programme() -> Condition:
    """`Programme` is public."""
    return published(Programme)


def theme() -> Condition:
    """`ThemeGroup`, and its `Programme`."""
    return published(Programme, ThemeGroup)


def event() -> Condition:
    """`Event`, and its `Programme`."""
    return sa.and_(published(Programme, Event), Event.state != EventState.DRAFT)


def record() -> Condition:
    """`Record`, with its `Event` and `Programme`."""
    return sa.and_(event(), published(Record), Record.state == RecordState.PUBLISHED)


def feedback() -> Condition:
    """`FeedbackForm`, with its `Event` and `Programme`."""
    return sa.and_(event(), published(FeedbackForm), FeedbackForm.state == FormState.PUBLISHED)


def outcome() -> Condition:
    """`Outcome`, with its `Event` and `Programme`."""
    return sa.and_(
        event(),
        published(Outcome),
        Outcome.private.is_(False),
        Outcome.state.in_((OutcomeState.CONFIRMED, OutcomeState.SUPERSEDED)),
    )


def action() -> Condition:
    """`Action`, with its `Event` and `Programme`."""
    return sa.and_(event(), published(Action), Action.private.is_(False))


def paper() -> Condition:
    """`Paper`, with its `Programme` and, outer joined, `Event` and `AgendaItem`; also withdrawn ones, which say so."""
    return sa.and_(
        published(Programme, Paper),
        sa.or_(Paper.event_id.is_(None), event()),
        sa.or_(Paper.agenda_item_id.is_(None), AgendaItem.kind == AgendaKind.OPEN),
    )


def agenda_item() -> Condition:
    """`AgendaItem` of a public event: neither internal nor taken off."""
    return sa.and_(AgendaItem.kind == AgendaKind.OPEN, AgendaItem.removed_at.is_(None))


def next_announcement(now: datetime) -> datetime | None:
    """The next instant for which a publication is set: what the public may read changes then, without a write."""
    first = (
        sa.select(sa.func.min(thing.announce_at).label("at")).where(thing.announce_at > now)
        for thing in (Programme, ThemeGroup, Event)
    )
    found: datetime | None = db.session.scalar(
        sa.select(sa.func.min(sa.union_all(*first).subquery().c.at).label("next_announcement"))
    )
    return found


def coming() -> Condition:
    """`Event` is still to come, or on now; a cancelled one as long as its day is ahead."""
    called_off = sa.and_(Event.state == EventState.CANCELLED, Event.starts_at > clock.now())
    return sa.or_(Event.state.in_(COMING), called_off)


def promised() -> Condition:
    """`Action` counts as a promise: agreed at some time, and not replaced by another."""
    return Action.state.not_in(NOT_PROMISES)


def kept() -> Condition:
    """`Action` was done, and somebody else has seen that it was."""
    return Action.state == ActionState.VERIFIED


def overdue(today: sa.ColumnElement[date]) -> Condition:
    """`Action` is past its due date (derived); `today` from `today_in`."""
    return sa.and_(Action.state.in_(PAST_DUE), Action.due < today)


def today_in(programmes: Iterable[tuple[int, str]]) -> sa.ColumnElement[date]:
    """The local date of each `Programme` (id, zone), as SQL: zones apart, it is one date for nearly all of the day."""
    dates: dict[date, list[int]] = {}
    for ident, zone in programmes:
        dates.setdefault(clock.today(zone), []).append(ident)
    literals = [(ids, sa.literal(on, sa.Date)) for on, ids in sorted(dates.items())]
    if len(literals) <= 1:
        return literals[0][1] if literals else sa.literal(clock.now().date(), sa.Date)
    return sa.case(*((Programme.id.in_(ids), on) for ids, on in literals[:-1]), else_=literals[-1][1])
