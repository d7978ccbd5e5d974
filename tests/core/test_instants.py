"""Instants as other programs write them: read where they are plain, asked about where two readings fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.core.text.instants import Order, has_order, orders, read_instant


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-07-01", "2026-06-30T23:00:00"),
        ("2026-07-01 14:05", "2026-07-01T13:05:00"),
        ("2026-07-01T14:05:09Z", "2026-07-01T14:05:09"),
        ("2026-07-01T14:05:09.123456+02:00", "2026-07-01T12:05:09"),
        ("2026-07-01 14:05:09 UTC", "2026-07-01T14:05:09"),
        ("2026-07-01 14:05 UTC+3", "2026-07-01T11:05:00"),
        ("2026-07-01 14:05 Europe/Paris", "2026-07-01T12:05:00"),
        ("1.7.2026 14.05", "2026-07-01T13:05:00"),
        ("01/07/26 2:05 PM", "2026-07-01T13:05:00"),
        ("1 July 2026", "2026-06-30T23:00:00"),
        ("Wed, 1 Jul 2026 14:05:00 +0000", "2026-07-01T14:05:00"),
        ("Jul 1, 2026 at 12:05 am", "2026-06-30T23:05:00"),
        ("July 1st 2026", "2026-06-30T23:00:00"),
        ("46204.5", "2026-07-01T11:00:00"),
        ("46204", "2026-06-30T23:00:00"),
    ],
)
def test_an_instant_is_read_in_the_zone_that_it_names_else_in_ours(written: str, utc: str) -> None:
    assert read_instant(written, zone="Europe/London").isoformat() == f"{utc}+00:00"


def test_the_order_of_the_numbers_is_the_one_that_was_said() -> None:
    days = [read_instant("03/04/2026", zone="UTC", order=order).date().isoformat() for order in Order]
    assert days == ["2026-04-03", "2026-03-04"]


@pytest.mark.parametrize(
    "written",
    ["", "soon", "2026-02-30", "31/31/2026", "2026-07-01 25:00", "12", "123456", "2026-07-01 14:05 EST", "x" * 5_000,
     "0001-01-01 00:00 +05:00", "2026-07-01 13:00 pm", "2026-07-01 10:00 Mars/Olympus", "²/3/2026"],
)  # fmt: skip
def test_what_is_no_instant_is_refused(written: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- its words are for nobody
        read_instant(written, zone="Europe/London")


@pytest.mark.parametrize(
    ("column", "possible"),
    [
        (["03/04/2026", "05/06/2026"], {Order.DAY, Order.MONTH}),
        (["03/04/2026", "25/06/2026"], {Order.DAY}),
        (["03/04/2026", "06/25/2026"], {Order.MONTH}),
        (["25/06/2026", "06/25/2026"], set()),
        (["04/04/2026", "2026-03-04"], {Order.DAY, Order.MONTH}),
    ],
)
def test_a_column_says_in_which_order_its_dates_can_be(column: list[str], possible: set[Order]) -> None:
    assert orders(column) == possible


def test_only_dates_in_numbers_have_an_order() -> None:
    assert [has_order([written]) for written in ("3/4/2026", "2026-03-04", "3 April 2026")] == [True, False, False]


@given(st.text(alphabet="0123456789/-:. TZapmJul+,", max_size=30) | st.text(max_size=30))
def test_nothing_that_is_written_does_more_than_be_refused(written: str) -> None:
    try:
        read_instant(written, zone="Europe/London")
    except ValueError:
        return
