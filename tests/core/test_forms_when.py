"""Dates, wall times and their zones (docs/domain.md#event)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

import pytest

from engage.core.forms import DateField, EngageForm, WallTimeField, ZoneField
from tests.core.forms_bench import attributes, bench, said, sent, text_of

TWICE = datetime.combine(date(2027, 10, 31), time(1, 30))


class Dated(EngageForm):
    due = DateField("Due date", missing="Enter the date by which it is due")


class Timed(EngageForm):
    zone = ZoneField("Time zone")
    starts = WallTimeField("Start", missing="Enter when it starts")


@pytest.fixture(autouse=True)
def _at_work() -> Iterator[None]:
    with bench().test_request_context():
        yield


def boxes(name: str, *values: str) -> dict[str, str]:
    return dict(zip((f"{name}-{box}" for box in ("day", "month", "year", "time", "fold")), values, strict=False))


def at(*values: str, zone: str = "Europe/London") -> Timed:
    return sent(Timed, {"zone": zone, **boxes("starts", *values)})


@pytest.mark.parametrize("month", ["6", "06", "June", "june", "JUN", "Jun."])
def test_a_date_is_taken_with_its_month_as_number_or_name(month: str) -> None:
    form = sent(Dated, boxes("due", " 30 ", month, "2027"))
    assert (form.due.data, said(form)) == (date(2027, 6, 30), {})


@pytest.mark.parametrize(
    ("typed", "target", "words"),
    [
        (("", "", ""), "day", "Enter the date by which it is due"),
        (("30", "", ""), "month", "Due date must include: month, year"),
        (("", "6", "2027"), "day", "Due date must include: day"),
        (("31", "6", "2027"), "day", "Due date must be a real date"),
        (("29", "2", "2027"), "day", "Due date must be a real date"),
        (("0", "2", "2027"), "day", "Due date must be a real date"),
        (("٣", "2", "2027"), "day", "Due date must be a real date"),
        (("9" * 5000, "2", "2027"), "day", "Due date must be a real date"),
        (("1", "13", "2027"), "month", "Due date must have a real month, like 5 or May"),
        (("1", "Juno", "2027"), "month", "Due date must have a real month, like 5 or May"),
        (("1", "6", "27"), "year", "Due date must have a year of 4 numbers, like 2027"),
        (("1", "6", "9999"), "year", "Due date must have a year of 4 numbers, like 2027"),
    ],
)
def test_a_date_that_is_none_is_refused_beside_the_box_that_is_wrong(
    typed: tuple[str, str, str], target: str, words: str
) -> None:
    form = sent(Dated, boxes("due", *typed))
    assert (form.due.data, said(form)) == (None, {f"#due-{target}": words})


def test_what_was_typed_stays_in_the_boxes_and_the_wrong_one_is_marked() -> None:
    form = sent(Dated, boxes("due", "31", "june", "2027"))
    shown = [(box["id"], box["value"], "govuk-input--error" in box["class"]) for box in attributes(form.due(), "input")]
    assert shown == [("due-day", "31", True), ("due-month", "june", False), ("due-year", "2027", False)]


def test_a_stored_date_stands_in_the_boxes() -> None:
    form = Dated(data={"due": date(2017, 5, 12)}, public=True)
    assert [box["value"] for box in attributes(form.due(), "input")] == ["12", "5", "2017"]


@pytest.mark.parametrize(
    ("typed", "hour", "minute"),
    [
        ("10:30", 10, 30),
        ("10.30", 10, 30),
        ("14:00", 14, 0),
        ("2pm", 14, 0),
        ("2.05 PM", 14, 5),
        ("12am", 0, 0),
        ("12:01 p.m.", 12, 1),
        ("midday", 12, 0),
        ("Midnight", 0, 0),
    ],
)
def test_a_time_of_day_is_taken_as_people_write_it(typed: str, hour: int, minute: int) -> None:
    form = at("1", "6", "2027", typed)
    assert (form.starts.data, said(form)) == (datetime.combine(date(2027, 6, 1), time(hour, minute)), {})


@pytest.mark.parametrize("typed", ["10", "25:00", "10:60", "13pm", "0am", "tea", "10:3", "1030", "٣:٣٠"])
def test_a_time_that_says_too_little_is_refused(typed: str) -> None:
    form = at("1", "6", "2027", typed)
    assert said(form) == {"#starts-time": "Start must have a time like 10:30am or 14:00"}


def test_all_four_boxes_are_needed() -> None:
    assert said(at("1", "6", "2027", "")) == {"#starts-time": "Start must include: time"}
    assert said(at("", "", "", "")) == {"#starts-day": "Enter when it starts"}


def test_a_time_that_the_clocks_skip_is_refused_in_its_own_zone_only() -> None:
    (words,) = said(at("28", "3", "2027", "1:30")).items()
    assert words[0] == "#starts-time"
    assert "does not exist" in words[1]
    assert said(at("28", "3", "2027", "1:30", zone="UTC")) == {}


def test_a_time_that_comes_twice_is_asked_about_and_the_answer_kept() -> None:
    form = at("31", "10", "2027", "1:30am")
    assert list(said(form)) == ["#starts-fold"]
    radios = [box for box in attributes(form.starts(), "input") if box["type"] == "radio"]
    assert [(box["id"], box["value"], "checked" in box) for box in radios] == [
        ("starts-fold", "0", False),
        ("starts-fold-2", "1", False),
    ]
    assert "Which of the two?" in text_of(form.starts())
    for fold in (0, 1):
        chosen = at("31", "10", "2027", "1:30am", str(fold))
        assert (chosen.starts.data, chosen.starts.data.fold, said(chosen)) == (
            TWICE,
            fold,
            {},
        )


def test_an_ordinary_time_asks_nothing_and_ignores_a_stray_answer() -> None:
    form = at("1", "6", "2027", "10am", "1")
    assert (form.starts.data.fold, said(form)) == (0, {})
    assert [box["type"] for box in attributes(form.starts(), "input")] == ["text"] * 4


def test_an_unknown_zone_is_said_once_beside_the_zone() -> None:
    assert said(at("1", "6", "2027", "10am", zone="Mars/X")) == {"#zone": "Select the time zone"}


def test_the_zone_may_be_set_on_the_field() -> None:
    class Alone(EngageForm):
        starts = WallTimeField("Start", zone="Europe/London")

    form = sent(Alone, boxes("starts", "28", "3", "2027", "1:30"))
    assert list(said(form)) == ["#starts-time"]
    kept = Alone(data={"starts": TWICE.replace(fold=1)}, public=True)
    assert ["checked" in box for box in attributes(kept.starts(), "input") if box["type"] == "radio"] == [False, True]


def test_a_wall_time_without_any_zone_is_a_mistake_of_ours() -> None:
    class Lost(EngageForm):
        starts = WallTimeField("Start")

    with pytest.raises(LookupError, match="starts"):
        sent(Lost, boxes("starts", "1", "6", "2027", "10am"))


def test_an_optional_time_may_be_left_empty() -> None:
    class Maybe(EngageForm):
        ends = WallTimeField("End", optional=True, zone="UTC")

    form = sent(Maybe, {})
    assert (form.ends.data, said(form)) == (None, {})
