"""Verbs of accounts: users, roles, signing in (docs/domain.md#access)."""

from __future__ import annotations

from engage.accounts.service.roles import grant, invite, revoke
from engage.accounts.service.sessions import (
    SignedIn,
    end_other_sessions,
    end_session,
    end_sessions_of,
    seen,
    user_of_session,
)
from engage.accounts.service.signing_in import (
    KEPT,
    ask_for_link,
    check_usable,
    send_link,
    sign_in,
    sign_in_link_for,
    tidy,
)
from engage.accounts.service.users import (
    AddressTaken,
    LastAdministrator,
    add_user,
    deactivate,
    edit_user,
    reactivate,
)

__all__ = [
    "KEPT",
    "AddressTaken",
    "LastAdministrator",
    "SignedIn",
    "add_user",
    "ask_for_link",
    "check_usable",
    "deactivate",
    "edit_user",
    "end_other_sessions",
    "end_session",
    "end_sessions_of",
    "grant",
    "invite",
    "reactivate",
    "revoke",
    "seen",
    "send_link",
    "sign_in",
    "sign_in_link_for",
    "tidy",
    "user_of_session",
]
