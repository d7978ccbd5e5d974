"""VTIMEZONE as one yearly RRULE each way, taken from the zone's own data (TZif, RFC 9636).

Lists of RDATEs, which libraries write, are misread by other parsers (an hour wrong). Where the zone's rule
does not cover the time asked about, there is no VTIMEZONE and the caller writes UTC.
"""

from __future__ import annotations

import re
import struct
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from itertools import pairwise
from pathlib import Path

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.prop import vRecur, vUTCOffset

from engage.core.text import zone_named

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_YEAR, LAST_YEAR = 1970, 2200
WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
LONG_MONTHS = frozenset({1, 3, 5, 7, 8, 10, 12})

_OFFSET = r"(?:<[A-Za-z0-9+-]+>|[A-Za-z]+)([+-]?[0-9:]+)"
_DAY = r"M(\d+)\.(\d)\.(\d)(?:/([+-]?[0-9:]+))?"
_WITHOUT_CHANGE = re.compile(_OFFSET)
_WITH_CHANGES = re.compile(rf"{_OFFSET}(?:<[A-Za-z0-9+-]+>|[A-Za-z]+)([+-]?[0-9:]+)?,{_DAY},{_DAY}")


@dataclass(frozen=True)
class Change:
    """Once a year the offset goes `before` → `after`, in `month` on `weekday` (0: Sunday) `week` (5: last).

    `at` counts from that day's midnight by the clock before the change; it may be negative or beyond a day.
    """

    month: int
    week: int
    weekday: int
    at: timedelta
    before: timedelta
    after: timedelta

    def wall(self, year: int) -> datetime:
        """The wall time, by the clock before the change, at which it happens in a year."""
        first = datetime(year, self.month, 1)  # noqa: DTZ001 - a wall time
        ahead = (self.weekday - (first.weekday() + 1)) % 7
        day = first + timedelta(days=ahead + 7 * (self.week - 1))
        if day.month != self.month:
            day -= timedelta(days=7)
        return day + self.at

    def instant(self, year: int) -> datetime:
        return (self.wall(year) - self.before).replace(tzinfo=UTC)

    def recurrence(self) -> dict[str, object] | None:
        """The RRULE. A time outside its day moves the day; None where that would cross into another month."""
        shift = self.at // timedelta(days=1)
        weekday = WEEKDAYS[(self.weekday + shift) % 7]
        if not shift:
            week = -1 if self.week == 5 else self.week
            return {"FREQ": "YEARLY", "BYMONTH": self.month, "BYDAY": f"{week}{weekday}"}
        if self.week == 5 and self.month not in LONG_MONTHS:
            return None
        last_day = 31 if self.week == 5 else 7 * self.week
        days = [last_day - back + shift for back in range(6, -1, -1)]
        if days[0] < 1 or days[-1] > (31 if self.month in LONG_MONTHS else 28):
            return None
        return {"FREQ": "YEARLY", "BYMONTH": self.month, "BYMONTHDAY": days, "BYDAY": weekday}


@dataclass(frozen=True)
class ZoneRule:
    """What a zone does from the instant `since` on, for good: two changes a year, or one `offset` always."""

    zone: str
    since: datetime
    offset: timedelta
    changes: tuple[Change, ...]

    def component(self) -> Timezone:
        """The VTIMEZONE. Onsets are wall times by the clock before (RFC 5545 3.6.5)."""
        written = Timezone()
        written.add("tzid", self.zone)
        if not self.changes:
            start = (self.since + self.offset).replace(tzinfo=None)
            written.add_component(_observance(TimezoneStandard(), start, self.offset, self.offset))
        for change in self.changes:
            kind = TimezoneDaylight() if change.after > change.before else TimezoneStandard()
            part = _observance(kind, change.wall(self.since.year), change.before, change.after)
            part.add("rrule", vRecur(change.recurrence()))
            written.add_component(part)
        return written


Observance = TimezoneStandard | TimezoneDaylight


def _observance(part: Observance, start: datetime, before: timedelta, after: timedelta) -> Observance:
    part.add("dtstart", start)
    part.add("tzoffsetfrom", vUTCOffset(before))
    part.add("tzoffsetto", vUTCOffset(after))
    return part


@cache
def rule_of(zone: str) -> ZoneRule | None:
    """The rule that a zone follows in the end, and since when; None where no RRULE can say it."""
    zone_named(zone)
    transitions, footer = _read(_tzif(zone))
    if found := _WITH_CHANGES.fullmatch(footer):
        return _yearly(zone, transitions, _changes(found))
    if found := _WITHOUT_CHANGE.fullmatch(footer):
        return _constant(zone, transitions, -_clock(found[1]))
    return None


def _constant(zone: str, transitions: list[tuple[datetime, timedelta]], offset: timedelta) -> ZoneRule:
    last = transitions[-1][0] if transitions else EPOCH
    return ZoneRule(zone, max(last, EPOCH), offset, ())


def _yearly(
    zone: str, transitions: list[tuple[datetime, timedelta]], changes: tuple[Change, Change]
) -> ZoneRule | None:
    if any(change.recurrence() is None or change.wall(2023).year != 2023 for change in changes):
        return None
    first = changes[0].instant
    said = {when: offset for when, offset in transitions if when.year >= FIRST_YEAR}
    ruled = {c.instant(year): c.after for year in range(FIRST_YEAR, LAST_YEAR) for c in changes}
    known_until = max(said, default=EPOCH)
    broken = [when for when in said if ruled.get(when) != said[when]]
    broken += [when for when in ruled if when <= known_until and when not in said]
    since = next((first(y) for y in range(FIRST_YEAR, LAST_YEAR) if not broken or first(y) > max(broken)), None)
    return ZoneRule(zone, since, changes[1].after, changes) if since else None


def _changes(found: re.Match[str]) -> tuple[Change, Change]:
    """Both changes of a POSIX TZ string, in the order in which they come in a year."""
    standard = -_clock(found[1])
    summer = -_clock(found[2]) if found[2] else standard + timedelta(hours=1)
    out = _change(found.group(3, 4, 5, 6), standard, summer)
    back = _change(found.group(7, 8, 9, 10), summer, standard)
    return (out, back) if out.month < back.month else (back, out)


def _change(words: tuple[str | None, ...], before: timedelta, after: timedelta) -> Change:
    month, week, weekday = (int(word or 0) for word in words[:3])
    return Change(month, week, weekday, _clock(words[3] or "2"), before, after)


def _clock(text: str) -> timedelta:
    """±h[:mm[:ss]]"""
    sign = -1 if text.startswith("-") else 1
    hours, minutes, seconds, *_rest = [int(part) for part in text.lstrip("+-").split(":")] + [0, 0]
    return sign * timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _tzif(zone: str) -> bytes:
    """The zone's file, found as zoneinfo finds it: the system's first, then the package tzdata."""
    parts = zone.split("/")
    for folder in zoneinfo.TZPATH:
        file = Path(folder, *parts)
        if file.is_file():
            return file.read_bytes()
    return resources.files("tzdata").joinpath("zoneinfo", *parts).read_bytes()


def _read(data: bytes) -> tuple[list[tuple[datetime, timedelta]], str]:
    """Changes of offset as (instant, offset from then on), and the footer; ("" for a file of version 1)."""
    if data[4:5] < b"2":
        return [], ""
    utc, std, leap, times, types, chars = struct.unpack(">6l", data[20:44])
    second = 44 + times * 5 + types * 6 + chars + leap * 8 + std + utc
    utc, std, leap, times, types, chars = struct.unpack(">6l", data[second + 20 : second + 44])
    start = second + 44
    instants = struct.unpack_from(f">{times}q", data, start)
    kinds = data[start + times * 8 : start + times * 9]
    offsets = [offset for offset, _dst, _abbr in struct.iter_unpack(">lBB", data[start + times * 9 :][: types * 6])]
    footer = data[start + times * 9 + types * 6 + chars + leap * 12 + std + utc :].strip(b"\n").decode("ascii")
    return list(_offset_changes(instants, [offsets[0], *(offsets[kind] for kind in kinds)])), footer


def _offset_changes(instants: tuple[int, ...], offsets: list[int]) -> Iterator[tuple[datetime, timedelta]]:
    for instant, (before, after) in zip(instants, pairwise(offsets), strict=True):
        if before != after and instant > -(2**33):
            yield EPOCH + timedelta(seconds=instant), timedelta(seconds=after)
