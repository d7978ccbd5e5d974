"""One programme and its story: everything that happened, from the tables where it happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from engage.core import clock
from engage.core.db import db
from engage.core.facts import History
from engage.events.models import Event
from engage.outcomes.models import Action, ActionMove, ActionState, Record
from engage.papers.models import Paper
from engage.people.models import Organisation
from engage.programmes.models import Programme, ProgrammeState
from engage.site.queries import lines, papers, visible
from engage.site.queries.lines import EventLine, PlannedDate, ThemeLine
from engage.site.queries.papers import PaperLine
from engage.site.queries.series import SeriesLine, series_lines
from engage.site.queries.together import Query, together
from engage.themes.models import ThemeGroup


class ProgrammeFacts(NamedTuple):
    id: int
    slug: str
    name: str
    summary: str
    purpose: str
    convening_body: str
    zone: str
    state: ProgrammeState
    starts_on: date | None
    ends_on: date | None


class RecordOut(NamedTuple):
    """A record that was published."""

    event_id: int
    at: datetime
    event: str
    event_slug: str


class ThemeTurn(NamedTuple):
    """A theme group began its work (`fact` ThemeActivated) or was closed (ThemeClosed)."""

    fact: str
    at: datetime
    title: str
    slug: str
    reason: str
    successor: str | None
    successor_slug: str | None


class Kept(NamedTuple):
    """An action that was verified, and when."""

    at: datetime
    reference: str
    text: str
    organisation: str


class Totals(NamedTuple):
    """Events held, promises made, promises kept: of all, told in the story or not."""

    held: int
    promised: int
    kept: int


class Turn(NamedTuple):
    """The programme itself was closed or reopened."""

    fact: str
    at: datetime


NEWEST = 100
"""Of events, records, promises kept and papers, so many of each are told in a story."""
MOST = NEWEST + 1
"""Read of each: one more says that there are more."""


@dataclass(frozen=True, kw_only=True)
class ProgrammePage:
    """`events`, `records`, `kept`, `papers`: oldest first, the newest `MOST` of each."""

    programme: ProgrammeFacts
    today: date
    totals: Totals
    events: Sequence[EventLine]
    dates: Sequence[PlannedDate]
    records: Sequence[RecordOut]
    themes: Sequence[ThemeLine]
    theme_turns: Sequence[ThemeTurn]
    kept: Sequence[Kept]
    turns: Sequence[Turn]
    papers: Sequence[PaperLine]
    series: Sequence[SeriesLine]


def programme(slug: str) -> ProgrammePage | None:
    """The public programme at this address with its story, in two statements; None unless it is public."""
    row = db.session.execute(
        sa.select(
            Programme.id,
            Programme.slug,
            Programme.name,
            Programme.summary,
            Programme.purpose,
            Programme.convening_body,
            Programme.zone,
            Programme.state,
            Programme.starts_on,
            Programme.ends_on,
        ).where(Programme.slug == slug, visible.programme())
    ).one_or_none()
    if row is None:
        return None
    facts = ProgrammeFacts._make(row)
    ours = Programme.id == facts.id
    newest = (Event.starts_at.is_not(None), Event.starts_at.desc(), Event.id.desc())
    events = lines.event_lines().where(ours).order_by(*newest).limit(MOST)
    ids = sa.select(events.with_only_columns(Event.id).subquery().c.id)
    today = visible.today_in([(facts.id, facts.zone)])
    out = papers.paper_lines().where(ours).order_by(None).order_by(Paper.published_at.desc(), Paper.id.desc())
    parts = together(
        events=(EventLine, events),
        dates=(PlannedDate, lines.dates_of_events(ids)),
        records=(RecordOut, _records(ours)),
        themes=(ThemeLine, lines.theme_lines(today).where(ours)),
        theme_turns=(ThemeTurn, _theme_turns(ours)),
        kept=(Kept, _kept(ours)),
        turns=(Turn, _turns(facts.id)),
        papers=(PaperLine, out.limit(MOST)),
        totals=(Totals, _totals(ours)),
        series=(SeriesLine, series_lines().where(ours)),
    )
    told = {name: parts[name][::-1] for name in ("events", "records", "kept", "papers")}
    return ProgrammePage(
        programme=facts, today=clock.today(facts.zone), **{**parts, **told, "totals": parts["totals"][0]}
    )


def _totals(ours: sa.ColumnElement[bool]) -> Query:
    counted = (lines.events_held(), lines.count_actions(visible.promised()), lines.count_actions(visible.kept()))
    return sa.select(*counted).select_from(Programme).where(ours)


def _records(ours: sa.ColumnElement[bool]) -> Query:
    return (
        sa.select(Event.id, Record.published_at, Event.title, Event.slug)
        .select_from(Record)
        .join(Event, Event.id == Record.event_id)
        .join(Programme, Programme.id == Event.programme_id)
        .where(ours, visible.record())
        .order_by(Record.published_at.desc(), Record.id.desc())
        .limit(MOST)
    )


def _theme_turns(ours: sa.ColumnElement[bool]) -> Query:
    """From the history of public theme groups: an append-only table, whose ids are the order of time."""
    successor = aliased(ThemeGroup)
    return (
        sa.select(
            History.fact,
            History.at,
            ThemeGroup.title,
            ThemeGroup.slug,
            ThemeGroup.closing_reason,
            successor.title.label("successor"),
            successor.slug.label("successor_slug"),
        )
        .select_from(History)
        .join(ThemeGroup, ThemeGroup.id == History.subject_id)
        .join(Programme, Programme.id == ThemeGroup.programme_id)
        .outerjoin(successor, sa.and_(successor.id == ThemeGroup.successor_id, visible.published(successor)))
        .where(
            ours,
            History.programme_id == Programme.id,
            History.subject == "theme",
            History.fact.in_(("ThemeActivated", "ThemeClosed")),
            visible.theme(),
        )
        .order_by(History.id)
    )


def _kept(ours: sa.ColumnElement[bool]) -> Query:
    """Actions that stand as verified, each with its last verification."""
    verified = (
        sa.select(sa.func.max(ActionMove.effective_at))
        .where(ActionMove.action_id == Action.id, ActionMove.state == ActionState.VERIFIED)
        .correlate(Action)
        .scalar_subquery()
        .label("at")
    )
    return (
        sa.select(verified, Action.reference, Action.text, lines.label_of(Organisation))
        .select_from(Action)
        .join(Event, Event.id == Action.event_id)
        .join(Programme, Programme.id == Action.programme_id)
        .join(Organisation, Organisation.id == Action.organisation_id)
        .where(ours, visible.action(), visible.kept())
        .order_by(verified.desc(), Action.id.desc())
        .limit(MOST)
    )


def _turns(programme_id: int) -> Query:
    return (
        sa.select(History.fact, History.at)
        .where(
            History.subject == "programme",
            History.subject_id == programme_id,
            History.fact.in_(("ProgrammeClosed", "ProgrammeReopened")),
        )
        .order_by(History.id)
    )
