"""Who may do what with an event (docs/domain.md#programme): the convenor and the secretary run events."""

from __future__ import annotations

from engage.core.access import Principal, Role
from engage.events.models import AgendaItem, Event, Room, Series, Session, Track
from engage.programmes.models import Programme


def may_create(principal: Principal, programme: Programme) -> bool:
    """Events of a programme are made by its convenor and secretary."""
    return principal.has(Role.CONVENOR, Role.SECRETARY, in_=programme.id)


def may_see(principal: Principal, event: Event) -> bool:
    """Its staff page: whoever holds any role in its programme."""
    return principal.knows(event.programme_id)


def may_run(principal: Principal, event: Event) -> bool:
    """Words, dates, agenda, publication, every move: the convenor and the secretary."""
    return principal.has(Role.CONVENOR, Role.SECRETARY, in_=event.programme_id)


def may_run_series(principal: Principal, series: Series) -> bool:
    """Its name and next number: who makes events of its programme."""
    return may_create(principal, series.programme)


def may_run_item(principal: Principal, item: AgendaItem) -> bool:
    """An agenda item: who runs its event."""
    return may_run(principal, item.event)


def may_edit_session(principal: Principal, session: Session) -> bool:
    """What a session says: who runs its event, and who leads a theme group that it is about."""
    return may_run_session(principal, session) or any(link.theme_id in principal.leads for link in session.themes)


def may_run_session(principal: Principal, session: Session) -> bool:
    """Calling one off: who runs its event."""
    return may_run(principal, session.event)


def may_rename(principal: Principal, named: Room | Track) -> bool:
    """Rooms and tracks: who runs their event."""
    return may_run(principal, named.event)
