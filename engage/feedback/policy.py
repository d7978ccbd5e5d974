"""Who may do what with feedback (docs/domain.md#feedback)."""

from __future__ import annotations

from typing import Protocol

from engage.core.access import Principal, Role


class Scoped(Protocol):
    @property
    def programme_id(self) -> int: ...


def may_read(principal: Principal, thing: Scoped) -> bool:
    """Any role of the programme reads a form and, once it is closed, its results."""
    return principal.knows(thing.programme_id)


def may_run(principal: Principal, thing: Scoped) -> bool:
    """The convenor and the secretary build, open, close and publish a form and link its comments to actions."""
    return principal.has(Role.CONVENOR, Role.SECRETARY, in_=thing.programme_id)
