"""Dates and wall times in plain words."""

# ruff: noqa: DTZ001 - wall times are naive

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st

from engage.core import clock, text
from engage.core.text import AmbiguousTime, NonexistentTime, Precision, UnknownZone

ZONES = st.sampled_from(sorted(available_timezones() - {"Factory", "localtime"}))
WALLS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59))


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2017, 5, 12), None, "12 May 2017"),
        (date(2017, 5, 12), date(2017, 5, 12), "12 May 2017"),
        (date(2017, 5, 12), date(2017, 5, 14), "12 to 14 May 2017"),
        (date(2017, 5, 30), date(2017, 6, 2), "30 May to 2 June 2017"),
        (date(2017, 12, 30), date(2018, 1, 2), "30 December 2017 to 2 January 2018"),
        (datetime(2017, 5, 12, 10), datetime(2017, 5, 12, 16), "12 May 2017"),
    ],
)
def test_a_range_of_days_says_each_thing_once(start: date, end: date | None, said: str) -> None:
    assert text.day_range(start, end) == said


@pytest.mark.parametrize(
    ("when", "zone", "said"),
    [
        (datetime(2017, 5, 12, 10), "Europe/London", "Friday 12 May 2017, 10am (UK time)"),
        (datetime(2017, 5, 12, 14, 30), "Europe/Paris", "Friday 12 May 2017, 2:30pm (Paris time)"),
        (datetime(2017, 5, 12, 12), "America/New_York", "Friday 12 May 2017, midday (New York time)"),
        (datetime(2017, 5, 12, 0, 5), "UTC", "Friday 12 May 2017, 12:05am (UTC)"),
        (datetime(2017, 5, 12), "Etc/GMT+5", "Friday 12 May 2017, midnight (UTC\u22125)"),
        (datetime(2017, 5, 12, 9, tzinfo=UTC), "Europe/London", "Friday 12 May 2017, 10am (UK time)"),
        (
            datetime(2017, 10, 29, 0, 30, tzinfo=UTC),
            "Europe/London",
            "Sunday 29 October 2017, 1:30am (UK time, before the clocks go back)",
        ),
        (
            datetime(2017, 10, 29, 1, 30, tzinfo=UTC),
            "Europe/London",
            "Sunday 29 October 2017, 1:30am (UK time, after the clocks go back)",
        ),
    ],
)
def test_a_moment_always_says_its_zone(when: datetime, zone: str, said: str) -> None:
    assert text.moment(when, zone) == said


def test_a_range_of_moments_says_a_shared_day_once() -> None:
    start = datetime(2017, 5, 12, 10)
    assert [
        text.moment_range(start, end, "Europe/London")
        for end in (None, datetime(2017, 5, 12, 16, 30), datetime(2017, 5, 13, 12))
    ] == [
        "Friday 12 May 2017, 10am (UK time)",
        "Friday 12 May 2017, 10am to 4:30pm (UK time)",
        "Friday 12 May 2017, 10am to Saturday 13 May 2017, midday (UK time)",
    ]


def test_a_planned_date_says_no_more_than_is_known() -> None:
    assert [
        text.planned(date(2017, 3, 9)),
        text.planned(date(2017, 3, 1), Precision.MONTH),
        text.planned(date(2017, 3, 1), Precision.TO_BE_CONFIRMED),
        text.planned(None),
    ] == ["9 March 2017", "March 2017", "Date to be confirmed", "Date to be confirmed"]


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (timedelta(seconds=-30), "just now"),
        (timedelta(seconds=30), "in less than a minute"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(hours=-5, minutes=-59), "5 hours ago"),
        (timedelta(days=-29), "29 days ago"),
        (timedelta(days=-30), "12 April 2017"),
        (timedelta(minutes=59), "in 59 minutes"),
        (timedelta(days=1), "in 1 day"),
    ],
)
def test_ago_counts_in_the_largest_whole_unit(later: timedelta, said: str) -> None:
    now = datetime(2017, 5, 12, 10, tzinfo=UTC)
    with clock.at(now):
        assert text.ago(now + later) == said


def test_dates_and_zones_follow_the_readers_language() -> None:
    app = Flask(__name__)
    Babel(app, locale_selector=lambda: "cy")
    with app.test_request_context():
        assert text.day(date(2017, 5, 12)) == "12 Mai 2017"
        assert text._("%(n)s of 5%%", n=4) == "4 of 5%"
        assert text.ngettext("%(num)d seat", "%(num)d seats", 2) == "2 seats"
    assert text.language() == "en_GB"


def test_a_lazy_text_is_filled_when_it_is_read() -> None:
    assert [f"{text._l('Up to %(count)d', count=5)}", str(text._l("100% sure"))] == ["Up to 5", "100% sure"]


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "Europe", "\0", "Factory", "europe/london"])
def test_an_unknown_zone_is_refused_by_name(name: str) -> None:
    with pytest.raises(UnknownZone):
        text.wall_time(datetime(2017, 5, 12, 10), name)


def test_a_wall_time_becomes_the_instant_of_its_zone() -> None:
    assert text.wall_time(datetime(2017, 5, 12, 10), "Europe/London") == datetime(2017, 5, 12, 9, tzinfo=UTC)


@pytest.mark.parametrize("fold", [None, 0, 1])
def test_a_skipped_wall_time_is_refused_whatever_the_fold(fold: int | None) -> None:
    with pytest.raises(NonexistentTime) as refused:
        text.wall_time(datetime(2017, 3, 26, 1, 30), "Europe/London", fold=fold)
    assert refused.value.local == datetime(2017, 3, 26, 1, 30)


def test_a_doubled_wall_time_is_asked_about_and_the_fold_answers() -> None:
    local = datetime(2017, 10, 29, 1, 30)
    first, second = datetime(2017, 10, 29, 0, 30, tzinfo=UTC), datetime(2017, 10, 29, 1, 30, tzinfo=UTC)
    with pytest.raises(AmbiguousTime) as asked:
        text.wall_time(local, "Europe/London")
    assert (asked.value.first, asked.value.second) == (first, second)
    assert [text.wall_time(local, "Europe/London", fold=fold) for fold in (0, 1)] == [first, second]


@given(local=WALLS, zone=ZONES, fold=st.sampled_from([None, 0, 1]))
def test_a_wall_time_comes_back_or_is_refused_by_name(local: datetime, zone: str, fold: int | None) -> None:
    try:
        instant = text.wall_time(local, zone, fold=fold)
    except (NonexistentTime, AmbiguousTime):
        return
    assert instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) == local


@given(
    instant=st.datetimes(datetime(1971, 1, 1), datetime(2400, 1, 1), timezones=st.just(UTC)),
    zone=ZONES,
)
def test_every_instant_is_found_again_from_its_wall_time_and_fold(instant: datetime, zone: str) -> None:
    local = text.local_time(instant, zone)
    assert text.wall_time(local, zone, fold=local.fold) == instant


@given(zone=ZONES)
def test_every_zone_has_a_name_in_plain_words(zone: str) -> None:
    assert text.zone_words(zone).endswith(" time") or text.zone_words(zone).startswith("UTC")
