"""What does not fit together in a programme: pure functions over its sessions. They warn, and never forbid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

from engage.events.models import DATED, Event, Precision, Session
from engage.people.queries import fold


class ClashKind(StrEnum):
    ROOM = "room"
    PERSON = "person"
    HOURS = "hours"


class Clash(NamedTuple):
    """What is wrong with a session: whose room or person it shares, and with which other session at the same time;
    or that it lies outside its event's hours (`with_` is then None)."""

    kind: ClashKind
    what: str
    with_: Session | None


def clashes(event: Event, sessions: Sequence[Session]) -> dict[int, list[Clash]]:
    """The clashes of each session, by its id; sessions without any are absent.

    One room twice, one person in two places, a session outside its event's hours. Cancelled sessions clash with
    nothing, nor do those without a time. A session may begin when another ends: that is no clash.
    """
    placed = [session for session in sessions if session.cancelled_at is None and session.starts_at is not None]
    found: dict[int, list[Clash]] = {}
    for one, other in combinations(placed, 2):
        if not _at_once(one, other):
            continue
        for kind, what in _shared(one, other):
            found.setdefault(one.id, []).append(Clash(kind, what, other))
            found.setdefault(other.id, []).append(Clash(kind, what, one))
    for session in placed:
        if not _inside(event, session):
            found.setdefault(session.id, []).append(Clash(ClashKind.HOURS, "", None))
    return found


def _at_once(one: Session, other: Session) -> bool:
    return _instant(one.starts_at) < _instant(other.ends_at) and _instant(other.starts_at) < _instant(one.ends_at)


def _instant(at: datetime | None) -> datetime:
    assert at is not None  # noqa: S101 -- only sessions with a time are compared
    return at


def _shared(one: Session, other: Session) -> Iterator[tuple[ClashKind, str]]:
    if one.room is not None and one.room_id == other.room_id:
        yield ClashKind.ROOM, one.room.name
    told = set()
    for person in one.people:
        for same in other.people:
            known = person.person_id is not None and same.person_id is not None
            alike = person.person_id == same.person_id if known else fold(person.name) == fold(same.name)
            if alike and fold(person.name) not in told:
                told.add(fold(person.name))
                yield ClashKind.PERSON, person.name


def _inside(event: Event, session: Session) -> bool:
    """Within the hours of the event, or, while it is planned by the day, within its days."""
    if event.precision not in DATED or event.starts_local is None or event.ends_local is None:
        return True
    if event.precision is Precision.TIME and event.starts_at is not None and event.ends_at is not None:
        return event.starts_at <= _instant(session.starts_at) and _instant(session.ends_at) <= event.ends_at
    assert session.starts_local is not None  # noqa: S101 -- it has a time
    assert session.ends_local is not None  # noqa: S101
    return (
        event.starts_local.date() <= session.starts_local.date()
        and session.ends_local.date() <= event.ends_local.date()
    )
