"""The public register of actions, and one action with its whole chain."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from engage.core import clock
from engage.core.db import db
from engage.events.models import AgendaItem, Event, EventKind, Precision, when_words
from engage.feedback.models import FeedbackForm, FeedbackLink, FormState, Question
from engage.outcomes.models import (
    OPEN_ACTION,
    PAST_DUE,
    Action,
    ActionMove,
    ActionRedate,
    ActionState,
    ActionTheme,
    Outcome,
    OutcomeKind,
    ProgressUpdate,
)
from engage.people.models import Organisation, Person
from engage.programmes.models import Programme
from engage.site.queries import lines, visible
from engage.site.queries.lines import ActionLine, ThemeLink
from engage.site.queries.together import Query, together
from engage.themes.models import ThemeGroup


class Option(NamedTuple):
    """Something to narrow the register by: its slug and its name."""

    slug: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the register can be narrowed by; `zones` are the programmes' ids and time zones."""

    programmes: Sequence[Option]
    themes: Sequence[Option]
    organisations: Sequence[Option]
    zones: Sequence[tuple[int, str]]


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """What the reader asked the register for; slugs are of public things."""

    programme: str = ""
    theme: str = ""
    organisation: str = ""
    states: Collection[ActionState] = field(default=())
    overdue: bool = False
    words: str = ""


class ActionFacts(NamedTuple):
    """What is not public of the chain (theme group, outcome, agenda item) is None."""

    id: int
    reference: str
    text: str
    state: ActionState
    state_reason: str
    first_due: date | None
    due: date | None
    published_at: datetime
    organisation: str
    owner: str | None
    non_attributed: bool
    event: str
    event_slug: str
    event_kind: EventKind
    event_zone: str
    event_precision: Precision
    event_starts: datetime | None
    programme_id: int
    programme: str
    programme_slug: str
    zone: str
    theme: str | None
    theme_slug: str | None
    outcome: str | None
    outcome_kind: OutcomeKind | None
    outcome_reference: str | None
    item: str | None
    instead: str | None
    instead_reference: str | None

    @property
    def event_when(self) -> str:
        """The day of the event, without its hours."""
        precision = Precision.DAY if self.event_precision is Precision.TIME else self.event_precision
        return when_words(precision, self.event_starts, None, self.event_zone)


class Move(NamedTuple):
    state: ActionState
    at: datetime
    actor: str
    reason: str


class Redate(NamedTuple):
    old: date
    new: date
    reason: str
    approved_by: str
    at: datetime


class Update(NamedTuple):
    state: ActionState
    percent: int | None
    words: str
    evidence_url: str
    actor: str
    at: datetime


class Said(NamedTuple):
    """A comment from a feedback form that led to the action, as it was chosen to be shown."""

    words: str
    question: str
    event: str
    event_slug: str


@dataclass(frozen=True, kw_only=True)
class ActionPage:
    action: ActionFacts
    today: date
    other_themes: Sequence[ThemeLink]
    moves: Sequence[Move]
    redates: Sequence[Redate]
    updates: Sequence[Update]
    said: Sequence[Said]
    replaces: Sequence[Option]

    @property
    def overdue(self) -> bool:
        """Past its due date where the programme lives (derived)."""
        return self.action.state in PAST_DUE and self.action.due is not None and self.action.due < self.today

    @property
    def days_slipped(self) -> int:
        """From the first due date to the present one (derived)."""
        first, now = self.action.first_due, self.action.due
        return (now - first).days if first and now else 0

    @property
    def actors(self) -> frozenset[str]:
        """The marks of everybody who moved, re-dated or reported on it; of nobody where nobody is named."""
        if self.action.non_attributed:
            return frozenset()
        said = {u.actor for u in self.updates} | {r.approved_by for r in self.redates}
        return frozenset(said | {m.actor for m in self.moves})


def options() -> Options:
    """Public programmes, theme groups and organisations that owe something public; one statement."""
    programmes = sa.select(Programme.slug, Programme.name).where(visible.programme())
    zones = sa.select(Programme.id, Programme.zone).where(visible.programme()).order_by(Programme.id)
    themes = (
        sa.select(ThemeGroup.slug, ThemeGroup.title)
        .join(Programme, Programme.id == ThemeGroup.programme_id)
        .where(visible.theme())
        .order_by(ThemeGroup.title, ThemeGroup.id)
    )
    owing = (
        sa.select(Action.organisation_id)
        .join(Event, Event.id == Action.event_id)
        .join(Programme, Programme.id == Action.programme_id)
        .where(visible.action())
    )
    organisations = (
        sa.select(Organisation.slug, Organisation.name)
        .where(Organisation.id.in_(owing))
        .order_by(Organisation.name, Organisation.id)
    )
    return Options(
        **together(
            programmes=(Option, programmes.order_by(Programme.name, Programme.id)),
            themes=(Option, themes),
            organisations=(Option, organisations),
            zones=(lambda ident, zone: (ident, zone), zones),
        )
    )


def register(
    asked: Narrowing, *, zones: Sequence[tuple[int, str]], limit: int, offset: int
) -> tuple[Sequence[ActionLine], int]:
    """A page of the public actions that fit, open ones first, by due date; and how many fit in all; one statement."""
    today = visible.today_in(zones)
    query = lines.action_lines(today).where(*_fits(asked, today))
    page = query.order_by(Action.state.not_in(OPEN_ACTION), Action.due.is_(None), Action.due, Action.id)
    count = sa.select(sa.func.count()).select_from(query.with_only_columns(Action.id).subquery())
    found = together(rows=(ActionLine, page.limit(limit).offset(offset)), total=(int, count))
    return found["rows"], found["total"][0]


def _fits(asked: Narrowing, today: sa.ColumnElement[date]) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if asked.programme:
        conditions.append(Programme.slug == asked.programme)
    if asked.theme:
        conditions.append(_under_theme(asked.theme))
    if asked.organisation:
        conditions.append(Organisation.slug == asked.organisation)
    if asked.states:
        conditions.append(Action.state.in_(asked.states))
    if asked.overdue:
        conditions.append(visible.overdue(today))
    conditions += [_says(word) for word in asked.words.split()]
    return conditions


def _under_theme(slug: str) -> sa.ColumnElement[bool]:
    """Owned by the theme group, or helped by it."""
    group = aliased(ThemeGroup)
    wanted = sa.select(group.id).where(group.slug == slug, visible.published(group)).scalar_subquery()
    helps = sa.select(ActionTheme.action_id).where(ActionTheme.theme_id == wanted)
    return sa.or_(Action.theme_id == wanted, Action.id.in_(helps))


def _says(word: str) -> sa.ColumnElement[bool]:
    """The word stands in its wording or its reference."""
    return sa.or_(Action.text.icontains(word, autoescape=True), Action.reference.icontains(word, autoescape=True))


def action(reference: str) -> ActionPage | None:
    """The public action of this reference with its whole chain, in two statements; None unless it is public."""
    row = db.session.execute(_facts().where(Action.reference == reference)).one_or_none()
    if row is None:
        return None
    facts = ActionFacts._make(row)
    return ActionPage(
        action=facts,
        today=clock.today(facts.zone),
        **together(
            other_themes=(ThemeLink, _other_themes(facts.id)),
            moves=(Move, _moves(facts.id)),
            redates=(Redate, _redates(facts.id)),
            updates=(Update, _updates(facts.id)),
            said=(Said, _said(facts.id)),
            replaces=(Option, _replaced(facts.id)),
        ),
    )


def _facts() -> Query:
    instead = aliased(Action)
    shown_instead = sa.and_(
        instead.id == Action.superseded_by_id, visible.published(instead), instead.private.is_(False)
    )
    return (
        sa.select(
            Action.id,
            Action.reference,
            Action.text,
            Action.state,
            Action.state_reason,
            Action.first_due,
            Action.due,
            Action.published_at,
            Organisation.name,
            sa.case((Event.non_attributed, None), else_=Person.name).label("owner"),
            Event.non_attributed,
            Event.title,
            Event.slug,
            Event.kind,
            Event.zone,
            Event.precision,
            Event.starts_local,
            Programme.id,
            Programme.name,
            Programme.slug,
            Programme.zone,
            ThemeGroup.title,
            ThemeGroup.slug,
            Outcome.text,
            Outcome.kind,
            Outcome.reference,
            AgendaItem.title,
            instead.text,
            instead.reference,
        )
        .select_from(Action)
        .join(Event, Event.id == Action.event_id)
        .join(Programme, Programme.id == Action.programme_id)
        .join(Organisation, Organisation.id == Action.organisation_id)
        .outerjoin(Person, Person.id == Action.owner_id)
        .outerjoin(ThemeGroup, sa.and_(ThemeGroup.id == Action.theme_id, visible.published(ThemeGroup)))
        .outerjoin(Outcome, sa.and_(Outcome.id == Action.outcome_id, visible.outcome()))
        .outerjoin(AgendaItem, sa.and_(AgendaItem.id == Outcome.agenda_item_id, visible.agenda_item()))
        .outerjoin(instead, shown_instead)
        .where(visible.action())
    )


def _other_themes(action_id: int) -> Query:
    return (
        sa.select(ActionTheme.action_id, ThemeGroup.slug, ThemeGroup.title)
        .join(ThemeGroup, ThemeGroup.id == ActionTheme.theme_id)
        .join(Programme, Programme.id == ThemeGroup.programme_id)
        .where(ActionTheme.action_id == action_id, visible.theme())
        .order_by(ActionTheme.id)
    )


def _moves(action_id: int) -> Query:
    return (
        sa.select(ActionMove.state, ActionMove.effective_at, ActionMove.actor, ActionMove.reason)
        .where(ActionMove.action_id == action_id)
        .order_by(ActionMove.id)
    )


def _redates(action_id: int) -> Query:
    return (
        sa.select(
            ActionRedate.old_due,
            ActionRedate.new_due,
            ActionRedate.reason,
            ActionRedate.approved_by,
            ActionRedate.recorded_at,
        )
        .where(ActionRedate.action_id == action_id)
        .order_by(ActionRedate.id)
    )


def _updates(action_id: int) -> Query:
    return (
        sa.select(
            ProgressUpdate.state,
            ProgressUpdate.percent,
            ProgressUpdate.words,
            ProgressUpdate.evidence_url,
            ProgressUpdate.actor,
            ProgressUpdate.made_at,
        )
        .where(ProgressUpdate.action_id == action_id)
        .order_by(ProgressUpdate.id)
    )


def _said(action_id: int) -> Query:
    """The comments that led to it: of a published form of a public event, as staff chose to show them."""
    return (
        sa.select(FeedbackLink.words, Question.text, Event.title, Event.slug)
        .select_from(FeedbackLink)
        .join(FeedbackForm, FeedbackForm.id == FeedbackLink.form_id)
        .join(Question, Question.id == FeedbackLink.question_id)
        .join(Event, Event.id == FeedbackLink.event_id)
        .join(Programme, Programme.id == Event.programme_id)
        .where(
            FeedbackLink.action_id == action_id,
            FeedbackLink.withdrawn_at.is_(None),
            FeedbackForm.state == FormState.PUBLISHED,
            visible.event(),
        )
        .order_by(FeedbackLink.id)
    )


def _replaced(action_id: int) -> Query:
    """The public actions that this one took the place of."""
    return (
        sa.select(Action.reference, Action.text)
        .join(Event, Event.id == Action.event_id)
        .join(Programme, Programme.id == Action.programme_id)
        .where(Action.superseded_by_id == action_id, visible.action())
        .order_by(Action.id)
    )
