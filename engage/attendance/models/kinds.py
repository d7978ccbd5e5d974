"""Ticket kinds of an event: each a pool of seats with a line of its own (docs/domain.md#ticket-kind)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Keyed, Model, Versioned, choice
from engage.core.text import _l
from engage.events.models import Event

STANDARD = "standard"
"""The pool of an event without ticket kinds, and of the first kind that an event gets."""


class OpenTo(StrEnum):
    """Who may have a ticket of a kind without being given one by staff."""

    ANYBODY = "anybody"
    INVITED = "invited"
    STAFF = "staff"


OPEN_TO_WORDS: Mapping[OpenTo, object] = {
    OpenTo.ANYBODY: _l("Anybody who registers"),
    OpenTo.INVITED: _l("Those invited to it"),
    OpenTo.STAFF: _l("Only whom staff give one"),
}


class TicketKind(Keyed, Versioned, Model):
    """A kind of ticket: "Standard", "Press". `pool` is what registrations and invitations of it carry, for ever,
    whatever the kind is called; a retired kind is given to nobody new, and whoever has one keeps it."""

    __tablename__ = "ticket_kind"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "pool"),
        sa.CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity"),
        sa.CheckConstraint("reserved >= 0", name="reserved"),
    )

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    pool: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(80))
    capacity: Mapped[int | None]
    reserved: Mapped[int] = mapped_column(default=0)
    reserved_note: Mapped[str] = mapped_column(sa.String(200), default="")
    open_to: Mapped[OpenTo] = mapped_column(choice(OpenTo), default=OpenTo.ANYBODY)
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()

    @property
    def programme_id(self) -> int:
        """The scope in which roles are asked."""
        return self.event.programme_id
