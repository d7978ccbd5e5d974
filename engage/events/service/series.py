"""Series and the numbers of their events (docs/domain.md#series)."""

from __future__ import annotations

from engage.core import clock
from engage.core.access import Principal
from engage.core.db import db, lock
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import Change, Fact, changed, record
from engage.core.text import _, slugify
from engage.events import queries
from engage.events.facts import EventNumbered, SeriesChanged, SeriesMade
from engage.events.models import Event, Series
from engage.events.service.due import apply_due
from engage.events.service.effects import note
from engage.events.service.themes import FINAL
from engage.programmes.models import Programme

MOST = 9_999


def make_series(programme: Programme, *, name: str, next_number: int = 1, by: Principal) -> Series:
    """A new series of the programme; its address is made from the name, and then for ever.

    Raises `RuleBroken` (with the field) for a name that is missing or taken, or a number that is none.
    """
    programme = lock(Programme, programme.id)
    series = Series(
        programme_id=programme.id,
        programme=programme,
        name=_name(name, programme.id),
        slug=queries.free_series_slug(slugify(name, fallback="series")),
        next_number=_number(next_number),
        created_at=clock.now(),
    )
    db.session.add(series)
    db.session.flush()
    _note(SeriesMade(subject_id=programme.id, programme_id=programme.id, series_id=series.id), by)
    return series


def edit_series(series: Series, *, name: str, next_number: int, version: int, by: Principal) -> Series:
    """Call it something else, or let its numbers go on further up; `version` is the one that was read.

    Raises `StaleVersion`, and `RuleBroken` as `make_series` and for a next number that was given out already.
    """
    of = lock(Programme, series.programme_id).id
    series = lock(Series, series.id)
    if series.version != version:
        raise StaleVersion(_("Somebody else changed this series while you were writing."))
    if _number(next_number) < series.next_number:
        raise RuleBroken(
            _("Numbers are never given twice: choose %(next)d or more", next=series.next_number), field="next_number"
        )
    if changes := changed(series, name=_name(name, of, mine=series.id), next_number=next_number):
        series.version += 1
        programme_id = series.programme_id
        _note(
            SeriesChanged(subject_id=programme_id, programme_id=programme_id, series_id=series.id, changes=changes), by
        )
    return series


def put_in_series(event: Event, series: Series | None, *, by: Principal) -> Event:
    """The event takes the next number of the series, or is in none; where it stands already, nothing changes.

    Raises `RuleBroken` for a series of another programme, and for an event that is archived or cancelled.
    """
    event = apply_due(event)
    if event.series_id == (series.id if series else None):
        return event
    if event.state in FINAL:
        raise RuleBroken(_("An event that is archived or cancelled stays as it was."), field="series")
    before = called(event)
    if series is None:
        event.series_id = event.number = None
    else:
        series = lock(Series, series.id)
        if series.programme_id != event.programme_id:
            raise RuleBroken(_("Choose a series of the event’s own programme"), field="series")
        event.series_id, event.number = series.id, series.next_number
        series.next_number += 1
    db.session.flush()
    db.session.expire(event, ["series"])
    change = Change(field="series", old=before, new=called(event))
    note(EventNumbered(subject_id=event.id, programme_id=event.programme_id, changes=(change,)), by)
    return event


def called(event: Event) -> str:
    """What the event is called in its series, "Round Table 3"; empty in none."""
    return f"{event.series.name} {event.number}" if event.series else ""


def _name(name: str, programme_id: int, *, mine: int | None = None) -> str:
    """Of the programme, which is locked: no other series of it may have the name. `mine`: the one that is renamed."""
    name = name.strip()
    if not name or len(name) > 80:
        raise RuleBroken(_("Enter the name of the series, in 80 characters or fewer"), field="name")
    if any(other.name == name and other.id != mine for other in queries.series_of(programme_id)):
        raise RuleBroken(_("Another series of this programme has this name"), field="name")
    return name


def _number(number: int) -> int:
    if not 1 <= number <= MOST:
        raise RuleBroken(_("The next number must be between 1 and %(most)d", most=MOST), field="next_number")
    return number


def _note(fact: Fact, by: Principal) -> None:
    db.session.flush()
    record(fact, by=by)
