"""An event as a calendar entry (RFC 5545): for the public file, for feeds, and for the confirmed."""

from __future__ import annotations

from datetime import date, datetime

from engage.core.calendar import Attendee, Entry, Party, Status
from engage.core.text import wall_time
from engage.events.models import DATED, Event, EventDate, EventState, Precision


def calendar_entry(
    event: Event,
    *,
    uid: str | None = None,
    confirmed: bool = False,
    url: str = "",
    organizer: Party | None = None,
    attendee: Attendee | None = None,
) -> Entry | None:
    """The entry, or None for an event that never had a day.

    `confirmed` shows place and online link; the public sees the town. `uid` is the invitation's own where there is
    one. A postponed event without a new day is said cancelled on the last day that it had: no calendar may keep it
    there; the new date revives it under the same UID with a higher SEQUENCE.
    """
    times = _times(event)
    status = _status(event)
    if times is None:
        had = [times for date in event.dates if (times := _times_of(date, online=_online(event)))]
        if not had:
            return None
        times, status = had[-1], Status.CANCELLED
    start, end, zone = times
    return Entry(
        uid=uid or f"event-{event.key}",
        sequence=event.sequence,
        stamp=event.stamped_at,
        title=event.title,
        start=start,
        end=end,
        zone=zone,
        status=status,
        location=_location(event, confirmed=confirmed),
        description=_description(event, confirmed=confirmed),
        url=url,
        categories=tuple(link.theme.title for link in event.themes),
        organizer=organizer,
        attendee=attendee,
    )


Times = tuple[datetime | date, datetime | date, str | None]


def _status(event: Event) -> Status:
    if event.state is EventState.CANCELLED:
        return Status.CANCELLED
    return Status.TENTATIVE if event.state in (EventState.DRAFT, EventState.POSTPONED) else Status.CONFIRMED


def _online(event: Event) -> bool:
    return bool(event.online_link) and not (event.place or event.town)


def _times(event: Event) -> Times | None:
    if _online(event) and event.precision is Precision.TIME and event.starts_at and event.ends_at:
        return event.starts_at, event.ends_at, None
    return _said(event.precision, event.starts, event.ends, event.zone)


def _times_of(had: EventDate, *, online: bool) -> Times | None:
    times = _said(had.precision, had.starts_local, had.ends_local, had.zone)
    if times is None or not online or had.precision is not Precision.TIME:
        return times
    starts, ends = (wall_time(when, had.zone, 0) for when in times[:2] if isinstance(when, datetime))
    return starts, ends, None


def _said(precision: Precision, starts: datetime | None, ends: datetime | None, zone: str) -> Times | None:
    """As an entry takes them: days for a date without hours, else wall times; None without a day."""
    if starts is None or ends is None or precision not in DATED:
        return None
    if precision is Precision.DAY:
        return starts.date(), ends.date(), None
    return starts, ends, zone


def _location(event: Event, *, confirmed: bool) -> str:
    if not confirmed:
        return event.town
    return ", ".join(part for part in (event.place, event.town) if part) or event.online_link


def _description(event: Event, *, confirmed: bool) -> str:
    lines = [event.state_reason if event.state is EventState.CANCELLED else "", event.summary]
    if confirmed:
        lines += [event.online_link, event.access_information]
    return "\n\n".join(line for line in lines if line)
