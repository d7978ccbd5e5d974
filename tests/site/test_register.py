"""The public register of actions: filters that live in the address, paging, words without surprises."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from engage.core.access import SYSTEM, act_as_link
from engage.core.db import saving
from engage.outcomes import service
from engage.people import service as people
from tests.factories.events import a_programme, a_theme
from tests.factories.site import a_published_meeting, promises_of
from tests.reader import words

NOW = datetime(2027, 5, 12, 8, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _the_morning(at):
    at(NOW)


@pytest.fixture
def made(app, at):
    """Two programmes; four promises of ONS: kept, reported, agreed and due, and one of another group."""
    health = a_programme(name="Health", slug="health")
    cancer, care = a_theme(health, title="Cancer", slug="cancer"), a_theme(health, title="Care", slug="care")
    kept, reported, late = promises_of(a_published_meeting(health, theme=cancer, promises=3, slug="rt1"))
    (other,) = promises_of(a_published_meeting(health, theme=care, slug="rt2"))
    (away,) = promises_of(a_published_meeting(a_programme(name="Housing", slug="housing"), slug="rt3"))
    for action in (kept, reported):
        with saving():
            service.report_complete(action, words="Done.", by=act_as_link(action.owner_id))
    with saving():
        service.verify(kept, by=SYSTEM)
    with saving():
        service.redate(other, due=date(2028, 1, 31), reason="More time.", by=SYSTEM)
    at(datetime(2027, 7, 2, 9, tzinfo=UTC))
    return {
        "kept": kept.reference,
        "reported": reported.reference,
        "late": late.reference,
        "other": other.reference,
        "away": away.reference,
    }


def shown(client, query: str = "") -> list[str]:
    page = client.get(f"/actions{query}")
    assert page.status_code == 200
    return re.findall(r'engage-ref">([A-Z]+-A\d+)<', page.text)


def test_without_filters_open_ones_come_first_by_due_date(client, made):
    assert shown(client) == [made[name] for name in ("reported", "late", "away", "other", "kept")]


FILTERS = {
    "?programme=housing": ["away"],
    "?theme=cancer": ["reported", "late", "kept"],
    "?state=verified": ["kept"],
    "?state=verified&state=reported_complete": ["reported", "kept"],
    "?overdue=yes": ["late", "away"],
    "?overdue=yes&programme=health": ["late"],
    "?words=calendar+2": ["reported"],
    "?words=PUBLISH+calendar+3": ["late"],
    "?organisation=office-for-national-statistics&theme=care": ["other"],
    "?words=%25": [],
    "?words=_": [],
    "?words=nothing+says+this": [],
}
NONSENSE = ("?state=nonsense", "?programme=nowhere", "?theme=%00", "?organisation=<script>", "?words=" + "x" * 101)


def test_every_filter_narrows(client, made):
    found = {query: shown(client, query) for query in FILTERS}
    assert found == {query: [made[name] for name in names] for query, names in FILTERS.items()}


def test_a_reference_finds_its_action(client, made):
    assert shown(client, f"?words={made['late'].lower()}") == [made["late"]]


def test_nonsense_in_the_address_narrows_nothing_and_says_so(client, made):
    for query in NONSENSE:
        page = client.get(f"/actions{query}")
        assert len(shown(client, query)) == 5, query
        assert "There is a problem" in words(page), query
        assert "<script>" not in words(page)
    assert "There is a problem" not in words(client.get("/actions?state=&words="))


def test_a_page_that_is_not_there_is_404(client, made):
    for number in ("2", "99999999999999999999"):
        assert client.get(f"/actions?page={number}").status_code == 404


def test_a_long_register_is_turned_page_by_page_with_its_filters(app, client, at, monkeypatch):
    from engage.site.views import actions

    monkeypatch.setattr(actions, "REGISTER_SIZE", 2)
    a_published_meeting(a_programme(slug="health"), promises=5)
    page = client.get("/actions?programme=health&page=2")
    assert "3 to 4 of 5 actions" in words(page)
    assert 'href="/actions?programme=health&amp;page=3"' in page.text
    assert 'href="/actions?programme=health&amp;page=1"' in page.text


def test_an_action_shows_under_every_group_that_it_helps(app, client):
    health = a_programme(slug="health")
    cancer, care = a_theme(health, title="Cancer", slug="cancer"), a_theme(health, title="Care", slug="care")
    event = a_published_meeting(health, theme=cancer)
    with saving():
        action = service.add_action(
            event,
            text="Do both",
            theme=cancer,
            other_themes=[care],
            organisation=people.organisation_named("ONS", by=SYSTEM),
            by=SYSTEM,
        )
        service.agree_action(action, by=SYSTEM)
        service.publish_action(action, by=SYSTEM)
    assert action.reference in shown(client, "?theme=care")
    assert "Helped with, owned by another theme group" in words(client.get("/themes/care"))
    assert "Also for Care" in words(client.get(f"/actions/{action.reference}"))
