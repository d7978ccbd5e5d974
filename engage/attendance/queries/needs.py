"""Access and dietary needs. Restricted: for the event's convenor and secretary, never on a page that a link opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engage.attendance.models import LIVE_REGISTRATION, AccessNeed, Registration, RegistrationAnswer
from engage.attendance.queries.registrations import ORDER
from engage.core.db import db
from engage.events.models import Event, EventState

KEEP_NEEDS = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What somebody who comes needs: restricted."""

    registration: Registration
    access: str
    dietary: str


def need_of(registration_id: int) -> AccessNeed | None:
    """What this person told us about access and food. Restricted: never on a page that a link opens."""
    return db.session.get(AccessNeed, registration_id)


def needs(event: Event) -> Sequence[Needs]:
    """What those who come need, by name. Restricted to the event's convenor and secretary."""
    rows = db.session.execute(
        sa.select(Registration, AccessNeed.access, AccessNeed.dietary)
        .join(AccessNeed, AccessNeed.registration_id == Registration.id)
        .where(Registration.event_id == event.id, Registration.state.in_(LIVE_REGISTRATION))
        .order_by(*ORDER)
    )
    return [Needs(registration=r, access=access, dietary=dietary) for r, access, dietary in rows]


def events_with_old_needs(now: datetime) -> Sequence[int]:
    """Events (internal keys) that ended 30 days ago or were cancelled, and whose access needs are still here."""
    return db.session.scalars(
        sa.select(Event.id)
        .where(
            sa.or_(
                Event.ends_at <= now - KEEP_NEEDS, sa.and_(Event.state == EventState.CANCELLED, Event.ends_at.is_(None))
            ),
            sa.or_(
                sa.exists().where(AccessNeed.registration_id == Registration.id, Registration.event_id == Event.id),
                sa.exists().where(RegistrationAnswer.event_id == Event.id, RegistrationAnswer.restricted),
            ),
        )
        .order_by(Event.id)
    ).all()
