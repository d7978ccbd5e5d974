"""Reads of ticket kinds: one by its address, those of an event, their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, lazyload

from engage.attendance.models import TicketKind
from engage.core.db import db
from engage.events.models import Event


def kind_at(event: str, key: str) -> TicketKind | None:
    """The ticket kind at `/manage/events/SLUG/tickets/KEY`, with its event."""
    return db.session.scalar(
        sa.select(TicketKind)
        .join(TicketKind.event)
        .options(contains_eager(TicketKind.event).options(lazyload(Event.themes), lazyload(Event.dates)))
        .where(Event.slug == event, TicketKind.key == key)
    )


def kinds_of(event_id: int) -> Sequence[TicketKind]:
    """The event's ticket kinds in their order, retired ones last."""
    return db.session.scalars(
        sa.select(TicketKind)
        .where(TicketKind.event_id == event_id)
        .order_by(TicketKind.retired_at.is_not(None), TicketKind.position, TicketKind.id)
    ).all()


def names_of_kinds(event_id: int) -> Mapping[str, str]:
    """From pool to the name of its ticket kind; empty for an event without kinds."""
    rows = db.session.execute(sa.select(TicketKind.pool, TicketKind.name).where(TicketKind.event_id == event_id))
    return dict(rows.all())
