"""Reconfirming after a postponement: seats held until the deadline, one last call, then they lapse."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient

import engage.demo
from engage.attendance import queries, service
from engage.attendance.jobs import apply_due
from engage.core import links
from engage.core.access import SYSTEM, act_as_link
from engage.core.db import saving
from engage.events import service as events
from engage.events.models import Event
from tests.factories.attendance import a_registration, accepted, again, an_invitation, answers, states
from tests.factories.events import an_event, an_open_event
from tests.reader import words

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
NEW = {"starts": datetime(2027, 6, 2, 10), "ends": datetime(2027, 6, 2, 16)}  # noqa: DTZ001 -- wall times
STORY = Path(engage.demo.__file__).parent / "data" / "hcs" / "events" / "05-round-table-3.toml"
Post = Callable[[], list[EmailMessage]]
At = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def now(at: At) -> None:
    at(NOW)


def postpone(event: Event, **to: object) -> None:
    with saving():
        events.postpone(event, reason="The room is flooded", by=SYSTEM, **to)


def entry(mail: EmailMessage) -> tuple[str, int]:
    part = next(p for p in mail.walk() if p.get_content_type() == "text/calendar")
    found = icalendar.Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0]
    return str(found["UID"]), int(found["SEQUENCE"])


def to(mails: list[EmailMessage]) -> list[str]:
    return sorted(mail["To"].addresses[0].addr_spec for mail in mails)


def test_round_table_3_moves_from_march_to_may_2017(app: Flask, client: FlaskClient, post: Post, at: At) -> None:
    """Golden case 3: both dates shown, 12 acceptances to reconfirm, each invitee exactly one message with the same UID
    and a higher SEQUENCE."""
    told = tomllib.loads(STORY.read_text(encoding="utf-8"))
    moved = told["postponed"]["on"].replace(tzinfo=UTC)
    at(datetime(2017, 1, 17, 9, tzinfo=UTC))
    event = an_event(
        title=told["event"]["title"],
        capacity=told["event"]["capacity"],
        starts=datetime(2017, 3, 14, 10),  # noqa: DTZ001 -- a wall time
        ends=datetime(2017, 3, 14, 12, 30),  # noqa: DTZ001
    )
    invited = {}
    for guest in told["invited"]["guests"]:
        invited[guest["person"]] = an_invitation(event, name=guest["person"], email=f"{guest['person']}@example.org")
        if guest.get("answer") and guest["on"].replace(tzinfo=UTC) < moved:
            verb = service.accept if guest["answer"] == "accepted" else service.decline
            with saving():
                verb(invited[guest["person"]], by=act_as_link(invited[guest["person"]].person_id))
    asked = post()
    before = {mail["To"].addresses[0].addr_spec: entry(mail) for mail in asked}

    at(moved)
    new = {"starts": told["event"]["starts"], "ends": told["event"]["ends"]}
    deadline = told["postponed"]["reconfirm_by"]
    with saving():
        events.postpone(event, reason=told["postponed"]["reason"], **new, reconfirm_by=deadline, by=SYSTEM)
    assert Counter(answers(event).values()) == {"reconfirm": 12, "sent": 2, "declined": 1}
    assert queries.seats(again(event)).taken == 14, "seats are held until the deadline, and for the silent"

    messages = post()[len(asked) :]
    assert Counter(to(messages)) == Counter(f"{person}@example.org" for person in invited)
    for mail in messages:
        uid, sequence = before[mail["To"].addresses[0].addr_spec]
        assert (entry(mail)[0], entry(mail)[1] > sequence) == (uid, True)
    link = links.url("invitation", invited["larkspur"].id).removeprefix("http://localhost")
    for page in (words(client.get(f"/events/{event.slug}")), words(client.get(link))):
        assert "14 March 2017" in page
        assert "16 May 2017" in page
    assert "Your seat is held until Friday 21 April 2017" in words(client.get(link))


# --- the last call ----------------------------------------------------------------------------------------------


def test_whoever_has_not_reconfirmed_is_asked_once_more_on_the_day_before(app: Flask, at: At, post: Post) -> None:
    event = an_open_event(capacity=10)
    ann, ben = (accepted(event, name=n, email=f"{n.lower()}@example.org") for n in ("Ann", "Ben"))
    a_registration(event, name="Cat", email="cat@example.org")
    an_invitation(event, name="Dan", email="dan@example.org")
    postpone(event, **NEW, reconfirm_by=date(2027, 4, 21))
    with saving():
        service.accept(again(ben), by=act_as_link(ben.person_id))
    before = len(post())
    at(datetime(2027, 4, 20, 7, 59, tzinfo=UTC))
    assert to(post()[before:]) == []
    at(datetime(2027, 4, 20, 8, tzinfo=UTC))
    for _ in range(2):
        calls = post()[before:]
    assert to(calls) == ["ann@example.org", "cat@example.org"]
    assert {mail["Subject"] for mail in calls} == {f"Can you still come? {event.title}"}
    letter = calls[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Your seat is held until Wednesday 21 April 2027, 11:59pm (UK time)." in letter
    assert (again(ann).reminded_at, again(ben).reminded_at) == (datetime(2027, 4, 20, 8, tzinfo=UTC), None)


def test_a_deadline_that_was_moved_has_a_last_call_of_its_own(app: Flask, at: At, post: Post) -> None:
    event = an_event(capacity=10)
    accepted(event, name="Ann", email="ann@example.org")
    postpone(event, reconfirm_by=None)
    with saving():
        events.reschedule(event, **NEW, reconfirm_by=date(2027, 4, 10), by=SYSTEM)
    postpone(
        event,
        starts=datetime(2027, 7, 7, 10),  # noqa: DTZ001 -- a wall time
        ends=datetime(2027, 7, 7, 12),  # noqa: DTZ001
        reconfirm_by=date(2027, 5, 10),
    )
    before = len(post())
    at(datetime(2027, 4, 9, 12, tzinfo=UTC))
    assert to(post()[before:]) == []
    at(datetime(2027, 5, 9, 8, tzinfo=UTC))
    assert to(post()[before:]) == ["ann@example.org"]


def test_a_deadline_of_tomorrow_has_no_last_call(app: Flask, at: At, post: Post) -> None:
    event = an_event(capacity=10)
    accepted(event)
    postpone(event, **NEW, reconfirm_by=date(2027, 3, 2))
    before = len(post())
    at(datetime(2027, 3, 2, 12, tzinfo=UTC))
    assert post()[before:] == []


def test_a_cancelled_event_calls_nobody(app: Flask, at: At, post: Post) -> None:
    event = an_event(capacity=10)
    accepted(event)
    postpone(event, **NEW, reconfirm_by=date(2027, 4, 21))
    with saving():
        events.cancel(event, reason="No quorum", by=SYSTEM)
    before = len(post())
    at(datetime(2027, 4, 20, 9, tzinfo=UTC))
    assert post()[before:] == []


ZONES = [
    # zone, deadline, when the last call goes out, when what is not reconfirmed lapses; the clocks change between them
    ("Europe/London", date(2027, 3, 28), "2027-03-27T09:00:00Z", "2027-03-28T22:59:59Z"),
    ("Europe/London", date(2027, 10, 31), "2027-10-30T08:00:00Z", "2027-10-31T23:59:59Z"),
    ("America/New_York", date(2027, 3, 14), "2027-03-13T14:00:00Z", "2027-03-15T03:59:59Z"),
    ("Pacific/Auckland", date(2027, 4, 4), "2027-04-02T20:00:00Z", "2027-04-04T11:59:59Z"),
    ("Asia/Kathmandu", date(2027, 4, 4), "2027-04-03T03:15:00Z", "2027-04-04T18:14:59Z"),
    ("America/Havana", date(2027, 3, 14), "2027-03-13T14:00:00Z", "2027-03-15T03:59:59Z"),
]


@pytest.mark.parametrize(("zone", "deadline", "call", "lapse"), ZONES)
def test_the_deadline_and_its_last_call_are_local_whatever_the_clocks_do(
    app: Flask, at: At, post: Post, zone: str, deadline: date, call: str, lapse: str
) -> None:
    event = an_open_event(capacity=1, zone=zone)
    a_registration(event, name="Ann", email="ann@example.org")
    a_registration(event, name="Wim")
    when = datetime.combine(deadline + timedelta(days=30), datetime.min.time())
    postpone(event, starts=when.replace(hour=10), ends=when.replace(hour=12), reconfirm_by=deadline)
    called, lapses = datetime.fromisoformat(call), datetime.fromisoformat(lapse)
    moved = again(event)
    assert (service.last_call_at(moved), moved.reconfirm_by) == (called, lapses)
    before = len(post())
    at(called - timedelta(seconds=1))
    assert post()[before:] == []
    at(called)
    assert to(post()[before:]) == ["ann@example.org"]
    at(lapses - timedelta(seconds=1))
    apply_due()
    assert states(event) == {"Ann": "reconfirm", "Wim": "waitlisted"}
    at(lapses + timedelta(minutes=5))
    apply_due()
    assert states(event) == {"Ann": "lapsed", "Wim": "offered"}
    ann = next(row.registration for row in queries.registrations(event) if row.registration.name == "Ann")
    assert queries.moves_of(ann)[-1].effective_at == lapses, "taking effect at the due instant, however late it is done"


def test_only_those_who_have_not_reconfirmed_are_chased(app: Flask, post: Post) -> None:
    event = an_event(capacity=10)
    ann, ben = accepted(event, name="Ann", email="ann@example.org"), accepted(event, name="Ben")
    postpone(event, **NEW, reconfirm_by=date(2027, 4, 21))
    with saving():
        events.reschedule(event, by=SYSTEM)
    with saving():
        service.accept(again(ben), by=act_as_link(ben.person_id))
    assert [line.invitation.name for line in queries.board(event).lines if line.silent] == ["Ann"]
    before = len(post())
    with saving():
        done = service.remind(event, invitations=[ann, ben], by=SYSTEM)
        assert (len(done.reminded), done.answered) == (1, 1)
    assert to(post()[before:]) == ["ann@example.org"]
