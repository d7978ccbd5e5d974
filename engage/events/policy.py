"""Who may do what with an event (docs/domain.md#programme): the convenor and the secretary run events."""

from __future__ import annotations

from engage.core.access import Principal, Role
from engage.events.models import AgendaItem, Event
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


def may_run_item(principal: Principal, item: AgendaItem) -> bool:
    """An agenda item: who runs its event."""
    return may_run(principal, item.event)
