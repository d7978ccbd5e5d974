"""Reads of invitations: one by its address, the reply board, who is silent, who sent apologies."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, lazyload

from engage.attendance.models import (
    LIVE_INVITATION,
    LIVE_REGISTRATION,
    Invitation,
    InvitationState,
    Registration,
    RegistrationState,
    Substitute,
    SubstituteState,
)
from engage.attendance.queries.substitutes import Successor, proposed_substitutes
from engage.core.db import db
from engage.core.facts import History
from engage.events.models import Event
from engage.people.models import PersonEmail

ORDER = (Invitation.name, Invitation.id)
SILENT = frozenset({InvitationState.SENT, InvitationState.RECONFIRM})
Address = aliased(PersonEmail)
Original = aliased(Invitation)
NEEDS_ATTENTION = sa.case(
    (Substitute.id.is_not(None), 0),
    (Invitation.state.in_(SILENT), 1),
    (Invitation.state == InvitationState.DRAFT, 2),
    else_=3,
)


@dataclass(frozen=True, kw_only=True)
class Invitee:
    """A line of the reply board. `booking`: the state of what the acceptance made, where it matters; `original`: in
    whose place; `substitute`: who comes instead; `proposed`: key and name of whom they would send, not decided yet."""

    invitation: Invitation
    email: str
    booking: RegistrationState | None
    original: str = ""
    substitute: str = ""
    proposed: tuple[str, str] | None = None

    @property
    def silent(self) -> bool:
        """Was asked, and has not answered, or not since the date changed."""
        return self.invitation.state in SILENT


@dataclass(frozen=True, kw_only=True)
class Board:
    """The reply board: how many stand in each state, how many substitutes wait for a decision, and the lines asked for:
    first what needs somebody's attention, then by name."""

    counts: Mapping[InvitationState, int]
    proposals: int
    lines: Sequence[Invitee]

    @property
    def asked(self) -> int:
        """All that were sent and stand: withdrawn and expired ones left out."""
        return sum(self.counts.get(state, 0) for state in LIVE_INVITATION - {InvitationState.DRAFT})

    @property
    def silent(self) -> int:
        """Those who have not answered, or not since the date changed."""
        return sum(self.counts.get(state, 0) for state in SILENT)


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
    counts = invitation_counts(event)
    proposals = len(proposed_substitutes(event.id))
    lines = _lines(event, {state} if state else None, search, NEEDS_ATTENTION, *ORDER)
    return Board(counts=counts, proposals=proposals, lines=lines)


def answered_since(event: Event, since: datetime) -> int:
    """How many invitees have answered after an instant."""
    answered = sa.select(sa.func.count()).where(Invitation.event_id == event.id, Invitation.answered_at > since)
    return int(db.session.scalar(answered) or 0)


def board_stamp(event: Event) -> int:
    """A number that grows with whatever happens in the event's programme: while it stands, so does the board."""
    newest = sa.select(sa.func.max(History.id)).where(History.programme_id == event.programme_id)
    return int(db.session.scalar(newest) or 0)


def invitation_counts(event: Event) -> Mapping[InvitationState, int]:
    """How many invitations stand in each state."""
    rows = db.session.execute(
        sa.select(Invitation.state, sa.func.count()).where(Invitation.event_id == event.id).group_by(Invitation.state)
    )
    return dict(rows.all())


def in_state(event: Event, *states: InvitationState) -> Sequence[Invitee]:
    """The invitees in these states, by name."""
    return _lines(event, set(states), "", *ORDER)


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


def _lines(event: Event, states: Collection[InvitationState] | None, search: str, *order: Any) -> Sequence[Invitee]:
    booked = sa.and_(Registration.invitation_id == Invitation.id, Registration.state.in_(LIVE_REGISTRATION))
    query = (
        sa.select(
            Invitation,
            Address.address,
            Registration.state,
            Original.name,
            Successor.name,
            Substitute.key,
            Substitute.name,
        )
        .outerjoin(Address, sa.and_(Address.person_id == Invitation.person_id, Address.is_primary))
        .outerjoin(Registration, booked)
        .outerjoin(Original, Original.id == Invitation.in_place_of)
        .outerjoin(Successor, sa.and_(Successor.in_place_of == Invitation.id, Successor.state.in_(LIVE_INVITATION)))
        .outerjoin(
            Substitute,
            sa.and_(Substitute.invitation_id == Invitation.id, Substitute.state == SubstituteState.PROPOSED),
        )
        .where(Invitation.event_id == event.id)
        .order_by(*order)
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
        Invitee(
            invitation=invitation,
            email=email or "",
            booking=booking,
            original=original or "",
            substitute=substitute or "",
            proposed=(key, name) if key else None,
        )
        for invitation, email, booking, original, substitute, key, name in db.session.execute(query)
    ]
