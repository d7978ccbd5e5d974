"""Reads of invitations: one by its address, the reply board, who is silent, who sent apologies."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, lazyload

from engage.attendance.models import (
    LIVE_INVITATION,
    LIVE_REGISTRATION,
    Invitation,
    InvitationState,
    Registration,
    RegistrationState,
)
from engage.core.db import db
from engage.events.models import Event
from engage.people.models import PersonEmail

ORDER = (Invitation.name, Invitation.id)
Address = aliased(PersonEmail)


@dataclass(frozen=True, kw_only=True)
class Invitee:
    """A line of the reply board. `booking`: the state of what the acceptance made, where it matters."""

    invitation: Invitation
    email: str
    booking: RegistrationState | None


@dataclass(frozen=True, kw_only=True)
class Board:
    """The reply board: how many stand in each state, and the lines asked for, by name."""

    counts: Mapping[InvitationState, int]
    lines: Sequence[Invitee]

    @property
    def asked(self) -> int:
        """All that were sent and stand: withdrawn and expired ones left out."""
        return sum(self.counts.get(state, 0) for state in LIVE_INVITATION - {InvitationState.DRAFT})

    @property
    def silent(self) -> int:
        """Those who have not answered, or not since the date changed."""
        return sum(self.counts.get(s, 0) for s in (InvitationState.SENT, InvitationState.RECONFIRM))


def invitation_by_id(invitation_id: int) -> Invitation | None:
    """The subject of an invitation's link."""
    return db.session.get(Invitation, invitation_id)


def invitation_at(event: str, key: str) -> Invitation | None:
    """The invitation at `/manage/events/SLUG/invitations/KEY`, with its event."""
    return db.session.scalar(
        sa.select(Invitation)
        .join(Invitation.event)
        .options(contains_eager(Invitation.event).options(lazyload(Event.themes), lazyload(Event.dates)))
        .where(Event.slug == event, Invitation.key == key)
    )


def live_invitation(event_id: int, person_id: int) -> Invitation | None:
    """The person's one live invitation to the event, if there is one."""
    return db.session.scalar(
        sa.select(Invitation).where(
            Invitation.event_id == event_id,
            Invitation.person_id == person_id,
            Invitation.state.in_(LIVE_INVITATION),
        )
    )


def board(event: Event, *, state: InvitationState | None = None, search: str = "") -> Board:
    """The reply board, narrowed to one state and to what name, organisation or address hold."""
    return Board(counts=invitation_counts(event), lines=_lines(event, {state} if state else None, search))


def invitation_counts(event: Event) -> Mapping[InvitationState, int]:
    """How many invitations stand in each state."""
    rows = db.session.execute(
        sa.select(Invitation.state, sa.func.count()).where(Invitation.event_id == event.id).group_by(Invitation.state)
    )
    return dict(rows.all())


def in_state(event: Event, *states: InvitationState) -> Sequence[Invitee]:
    """The invitees in these states, by name."""
    return _lines(event, set(states), "")


def by_keys(event: Event, keys: Collection[str]) -> Sequence[Invitation]:
    """The event's invitations with these public keys, by name; unknown keys are left out."""
    return db.session.scalars(
        sa.select(Invitation).where(Invitation.event_id == event.id, Invitation.key.in_(keys)).order_by(*ORDER)
    ).all()


def by_ids(event: Event, idents: Collection[int]) -> Sequence[Invitation]:
    """The same by internal keys, read afresh."""
    return db.session.scalars(
        sa.select(Invitation)
        .where(Invitation.event_id == event.id, Invitation.id.in_(idents))
        .order_by(*ORDER)
        .execution_options(populate_existing=True)
    ).all()


def apologies(event: Event) -> Sequence[Invitation]:
    """Who declined, with what they said, by name: for the record of the meeting."""
    return db.session.scalars(
        sa.select(Invitation)
        .where(Invitation.event_id == event.id, Invitation.state == InvitationState.DECLINED)
        .order_by(*ORDER)
    ).all()


def known_addresses(event: Event) -> Mapping[str, str]:
    """Address → "invited" or "booked" for everybody who stands on either list: what an import must not repeat."""
    booked = (
        sa.select(PersonEmail.address)
        .join(Registration, Registration.person_id == PersonEmail.person_id)
        .where(Registration.event_id == event.id, Registration.state.in_(LIVE_REGISTRATION))
    )
    invited = (
        sa.select(PersonEmail.address)
        .join(Invitation, Invitation.person_id == PersonEmail.person_id)
        .where(Invitation.event_id == event.id, Invitation.state.in_(LIVE_INVITATION))
    )
    found = dict.fromkeys(db.session.scalars(booked), "booked")
    return found | dict.fromkeys(db.session.scalars(invited), "invited")


def unanswered_before(programme_ids: Collection[int], before: datetime) -> Sequence[tuple[Event, int]]:
    """Events of these programmes that start before an instant and still have silent invitees, soonest first."""
    return _counted(programme_ids, InvitationState.SENT, Event.starts_at <= before)


def unsent(programme_ids: Collection[int]) -> Sequence[tuple[Event, int]]:
    """Events with invitations written but not sent."""
    return _counted(programme_ids, InvitationState.DRAFT, sa.true())


def _counted(
    programme_ids: Collection[int], state: InvitationState, condition: sa.ColumnElement[bool]
) -> Sequence[tuple[Event, int]]:
    counted = (
        sa.select(Invitation.event_id, sa.func.count().label("many"))
        .where(Invitation.state == state)
        .group_by(Invitation.event_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(Event, counted.c.many)
        .join(counted, counted.c.event_id == Event.id)
        .where(Event.programme_id.in_(programme_ids), condition)
        .order_by(Event.starts_at, Event.id)
    )
    return [(event, many) for event, many in rows]


def _lines(event: Event, states: Collection[InvitationState] | None, search: str) -> Sequence[Invitee]:
    query = (
        sa.select(Invitation, Address.address, Registration.state)
        .outerjoin(Address, sa.and_(Address.person_id == Invitation.person_id, Address.is_primary))
        .outerjoin(
            Registration,
            sa.and_(Registration.invitation_id == Invitation.id, Registration.state.in_(LIVE_REGISTRATION)),
        )
        .where(Invitation.event_id == event.id)
        .order_by(*ORDER)
    )
    if states:
        query = query.where(Invitation.state.in_(states))
    if search:
        holds = [
            column.icontains(search, autoescape=True)
            for column in (Invitation.name, Invitation.organisation, Address.address)
        ]
        query = query.where(sa.or_(*holds))
    return [
        Invitee(invitation=invitation, email=email or "", booking=booking)
        for invitation, email, booking in db.session.execute(query)
    ]
