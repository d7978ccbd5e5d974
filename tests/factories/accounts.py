"""Accounts, made as pages make them."""

from __future__ import annotations

from engage.accounts import service
from engage.accounts.models import User
from engage.core.access import SYSTEM, Role
from engage.core.db import saving


def a_user(
    email: str = "sam@engage.example",
    *,
    name: str = "Sam Secretary",
    is_admin: bool = False,
    roles: dict[int, Role] | None = None,
) -> User:
    """An open account; `roles`: programme id → role."""
    with saving():
        user = service.add_user(email=email, name=name, is_admin=is_admin, by=SYSTEM)
        for programme_id, role in (roles or {}).items():
            service.grant(user, programme_id=programme_id, role=role, by=SYSTEM)
    return user


def an_administrator(email: str = "ada@engage.example", *, name: str = "Ada Administrator") -> User:
    return a_user(email, name=name, is_admin=True)
