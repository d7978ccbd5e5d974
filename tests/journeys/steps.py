"""What the journeys have in common: finding a link in a mail, typing a date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

from engage.core import clock

LONDON = ZoneInfo("Europe/London")


def link(links: list[str], part: str) -> str:
    """The first link whose address holds this."""
    found = [u for u in links if part in u]
    assert found, f"no {part} in {links}"
    return found[0]


def sent(messages: Iterable[EmailMessage]) -> dict[str, list[str]]:
    """Address → subjects of what was written to it, in order."""
    found: dict[str, list[str]] = {}
    for message in messages:
        found.setdefault(message["To"].addresses[0].addr_spec, []).append(str(message["Subject"]))
    return found


def local(days: int = 0, hours: int = 0, *, at: int | None = None) -> datetime:
    """A wall time in London, so far from now; `at`: at that full hour."""
    when = (clock.now() + timedelta(days=days, hours=hours)).astimezone(LONDON).replace(tzinfo=None)
    return when.replace(hour=when.hour if at is None else at, minute=0, second=0, microsecond=0)


def type_time(page: Page, group: str, when: datetime) -> None:
    """Into the four boxes of a wall time."""
    boxes = page.get_by_role("group", name=group, exact=True)
    for box, text in (("Day", when.day), ("Month", f"{when:%B}"), ("Year", when.year), ("Time", f"{when:%H:%M}")):
        boxes.get_by_label(box, exact=True).fill(str(text))


def type_date(page: Page, group: str, when: datetime) -> None:
    """Into the three boxes of a date."""
    boxes = page.get_by_role("group", name=group, exact=True)
    for box, text in (("Day", when.day), ("Month", when.month), ("Year", when.year)):
        boxes.get_by_label(box, exact=True).fill(str(text))
