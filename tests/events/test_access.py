"""Who may run an event, who may read, who finds nothing; lists, desk, constant statements."""

from __future__ import annotations

from datetime import datetime

import pytest

from engage.core.access import SYSTEM, Role
from engage.core.db import saving
from engage.core.facts import history_of
from engage.events import service
from engage.events.models import EventState
from tests.events.filling import titles
from tests.factories.accounts import a_user
from tests.factories.events import (
    a_draft,
    a_programme,
    a_theme,
    again,
    an_agenda_item,
    an_event,
    an_open_event,
)
from tests.reader import words

S = EventState


PAGES = (
    "",
    "/agenda",
    "/edit",
    "/schedule",
    "/publish",
    "/open",
    "/close",
    "/postpone",
    "/reschedule",
    "/cancel",
    "/live",
    "/hold",
    "/no-record",
    "/archive",
)
READS = frozenset({"", "/agenda"})


@pytest.mark.parametrize("role", [*Role, None])
def test_convenor_and_secretary_run_events_others_read_and_strangers_find_nothing(client, sign_in, programme, role):
    event = an_event(programme)
    home = programme if role else a_programme()
    a_user("who@engage.example", roles={home.id: role or Role.CONVENOR})
    sign_in(client, "who@engage.example")
    runs = role in (Role.CONVENOR, Role.SECRETARY)
    for page in PAGES:
        wanted = 404 if role is None else 200 if runs or page in READS else 403
        assert (page, client.get(f"/manage/events/{event.slug}{page}").status_code) == (page, wanted)
    new = client.get(f"/manage/programmes/{programme.slug}/events/new").status_code
    assert new == (404 if role is None else 200 if runs else 403)


def test_without_an_account_everything_leads_to_sign_in(client, programme):
    event = an_event(programme)
    for page in PAGES:
        answer = client.get(f"/manage/events/{event.slug}{page}")
        assert (page, answer.status_code) == (page, 302)
        assert answer.location.startswith("/sign-in")
    assert client.get("/manage/events/no-such-event").status_code == 302


def test_an_observer_sees_no_buttons(client, sign_in, programme):
    event = an_event(programme)
    an_agenda_item(event)
    a_user("who@engage.example", roles={programme.id: Role.OBSERVER})
    sign_in(client, "who@engage.example")
    for page in ("", "/agenda"):
        html = client.get(f"/manage/events/{event.slug}{page}").get_data(as_text=True)
        for verb in ("/cancel", "/postpone", "/edit", "/move", 'method="post"'):
            assert verb not in html, verb


def test_without_a_csrf_token_nothing_is_done(convenor, programme):
    event = an_event(programme)
    for verb, data in (("cancel", {"reason": "Flood"}), ("publish", {}), ("agenda", {"title": "X", "kind": "open"})):
        before = again(event).state, len(history_of("event", event.id))
        assert convenor.post(f"/manage/events/{event.slug}/{verb}", data=data).status_code == 422
        assert (again(event).state, len(history_of("event", event.id))) == before


# --- lists --------------------------------------------------------------------------------------------------------


def test_the_list_holds_ones_own_programmes_and_narrows(convenor, programme):
    mine = an_event(programme, title="Round Table of mine")
    draft = a_draft(programme, title="A draft")
    an_event(a_programme(), title="Of another programme")
    page = words(convenor.get("/manage/events"))
    assert "Round Table of mine" in page
    assert "A draft" in page
    assert "Of another programme" not in page
    assert "A draft" not in words(convenor.get("/manage/events?state=scheduled"))
    assert mine.title not in words(convenor.get(f"/manage/events?q=draft&programme={programme.slug}"))
    assert draft.title in words(convenor.get("/manage/events?q=DRAFT"))
    assert "No event fits" in words(convenor.get("/manage/events?q=100%25"))
    for nonsense in (
        "?state=party",
        "?programme=elsewhere",
        "?page=-1",
        "?page=9999999999",
        f"?q={'x' * 500}",
        "?q=%00",
    ):
        assert convenor.get(f"/manage/events{nonsense}").status_code == 200, nonsense


def test_empty_lists_say_what_to_do(client, sign_in, convenor, programme):
    assert "Plan the first one" in words(convenor.get("/manage/events"))
    a_user("nobody@engage.example")
    sign_in(client, "nobody@engage.example")
    assert "You have no role" in words(client.get("/manage/events"))


def test_what_is_lacking_and_what_is_live_stands_on_the_desk(app, at, programme):
    from engage.core.access import Kind, Principal
    from engage.events.parts import desk_items

    an_event(programme, title="Later", published=False)
    an_event(programme, title="Now", starts=datetime(2027, 3, 1, 9), ends=datetime(2027, 3, 1, 12))  # noqa: DTZ001
    me = Principal(kind=Kind.USER, user_id=1, roles={programme.id: frozenset({Role.SECRETARY})})
    observer = Principal(kind=Kind.USER, user_id=2, roles={programme.id: frozenset({Role.OBSERVER})})
    with app.test_request_context():
        items = [(item.group, item.text, item.urgent) for item in desk_items(me)]
        assert items == [("Today", "Now is live", True), ("Events", "Prepare Later", False)]
        assert list(desk_items(observer)) == []
        detail = next(item.detail for item in desk_items(me) if item.text == "Prepare Later")
    assert detail == ("Name a chair · Name a secretary · Write a summary · Draw up the agenda · Publish its page")


@pytest.mark.parametrize("address", ["/manage/events", "/manage/events/{slug}", "/manage/events/{slug}/agenda"])
def test_pages_ask_a_fixed_number_of_queries(convenor, programme, query_log, address):
    counts = []
    event = an_event(programme)
    for n in (1, 3):
        while len(titles(event)) < n:
            an_agenda_item(event, themes=[a_theme(programme)])
            an_event(programme)
            with saving():
                service.edit(event, version=again(event).version, summary=f"Again {n} {len(titles(event))}", by=SYSTEM)
        url = address.format(slug=again(event).slug)
        query_log.clear()
        assert convenor.get(url).status_code == 200
        counts.append(len(query_log))
    assert counts[0] == counts[1], counts


def test_the_desk_part_asks_a_fixed_number_of_queries(app, programme, query_log):
    from engage.core.access import Kind, Principal
    from engage.events.parts import desk_items

    me = Principal(kind=Kind.USER, user_id=1, roles={programme.id: frozenset({Role.SECRETARY})})
    counts = []
    for _n in (1, 3):
        an_open_event(programme)
        an_agenda_item(an_event(programme))
        with app.test_request_context():
            query_log.clear()
            list(desk_items(me))
            counts.append(len(query_log))
    assert counts[0] == counts[1], counts
