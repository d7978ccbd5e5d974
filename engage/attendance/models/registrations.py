"""Registrations with their dated moves, restricted needs, check-ins (docs/domain.md#registration)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.attendance.models.kinds import STANDARD
from engage.core.db import Keyed, Model, choice, one_of
from engage.events.models import Event
from engage.people.models import Person


class RegistrationState(StrEnum):
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    REFUSED = "refused"
    OFFERED = "offered"
    LAPSED = "lapsed"
    RECONFIRM = "reconfirm"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    NO_SHOW = "no_show"
    WALK_IN = "walk_in"


R = RegistrationState
REGISTRATION_MOVES: Mapping[RegistrationState, frozenset[RegistrationState]] = {
    R.REQUESTED: frozenset({R.CONFIRMED, R.WAITLISTED, R.REFUSED, R.CANCELLED}),
    R.WAITLISTED: frozenset({R.OFFERED, R.LAPSED, R.CANCELLED}),
    R.OFFERED: frozenset({R.CONFIRMED, R.LAPSED, R.CANCELLED}),
    R.CONFIRMED: frozenset({R.RECONFIRM, R.CANCELLED, R.ATTENDED, R.NO_SHOW}),
    R.RECONFIRM: frozenset({R.CONFIRMED, R.LAPSED, R.CANCELLED}),
    R.ATTENDED: frozenset({R.CONFIRMED}),
    R.NO_SHOW: frozenset({R.ATTENDED}),
    R.WALK_IN: frozenset({R.ATTENDED}),
    R.REFUSED: frozenset(),
    R.LAPSED: frozenset(),
    R.CANCELLED: frozenset(),
}
TAKES_SEAT = frozenset({R.CONFIRMED, R.RECONFIRM, R.OFFERED, R.ATTENDED})
LIVE_REGISTRATION = frozenset(
    {R.REQUESTED, R.CONFIRMED, R.WAITLISTED, R.OFFERED, R.RECONFIRM, R.ATTENDED, R.NO_SHOW, R.WALK_IN}
)
_LIVE_REGISTRATION_SQL = (
    "state IN ('requested','confirmed','waitlisted','offered','reconfirm','attended','no_show','walk_in')"
)


class Registration(Keyed, Model):
    """One person's place, or place in the queue, at one event; at most one live one each.

    `queue_number` grows per event, over all its pools, and is never given twice: the order of the line. Name, role and
    organisation are a snapshot as typed; they change no person. `contact_email`: another address that the person
    gave, for staff to read; nothing is written to it.
    """

    __tablename__ = "registration"
    __table_args__ = (
        sa.UniqueConstraint("id", "event_id"),
        sa.UniqueConstraint("event_id", "pool", "queue_number"),
        sa.Index(
            "uq_registration_live",
            "event_id",
            "person_id",
            unique=True,
            **one_of(sa.text(_LIVE_REGISTRATION_SQL)),
        ),
        sa.Index("ix_registration_line", "event_id", "state", "pool", "queue_number", "offer_expires_at"),
        sa.Index(None, "person_id"),
        sa.Index(None, "invitation_id"),
        sa.ForeignKeyConstraint(["invitation_id", "event_id"], ["invitation.id", "invitation.event_id"]),
        sa.CheckConstraint("state <> 'offered' OR offer_expires_at IS NOT NULL", name="offer_has_an_end"),
        sa.CheckConstraint("state <> 'refused' OR state_reason <> ''", name="refused_with_reason"),
    )

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    invitation_id: Mapped[int | None]
    pool: Mapped[str] = mapped_column(sa.String(40), default=STANDARD)
    queue_number: Mapped[int]
    state: Mapped[RegistrationState] = mapped_column(choice(RegistrationState))
    state_reason: Mapped[str] = mapped_column(sa.String(600), default="")
    name: Mapped[str] = mapped_column(sa.String(200))
    role: Mapped[str] = mapped_column(sa.String(200), default="")
    organisation: Mapped[str] = mapped_column(sa.String(200), default="")
    registered_at: Mapped[datetime]
    offer_expires_at: Mapped[datetime | None]
    override_reason: Mapped[str] = mapped_column(sa.String(600), default="")
    contact_email: Mapped[str] = mapped_column(sa.String(254), default="")

    event: Mapped[Event] = relationship()
    person: Mapped[Person] = relationship()

    @property
    def programme_id(self) -> int:
        """The scope in which roles are asked."""
        return self.event.programme_id

    @property
    def ticket_code(self) -> str:
        """The ticket's short code, to be typed where no camera works: "K7QF-2M9D"."""
        digits = base64.b32encode(hashlib.sha256(self.key.encode()).digest()[:5]).decode("ascii")
        return f"{digits[:4]}-{digits[4:]}"

    @property
    def known_as(self) -> str:
        """The name for a record of the meeting: the person's own, where that is known, else the one typed here."""
        return self.person.name or self.name


class RegistrationMove(Model):
    """A dated move of a registration: rows only grow; `registration.state` is a copy of the last one."""

    __tablename__ = "registration_move"
    __table_args__ = (sa.Index(None, "registration_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id"))
    state: Mapped[RegistrationState] = mapped_column(choice(RegistrationState))
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(sa.String(40))
    reason: Mapped[str] = mapped_column(sa.String(600), default="")


class AccessNeed(Model):
    """Access and dietary needs: restricted to the event's convenor and secretary, purged 30 days after the event."""

    __tablename__ = "access_need"

    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id"), primary_key=True)
    access: Mapped[str] = mapped_column(sa.Text, default="")
    dietary: Mapped[str] = mapped_column(sa.Text, default="")


class CheckIn(Model):
    """Somebody arrived: when, ticked by whom; an undone one keeps its row. At most one stands per registration."""

    __tablename__ = "check_in"
    __table_args__ = (
        sa.Index("uq_check_in_standing", "registration_id", unique=True, **one_of(sa.text("undone_at IS NULL"))),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id"))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(sa.String(40))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(sa.String(40), default="")
