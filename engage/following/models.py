"""Interest in theme groups by e-mail address, with double opt-in (docs/domain.md#interest)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Keyed, Model, choice, one_of
from engage.themes.models import ThemeGroup


class InterestState(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    ENDED = "ended"


MOVES: Mapping[InterestState, frozenset[InterestState]] = {
    InterestState.PENDING: frozenset({InterestState.ACTIVE, InterestState.ENDED}),
    InterestState.ACTIVE: frozenset({InterestState.ENDED}),
    InterestState.ENDED: frozenset(),
}


LIVE = frozenset({InterestState.PENDING, InterestState.ACTIVE})
CONSENT = "follow-1"
"""The version of the words that people agree to, which stand in forms.py: other words, another version."""


class Follower(Keyed, Model):
    """An address that asked to be told. It is nobody's person record and has no account.

    Rows are purged, and history and links name them by id: so no id may come twice (AUTOINCREMENT on SQLite).
    """

    __tablename__ = "follower"
    __table_args__ = (sa.UniqueConstraint("address"), {"sqlite_autoincrement": True})

    address: Mapped[str] = mapped_column(sa.String(254))
    created_at: Mapped[datetime]

    interests: Mapped[list[Interest]] = relationship(order_by="Interest.id", lazy="selectin")


class Interest(Keyed, Model):
    """One address follows one theme group: at most one live row each, with the proof of consent."""

    __tablename__ = "interest"
    __table_args__ = (
        sa.Index(
            "uq_interest_live",
            "follower_id",
            "theme_id",
            unique=True,
            **one_of(sa.text("state IN ('pending','active')")),
        ),
        sa.Index(None, "theme_id", "state", "follower_id"),
        sa.Index("ix_interest_unconfirmed", "asked_at", **one_of(sa.text("state = 'pending'"))),
        {"sqlite_autoincrement": True},
    )

    follower_id: Mapped[int] = mapped_column(sa.ForeignKey("follower.id"))
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme_group.id"))
    state: Mapped[InterestState] = mapped_column(choice(InterestState), default=InterestState.PENDING)
    consent_wording: Mapped[str] = mapped_column(sa.String(40))
    consent_page: Mapped[str] = mapped_column(sa.String(200))
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    follower: Mapped[Follower] = relationship(lazy="joined", overlaps="interests")
    theme: Mapped[ThemeGroup] = relationship(lazy="joined")
