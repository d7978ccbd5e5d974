"""Series: events of one programme that are counted (docs/domain.md#series)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Keyed, Model, Versioned
from engage.programmes.models import Programme


class Series(Keyed, Versioned, Model):
    """What its events are called together, "Round Table". `next_number` only grows, so that no number comes twice."""

    __tablename__ = "series"
    __table_args__ = (
        sa.UniqueConstraint("slug"),
        sa.UniqueConstraint("programme_id", "name"),
        sa.UniqueConstraint("id", "programme_id"),
        sa.CheckConstraint("next_number >= 1", name="next_number"),
    )

    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    name: Mapped[str] = mapped_column(sa.String(80))
    slug: Mapped[str] = mapped_column(sa.String(80))
    next_number: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]

    programme: Mapped[Programme] = relationship(lazy="joined")
