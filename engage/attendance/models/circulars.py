"""Letters to many people of an event (docs/domain.md#message)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Keyed, Model
from engage.events.models import Event


class Circular(Keyed, Model):
    """What staff wrote to chosen groups: kept as it was sent.

    `once`: of the page that sent it, so that one press makes one. `groups`: as they were chosen. `people`: to whom, as
    (person, invitation, registration), each person once, by internal keys.
    """

    __tablename__ = "circular"
    __table_args__ = (sa.UniqueConstraint("event_id", "once"),)

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    once: Mapped[str] = mapped_column(sa.String(22))
    subject: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(sa.Text)
    groups: Mapped[list[Any]]
    people: Mapped[list[Any]]
    actor: Mapped[str] = mapped_column(sa.String(40))
    written_at: Mapped[datetime]

    event: Mapped[Event] = relationship()
