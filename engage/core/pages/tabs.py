"""The pages of one event, for the sub-navigation of each (components/subnav.html)."""

from __future__ import annotations

from typing import Any

from flask import request

from engage.core import slots
from engage.core.access import current_principal


def event_tabs(event: Any, *, of: str = "") -> list[dict[str, Any]]:
    """The tabs that the reader may open, in order; the one that this page belongs to is marked. `of`: its address,
    where the page's own does not tell."""
    found = sorted(slots.event_tabs.collect(event, current_principal()), key=lambda tab: tab.order)
    inside = [tab for tab in found if f"{of or request.path}/".startswith(f"{tab.url}/")]
    here = max(inside, key=lambda tab: len(tab.url), default=None)
    return [{"href": tab.url, "text": tab.text, "here": tab is here, "count": tab.count} for tab in found]
