"""Sign-ups to sessions, and who was at one (docs/domain.md#sign-up)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.attendance.models.registrations import Registration
from engage.core.db import Keyed, Model, choice, one_of
from engage.events.models import EventState, Session


class SignUpState(StrEnum):
    PLACED = "placed"
    WAITING = "waiting"
    ENDED = "ended"


U = SignUpState
SIGN_UP_MOVES: Mapping[SignUpState, frozenset[SignUpState]] = {
    U.WAITING: frozenset({U.PLACED, U.ENDED}),
    U.PLACED: frozenset({U.ENDED}),
    U.ENDED: frozenset(),
}
TAKES_SIGN_UPS = frozenset(
    {EventState.SCHEDULED, EventState.OPEN, EventState.CLOSED, EventState.POSTPONED, EventState.LIVE}
)
"""States of an event in which its sessions are chosen."""
LIVE_SIGN_UP = frozenset({U.PLACED, U.WAITING})
_LIVE_SIGN_UP_SQL = "state IN ('placed','waiting')"


class SignUp(Keyed, Model):
    """One registration's place in a session, or place in the session's own line; at most one live one each.

    `queue_number` grows per session and is never given twice: the order of its line.
    """

    __tablename__ = "sign_up"
    __table_args__ = (
        sa.UniqueConstraint("session_id", "queue_number"),
        sa.Index("uq_sign_up_live", "registration_id", "session_id", unique=True, **one_of(sa.text(_LIVE_SIGN_UP_SQL))),
        sa.Index(None, "session_id", "state", "queue_number"),
        sa.ForeignKeyConstraint(["registration_id", "event_id"], ["registration.id", "registration.event_id"]),
        sa.ForeignKeyConstraint(["session_id", "event_id"], ["session.id", "session.event_id"]),
        sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_at"),
    )

    event_id: Mapped[int]
    registration_id: Mapped[int]
    session_id: Mapped[int]
    state: Mapped[SignUpState] = mapped_column(choice(SignUpState))
    queue_number: Mapped[int]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(sa.String(600), default="")

    registration: Mapped[Registration] = relationship(
        foreign_keys="SignUp.registration_id", primaryjoin="SignUp.registration_id == Registration.id", viewonly=True
    )
    session: Mapped[Session] = relationship(
        foreign_keys="SignUp.session_id", primaryjoin="SignUp.session_id == Session.id", viewonly=True
    )

    @property
    def programme_id(self) -> int:
        """The scope in which roles are asked."""
        return self.registration.programme_id


class SessionCheckIn(Model):
    """Somebody was at a session: when, ticked by whom; an undone one keeps its row. At most one stands for each."""

    __tablename__ = "session_check_in"
    __table_args__ = (
        sa.Index(
            "uq_session_check_in_standing",
            "session_id",
            "registration_id",
            unique=True,
            **one_of(sa.text("undone_at IS NULL")),
        ),
        sa.Index(None, "registration_id"),
        sa.ForeignKeyConstraint(["registration_id", "event_id"], ["registration.id", "registration.event_id"]),
        sa.ForeignKeyConstraint(["session_id", "event_id"], ["session.id", "session.event_id"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    registration_id: Mapped[int]
    session_id: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(sa.String(40))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(sa.String(40), default="")
