"""A planned date, checked: what was agreed (wall times, zone, precision) and the instants derived from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from engage.core.errors import RuleBroken
from engage.core.text import AmbiguousTime, NonexistentTime, _, wall_time, zone_named
from engage.events.models import Event, Precision

LONGEST = timedelta(days=60)


@dataclass(frozen=True, kw_only=True)
class Span:
    """From one wall time of a place to another, checked, and the instants derived from them."""

    starts: datetime
    ends: datetime
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def checked(cls, starts: datetime, ends: datetime, zone: str) -> Span:
        """Raises `NonexistentTime` and `RuleBroken` with the field (`starts`, `ends`)."""
        starts, ends = (local.replace(second=0, microsecond=0) for local in (starts, ends))
        begun, over = _exists(starts, zone, "starts"), _exists(ends, zone, "ends")
        if over <= begun:
            raise RuleBroken(_("The end must be after the start"), field="ends")
        return cls(starts=_unfolded(starts, zone), ends=_unfolded(ends, zone), starts_at=begun, ends_at=over)


@dataclass(frozen=True, kw_only=True)
class When:
    """Naive wall times in `zone`; `fold` says which of a doubled hour is meant (PEP 495: forms ask for it).

    By the day, `starts` and `ends` are the midnights that begin the first and the last day; by the month, `starts`
    is its first midnight.
    """

    precision: Precision
    zone: str
    starts: datetime | None = None
    ends: datetime | None = None

    @classmethod
    def checked(
        cls,
        *,
        zone: str,
        precision: Precision | None = None,
        starts: datetime | date | None = None,
        ends: datetime | date | None = None,
    ) -> When:
        """The date, if it is one: without `precision`, as exact as what is given.

        Raises `UnknownZone`, `NonexistentTime` and `RuleBroken` with the field (`starts`, `ends`).
        """
        zone_named(zone)
        precision = precision or _as_given(starts, ends)
        if precision is Precision.TO_BE_CONFIRMED:
            return cls(precision=precision, zone=zone)
        if starts is None:
            raise RuleBroken(_MISSING_START[precision](), field="starts")
        if precision is Precision.MONTH:
            return cls(precision=precision, zone=zone, starts=_midnight(starts).replace(day=1))
        if precision is Precision.DAY:
            first, last = _midnight(starts), _midnight(ends or starts)
            if last < first:
                raise RuleBroken(_("The last day must be on or after the first day"), field="ends")
            return cls(precision=precision, zone=zone, starts=first, ends=last)._not_too_long()
        return cls._exact(zone, starts, ends)

    @classmethod
    def _exact(cls, zone: str, starts: datetime | date, ends: datetime | date | None) -> When:
        if not isinstance(starts, datetime) or starts.tzinfo is not None:
            raise RuleBroken(_("Enter the time at which the event starts"), field="starts")
        if not isinstance(ends, datetime) or ends.tzinfo is not None:
            raise RuleBroken(_("Enter when the event ends"), field="ends")
        span = Span.checked(starts, ends, zone)
        when = cls(precision=Precision.TIME, zone=zone, starts=span.starts, ends=span.ends)
        return when._not_too_long()

    @classmethod
    def of(cls, event: Event) -> When:
        """The date that an event has."""
        return cls(precision=event.precision, zone=event.zone, starts=event.starts, ends=event.ends)

    @property
    def starts_at(self) -> datetime | None:
        """The instant of the start; of a day or month its first, so that lists can be put in order."""
        return self.starts and _instant(self.starts, self.zone)

    @property
    def ends_at(self) -> datetime | None:
        """The instant of the end; of a day or month the one in which the next begins."""
        if self.starts is None:
            return None
        if self.precision is Precision.MONTH:
            return _instant((self.starts + timedelta(days=32)).replace(day=1), self.zone)
        if self.precision is Precision.DAY:
            return _instant((self.ends or self.starts) + timedelta(days=1), self.zone)
        return self.ends and _instant(self.ends, self.zone)

    @property
    def columns(self) -> dict[str, object]:
        """What an event stores of it; the instants are derived."""
        return {
            "precision": self.precision,
            "zone": self.zone,
            "starts_local": self.starts and self.starts.replace(fold=0),
            "ends_local": self.ends and self.ends.replace(fold=0),
            "starts_fold": self.starts.fold if self.starts else 0,
            "ends_fold": self.ends.fold if self.ends else 0,
        }

    def narrows(self, before: When) -> bool:
        """Whether it says more of a date that was announced, or other hours of the same day; no other day."""
        if before.starts is None or self.starts is None:
            return self == before
        if before.precision is Precision.MONTH:
            return (self.starts.year, self.starts.month) == (before.starts.year, before.starts.month)
        if self.precision is Precision.MONTH:
            return False
        if before.precision is Precision.TIME and self.precision is Precision.DAY:
            return False
        return self.starts.date() == before.starts.date()

    def _not_too_long(self) -> When:
        if self.starts and self.ends and self.ends - self.starts > LONGEST:
            raise RuleBroken(_("An event lasts no more than 60 days: check the year of the end"), field="ends")
        return self


def instant_of(local: datetime | None, zone: str, field: str) -> datetime | None:
    """The instant of a wall time of the event's place (naive, `fold` chosen), or of an aware time as it is.

    Raises `NonexistentTime` for one that the clocks skip.
    """
    if local is None or local.tzinfo is not None:
        return local
    return _exists(local, zone, field)


def end_of_day(on: date, zone: str) -> datetime:
    """The last second of a local day: until when "by 21 April" may still be done."""
    return datetime.combine(on, time(23, 59, 59), zone_named(zone)).astimezone(UTC)


def _as_given(starts: datetime | date | None, ends: datetime | date | None) -> Precision:
    if starts is None:
        return Precision.TO_BE_CONFIRMED
    exact = isinstance(starts, datetime) and (ends is None or isinstance(ends, datetime))
    return Precision.TIME if exact else Precision.DAY


def _midnight(when: datetime | date) -> datetime:
    return datetime(when.year, when.month, when.day)  # noqa: DTZ001 -- a wall time


def _exists(local: datetime, zone: str, field: str) -> datetime:
    try:
        return wall_time(local, zone, local.fold)
    except NonexistentTime:
        raise NonexistentTime(local, zone, field=field) from None


def _unfolded(local: datetime, zone: str) -> datetime:
    """With a fold only where it means something."""
    try:
        wall_time(local, zone)
    except AmbiguousTime:
        return local
    return local.replace(fold=0)


def _instant(local: datetime, zone: str) -> datetime:
    """Also of a midnight that the clocks skip: the day then begins when they do."""
    return local.replace(tzinfo=zone_named(zone)).astimezone(UTC)


_MISSING_START = {
    Precision.TIME: lambda: _("Enter when the event starts"),
    Precision.DAY: lambda: _("Enter the day of the event"),
    Precision.MONTH: lambda: _("Enter the month of the event"),
}
