"""Reads of substitutes: in whose place an invitation stands, who comes instead, what staff have to decide."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload, lazyload

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
from engage.core.db import db
from engage.events.models import Event
from engage.people.models import PersonEmail

Successor = aliased(Invitation)
REPLACED = (
    sa.select(Successor.id).where(Successor.in_place_of == Invitation.id, Successor.state.in_(LIVE_INVITATION)).exists()
)
"""Of an invitation: somebody else was invited in its place."""


@dataclass(frozen=True, kw_only=True)
class Lineage:
    """In whose place an invitation stands, and who stands in its own: approved, or proposed and not decided yet."""

    before: Invitation | None
    after: Invitation | None
    proposed: Substitute | None


def lineage(invitation: Invitation) -> Lineage:
    """Three reads, whatever there is."""
    before = sa.select(Invitation).where(Invitation.id == invitation.in_place_of)
    return Lineage(
        before=db.session.scalar(before), after=successor(invitation), proposed=proposed_substitute(invitation)
    )


def successor(invitation: Invitation) -> Invitation | None:
    """The live invitation in this one's place."""
    return db.session.scalar(
        sa.select(Invitation).where(Invitation.in_place_of == invitation.id, Invitation.state.in_(LIVE_INVITATION))
    )


def proposed_substitute(invitation: Invitation) -> Substitute | None:
    """The proposal that waits for a decision."""
    return db.session.scalar(
        sa.select(Substitute).where(
            Substitute.invitation_id == invitation.id, Substitute.state == SubstituteState.PROPOSED
        )
    )


def proposed_substitutes(event_id: int) -> Sequence[Substitute]:
    """Every proposal of an event that waits for a decision, oldest first."""
    return db.session.scalars(
        sa.select(Substitute)
        .where(Substitute.event_id == event_id, Substitute.state == SubstituteState.PROPOSED)
        .order_by(Substitute.id)
    ).all()


def substitute_by_id(substitute_id: int) -> Substitute | None:
    """One proposal, for the letter about it."""
    return db.session.get(Substitute, substitute_id)


def substitute_at(event: str, key: str) -> Substitute | None:
    """The proposal at `/manage/events/SLUG/substitutes/KEY`, with its event and the invitation that it is for."""
    return db.session.scalar(
        sa.select(Substitute)
        .join(Substitute.event)
        .options(
            contains_eager(Substitute.event).options(lazyload(Event.themes), lazyload(Event.dates)),
            joinedload(Substitute.invitation),
        )
        .where(Event.slug == event, Substitute.key == key)
    )


def stands_as(event_id: int, email: str) -> Sequence[tuple[str, InvitationState | RegistrationState]]:
    """How whoever has this address (normalised) stands at an event: name and state of the live invitation, and of the
    live booking."""
    owner = sa.select(PersonEmail.person_id).where(PersonEmail.address == email).scalar_subquery()
    invited = sa.select(Invitation.name, Invitation.state).where(
        Invitation.event_id == event_id, Invitation.person_id == owner, Invitation.state.in_(LIVE_INVITATION)
    )
    booked = sa.select(Registration.name, Registration.state).where(
        Registration.event_id == event_id, Registration.person_id == owner, Registration.state.in_(LIVE_REGISTRATION)
    )
    return [(name, state) for query in (invited, booked) for name, state in db.session.execute(query)]


def substitutes_to_decide(programme_ids: Collection[int]) -> Sequence[tuple[Event, int]]:
    """Events with proposals that wait for a decision, soonest first."""
    counted = (
        sa.select(Substitute.event_id, sa.func.count().label("many"))
        .where(Substitute.state == SubstituteState.PROPOSED)
        .group_by(Substitute.event_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(Event, counted.c.many)
        .join(counted, counted.c.event_id == Event.id)
        .where(Event.programme_id.in_(programme_ids))
        .order_by(Event.starts_at, Event.id)
    )
    return [(event, many) for event, many in rows]
