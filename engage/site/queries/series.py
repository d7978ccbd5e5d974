"""Series as the public knows them: by their public events."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from engage.events.models import Event, Series
from engage.programmes.models import Programme
from engage.site.queries import visible
from engage.site.queries.together import Query


class SeriesLine(NamedTuple):
    """`many`: how many of its events are public, one at least."""

    name: str
    slug: str
    many: int


def series_lines() -> Query:
    """The series of public programmes that have public events, by name."""
    return (
        sa.select(Series.name, Series.slug, sa.func.count(Event.id))
        .select_from(Series)
        .join(Event, Event.series_id == Series.id)
        .join(Programme, Programme.id == Event.programme_id)
        .where(visible.event())
        .group_by(Series.id, Series.name, Series.slug)
        .order_by(Series.name, Series.id)
    )


def beside(series_id: int, number: int) -> Query:
    """The public events right before and right after a number in a series; none of a series that does not exist."""

    def nearest(found: sa.ColumnElement[int | None]) -> sa.ScalarSelect[int | None]:
        mine = sa.select(found).select_from(Event).join(Programme, Programme.id == Event.programme_id)
        return mine.where(Event.series_id == series_id, visible.event()).scalar_subquery()

    before = nearest(sa.func.max(sa.case((Event.number < number, Event.number))))
    after = nearest(sa.func.min(sa.case((Event.number > number, Event.number))))
    return (
        sa.select(Event.number, Event.title, Event.slug)
        .where(Event.series_id == series_id, Event.number.in_((before, after)))
        .order_by(Event.number)
    )
