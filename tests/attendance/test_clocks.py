"""Ends and starts across both changes of the clocks, in two zones: instants are real, and every time says its zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engage.attendance import queries, service
from engage.core import links
from engage.core.access import ANONYMOUS, SYSTEM
from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.events import service as events
from engage.events.models import Event
from tests.factories.attendance import a_registration, again
from tests.factories.events import an_open_event
from tests.reader import words

At = Callable[[datetime], None]
Post = Callable[[], list[EmailMessage]]
HOUR = timedelta(hours=1)
CHANGES = [
    # zone, the day on which the clocks change, ten o'clock of that day as an instant, the hours that the change adds
    ("Europe/London", (2027, 3, 28), datetime(2027, 3, 28, 9, tzinfo=UTC), 1),
    ("Europe/London", (2027, 10, 31), datetime(2027, 10, 31, 10, tzinfo=UTC), -1),
    ("America/New_York", (2027, 3, 14), datetime(2027, 3, 14, 14, tzinfo=UTC), 1),
    ("America/New_York", (2027, 11, 7), datetime(2027, 11, 7, 15, tzinfo=UTC), -1),
]
WORDS = {"Europe/London": "UK time", "America/New_York": "New York time"}
each_change = pytest.mark.parametrize(("zone", "day", "ten", "more"), CHANGES)


def an_event_on(day: tuple[int, int, int], zone: str) -> Event:
    starts = datetime(*day, 10)  # noqa: DTZ001 -- a wall time
    return an_open_event(capacity=1, zone=zone, starts=starts, ends=starts + 6 * HOUR)


@each_change
def test_an_offer_is_held_for_48_real_hours_or_until_the_event_starts(
    app: Flask, at: At, post: Post, client: FlaskClient, zone: str, day: tuple[int, int, int], ten: datetime, more: int
) -> None:
    for before, end in ((60, ten - 12 * HOUR), (24, ten)):
        at(ten - 70 * HOUR)
        event = an_event_on(day, zone)
        first = a_registration(event)
        second = a_registration(event, email=f"bob{before}@example.org")
        at(ten - before * HOUR)
        with saving():
            service.cancel_registration(first, by=SYSTEM)
        assert again(second).offer_expires_at == end
        said = post()[-1].get_body(("plain",)).get_content()
        assert f"{'10am' if before == 24 else '9pm' if more > 0 else '11pm'} ({WORDS[zone]})" in said
        page = client.get(links.url("booking", second.id).removeprefix("http://localhost"))
        assert f"10am to 4pm ({WORDS[zone]})" in words(page)
        at(end - timedelta(minutes=1))
        with saving():
            service.apply_due(event)
        assert again(second).state.value == "offered"
        at(end)
        with pytest.raises(RuleBroken), saving():
            service.take_offer(second, by=SYSTEM)
        with saving():
            service.apply_due(event)
        assert again(second).state.value == "lapsed"
        assert queries.moves_of(second)[-1].effective_at == end


@each_change
def test_the_event_starts_and_registration_closes_at_the_instant_that_the_wall_clock_means(
    app: Flask, at: At, zone: str, day: tuple[int, int, int], ten: datetime, more: int
) -> None:
    at(ten - 70 * HOUR)
    event = an_event_on(day, zone)
    assert event.starts_at == ten
    wall, closes = datetime(*day, 4), ten - 6 * HOUR  # noqa: DTZ001 -- after the change in the night
    with saving():
        events.edit(event, version=event.version, registration_closes=wall, capacity=None, by=SYSTEM)
    at(closes - timedelta(seconds=1))
    a_registration(event)
    at(closes)
    with pytest.raises(service.RegistrationClosed), saving():
        service.register(event, email="late@example.org", name="Late", by=ANONYMOUS)
    at(ten + timedelta(seconds=30))
    with saving():
        events.apply_due(event)
    assert (again(event).state.value, event.went_live_at) == ("live", ten)


def test_doors_open_twelve_real_hours_before(app: Flask, at: At) -> None:
    ten = datetime(2027, 3, 28, 9, tzinfo=UTC)
    at(ten - 13 * HOUR)
    event = an_event_on((2027, 3, 28), "Europe/London")
    assert not service.doors_are_open(event)
    at(ten - 12 * HOUR)
    assert service.doors_are_open(event)


def test_several_days_over_the_change_until_midnight(app: Flask, at: At, client: FlaskClient) -> None:
    at(datetime(2027, 9, 1, tzinfo=UTC))
    starts, ends = datetime(2027, 10, 30, 10), datetime(2027, 11, 1)  # noqa: DTZ001 -- wall times
    event = an_open_event(starts=starts, ends=ends)
    said = "Saturday 30 October 2027, 10am to Monday 1 November 2027, midnight (UK time)"
    assert event.when == said
    assert said in words(client.get(f"/events/{event.slug}"))
    assert (event.starts_at, event.ends_at) == (
        datetime(2027, 10, 30, 9, tzinfo=UTC),
        datetime(2027, 11, 1, tzinfo=UTC),
    )
    ends_at = event.ends_at
    assert ends_at is not None
    for passed, state in ((-1, "live"), (11, "live"), (12, "held")):
        at(ends_at + passed * HOUR)
        with saving():
            events.apply_due(event)
        assert again(event).state.value == state
