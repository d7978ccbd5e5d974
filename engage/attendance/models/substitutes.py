"""Somebody proposed in an invitee's place, until staff decide (docs/domain.md#invitation)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.attendance.models.invitations import Invitation
from engage.core.db import Keyed, Model, choice, one_of
from engage.events.models import Event


class SubstituteState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"
    LAPSED = "lapsed"


SUBSTITUTE_MOVES: Mapping[SubstituteState, frozenset[SubstituteState]] = {
    SubstituteState.PROPOSED: frozenset(SubstituteState) - {SubstituteState.PROPOSED},
    SubstituteState.APPROVED: frozenset(),
    SubstituteState.REFUSED: frozenset(),
    SubstituteState.TAKEN_BACK: frozenset(),
    SubstituteState.LAPSED: frozenset(),
}


class Substitute(Keyed, Model):
    """Who shall come instead, as the invitee typed it; at most one proposal waits for each invitation.

    It names nobody: only what staff approve becomes an invitation, `in_place_of` the one that proposed it.
    """

    __tablename__ = "substitute"
    __table_args__ = (
        sa.Index("uq_substitute_proposed", "invitation_id", unique=True, **one_of(sa.text("state = 'proposed'"))),
        sa.Index(None, "invitation_id"),
        sa.Index(None, "event_id", "state"),
        sa.ForeignKeyConstraint(["invitation_id", "event_id"], ["invitation.id", "invitation.event_id"]),
        sa.CheckConstraint("state <> 'refused' OR reason <> ''", name="refused_with_reason"),
    )

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    invitation_id: Mapped[int]
    state: Mapped[SubstituteState] = mapped_column(choice(SubstituteState), default=SubstituteState.PROPOSED)
    reason: Mapped[str] = mapped_column(sa.String(600), default="")
    name: Mapped[str] = mapped_column(sa.String(200))
    email: Mapped[str] = mapped_column(sa.String(254))
    role: Mapped[str] = mapped_column(sa.String(200), default="")
    organisation: Mapped[str] = mapped_column(sa.String(200), default="")
    proposed_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship(viewonly=True)
    invitation: Mapped[Invitation] = relationship(
        primaryjoin="Substitute.invitation_id == Invitation.id", foreign_keys="Substitute.invitation_id", viewonly=True
    )

    @property
    def programme_id(self) -> int:
        """The scope in which roles are asked."""
        return self.event.programme_id
