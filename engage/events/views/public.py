"""The public calendar file of one event (docs/domain.md#event): published only, without a private place."""

from __future__ import annotations

from flask import Response, current_app

from engage.core.access import public
from engage.core.cache import cached
from engage.core.calendar import single
from engage.core.errors import NotFound
from engage.events import queries
from engage.events.views import bp


@bp.get("/events/<slug:event>.ics")
@public
@cached
def calendar(event: str) -> Response:
    """One VEVENT. A cancelled event stays, said cancelled; a private one is not there, nor one that never had a day."""
    found = queries.published_for_calendar(event)
    url = f"{current_app.config['BASE_URL']}/events/{event}"
    entry = queries.calendar_entry(found, url=url) if found else None
    if entry is None:
        raise NotFound
    response = Response(single(entry), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{event}.ics"'
    return response
