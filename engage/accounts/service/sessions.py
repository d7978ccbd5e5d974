"""Sessions: rows that can be ended at once, whatever the cookie says (docs/domain.md#access)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from engage.accounts import queries
from engage.accounts.facts import SessionsRevoked
from engage.accounts.models import SignedInSession, User
from engage.core import clock
from engage.core.access import Principal, Role
from engage.core.db import db, lock, saving
from engage.core.facts import record

LONGEST = timedelta(days=30)
FRESH_ENOUGH = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Who is signed in, as Flask-Login holds it: plain values, which no rollback expires."""

    token: str = field(repr=False)
    session_id: int
    user_id: int
    name: str
    email: str
    is_admin: bool
    roles: Mapping[int, frozenset[Role]]
    seen_at: datetime
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """What Flask-Login keeps in the signed cookie: the session's token, never the user's key."""
        return self.token


def user_of_session(token: str) -> SignedIn | None:
    """Who holds this session's token; None where it ended, ran out, or the account was closed."""
    row = queries.session_by_token(token)
    return _signed_in(row, token) if row else None


def begin(user: User, *, agent: str) -> SignedIn:
    """A new session of an open account. `agent`: what the browser calls itself, for the list of sessions."""
    token, now = secrets.token_urlsafe(32), clock.now()
    row = SignedInSession(
        user_id=user.id,
        token_hash=queries.hashed(token),
        created_at=now,
        seen_at=now,
        expires_at=now + LONGEST,
        agent=" ".join(agent.split())[:200],
    )
    row.user = user
    db.session.add(row)
    db.session.flush()
    return _signed_in(row, token)


def end_session(session_id: int) -> None:
    """End one session; ending it twice changes nothing."""
    row = lock(SignedInSession, session_id)
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        db.session.flush()


def end_other_sessions(user_id: int, *, but: int, by: Principal) -> int:
    """Sign somebody out everywhere but here. Returns how many sessions ended."""
    return _end(user_id, SignedInSession.id != but, by=by)


def end_sessions_of(user: User, *, by: Principal) -> int:
    """Sign somebody out everywhere. Returns how many sessions ended."""
    return _end(user.id, sa.true(), by=by)


def seen(who: SignedIn) -> None:
    """Note that a session was used: once an hour at the most, in a unit of work of its own."""
    if clock.now() - who.seen_at < FRESH_ENOUGH:
        return
    with saving():
        row = db.session.get(SignedInSession, who.session_id)
        if row is not None and row.revoked_at is None:
            row.seen_at = clock.now()


def _end(user_id: int, which: sa.ColumnElement[bool], *, by: Principal) -> int:
    rows = db.session.scalars(
        sa.select(SignedInSession)
        .where(SignedInSession.user_id == user_id, SignedInSession.revoked_at.is_(None), which)
        .order_by(SignedInSession.id)
    ).all()
    ended = [row for row in rows if row.expires_at > clock.now()]
    for row in ended:
        row.revoked_at = clock.now()
    if ended:
        record(SessionsRevoked(subject_id=user_id, count=len(ended)), by=by)
    return len(ended)


def _signed_in(row: SignedInSession, token: str) -> SignedIn:
    user = row.user
    held: dict[int, set[Role]] = {}
    for given in user.grants:
        held.setdefault(given.programme_id, set()).add(given.role)
    return SignedIn(
        token=token,
        session_id=row.id,
        user_id=user.id,
        name=user.name,
        email=user.email,
        is_admin=user.is_admin,
        roles={scope: frozenset(roles) for scope, roles in held.items()},
        seen_at=row.seen_at,
    )
