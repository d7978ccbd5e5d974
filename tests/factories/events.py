"""Programmes, theme groups and events as their services make them, each in a unit of work of its own."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from engage.core.access import SYSTEM
from engage.core.db import saving
from engage.events import queries, service
from engage.events.models import AgendaItem, Event, EventKind, Session
from engage.programmes import service as programmes
from engage.programmes.models import Programme
from engage.themes import service as themes
from engage.themes.models import ThemeGroup

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_numbers = count(1)
STARTS = datetime(2027, 5, 12, 10)  # noqa: DTZ001 -- wall times
ENDS = datetime(2027, 5, 12, 16)  # noqa: DTZ001


def a_programme(*, published: bool = True, **given: Any) -> Programme:
    """An active programme in UK time."""
    n = next(_numbers)
    prefix = "".join(LETTERS[n // 26**i % 26] for i in (3, 2, 1, 0))
    words = {
        "name": f"Health Statistics {n}",
        "prefix": prefix,
        "convening_body": "Office for Statistics",
        "zone": "Europe/London",
        "summary": "Better figures.",
        "purpose": "Figures that people can use.",
    }
    with saving():
        programme = programmes.create(**{**words, **given}, by=SYSTEM)
        if published:
            programmes.publish(programme, by=SYSTEM)
    return programme


def a_theme(programme: Programme, *, published: bool = True, **given: Any) -> ThemeGroup:
    """An active theme group, public if its programme is."""
    n = next(_numbers)
    with saving():
        theme = themes.propose(programme, **{"title": f"Theme {n}", "scope": "What it is about.", **given}, by=SYSTEM)
        themes.activate(theme, by=SYSTEM)
        if published and programme.published_at is not None:
            themes.publish(theme, by=SYSTEM)
    return theme


def a_draft(programme: Programme | None = None, **given: Any) -> Event:
    """A draft with a date and an owning theme group (`theme=None` for none)."""
    programme = programme or a_programme()
    theme = given.pop("theme", ...)
    details = {
        "title": f"Round Table {next(_numbers)}",
        "kind": EventKind.ROUND_TABLE,
        "starts": STARTS,
        "ends": ENDS,
        "town": "London",
        "place": "1 Drummond Gate",
        **given,
    }
    if theme is ...:
        theme = a_theme(programme)
    with saving():
        event = service.create(programme, **details, by=SYSTEM)
        if theme is not None:
            service.set_themes(event, theme, by=SYSTEM)
    return event


def an_event(programme: Programme | None = None, *, published: bool = True, **given: Any) -> Event:
    """A scheduled event, public unless said otherwise."""
    event = a_draft(programme, **given)
    with saving():
        service.schedule(event, by=SYSTEM)
        if published:
            service.publish(event, by=SYSTEM)
    return event


def an_open_event(programme: Programme | None = None, **given: Any) -> Event:
    """A summit whose registration is open."""
    event = an_event(programme, **{"kind": EventKind.SUMMIT, "title": f"Summit {next(_numbers)}", **given})
    with saving():
        service.open_registration(event, by=SYSTEM)
    return event


def an_agenda_item(event: Event, **given: Any) -> AgendaItem:
    """An open item of half an hour."""
    with saving():
        return service.add_agenda_item(event, **{"title": f"Item {next(_numbers)}", "minutes": 30, **given}, by=SYSTEM)


def a_session(event: Event, **given: Any) -> Session:
    """A session of an hour from ten o'clock on, of the event's day; without a room unless one is given."""
    times = {"starts": STARTS, "ends": STARTS + timedelta(hours=1)}
    with saving():
        return service.add_session(event, **{"title": f"Session {next(_numbers)}", **times, **given}, by=SYSTEM)


def again(event: Event) -> Event:
    """The event as it is stored now."""
    found = queries.by_id(event.id)
    assert found is not None
    return found
