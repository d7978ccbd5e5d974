"""Conferences whose sessions are chosen, as the services make them."""

from __future__ import annotations

from typing import Any

from engage.attendance import queries, service
from engage.attendance.models import SignUp
from engage.core.access import SYSTEM, act_as_link
from engage.core.db import db, saving
from engage.events import service as events
from engage.events.models import Event, EventKind, Session
from tests.factories.attendance import a_registration, again
from tests.factories.events import an_open_event


def a_conference(**given: Any) -> Event:
    """A conference whose registration is open, without a limit."""
    return an_open_event(**{"kind": EventKind.CONFERENCE, "capacity": None, **given})


def published(event: Event) -> None:
    """The programme as it stands becomes the public one."""
    with saving():
        events.publish_timetable(event, by=SYSTEM)


def signed_up(event: Event, session: Session, **given: Any) -> SignUp:
    """Somebody new who registers and chooses the session."""
    registration = a_registration(event, **given)
    with saving():
        made = service.sign_up(registration, session, by=act_as_link(registration.person_id))
    return again(made)


def lined(session: Session) -> list[tuple[str, str, int]]:
    """Name, state and place in line of everybody who chose the session, in the order of its line."""
    db.session.rollback()
    rows = sorted(queries.signed_up(again(session)), key=lambda row: row.sign_up.queue_number)
    return [(row.registration.name, row.sign_up.state.value, row.place) for row in rows]
