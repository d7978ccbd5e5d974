"""What programmes puts into slots."""

from __future__ import annotations

from collections.abc import Iterable

from engage.core.access import Principal
from engage.core.slots import DeskItem
from engage.core.text import _
from engage.programmes import queries


def desk_items(principal: Principal) -> Iterable[DeskItem]:
    """For administrators: programmes that nobody can run."""
    if not principal.is_admin:
        return
    for programme in queries.without_convenor():
        yield DeskItem(
            group=_("Administration"),
            text=_("Give %(name)s a convenor", name=programme.name),
            url=f"/manage/programmes/{programme.slug}/roles",
            urgent=True,
        )
