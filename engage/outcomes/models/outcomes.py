"""What the room concluded: decisions, agreements, findings, commitments, issues."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Keyed, Model, Versioned, choice
from engage.events.models import AgendaItem, Event
from engage.themes.models import ThemeGroup


class OutcomeKind(StrEnum):
    DECISION = "decision"
    AGREEMENT = "agreement"
    FINDING = "finding"
    COMMITMENT = "commitment"
    ISSUE = "issue"


class OutcomeState(StrEnum):
    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    STRUCK = "struck"
    SUPERSEDED = "superseded"


OUTCOME_MOVES: Mapping[OutcomeState, frozenset[OutcomeState]] = {
    OutcomeState.PROVISIONAL: frozenset({OutcomeState.CONFIRMED, OutcomeState.STRUCK}),
    OutcomeState.CONFIRMED: frozenset({OutcomeState.SUPERSEDED}),
    OutcomeState.STRUCK: frozenset(),
    OutcomeState.SUPERSEDED: frozenset(),
}


class Outcome(Keyed, Versioned, Model):
    """One conclusion; cites its event, its agenda item where there was one, and its owning theme group."""

    __tablename__ = "outcome"
    __table_args__ = (
        sa.UniqueConstraint("reference"),
        sa.UniqueConstraint("id", "event_id"),
        sa.UniqueConstraint("id", "programme_id"),
        sa.Index(None, "event_id", "id"),
        sa.Index(None, "theme_id", "id"),
        sa.ForeignKeyConstraint(["event_id", "programme_id"], ["event.id", "event.programme_id"]),
        sa.ForeignKeyConstraint(["theme_id", "programme_id"], ["theme_group.id", "theme_group.programme_id"]),
        sa.ForeignKeyConstraint(["agenda_item_id", "event_id"], ["agenda_item.id", "agenda_item.event_id"]),
        sa.ForeignKeyConstraint(["superseded_by_id", "programme_id"], ["outcome.id", "outcome.programme_id"]),
        sa.CheckConstraint("state <> 'struck' OR state_reason <> ''", name="struck_with_reason"),
        sa.CheckConstraint("(state = 'superseded') = (superseded_by_id IS NOT NULL)", name="superseded_by_one"),
        sa.CheckConstraint("published_at IS NULL OR NOT private", name="private_never_published"),
    )

    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    event_id: Mapped[int]
    theme_id: Mapped[int]
    agenda_item_id: Mapped[int | None]
    reference: Mapped[str] = mapped_column(sa.String(20))
    kind: Mapped[OutcomeKind] = mapped_column(choice(OutcomeKind))
    text: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[OutcomeState] = mapped_column(choice(OutcomeState), default=OutcomeState.PROVISIONAL)
    state_reason: Mapped[str] = mapped_column(sa.String(600), default="")
    superseded_by_id: Mapped[int | None]
    private: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    event: Mapped[Event] = relationship(
        foreign_keys="Outcome.event_id", primaryjoin="Outcome.event_id == Event.id", viewonly=True
    )
    theme: Mapped[ThemeGroup] = relationship(
        foreign_keys="Outcome.theme_id", primaryjoin="Outcome.theme_id == ThemeGroup.id", viewonly=True
    )
    agenda_item: Mapped[AgendaItem | None] = relationship(
        foreign_keys="Outcome.agenda_item_id",
        primaryjoin="Outcome.agenda_item_id == AgendaItem.id",
        viewonly=True,
    )
