"""Who was at a session: a fact apart from who came to the event (docs/domain.md#sign-up)."""

from __future__ import annotations

from dataclasses import dataclass

from engage.attendance import queries
from engage.attendance.facts import CheckedInToSession, SessionCheckInUndone
from engage.attendance.models import Registration, SessionCheckIn
from engage.attendance.service import moves
from engage.attendance.service.checking_in import refuse_doors_shut
from engage.core import clock
from engage.core.access import Principal
from engage.core.db import db, identity, lock
from engage.core.errors import NotFound, RuleBroken
from engage.core.facts import record
from engage.core.text import _
from engage.events.models import Event, Session


@dataclass(frozen=True, kw_only=True)
class SessionArrival:
    """`already`: was ticked before; `check_in` says when, and by whom."""

    registration: Registration
    check_in: SessionCheckIn
    already: bool = False


def check_in_to_session(registration: Registration, session: Session, *, by: Principal) -> SessionArrival:
    """Tick somebody off at a session, whether they chose it or not. Twice is harmless and says who did it first.

    Raises `RuleBroken` where the person has no place at the event, the doors are not open, or the session is cancelled.
    """
    event, session = _enter(registration, session)
    standing = queries.session_check_in(session.id, registration.id)
    if standing is not None:
        return SessionArrival(registration=registration, check_in=standing, already=True)
    refuse_doors_shut(event)
    if session.cancelled_at is not None:
        raise RuleBroken(_("“%(session)s” is cancelled.", session=session.title))
    if registration.state not in queries.ON_DOOR_LIST:
        raise RuleBroken(_("%(name)s has no place. Let them in as somebody without a booking.", name=registration.name))
    row = SessionCheckIn(
        event_id=event.id, registration_id=registration.id, session_id=session.id, at=clock.now(), actor=by.actor
    )
    db.session.add(row)
    record(_fact(CheckedInToSession, event, registration, session), by=by)
    return SessionArrival(registration=registration, check_in=row)


def undo_session_check_in(registration: Registration, session: Session, *, by: Principal) -> Registration:
    """It was somebody else: the tick is taken back and stays in the history. Twice changes nothing."""
    event, session = _enter(registration, session)
    standing = queries.session_check_in(session.id, registration.id)
    if standing is None:
        return registration
    refuse_doors_shut(event)
    standing.undone_at = clock.now()
    standing.undone_by = by.actor
    record(_fact(SessionCheckInUndone, event, registration, session), by=by)
    return registration


def _enter(registration: Registration, session: Session) -> tuple[Event, Session]:
    event, _seats = moves.enter_with(registration)
    session = lock(Session, identity(session))
    if session.event_id != event.id:
        raise NotFound
    return event, session


def _fact(
    kind: type[CheckedInToSession | SessionCheckInUndone], event: Event, registration: Registration, session: Session
) -> CheckedInToSession | SessionCheckInUndone:
    return kind(
        subject_id=registration.id,
        programme_id=event.programme_id,
        event_id=event.id,
        session_id=session.id,
        session=session.title,
    )
