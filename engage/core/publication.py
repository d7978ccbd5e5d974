"""Publication: an act, done now or set for an instant to come (docs/domain.md#visibility).

From the instant on the thing is public, whether or not the minute's job has made it an ordinary publication by then:
whoever asks what is public asks `public_from`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from engage.core import clock
from engage.core.errors import RuleBroken
from engage.core.text import NonexistentTime, _, wall_time

ONCE = "published_at IS NULL OR announce_at IS NULL"
"""What is public waits for no instant: a constraint of every table with these columns."""


class Announced:
    """`published_at`: since when it is public. `announce_at`: the instant for which that is set; only one of them."""

    published_at: Mapped[datetime | None] = mapped_column()
    announce_at: Mapped[datetime | None] = mapped_column(index=True)

    @hybrid_property
    def public_from(self) -> datetime | None:
        """Since when, or from when on, it is public by its own act; what it stands under must be public too."""
        return self.published_at or self.announce_at

    @public_from.inplace.expression
    @classmethod
    def _public_from(cls) -> sa.ColumnElement[datetime | None]:
        return sa.func.coalesce(cls.published_at, cls.announce_at)


def is_past(*instants: datetime | None) -> bool:
    """Whether each of these instants is set and has come."""
    now = clock.now()
    return all(at is not None and at <= now for at in instants)


def instant_to_come(at: datetime, zone: str) -> datetime:
    """The instant of a wall time (naive, `fold` chosen) in a zone, or of an aware time, if it is still to come.

    Raises `RuleBroken`, with the field `at`.
    """
    if at.tzinfo is None:
        try:
            at = wall_time(at, zone, at.fold)
        except NonexistentTime:
            raise NonexistentTime(at, zone, field="at") from None
    if at <= clock.now():
        raise RuleBroken(_("Choose a time that is still to come, or publish it now"), field="at")
    return at


def due(announce_at: datetime | None, under: Any = None) -> datetime | None:
    """The instant at which what is set takes effect, if it has come; not before what it stands `under` is public."""
    if announce_at is None:
        return None
    if under is not None:
        if under.public_from is None:
            return None
        announce_at = max(announce_at, under.public_from)
    return announce_at if announce_at <= clock.now() else None
