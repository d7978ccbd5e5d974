"""Entries → iCalendar bytes. What clients want is in docs/domain.md#invitation and RFC 5545, 5546, 7986."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vCalAddress, vDatetime, vDuration, vText, vUri

from engage.core.calendar.entries import Attendee, Entry, Method, Party
from engage.core.calendar.zones import ZoneRule, rule_of
from engage.core.text import AmbiguousTime, NonexistentTime, wall_time, zone_named

PRODUCT = "-//engage//engage//EN"
REFRESH = timedelta(hours=1)
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
LINES = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def single(entry: Entry) -> bytes:
    """One entry to be downloaded: no METHOD."""
    return _bytes([entry], _calendar())


def invitation(entry: Entry, method: Method) -> bytes:
    """The calendar part of a mail. A REQUEST needs organizer and attendee, as does a CANCEL (RFC 5546)."""
    if entry.organizer is None or entry.attendee is None:
        raise ValueError(f"a {method} needs an organizer and an attendee")
    written = _calendar()
    written.add("method", method.value)
    return _bytes([entry], written)


def feed(name: str, entries: Iterable[Entry], *, description: str = "", refresh: timedelta = REFRESH) -> bytes:
    """A calendar to subscribe to: named, saying how often to come back, in the order given."""
    written = _calendar()
    for key in ("name", "x-wr-calname"):
        written.add(key, vText(_line(name)))
    if description:
        for key in ("description", "x-wr-caldesc"):
            written.add(key, vText(_lines(description)))
    how_often = vDuration(refresh)
    how_often.params["VALUE"] = "DURATION"
    written.add("refresh-interval", how_often)
    ttl = how_often.to_ical()  # type: ignore[no-untyped-call]
    written.add("x-published-ttl", vText(ttl.decode("ascii")))
    return _bytes(list(entries), written)


def _calendar() -> Calendar:
    written = Calendar()
    written.add("version", "2.0")
    written.add("prodid", PRODUCT)
    written.add("calscale", "GREGORIAN")
    return written


def _bytes(entries: Sequence[Entry], written: Calendar) -> bytes:
    rules = [_rule_for(entry) for entry in entries]
    for zone in sorted({rule.zone: rule for rule in rules if rule}.values(), key=lambda rule: rule.zone):
        written.add_component(zone.component())
    for entry, rule in zip(entries, rules, strict=True):
        written.add_component(_event(entry, rule))
    return bytes(written.to_ical())


def _rule_for(entry: Entry) -> ZoneRule | None:
    """The zone's rule if both times can be said in it: covered, neither skipped nor the second of two."""
    if entry.zone is None or not isinstance(entry.start, datetime) or not isinstance(entry.end, datetime):
        return None
    if entry.start.tzinfo is not None:
        return None
    rule = rule_of(entry.zone)
    if rule is None or (not rule.changes and not rule.offset):
        return None
    covered = all(_sayable(when, entry.zone, rule) for when in (entry.start, entry.end))
    return rule if covered else None


def _sayable(wall: datetime, zone: str, rule: ZoneRule) -> bool:
    try:
        return wall_time(wall, zone) >= rule.since
    except AmbiguousTime as twice:
        return wall.fold == 0 and twice.first >= rule.since
    except NonexistentTime:
        return False


def _event(entry: Entry, rule: ZoneRule | None) -> Event:
    event = Event()
    event.add("uid", vText(_line(entry.uid)))
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.stamp.astimezone(UTC).replace(microsecond=0))
    event.add("summary", vText(_line(entry.title)))
    _add_times(event, entry, rule)
    if entry.status:
        event.add("status", entry.status.value)
    if entry.location:
        event.add("location", vText(_line(entry.location)))
    if entry.description:
        event.add("description", vText(_lines(entry.description)))
    if entry.url:
        event.add("url", vUri(_line(entry.url)))
    if entry.categories:
        event.add("categories", [_line(category) for category in entry.categories])
    if entry.related_to:
        event.add("related-to", vText(_line(entry.related_to)))
    _add_people(event, entry)
    return event


def _add_times(event: Event, entry: Entry, rule: ZoneRule | None) -> None:
    for key, when in (("dtstart", entry.start), ("dtend", entry.end)):
        if key == "dtend" and not _ends_later(entry):
            continue
        if not isinstance(when, datetime):
            event.add(key, when + timedelta(days=1) if key == "dtend" else when)
        elif rule:
            wall = vDatetime(when.replace(microsecond=0, fold=0))
            wall.params["TZID"] = rule.zone
            event.add(key, wall)
        else:
            event.add(key, _in_utc(when, entry.zone))


def _ends_later(entry: Entry) -> bool:
    if not isinstance(entry.start, datetime) or not isinstance(entry.end, datetime):
        return entry.end >= entry.start
    return _in_utc(entry.end, entry.zone) > _in_utc(entry.start, entry.zone)


def _in_utc(when: datetime, zone: str | None) -> datetime:
    """UTC. A stored wall time that new zone rules made impossible is read by the offset before the jump."""
    aware = when.replace(tzinfo=zone_named(zone)) if when.tzinfo is None and zone else when
    return aware.astimezone(UTC).replace(microsecond=0)


def _add_people(event: Event, entry: Entry) -> None:
    if entry.organizer:
        event.add("organizer", _party(entry.organizer))
    if entry.attendee:
        event.add("attendee", _attendee(entry.attendee))


def _party(party: Party) -> vCalAddress:
    address = vCalAddress(f"mailto:{_line(party.address)}")
    if party.name:
        address.params["CN"] = _line(party.name).replace('"', "'")
    return address


def _attendee(guest: Attendee) -> vCalAddress:
    address = _party(guest)
    address.params["CUTYPE"] = "INDIVIDUAL"
    address.params["ROLE"] = "REQ-PARTICIPANT"
    address.params["PARTSTAT"] = guest.answer.value
    address.params["RSVP"] = "TRUE" if guest.reply else "FALSE"
    return address


def _lines(text: str) -> str:
    """Line ends as \\n, other control characters and lone surrogates gone."""
    return CONTROLS.sub("", LINES.sub("\n", text)).strip()


def _line(text: str) -> str:
    """The same on one line."""
    return " ".join(_lines(text).split())
