"""Users, role grants, one-time sign-in links and server-side sessions (docs/domain.md#access)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.access import Role
from engage.core.db import Keyed, Model, choice


class User(Keyed, Model):
    """Somebody with an account. `email` is normalised; `active=False` signs nobody in."""

    __tablename__ = "user_account"
    __table_args__ = (sa.UniqueConstraint("email"),)

    email: Mapped[str] = mapped_column(sa.String(254))
    name: Mapped[str] = mapped_column(sa.String(200))
    is_admin: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    grants: Mapped[list[RoleGrant]] = relationship(order_by="RoleGrant.id", lazy="selectin")


class RoleGrant(Model):
    """A role in one programme; `programme_id` is a scope key that this floor does not interpret."""

    __tablename__ = "role_grant"
    __table_args__ = (sa.UniqueConstraint("user_id", "programme_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    programme_id: Mapped[int]
    role: Mapped[Role] = mapped_column(choice(Role))
    granted_at: Mapped[datetime]
    granted_by: Mapped[str] = mapped_column(sa.String(40))


class SignInLink(Model):
    """A one-time link, at most ten minutes old; the row makes it single use. Only a hash of the token is kept."""

    __tablename__ = "sign_in_link"
    __table_args__ = (sa.UniqueConstraint("token_hash"), sa.Index(None, "user_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    token_hash: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    next_url: Mapped[str] = mapped_column(sa.String(500), default="")


class SignedInSession(Keyed, Model):
    """A server-side session: the cookie holds a random token, the row its hash. Revoking ends it at once."""

    __tablename__ = "signed_in_session"
    __table_args__ = (sa.UniqueConstraint("token_hash"), sa.Index(None, "user_id"))

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    token_hash: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    agent: Mapped[str] = mapped_column(sa.String(200), default="")

    user: Mapped[User] = relationship(lazy="joined")
