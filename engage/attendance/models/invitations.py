"""Invitations and their states (docs/domain.md#invitation)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.attendance.models.kinds import STANDARD
from engage.core.db import Keyed, Model, choice, one_of
from engage.events.models import Event
from engage.people.models import Person


class InvitationState(StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    RECONFIRM = "reconfirm"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


I = InvitationState  # noqa: E741 -- the table below reads as the domain's page does
INVITATION_MOVES: Mapping[InvitationState, frozenset[InvitationState]] = {
    I.DRAFT: frozenset({I.SENT, I.WITHDRAWN}),
    I.SENT: frozenset({I.ACCEPTED, I.DECLINED, I.EXPIRED, I.WITHDRAWN}),
    I.ACCEPTED: frozenset({I.DECLINED, I.RECONFIRM, I.WITHDRAWN}),
    I.DECLINED: frozenset({I.ACCEPTED, I.WITHDRAWN}),
    I.RECONFIRM: frozenset({I.ACCEPTED, I.DECLINED, I.EXPIRED, I.WITHDRAWN}),
    I.EXPIRED: frozenset(),
    I.WITHDRAWN: frozenset(),
}
LIVE_INVITATION = frozenset({I.DRAFT, I.SENT, I.ACCEPTED, I.DECLINED, I.RECONFIRM})
_LIVE_INVITATION_SQL = "state IN ('draft','sent','accepted','declined','reconfirm')"


class Invitation(Keyed, Model):
    """One person asked to one event; at most one live one each. Name, role and organisation as they were when asked.

    `in_place_of`: the invitation whose seat this one took over; at most one live one each. `keeps_seat`: a seat is kept
    whatever the event does with those of invitees: of who named a substitute, until staff decide; of the substitute,
    until they answer.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        sa.UniqueConstraint("id", "event_id"),
        sa.Index(
            "uq_invitation_live",
            "event_id",
            "person_id",
            unique=True,
            **one_of(sa.text(_LIVE_INVITATION_SQL)),
        ),
        sa.Index(None, "event_id", "state"),
        sa.Index(None, "person_id"),
        sa.Index(None, "in_place_of"),
        sa.Index("uq_invitation_in_place_of", "in_place_of", unique=True, **one_of(sa.text(_LIVE_INVITATION_SQL))),
        sa.ForeignKeyConstraint(["in_place_of", "event_id"], ["invitation.id", "invitation.event_id"]),
        sa.CheckConstraint("in_place_of <> id", name="in_place_of_another"),
    )

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    pool: Mapped[str] = mapped_column(sa.String(40), default=STANDARD)
    state: Mapped[InvitationState] = mapped_column(choice(InvitationState), default=InvitationState.DRAFT)
    name: Mapped[str] = mapped_column(sa.String(200))
    role: Mapped[str] = mapped_column(sa.String(200), default="")
    organisation: Mapped[str] = mapped_column(sa.String(200), default="")
    apology: Mapped[str] = mapped_column(sa.String(600), default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    in_place_of: Mapped[int | None]
    keeps_seat: Mapped[bool] = mapped_column(default=False)

    event: Mapped[Event] = relationship()
    person: Mapped[Person] = relationship()

    @property
    def programme_id(self) -> int:
        """The scope in which roles are asked."""
        return self.event.programme_id
