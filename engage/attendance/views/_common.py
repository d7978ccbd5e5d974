"""What the staff pages of attendance share."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from engage.core.pages import event_tabs
from engage.events.models import Event
from engage.events.queries import EventRef

WITHIN = {
    "badges": "registrations",
    "import": "invitations",
    "write": "registrations",
}
"""Pages that have no tab of their own, and the one that they belong to."""


def staff_page(template: str, event: Event, *, of: str = "", **context: Any) -> str:
    """A staff page about an event, under the event's tabs; `of`: the address of the one that is marked."""
    part = request.path.removeprefix(f"{base(event)}/").partition("/")[0]
    tabs = event_tabs(event, of=of or (f"{base(event)}/{WITHIN[part]}" if part in WITHIN else ""))
    return render_template(f"attendance/{template}.html", event=event, tabs=tabs, base=base(event), **context)


def base(event: Event | EventRef) -> str:
    """The address of the event's staff pages."""
    return f"/manage/events/{event.slug}"


def link_home() -> str:
    """The invitation's or booking's own address, from that of any page behind its link."""
    return "/".join(request.path.split("/")[:3])


def board_url(event: Event) -> str:
    """The event's reply board."""
    return f"{base(event)}/invitations"
