"""Named reads of users, roles, links and sessions, each with a total order."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload

from engage.accounts.models import RoleGrant, SignedInSession, SignInLink, User
from engage.core import clock
from engage.core.access import Role
from engage.core.addresses import BadAddress, normalise
from engage.core.db import db

IDLE = timedelta(days=7)
"""A session that was not used for so long has ended."""


def user_by_email(email: str) -> User | None:
    """The account of an address, however it is written; None for what is no address."""
    try:
        address = normalise(email)
    except BadAddress:
        return None
    return db.session.scalar(sa.select(User).where(User.email == address))


def user_by_id(user_id: int | None) -> User | None:
    """The account with this internal key."""
    return db.session.get(User, user_id) if user_id is not None else None


def user_by_key(user: str) -> User | None:
    """The account at `/admin/users/KEY`; the argument is called as in the address."""
    return db.session.scalar(sa.select(User).where(User.key == user))


def users(*, limit: int, offset: int = 0) -> Sequence[User]:
    """Every account: open ones first, then by name."""
    return db.session.scalars(
        sa.select(User).order_by(User.active.desc(), sa.func.lower(User.name), User.id).limit(limit).offset(offset)
    ).all()


def count() -> int:
    """How many accounts there are, closed ones too."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(User)) or 0


def active_administrators() -> Sequence[User]:
    """Who can administer the site now."""
    return db.session.scalars(
        sa.select(User).where(User.is_admin, User.active).order_by(sa.func.lower(User.name), User.id)
    ).all()


def users_in(programme_id: int, *roles: Role) -> Sequence[User]:
    """The open accounts that hold any of these roles in a programme (no role named: any at all), by name."""
    held = sa.select(RoleGrant.user_id).where(RoleGrant.programme_id == programme_id)
    if roles:
        held = held.where(RoleGrant.role.in_(roles))
    return db.session.scalars(
        sa.select(User).where(User.active, User.id.in_(held)).order_by(sa.func.lower(User.name), User.id)
    ).all()


def grants_in(programme_id: int) -> Sequence[tuple[User, RoleGrant]]:
    """Every role given in a programme with who holds it, closed accounts too: by name, then by when."""
    rows = db.session.execute(
        sa.select(User, RoleGrant)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.programme_id == programme_id)
        .order_by(sa.func.lower(User.name), User.id, RoleGrant.id)
    )
    return [(user, grant) for user, grant in rows]


def grant_in(programme_id: int, user: str, role: str) -> RoleGrant | None:
    """The grant of a role, named as in an address, to the account with this key; None for what is no role."""
    if role not in set(Role):
        return None
    return db.session.scalar(
        sa.select(RoleGrant)
        .join(User, User.id == RoleGrant.user_id)
        .where(RoleGrant.programme_id == programme_id, User.key == user, RoleGrant.role == Role(role))
    )


def names(user_ids: Collection[int]) -> Mapping[int, str]:
    """The name to show for each of these accounts."""
    if not user_ids:
        return {}
    rows = db.session.execute(sa.select(User.id, User.name).where(User.id.in_(user_ids)).order_by(User.id))
    return dict(rows.all())


# --- links and sessions ------------------------------------------------------------------------------------------


def hashed(token: str) -> str:
    """What the store keeps of a token."""
    return hashlib.sha256(token[:128].encode("utf-8", "replace")).hexdigest()


def token_of(link: SignInLink) -> str:
    """The link's token, derived from its row under the site's key: only its hash is stored.

    By row and instant: a row's id may come again after old ones were taken away, the two together do not.
    """
    key = current_app.config["SECRET_KEY"].encode()
    said = f"sign-in:{link.id}:{link.user_id}:{link.created_at.isoformat()}"
    mac = hmac.new(key, said.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac.digest()[:24]).decode("ascii")


def url_of(link: SignInLink) -> str:
    """The absolute address of a link."""
    return f"{current_app.config['BASE_URL']}/sign-in/{token_of(link)}"


def link_by_token(token: str) -> SignInLink | None:
    """The sign-in link with this token, used or not."""
    return db.session.scalar(sa.select(SignInLink).where(SignInLink.token_hash == hashed(token)))


def session_by_token(token: str) -> SignedInSession | None:
    """The live session with this token, with its open account and that account's roles, in one statement."""
    return (
        db.session.scalars(
            sa.select(SignedInSession)
            .join(SignedInSession.user)
            .where(SignedInSession.token_hash == hashed(token), User.active, *_live(clock.now()))
            .options(joinedload(SignedInSession.user).joinedload(User.grants))
        )
        .unique()
        .one_or_none()
    )


def live_sessions(user_id: int) -> Sequence[SignedInSession]:
    """Where somebody is signed in now, last used first."""
    return db.session.scalars(
        sa.select(SignedInSession)
        .where(SignedInSession.user_id == user_id, *_live(clock.now()))
        .order_by(SignedInSession.seen_at.desc(), SignedInSession.id.desc())
    ).all()


def session_by_key(session: str) -> SignedInSession | None:
    """The session with this public key, whoever's it is."""
    return db.session.scalar(sa.select(SignedInSession).where(SignedInSession.key == session))


def last_seen(user_ids: Collection[int]) -> Mapping[int, datetime]:
    """When each of these accounts was last used; one that never was is absent."""
    if not user_ids:
        return {}
    rows = db.session.execute(
        sa.select(SignedInSession.user_id, sa.func.max(SignedInSession.seen_at))
        .where(SignedInSession.user_id.in_(user_ids))
        .group_by(SignedInSession.user_id)
        .order_by(SignedInSession.user_id)
    )
    return dict(rows.all())


def ended_links(before: datetime, *, most: int = 500) -> Sequence[int]:
    """Ids of sign-in links that ran out before an instant."""
    return db.session.scalars(
        sa.select(SignInLink.id).where(SignInLink.expires_at < before).order_by(SignInLink.id).limit(most)
    ).all()


def ended_sessions(before: datetime, *, most: int = 500) -> Sequence[int]:
    """Ids of sessions that were over before an instant."""
    over = sa.or_(SignedInSession.expires_at < before, SignedInSession.revoked_at < before)
    return db.session.scalars(sa.select(SignedInSession.id).where(over).order_by(SignedInSession.id).limit(most)).all()


def _live(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        SignedInSession.revoked_at.is_(None),
        SignedInSession.expires_at > now,
        SignedInSession.seen_at > now - IDLE,
    )
