"""The mails that accounts sends."""

from __future__ import annotations

from flask import current_app

from engage.accounts import queries
from engage.accounts.models import SignInLink, User
from engage.core.db import db
from engage.core.outbox import Letter, notice
from engage.core.text import _l


@notice("accounts/sign_in", why=_l("You get this message because somebody asked to sign in with your address."))
def sign_in(link: int) -> Letter | None:
    """The one-time link itself; nothing where it was used, or its account closed, meanwhile."""
    row = db.session.get(SignInLink, link)
    user = db.session.get(User, row.user_id) if row else None
    if row is None or user is None or row.used_at is not None or not user.active:
        return None
    return Letter(context={"url": queries.url_of(row)})


@notice("accounts/added", why=_l("You get this message because an account was made for you."))
def added(user: int) -> Letter | None:
    """An account was made: where to sign in, and that there is no password."""
    row = db.session.get(User, user)
    if row is None or not row.active:
        return None
    return Letter(context={"url": f"{current_app.config['BASE_URL']}/sign-in", "email": row.email})
