"""What can happen to an account. No fact holds a name or an address: history outlives both."""

from __future__ import annotations

from dataclasses import dataclass

from engage.core.facts import Fact, know
from engage.core.text import _l


@dataclass(frozen=True, kw_only=True)
class _OfUser(Fact):
    subject = "user"


@dataclass(frozen=True, kw_only=True)
class UserAdded(_OfUser):
    says = _l("Account made")


@dataclass(frozen=True, kw_only=True)
class UserEdited(_OfUser):
    """`fields` names what changed; the values are personal and are not kept."""

    says = _l("Account changed")
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class UserDeactivated(_OfUser):
    says = _l("Account closed")


@dataclass(frozen=True, kw_only=True)
class UserReactivated(_OfUser):
    says = _l("Account opened again")


@dataclass(frozen=True, kw_only=True)
class AdministratorMade(_OfUser):
    says = _l("Made an administrator")


@dataclass(frozen=True, kw_only=True)
class AdministratorEnded(_OfUser):
    says = _l("No longer an administrator")


@dataclass(frozen=True, kw_only=True)
class RoleGranted(_OfUser):
    """`role` was given in the programme `programme_id`."""

    says = _l("Role given")
    role: str


@dataclass(frozen=True, kw_only=True)
class RoleRevoked(_OfUser):
    says = _l("Role taken back")
    role: str


@dataclass(frozen=True, kw_only=True)
class SessionsRevoked(_OfUser):
    """`count` sessions were ended by somebody, not by signing out."""

    says = _l("Signed out elsewhere")
    count: int


know(
    UserAdded,
    UserEdited,
    UserDeactivated,
    UserReactivated,
    AdministratorMade,
    AdministratorEnded,
    RoleGranted,
    RoleRevoked,
    SessionsRevoked,
)
