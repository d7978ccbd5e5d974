"""Roles in a programme. `programme_id` is a scope key that this floor does not interpret."""

from __future__ import annotations

import sqlalchemy as sa

from engage.accounts import queries
from engage.accounts.facts import RoleGranted, RoleRevoked
from engage.accounts.models import RoleGrant, User
from engage.accounts.service import users
from engage.core import clock
from engage.core.access import Principal, Role
from engage.core.db import db, lock
from engage.core.errors import RuleBroken
from engage.core.facts import record
from engage.core.text import _


def grant(user: User, *, programme_id: int, role: Role, by: Principal) -> RoleGrant:
    """Give a role in a programme; giving it twice changes nothing. Raises `RuleBroken` for a closed account."""
    user = lock(User, user.id)
    held = _held(user.id, programme_id, role)
    if held is not None:
        return held
    if not user.active:
        raise RuleBroken(_("This account is closed: an administrator must open it again first."), field="email")
    given = RoleGrant(
        user_id=user.id, programme_id=programme_id, role=role, granted_at=clock.now(), granted_by=by.actor
    )
    db.session.add(given)
    db.session.flush()
    db.session.expire(user, ["grants"])
    record(RoleGranted(subject_id=user.id, programme_id=programme_id, role=role.value), by=by)
    return given


def invite(*, email: str, name: str = "", programme_id: int, role: Role, by: Principal) -> RoleGrant:
    """Give a role to whoever has this address; a new address gets an account and is told how to sign in.

    The name of an existing account is not changed; for a new one it must be given. Raises `RuleBroken`.
    """
    user = queries.user_by_email(email)
    if user is None:
        user = users.add_user(email=email, name=name, tell=True, by=by)
    return grant(user, programme_id=programme_id, role=role, by=by)


def revoke(user: User, *, programme_id: int, role: Role, by: Principal) -> User:
    """Take a role back; one that is not held changes nothing. Effective with the next request."""
    user = lock(User, user.id)
    held = _held(user.id, programme_id, role)
    if held is not None:
        db.session.delete(held)
        db.session.flush()
        db.session.expire(user, ["grants"])
        record(RoleRevoked(subject_id=user.id, programme_id=programme_id, role=role.value), by=by)
    return user


def _held(user_id: int, programme_id: int, role: Role) -> RoleGrant | None:
    return db.session.scalar(
        sa.select(RoleGrant).where(
            RoleGrant.user_id == user_id, RoleGrant.programme_id == programme_id, RoleGrant.role == role
        )
    )
