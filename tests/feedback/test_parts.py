"""What feedback puts on the desk and beside an event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from engage.core.access import ANONYMOUS, SYSTEM, Principal, Role
from engage.core.db import db, saving
from engage.events import service as events
from engage.feedback import parts, service
from tests.conftest import QueryLog
from tests.factories.events import a_programme, an_event
from tests.factories.feedback import a_closed_form, a_form, an_attended_event, an_open_form, answered, those_asked
from tests.factories.principals import acting, administrator, convenor

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> None:
    at(NOW)


def desk(app: Flask, principal: Principal) -> list[tuple[str, str]]:
    db.session.rollback()
    with app.test_request_context():
        return [(item.text, item.detail) for item in parts.desk_items(principal)]


def test_the_desk_asks_for_a_form_says_how_many_answered_and_that_there_is_something_to_read(
    app: Flask, at: Callable[[datetime], None]
) -> None:
    programme = a_programme()
    held = an_attended_event(1, programme=programme, title="Held")
    a_form(an_attended_event(1, programme=programme, title="Drafted"))
    running = an_open_form(an_attended_event(2, programme=programme, title="Running"))
    answered(running, those_asked(running)[0], 3)
    a_closed_form(an_attended_event(5, programme=programme, title="Closed"))
    assert sorted(desk(app, convenor(programme.id))) == [
        ("Ask for feedback on Drafted", "It was held, and nobody has been asked yet."),
        ("Ask for feedback on Held", "It was held, and nobody has been asked yet."),
        ("Feedback on Running is open", "1 of 2 have answered."),
        ("Read the feedback on Closed", "5 of 5 have answered."),
    ]
    at(NOW + timedelta(days=31))
    assert desk(app, convenor(programme.id)) == [("Feedback on Running is open", "1 of 2 have answered.")]
    assert held.state == "held"


def test_the_desk_is_quiet_for_those_who_do_not_run_events(app: Flask) -> None:
    event = an_attended_event(1)
    an_open_form(event)
    for who in (
        acting(event.programme_id, Role.OBSERVER),
        convenor(event.programme_id + 1),
        administrator(),
        ANONYMOUS,
    ):
        assert desk(app, who) == []


def test_the_desk_asks_the_store_as_often_for_three_as_for_one(app: Flask, query_log: QueryLog) -> None:
    programme, counts = a_programme(), []
    for events_more in (1, 2):
        for _ in range(events_more):
            an_open_form(an_attended_event(1, programme=programme))
            an_attended_event(1, programme=programme)
        query_log.clear()
        assert desk(app, convenor(programme.id))
        counts.append(len(query_log))
    assert counts[0] == counts[1]


def test_an_event_says_whether_it_has_a_form(app: Flask) -> None:
    event = an_event()

    def said() -> list[tuple[str, bool]]:
        with app.test_request_context():
            return [(found.text, found.ready) for found in parts.readiness(event)]

    assert said() == [("There is no feedback form", False)]
    with saving():
        service.default_form(event, by=SYSTEM)
    assert said() == [("The feedback form is drafted", True)]
    with saving():
        events.cancel(event, reason="Nobody could come.", by=SYSTEM)
    assert said() == []


def test_the_tab_is_for_those_of_the_programme(app: Flask) -> None:
    event = an_event()
    with app.test_request_context():
        mine = list(parts.event_tabs(event, acting(event.programme_id, Role.OBSERVER)))
        assert [(tab.url, tab.order) for tab in mine] == [(f"/manage/events/{event.slug}/feedback", 80)]
        assert list(parts.event_tabs(event, convenor(event.programme_id + 1))) == []
