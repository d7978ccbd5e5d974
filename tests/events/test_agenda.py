"""The agenda page: plain forms, by keyboard."""

from __future__ import annotations

from engage.events import queries
from engage.events.models import AgendaKind, EventState
from tests.events.conftest import NOW
from tests.events.filling import send, titles, token
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
    assert queries.item_by_key(plan.key).removed_at == NOW
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
