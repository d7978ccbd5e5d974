"""The agenda page: plain forms, by keyboard."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.core.errors import StaleVersion
from engage.events import queries, service
from engage.events.models import AgendaItem, AgendaKind, EventState
from tests.events.conftest import NOW
from tests.events.filling import fields, send, titles, token
from tests.factories.events import (
    a_draft,
    again,
    an_agenda_item,
)
from tests.reader import words

S = EventState


def test_an_agenda_is_written_put_in_order_and_cut_by_plain_forms(convenor, programme):
    event = a_draft(programme)
    url = f"/manage/events/{event.slug}/agenda"
    theme = again(event).owning_theme
    for title in ("Welcome", "Plan", "Close"):
        answer = send(convenor, url, title=title, minutes="30", presenter="Ada", themes=str(theme.id))
        assert answer.status_code == 302
    plan = queries.agenda_of(event.id)[1]
    page = words(convenor.get(url))
    assert "10:30am" in page
    assert "90 minutes in all" in page
    moved = convenor.post(f"{url}/{plan.key}/move", data={**token(convenor, url), "way": "up"})
    assert moved.location.endswith(f"/agenda#item-{plan.key}")
    assert titles(event) == ["Plan", "Welcome", "Close"]
    for _twice in range(2):
        convenor.post(f"{url}/{plan.key}/move", data={**token(convenor, url), "way": "up"})
    assert titles(event) == ["Plan", "Welcome", "Close"]
    for way, order in (
        ("3", ["Welcome", "Close", "Plan"]),
        ("1", ["Plan", "Welcome", "Close"]),
        ("9999", ["Welcome", "Close", "Plan"]),
        ("0", ["Plan", "Welcome", "Close"]),
        ("99999", ["Welcome", "Plan", "Close"]),
        ("up", ["Plan", "Welcome", "Close"]),
    ):
        convenor.post(f"{url}/{plan.key}/move", data={**token(convenor, url), "way": way})
        assert titles(event) == order, way
    assert send(convenor, f"{url}/{plan.key}", title="The plan", kind="internal", minutes="").status_code == 302
    item = queries.agenda_of(event.id)[0]
    assert (item.title, item.kind, item.minutes, [link.theme_id for link in item.themes]) == (
        "The plan",
        AgendaKind.INTERNAL,
        None,
        [theme.id],
    )
    convenor.post(f"{url}/{plan.key}/remove", data=token(convenor, url))
    assert titles(event) == ["Welcome", "Close"]
    assert db.session.scalar(sa.select(AgendaItem.removed_at).where(AgendaItem.key == plan.key)) == NOW
    assert convenor.get(f"{url}/{plan.key}").status_code == 404


HOSTILE = [
    ("title", ""),
    ("title", "x" * 201),
    ("title", "nul\x00"),
    ("minutes", "0"),
    ("minutes", "1441"),
    ("minutes", "=1+1"),
    ("kind", "secret"),
    ("themes", "77777"),
]


def test_an_agenda_item_that_cannot_be_is_refused(convenor, programme):
    event = a_draft(programme)
    for name, value in HOSTILE:
        answer = send(convenor, f"/manage/events/{event.slug}/agenda", **{"title": "Plan", name: value})
        assert (name, value, answer.status_code) == (name, value, 422)
    assert titles(event) == []


def test_an_item_of_another_event_is_not_found_at_this_address(convenor, programme):
    mine, other = a_draft(programme), a_draft(programme)
    item = an_agenda_item(other)
    assert convenor.get(f"/manage/events/{mine.slug}/agenda/{item.key}").status_code == 404


def test_what_was_typed_about_an_item_that_is_gone_is_given_back(convenor, programme):
    event = a_draft(programme)
    item = an_agenda_item(event)
    url = f"/manage/events/{event.slug}/agenda/{item.key}"
    typed = {**token(convenor, url), "title": "The <b>plan</b>", "presenter": "Ada", "minutes": "30"}
    convenor.post(f"{url}/remove", data=token(convenor, url))
    answer = convenor.post(url, data=typed)
    assert answer.status_code == 404
    assert "What you typed It was not saved. Copy what you need before you leave this page. The <b>plan</b>" in words(
        answer
    )
    assert typed["csrf_token"] not in answer.text


def test_two_who_change_one_item_lose_no_words_the_second_sees_both_texts(convenor, programme):
    event = a_draft(programme)
    item = an_agenda_item(event, title="Plan", presenter="Ada")
    url = f"/manage/events/{event.slug}/agenda/{item.key}"
    mine = fields(convenor.get(url)) | {"title": ["My plan"], "presenter": ["Bo"]}
    assert send(convenor, url, title="Their plan", minutes="20").status_code == 302
    second = convenor.post(url, data=mine)
    assert second.status_code == 409
    beside = words(second).split("save again. ")[1]
    assert beside.startswith(
        "What it is about Saved now Their plan Yours My plan Minutes Saved now 20 Yours 30 "
        "Who presents Saved now Ada Yours Bo "
    )
    assert [(i.title, i.presenter, i.minutes) for i in queries.agenda_of(event.id)] == [("Their plan", "Ada", 20)]
    merged = fields(second)
    assert merged["title"] == ["My plan"]
    assert convenor.post(url, data=merged).status_code == 302
    assert [(i.title, i.presenter, i.minutes) for i in queries.agenda_of(event.id)] == [("My plan", "Bo", 30)]


def test_an_item_changed_from_an_old_reading_is_refused(programme):
    event = a_draft(programme)
    item = an_agenda_item(event, title="Plan")
    with saving():
        service.edit_agenda_item(item, version=1, title="The plan", by=SYSTEM)
    with pytest.raises(StaleVersion), saving():
        service.edit_agenda_item(item, version=1, title="Another plan", by=SYSTEM)
    assert [(i.title, i.version) for i in queries.agenda_of(event.id)] == [("The plan", 2)]
