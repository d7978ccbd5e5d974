"""Sessions of an event: made, changed, cancelled, and published as one programme (docs/domain.md#session)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack

from engage.core import clock
from engage.core.access import Principal
from engage.core.db import db, lock
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import Change, changed
from engage.core.states import check_move
from engage.core.text import _
from engage.events import queries
from engage.events.facts import (
    RoomRenamed,
    SessionAdded,
    SessionCancelled,
    SessionChanged,
    TimetablePublished,
    TrackRenamed,
)
from engage.events.models import (
    DATED,
    SESSION_MOVES,
    Event,
    EventState,
    Part,
    Room,
    Session,
    SessionPerson,
    SessionState,
    SessionTheme,
    SignUps,
    Timetable,
    Track,
)
from engage.events.service.due import apply_due
from engage.events.service.effects import note
from engage.events.service.moves import reason_given
from engage.events.service.placing import place
from engage.events.service.themes import check_theme
from engage.events.service.when import Span
from engage.people.models import Person
from engage.people.queries import fold
from engage.themes.models import ThemeGroup

FIXED = frozenset({EventState.RECORD_AGREED, EventState.ARCHIVED, EventState.CANCELLED})
MOST_NAME = 80
MOST_SPEAKERS = 40


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """Who chairs or speaks, as it is to be read; `person` where an address said who that is."""

    name: str
    organisation: str = ""
    person: Person | None = None


class SessionDetails(TypedDict, total=False):
    """What can be said of a session; what is left out is empty. `starts`, `ends`: naive wall times of the event's
    place, both or neither. `room`, `track`: names; one that is not there yet is made. `capacity` None: no limit."""

    description: str
    starts: datetime | None
    ends: datetime | None
    room: str
    track: str
    chair: Speaker | None
    speakers: Sequence[Speaker]
    themes: Collection[ThemeGroup]
    capacity: int | None
    sign_up: SignUps


def add_session(event: Event, *, title: str, by: Principal, **details: Unpack[SessionDetails]) -> Session:
    """A new session, seen by staff until the programme is published. Raises `RuleBroken` with the field."""
    event = _begin(event)
    session = Session(event_id=event.id, event=event, title=_title(title), created_at=clock.now())
    _set(event, session, details)
    db.session.add(session)
    db.session.flush()
    _put_people(session, details)
    _put_themes(event, session, details.get("themes", ()))
    changes = (Change(field="item", old="", new=session.title),)
    fact = SessionAdded(subject_id=event.id, programme_id=event.programme_id, session_id=session.id, changes=changes)
    note(fact, by)
    return session


def edit_session(
    session: Session, *, version: int, title: str, by: Principal, **details: Unpack[SessionDetails]
) -> Session:
    """Say all of a session anew, its time and its room too; `version` is the one that was read.

    Raises `StaleVersion` when somebody saved meanwhile, `RuleBroken` (with the field) as `add_session`, and for one
    that is cancelled.
    """
    event, session = _standing(session)
    if session.version != version:
        raise StaleVersion(_("Somebody else changed this session while you were writing."))
    if session.cancelled_at is not None:
        raise RuleBroken(_("This session is cancelled: it stays as it was."))
    called, before = session.title, _said(session)
    session.title = _title(title)
    _set(event, session, details)
    _put_people(session, details)
    _put_themes(event, session, details.get("themes", ()))
    db.session.flush()
    db.session.expire(session, ["room", "track"])
    after = _said(session)
    changes = tuple(
        Change(field=name, old=before[name], new=after[name]) for name in after if before[name] != after[name]
    )
    if changes:
        session.version += 1
        changes += (Change(field="item", old=called, new=session.title),)
        note(
            SessionChanged(
                subject_id=event.id, programme_id=event.programme_id, session_id=session.id, changes=changes
            ),
            by,
        )
    return session


def cancel_session(session: Session, *, reason: str, by: Principal) -> Session:
    """Call a session off, for good; where it was published, the public page says so at once. Twice changes nothing.

    Raises `RuleBroken` without a reason, or once it has ended.
    """
    event, session = _standing(session)
    if session.cancelled_at is not None:
        return session
    check_move(SESSION_MOVES, session.state, SessionState.CANCELLED, what=_("A session"))
    session.cancel_reason = reason_given(reason)
    session.cancelled_at = clock.now()
    session.version += 1
    changes = (Change(field="item", old=session.title, new=""),)
    note(
        SessionCancelled(
            subject_id=event.id,
            programme_id=event.programme_id,
            session_id=session.id,
            reason=session.cancel_reason,
            changes=changes,
        ),
        by,
    )
    return session


def rename_room(room: Room, *, name: str, by: Principal) -> Room:
    """Call a room something else, in all its sessions at once. Raises `RuleBroken` for a name that another has."""
    _rename(room, queries.rooms_of(room.event_id), name, RoomRenamed, by)
    return room


def rename_track(track: Track, *, name: str, by: Principal) -> Track:
    """Likewise for a track."""
    _rename(track, queries.tracks_of(track.event_id), name, TrackRenamed, by)
    return track


def publish_timetable(event: Event, *, by: Principal) -> Timetable:
    """The programme becomes public as it stands now, or is ready to as soon as the event's page is; what is changed
    afterwards is a draft until this is done again. Each version is kept.

    Raises `RuleBroken` without a session, and where nothing changed since the last time.
    """
    event = _begin(event)
    last = queries.timetable_of(event.id)
    before = queries.published_lines(last, event)
    sessions = queries.sessions_of(event.id)
    held = queries.to_publish(sessions)
    if not held:
        raise RuleBroken(_("Add the first session: there is nothing to publish yet."))
    if last is not None and not queries.changes_since(sessions, before):
        raise RuleBroken(_("Nothing has changed since the programme was last published."))
    now = clock.now()
    if last is not None:
        last.superseded_at = now
        db.session.flush()
    for session in held:
        session.published_at = session.published_at or now
        for person in session.people:
            person.published_at = person.published_at or now
    timetable = Timetable(
        event_id=event.id,
        number=last.number + 1 if last else 1,
        sessions=[queries.Line.of(session).stored for session in held],
        counted_from=event.starts_local if event.precision in DATED else None,
        published_at=now,
        actor=by.actor,
    )
    db.session.add(timetable)
    fact = TimetablePublished(
        subject_id=event.id, programme_id=event.programme_id, number=timetable.number, sessions=len(held)
    )
    note(fact, by)
    return timetable


# --- what the verbs are made of ----------------------------------------------------------------------------------


def _begin(event: Event) -> Event:
    event = apply_due(event)
    if event.state in FIXED:
        raise RuleBroken(_("The programme stays as it was: the event is cancelled, or its record agreed."))
    return event


def _standing(session: Session) -> tuple[Event, Session]:
    """The event, then the session, locked."""
    event = _begin(session.event)
    return event, lock(Session, session.id)


def _title(title: str) -> str:
    title = title.strip()
    if not title:
        raise RuleBroken(_("Enter the title of the session"), field="title")
    return _short(title, 200, "title")


def _short(text: str, most: int, field: str) -> str:
    text = text.strip()
    if len(text) > most:
        raise RuleBroken(_("This must be %(most)d characters or fewer", most=most), field=field)
    return text


def _set(event: Event, session: Session, details: SessionDetails) -> None:
    """What stands in the session's own row."""
    session.description = _short(details.get("description", ""), 600, "description")
    capacity = details.get("capacity")
    if capacity is not None and capacity < 1:
        raise RuleBroken(_("A session has at least 1 place; leave it empty for no limit"), field="capacity")
    session.capacity = capacity
    session.sign_up = details.get("sign_up", SignUps.NONE)
    _set_times(event, session, details.get("starts"), details.get("ends"))
    room = _named(Room, queries.rooms_of(event.id), event, details.get("room", ""), "room")
    track = _named(Track, queries.tracks_of(event.id), event, details.get("track", ""), "track")
    session.room_id, session.track_id = room and room.id, track and track.id


def _set_times(event: Event, session: Session, starts: datetime | None, ends: datetime | None) -> None:
    if (starts, ends) == (session.starts, session.ends) and _folds(starts, ends) == _folds(
        session.starts, session.ends
    ):
        return  # also of an event without a day: the times that it had are kept for the new one
    if starts is None and ends is None:
        session.starts_local = session.ends_local = session.counted_from = None
        session.starts_fold = session.ends_fold = 0
        place(event, session)
        return
    if event.precision not in DATED:
        raise RuleBroken(_("The event has no day yet: leave the times of the session empty."), field="starts")
    if starts is None:
        raise RuleBroken(_("Enter when the session starts"), field="starts")
    if ends is None:
        raise RuleBroken(_("Enter when the session ends"), field="ends")
    span = Span.checked(starts, ends, event.zone)
    session.starts_local, session.ends_local = span.starts.replace(fold=0), span.ends.replace(fold=0)
    session.starts_fold, session.ends_fold = span.starts.fold, span.ends.fold
    session.counted_from = event.starts_local
    place(event, session)


def _folds(*times: datetime | None) -> tuple[int, ...]:
    return tuple(time.fold if time else 0 for time in times)


def _named(kind: Any, there: Sequence[Any], event: Event, name: str, field: str) -> Any:
    """The event's room or track of this name, or a new one; None without a name."""
    name = _short(" ".join(name.split()), MOST_NAME, field)
    if not name:
        return None
    found = next((one for one in there if fold(one.name) == fold(name)), None)
    if found is None:
        found = kind(event_id=event.id, name=name)
        db.session.add(found)
        db.session.flush()
    return found


def _rename(named: Any, all_: Sequence[Any], name: str, fact: type[RoomRenamed | TrackRenamed], by: Principal) -> None:
    event = _begin(named.event)
    name = _short(" ".join(name.split()), MOST_NAME, "name")
    if not name:
        raise RuleBroken(_("Enter the name"), field="name")
    if any(fold(one.name) == fold(name) for one in all_ if one.id != named.id):
        raise RuleBroken(_("Another one has this name: choose it in the sessions instead"), field="name")
    if changes := changed(named, name=name):
        note(fact(subject_id=event.id, programme_id=event.programme_id, changes=changes), by)


def _put_people(session: Session, details: SessionDetails) -> None:
    """Rows that say the same stay; the others are taken off, and new ones follow."""
    chair, speakers = details.get("chair"), details.get("speakers", ())
    if len(speakers) > MOST_SPEAKERS:
        raise RuleBroken(_("A session has no more than %(most)d speakers", most=MOST_SPEAKERS), field="speakers")
    wanted = [(Part.CHAIR, chair)] if chair else []
    wanted += [(Part.SPEAKER, speaker) for speaker in speakers]
    standing = {(p.part, p.name, p.organisation, p.person_id): p for p in session.people}
    new = []
    for position, (part, said) in enumerate(wanted):
        name, organisation = " ".join(said.name.split()), " ".join(said.organisation.split())
        field = "chair" if part is Part.CHAIR else "speakers"
        if not name:
            raise RuleBroken(_("Enter the name"), field=field)
        _short(name, 200, field)
        _short(organisation, 200, field)
        kept = standing.pop((part, name, organisation, said.person.id if said.person else None), None)
        if kept is not None:
            kept.position = position
        else:
            new.append((part, position, name, organisation, said.person))
    for gone in standing.values():
        gone.removed_at = clock.now()
    db.session.flush()
    for part, position, name, organisation, person in new:
        db.session.add(
            SessionPerson(
                session_id=session.id,
                part=part,
                position=position,
                name=name,
                organisation=organisation,
                person_id=person.id if person else None,
            )
        )
    db.session.flush()
    db.session.expire(session, ["people"])


def _put_themes(event: Event, session: Session, themes: Collection[ThemeGroup]) -> None:
    known = {link.theme_id: link for link in session.themes}
    for theme in themes:
        check_theme(event.programme_id, theme, known=theme.id in known)
    wanted = {theme.id for theme in themes}
    for theme_id, link in known.items():
        if theme_id not in wanted:
            db.session.delete(link)
    for theme_id in sorted(wanted - known.keys()):
        db.session.add(
            SessionTheme(session_id=session.id, event_id=event.id, theme_id=theme_id, programme_id=event.programme_id)
        )
    db.session.flush()
    db.session.expire(session, ["themes"])


def _said(session: Session) -> dict[str, Any]:
    """What history says of a session before and after a change. Who speaks: keys, never names."""
    return {
        "title": session.title,
        "description": session.description,
        "starts_local": session.starts_local and session.starts_local.isoformat(),
        "ends_local": session.ends_local and session.ends_local.isoformat(),
        "starts_fold": session.starts_fold,
        "ends_fold": session.ends_fold,
        "room": session.room.name if session.room else "",
        "track": session.track.name if session.track else "",
        "capacity": session.capacity,
        "sign_up": session.sign_up.value,
        "groups": ", ".join(link.theme.title for link in session.themes),
        "people": [person.key for person in session.people],
    }
