"""Reads of sign-ups: what may be chosen, who chose it, who waits, who was there (docs/domain.md#sign-up)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload, lazyload

from engage.attendance.models import LIVE_SIGN_UP, Registration, SessionCheckIn, SignUp, SignUpState
from engage.attendance.queries.registrations import ON_DOOR_LIST, ORDER
from engage.core.db import db
from engage.core.text import _, ngettext, weekday, zone_words
from engage.events import queries as events
from engage.events.models import Event, Session, SignUps
from engage.events.queries import Line
from engage.people.models import PersonEmail

U = SignUpState
Address = aliased(PersonEmail)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """How many have a place in a session, and how many wait; `capacity` None: no limit."""

    capacity: int | None
    placed: int
    waiting: int

    @property
    def free(self) -> int | None:
        """Places left, never below none; None where there is no limit."""
        return None if self.capacity is None else max(0, self.capacity - self.placed)

    @property
    def room(self) -> bool:
        """Whether a newcomer gets a place: one is free and nobody waits."""
        return not self.waiting and (self.free is None or self.free > 0)

    @property
    def said(self) -> str:
        """How many places are left, as sentences."""
        free = self.free
        if self.room:
            if free is None:
                return _("There is room for everybody.")
            return ngettext("%(num)d place is left.", "%(num)d places are left.", free)
        waiting = ngettext("%(num)d person waits.", "%(num)d people wait.", self.waiting) if self.waiting else ""
        return " ".join(part for part in (_("Full."), waiting) if part)


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A session of the published programme, as it was published, and how it stands now."""

    line: Line
    session: Session
    taken: Taken

    @property
    def by_sign_up(self) -> bool:
        """Whether it is chosen at all."""
        return self.session.sign_up is SignUps.OPTIONAL and self.session.cancelled_at is None


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """One live sign-up of a registration. `place`: in the session's line, from 1; 0 for whoever has a place."""

    sign_up: SignUp
    line: Line
    place: int

    @property
    def has_place(self) -> bool:
        return self.sign_up.state is U.PLACED


@dataclass(frozen=True, kw_only=True)
class SignedUp:
    """A line of a session's list; `place` as of `Chosen`."""

    sign_up: SignUp
    registration: Registration
    email: str
    place: int


@dataclass(frozen=True, kw_only=True)
class AtSession:
    """A line of a session's door list: whether the person has a place in it, and the tick that stands."""

    registration: Registration
    signed_up: bool
    arrived: SessionCheckIn | None


def published(event: Event, *, number: int | None = None) -> list[Line]:
    """The sessions of an event as its people read them, in the order of the day. `number`: as they did in that version
    of the programme."""
    return events.published_lines(events.timetable_of(event.id, number), event)


def when(line: Line, event: Event) -> str:
    """When a session is, in words that name the zone."""
    if line.starts is None or line.ends is None:
        return _("Time to be confirmed")
    hours = events.hours(line.starts, line.ends)
    return _("%(day)s, %(hours)s (%(zone)s)", day=weekday(line.starts), hours=hours, zone=zone_words(event.zone))


def overlap(one: Line, other: Line) -> bool:
    """Whether two sessions go on at the same time; what begins when another ends does not."""
    if one.starts is None or one.ends is None or other.starts is None or other.ends is None:
        return False
    return one.starts < other.ends and other.starts < one.ends


def offered(event: Event) -> list[Offered]:
    """The published programme with how its sessions are taken: two statements, whatever their number."""
    rows = {
        session.key: (session, Taken(capacity=session.capacity, placed=placed, waiting=waiting))
        for session, placed, waiting in db.session.execute(_with_counts().where(Session.event_id == event.id))
    }
    return [
        Offered(line=line, session=rows[line.key][0], taken=rows[line.key][1])
        for line in published(event)
        if line.key in rows
    ]


def taken(session: Session) -> Taken:
    """How one session is taken. Decide on it only under the event's lock."""
    counts = dict(
        db.session.execute(
            sa.select(SignUp.state, sa.func.count()).where(SignUp.session_id == session.id).group_by(SignUp.state)
        ).all()
    )
    return Taken(capacity=session.capacity, placed=counts.get(U.PLACED, 0), waiting=counts.get(U.WAITING, 0))


def by_session(event_id: int) -> list[tuple[Session, Taken]]:
    """The sessions that are chosen, with how they are taken, in the order of the day."""
    found = db.session.execute(
        _with_counts()
        .where(Session.event_id == event_id, Session.sign_up == SignUps.OPTIONAL)
        .order_by(Session.starts_at.is_(None), Session.starts_at, Session.id)
    )
    return [
        (session, Taken(capacity=session.capacity, placed=placed, waiting=waiting))
        for session, placed, waiting in found
    ]


def _with_counts() -> sa.Select[Session, int, int]:
    counted = (
        sa.select(
            SignUp.session_id,
            sa.func.sum(sa.case((SignUp.state == U.PLACED, 1), else_=0)).label("placed"),
            sa.func.sum(sa.case((SignUp.state == U.WAITING, 1), else_=0)).label("waiting"),
        )
        .group_by(SignUp.session_id)
        .subquery()
    )
    placed, waiting = (sa.func.coalesce(column, 0) for column in (counted.c.placed, counted.c.waiting))
    return (
        sa.select(Session, placed, waiting)
        .outerjoin(counted, counted.c.session_id == Session.id)
        .options(lazyload("*"))
    )


def next_number(session_id: int) -> int:
    """Of the session's line, higher than any that was ever given."""
    highest = sa.select(sa.func.max(SignUp.queue_number)).where(SignUp.session_id == session_id)
    return int(db.session.scalar(highest) or 0) + 1


def first_waiting(session_id: int, how_many: int) -> Sequence[SignUp]:
    """Those who wait longest for a session, first in first out."""
    return db.session.scalars(
        sa.select(SignUp)
        .where(SignUp.session_id == session_id, SignUp.state == U.WAITING)
        .order_by(SignUp.queue_number)
        .limit(how_many)
    ).all()


def live_sign_ups(registration_id: int) -> Sequence[SignUp]:
    """What a registration has chosen, each with its session, in the order in which that was done."""
    return db.session.scalars(
        sa.select(SignUp)
        .options(joinedload(SignUp.session).options(lazyload("*")))
        .where(SignUp.registration_id == registration_id, SignUp.state.in_(LIVE_SIGN_UP))
        .order_by(SignUp.id)
    ).all()


def of_session(session_id: int) -> Sequence[SignUp]:
    """Who chose a session, those who have a place and those who wait, in the order of the line."""
    return db.session.scalars(
        sa.select(SignUp)
        .options(joinedload(SignUp.registration).options(lazyload("*")))
        .where(SignUp.session_id == session_id, SignUp.state.in_(LIVE_SIGN_UP))
        .order_by(SignUp.queue_number)
    ).all()


def chosen(registration: Registration) -> list[Chosen]:
    """What a registration has chosen as its holder reads it, in the order of the day; empty without the programme.
    For the booking's page, and whatever else carries a person's own sessions (a calendar)."""
    ahead = aliased(SignUp)
    place = (
        sa.select(sa.func.count())
        .where(
            ahead.session_id == SignUp.session_id,
            ahead.state == U.WAITING,
            ahead.queue_number <= SignUp.queue_number,
        )
        .correlate(SignUp)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(SignUp, Session.key, sa.case((SignUp.state == U.WAITING, place), else_=0))
        .join(Session, Session.id == SignUp.session_id)
        .where(SignUp.registration_id == registration.id, SignUp.state.in_(LIVE_SIGN_UP))
        .order_by(SignUp.id)
    ).all()
    if not rows:
        return []
    mine = {key: (sign_up, number) for sign_up, key, number in rows}
    return [
        Chosen(sign_up=mine[line.key][0], line=line, place=mine[line.key][1])
        for line in published(registration.event)
        if line.key in mine
    ]


def moved(before: Sequence[Line], now: Sequence[Line]) -> list[str]:
    """The sessions (keys) that are at another time or in another room, of those that were there before."""
    old = {line.key: (line.starts, line.ends, line.room) for line in before}
    return [line.key for line in now if old.get(line.key, ...) not in (..., (line.starts, line.ends, line.room))]


def choosers(event_id: int, keys: Collection[str]) -> list[tuple[Registration, list[str]]]:
    """Who chose any of these sessions, by name, each with which of them."""
    rows = (
        db.session.execute(
            sa.select(Registration, Session.key)
            .join(SignUp, SignUp.registration_id == Registration.id)
            .join(Session, Session.id == SignUp.session_id)
            .where(Session.event_id == event_id, Session.key.in_(keys), SignUp.state.in_(LIVE_SIGN_UP))
            .order_by(*ORDER, SignUp.id)
        ).all()
        if keys
        else []
    )
    found: dict[int, tuple[Registration, list[str]]] = {}
    for registration, key in rows:
        found.setdefault(registration.id, (registration, []))[1].append(key)
    return list(found.values())


# --- for staff ---------------------------------------------------------------------------------------------------


def sign_up_by_id(sign_up_id: int) -> SignUp | None:
    """The subject of a letter."""
    return db.session.get(SignUp, sign_up_id)


def sign_up_at(event: str, key: str) -> SignUp | None:
    """The sign-up at `/manage/events/SLUG/sessions/sign-ups/KEY/…`, with its registration and that one's event."""
    return db.session.scalar(
        sa.select(SignUp)
        .join(SignUp.registration)
        .join(Registration.event)
        .options(contains_eager(SignUp.registration).contains_eager(Registration.event))
        .where(Event.slug == event, SignUp.key == key)
    )


def signed_up(session: Session) -> list[SignedUp]:
    """Who has a place, by name; then who waits, in order."""
    rows = db.session.execute(
        sa.select(SignUp, Registration, Address.address)
        .join(Registration, Registration.id == SignUp.registration_id)
        .outerjoin(Address, sa.and_(Address.person_id == Registration.person_id, Address.is_primary))
        .where(SignUp.session_id == session.id, SignUp.state.in_(LIVE_SIGN_UP))
        .order_by(SignUp.state, sa.case((SignUp.state == U.WAITING, SignUp.queue_number), else_=0), *ORDER)
    ).all()
    lined = (sign_up.id for sign_up, _registration, _email in rows if sign_up.state is U.WAITING)
    places: Mapping[int, int] = {ident: number for number, ident in enumerate(lined, start=1)}
    return [
        SignedUp(sign_up=sign_up, registration=registration, email=email or "", place=places.get(sign_up.id, 0))
        for sign_up, registration, email in rows
    ]


def at_session(
    session: Session, *, search: str = "", everybody: bool, limit: int | None = None, offset: int = 0
) -> list[AtSession]:
    """Who may come to a session, by name, with who was there. `everybody`: all who have a place at the event, else
    those who have one in the session, and whoever else was there."""
    query = _at_session(sa.select(Registration, SignUp.id, SessionCheckIn), session, search, everybody)
    rows = db.session.execute(query.order_by(*ORDER).limit(limit).offset(offset))
    return [AtSession(registration=one, signed_up=placed is not None, arrived=arrived) for one, placed, arrived in rows]


def at_session_count(session: Session, *, search: str = "", everybody: bool) -> tuple[int, int]:
    """How many `at_session` holds in all, and how many of them were there."""
    counting = sa.select(sa.func.count(Registration.id), sa.func.count(SessionCheckIn.id))
    many, came = db.session.execute(_at_session(counting, session, search, everybody)).one()
    return int(many), int(came)


def _at_session(
    query: sa.Select[*tuple[Any, ...]], session: Session, search: str, everybody: bool
) -> sa.Select[*tuple[Any, ...]]:
    found = (
        query.select_from(Registration)
        .outerjoin(
            SignUp,
            sa.and_(
                SignUp.registration_id == Registration.id,
                SignUp.session_id == session.id,
                SignUp.state == U.PLACED,
            ),
        )
        .outerjoin(
            SessionCheckIn,
            sa.and_(
                SessionCheckIn.registration_id == Registration.id,
                SessionCheckIn.session_id == session.id,
                SessionCheckIn.undone_at.is_(None),
            ),
        )
        .where(Registration.event_id == session.event_id, Registration.state.in_(ON_DOOR_LIST))
    )
    if not everybody:
        found = found.where(sa.or_(SignUp.id.is_not(None), SessionCheckIn.id.is_not(None)))
    if search:
        columns = (Registration.name, Registration.organisation)
        found = found.where(sa.or_(*(column.icontains(search, autoescape=True) for column in columns)))
    return found


def session_check_in(session_id: int, registration_id: int) -> SessionCheckIn | None:
    """The tick that stands, if there is one."""
    return db.session.scalar(
        sa.select(SessionCheckIn).where(
            SessionCheckIn.session_id == session_id,
            SessionCheckIn.registration_id == registration_id,
            SessionCheckIn.undone_at.is_(None),
        )
    )
