"""What a named organisation agreed to do, by a date; every move, re-date and update is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Keyed, Model, Versioned, choice
from engage.events.models import Event
from engage.outcomes.models.outcomes import Outcome
from engage.people.models import Organisation, Person
from engage.themes.models import ThemeGroup


class ActionState(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    IN_PROGRESS = "in_progress"
    REPORTED_COMPLETE = "reported_complete"
    VERIFIED = "verified"
    DROPPED = "dropped"
    SUPERSEDED = "superseded"


A = ActionState
OPEN_ACTION = frozenset({A.PROPOSED, A.AGREED, A.IN_PROGRESS, A.REPORTED_COMPLETE})
PAST_DUE = frozenset({A.AGREED, A.IN_PROGRESS})
"""States in which a due date that has passed makes an action overdue (derived)."""
ACTION_MOVES: Mapping[ActionState, frozenset[ActionState]] = {
    A.PROPOSED: frozenset({A.AGREED, A.DROPPED, A.SUPERSEDED}),
    A.AGREED: frozenset({A.IN_PROGRESS, A.REPORTED_COMPLETE, A.DROPPED, A.SUPERSEDED}),
    A.IN_PROGRESS: frozenset({A.REPORTED_COMPLETE, A.DROPPED, A.SUPERSEDED}),
    A.REPORTED_COMPLETE: frozenset({A.IN_PROGRESS, A.VERIFIED, A.DROPPED, A.SUPERSEDED}),
    A.VERIFIED: frozenset({A.IN_PROGRESS}),
    A.DROPPED: frozenset(),
    A.SUPERSEDED: frozenset(),
}


class Action(Keyed, Versioned, Model):
    """A promise. It cannot be stored without its event and its owning theme group, both of its own programme."""

    __tablename__ = "action"
    __table_args__ = (
        sa.UniqueConstraint("reference"),
        sa.UniqueConstraint("id", "programme_id"),
        sa.Index(None, "programme_id", "state", "due", "id"),
        sa.Index(None, "event_id", "id"),
        sa.Index(None, "theme_id", "state", "due", "id"),
        sa.Index(None, "owner_id"),
        sa.ForeignKeyConstraint(["event_id", "programme_id"], ["event.id", "event.programme_id"]),
        sa.ForeignKeyConstraint(["theme_id", "programme_id"], ["theme_group.id", "theme_group.programme_id"]),
        sa.ForeignKeyConstraint(["outcome_id", "event_id"], ["outcome.id", "outcome.event_id"]),
        sa.ForeignKeyConstraint(["superseded_by_id", "programme_id"], ["action.id", "action.programme_id"]),
        sa.CheckConstraint("state NOT IN ('dropped') OR state_reason <> ''", name="dropped_with_reason"),
        sa.CheckConstraint("(state = 'superseded') = (superseded_by_id IS NOT NULL)", name="superseded_by_one"),
        sa.CheckConstraint("published_at IS NULL OR NOT private", name="private_never_published"),
        sa.CheckConstraint("text <> ''", name="says_something"),
        sa.CheckConstraint("(due IS NULL) = (first_due IS NULL)", name="due_like_first_due"),
    )

    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    event_id: Mapped[int]
    theme_id: Mapped[int]
    outcome_id: Mapped[int | None]
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"))
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    reference: Mapped[str] = mapped_column(sa.String(20))
    text: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[ActionState] = mapped_column(choice(ActionState), default=ActionState.PROPOSED)
    state_reason: Mapped[str] = mapped_column(sa.String(600), default="")
    superseded_by_id: Mapped[int | None]
    first_due: Mapped[date | None]
    due: Mapped[date | None]
    reported_by: Mapped[str] = mapped_column(sa.String(40), default="")
    private: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    event: Mapped[Event] = relationship(
        foreign_keys="Action.event_id", primaryjoin="Action.event_id == Event.id", viewonly=True
    )
    theme: Mapped[ThemeGroup] = relationship(
        foreign_keys="Action.theme_id", primaryjoin="Action.theme_id == ThemeGroup.id", viewonly=True
    )
    outcome: Mapped[Outcome | None] = relationship(
        foreign_keys="Action.outcome_id", primaryjoin="Action.outcome_id == Outcome.id", viewonly=True
    )
    organisation: Mapped[Organisation] = relationship()
    owner: Mapped[Person | None] = relationship()
    other_themes: Mapped[list[ActionTheme]] = relationship(order_by="ActionTheme.id", lazy="selectin")


class ActionTheme(Model):
    """Another theme group that an action is shown under, of the same programme."""

    __tablename__ = "action_theme"
    __table_args__ = (
        sa.UniqueConstraint("action_id", "theme_id"),
        sa.Index(None, "theme_id"),
        sa.ForeignKeyConstraint(["action_id", "programme_id"], ["action.id", "action.programme_id"]),
        sa.ForeignKeyConstraint(["theme_id", "programme_id"], ["theme_group.id", "theme_group.programme_id"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int]
    theme_id: Mapped[int]
    programme_id: Mapped[int]

    theme: Mapped[ThemeGroup] = relationship(
        foreign_keys="ActionTheme.theme_id",
        primaryjoin="ActionTheme.theme_id == ThemeGroup.id",
        viewonly=True,
        lazy="joined",
    )


class ActionMove(Model):
    """A dated move: rows only grow; `action.state` is a copy of the last one."""

    __tablename__ = "action_move"
    __table_args__ = (sa.Index(None, "action_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(sa.ForeignKey("action.id"))
    state: Mapped[ActionState] = mapped_column(choice(ActionState))
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(sa.String(40))
    reason: Mapped[str] = mapped_column(sa.String(600), default="")


class ActionRedate(Model):
    """A due date that moved: from, to, why, and who approved. The number of these is the times an action slipped."""

    __tablename__ = "action_redate"
    __table_args__ = (
        sa.Index(None, "action_id", "id"),
        sa.CheckConstraint("reason <> ''", name="reason_given"),
        sa.CheckConstraint("old_due <> new_due", name="moved"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(sa.ForeignKey("action.id"))
    old_due: Mapped[date]
    new_due: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.String(600))
    approved_by: Mapped[str] = mapped_column(sa.String(40))
    recorded_at: Mapped[datetime]


class ProgressUpdate(Model):
    """What the owner said, when, and where the evidence is."""

    __tablename__ = "progress_update"
    __table_args__ = (
        sa.Index(None, "action_id", "id"),
        sa.CheckConstraint("percent IS NULL OR percent BETWEEN 0 AND 100", name="percent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(sa.ForeignKey("action.id"))
    state: Mapped[ActionState] = mapped_column(choice(ActionState))
    percent: Mapped[int | None]
    words: Mapped[str] = mapped_column(sa.Text, default="")
    evidence_url: Mapped[str] = mapped_column(sa.String(500), default="")
    actor: Mapped[str] = mapped_column(sa.String(40))
    made_at: Mapped[datetime]
