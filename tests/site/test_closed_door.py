"""Golden case 1: what is private is 404 everywhere, exactly as what doesn't exist; what is hidden is truly absent."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engage.core.access import SYSTEM
from engage.core.db import saving
from engage.outcomes import queries, service
from engage.programmes import service as programmes
from tests.factories.events import a_programme, a_theme, an_agenda_item, an_event
from tests.factories.outcomes import an_action, chair_of
from tests.factories.site import a_published_meeting, a_recorded_meeting, promises_of, published
from tests.reader import words

NOW = datetime(2027, 5, 12, 8, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _the_morning(at):
    at(NOW)


def same_as_nothing(client, path: str, nothing: str) -> None:
    answer, other = client.get(path), client.get(nothing)
    assert (answer.status_code, answer.data) == (404, other.data), path
    assert "Set-Cookie" not in answer.headers


def test_an_unpublished_round_table_is_not_there(app, client):
    event = an_event(published=False, title="Round Table 1", slug="round-table-1")
    for tail in ("", ".ics", "/register", "/record", "/schedule.json"):
        same_as_nothing(client, f"/events/round-table-1{tail}", f"/events/round-table-9{tail}")
    theme = event.owning_theme
    programme = event.programme.slug
    for path in (
        "/",
        "/events",
        "/actions",
        "/sitemap.xml",
        f"/programmes/{programme}",
        f"/themes/{theme.slug}",
    ):
        page = client.get(path)
        assert page.status_code == 200
        assert "round-table-1" not in page.text.lower(), path
        assert "Round Table 1" not in page.text, path


def test_nothing_of_a_private_programme_is_there(app, client):
    event = a_published_meeting(a_programme(slug="open", published=True), slug="shown")
    hidden = a_recorded_meeting(a_programme(slug="shut", published=False), slug="hidden", published=False)
    reference = promises_of(event)[0].reference
    assert client.get(f"/actions/{reference}").status_code == 200
    same_as_nothing(client, "/programmes/shut", "/programmes/nothing")
    same_as_nothing(client, f"/themes/{hidden.owning_theme.slug}", "/themes/nothing")
    same_as_nothing(client, "/events/hidden", "/events/nothing")
    assert "hidden" not in client.get("/sitemap.xml").text
    assert words(client.get("/programmes")).count("Health Statistics") == 1


def test_a_thing_published_for_later_is_not_there_until_then(app, client, at):
    event = a_published_meeting(slug="later")
    with saving():
        event.programme.published_at = datetime(2027, 7, 1, 9, tzinfo=UTC)
    same_as_nothing(client, "/events/later", "/events/nothing")
    at(datetime(2027, 7, 1, 9, tzinfo=UTC))
    assert client.get("/events/later").status_code == 200


def test_a_guessed_action_is_not_there(app, client):
    event = a_published_meeting()
    proposed = an_action(event, text="Not agreed")
    prefix = event.programme.prefix
    for reference in (proposed.reference, f"{prefix}-A2", f"{prefix}-O1"):
        same_as_nothing(client, f"/actions/{reference}", f"/actions/{prefix}-A999")


def test_an_event_says_no_word_of_a_record_that_is_not_public(app, client):
    event = a_recorded_meeting(slug="rt")
    an_agenda_item(event, title="Another open item")
    before = client.get("/events/rt").text
    for word in ("ecord", "SECRET", "One calendar for all", "Publish calendar", "The dates were read out", "Apolog"):
        assert word not in before, word
    assert "Release dates" in before
    published(event)
    shown = client.get("/events/rt").text
    for word in ("One calendar for all", "Publish calendar 1", "The dates were read out", "Carol Chair"):
        assert word in shown, word


def test_an_agreed_record_is_not_told_before_it_is_published(app, client):
    event = a_recorded_meeting(slug="rt")
    record = queries.by_event(event.id)
    with saving():
        service.circulate(record, by=SYSTEM)
    with saving():
        service.agree_record(record, by=chair_of(record))
    page = client.get("/events/rt")
    assert "ecord" not in page.text
    assert "Held" in words(page)


def test_what_is_marked_private_is_on_no_page(app, client):
    event = a_published_meeting(slug="rt")
    reference = promises_of(event)[0].reference
    for path in (
        "/",
        "/events",
        "/events/rt",
        "/actions",
        f"/actions/{reference}",
        f"/themes/{event.owning_theme.slug}",
        f"/programmes/{event.programme.slug}",
        "/sitemap.xml",
    ):
        page = client.get(path)
        assert page.status_code == 200, path
        assert "SECRET" not in page.text, path


def test_a_private_theme_group_is_named_nowhere(app, client):
    programme = a_programme()
    quiet = a_theme(programme, title="Quiet group", slug="quiet", published=False)
    event = a_published_meeting(programme, theme=quiet, slug="rt")
    reference = promises_of(event)[0].reference
    for path in ("/", "/themes", "/events", "/events/rt", "/actions", f"/actions/{reference}", "/actions?theme=quiet"):
        assert "Quiet group" not in client.get(path).text, path
    asked, nothing = client.get("/actions?theme=quiet"), client.get("/actions?theme=nothing")
    assert asked.text.replace("quiet", "nothing") == nothing.text


def test_place_and_link_of_an_event_stay_with_the_confirmed(app, client):
    an_event(slug="rt", place="Room 101, Drummond Gate", town="London", online_link="https://meet.example.org/x")
    page = client.get("/events/rt").text
    assert "London" in page
    assert "Room 101" not in page
    assert "meet.example.org" not in page


def test_a_closed_programme_stays_public(app, client):
    event = a_published_meeting(slug="rt")
    with saving():
        programmes.close(event.programme, reason="Done", by=SYSTEM)
    assert client.get("/events/rt").status_code == 200
    assert "The programme is closed" in words(client.get(f"/programmes/{event.programme.slug}"))
