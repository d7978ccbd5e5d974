"""Plain entries → iCalendar that real clients accept (RFC 5545, 5546, 7986), the same bytes each time."""

from __future__ import annotations

from engage.core.calendar.entries import Answer, Attendee, Entry, Method, Party, Status
from engage.core.calendar.writer import feed, invitation, single
from engage.core.calendar.zones import ZoneRule, rule_of

__all__ = [
    "Answer",
    "Attendee",
    "Entry",
    "Method",
    "Party",
    "Status",
    "ZoneRule",
    "feed",
    "invitation",
    "rule_of",
    "single",
]
