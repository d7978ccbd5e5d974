"""What an event's moves do to those who come: each is told once, seats and answers follow (docs/domain.md#event)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from email.message import EmailMessage

import icalendar
import pytest
from flask import Flask

from engage.attendance import queries, service
from engage.attendance.jobs import apply_due
from engage.core import facts
from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.events import service as events
from engage.events.models import Event
from tests.factories.attendance import (
    a_draft_invitation,
    a_registration,
    accepted,
    again,
    an_invitation,
    answers,
    states,
)
from tests.factories.events import an_event, an_open_event

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
NEW = {"starts": datetime(2027, 6, 2, 10), "ends": datetime(2027, 6, 2, 16)}  # noqa: DTZ001 -- wall times
Post = Callable[[], list[EmailMessage]]
At = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def now(at: At) -> None:
    at(NOW)


def a_round_table() -> Event:
    """Ann accepted, Ben declined, Cy is silent, Di not asked yet."""
    event = an_event(capacity=10)
    accepted(event, name="Ann", email="ann@example.org")
    ben = an_invitation(event, name="Ben", email="ben@example.org")
    an_invitation(event, name="Cy", email="cy@example.org")
    a_draft_invitation(event, name="Di", email="di@example.org")
    with saving():
        service.decline(ben, by=SYSTEM)
    return event


def postpone(event: Event, **to: object) -> None:
    with saving():
        events.postpone(event, reason="The room is flooded", by=SYSTEM, **to)


def entries(mails: list[EmailMessage]) -> list[tuple[str, str, int]]:
    found = []
    for mail in mails:
        for part in mail.walk():
            if part.get_content_type() == "text/calendar":
                entry = icalendar.Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0]
                found.append((str(part.get_param("method")), str(entry["UID"]), int(entry["SEQUENCE"])))
    return found


def test_postponing_asks_again_and_tells_each_once(app: Flask, post: Post) -> None:
    event = a_round_table()
    before = len(post())
    effects = facts.preview(events.postponing(event))
    assert [(e.count, e.what) for e in effects] == [
        (3, "people will be told by mail: 1 has a place, 1 has not answered yet, 1 declined"),
        (1, "person will be asked to reconfirm; the seat is held"),
    ]
    postpone(event, **NEW, reconfirm_by=date(2027, 4, 1))
    assert answers(event) == {"Ann": "reconfirm", "Ben": "declined", "Cy": "sent", "Di": "draft"}
    assert states(event) == {"Ann": "reconfirm"}
    assert queries.seats(event).taken == 2, "the seat to be reconfirmed and the one held by the silent"
    mails = post()[before:]
    assert Counter(str(m["To"].addresses[0].addr_spec) for m in mails) == Counter(
        ["ann@example.org", "ben@example.org", "cy@example.org"]
    )
    assert set(entries(mails)) == {("REQUEST", f"event-{event.key}", 1)}
    assert "Wednesday 2 June 2027" in mails[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_date_that_was_announced_is_not_told_again(app: Flask, post: Post) -> None:
    event = a_round_table()
    postpone(event, **NEW)
    before = len(post())
    with saving():
        events.reschedule(event, by=SYSTEM)
    assert post()[before:] == []


def test_a_date_to_be_confirmed_is_told_when_it_is_known(app: Flask, post: Post) -> None:
    event = a_round_table()
    post()
    postpone(event)
    told = post()
    with saving():
        events.reschedule(event, **NEW, by=SYSTEM)
    assert [e.count for e in facts.preview(events.rescheduling(event))] == []
    later = post()[len(told) :]
    assert {method for method, _uid, _n in entries(told[-3:])} == {"CANCEL"}
    assert entries(later) == [("REQUEST", f"event-{event.key}", 2)] * 3
    assert answers(event)["Ann"] == "reconfirm"


def test_reconfirming_keeps_the_seat(app: Flask) -> None:
    event = a_round_table()
    postpone(event, **NEW)
    ann = queries.registrations(event)[0].registration
    with saving():
        service.reconfirm(ann, by=SYSTEM)
    assert (answers(event)["Ann"], states(event)) == ("accepted", {"Ann": "confirmed"})


def test_accepting_again_reconfirms_and_declining_gives_the_seat_back(app: Flask) -> None:
    event = a_round_table()
    postpone(event, **NEW)
    ann = next(line.invitation for line in queries.board(event).lines if line.invitation.name == "Ann")
    with saving():
        service.accept(ann, by=SYSTEM)
    assert states(event) == {"Ann": "confirmed"}
    with saving():
        service.decline(again(ann), by=SYSTEM)
    assert (states(event), queries.seats(event).taken) == ({"Ann": "cancelled"}, 1)


def test_what_is_not_reconfirmed_in_time_lapses(app: Flask, at: At, post: Post) -> None:
    event = a_round_table()
    postpone(event, **NEW, reconfirm_by=date(2027, 4, 1))
    at(datetime(2027, 4, 2, 8, tzinfo=UTC))
    apply_due()
    assert (answers(event)["Ann"], states(event)) == ("expired", {"Ann": "lapsed"})
    ann = queries.registrations(event)[0].registration
    assert queries.moves_of(ann)[-1].effective_at == again(event).reconfirm_by


def test_a_seat_lapsed_after_a_postponement_is_offered_on(app: Flask, at: At) -> None:
    event = an_open_event(capacity=1)
    a_registration(event, name="Ann")
    a_registration(event, name="Ben")
    postpone(event, **NEW, reconfirm_by=date(2027, 4, 1))
    at(datetime(2027, 4, 2, 8, tzinfo=UTC))
    apply_due()
    assert states(event) == {"Ann": "lapsed", "Ben": "offered"}


def test_cancelling_tells_everybody_once_and_ends_everything(app: Flask, post: Post) -> None:
    event = a_round_table()
    before = len(post())
    assert [e.names for e in facts.preview(events.cancelling(event))] == [("Ann", "Ben", "Cy")]
    with saving():
        events.cancel(event, reason="No quorum", by=SYSTEM)
    assert answers(event) == {"Ann": "accepted", "Ben": "declined", "Cy": "expired", "Di": "withdrawn"}
    assert states(event) == {"Ann": "cancelled"}
    mails = post()[before:]
    assert sorted(m["To"].addresses[0].addr_spec for m in mails) == [
        "ann@example.org",
        "ben@example.org",
        "cy@example.org",
    ]
    assert {m["Subject"] for m in mails} == {f"Cancelled: {event.title}"}
    assert {method for method, *_ in entries(mails)} == {"CANCEL"}


def test_whoever_is_invited_and_registered_hears_of_it_once(app: Flask, post: Post) -> None:
    event = an_open_event()
    an_invitation(event, name="Ann", email="ann@example.org")
    a_registration(event, name="Ann", email="ann@example.org")
    before = len(post())
    with saving():
        events.cancel(event, reason="No quorum", by=SYSTEM)
    assert [m["Subject"] for m in post()[before:]] == [f"Cancelled: {event.title}"]


def test_another_room_goes_to_everybody_a_typo_to_nobody(app: Flask, post: Post) -> None:
    event = a_round_table()
    before = len(post())
    with saving():
        events.edit(event, version=event.version, summary="Better words", by=SYSTEM)
    assert post()[before:] == []
    with saving():
        events.edit(event, version=again(event).version, place="2 Marsham Street", by=SYSTEM)
    assert [m["Subject"] for m in post()[before:]] == [f"Changed: {event.title}"] * 3


def test_silence_expires_when_it_begins(app: Flask, at: At) -> None:
    event = a_round_table()
    at(datetime(2027, 5, 12, 9, tzinfo=UTC))
    with saving():
        events.apply_due(event)
    assert answers(event) == {"Ann": "accepted", "Ben": "declined", "Cy": "expired", "Di": "withdrawn"}


def test_after_it_was_held_those_who_did_not_come_are_no_shows_if_a_list_was_kept(app: Flask, at: At) -> None:
    event = an_event()
    ann, _ben = accepted(event, name="Ann"), accepted(event, name="Ben")
    at(datetime(2027, 5, 12, 9, 5, tzinfo=UTC))
    booking = queries.of_invitation(ann.id)
    assert booking is not None
    with saving():
        service.check_in(booking, by=SYSTEM)
    at(datetime(2027, 5, 13, 9, tzinfo=UTC))
    with saving():
        events.apply_due(event)
    assert states(event) == {"Ann": "attended", "Ben": "no_show"}
    assert [r.name for r in queries.attended(again(event))] == ["Ann"]


def test_where_no_list_was_kept_those_who_said_yes_count_as_having_come(app: Flask, at: At) -> None:
    event = an_event()
    accepted(event, name="Ann")
    at(datetime(2027, 5, 13, 9, tzinfo=UTC))
    with saving():
        events.apply_due(event)
    db.session.rollback()
    assert [r.name for r in queries.attended(again(event))] == ["Ann"]
