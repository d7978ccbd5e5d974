"""Accounts: make, change, close, open again. The last active administrator is never lost."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engage.accounts.facts import (
    AdministratorEnded,
    AdministratorMade,
    UserAdded,
    UserDeactivated,
    UserEdited,
    UserReactivated,
)
from engage.accounts.models import User
from engage.accounts.service import sessions
from engage.core import clock, outbox
from engage.core.access import Principal
from engage.core.addresses import normalise
from engage.core.db import db, lock
from engage.core.errors import RuleBroken
from engage.core.facts import changed, record
from engage.core.text import _


class AddressTaken(RuleBroken):
    """Another account has the e-mail address."""


class LastAdministrator(RuleBroken):
    """Without this account nobody could administer the site."""


def add_user(*, email: str, name: str, is_admin: bool = False, tell: bool = False, by: Principal) -> User:
    """A new, open account without roles. `tell` writes to its owner how to sign in.

    Raises `AddressTaken`, `BadAddress`, `RuleBroken`.
    """
    address = normalise(email)
    user = User(email=address, name=_name(name), is_admin=is_admin, created_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError as clash:
        raise AddressTaken(_("There is an account with this e-mail address already."), field="email") from clash
    record(UserAdded(subject_id=user.id), by=by)
    if is_admin:
        record(AdministratorMade(subject_id=user.id), by=by)
    if tell:
        outbox.put(
            mail="accounts/added",
            key=f"account-added:{user.id}",
            to=user.email,
            name=user.name,
            args={"user": user.id},
        )
    return user


def edit_user(user: User, *, email: str, name: str, is_admin: bool, by: Principal) -> User:
    """Change an account's name, address or administration. A new address ends its sessions.

    Raises `AddressTaken`, `BadAddress`, `LastAdministrator`, `RuleBroken`.
    """
    address, called = normalise(email), _name(name)
    user = _locked(user)
    if user.is_admin and not is_admin:
        _keep_one_besides(user)
    try:
        with db.session.begin_nested():
            differences = changed(user, email=address, name=called)
    except IntegrityError as clash:
        raise AddressTaken(_("There is an account with this e-mail address already."), field="email") from clash
    if differences:
        fields = tuple(change.field for change in differences)
        record(UserEdited(subject_id=user.id, fields=fields), by=by)
        if "email" in fields:
            sessions.end_sessions_of(user, by=by)
    if user.is_admin != is_admin:
        user.is_admin = is_admin
        kind = AdministratorMade if is_admin else AdministratorEnded
        record(kind(subject_id=user.id), by=by)
    return user


def deactivate(user: User, *, by: Principal) -> User:
    """Close an account: it signs nobody in, its sessions end at once; its roles stay for when it is opened again.

    Raises `LastAdministrator`.
    """
    user = _locked(user)
    if not user.active:
        return user
    if user.is_admin:
        _keep_one_besides(user)
    user.active = False
    record(UserDeactivated(subject_id=user.id), by=by)
    sessions.end_sessions_of(user, by=by)
    return user


def reactivate(user: User, *, by: Principal) -> User:
    """Open a closed account again, with the roles that it had."""
    user = lock(User, user.id)
    if not user.active:
        user.active = True
        record(UserReactivated(subject_id=user.id), by=by)
    return user


def _locked(user: User) -> User:
    """The account, after every active administrator was locked, in order: two may not remove each other at once."""
    db.session.scalars(sa.select(User.id).where(User.is_admin, User.active).order_by(User.id).with_for_update()).all()
    return lock(User, user.id)


def _keep_one_besides(user: User) -> None:
    others = sa.select(User.id).where(User.is_admin, User.active, User.id != user.id).limit(1)
    if user.active and db.session.scalar(others) is None:
        raise LastAdministrator(
            _("This is the only administrator. Make somebody else an administrator first."), field="is_admin"
        )


def _name(given: str) -> str:
    name = " ".join(given.split())
    if not name:
        raise RuleBroken(_("Enter the name of the person"), field="name")
    if len(name) > 200:
        raise RuleBroken(_("The name must be 200 characters or fewer"), field="name")
    return name
