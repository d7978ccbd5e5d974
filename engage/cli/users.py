"""Accounts by command: the first administrator is made here, before there is anybody to sign in."""

from __future__ import annotations

from engage.accounts import service
from engage.app import create_app
from engage.cli import store
from engage.config import Settings
from engage.core.access import SYSTEM
from engage.core.db import saving


def add(settings: Settings, *, email: str, name: str | None, admin: bool) -> str:
    """Make an account; returns its normalised address. Raises `RuleBroken`, `WrongSetting`."""
    store.refuse_unless_current(settings)
    with create_app(settings).app_context(), saving():
        called = name or email.partition("@")[0]
        return service.add_user(email=email, name=called, is_admin=admin, by=SYSTEM).email


def sign_in_link(settings: Settings, *, email: str) -> str:
    """The address of a new one-time link. Raises `RuleBroken` where no open account has this address."""
    store.refuse_unless_current(settings)
    with create_app(settings).app_context(), saving():
        return service.sign_in_link_for(email)
