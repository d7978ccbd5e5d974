"""Wall times and zones: local time + IANA zone are kept, the instant is derived (docs/domain.md#event)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import get_timezone_location

from engage.core.errors import RuleBroken
from engage.core.text.words import _, _l, language

UK_ZONES = frozenset(
    {
        "Europe/London",
        "Europe/Belfast",
        "Europe/Jersey",
        "Europe/Guernsey",
        "Europe/Isle_of_Man",
        "GB",
        "GB-Eire",
    }
)
MINUS = "\u2212"
NOT_PLACES = frozenset({"Factory", "localtime"})


class UnknownZone(RuleBroken):
    """The name is not one of the IANA time zone database."""

    def __init__(self, name: str, *, field: str | None = None) -> None:
        super().__init__(_l("There is no time zone called “%(name)s”", name=name), field=field)
        self.name = name


class NonexistentTime(RuleBroken):
    """The clocks jumped over this wall time (or the calendar ends before it)."""

    def __init__(self, local: datetime, zone: str, *, field: str | None = None) -> None:
        said = _l("This time does not exist: the clocks go forward over it. Choose an earlier or a later time")
        super().__init__(said, field=field)
        self.local, self.zone = local, zone


class AmbiguousTime(RuleBroken):
    """The clocks go back and this wall time comes twice: ask which. `first` and `second` are instants."""

    def __init__(
        self, local: datetime, zone: str, *, first: datetime, second: datetime, field: str | None = None
    ) -> None:
        said = _l("This time comes twice, as the clocks go back. Say whether you mean the first or the second")
        super().__init__(said, field=field)
        self.local, self.zone, self.first, self.second = local, zone, first, second


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones()) - NOT_PLACES


def zone_named(name: str) -> ZoneInfo:
    """The zone, or `UnknownZone`. Only listed names reach zoneinfo: it would open paths otherwise."""
    if name not in _known():
        raise UnknownZone(name)
    return ZoneInfo(name)


def wall_time(local: datetime, zone: str, fold: int | None = None) -> datetime:
    """The instant (aware, UTC) of a naive wall time in a zone.

    `fold` 0 or 1 chooses the first or second of a time that comes twice; None raises `AmbiguousTime` for one.
    A time that the clocks skip raises `NonexistentTime`, whatever the fold.
    """
    if local.tzinfo is not None:
        raise ValueError("a wall time is naive; its zone stands beside it")
    where = zone_named(zone)
    wall = local.replace(fold=0)
    try:
        first, second = (wall.replace(tzinfo=where, fold=which).astimezone(UTC) for which in (0, 1))
        comes_back = first.astimezone(where).replace(tzinfo=None, fold=0)
    except OverflowError:
        raise NonexistentTime(local, zone) from None
    if comes_back != wall:
        raise NonexistentTime(local, zone)
    if first == second or fold == 0:
        return first
    if fold == 1:
        return second
    raise AmbiguousTime(local, zone, first=first, second=second)


def local_time(instant: datetime, zone: str) -> datetime:
    """The naive wall time in a zone of an aware instant; its `fold` says which of a doubled hour is meant."""
    if instant.tzinfo is None:
        raise ValueError("an instant is aware")
    return instant.astimezone(zone_named(zone)).replace(tzinfo=None)


def zone_words(zone: str, local: datetime | None = None) -> str:
    """The zone as people say it: "UK time", "Paris time". For a `local` time that comes twice, also which."""
    name = _zone_name(zone)
    if local is None or not _comes_twice(local, zone):
        return name
    if local.fold:
        return _("%(zone)s, after the clocks go back", zone=name)
    return _("%(zone)s, before the clocks go back", zone=name)


def _zone_name(zone: str) -> str:
    where = zone_named(zone)
    if zone in UK_ZONES:
        return _("UK time")
    if zone.startswith("Etc/") or "/" not in zone:
        return _offset_name(where) or _place_name(zone)
    return _place_name(zone)


def _place_name(zone: str) -> str:
    place = str(get_timezone_location(zone, locale=language(), return_city=True))
    return _("%(place)s time", place=place.rpartition("/")[2])


def _offset_name(where: ZoneInfo) -> str | None:
    """ "UTC", "UTC+5" for a zone that has one offset always; None for one that has more."""
    seen = {datetime(2020, month, 1, tzinfo=where).utcoffset() for month in (1, 7)}
    offset = seen.pop()
    if seen or offset is None:
        return None
    minutes = int(offset / timedelta(minutes=1))
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else MINUS}{hours}{f':{rest:02}' if rest else ''}"


def _comes_twice(local: datetime, zone: str) -> bool:
    try:
        wall_time(local, zone)
    except AmbiguousTime:
        return True
    except NonexistentTime:
        return False
    return False
