"""Instants as other programs write them into tables: ISO 8601, days in either order, Excel's numbers; read or refused.

Which of "03/04/2026" is the month is never guessed: `orders` says what a column can mean, and a person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 -- a spreadsheet's day 0, in no zone
SERIALS = range(20_000, 80_000)
"""Excel's days from 1954 to 2119: what else a bare number says is no day."""
MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
ZONES = {"": None, "z": UTC, "utc": UTC, "gmt": UTC}
CLOCK = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?"
TIME = rf"(?:[T,\s]+(?:at\s+)?{CLOCK}\s*(?P<half>[ap]\.?m\.?)?)?"
ZONE = r"\s*(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2}|(?:utc|gmt)[+-]\d{1,2}(?::?\d{2})?|[a-z]+/[a-z_]+(?:/[a-z_]+)?)?\s*"
WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?"
ISO = re.compile(rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){TIME}{ZONE}", re.IGNORECASE)
NUMBERS = re.compile(
    rf"(?P<first>\d{{1,2}})[-/.](?P<second_>\d{{1,2}})[-/.](?P<year>\d{{4}}|\d\d){TIME}{ZONE}", re.IGNORECASE
)
DAY_FIRST = re.compile(
    rf"{WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-\s]+(?P<month>[a-z]{{3,9}})\.?,?[-\s]+(?P<year>\d{{4}}){TIME}{ZONE}",
    re.IGNORECASE,
)
MONTH_FIRST = re.compile(
    rf"{WEEKDAY}(?P<month>[a-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){TIME}{ZONE}",
    re.IGNORECASE,
)
LONGEST = 60


class Order(StrEnum):
    """Which number of a date comes first."""

    DAY = "day"
    MONTH = "month"


def orders(written: Iterable[str]) -> frozenset[Order]:
    """What the dates of a column can mean, all of them together: both, where a person must be asked; none where no one
    order fits all."""
    possible = {Order.DAY, Order.MONTH}
    for text in written:
        found = NUMBERS.fullmatch(text.strip()[:LONGEST])
        if found:
            first, second = int(found["first"]), int(found["second_"])
            fits = {Order.DAY} if second <= 12 else set()
            fits |= {Order.MONTH} if first <= 12 else set()
            if first != second:
                possible &= fits
    return frozenset(possible)


def has_order(written: Iterable[str]) -> bool:
    """Whether any date of a column is written in an order of numbers at all."""
    return any(NUMBERS.fullmatch(text.strip()[:LONGEST]) for text in written)


def read_instant(written: str, *, zone: str, order: Order = Order.DAY) -> datetime:
    """The instant; in `zone` (IANA) where it names no zone of its own, at 00:00 where it names no hour.

    Raises `ValueError` for what is none.
    """
    text = " ".join(written.split())
    if len(text) > LONGEST:
        raise ValueError(written)
    if re.fullmatch(r"\d{5}(?:\.\d{1,12})?", text) and int(text[:5]) in SERIALS:
        return _on_the_wall(EPOCH + timedelta(days=float(text)), ZoneInfo(zone))
    for pattern in (ISO, NUMBERS, DAY_FIRST, MONTH_FIRST):
        if found := pattern.fullmatch(text):
            return _instant(found, zone, order)
    raise ValueError(written)


def _instant(found: re.Match[str], zone: str, order: Order) -> datetime:
    said = found.groupdict()
    if "first" in said:
        first, second = int(said["first"]), int(said["second_"])
        day, month = (first, second) if order is Order.DAY else (second, first)
    else:
        day, month = int(said["day"]), _month(said["month"])
    year = int(said["year"]) + (2000 if len(said["year"]) == 2 else 0)
    hour, minute, second = _hour(said), int(said["minute"] or 0), int(said["second"] or 0)
    wall = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 -- its zone is put on below
    return _on_the_wall(wall, _zone(said["zone"] or "") or ZoneInfo(zone))


def _month(said: str) -> int:
    if said.isdigit():
        return int(said)
    number = MONTHS.get(said[:3].lower())
    if number is None:
        raise ValueError(said)
    return number


def _hour(said: dict[str, str | None]) -> int:
    hour, half = int(said["hour"] or 0), (said["half"] or "").lower()[:1]
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half == "p" else 0)


def _zone(said: str) -> tzinfo | None:
    """The zone that a time names; None where it names none. An abbreviation such as "EST" means several: refused."""
    low = said.lower()
    if low in ZONES:
        return ZONES[low]
    if "/" in low:
        try:
            return ZoneInfo("/".join(part.title() for part in low.split("/")))
        except (KeyError, OSError) as no:
            raise ValueError(said) from no
    digits = low.removeprefix("utc").removeprefix("gmt")
    sign = -1 if digits[0] == "-" else 1
    hours, minutes = _offset(digits[1:])
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


def _offset(digits: str) -> tuple[int, int]:
    hours, _colon, minutes = digits.partition(":")
    if not minutes and len(hours) > 2:
        hours, minutes = hours[:-2], hours[-2:]
    return int(hours), int(minutes or 0)


def _on_the_wall(wall: datetime, zone: tzinfo) -> datetime:
    try:
        return wall.replace(tzinfo=zone, microsecond=0).astimezone(UTC)
    except OverflowError as no:
        raise ValueError(str(wall)) from no
