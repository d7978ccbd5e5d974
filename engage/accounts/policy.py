"""Who may do what with accounts (docs/domain.md#access)."""

from __future__ import annotations

from engage.accounts.models import SignedInSession
from engage.core.access import Principal


def may_administer(principal: Principal, _thing: object) -> bool:
    """Administrators look after every account, and nobody else does."""
    return principal.is_admin


def may_end_session(principal: Principal, session: SignedInSession) -> bool:
    """Whoever it signs in. Administrators sign an account out whole, on its page."""
    return principal.user_id == session.user_id
