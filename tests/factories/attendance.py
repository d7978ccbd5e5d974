"""Invitations, registrations and people, as the services make them, each in a unit of work of its own."""

from __future__ import annotations

from itertools import count
from typing import Any, TypeVar

from engage.attendance import queries, service
from engage.attendance.models import Invitation, Registration, Substitute, TicketKind
from engage.core.access import ANONYMOUS, SYSTEM, act_as_link
from engage.core.db import db, saving
from engage.events.models import Event
from engage.people import service as people
from engage.people.models import Person

_numbers = count(1)
T = TypeVar("T")


def a_person(name: str = "", email: str = "") -> Person:
    """Somebody with an address of their own."""
    n = next(_numbers)
    with saving():
        return people.person_for(email=email or f"person{n}@example.org", name=name or f"Person {n:03}", by=SYSTEM)


def a_draft_invitation(event: Event, *, name: str = "", email: str = "", **given: Any) -> Invitation:
    """On the list, not sent."""
    person = a_person(name, email)
    with saving():
        return service.invite(event, person=person, by=SYSTEM, **given)


def an_invitation(event: Event, *, name: str = "", email: str = "", **given: Any) -> Invitation:
    """Sent."""
    invitation = a_draft_invitation(event, name=name, email=email, **given)
    with saving():
        service.send(event, invitations=[invitation], by=SYSTEM)
    return again(invitation)


def accepted(event: Event, **given: Any) -> Invitation:
    """Sent, and accepted through its link."""
    invitation = an_invitation(event, **given)
    with saving():
        service.accept(invitation, by=act_as_link(invitation.person_id))
    return again(invitation)


def a_substitute(invitation: Invitation, *, name: str = "", email: str = "", apology: str = "") -> Substitute:
    """Whom the invitee would send instead, not decided yet."""
    n = next(_numbers)
    who = service.Invitee(email=email or f"deputy{n}@example.org", name=name or f"Deputy {n:03}")
    with saving():
        made = service.propose(invitation, substitute=who, apology=apology, by=act_as_link(invitation.person_id))
    return again(made)


def a_registration(event: Event, *, name: str = "", email: str = "", **given: Any) -> Registration:
    """Somebody who filled in the public form."""
    n = next(_numbers)
    with saving():
        made = service.register(
            event,
            email=email or f"guest{n}@example.org",
            name=name or f"Guest {n:03}",
            by=ANONYMOUS,
            **given,
        )
    return again(made)


def again(thing: T) -> T:
    """The thing as it is stored now."""
    db.session.refresh(thing)
    return thing


def states(event: Event) -> dict[str, str]:
    """Name → state of every registration of an event, in the order of the line."""
    db.session.rollback()
    rows = queries.registrations(event)
    ordered = sorted(rows, key=lambda line: line.registration.queue_number)
    return {line.registration.name: line.registration.state.value for line in ordered}


def answers(event: Event) -> dict[str, str]:
    """Name → state of every invitation of an event, by name."""
    db.session.rollback()
    return {line.invitation.name: line.invitation.state.value for line in queries.board(event).lines}


def a_kind(event: Event, name: str, capacity: int | None = None, **told: Any) -> TicketKind:
    """A kind of ticket of an event."""
    with saving():
        return service.add_kind(event, told=service.KindTold(name=name, capacity=capacity, **told), by=SYSTEM)


def kinds_and_states(event: Event) -> dict[str, tuple[str, str]]:
    """Name → (pool, state) of every registration of an event, in the order of the line."""
    db.session.rollback()
    ordered = sorted(queries.registrations(event), key=lambda line: line.registration.queue_number)
    return {line.registration.name: (line.registration.pool, line.registration.state.value) for line in ordered}
