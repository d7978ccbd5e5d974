"""Reads for writing to people: addresses, whom an event's move concerns, how often an entry was called off."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from engage.attendance.models import (
    LIVE_INVITATION,
    LIVE_REGISTRATION,
    Invitation,
    InvitationState,
    Registration,
    RegistrationState,
)
from engage.attendance.queries.substitutes import REPLACED
from engage.core import clock
from engage.core.db import db
from engage.core.outbox import OutboxMail
from engage.events.models import BEFORE_LIVE, Event, EventState
from engage.people.models import Person, PersonEmail

CALLED_OFF = (RegistrationState.CANCELLED, RegistrationState.LAPSED)
Concern = tuple[int, str, str, str, int | None, int | None, InvitationState | RegistrationState]


def address_of(person_id: int) -> str:
    """The address to write to; empty where none is known."""
    return reach(person_id)[0]


def reach(person_id: int) -> tuple[str, str]:
    """Where to write to a person, and the name that is known to be theirs; each empty where none is."""
    row = db.session.execute(_REACH, {"person": person_id}).one_or_none()
    return (row[0], row[1]) if row else ("", "")


_REACH = (
    sa.select(PersonEmail.address, Person.name)
    .join(Person, Person.id == PersonEmail.person_id)
    .where(PersonEmail.person_id == sa.bindparam("person"), PersonEmail.is_primary)
)


def reach_all(person_ids: Collection[int]) -> Mapping[int, tuple[str, str]]:
    """The same of several, by person; nobody without an address."""
    rows = db.session.execute(
        sa.select(PersonEmail.person_id, PersonEmail.address, Person.name)
        .join(Person, Person.id == PersonEmail.person_id)
        .where(PersonEmail.person_id.in_(person_ids), PersonEmail.is_primary, PersonEmail.address != "")
    )
    return {person_id: (address, name) for person_id, address, name in rows}


def concerned(event_id: int) -> Sequence[Concern]:
    """(person, address, name as written, name known to be theirs, invitation, registration, state) of every
    live invitation that was sent, then of every live registration; a person may come twice. Nobody without an address,
    and nobody in whose place somebody else comes."""
    address = sa.and_(PersonEmail.is_primary, PersonEmail.address != "")
    nothing = sa.cast(sa.null(), sa.Integer)
    invited = (
        sa.select(
            Invitation.person_id,
            PersonEmail.address,
            Invitation.name,
            Invitation.name,
            Invitation.id,
            nothing,
            Invitation.state,
        )
        .join(PersonEmail, sa.and_(PersonEmail.person_id == Invitation.person_id, address))
        .where(
            Invitation.event_id == event_id,
            Invitation.state.in_(LIVE_INVITATION - {InvitationState.DRAFT}),
            ~REPLACED,
        )
    )
    booked = (
        sa.select(
            Registration.person_id,
            PersonEmail.address,
            Registration.name,
            Person.name,
            nothing,
            Registration.id,
            Registration.state,
        )
        .join(PersonEmail, sa.and_(PersonEmail.person_id == Registration.person_id, address))
        .join(Person, Person.id == Registration.person_id)
        .where(Registration.event_id == event_id, Registration.state.in_(LIVE_REGISTRATION))
    )
    rows = [*db.session.execute(invited), *db.session.execute(booked)]
    return [tuple(row) for row in rows]


def coming_bookings(person_id: int) -> Sequence[Registration]:
    """A person's live bookings at events that are not over, soonest first."""
    return db.session.scalars(
        sa.select(Registration)
        .join(Registration.event)
        .options(contains_eager(Registration.event))
        .where(
            Registration.person_id == person_id,
            Registration.state.in_(LIVE_REGISTRATION),
            Event.state.in_(BEFORE_LIVE | {EventState.LIVE}),
        )
        .order_by(Event.starts_at, Registration.id)
    ).all()


def again_key(registration_id: int) -> str:
    """The outbox's key of the letter that sends a booking's link again: one a day."""
    return f"again:{registration_id}:{clock.now().date().isoformat()}"


def letters_by_form(person_id: int, since: datetime) -> int:
    """How many letters the public form has caused to this person since then: one for each registration, and each link
    that was sent again today."""
    made = dict(
        db.session.execute(
            sa.select(Registration.id, Registration.registered_at).where(Registration.person_id == person_id)
        ).all()
    )
    again = sa.select(sa.func.count()).where(
        OutboxMail.once.in_([again_key(ident) for ident in made]), OutboxMail.queued_at > since
    )
    return sum(at > since for at in made.values()) + (int(db.session.scalar(again) or 0) if made else 0)


def times_called_off(event_id: int, person_id: int) -> int:
    """How often this person's calendar entry was cancelled while the event's stood."""
    return called_off_by_person(event_id, person_id).get(person_id, 0)


def called_off_by_person(event_id: int, person_id: int | None = None) -> Mapping[int, int]:
    """The same for everybody whose entry ever was, or for one person."""
    ended = sa.select(Registration.person_id).where(
        Registration.event_id == event_id, Registration.state.in_(CALLED_OFF)
    )
    withdrawn = sa.select(Invitation.person_id).where(
        Invitation.event_id == event_id, Invitation.state == InvitationState.WITHDRAWN
    )
    if person_id is not None:
        ended = ended.where(Registration.person_id == person_id)
        withdrawn = withdrawn.where(Invitation.person_id == person_id)
    both = ended.union_all(withdrawn).subquery()
    column = both.c.person_id
    return dict(db.session.execute(sa.select(column, sa.func.count()).group_by(column)).all())
