"""Background work of theme groups: each minute the publications that fell due."""

from __future__ import annotations

from engage.core import clock
from engage.core.jobs import every_minute, one_by_one
from engage.themes import queries, service


@every_minute("themes/due")
def apply_due() -> None:
    """After their programmes."""
    one_by_one(queries.due_to_publish(clock.now()), service.apply_due_by_id, what="theme group")
