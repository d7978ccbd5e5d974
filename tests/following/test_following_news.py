"""What followers are told at once (docs/domain.md#interest), through the domains' own verbs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engage.core.access import SYSTEM, act_as_link
from engage.core.db import db, saving
from engage.core.facts import preview
from engage.events import service as events
from engage.events.facts import EventCancelled, EventPublished
from engage.events.models import Precision
from engage.following import parts, service
from engage.outcomes import service as outcomes
from engage.themes import service as themes
from tests.factories.events import a_draft, a_programme, a_theme, an_event
from tests.factories.following import a_follower
from tests.factories.outcomes import a_meeting, a_person, an_action
from tests.factories.principals import acting

NOW = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def cancer(app, at):
    at(NOW)
    return a_theme(a_programme(), title="Cancer")


def announced(theme):
    """A draft of the theme group, scheduled but not yet public."""
    event = a_draft(theme.programme, theme=theme, title="Round Table 3")
    with saving():
        events.schedule(event, by=SYSTEM)
    return event


def news(post, seen=0):
    """(to, subject) of what was delivered after the first `seen` mails."""
    return sorted((str(m["To"]), str(m["Subject"])) for m in post()[seen:])


def plain(mail):
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def test_a_published_event_is_told_to_each_follower_once(cancer, post):
    other = a_theme(cancer.programme, title="Workforce")
    a_follower(cancer, "fern@example.org")
    a_follower(other, "fern@example.org")
    a_follower(other, "oak@example.org")
    a_follower(a_theme(cancer.programme), "elm@example.org")
    event = announced(cancer)
    with saving():
        events.set_themes(event, cancer, [other], by=SYSTEM)
    fact = EventPublished(subject_id=event.id, programme_id=event.programme_id)
    assert [effect.count for effect in parts.event_told(fact)] == [2]
    seen = len(post())
    with saving():
        events.publish(event, by=SYSTEM)
    assert news(post, seen) == [
        ("fern@example.org", "New event: Round Table 3"),
        ("oak@example.org", "New event: Round Table 3"),
    ]


def test_news_says_why_and_can_be_left_in_one_click(cancer, post, client):
    interest = a_follower(cancer)
    event = announced(cancer)
    seen = len(post())
    with saving():
        events.publish(event, by=SYSTEM)
    (mail,) = post()[seen:]
    leave = str(mail["List-Unsubscribe"]).strip("<> ")
    assert leave.startswith("http://localhost/n/")
    assert leave.endswith(f"/leave/{interest.key}")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert plain(mail) == (
        "There is a new event in **Cancer**, which you follow.\n"
        "\n"
        "**Round Table 3**\n"
        "\n"
        "Wednesday 12 May 2027, 10am to 4pm (UK time), London\n"
        "\n"
        f"[Read about the event](http://localhost/events/{event.slug})\n"
        "\n"
        f"http://localhost/events/{event.slug}\n"
        "\n"
        "-- \n"
        "You asked to be told when there is news of a theme group, and confirmed it.\n"
        f"Stop these messages: {leave}\n"
        "http://localhost\n"
    )
    answer = client.post(
        leave.removeprefix("http://localhost"),
        data={"List-Unsubscribe": "One-Click"},
        headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example"},
    )
    assert answer.status_code == 200
    db.session.refresh(interest)
    assert interest.state == "ended"


def test_a_private_event_is_never_told_of(cancer, post):
    a_follower(cancer)
    event = announced(cancer)
    seen = len(post())
    with saving():
        events.cancel(event, reason="Flood", by=SYSTEM)
    assert news(post, seen) == []
    assert list(parts.public_event_told(EventCancelled(subject_id=event.id))) == []


def test_a_moved_event_is_told_with_both_dates(cancer, post, at):
    a_follower(cancer)
    event = an_event(cancer.programme, theme=cancer, title="Round Table 3")
    post()
    at(NOW + timedelta(days=1))
    with saving():
        events.postpone(event, reason="The hall is flooded", precision=Precision.TO_BE_CONFIRMED, by=SYSTEM)
    seen = len(post()) - 1
    assert news(post, seen) == [("fern@example.org", "Postponed: Round Table 3")]
    text = plain(post()[seen])
    for said in (
        "New date: Date to be confirmed",
        "Before: Wednesday 12 May 2027, 10am to 4pm (UK time)",
        "Why: The hall is flooded",
    ):
        assert f"\n{said}\n" in text


def test_a_cancelled_event_is_told_with_its_reason(cancer, post):
    a_follower(cancer)
    event = an_event(cancer.programme, theme=cancer, title="Round Table 3")
    seen = len(post())
    with saving():
        assert [e.count for e in preview(EventCancelled(subject_id=event.id)) if "theme groups" in e.what] == [1]
        events.cancel(event, reason="Flood", by=SYSTEM)
    (mail,) = [m for m in post()[seen:] if m["Subject"] == "Cancelled: Round Table 3"]
    assert "Why: Flood" in plain(mail)


def test_news_overtaken_by_a_cancellation_is_not_sent(cancer, post):
    a_follower(cancer)
    event = announced(cancer)
    seen = len(post())
    with saving():
        events.publish(event, by=SYSTEM)
    with saving():
        events.cancel(event, reason="Flood", by=SYSTEM)
    assert news(post, seen) == [("fern@example.org", "Cancelled: Round Table 3")]


def test_promises_of_one_minute_are_told_in_one_mail(cancer, post, at):
    a_follower(cancer, "fern@example.org")
    other = a_theme(cancer.programme, title="Workforce")
    a_follower(other, "oak@example.org")
    event = a_meeting(programme=cancer.programme, theme=cancer)
    actions = [
        an_action(event, agreed=True, text="Publish the list"),
        an_action(event, agreed=True, text="Publish the map", other_themes=[other]),
    ]
    seen = len(post())
    for action in actions:
        with saving():
            outcomes.publish_action(action, by=SYSTEM)
    assert news(post, seen) == []
    at(NOW + timedelta(minutes=1))
    assert news(post, seen) == [
        ("fern@example.org", "2 new promises in Cancer"),
        ("oak@example.org", "A new promise in Workforce"),
    ]
    first = actions[0].reference
    text = next(plain(m) for m in post()[seen:] if m["To"] == "fern@example.org")
    assert f"- **{first}** Office for National Statistics: Publish the list (by 30 June 2027)\n" in text
    assert f"http://localhost/actions/{first}" in text


def test_a_kept_promise_is_told_when_it_is_public(cancer, post, at):
    a_follower(cancer)
    event = a_meeting(programme=cancer.programme, theme=cancer)
    public, private = an_action(event, agreed=True), an_action(event, agreed=True)
    with saving():
        outcomes.publish_action(public, by=SYSTEM)
    at(NOW + timedelta(hours=1))
    seen = len(post())
    owner = a_person()
    for action in (public, private):
        with saving():
            outcomes.report_complete(action, words="Done", by=act_as_link(owner.id))
        with saving():
            outcomes.verify(action, by=acting(event.programme_id, user_id=7))
    assert [n for n in news(post, seen) if "fern" in n[0]] == [
        ("fern@example.org", f"A promise was kept: {public.reference}")
    ]


def test_who_left_meanwhile_gets_nothing(cancer, post):
    interest = a_follower(cancer)
    event = announced(cancer)
    seen = len(post())
    with saving():
        events.publish(event, by=SYSTEM)
        service.leave(interest, by=act_as_link(None))
    assert news(post, seen) == []


def test_closing_says_beforehand_who_is_told(cancer):
    successor = a_theme(cancer.programme, title="New")
    a_follower(cancer, "fern@example.org")
    a_follower(cancer, "oak@example.org")
    said = [
        [(e.count, e.what) for e in parts.theme_closed_told(themes.closing(cancer, successor=other, reason="Done"))]
        for other in (successor, None)
    ]
    assert said == [
        [(2, "followers move to New and are told")],
        [(2, "followers are told that it closes, and hear no more")],
    ]
