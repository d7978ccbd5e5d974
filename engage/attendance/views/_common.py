"""What the staff pages of attendance share."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from engage.core import access, slots
from engage.events.models import Event


def staff_page(template: str, event: Event, **context: Any) -> str:
    """A staff page about an event, under the event's tabs."""
    return render_template(f"attendance/{template}.html", event=event, tabs=tabs(event), base=base(event), **context)


def tabs(event: Event) -> list[dict[str, Any]]:
    """The pages of this event that the reader may open; the one that this page belongs to is marked."""
    found = sorted(slots.event_tabs.collect(event, access.current_principal()), key=lambda tab: tab.order)
    inside = [tab for tab in found if f"{request.path}/".startswith(f"{tab.url}/")]
    here = max(inside, key=lambda tab: len(tab.url), default=None)
    return [{"href": tab.url, "text": tab.text, "here": tab is here, "count": tab.count} for tab in found]


def base(event: Event) -> str:
    """The address of the event's staff pages."""
    return f"/manage/events/{event.slug}"
