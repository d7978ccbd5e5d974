"""Programmes and the counters of their human references (docs/domain.md#programme)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.db import Keyed, Model, Versioned, choice
from engage.core.publication import ONCE, Announced


class ProgrammeState(StrEnum):
    ACTIVE = "active"
    CLOSED = "closed"


MOVES: Mapping[ProgrammeState, frozenset[ProgrammeState]] = {
    ProgrammeState.ACTIVE: frozenset({ProgrammeState.CLOSED}),
    ProgrammeState.CLOSED: frozenset({ProgrammeState.ACTIVE}),
}


class Programme(Keyed, Versioned, Announced, Model):
    """What a body convenes people for. `prefix` heads its references ("HCS-A12") and is unique site-wide."""

    __tablename__ = "programme"
    __table_args__ = (
        sa.UniqueConstraint("slug"),
        sa.UniqueConstraint("prefix"),
        sa.CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="dates"),
        sa.CheckConstraint(ONCE, name="announced_once"),
    )

    name: Mapped[str] = mapped_column(sa.String(200))
    slug: Mapped[str] = mapped_column(sa.String(80))
    prefix: Mapped[str] = mapped_column(sa.String(8))
    summary: Mapped[str] = mapped_column(sa.String(400), default="")
    purpose: Mapped[str] = mapped_column(sa.Text, default="")
    convening_body: Mapped[str] = mapped_column(sa.String(200))
    zone: Mapped[str] = mapped_column(sa.String(64))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    state: Mapped[ProgrammeState] = mapped_column(choice(ProgrammeState), default=ProgrammeState.ACTIVE)
    created_at: Mapped[datetime]

    @property
    def programme_id(self) -> int:
        """Its own scope, as every other thing of a programme names it."""
        return self.id


class ReferenceCounter(Model):
    """The last number given out per programme and letter; taken under the programme's lock, never reused."""

    __tablename__ = "reference_counter"

    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"), primary_key=True)
    letter: Mapped[str] = mapped_column(sa.String(2), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)
