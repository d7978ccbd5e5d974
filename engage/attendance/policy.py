"""Who may do what with invitations and registrations (docs/domain.md#programme); `thing` is of an event, or is one."""

from __future__ import annotations

from typing import Protocol

from engage.core.access import Principal, Role


class OfProgramme(Protocol):
    @property
    def programme_id(self) -> int: ...


def may_see_attendance(principal: Principal, thing: OfProgramme) -> bool:
    """Who is invited, who registered: the programme's convenor, secretary and observer."""
    return principal.has(Role.CONVENOR, Role.SECRETARY, Role.OBSERVER, in_=thing.programme_id)


def may_invite(principal: Principal, thing: OfProgramme) -> bool:
    """Invite, send, remind, withdraw."""
    return principal.has(Role.CONVENOR, Role.SECRETARY, in_=thing.programme_id)


def may_decide(principal: Principal, thing: OfProgramme) -> bool:
    """Approve, refuse, cancel a registration; take the list out as a file."""
    return principal.has(Role.CONVENOR, Role.SECRETARY, in_=thing.programme_id)


def may_ask(principal: Principal, thing: OfProgramme) -> bool:
    """What an event asks at registration: who may edit the event."""
    return principal.has(Role.CONVENOR, Role.SECRETARY, in_=thing.programme_id)


def may_check_in(principal: Principal, thing: OfProgramme) -> bool:
    """Work the door."""
    return principal.has(Role.CONVENOR, Role.SECRETARY, in_=thing.programme_id)


def may_see_needs(principal: Principal, thing: OfProgramme) -> bool:
    """Access and dietary needs: convenor and secretary, nobody else."""
    return principal.has(Role.CONVENOR, Role.SECRETARY, in_=thing.programme_id)
