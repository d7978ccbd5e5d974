"""The programme of sessions on an event's public page: as last published, no draft, a cancellation at once."""

from __future__ import annotations

from datetime import UTC, datetime

import html5lib
import pytest

from engage.core.access import SYSTEM
from engage.core.db import saving
from engage.events import queries, service
from engage.events.models import EventKind
from tests.factories.events import a_programme, a_session, a_theme, again, an_agenda_item, an_event
from tests.reader import words

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


def on(hour: int, minute: int = 0, day: int = 12) -> datetime:
    return datetime(2027, 5, day, hour, minute)  # noqa: DTZ001 -- a wall time


@pytest.fixture
def programme(app, at):
    at(NOW)
    return a_programme()


@pytest.fixture
def event(programme):
    return an_event(programme, kind=EventKind.CONFERENCE)


def publish(event):
    with saving():
        service.publish_timetable(again(event), by=SYSTEM)


def page_of(client, event):
    return client.get(f"/events/{event.slug}")


def edit(session, **new):
    session = queries.session_by_key(session.event.slug, session.key)
    stored = {"title": session.title, "starts": session.starts, "ends": session.ends, "version": session.version}
    with saving():
        service.edit_session(session, **{**stored, **new}, by=SYSTEM)


def section(response):
    tree = html5lib.parse(response.get_data(as_text=True), namespaceHTMLElements=False)
    return next(s for s in tree.iter("section") if s.get("aria-labelledby") == "programme")


def test_the_grid_says_who_what_where_and_links_theme_groups_that_are_public(client, programme, event):
    cancer, hidden = a_theme(programme, title="Cancer"), a_theme(programme, title="SECRET group", published=False)
    ann = service.Speaker(name="Ann Lee", organisation="ONS")
    carol = service.Speaker(name="Carol Chair")
    a_session(event, title="Opening", starts=on(10), ends=on(10, 30), room="Great hall", description="Why we meet.")
    a_session(event, title="One", starts=on(11), ends=on(12), room="Library", track="Care", speakers=[ann], chair=carol)
    a_session(event, title="Two", starts=on(11), ends=on(12), room="Loft", themes=[cancer, hidden], capacity=20)
    a_session(event, title="Later", starts=None, ends=None)
    publish(event)
    page = page_of(client, event)
    rows = [
        [
            (cell.tag, cell.get("scope"), cell.get("colspan"), " ".join(" ".join(cell.itertext()).split()))
            for cell in row
        ]
        for row in section(page).iter("tr")
    ]
    assert rows == [
        [("th", "col", None, "Time"), ("th", "col", None, "Library"), ("th", "col", None, "Loft")],
        [("th", "row", None, "10am to 10:30am"), ("td", None, "2", "Opening Great hall Why we meet.")],
        [
            ("th", "row", None, "11am to midday"),
            ("td", None, None, "Library One Care Ann Lee , ONS Chair: Carol Chair"),
            ("td", None, None, "Loft Two Cancer 20 places"),
        ],
    ]
    assert [caption.text for caption in section(page).iter("caption")] == ["Wednesday 12 May 2027"]
    links = [a.get("href") for a in section(page).iter("a")]
    assert links == [f"/themes/{cancer.slug}"]
    assert "Time to be confirmed Later" in words(page)
    assert "Programme last changed on 1 March 2027." in words(page)
    assert "SECRET" not in page.get_data(as_text=True)


def test_what_is_not_published_is_in_no_public_page(client, event, at):
    one = a_session(event, title="One", speakers=[service.Speaker(name="Ann Lee")])
    assert 'id="programme"' not in page_of(client, event).get_data(as_text=True)
    publish(event)
    edit(one, title="SECRET title", room="SECRET room", speakers=[service.Speaker(name="SECRET speaker")])
    never = a_session(event, title="SECRET session", description="SECRET words")
    with saving():
        service.cancel_session(never, reason="SECRET reason", by=SYSTEM)
    page = page_of(client, event)
    assert "SECRET" not in page.get_data(as_text=True)
    assert "One Ann Lee" in words(page)
    at(datetime(2027, 3, 4, 9, tzinfo=UTC))
    publish(event)
    shown = words(page_of(client, event))
    assert "SECRET title SECRET room SECRET speaker" in shown
    assert "Ann Lee" not in shown
    assert "Programme last changed on 4 March 2027." in shown
    assert "SECRET reason" not in shown


def test_a_cancelled_session_is_struck_through_with_its_reason_at_once(client, event, at):
    one = a_session(event, title="One")
    publish(event)
    assert "Cancelled" not in words(page_of(client, event))
    at(datetime(2027, 3, 5, 9, tzinfo=UTC))
    with saving():
        service.cancel_session(one, reason="The speaker is ill.", by=SYSTEM)
    page = page_of(client, event)
    assert "<s>One</s>" in page.get_data(as_text=True)
    assert "Cancelled The speaker is ill." in words(page)
    assert "Programme last changed on 5 March 2027." in words(page)


def test_the_programme_moves_along_with_a_postponed_event(client, event):
    a_session(event, title="One", starts=on(10, 30), ends=on(11))
    publish(event)
    with saving():
        service.postpone(again(event), reason="Flood", by=SYSTEM)
    shown = words(page_of(client, event))
    assert "The times follow with the new date. One" in shown
    assert "10:30am" not in shown
    with saving():
        service.reschedule(again(event), starts=on(13, day=20), ends=on(19, day=20), by=SYSTEM)
    assert "Thursday 20 May 2027 Time Session 1:30pm to 2pm One" in words(page_of(client, event))


def test_an_agenda_beside_a_programme_counts_no_hours(client, event):
    an_agenda_item(event, title="Talks", minutes=30)
    assert "10am Talks" in words(page_of(client, event))
    a_session(event, title="One", starts=on(11), ends=on(12))
    publish(event)
    assert "1 Talks" in words(page_of(client, event))


def test_a_private_event_keeps_its_programme_private(client, programme):
    event = an_event(programme, published=False)
    a_session(event)
    publish(event)
    assert page_of(client, event).status_code == 404


def test_its_page_asks_no_more_than_three_statements_cold(app, client, programme, event, query_log):
    for n in range(3):
        speakers = [service.Speaker(name=f"Speaker {n}")]
        a_session(event, room=f"Room {n}", speakers=speakers, themes=[a_theme(programme)])
    publish(event)
    url = f"/events/{event.slug}"
    app.extensions["engage_pages"].clear()
    query_log.clear()
    assert client.get(url).status_code == 200
    assert len(query_log) <= 3, list(query_log)
