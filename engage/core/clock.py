"""The only clock. Injectable, so that tests and the demonstration can set it; UTC and aware throughout."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_set: ContextVar[datetime | None] = ContextVar("engage_clock", default=None)


def now() -> datetime:
    """This instant, aware, in UTC, to the microsecond."""
    return _set.get() or datetime.now(UTC)  # noqa: TID251 -- this is that clock


def today(zone: str) -> date:
    """The local date in an IANA zone: what "due 30 June" is judged by."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Hold the clock at an aware instant inside the block."""
    if instant.tzinfo is None:
        raise ValueError("the clock is set to aware instants only")
    token = _set.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)
