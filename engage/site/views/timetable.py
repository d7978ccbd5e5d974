"""The programme of sessions on an event's page, as it was last published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from engage.attendance.models import TAKES_SIGN_UPS
from engage.core.text import _, day, local_time
from engage.events.queries import Line, drawn, grid, moved_by
from engage.site.queries.events import EventPage


def programme(page: EventPage) -> dict[str, Any] | None:
    """Its tables, what has no time, and when it last changed; None where none is published."""
    if not page.timetable:
        return None
    facts, published = page.event, page.timetable[0]
    by = moved_by(published.counted_from, facts.starts, facts.precision)
    lines = [Line.read(stored, by) for stored in published.sessions]
    people = {one.key: {"name": one.name, "organisation": one.organisation} for one in page.session_people}
    groups = {group.slug: group.title for group in page.groups}
    why = {gone.key: gone.reason for gone in page.called_off}

    chosen = {one.key: one.taken.said for one in page.choosable} if facts.state in TAKES_SIGN_UPS else {}

    def say(line: Line) -> Mapping[str, Any]:
        return {
            "id": f"session-{line.key}",
            "title": line.title,
            "state": "cancelled" if line.key in why else "",
            "cancelled": why.get(line.key, ""),
            "text": line.description,
            "track": line.track,
            "chair": people.get(line.chair),
            "speakers": [people[key] for key in line.speakers if key in people],
            "themes": [(groups[slug], url_for("site.theme", theme=slug)) for slug in line.themes if slug in groups],
            "places": line.capacity if line.key not in chosen else None,
            "choice": {"said": _("Sign-up with your booking. %(places)s", places=chosen[line.key])}
            if line.key in chosen
            else None,
        }

    laid_out = grid(lines)
    changed = max([published.published_at, *(gone.at for gone in page.called_off)])
    return {
        "days": drawn(laid_out, say),
        "unplaced": [{**say(line), "room": line.room} for line in laid_out.unplaced],
        "waits": by is None,
        "changed": _("Programme last changed on %(day)s.", day=day(local_time(changed, facts.zone))),
    }
