"""Sessions of an event as they stand and as they were last published, and what changed between the two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from engage.core.db import db
from engage.events.models import DATED, Event, Precision, Room, Session, SessionPerson, Timetable, Track

IN_ORDER = (Session.starts_at.is_(None), Session.starts_at, Session.room_id, Session.id)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One session as a programme says it. `starts`, `ends`: wall times of the event's place, None while not known;
    `chair` and `speakers`: keys of `SessionPerson`; `themes`: slugs."""

    key: str
    title: str
    description: str = ""
    starts: datetime | None = None
    ends: datetime | None = None
    room: str = ""
    track: str = ""
    chair: str = ""
    speakers: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    capacity: int | None = None

    @classmethod
    def of(cls, session: Session) -> Line:
        """The session as it stands; without times as long as nobody can say when it is."""
        placed = session.starts_at is not None
        return cls(
            key=session.key,
            title=session.title,
            description=session.description,
            starts=session.starts_local if placed else None,
            ends=session.ends_local if placed else None,
            room=session.room.name if session.room else "",
            track=session.track.name if session.track else "",
            chair=session.chair.key if session.chair else "",
            speakers=tuple(person.key for person in session.speakers),
            themes=tuple(link.theme.slug for link in session.themes),
            capacity=session.capacity,
        )

    @classmethod
    def read(cls, stored: Mapping[str, Any], by: timedelta | None) -> Line:
        """From JSON, moved along with its event; `by` None: without times."""
        told = {**stored}
        for name in ("starts", "ends"):
            local = told[name] and datetime.fromisoformat(told[name])
            told[name] = local + by if local and by is not None else None
        for name in ("speakers", "themes"):
            told[name] = tuple(told[name])
        return cls(**told)

    @property
    def stored(self) -> dict[str, Any]:
        """The same as JSON."""
        told = asdict(self)
        for name in ("starts", "ends"):
            told[name] = told[name] and told[name].isoformat()
        return told


SAID = tuple(field.name for field in fields(Line))


class Changed(NamedTuple):
    """A session that differs from the published programme; `before` is None for a new one. `fields`: what differs."""

    now: Line
    before: Line | None
    fields: tuple[str, ...]


def sessions_of(event_id: int) -> Sequence[Session]:
    """All sessions of an event, cancelled ones too, in the order of the day, those without a time last."""
    return db.session.scalars(
        sa.select(Session).options(joinedload(Session.event)).where(Session.event_id == event_id).order_by(*IN_ORDER)
    ).all()


def sessions_ahead(now: datetime) -> Sequence[Session]:
    """Sessions with a time ahead, of any event: their instants follow the zone rules."""
    return db.session.scalars(
        sa.select(Session).options(joinedload(Session.event)).where(Session.starts_at > now).order_by(Session.id)
    ).all()


def session_by_key(event: str, key: str) -> Session | None:
    """The session of the event at this address; the arguments are called as in the address."""
    return db.session.scalar(sa.select(Session).join(Session.event).where(Event.slug == event, Session.key == key))


def rooms_of(event_id: int) -> Sequence[Room]:
    """The rooms of an event, in the order in which they were first named."""
    return db.session.scalars(sa.select(Room).where(Room.event_id == event_id).order_by(Room.id)).all()


def tracks_of(event_id: int) -> Sequence[Track]:
    """The tracks of an event, likewise."""
    return db.session.scalars(sa.select(Track).where(Track.event_id == event_id).order_by(Track.id)).all()


def room_by_key(event: str, key: str) -> Room | None:
    """The room of the event at this address."""
    return db.session.scalar(sa.select(Room).join(Room.event).where(Event.slug == event, Room.key == key))


def track_by_key(event: str, key: str) -> Track | None:
    """The track of the event at this address."""
    return db.session.scalar(sa.select(Track).join(Track.event).where(Event.slug == event, Track.key == key))


def people_by_key(event_id: int) -> Mapping[str, SessionPerson]:
    """Everybody who chairs or speaks at an event, or did in an earlier version of its programme."""
    found = db.session.scalars(
        sa.select(SessionPerson)
        .join(Session, Session.id == SessionPerson.session_id)
        .where(Session.event_id == event_id)
        .order_by(SessionPerson.id)
    )
    return {person.key: person for person in found}


def timetable_of(event_id: int, number: int | None = None) -> Timetable | None:
    """The programme as it was last published, or that version of it."""
    which = Timetable.superseded_at.is_(None) if number is None else Timetable.number == number
    return db.session.scalar(sa.select(Timetable).where(Timetable.event_id == event_id, which))


# --- moving along with the event ---------------------------------------------------------------------------------


def moved_by(counted_from: datetime | None, starts: datetime | None, precision: Precision) -> timedelta | None:
    """How far sessions whose times were given when their event began at `counted_from` move now that it begins at
    `starts` (wall times); None while it has no day.

    To another day they keep their distance from the start, or their hours where one of the two is a day alone. Other
    hours of the same day move nothing.
    """
    if starts is None or precision not in DATED:
        return None
    if counted_from is None or counted_from.date() == starts.date():
        return timedelta()
    if precision is Precision.TIME and counted_from.time() != time():
        return starts - counted_from
    return timedelta(days=(starts.date() - counted_from.date()).days)


def published_lines(timetable: Timetable | None, event: Event) -> list[Line]:
    """The sessions as they were last published, moved along with the event since."""
    if timetable is None:
        return []
    by = moved_by(timetable.counted_from, event.starts_local, event.precision)
    return [Line.read(stored, by) for stored in timetable.sessions]


# --- what changed ------------------------------------------------------------------------------------------------


def to_publish(sessions: Sequence[Session]) -> list[Session]:
    """What a programme published now would hold: no session that was called off before anybody heard of it."""
    return [session for session in sessions if session.cancelled_at is None or session.published_at is not None]


def changes_since(sessions: Sequence[Session], published: Sequence[Line]) -> list[Changed]:
    """What a programme published now would change, in the order of the day. A cancellation is shown at once, so it is
    no change."""
    before = {line.key: line for line in published}
    found = []
    for session in to_publish(sessions):
        now, old = Line.of(session), before.get(session.key)
        differs = () if old is None else tuple(name for name in SAID if getattr(old, name) != getattr(now, name))
        if (old is None or differs) and session.cancelled_at is None:
            found.append(Changed(now, old, differs))
    return found
