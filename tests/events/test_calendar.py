"""The calendar file of an event: published only, the same bytes until something changes, never a private place."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest

from engage.core.access import SYSTEM
from engage.core.calendar import Status
from engage.core.db import saving
from engage.events import queries, service
from engage.events.models import Event, Precision
from tests.factories.events import ENDS, STARTS, a_draft, a_programme, again, an_event

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


def entry(client, event: Event):
    answer = client.get(f"/events/{event.slug}.ics")
    assert answer.status_code == 200, answer.status_code
    return next(iter(icalendar.Calendar.from_ical(answer.data).walk("VEVENT")))


def test_a_private_event_has_no_file_like_one_that_does_not_exist(client, at):
    at(NOW)
    private = [a_draft(), an_event(published=False), an_event(a_programme(published=False), published=False)]
    answers = {client.get(f"/events/{slug}.ics").data for slug in [*(e.slug for e in private), "no-such-event"]}
    assert len(answers) == 1
    assert client.get(f"/events/{private[1].slug}.ics").status_code == 404


def test_the_file_says_when_and_the_town_and_nothing_private(client, at):
    at(NOW)
    event = an_event(place="Secret House", online_link="https://example.org/secret", title="Round Table")
    answer = client.get(f"/events/{event.slug}.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert b"ecret" not in answer.data
    found = entry(client, event)
    assert (str(found["uid"]), found["sequence"], str(found["location"])) == (f"event-{event.key}", 0, "London")
    assert found["dtstart"].dt == STARTS.replace(tzinfo=found["dtstart"].dt.tzinfo)
    assert found["dtstart"].params["TZID"] == "Europe/London"
    assert str(found["url"]) == f"http://localhost/events/{event.slug}"
    assert "Set-Cookie" not in answer.headers


def test_unchanged_it_answers_304_and_changed_it_has_a_higher_sequence(client, at):
    at(NOW)
    event = an_event()
    first = client.get(f"/events/{event.slug}.ics")
    etag = {"If-None-Match": first.headers["ETag"]}
    at(NOW + timedelta(hours=5))
    assert client.get(f"/events/{event.slug}.ics").data == first.data
    assert client.get(f"/events/{event.slug}.ics", headers=etag).status_code == 304
    with saving():
        service.edit(event, version=1, town="Leeds", by=SYSTEM)
    changed = client.get(f"/events/{event.slug}.ics", headers=etag)
    assert changed.status_code == 200
    found = entry(client, event)
    assert (found["sequence"], found["dtstamp"].dt) == (1, NOW + timedelta(hours=5))


def test_cancelled_it_stays_and_says_so(client, at):
    at(NOW)
    event = an_event()
    with saving():
        service.cancel(event, reason="Flood", by=SYSTEM)
    found = entry(client, event)
    assert (str(found["status"]), found["sequence"], "Flood" in str(found["description"])) == ("CANCELLED", 1, True)


def test_postponed_without_a_day_it_leaves_the_old_day_and_comes_back_on_the_new_one(client, at):
    at(NOW)
    event = an_event()
    with saving():
        service.postpone(event, reason="Room", by=SYSTEM)
    gone = entry(client, event)
    with saving():
        service.reschedule(event, starts=STARTS + timedelta(days=7), ends=ENDS + timedelta(days=7), by=SYSTEM)
    back = entry(client, event)
    assert [(str(e["status"]), e["sequence"], e["dtstart"].dt.day, str(e["uid"])) for e in (gone, back)] == [
        ("CANCELLED", 1, 12, f"event-{event.key}"),
        ("CONFIRMED", 2, 19, f"event-{event.key}"),
    ]


def test_by_the_day_it_is_all_day_and_by_the_month_there_is_none(client, at):
    at(NOW)
    days = an_event(starts=date(2027, 5, 12), ends=date(2027, 5, 14))
    found = entry(client, days)
    assert (found["dtstart"].dt, found["dtend"].dt) == (date(2027, 5, 12), date(2027, 5, 15))
    month = an_event(starts=date(2027, 5, 1), ends=None, precision=Precision.MONTH)
    assert client.get(f"/events/{month.slug}.ics").status_code == 404


def test_online_it_is_in_utc_and_the_confirmed_are_shown_the_way_in(app, at):
    at(NOW)
    event = again(an_event(town="", place="", online_link="https://example.org/room"))
    public = queries.calendar_entry(event)
    confirmed = queries.calendar_entry(event, confirmed=True, uid="u-1")
    assert (public.start, public.zone, public.location, public.description) == (event.starts_at, None, "", "")
    assert (confirmed.uid, confirmed.location) == ("u-1", "https://example.org/room")
    there = queries.calendar_entry(again(an_event(access_information="Hearing loop")), confirmed=True)
    assert (there.location, there.description) == ("1 Drummond Gate, London", "Hearing loop")
    assert there.status is Status.CONFIRMED


def test_the_public_file_takes_one_statement_and_none_again(client, at, query_log):
    at(NOW)
    url = f"/events/{again(an_event()).slug}.ics"
    query_log.clear()
    client.get(url)
    assert len(query_log) == 1
    query_log.clear()
    client.get(url)
    assert len(query_log) == 0


@pytest.mark.parametrize("slug", ["..", "a b", "A", "-x", "x" * 200, "x%00"])
def test_odd_addresses_are_not_found(client, slug):
    assert client.get(f"/events/{slug}.ics").status_code == 404
