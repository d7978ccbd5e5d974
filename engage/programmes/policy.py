"""Who may do what with a programme (docs/domain.md#programme)."""

from __future__ import annotations

from engage.core.access import Principal, Role
from engage.programmes.models import Programme


def may_create(principal: Principal, _thing: object) -> bool:
    """Administrators make programmes and give the first convenor the role; they read nothing private."""
    return principal.is_admin


def may_see(principal: Principal, programme: Programme) -> bool:
    """Whoever holds any role in it."""
    return principal.knows(programme.id)


def may_edit(principal: Principal, programme: Programme) -> bool:
    """The convenor: words, dates, publication, closing."""
    return principal.has(Role.CONVENOR, in_=programme.id)


def may_give_roles(principal: Principal, programme: Programme) -> bool:
    """The convenor, and an administrator, who gives the first one."""
    return principal.is_admin or principal.has(Role.CONVENOR, in_=programme.id)
