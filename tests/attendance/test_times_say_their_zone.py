"""Every page of an event, and every letter, that says a time says in which zone it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engage.attendance import queries, service
from engage.core import outbox
from engage.core.access import SYSTEM
from engage.core.db import db, new_key, saving
from engage.core.text import zone_words
from engage.events import service as events
from tests.factories.attendance import a_registration, a_substitute, accepted, again, an_invitation
from tests.factories.events import an_open_event
from tests.factories.pages import every_page
from tests.reader import parsed

THERE = "Asia/Kathmandu"
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
TIME = re.compile(r"\b\d{1,2}(?::\d\d)?(?:am|pm)\b")
ZONE = re.compile("|".join([zone_words("Europe/London"), zone_words(THERE), r"\bUTC\b"]))
NOT_TIMES = ("A time like 10am or 14:30",)
Post = Callable[[], list[EmailMessage]]
SignIn = Callable[[FlaskClient, str], FlaskClient]


def zoneless(text: str) -> list[str]:
    """The times that a page or letter says, where it names no zone at all."""
    for hint in NOT_TIMES:
        text = text.replace(hint, "")
    return [] if ZONE.search(text) else TIME.findall(text)


def test_what_the_test_would_find() -> None:
    assert zoneless("Wednesday 12 May 2027, 10am") == ["10am"]
    assert zoneless("Wednesday 12 May 2027, 10am (UK time)") == []
    assert zoneless("at 2:30pm") == ["2:30pm"]


@pytest.mark.one_store
@pytest.mark.parametrize("of", ["attendance", "events"])
def test_every_page_of_an_event_says_the_zone_of_its_times(app: Flask, sign_in: SignIn, post: Post, of: str) -> None:
    """pretalx #924: times were shown without a zone, and people came at the wrong hour."""
    found = {}
    for page in every_page(app, sign_in, post, of=[of]):
        tree, _wrong = parsed(page.html)
        text = re.sub(r"\s+", " ", " ".join(tree.find("body").itertext()))
        if times := zoneless(text):
            found[page.url] = times
    assert found == {}


def test_every_letter_says_the_zone_of_its_times(app: Flask, at: Callable[[datetime], None], post: Post) -> None:
    """pretalx #924, in letters, of an event in another zone than ours."""
    at(NOW)
    write_many_kinds(at, post)
    letters = post()
    found = {}
    for letter in letters:
        body = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        if times := zoneless(body):
            found[str(letter["Subject"])] = times
    assert (found, len({str(letter["Subject"]).partition(":")[0] for letter in letters}) > 10) == ({}, True)


def write_many_kinds(at: Callable[[datetime], None], post: Post) -> None:
    event = an_open_event(capacity=2, zone=THERE)
    ann = a_registration(event, email="ann@example.org")
    post()
    a_registration(event, email="ben@example.org")
    post()
    a_registration(event, email="wim@example.org")
    post()
    a_registration(event, email="wim@example.org")
    post()
    with saving():
        service.cancel_registration(ann, by=SYSTEM)
    post()
    silent = an_invitation(event)
    post()
    with saving():
        service.remind(event, invitations=[silent], by=SYSTEM)
    post()
    with saving():
        service.write(event, subject="Parking", body="Behind.", groups=["confirmed"], once=new_key(), by=SYSTEM)
        service.write_test(event, subject="Parking", body="Behind.", to="sam@example.org", name="Sam")
        service.my_bookings(queries.in_states(event.id, *queries.BOOKED.values())[0])
    post()
    with saving():
        events.edit(event, version=again(event).version, place="2 Marsham Street", by=SYSTEM)
    post()
    ben = accepted(event)
    post()
    proposed = a_substitute(ben)
    with saving():
        service.refuse_substitute(proposed, reason="Nobody can come instead.", by=SYSTEM)
    post()
    with saving():
        service.withdraw(again(silent), by=SYSTEM)
    post()
    later = datetime(2027, 7, 7, 10)  # noqa: DTZ001 -- a wall time
    with saving():
        events.postpone(event, reason="Flood", starts=later, ends=later + timedelta(hours=2), by=SYSTEM)
    post()
    db.session.rollback()
    at(service.last_call_at(again(event)) or NOW)
    with saving():
        events.reschedule(event, by=SYSTEM)
    post()
    with saving():
        events.cancel(event, reason="No quorum", by=SYSTEM)


def test_no_letter_says_a_time_of_day_by_itself(app: Flask) -> None:
    """Of every notice: the filters that say a moment say its zone; the one that does not stands beside the zone."""
    folder = Path(app.jinja_loader.loaders[0].searchpath[0]) / "emails"  # type: ignore[union-attr]
    for name in outbox.NOTICES:
        template = (folder / f"{name}.md").read_text(encoding="utf-8") if "/" in name else ""
        assert "time_of_day" not in template or "zone_words" in template, name
