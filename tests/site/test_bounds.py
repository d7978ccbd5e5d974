"""No public list grows without end: the rest is a page further, or in the full list that it links to."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from engage.core.access import SYSTEM
from engage.core.db import saving
from engage.events import service as events
from engage.site.queries import themes
from engage.site.views import about, front
from tests.factories.events import a_programme, a_theme, an_event
from tests.factories.site import a_published_meeting
from tests.reader import words

TITLE = re.compile(r"(?:Coming|Past) \d+")


NOW = datetime(2027, 5, 12, 8, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _the_morning(at):
    at(NOW)


@pytest.fixture
def cancer(app, at):
    """A theme group with four events to come and three that were."""
    at(datetime(2027, 1, 4, 9, tzinfo=UTC))
    programme = a_programme(slug="health", name="Health")
    theme = a_theme(programme, slug="cancer", title="Cancer")
    for month, name in ((9, "Coming 3"), (7, "Coming 1"), (8, "Coming 2"), (10, "Coming 4")):
        an_event(programme, theme=theme, title=name, **on(month))
    for month in (2, 3, 1):
        at(datetime(2027, month, 20, 10, 30, tzinfo=UTC))
        a_published_meeting(programme, theme=theme, title=f"Past {month}", promises=2, **on(month))
    at(NOW)
    return theme


def on(month):
    """Two hours on the twentieth, as wall times."""
    return {"starts": datetime(2027, month, 20, 10), "ends": datetime(2027, month, 20, 12)}  # noqa: DTZ001


def listed(client, address):
    return TITLE.findall(words(client.get(address)))


def test_events_are_turned_page_by_page_the_next_first_then_the_latest(client, cancer, monkeypatch):
    monkeypatch.setattr(front, "EVENTS_SIZE", 3)
    pages = [listed(client, f"/events?page={n}") for n in (1, 2, 3)]
    assert pages == [["Coming 1", "Coming 2", "Coming 3"], ["Coming 4", "Past 3", "Past 2"], ["Past 1"]]
    assert 'href="/events?page=3"' in client.get("/events?page=2").text
    assert client.get("/events?page=4").status_code == 404


@pytest.mark.parametrize("asked", ["programme=health", "theme=cancer"])
def test_the_list_of_one_programme_or_theme_group_holds_its_own_events(client, cancer, monkeypatch, asked):
    an_event(a_programme(), title="Coming 9")
    monkeypatch.setattr(front, "EVENTS_SIZE", 4)
    assert listed(client, f"/events?{asked}") == ["Coming 1", "Coming 2", "Coming 3", "Coming 4"]
    assert f'href="/events?{asked}&amp;page=2"' in client.get(f"/events?{asked}").text
    assert listed(client, f"/events?{asked}&page=2") == ["Past 3", "Past 2", "Past 1"]


def test_the_list_of_what_is_not_public_is_not_there(client, cancer):
    private = a_theme(cancer.programme, slug="secret", published=False)
    for asked in (f"theme={private.slug}", "theme=nothing", "programme=nothing"):
        assert client.get(f"/events?{asked}").status_code == 404


def test_a_cancelled_event_without_a_date_is_in_the_list(client):
    event = an_event(title="Past 1")
    with saving():
        events.cancel(event, reason="No money", by=SYSTEM)
        event.starts_at = None
    assert listed(client, "/events") == ["Past 1"]


def test_a_theme_page_shows_some_and_counts_and_links_all(client, cancer, monkeypatch):
    for name, most in (("MOST_ACTIONS", 4), ("MOST_EVENTS", 3)):
        monkeypatch.setattr(themes, name, most)
    page = themes.theme("cancer")
    assert page.tally == themes.Tally(promised=6, kept=0, overdue=page.tally.overdue, actions=6, events=7)
    assert (len(page.actions), [line.title for line in page.events]) == (4, ["Coming 4", "Coming 3", "Coming 2"])
    assert [line.title for line in page.next] == ["Coming 1"]
    shown = client.get("/themes/cancer").text
    assert 'href="/actions?theme=cancer"' in shown and 'href="/events?theme=cancer"' in shown


def test_a_theme_page_that_shows_all_links_no_longer_list(client, cancer):
    shown = client.get("/themes/cancer").text
    assert 'href="/actions?theme=cancer"' not in shown and 'href="/events?theme=cancer"' not in shown


def test_a_large_site_has_an_index_of_maps_that_hold_each_address_once(client, cancer, monkeypatch):
    whole = set(re.findall("<loc>(.*?)</loc>", client.get("/sitemap.xml").text))
    client.application.extensions["engage_pages"].clear()
    monkeypatch.setattr(about, "SITEMAP_SIZE", 5)
    index = client.get("/sitemap.xml").text
    assert "<sitemapindex" in index
    files = re.findall("<loc>http://localhost(.*?)</loc>", index)
    held = [one for file in files for one in re.findall("<loc>(.*?)</loc>", client.get(file).text)]
    assert len(files) == 3 and len(held) == len(set(held)) and set(held) == whole
    assert client.get("/sitemap.xml?page=4").status_code == 404
