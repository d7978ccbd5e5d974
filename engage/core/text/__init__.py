"""Words for people: gettext, dates, wall times and their zones, Markdown, slugs."""

from __future__ import annotations

from engage.core.text.dates import (
    Precision,
    ago,
    day,
    day_range,
    moment,
    moment_range,
    month,
    planned,
    time_of_day,
    weekday,
)
from engage.core.text.prose import excerpt, markdown, plain, slugify
from engage.core.text.words import _, _l, language, ngettext, size_words
from engage.core.text.zones import (
    AmbiguousTime,
    NonexistentTime,
    UnknownZone,
    local_time,
    wall_time,
    zone_named,
    zone_words,
)

__all__ = [
    "AmbiguousTime",
    "NonexistentTime",
    "Precision",
    "UnknownZone",
    "_",
    "_l",
    "ago",
    "day",
    "day_range",
    "excerpt",
    "language",
    "local_time",
    "markdown",
    "moment",
    "moment_range",
    "month",
    "ngettext",
    "plain",
    "planned",
    "size_words",
    "slugify",
    "time_of_day",
    "wall_time",
    "weekday",
    "zone_named",
    "zone_words",
]
