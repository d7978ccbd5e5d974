"""Who may do what with accounts (docs/domain.md#access)."""

from __future__ import annotations

from engage.core.access import Principal


def may_administer(principal: Principal, _thing: object) -> bool:
    """Administrators look after every account, and nobody else does."""
    return principal.is_admin
