"""Who acts, without a database: a principal with just the roles that a rule needs."""

from __future__ import annotations

from engage.core.access import Kind, Principal, Role


def acting(programme_id: int, *roles: Role, user_id: int = 1, person_id: int | None = None) -> Principal:
    """A signed-in user with these roles in one programme."""
    return Principal(
        kind=Kind.USER,
        user_id=user_id,
        person_id=person_id,
        name="Somebody",
        roles={programme_id: frozenset(roles)},
    )


def convenor(programme_id: int) -> Principal:
    return acting(programme_id, Role.CONVENOR)


def administrator(user_id: int = 9) -> Principal:
    return Principal(kind=Kind.USER, user_id=user_id, name="Administrator", is_admin=True)
