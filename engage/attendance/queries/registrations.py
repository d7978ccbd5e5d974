"""Reads of registrations: one by its address, the list, the line, who came, who took part."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload, lazyload

from engage.attendance.models import (
    LIVE_REGISTRATION,
    CheckIn,
    Registration,
    RegistrationMove,
    RegistrationState,
)
from engage.core.db import db
from engage.events.models import BEFORE_LIVE, Event, EventState
from engage.people.models import Person, PersonEmail

S = RegistrationState
ORDER = (Registration.name, Registration.id)
ON_DOOR_LIST = frozenset({S.CONFIRMED, S.RECONFIRM, S.ATTENDED, S.NO_SHOW})
Address = aliased(PersonEmail)


@dataclass(frozen=True, kw_only=True)
class Booking:
    """A line of the registrations' list. `place`: in the waiting line, from 1; 0 for whoever does not wait."""

    registration: Registration
    email: str
    place: int = 0


@dataclass(frozen=True, kw_only=True)
class AtDoor:
    """A line of the door list, with the check-in that stands."""

    registration: Registration
    arrived: CheckIn | None


def registration_by_id(registration_id: int) -> Registration | None:
    """The subject of a booking's link."""
    return db.session.get(Registration, registration_id)


def registration_at(event: str, key: str) -> Registration | None:
    """The registration at `/manage/events/SLUG/registrations/KEY`, with its event."""
    return db.session.scalar(
        sa.select(Registration)
        .join(Registration.event)
        .options(contains_eager(Registration.event).options(lazyload(Event.themes), lazyload(Event.dates)))
        .where(Event.slug == event, Registration.key == key)
    )


def registration_of(event_id: int, key: str) -> Registration | None:
    """The event's registration with this public key, alone."""
    return db.session.scalar(_OF_EVENT, {"event": event_id, "key": key})


_OF_EVENT = sa.select(Registration).where(
    Registration.event_id == sa.bindparam("event"), Registration.key == sa.bindparam("key")
)


def live_registration(event_id: int, person_id: int) -> Registration | None:
    """The person's one live registration at the event, if there is one."""
    return db.session.scalar(
        sa.select(Registration).where(
            Registration.event_id == event_id,
            Registration.person_id == person_id,
            Registration.state.in_(LIVE_REGISTRATION),
        )
    )


def of_person(event_id: int, person_id: int) -> Sequence[Registration]:
    """Every registration that the person ever had at the event, oldest first."""
    return db.session.scalars(
        sa.select(Registration)
        .where(Registration.event_id == event_id, Registration.person_id == person_id)
        .order_by(Registration.id)
    ).all()


def of_invitation(invitation_id: int) -> Registration | None:
    """What accepting the invitation made last, live or not."""
    return db.session.scalar(
        sa.select(Registration)
        .where(Registration.invitation_id == invitation_id)
        .order_by(Registration.id.desc())
        .limit(1)
    )


def counts(event: Event) -> Mapping[RegistrationState, int]:
    """How many registrations stand in each state."""
    rows = db.session.execute(
        sa.select(Registration.state, sa.func.count())
        .where(Registration.event_id == event.id)
        .group_by(Registration.state)
    )
    return dict(rows.all())


def registrations(
    event: Event,
    *,
    states: Collection[RegistrationState] = (),
    search: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> Sequence[Booking]:
    """The registrations, narrowed; those who wait in the order of the line, everybody else by name."""
    place = sa.func.row_number().over(
        partition_by=(Registration.pool, Registration.state), order_by=Registration.queue_number
    )
    lined = (
        sa.select(Registration.id, sa.case((Registration.state == S.WAITLISTED, place), else_=0).label("place"))
        .where(Registration.event_id == event.id)
        .subquery()
    )
    query = (
        sa.select(Registration, Address.address, lined.c.place)
        .join(lined, lined.c.id == Registration.id)
        .outerjoin(Address, sa.and_(Address.person_id == Registration.person_id, Address.is_primary))
        .where(*_narrowed(states, search))
        .order_by(lined.c.place, *ORDER)
        .limit(limit)
        .offset(offset)
    )
    return [
        Booking(registration=registration, email=email or "", place=place)
        for registration, email, place in db.session.execute(query)
    ]


def count_of(event: Event, *, states: Collection[RegistrationState] = (), search: str = "") -> int:
    """How many `registrations` there are with the same narrowing."""
    query = (
        sa.select(sa.func.count())
        .select_from(Registration)
        .outerjoin(Address, sa.and_(Address.person_id == Registration.person_id, Address.is_primary))
        .where(Registration.event_id == event.id, *_narrowed(states, search))
    )
    return int(db.session.scalar(query) or 0)


def _narrowed(states: Collection[RegistrationState], search: str) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [Registration.state.in_(states)] if states else []
    if search:
        columns = (Registration.name, Registration.organisation, Address.address)
        conditions.append(sa.or_(*(column.icontains(search, autoescape=True) for column in columns)))
    return conditions


def place_of(registration: Registration) -> int:
    """The place in the waiting line, from 1; 0 for whoever does not wait."""
    if registration.state is not S.WAITLISTED:
        return 0
    return int(
        db.session.scalar(
            sa.select(sa.func.count()).where(
                Registration.event_id == registration.event_id,
                Registration.pool == registration.pool,
                Registration.state == S.WAITLISTED,
                Registration.queue_number <= registration.queue_number,
            )
        )
        or 0
    )


def first_in_line(event_id: int, pools: Collection[str], how_many: int | None) -> Sequence[Registration]:
    """Those who wait longest in these pools, first in first out; None: all of them."""
    return db.session.scalars(
        sa.select(Registration)
        .where(Registration.event_id == event_id, Registration.state == S.WAITLISTED, Registration.pool.in_(pools))
        .order_by(Registration.queue_number, Registration.id)
        .limit(how_many)
    ).all()


def in_states(event_id: int, *states: RegistrationState) -> Sequence[Registration]:
    """The registrations of an event in these states, in the order of the line."""
    return db.session.scalars(
        sa.select(Registration)
        .where(Registration.event_id == event_id, Registration.state.in_(states))
        .order_by(Registration.queue_number, Registration.id)
    ).all()


def offers_due(event_id: int, now: datetime) -> Sequence[Registration]:
    """The offers whose time has run out, in the order in which it did."""
    return db.session.scalars(
        sa.select(Registration)
        .where(
            Registration.event_id == event_id,
            Registration.state == S.OFFERED,
            Registration.offer_expires_at <= now,
        )
        .order_by(Registration.offer_expires_at, Registration.id)
    ).all()


def events_due(now: datetime) -> Sequence[int]:
    """Events (internal keys) with an offer or a reconfirmation whose time has run out."""
    offers = sa.select(Registration.event_id).where(
        Registration.state == S.OFFERED, Registration.offer_expires_at <= now
    )
    unconfirmed = (
        sa.select(Registration.event_id)
        .join(Event)
        .where(
            Registration.state == S.RECONFIRM,
            Event.reconfirm_by <= now,
            Event.state.in_(BEFORE_LIVE),
        )
    )
    return db.session.scalars(offers.union(unconfirmed)).all()


def moves_of(registration: Registration) -> Sequence[RegistrationMove]:
    """The registration's dated moves, oldest first."""
    return db.session.scalars(
        sa.select(RegistrationMove)
        .where(RegistrationMove.registration_id == registration.id)
        .order_by(RegistrationMove.id)
    ).all()


# --- the door -------------------------------------------------------------------------------------------------


def door_list(event: Event, *, search: str = "", limit: int | None = None, offset: int = 0) -> Sequence[AtDoor]:
    """Everybody who may come in, by name, with who has arrived."""
    query = (
        sa.select(Registration, CheckIn)
        .outerjoin(CheckIn, sa.and_(CheckIn.registration_id == Registration.id, CheckIn.undone_at.is_(None)))
        .where(*_at_door(event, search))
        .order_by(*ORDER)
        .limit(limit)
        .offset(offset)
    )
    return [AtDoor(registration=registration, arrived=arrived) for registration, arrived in db.session.execute(query)]


def at_door_count(event: Event, *, search: str = "") -> int:
    """How many `door_list` holds in all with the same narrowing."""
    return int(
        db.session.scalar(sa.select(sa.func.count()).select_from(Registration).where(*_at_door(event, search))) or 0
    )


def _at_door(event: Event, search: str) -> list[sa.ColumnElement[bool]]:
    conditions = [Registration.event_id == event.id, Registration.state.in_(ON_DOOR_LIST)]
    if search:
        columns = (Registration.name, Registration.organisation)
        conditions.append(sa.or_(*(column.icontains(search, autoescape=True) for column in columns)))
    return conditions


def at_door(registration_id: int) -> AtDoor:
    """One registration, read afresh, with the check-in that stands."""
    registration, arrived = db.session.execute(_AT_DOOR, {"registration": registration_id}).one()
    return AtDoor(registration=registration, arrived=arrived)


_AT_DOOR = (
    sa.select(Registration, CheckIn)
    .outerjoin(CheckIn, sa.and_(CheckIn.registration_id == Registration.id, CheckIn.undone_at.is_(None)))
    .where(Registration.id == sa.bindparam("registration"))
    .execution_options(populate_existing=True)
)


def standing_check_in(registration_id: int) -> CheckIn | None:
    """The check-in that stands, if there is one."""
    return db.session.scalar(_STANDING, {"registration": registration_id})


_STANDING = sa.select(CheckIn).where(
    CheckIn.registration_id == sa.bindparam("registration"), CheckIn.undone_at.is_(None)
)


def anybody_arrived(event_id: int) -> bool:
    """Whether a door list was kept at all."""
    found = sa.select(Registration.id).where(Registration.event_id == event_id, Registration.state == S.ATTENDED)
    return db.session.scalar(found.limit(1)) is not None


def attended(event: Event) -> Sequence[Registration]:
    """Who came, by name, each person's own name read too. Where nobody was ever checked in and the event is over: those
    who had said that they would."""
    came = _by_name(event, S.ATTENDED)
    if came or event.state in BEFORE_LIVE or event.state is EventState.LIVE:
        return came
    return _by_name(event, S.CONFIRMED)


def _by_name(event: Event, *states: RegistrationState) -> Sequence[Registration]:
    return db.session.scalars(
        sa.select(Registration)
        .options(joinedload(Registration.person).options(lazyload(Person.emails), lazyload(Person.affiliations)))
        .where(Registration.event_id == event.id, Registration.state.in_(states))
        .order_by(*ORDER)
    ).all()


def took_part(person_id: int) -> frozenset[int]:
    """The events (internal keys) at which the person has a place or was: fills `Principal.took_part`."""
    return frozenset(
        db.session.scalars(
            sa.select(Registration.event_id).where(
                Registration.person_id == person_id,
                Registration.state.in_((S.CONFIRMED, S.RECONFIRM, S.ATTENDED)),
            )
        )
    )


# --- what staff must look at ----------------------------------------------------------------------------------


def to_decide(programme_ids: Collection[int]) -> Sequence[tuple[Event, int]]:
    """Events of these programmes with requests to approve or refuse, soonest first."""
    return _counted(programme_ids, S.REQUESTED)


def on_offer(programme_ids: Collection[int]) -> Sequence[tuple[Event, int]]:
    """Events of these programmes with places on offer."""
    return _counted(programme_ids, S.OFFERED)


def _counted(programme_ids: Collection[int], state: RegistrationState) -> Sequence[tuple[Event, int]]:
    counted = (
        sa.select(Registration.event_id, sa.func.count().label("many"))
        .where(Registration.state == state)
        .group_by(Registration.event_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(Event, counted.c.many)
        .join(counted, counted.c.event_id == Event.id)
        .where(Event.programme_id.in_(programme_ids))
        .order_by(Event.starts_at, Event.id)
    )
    return [(event, many) for event, many in rows]
