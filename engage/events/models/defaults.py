"""What a programme begins its events of a kind with (docs/domain.md#event): defaults, never limits."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.db import Model, Versioned, choice
from engage.events.models.events import Admission, EventKind

PAPERS_DAYS, ANSWERS_DAYS = 7, 14
"""So many days before an event its papers are out, and everybody invited has answered."""


class KindDefaults(Versioned, Model):
    """One row for each kind for which a programme set something; where there is none, what holds for the kind.

    `agenda`: [[title, minutes or None], …]; `papers`: titles of the papers that are expected; `headings`: of a record,
    besides its agenda; `feedback_from_id`: the event whose feedback form is copied.
    """

    __tablename__ = "kind_defaults"
    __table_args__ = (
        sa.UniqueConstraint("programme_id", "kind"),
        sa.ForeignKeyConstraint(["feedback_from_id", "programme_id"], ["event.id", "event.programme_id"]),
        sa.CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity"),
        sa.CheckConstraint("papers_days >= 0 AND answers_days >= 0", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    kind: Mapped[EventKind] = mapped_column(choice(EventKind))
    admission: Mapped[Admission] = mapped_column(choice(Admission))
    holds_seats: Mapped[bool]
    capacity: Mapped[int | None]
    agenda: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    papers: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    headings: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    feedback_from_id: Mapped[int | None]
    papers_days: Mapped[int] = mapped_column(default=PAPERS_DAYS)
    answers_days: Mapped[int] = mapped_column(default=ANSWERS_DAYS)
