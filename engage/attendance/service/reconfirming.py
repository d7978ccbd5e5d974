"""One last call, on the day before, to whoever has not reconfirmed (docs/domain.md#event)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from engage.attendance import queries
from engage.attendance.facts import InvitationReminded
from engage.attendance.models import Invitation, InvitationState, RegistrationState
from engage.attendance.service import moves, telling
from engage.attendance.service.telling import Concerned
from engage.core import clock, jobs
from engage.core.access import SYSTEM
from engage.core.db import db
from engage.core.facts import record
from engage.core.text import local_time, wall_time
from engage.events.models import BEFORE_LIVE, Event

CALLED_AT = time(9)
"""At what local time the last call goes out."""


def last_call_at(event: Event) -> datetime | None:
    """9am on the day before the last day to reconfirm, where the event is held; None without a deadline."""
    if event.reconfirm_by is None:
        return None
    last = local_time(event.reconfirm_by, event.zone).date()
    return wall_time(datetime.combine(last - timedelta(days=1), CALLED_AT), event.zone, 0)


def plan_last_call(event: Event) -> None:
    """Have the last call made when it is due; a deadline that was set too late for one has none."""
    at = last_call_at(event)
    if at is None or at <= clock.now():
        return
    deadline = event.reconfirm_by.isoformat() if event.reconfirm_by else ""
    jobs.put(
        "attendance/last_call",
        args={"event": event.id, "deadline": deadline},
        key=f"last_call:{event.id}:{deadline}",
        due_at=at,
    )


def last_call(event: Event, *, deadline: datetime) -> int:
    """Remind everybody who has not reconfirmed, each once for the date; nobody where the deadline was moved or has
    passed. Returns how many."""
    event, _seats = moves.enter(event)
    if event.state not in BEFORE_LIVE or event.reconfirm_by != deadline or deadline <= clock.now():
        return 0
    waiting = _not_reconfirmed(event)
    for one in waiting:
        if one.invitation_id is not None:
            db.session.get_one(Invitation, one.invitation_id).reminded_at = clock.now()
            fact = InvitationReminded(subject_id=one.invitation_id, programme_id=event.programme_id, event_id=event.id)
            record(fact, by=SYSTEM)
    return telling.everybody(event, "reconfirm", waiting)


def _not_reconfirmed(event: Event) -> list[Concerned]:
    invited = {line.invitation.id for line in queries.in_state(event, InvitationState.RECONFIRM)}
    booked = {one.id for one in queries.in_states(event.id, RegistrationState.RECONFIRM)}
    return [
        one for one in telling.concerned_by(event.id) if one.invitation_id in invited or one.registration_id in booked
    ]
