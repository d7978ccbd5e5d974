"""What a public page reads of an event's seats: counts, never names."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from engage.attendance.models import Invitation, InvitationState, OpenTo, Registration, TicketKind
from engage.site.queries.together import Query


class KindLine(NamedTuple):
    """A kind of ticket. For whom seats of it are set aside is not read here."""

    pool: str
    name: str
    capacity: int | None
    reserved: int
    open_to: OpenTo
    retired: bool
    reserved_note: str = ""


def bookings(event_id: int) -> Query:
    """How many registrations of each kind stand in each state: counts, never names."""
    return (
        sa.select(Registration.pool, Registration.state, sa.func.count())
        .where(Registration.event_id == event_id)
        .group_by(Registration.state, Registration.pool)
        .order_by(Registration.state, Registration.pool)
    )


def held(event_id: int, holds_seats: bool) -> Query:
    """Invitations that hold a seat, by kind."""
    sent = Invitation.state == InvitationState.SENT
    return (
        sa.select(Invitation.pool, sa.func.count())
        .where(
            Invitation.event_id == event_id,
            sa.or_(Invitation.keeps_seat, sent) if holds_seats else Invitation.keeps_seat,
        )
        .group_by(Invitation.pool)
        .order_by(Invitation.pool)
    )


def kinds(event_id: int) -> Query:
    """The kinds of tickets in their order."""
    return (
        sa.select(
            TicketKind.pool,
            TicketKind.name,
            TicketKind.capacity,
            TicketKind.reserved,
            TicketKind.open_to,
            sa.type_coerce(TicketKind.retired_at.is_not(None), sa.Boolean).label("retired"),
        )
        .where(TicketKind.event_id == event_id)
        .order_by(TicketKind.position, TicketKind.id)
    )
