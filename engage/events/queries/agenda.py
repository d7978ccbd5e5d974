"""Agendas: their items, without the removed ones, and when each begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from engage.core.db import db
from engage.core.text import local_time
from engage.events.models import AgendaItem, AgendaKind, Event, Precision


class Planned(NamedTuple):
    """One line of an agenda and the wall time at which it begins: None where that is not known."""

    item: AgendaItem
    begins: datetime | None


def agenda_of(event_id: int) -> Sequence[AgendaItem]:
    """The items of an event's agenda in their order, open and internal, with their theme groups."""
    return db.session.scalars(
        sa.select(AgendaItem)
        .where(AgendaItem.event_id == event_id, AgendaItem.removed_at.is_(None))
        .order_by(AgendaItem.position, AgendaItem.id)
    ).all()


def timed_agenda(event: Event, *, internal: bool = False) -> list[Planned]:
    """The agenda with the times at which its items begin, counted from the event's start.

    Internal items are left out unless asked for; their minutes count all the same. From the first item without
    minutes on, nobody can say when the next one begins.
    """
    planned: list[Planned] = []
    now: datetime | None = event.starts_at if event.precision is Precision.TIME else None
    for item in event.agenda:
        if internal or item.kind is AgendaKind.OPEN:
            begins = local_time(now.astimezone(UTC), event.zone) if now else None
            planned.append(Planned(item, begins))
        now = now + timedelta(minutes=item.minutes) if now and item.minutes else None
    return planned


def agenda_item_by_key(event: str, item: str) -> AgendaItem | None:
    """The standing agenda item of the event at this address; the arguments are called as in the address."""
    return db.session.scalar(
        sa.select(AgendaItem)
        .join(AgendaItem.event)
        .where(Event.slug == event, AgendaItem.key == item, AgendaItem.removed_at.is_(None))
    )
