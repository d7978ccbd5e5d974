"""Theme groups and the dated terms of those who lead and belong to them (docs/domain.md#theme-group)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Keyed, Model, Versioned, choice
from engage.core.publication import ONCE, Announced
from engage.people.models import Person
from engage.programmes.models import Programme


class ThemeState(StrEnum):
    PROPOSED = "proposed"
    ACTIVE = "active"
    DORMANT = "dormant"
    CLOSED = "closed"


class TermRole(StrEnum):
    LEAD = "lead"
    MEMBER = "member"


MOVES: Mapping[ThemeState, frozenset[ThemeState]] = {
    ThemeState.PROPOSED: frozenset({ThemeState.ACTIVE, ThemeState.CLOSED}),
    ThemeState.ACTIVE: frozenset({ThemeState.DORMANT, ThemeState.CLOSED}),
    ThemeState.DORMANT: frozenset({ThemeState.ACTIVE, ThemeState.CLOSED}),
    ThemeState.CLOSED: frozenset(),
}


class ThemeGroup(Keyed, Versioned, Announced, Model):
    """A part of a programme that people follow and that owns what was promised."""

    __tablename__ = "theme_group"
    __table_args__ = (
        sa.UniqueConstraint("slug"),
        sa.UniqueConstraint("id", "programme_id"),
        sa.Index(None, "programme_id", "position"),
        sa.ForeignKeyConstraint(["successor_id", "programme_id"], ["theme_group.id", "theme_group.programme_id"]),
        sa.CheckConstraint("successor_id IS NULL OR successor_id <> id", name="successor_differs"),
        sa.CheckConstraint(
            "state <> 'closed' OR successor_id IS NOT NULL OR closing_reason <> ''",
            name="closed_with_successor_or_reason",
        ),
        sa.CheckConstraint(ONCE, name="announced_once"),
    )

    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    title: Mapped[str] = mapped_column(sa.String(120))
    slug: Mapped[str] = mapped_column(sa.String(80))
    scope: Mapped[str] = mapped_column(sa.String(600), default="")
    plan: Mapped[str] = mapped_column(sa.Text, default="")
    contact: Mapped[str] = mapped_column(sa.String(254), default="")
    position: Mapped[int] = mapped_column(default=0)
    state: Mapped[ThemeState] = mapped_column(choice(ThemeState), default=ThemeState.PROPOSED)
    successor_id: Mapped[int | None]
    closing_reason: Mapped[str] = mapped_column(sa.String(600), default="")
    created_at: Mapped[datetime]

    programme: Mapped[Programme] = relationship(lazy="joined")


class Term(Keyed, Model):
    """Who led or belonged to a theme group, from when until when (`ends_on` is the last day)."""

    __tablename__ = "theme_term"
    __table_args__ = (
        sa.Index(None, "theme_id", "starts_on"),
        sa.Index(None, "person_id"),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="dates"),
    )

    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme_group.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    role: Mapped[TermRole] = mapped_column(choice(TermRole), default=TermRole.LEAD)
    organisation: Mapped[str] = mapped_column(sa.String(200), default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    recorded_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="joined")
    theme: Mapped[ThemeGroup] = relationship(lazy="joined")

    @property
    def programme_id(self) -> int:
        """The programme that it belongs to, through its theme group."""
        return self.theme.programme_id
