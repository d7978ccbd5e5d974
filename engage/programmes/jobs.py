"""Background work of programmes: each minute the publications that fell due."""

from __future__ import annotations

from engage.core import clock
from engage.core.jobs import every_minute, one_by_one
from engage.programmes import queries, service


@every_minute("programmes/due")
def apply_due() -> None:
    """Before what stands under them, which becomes public no sooner."""
    one_by_one(queries.due_to_publish(clock.now()), service.apply_due, what="programme")
