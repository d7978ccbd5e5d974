"""Named reads of events, each with a total order, and an event as a calendar entry."""

from __future__ import annotations

from engage.events.queries.agenda import agenda_item_by_key, agenda_of, timed_agenda
from engage.events.queries.calendar import calendar_entry
from engage.events.queries.lists import (
    PAGE,
    coming,
    due,
    of_mine,
    of_programme,
    of_theme,
    on_the_desk,
    past,
    published_of,
    with_dates_ahead,
)
from engage.events.queries.one import (
    EventRef,
    by_id,
    by_key,
    by_slug,
    is_public,
    published_by_slug,
    published_for_calendar,
    published_ref,
    ref_by_slug,
    slug_taken,
)

__all__ = [
    "PAGE",
    "EventRef",
    "agenda_item_by_key",
    "agenda_of",
    "by_id",
    "by_key",
    "by_slug",
    "calendar_entry",
    "coming",
    "due",
    "is_public",
    "of_mine",
    "of_programme",
    "of_theme",
    "on_the_desk",
    "past",
    "published_by_slug",
    "published_for_calendar",
    "published_of",
    "published_ref",
    "ref_by_slug",
    "slug_taken",
    "timed_agenda",
    "with_dates_ahead",
]
