"""Named reads of programmes, each with a total order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from engage.accounts.models import RoleGrant, User
from engage.core import clock
from engage.core.access import Principal, Role
from engage.core.db import db
from engage.core.publication import is_past
from engage.programmes.models import Programme, ProgrammeState


def by_id(programme_id: int) -> Programme | None:
    """The programme with this internal key."""
    return db.session.get(Programme, programme_id)


def by_ids(programme_ids: Collection[int]) -> Sequence[Programme]:
    """These programmes, by name."""
    return db.session.scalars(
        sa.select(Programme).where(Programme.id.in_(programme_ids)).order_by(Programme.name, Programme.id)
    ).all()


def by_slug(programme: str) -> Programme | None:
    """The programme at `/…/programmes/SLUG`, published or not; the argument is called as in the address."""
    return db.session.scalar(sa.select(Programme).where(Programme.slug == programme))


def published_by_slug(programme: str) -> Programme | None:
    """The programme at a public address; None for a private one, as for one that does not exist."""
    return db.session.scalar(_published().where(Programme.slug == programme))


def published() -> Sequence[Programme]:
    """Every public programme: active ones first, then by when it started, latest first, then by name."""
    return db.session.scalars(_published().order_by(*_ORDER)).all()


def all_for(principal: Principal) -> Sequence[Programme]:
    """The programmes in which somebody holds a role; for an administrator all, to look after roles."""
    query = sa.select(Programme).order_by(*_ORDER)
    if not principal.is_admin:
        query = query.where(Programme.id.in_(sorted(principal.roles)))
    return db.session.scalars(query).all()


def without_convenor() -> Sequence[Programme]:
    """Active programmes in which nobody with an open account is convenor."""
    run = (
        sa.select(RoleGrant.programme_id)
        .join(User, User.id == RoleGrant.user_id)
        .where(RoleGrant.role == Role.CONVENOR, User.active)
    )
    return db.session.scalars(
        sa.select(Programme).where(Programme.state == ProgrammeState.ACTIVE, Programme.id.not_in(run)).order_by(*_ORDER)
    ).all()


def slug_taken(slug: str) -> bool:
    """Whether an address was given out already; addresses are never reused."""
    return db.session.scalar(sa.select(Programme.id).where(Programme.slug == slug)) is not None


def prefix_taken(prefix: str) -> bool:
    """Whether a programme has this reference prefix; prefixes are unique site-wide."""
    return db.session.scalar(sa.select(Programme.id).where(Programme.prefix == prefix)) is not None


def due_to_publish(now: datetime) -> Sequence[int]:
    """Ids of the programmes whose publication was set for an instant that has come, longest due first."""
    return db.session.scalars(
        sa.select(Programme.id).where(Programme.announce_at <= now).order_by(Programme.announce_at, Programme.id)
    ).all()


def is_public(programme: Programme) -> bool:
    """Published, and the instant for it has come."""
    return is_past(programme.public_from)


def _published() -> sa.Select[Programme]:
    return sa.select(Programme).where(Programme.public_from <= clock.now())


_ORDER = (
    sa.case((Programme.state == ProgrammeState.ACTIVE, 0), else_=1),
    sa.func.coalesce(Programme.starts_on, sa.cast(Programme.created_at, sa.Date)).desc(),
    Programme.name,
    Programme.id,
)
