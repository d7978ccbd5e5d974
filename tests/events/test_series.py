"""A series counts its events: every number once (docs/domain.md#series)."""

from __future__ import annotations

import pytest

from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.core.errors import RuleBroken, StaleVersion
from engage.events import queries, service
from tests.events.filling import fields, send
from tests.factories.events import a_draft, a_programme, again, an_event
from tests.reader import words


def a_series(programme, **given):
    with saving():
        return service.make_series(programme, **{"name": "Round Table", **given}, by=SYSTEM)


def counted(event, series):
    with saving():
        return service.put_in_series(event, series, by=SYSTEM)


def test_each_event_takes_the_next_number_and_keeps_it(programme):
    series = a_series(programme)
    events = [counted(a_draft(programme), series) for _ in range(3)]
    assert [service.called(event) for event in events] == ["Round Table 1", "Round Table 2", "Round Table 3"]
    counted(events[0], series)
    assert again(events[0]).number == 1
    assert [e.title for e in queries.events_in([series.id])[series.id]] == [e.title for e in events]


def test_no_number_comes_twice(programme):
    series = a_series(programme, next_number=7)
    first = counted(a_draft(programme), series)
    counted(first, None)
    second = counted(a_draft(programme), series)
    with saving():
        service.cancel(second, reason="Nobody", by=SYSTEM)
    assert (again(first).number, counted(again(first), series).number, series.next_number) == (None, 9, 10)
    with saving(), pytest.raises(RuleBroken, match="never given twice") as no:
        service.edit_series(series, name="Round Table", next_number=9, version=series.version, by=SYSTEM)
    assert no.value.field == "next_number"
    with saving():
        service.edit_series(series, name="Table", next_number=20, version=series.version, by=SYSTEM)
    with saving(), pytest.raises(StaleVersion):
        service.edit_series(series, name="Other", next_number=20, version=1, by=SYSTEM)


def test_a_series_is_of_one_programme_and_called_by_one_name(programme):
    series, elsewhere = a_series(programme), a_draft()
    with saving(), pytest.raises(RuleBroken, match="own programme"):
        service.put_in_series(elsewhere, series, by=SYSTEM)
    with saving(), pytest.raises(RuleBroken, match="has this name") as no:
        service.make_series(programme, name="Round Table", by=SYSTEM)
    assert no.value.field == "name"
    assert a_series(a_programme()).slug == "round-table-2"


def test_a_copy_within_a_series_takes_the_next_number(programme):
    series = a_series(programme)
    event = counted(a_draft(programme, title="Round Table 1: leadership"), series)
    assert service.next_title(event) == "Round Table 2"
    with saving():
        made = service.copy(event, title="Round Table 2", by=SYSTEM)
    assert service.called(made) == "Round Table 2"


def test_the_public_page_leads_to_the_one_before_and_after_public_ones_only(client, programme):
    series = a_series(programme)
    for n in range(1, 6):
        counted(an_event(programme, title=f"Table {n}", slug=f"table-{n}", published=n not in (2, 5)), series)
    page = client.get("/events/table-3").text
    assert "Round Table 3" in page
    assert 'href="/events/table-1"' in page and 'href="/events/table-4"' in page
    assert "table-2" not in page
    last = client.get("/events/table-4").text
    assert 'href="/events/table-3"' in last and "table-5" not in last
    assert "3 events" in words(client.get(f"/programmes/{programme.slug}"))
    listed = client.get(f"/events?series={series.slug}").text
    assert [n for n in range(1, 6) if f'href="/events/table-{n}"' in listed] == [1, 3, 4]
    assert "Events of Round Table" in listed


def test_a_series_without_a_public_event_does_not_exist(client, programme):
    series = a_series(programme, name="Quiet table")
    counted(an_event(programme, published=False), series)
    answer, nothing = client.get(f"/events?series={series.slug}"), client.get("/events?series=nothing")
    assert (answer.status_code, nothing.status_code) == (404, 404)
    assert "Quiet table" not in client.get(f"/programmes/{programme.slug}").text


def test_staff_begin_a_series_and_choose_it(convenor, programme):
    page = f"/manage/programmes/{programme.slug}/series"
    assert "No series yet" in words(convenor.get(page))
    assert send(convenor, page, name="", next_number="0").status_code == 422
    assert send(convenor, page, name="Round Table", next_number="²").status_code == 422
    assert send(convenor, page, name="Round Table", next_number="3").status_code == 302
    assert send(convenor, page, name="Round Table").status_code == 422
    event = a_draft(programme)
    edit = f"/manage/events/{event.slug}/edit"
    assert send(convenor, edit, series="nothing").status_code == 422
    assert send(convenor, edit, series="round-table").status_code == 302
    assert service.called(again(event)) == "Round Table 3"
    assert fields(convenor.get(edit))["series"] == ["round-table"]
    assert "Round Table 3" in words(convenor.get(f"/manage/events/{event.slug}"))
    made = send(
        convenor,
        f"/manage/programmes/{programme.slug}/events/new",
        title="Next",
        kind="meeting",
        precision="to_be_confirmed",
        series="round-table",
    )
    assert made.status_code == 302
    assert "Before it" in words(convenor.get(made.location))
    change = "/manage/series/round-table"
    assert send(convenor, change, name="Table", next_number="4").status_code == 422
    assert send(convenor, change, name="Table", next_number="8").status_code == 302
    assert send(convenor, change, name="Table", version="1").status_code == 409


@pytest.mark.parametrize("n", [1, 3])
def test_the_number_of_statements_does_not_grow(convenor, programme, query_log, n):
    for k in range(n):
        series = a_series(programme, name=f"Series {k}")
        for _ in range(n):
            counted(a_draft(programme), series)
    db.session.rollback()
    query_log.clear()
    convenor.get(f"/manage/programmes/{programme.slug}/series")
    assert len(query_log) == 6, list(query_log)
