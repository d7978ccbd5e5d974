"""The calendar writer: golden files, read back by `icalendar`, and never a line that a client chokes on."""

# ruff: noqa: DTZ001 - wall times are naive

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.core import calendar
from engage.core.calendar import Answer, Attendee, Entry, Method, Party, Status

GOLDEN = Path(__file__).parent / "golden"
TABLE = Entry(
    uid="e7Yq1@engage.example",
    sequence=2,
    stamp=datetime(2017, 3, 1, 9, 30, tzinfo=UTC),
    title="Round Table 1: waiting lists; what is counted, and why",
    start=datetime(2017, 5, 12, 10),
    end=datetime(2017, 5, 12, 16, 30),
    zone="Europe/London",
    location="Tŷ Hywel, Caerdydd",
    description="Bring your figures.\n\nAnswer here: https://engage.example/i/TOKEN",
    url="https://engage.example/events/round-table-1",
    categories=("Waiting lists", "Data, linked"),
)
ASKED = replace(
    TABLE,
    organizer=Party(address="rsvp+abc@engage.example", name="Health and Care Statistics"),
    attendee=Attendee(address="siân@x.org".replace("â", "a"), name='Siân "Shan" Lee; Ltd', reply=True),
)
ONLINE = replace(
    TABLE,
    uid="o1@engage.example",
    title="Online",
    zone=None,
    start=datetime(2017, 6, 1, 9, tzinfo=UTC),
    end=datetime(2017, 6, 1, 10, tzinfo=UTC),
    status=Status.TENTATIVE,
)
ALL_DAY = replace(
    TABLE,
    uid="d1@engage.example",
    title="Conference",
    start=date(2017, 9, 5),
    end=date(2017, 9, 6),
    zone=None,
)
CANCELLED = replace(
    TABLE,
    uid="c1@engage.example",
    zone="America/New_York",
    sequence=3,
    status=Status.CANCELLED,
    related_to=TABLE.uid,
)
EVERYTHING = [TABLE, ONLINE, ALL_DAY, CANCELLED]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("request", calendar.invitation(ASKED, Method.REQUEST)),
        ("cancel", calendar.invitation(replace(ASKED, sequence=3, status=Status.CANCELLED), Method.CANCEL)),
        ("uninvited", calendar.invitation(replace(ASKED, sequence=3, status=None), Method.CANCEL)),
        ("single", calendar.single(TABLE)),
        ("feed", calendar.feed("Health & care: events", EVERYTHING, description="All events")),
        ("empty_feed", calendar.feed("Nothing yet", [])),
    ],
)
def test_what_is_written_is_the_golden_file(name: str, written: bytes) -> None:
    assert written == (GOLDEN / f"{name}.ics").read_bytes()


def test_a_feed_is_the_same_bytes_each_time() -> None:
    assert calendar.feed("All", EVERYTHING) == calendar.feed("All", EVERYTHING)


def event_in(written: bytes) -> Any:
    (event,) = icalendar.Calendar.from_ical(written).walk("VEVENT")
    return event


def test_another_reader_finds_what_was_written() -> None:
    read = event_in(calendar.invitation(ASKED, Method.REQUEST))
    assert {
        "uid": str(read["UID"]),
        "sequence": int(read["SEQUENCE"]),
        "stamp": read.decoded("DTSTAMP"),
        "title": str(read["SUMMARY"]),
        "start": read.decoded("DTSTART").astimezone(UTC),
        "end": read.decoded("DTEND").astimezone(UTC),
        "location": str(read["LOCATION"]),
        "description": str(read["DESCRIPTION"]),
        "categories": [str(category) for category in read["CATEGORIES"].cats],
        "attendee": (
            str(read["ATTENDEE"]),
            read["ATTENDEE"].params["PARTSTAT"],
            read["ATTENDEE"].params["RSVP"],
        ),
    } == {
        "uid": ASKED.uid,
        "sequence": 2,
        "stamp": ASKED.stamp,
        "title": ASKED.title,
        "start": datetime(2017, 5, 12, 9, tzinfo=UTC),
        "end": datetime(2017, 5, 12, 15, 30, tzinfo=UTC),
        "location": ASKED.location,
        "description": ASKED.description,
        "categories": list(ASKED.categories),
        "attendee": ("mailto:sian@x.org", Answer.NEEDS_ACTION.value, "TRUE"),
    }


@pytest.mark.parametrize(
    ("start", "end", "zone", "written"),
    [
        (
            date(2017, 9, 5),
            date(2017, 9, 5),
            None,
            ["DTSTART;VALUE=DATE:20170905", "DTEND;VALUE=DATE:20170906"],
        ),
        (datetime(2017, 5, 12, 10), datetime(2017, 5, 12, 10), "UTC", ["DTSTART:20170512T100000Z"]),
        (  # no yearly rule can be told for Cairo
            datetime(2027, 7, 1, 10),
            datetime(2027, 7, 1, 11),
            "Africa/Cairo",
            ["DTSTART:20270701T070000Z", "DTEND:20270701T080000Z"],
        ),
        (  # before the rule of today began
            datetime(1975, 7, 1, 10),
            datetime(1975, 7, 1, 11),
            "Europe/London",
            ["DTSTART:19750701T090000Z", "DTEND:19750701T100000Z"],
        ),
        (  # the second 1:30 of two cannot be said with a TZID
            datetime(2017, 10, 29, 1, 30, fold=1),
            datetime(2017, 10, 29, 3),
            "Europe/London",
            ["DTSTART:20171029T013000Z", "DTEND:20171029T030000Z"],
        ),
        (  # skipped by rules that changed after it was stored
            datetime(2017, 3, 26, 1, 30),
            datetime(2017, 3, 26, 3),
            "Europe/London",
            ["DTSTART:20170326T013000Z", "DTEND:20170326T020000Z"],
        ),
        (
            datetime(2017, 7, 1, 10),
            datetime(2017, 7, 1, 11),
            "Asia/Tokyo",
            [
                "DTSTART:19700101T090000",
                "DTSTART;TZID=Asia/Tokyo:20170701T100000",
                "DTEND;TZID=Asia/Tokyo:20170701T110000",
            ],
        ),
    ],
)
def test_times_are_written_so_that_no_client_can_misread_them(
    start: date, end: date, zone: str | None, written: list[str]
) -> None:
    lines = calendar.single(replace(TABLE, start=start, end=end, zone=zone)).decode().splitlines()
    assert [line for line in lines if line.startswith(("DTSTART", "DTEND"))] == written


@pytest.mark.parametrize(
    "wrong",
    [
        {"stamp": datetime(2017, 3, 1)},
        {"zone": None},
        {"end": date(2017, 5, 12)},
        {"end": datetime(2017, 5, 12, 16, tzinfo=UTC)},
    ],
)
def test_an_entry_that_means_nothing_cannot_be_made(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"aware|zone|shape"):
        replace(TABLE, **wrong)  # type: ignore[arg-type]


def test_an_invitation_names_who_asks_and_who_is_asked() -> None:
    with pytest.raises(ValueError, match="needs an organizer and an attendee"):
        calendar.invitation(TABLE, Method.REQUEST)


@given(words=st.text(), name=st.text(max_size=40))
def test_no_words_break_the_lines_or_add_one(words: str, name: str) -> None:
    entry = replace(
        ASKED, title=words, location=words, description=words, categories=(words,), uid=f"u{name}", url=words
    )
    entry = replace(entry, organizer=Party(address="a@x.org", name=name), related_to=words)
    written = calendar.invitation(entry, Method.REQUEST)
    assert written.endswith(b"END:VCALENDAR\r\n")
    lines = written.split(b"\r\n")
    assert not any(control in line for line in lines for control in (b"\r", b"\n", b"\0", b"\x07", b"\x7f"))
    assert all(len(line) <= 75 for line in lines)
    assert all(line.decode() is not None for line in lines)
    read = event_in(written)
    assert not read.errors
    assert set(read.keys()) <= {
        *(
            "UID",
            "SEQUENCE",
            "DTSTAMP",
            "SUMMARY",
            "DTSTART",
            "DTEND",
            "STATUS",
            "LOCATION",
            "DESCRIPTION",
            "URL",
        ),
        *("CATEGORIES", "RELATED-TO", "ORGANIZER", "ATTENDEE"),
    }
