"""Who may read and who may run papers (docs/domain.md#paper)."""

from __future__ import annotations

from typing import Protocol

from engage.attendance import queries as attendance
from engage.attendance.models import Invitation, InvitationState, Registration, RegistrationState
from engage.core.access import Principal, Role

HAS_A_PLACE = frozenset(
    {RegistrationState.CONFIRMED, RegistrationState.RECONFIRM, RegistrationState.ATTENDED, RegistrationState.NO_SHOW}
)


class OfProgramme(Protocol):
    @property
    def programme_id(self) -> int: ...


def may_read(principal: Principal, thing: OfProgramme) -> bool:
    """Every paper in every state: any role of its programme."""
    return principal.knows(thing.programme_id)


def may_run(principal: Principal, thing: OfProgramme) -> bool:
    """Add, correct, describe, circulate: the convenor and the secretary."""
    return principal.has(Role.CONVENOR, Role.SECRETARY, in_=thing.programme_id)


def may_convene(principal: Principal, thing: OfProgramme) -> bool:
    """Agree, publish, withdraw: the convenor."""
    return principal.has(Role.CONVENOR, in_=thing.programme_id)


def takes_part(holder: Invitation | Registration) -> bool:
    """Whether whoever holds this link reads what is circulated: asked and not yet answered, or with a place.

    Who declined, was withdrawn or only waits for a place gets no papers.
    """
    if isinstance(holder, Registration):
        return holder.state in HAS_A_PLACE
    if holder.state is InvitationState.SENT:
        return True
    if holder.state not in (InvitationState.ACCEPTED, InvitationState.RECONFIRM):
        return False
    registration = attendance.of_invitation(holder.id)
    return registration is not None and registration.state in HAS_A_PLACE
