"""Dates of the story: of long ago as they stand, of the live programme counted from the present.

Counted dates are words: `today-54 10:00` is 54 working days ago at a local time, `today+9` nine working days
ahead, `now-5m` five minutes ago, `hour+2` the last full hour and two hours more. Working days keep a Round
Table off a Sunday, and two counted days never fall on one another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, ValidationInfo

_TODAY = re.compile(r"today(?:([+-]\d{1,3}))?(?: (\d\d:\d\d))?")
_MINUTES_AGO = re.compile(r"now-(\d{1,4})m")
_HOUR = re.compile(r"hour([+-]\d{1,2})")
_SATURDAY = 5
_MORNING = time(10)
"""When something was done of which only the day is told."""


@dataclass(frozen=True, kw_only=True)
class Present:
    """What dates are counted from: an aware instant, seen in an IANA zone."""

    now: datetime
    zone: str

    @property
    def local(self) -> datetime:
        """The present as local wall time, without a zone."""
        return self.now.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None, microsecond=0)


def working_days(start: date, count: int) -> date:
    """The day that lies `count` working days (Monday to Friday) after `start`, or before it if negative."""
    day, step = start, timedelta(days=1 if count > 0 else -1)
    while count:
        day += step
        if day.weekday() < _SATURDAY:
            count -= 1 if count > 0 else -1
    return day


def _counted(words: str, present: Present) -> datetime:
    if found := _TODAY.fullmatch(words):
        day = working_days(present.local.date(), int(found[1] or 0))
        return datetime.combine(day, time.fromisoformat(found[2]) if found[2] else _MORNING)
    if found := _MINUTES_AGO.fullmatch(words):
        return present.local - timedelta(minutes=int(found[1]))
    if found := _HOUR.fullmatch(words):
        return present.local.replace(minute=0, second=0) + timedelta(hours=int(found[1]))
    try:
        return datetime.combine(date.fromisoformat(words), _MORNING)
    except ValueError:
        raise ValueError(f"“{words}” is no date that the story knows") from None


def _present(info: ValidationInfo) -> Present:
    assert isinstance(info.context, Present), "the story is read at a given present"  # noqa: S101 -- ours alone
    return info.context


def _wall(value: Any, info: ValidationInfo) -> Any:
    return _counted(value, _present(info)) if isinstance(value, str) else value


def _instant(value: Any, info: ValidationInfo) -> Any:
    local = _wall(value, info)
    if not isinstance(local, datetime):
        return local
    return local.replace(tzinfo=ZoneInfo(_present(info).zone)).astimezone(UTC)


def _day(value: Any, info: ValidationInfo) -> Any:
    return _counted(value, _present(info)).date() if isinstance(value, str) else value


Wall = Annotated[datetime, BeforeValidator(_wall)]
"""Local wall time: when an event is planned."""
Instant = Annotated[datetime, BeforeValidator(_instant)]
"""Aware, in UTC: when something was done."""
Day = Annotated[date, BeforeValidator(_day)]
"""A plain date, as people agree them."""
