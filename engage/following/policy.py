"""Who may follow: anybody with an address may ask, only the holder of its link decides (docs/domain.md#interest)."""

from __future__ import annotations

from engage.core.access import Principal
from engage.themes.models import ThemeGroup
from engage.themes.policy import may_see


def may_see_figures(principal: Principal, theme: ThemeGroup) -> bool:
    """How many follow a theme group is for its programme's staff; who they are is for nobody."""
    return may_see(principal, theme)
