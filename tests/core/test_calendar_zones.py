"""VTIMEZONE against the zone's own data, for every IANA zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from icalendar import Timezone

from engage.core.calendar import ZoneRule, rule_of

NOT_PLACES = {"Factory", "localtime"}
YEARS = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# no yearly rule can say their changes (Cairo's summer ends on the day after October's last Thursday), or
# the rule begins after these years: they are written in UTC
WITHOUT_RULE = {
    *("Africa/Cairo", "Egypt", "Africa/Casablanca", "Africa/El_Aaiun", "Asia/Gaza", "Asia/Hebron"),
}


def rules() -> list[ZoneRule]:
    found = (rule_of(zone) for zone in sorted(available_timezones() - NOT_PLACES))
    return [rule for rule in found if rule and rule.since <= YEARS[0]]


def instants(zone: ZoneInfo) -> list[datetime]:
    """Every day of two years, and every hour of the days around each change."""
    days = [YEARS[0] + n * DAY for n in range((YEARS[1] - YEARS[0]).days)]
    changed = [day for day in days if day.astimezone(zone).utcoffset() != (day + DAY).astimezone(zone).utcoffset()]
    return [*days, *(day + n * HOUR for day in changed for n in range(-24, 49))]


def offsets_told(component: Any, when: list[datetime]) -> list[timedelta]:
    """What a reader makes of it: the observance with the latest onset, found without a library."""
    onsets = sorted(
        (onset - part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td)
        for part in component.subcomponents
        for onset in onsets_of(part)
    )
    return [[after for onset, after in onsets if onset <= instant.replace(tzinfo=None)][-1] for instant in when]


def onsets_of(part: Any) -> list[datetime]:
    start: datetime = part["DTSTART"].dt
    if "RRULE" not in part:
        return [start]
    rule = part["RRULE"]
    assert rule["FREQ"] == ["YEARLY"]
    days = [
        start.replace(year=year, month=rule["BYMONTH"][0], day=1) + n * DAY
        for year in range(2024, 2029)
        for n in range(31)
    ]
    weekday = str(rule["BYDAY"][0])
    fitting = [
        day
        for day in days
        if day.month == rule["BYMONTH"][0] and ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[day.weekday()] == weekday[-2:]
    ]
    if "BYMONTHDAY" in rule:
        return [day for day in fitting if day.day in rule["BYMONTHDAY"]]
    week = int(weekday[:-2])
    by_year = [[day for day in fitting if day.year == year] for year in range(2024, 2029)]
    return [of_year[week - 1 if week > 0 else week] for of_year in by_year]


def test_no_zone_but_the_known_ones_lacks_a_rule() -> None:
    assert available_timezones() - NOT_PLACES - {rule.zone for rule in rules()} <= WITHOUT_RULE


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.zone)
def test_a_vtimezone_says_what_the_zone_does(rule: ZoneRule) -> None:
    zone = ZoneInfo(rule.zone)
    when = instants(zone)
    read: Any = Timezone.from_ical(rule.component().to_ical())
    assert offsets_told(read, when) == [instant.astimezone(zone).utcoffset() for instant in when]


@pytest.mark.parametrize(
    "name", ["Europe/London", "Europe/Dublin", "America/New_York", "America/Santiago", "Asia/Jerusalem"]
)
def test_the_library_reads_it_the_same_way(name: str) -> None:
    rule = rule_of(name)
    assert rule
    read, zone = rule.component().to_tz(), ZoneInfo(name)
    when = instants(zone)
    assert [instant.astimezone(read).utcoffset() for instant in when] == [
        instant.astimezone(zone).utcoffset() for instant in when
    ]


@pytest.mark.parametrize("rule", [rule for rule in rules() if rule.changes], ids=lambda rule: rule.zone)
def test_a_rule_begins_no_earlier_than_the_zone_kept_it(rule: ZoneRule) -> None:
    zone = ZoneInfo(rule.zone)
    for year in range(rule.since.year, 2100):
        for change in rule.changes:
            instant = change.instant(year)
            before, after = (moment.astimezone(zone).utcoffset() for moment in (instant - HOUR, instant))
            assert (instant, before, after) == (instant, change.before, change.after)


def test_a_change_has_the_larger_offset_in_summer_even_where_the_law_says_otherwise() -> None:
    dublin = rule_of("Europe/Dublin")
    assert dublin
    parts: list[Any] = dublin.component().subcomponents
    assert [(part.name, part["TZOFFSETTO"].td) for part in parts] == [
        ("DAYLIGHT", HOUR),
        ("STANDARD", timedelta(0)),
    ]
