"""Dates and times as people read them: 12 May 2017; Friday 12 May 2017, 10am (UK time)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from babel.dates import format_date

from engage.core import clock
from engage.core.text.words import _, language, ngettext
from engage.core.text.zones import local_time, zone_words


class Precision(StrEnum):
    """How much of a planned date is known (docs/domain.md#event)."""

    DAY = "day"
    MONTH = "month"
    TO_BE_CONFIRMED = "to_be_confirmed"


def _format(when: date, pattern: str) -> str:
    return str(format_date(when, pattern, locale=language()))


def day(when: date) -> str:
    """12 May 2017. Of a datetime, its own wall date."""
    return _format(when, "d MMMM y")


def weekday(when: date) -> str:
    """Friday 12 May 2017."""
    return _format(when, "EEEE d MMMM y")


def month(when: date) -> str:
    """May 2017."""
    return _format(when, "MMMM y")


def day_range(start: date, end: date | None) -> str:
    """12 to 14 May 2017 · 30 May to 2 June 2017 · 30 December 2017 to 2 January 2018. Both days inclusive."""
    first, last = _date_of(start), _date_of(end or start)
    if last <= first:
        return day(first)
    if first.year != last.year:
        short = day(first)
    elif first.month != last.month:
        short = _format(first, "d MMMM")
    else:
        short = str(first.day)
    return _("%(start)s to %(end)s", start=short, end=day(last))


def _date_of(when: date) -> date:
    return when.date() if isinstance(when, datetime) else when


def planned(when: date | None, precision: str = Precision.DAY) -> str:
    """A planned date as far as it is known: the day, the month, or "Date to be confirmed"."""
    if when is None or precision == Precision.TO_BE_CONFIRMED:
        return _("Date to be confirmed")
    return month(when) if precision == Precision.MONTH else day(when)


def time_of_day(when: time | datetime) -> str:
    """10am · 2:30pm · midday · midnight."""
    hour, minute = when.hour, when.minute
    if not minute and hour == 12:
        return _("midday")
    if not minute and hour == 0:
        return _("midnight")
    clock_face = f"{hour % 12 or 12}:{minute:02}" if minute else str(hour % 12 or 12)
    if hour < 12:
        return _("%(time)sam", time=clock_face)
    return _("%(time)spm", time=clock_face)


def moment(when: datetime, zone: str) -> str:
    """Friday 12 May 2017, 10am (UK time). `when` is wall time there, or an aware instant shown there."""
    local = _local(when, zone)
    return _(
        "%(day)s, %(time)s (%(zone)s)",
        day=weekday(local),
        time=time_of_day(local),
        zone=zone_words(zone, local),
    )


def moment_range(start: datetime, end: datetime | None, zone: str) -> str:
    """Friday 12 May 2017, 10am to 4pm (UK time); over several days both days are said in full."""
    first = _local(start, zone)
    last = _local(end, zone) if end else first
    if last == first and last.fold == first.fold:
        return moment(start, zone)
    words = zone_words(zone)
    said = {"day": weekday(first), "start": time_of_day(first), "end": time_of_day(last), "zone": words}
    if first.date() == last.date():
        return _("%(day)s, %(start)s to %(end)s (%(zone)s)", **said)
    return _("%(day)s, %(start)s to %(last_day)s, %(end)s (%(zone)s)", last_day=weekday(last), **said)


def _local(when: datetime, zone: str) -> datetime:
    return when if when.tzinfo is None else local_time(when, zone)


def ago(instant: datetime) -> str:
    """5 minutes ago · in 3 days; beyond 30 days the date (UTC). Not for cached pages."""
    passed = clock.now() - instant
    past = passed >= timedelta(0)
    seconds = int(abs(passed).total_seconds())
    if seconds < 60:
        return _("just now") if past else _("in less than a minute")
    if seconds >= 30 * 86_400:
        return day(instant)
    return _ago_words(seconds) if past else _ahead_words(seconds)


def _ago_words(seconds: int) -> str:
    if seconds < 3_600:
        return ngettext("%(num)d minute ago", "%(num)d minutes ago", seconds // 60)
    if seconds < 86_400:
        return ngettext("%(num)d hour ago", "%(num)d hours ago", seconds // 3_600)
    return ngettext("%(num)d day ago", "%(num)d days ago", seconds // 86_400)


def _ahead_words(seconds: int) -> str:
    if seconds < 3_600:
        return ngettext("in %(num)d minute", "in %(num)d minutes", seconds // 60)
    if seconds < 86_400:
        return ngettext("in %(num)d hour", "in %(num)d hours", seconds // 3_600)
    return ngettext("in %(num)d day", "in %(num)d days", seconds // 86_400)
