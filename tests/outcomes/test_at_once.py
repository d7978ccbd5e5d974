"""Two units of work that name the same new people wait for each other in one order only: neither is refused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from flask import Flask

from engage.core.access import Role
from engage.core.db import db
from engage.events.models import Event
from engage.outcomes import queries
from engage.people import service as people
from tests.factories.accounts import a_user
from tests.factories.outcomes import a_meeting, a_record
from tests.outcomes.test_pages import TOKEN

PAT, BODY = "pat@example.org", "A New Body"


@pytest.fixture
def side_by_side(monkeypatch: pytest.MonkeyPatch) -> threading.Barrier:
    """Each unit goes on after the first that it makes only when the other has made its first too, or waits for it."""
    gate, mine = threading.Barrier(2), threading.local()
    mine.made = True  # what the test itself makes waits for nobody
    kept = people.record

    def record(fact: object, **by: object) -> None:
        kept(fact, **by)
        if getattr(mine, "made", None) is None:
            mine.made = True
            with suppress(threading.BrokenBarrierError):
                gate.wait(timeout=1.5)

    monkeypatch.setattr(people, "record", record)
    return gate


def _attendance(event: Event) -> tuple[str, dict[str, str]]:
    fields = {"name": "Pat New", "email": PAT, "organisation": BODY, "presence": "present"}
    return f"/manage/events/{event.slug}/record/attendance", fields


def _action(event: Event) -> tuple[str, dict[str, str]]:
    fields = {"text": "Write it up", "owner_name": "Pat New", "owner_email": PAT, "organisation": BODY}
    return f"/manage/events/{event.slug}/actions/new", {**fields, "theme": str(event.owning_theme.id)}


@pytest.mark.parametrize("same", [True, False], ids=["one event", "events of two programmes"])
def test_a_line_and_an_action_that_name_the_same_new_people_are_both_kept(
    app: Flask, sign_in, side_by_side: threading.Barrier, same: bool
) -> None:
    first = a_meeting()
    second = first if same else a_meeting()
    a_record(first)
    a_user("con@engage.example", roles={e.programme_id: Role.CONVENOR for e in (first, second)})
    asked = [_attendance(first), _action(second)]
    slug, answers = second.slug, {}
    clients = [sign_in(app.test_client(), "con@engage.example") for _ in asked]
    tokens = [
        TOKEN.search(c.get(url).get_data(as_text=True)).group(2) for c, (url, _f) in zip(clients, asked, strict=True)
    ]
    db.session.rollback()

    def send(number: int) -> None:
        url, fields = asked[number]
        with app.app_context():
            answers[number] = clients[number].post(url, data={**fields, "csrf_token": tokens[number]}).status_code

    _together(send)
    assert answers == {0: 302, 1: 302}
    action = queries.actions_of_event(second.id)[0]
    assert (action.owner.email, action.organisation.name, action.event.slug) == (PAT, BODY, slug)
    line = queries.person_in(queries.by_event(first.id).id, action.owner_id)
    assert (line.name, line.organisation) == ("Pat New", BODY)


def _together(send: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=send, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
