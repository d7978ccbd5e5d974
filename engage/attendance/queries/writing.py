"""Reads for writing to many: whom the groups of an event hold, what was written before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engage.attendance.models import (
    LIVE_REGISTRATION,
    TAKES_SEAT,
    Circular,
    Invitation,
    InvitationState,
    Registration,
    RegistrationState,
)
from engage.attendance.queries.substitutes import REPLACED
from engage.core.db import db
from engage.people.models import Person, PersonEmail

R = RegistrationState
INVITED = {"silent": InvitationState.SENT, "declined": InvitationState.DECLINED}
BOOKED = {
    "confirmed": R.CONFIRMED,
    "reconfirm": R.RECONFIRM,
    "waitlisted": R.WAITLISTED,
    "offered": R.OFFERED,
    "requested": R.REQUESTED,
    "attended": R.ATTENDED,
    "no_show": R.NO_SHOW,
}
POOL = "pool:"


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """Somebody who can be written to. `name` is for staff's eyes; `known_name` for the letter."""

    person_id: int
    address: str
    name: str
    known_name: str
    invitation_id: int | None = None
    registration_id: int | None = None


Groups = Mapping[str, Mapping[int, Addressee]]
"""Group → who is in it, by person."""


def groups(event_id: int) -> Groups:
    """Everybody of an event who can be written to, by group; groups without anybody are absent. Nobody in whose place
    somebody else comes. Two reads."""
    found: dict[str, dict[int, Addressee]] = {}
    address = sa.and_(PersonEmail.is_primary, PersonEmail.address != "")
    invited = db.session.execute(
        sa.select(Invitation.state, Invitation.person_id, PersonEmail.address, Invitation.name, Invitation.id)
        .join(PersonEmail, sa.and_(PersonEmail.person_id == Invitation.person_id, address))
        .where(Invitation.event_id == event_id, Invitation.state.in_(INVITED.values()), ~REPLACED)
        .order_by(Invitation.name, Invitation.id)
    )
    named = {state: group for group, state in INVITED.items()}
    for state, person_id, to, name, ident in invited:
        one = Addressee(person_id=person_id, address=to, name=name, known_name=name, invitation_id=ident)
        found.setdefault(named[state], {})[person_id] = one
    booked = db.session.execute(
        sa.select(
            Registration.state,
            Registration.pool,
            Registration.person_id,
            PersonEmail.address,
            Registration.name,
            Person.name,
            Registration.id,
        )
        .join(PersonEmail, sa.and_(PersonEmail.person_id == Registration.person_id, address))
        .join(Person, Person.id == Registration.person_id)
        .where(Registration.event_id == event_id, Registration.state.in_(BOOKED.values()))
        .order_by(Registration.name, Registration.id)
    )
    stands = {state: group for group, state in BOOKED.items()}
    for booking_state, pool, person_id, to, name, known_name, ident in booked:
        one = Addressee(person_id=person_id, address=to, name=name, known_name=known_name, registration_id=ident)
        found.setdefault(stands[booking_state], {})[person_id] = one
        if booking_state in TAKES_SEAT:
            found.setdefault(f"{POOL}{pool}", {})[person_id] = one
    if sum(group.startswith(POOL) for group in found) == 1:  # one pool is everybody with a place
        found = {group: members for group, members in found.items() if not group.startswith(POOL)}
    return found


def addressees(found: Groups, chosen: Collection[str]) -> list[Addressee]:
    """Whoever is in at least one of these groups, each person once, by name. No group is nobody."""
    people: dict[int, Addressee] = {}
    for group in chosen:
        people |= {ident: one for ident, one in found.get(group, {}).items() if ident not in people}
    return sorted(people.values(), key=lambda one: (one.name, one.person_id))


def booked_with(event_id: int, address: str, *, besides: int) -> Registration | None:
    """Another person's live booking at an event, under this address (normalised): perhaps the same human, twice."""
    return db.session.scalar(
        sa.select(Registration)
        .join(PersonEmail, PersonEmail.person_id == Registration.person_id)
        .where(
            Registration.event_id == event_id,
            Registration.state.in_(LIVE_REGISTRATION),
            Registration.person_id != besides,
            PersonEmail.address == address,
        )
        .order_by(Registration.id)
        .limit(1)
    )


def registration_by_key(key: str) -> Registration | None:
    """The booking behind a ticket."""
    return db.session.scalar(sa.select(Registration).where(Registration.key == key))


def circular_by_id(circular_id: int) -> Circular | None:
    """One letter, for the messages that carry it."""
    return db.session.get(Circular, circular_id)


def circular_once(event_id: int, once: str) -> Circular | None:
    """What a page that was sent before made."""
    return db.session.scalar(sa.select(Circular).where(Circular.event_id == event_id, Circular.once == once))


def circulars(event_id: int) -> Sequence[Circular]:
    """What was written to the people of an event, newest first."""
    return db.session.scalars(
        sa.select(Circular).where(Circular.event_id == event_id).order_by(Circular.id.desc()).limit(20)
    ).all()
