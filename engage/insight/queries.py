"""What the desk gathers besides the domains' own parts: the reader's programmes and the events that are theirs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa

from engage.core import clock
from engage.core.access import Principal
from engage.core.db import db
from engage.events.models import KIND_WORDS, Event, EventKind, EventState, EventTheme, Precision, when_words
from engage.programmes.models import Programme, ProgrammeState

AHEAD = (EventState.SCHEDULED, EventState.OPEN, EventState.CLOSED, EventState.LIVE, EventState.POSTPONED)


class MyProgramme(NamedTuple):
    id: int
    slug: str
    name: str
    zone: str
    state: ProgrammeState


class MyEvent(NamedTuple):
    """An event to come."""

    slug: str
    title: str
    kind: EventKind
    state: EventState
    zone: str
    precision: Precision
    starts: datetime | None
    ends: datetime | None
    programme_id: int

    @property
    def kind_words(self) -> str:
        return str(KIND_WORDS[self.kind])

    @property
    def when(self) -> str:
        return when_words(self.precision, self.starts, self.ends, self.zone)

    @property
    def timed(self) -> bool:
        """Whether its hours are known."""
        return self.precision is Precision.TIME

    @property
    def day(self) -> date | None:
        known = self.starts is not None and self.precision is not Precision.TO_BE_CONFIRMED
        return self.starts.date() if known and self.starts else None


def my_programmes(principal: Principal) -> Sequence[MyProgramme]:
    """The programmes in which somebody holds a role, active ones first, by name."""
    rows = db.session.execute(
        sa.select(Programme.id, Programme.slug, Programme.name, Programme.zone, Programme.state)
        .where(Programme.id.in_(sorted(principal.roles)))
        .order_by(sa.case((Programme.state == ProgrammeState.ACTIVE, 0), else_=1), Programme.name, Programme.id)
    )
    return [MyProgramme(*row) for row in rows]


def coming_events(principal: Principal, limit: int) -> Sequence[MyEvent]:
    """The next events of the reader's programmes, theme groups and own diary; soonest first, undated ones last."""
    led = sa.select(EventTheme.event_id).where(EventTheme.theme_id.in_(_sorted(principal.leads)))
    rows = db.session.execute(
        sa.select(
            Event.slug,
            Event.title,
            Event.kind,
            Event.state,
            Event.zone,
            Event.precision,
            Event.starts_local,
            Event.ends_local,
            Event.programme_id,
        )
        .where(
            Event.state.in_(AHEAD),
            sa.or_(Event.ends_at.is_(None), Event.ends_at > clock.now()),
            sa.or_(
                Event.programme_id.in_(sorted(principal.roles)),
                Event.id.in_(led),
                Event.id.in_(_sorted(principal.took_part)),
            ),
        )
        .order_by(Event.starts_at.is_(None), Event.starts_at, Event.id)
        .limit(limit)
    )
    return [MyEvent(*row) for row in rows]


def _sorted(idents: Collection[int]) -> list[int]:
    return sorted(idents)
