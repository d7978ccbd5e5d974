"""Who may do what with a theme group (docs/domain.md#theme-group)."""

from __future__ import annotations

from engage.core.access import Principal, Role
from engage.programmes.models import Programme
from engage.themes.models import Term, ThemeGroup


def may_propose(principal: Principal, programme: Programme) -> bool:
    """The programme's convenor."""
    return principal.has(Role.CONVENOR, in_=programme.id)


def may_see(principal: Principal, theme: ThemeGroup) -> bool:
    """Whoever holds any role in its programme, and its lead."""
    return principal.knows(theme.programme_id) or theme.id in principal.leads


def may_edit(principal: Principal, theme: ThemeGroup) -> bool:
    """Its page's words: the convenor, and who leads it now."""
    return may_run(principal, theme) or theme.id in principal.leads


def may_run(principal: Principal, theme: ThemeGroup) -> bool:
    """States, terms and publication: the convenor."""
    return principal.has(Role.CONVENOR, in_=theme.programme_id)


def may_end(principal: Principal, term: Term) -> bool:
    """Terms: the convenor of the group's programme."""
    return may_run(principal, term.theme)
