"""Series of a programme, and what stands beside an event in its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from engage.core.db import db
from engage.events.models import Event, Series


def series_of(programme_id: int) -> Sequence[Series]:
    """The series of a programme, by name."""
    return db.session.scalars(
        sa.select(Series).where(Series.programme_id == programme_id).order_by(Series.name, Series.id)
    ).all()


def series_by_slug(series: str) -> Series | None:
    """The series at `/manage/series/SLUG`."""
    return db.session.scalar(sa.select(Series).where(Series.slug == series))


def events_in(series_ids: Sequence[int]) -> Mapping[int, Sequence[Event]]:
    """The events of each of these series, as they are numbered."""
    found: dict[int, list[Event]] = {ident: [] for ident in series_ids}
    for event in db.session.scalars(
        sa.select(Event).options(lazyload("*")).where(Event.series_id.in_(series_ids)).order_by(Event.number)
    ):
        found[event.series_id or 0].append(event)
    return found


class Beside(NamedTuple):
    """The event before or after another in their series."""

    number: int | None
    title: str
    slug: str


def beside(event: Event) -> tuple[Beside | None, Beside | None]:
    """The previous and the next event of its series, for staff; neither where it is in none."""
    if event.series_id is None:
        return None, None
    mine = sa.select(Event.number, Event.title, Event.slug).where(Event.series_id == event.series_id)
    before = db.session.execute(mine.where(Event.number < event.number).order_by(Event.number.desc()).limit(1)).first()
    after = db.session.execute(mine.where(Event.number > event.number).order_by(Event.number).limit(1)).first()
    return before and Beside(*before), after and Beside(*after)


def free_series_slug(wanted: str) -> str:
    """An address that no series has: this one, or with a number behind it."""
    taken = set(db.session.scalars(sa.select(Series.slug).where(Series.slug.startswith(wanted[:70], autoescape=True))))
    tries = (f"{wanted[:75]}-{n}" for n in count(2))
    return wanted if wanted not in taken else next(slug for slug in tries if slug not in taken)
