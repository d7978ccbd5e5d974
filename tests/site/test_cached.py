"""Public pages: the same for all, cacheable, without a cookie, made anew when anything is written; few queries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engage.core.access import SYSTEM
from engage.core.db import saving
from engage.themes import service as themes
from tests.factories.accounts import a_user
from tests.factories.events import a_programme, a_theme, an_agenda_item, an_event, an_open_event
from tests.factories.site import a_published_meeting, promises_of

NOW = datetime(2027, 5, 12, 8, 30, tzinfo=UTC)
LISTS = ("/", "/programmes", "/events", "/themes", "/actions")
STILL = (*LISTS, "/accessibility", "/privacy", "/sitemap.xml", "/robots.txt")


@pytest.fixture(autouse=True)
def _the_morning(at):
    at(NOW)


def pages_of(event) -> list[str]:
    return [
        *STILL,
        "/.well-known/security.txt",
        f"/programmes/{event.programme.slug}",
        f"/events/{event.slug}",
        f"/themes/{event.owning_theme.slug}",
        f"/actions/{promises_of(event)[0].reference}",
    ]


def test_every_page_answers_304_to_who_has_it_and_sets_no_cookie(app, client, sign_in):
    event = a_published_meeting()
    a_user("con@engage.example")
    signed_in = sign_in(app.test_client(), "con@engage.example")
    for path in pages_of(event):
        first = client.get(path)
        assert first.status_code == 200, path
        assert "Set-Cookie" not in first.headers, path
        assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path
        assert signed_in.get(path).data == first.data, path


def test_an_unchanged_page_asks_the_store_for_next_to_nothing(app, client, query_log):
    event = a_published_meeting()
    for path in pages_of(event):
        assert any(asks_little(client, path, query_log) for _ in range(40)), (path, list(query_log))


def asks_little(client, path: str, query_log) -> bool:
    """Whether a second reading asked for no more than the guard. PostgreSQL's guard moves with every write to the
    server, those of other test workers included: hence the tries."""
    client.get(path)
    query_log.clear()
    client.get(path)
    return len(query_log) <= 1


def test_a_write_makes_the_page_anew(app, client):
    theme = a_theme(a_programme(), title="Cancer", slug="cancer")
    before = client.get("/themes/cancer")
    with saving():
        themes.edit(theme, version=theme.version, title="Cancer care", scope=theme.scope, by=SYSTEM)
    after = client.get("/themes/cancer", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "Cancer care" in after.text


def test_overdue_begins_by_itself_at_midnight_where_the_programme_lives(app, client, at):
    event = a_published_meeting()
    reference = promises_of(event)[0].reference
    due = datetime(2027, 6, 30, 22, 50, tzinfo=UTC)  # ten to midnight in London
    at(due)
    assert "Overdue" not in client.get(f"/actions/{reference}").text
    at(due + timedelta(minutes=10))
    assert "Overdue" in client.get(f"/actions/{reference}").text


@pytest.mark.parametrize("n", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_rows(app, client, query_log, n):
    programme = a_programme(slug="health")
    theme = a_theme(programme, slug="cancer")
    for k in range(n):
        a_theme(programme)
        coming = an_open_event(programme, theme=theme, slug=f"coming-{k}")
        an_agenda_item(coming)
        a_published_meeting(programme, theme=theme, slug=f"meeting-{k}", promises=n)
    an_event(a_programme(zone="Pacific/Auckland"))
    reference = promises_of_slug("meeting-0")
    app.extensions["engage_pages"].clear()
    asked = {}
    for path in (
        "/",
        "/programmes",
        "/events",
        "/themes",
        "/actions?overdue=yes&words=calendar&theme=cancer",
        "/sitemap.xml",
        "/programmes/health",
        "/events/coming-0",
        "/events/meeting-0",
        "/themes/cancer",
        f"/actions/{reference}",
    ):
        query_log.clear()
        assert client.get(path).status_code == 200, path
        asked[path.split("?")[0]] = len(query_log)
    assert asked == {
        "/": 2,
        "/programmes": 1,
        "/events": 1,
        "/themes": 2,
        "/actions": 2,
        "/sitemap.xml": 1,
        "/programmes/health": 2,
        "/events/coming-0": 2,
        "/events/meeting-0": 2,
        "/themes/cancer": 2,
        f"/actions/{reference}": 3,
    }


def promises_of_slug(slug: str) -> str:
    from engage.events import queries

    event = queries.by_slug(slug)
    assert event is not None
    return promises_of(event)[0].reference
