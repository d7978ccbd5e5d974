"""Copying an event (docs/domain.md#event): its structure, declared column by column; never people, dates, answers or
what was agreed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from engage.core import clock
from engage.core.access import Principal
from engage.core.db import Model, db, identity
from engage.core.facts import Change
from engage.events import queries
from engage.events.facts import EventCopied
from engage.events.models import (
    AgendaItem,
    AgendaItemTheme,
    Event,
    EventTheme,
    Precision,
    Room,
    Series,
    Session,
    SessionTheme,
    Track,
)
from engage.events.service import effects
from engage.events.service.details import make
from engage.events.service.placing import carry
from engage.events.service.series import called, put_in_series
from engage.events.service.themes import set_themes
from engage.themes.models import ThemeGroup, ThemeState

COPIED: dict[type[Model], tuple[str, ...]] = {
    Event: (
        *("kind", "admission", "access_information", "non_attributed"),
        *("capacity", "reserved", "per_organisation", "holds_seats"),
    ),
    AgendaItem: ("position", "title", "minutes", "kind"),
    Session: ("title", "capacity", "sign_up", "starts_local", "ends_local", "counted_from"),
}
"""What a copy takes over as it stands. A series goes on with its next number; theme groups, rooms and tracks are named
anew; times of sessions move along to the new date, as at a postponement. What is listed nowhere is not copied."""
_OF_EVERY_ROW = frozenset({"id", "key", "version"})
NOT_COPIED: dict[type[Model], frozenset[str]] = {
    Event: _OF_EVERY_ROW
    | {"programme_id", "title", "slug", "summary", "description", "town", "place", "online_link"}
    | {"zone", "precision", "starts_local", "ends_local", "starts_fold", "ends_fold", "starts_at", "ends_at"}
    | {"registration_opens_at", "registration_closes_at", "reconfirm_by", "published_at", "announce_at"}
    | {"chair_id", "secretary_id", "series_id", "number", "state", "state_reason", "no_record_reason"}
    | {"sequence", "stamped_at", "went_live_at", "held_at", "created_at"},
    AgendaItem: _OF_EVERY_ROW | {"event_id", "presenter", "removed_at"},
    Session: _OF_EVERY_ROW
    | {"event_id", "description", "starts_fold", "ends_fold", "starts_at", "ends_at", "room_id", "track_id"}
    | {"published_at", "cancelled_at", "cancel_reason", "created_at"},
}
"""What is asked anew, made anew, or belongs to that one event: a new column stands in one of the two lists."""


def copying(source: Event) -> EventCopied:
    """The fact that `copy` records, for the page that asks first."""
    return EventCopied(subject_id=source.id, programme_id=source.programme_id, source_id=source.id)


def copy(
    source: Event,
    *,
    title: str,
    slug: str = "",
    zone: str = "",
    precision: Precision = Precision.TO_BE_CONFIRMED,
    starts: datetime | date | None = None,
    ends: datetime | date | None = None,
    by: Principal,
) -> Event:
    """A new draft in the same programme, with the structure of this event and, in a series, its next number.

    The date as in `create`; to be confirmed if none is given: the sessions get their times with it. What higher floors
    copy reacts to `EventCopied`. Raises `RuleBroken` as `create`.
    """
    when: dict[str, Any] = {"zone": zone or source.zone, "precision": precision, "starts": starts, "ends": ends}
    event = make(source.programme, title=title, slug=slug, kind=source.kind, **when, by=by)
    _take(source, event)
    themes = _standing(source.themes)
    if themes and themes[0] == source.owning_theme:
        set_themes(event, themes[0], themes[1:], by=by)
    if source.series_id is not None:
        put_in_series(event, db.session.get_one(Series, source.series_id), by=by)
    _agenda(source, event)
    _sessions(source, event)
    effects.note(
        EventCopied(
            subject_id=event.id,
            programme_id=event.programme_id,
            source_id=identity(source),
            changes=(Change(field="source", old="", new=source.title),),
        ),
        by,
    )
    return event


def next_title(source: Event) -> str:
    """What a copy may be called: "Round Table 4" after "Round Table 3: one year on", else as its source."""
    name = called(source)
    if source.series is None or not source.title.startswith(name):
        return source.title
    return f"{source.series.name} {source.series.next_number}"


def _take(source: Model, copied: Model) -> None:
    for name in COPIED[type(source)]:
        setattr(copied, name, getattr(source, name))


def _standing(links: Iterable[EventTheme | AgendaItemTheme | SessionTheme]) -> list[ThemeGroup]:
    """The theme groups that nothing new is refused under."""
    return [link.theme for link in links if link.theme.state is not ThemeState.CLOSED]


def _agenda(source: Event, event: Event) -> None:
    for item in queries.agenda_of(source.id):
        copied = AgendaItem(event_id=event.id)
        _take(item, copied)
        db.session.add(copied)
        db.session.flush()
        of = {"agenda_item_id": copied.id, "event_id": event.id, "programme_id": event.programme_id}
        db.session.add_all(AgendaItemTheme(theme_id=theme.id, **of) for theme in _standing(item.themes))
    db.session.expire(event, ["agenda"])


def _sessions(source: Event, event: Event) -> None:
    """Those that were not called off, in rooms and tracks of the same names."""
    rooms = {room: Room(event_id=event.id, name=room.name) for room in queries.rooms_of(source.id)}
    tracks = {track: Track(event_id=event.id, name=track.name) for track in queries.tracks_of(source.id)}
    db.session.add_all([*rooms.values(), *tracks.values()])
    db.session.flush()
    for session in queries.sessions_of(source.id):
        if session.cancelled_at is not None:
            continue
        copied = Session(event_id=event.id, created_at=clock.now())
        _take(session, copied)
        copied.room_id = rooms[session.room].id if session.room else None
        copied.track_id = tracks[session.track].id if session.track else None
        db.session.add(copied)
        db.session.flush()
        of = {"session_id": copied.id, "event_id": event.id, "programme_id": event.programme_id}
        db.session.add_all(SessionTheme(theme_id=theme.id, **of) for theme in _standing(session.themes))
    db.session.flush()
    carry(event)
    db.session.expire(event, ["sessions"])
