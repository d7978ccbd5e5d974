"""Who may look after the site's machinery."""

from __future__ import annotations

from engage.core.access import Principal


def may_operate(principal: Principal, _thing: object) -> bool:
    """Administrators."""
    return principal.is_admin
