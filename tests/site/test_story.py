"""A programme's story: everything that happened, told once, in order of time; what led to an action beside it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from engage.core.access import SYSTEM, act_as_link
from engage.core.db import saving
from engage.feedback import service as feedback
from engage.outcomes import service
from engage.site.queries import programmes as queries
from engage.site.queries.themes import theme as theme_page
from engage.site.views import story
from engage.themes import service as themes
from tests.factories.events import a_programme, a_theme, an_event
from tests.factories.feedback import a_closed_form, a_comment, an_attended_event
from tests.factories.outcomes import a_person
from tests.factories.site import a_published_meeting, promises_of
from tests.reader import words


def keep(action) -> None:
    with saving():
        service.report_complete(action, words="Done.", by=act_as_link(action.owner_id))
    with saving():
        service.verify(action, by=SYSTEM)


def test_the_story_is_told_whole_and_in_order(app, client, at):
    at(datetime(2027, 1, 11, 9, tzinfo=UTC))
    programme = a_programme(slug="health", starts_on=date(2027, 1, 4))
    cancer, care = a_theme(programme, title="Cancer"), a_theme(programme, title="Care")
    an_event(programme, theme=care, title="Round Table 4", slug="rt4", published=False)
    an_event(programme, theme=care, title="Round Table 3", slug="rt3")
    at(datetime(2027, 2, 1, 9, tzinfo=UTC))
    event = a_published_meeting(
        programme,
        theme=cancer,
        title="Round Table 1",
        slug="rt1",
        summary="The first.",
        promises=3,
        starts=datetime(2027, 2, 1, 10),  # noqa: DTZ001 -- wall times
        ends=datetime(2027, 2, 1, 12),  # noqa: DTZ001
    )
    one, two, three = promises_of(event)
    at(datetime(2027, 3, 2, 9, tzinfo=UTC))
    keep(one)
    at(datetime(2027, 4, 6, 9, tzinfo=UTC))
    keep(two)
    at(datetime(2027, 4, 7, 9, tzinfo=UTC))
    keep(three)
    told = words(client.get("/programmes/health")).split("The story so far", 1)[1].split("Theme groups")[0].strip()
    assert told == (
        "2027 4 January 2027 The programme begins Office for Statistics "
        "11 January 2027 2 theme groups begin their work Cancer Care "
        "1 February 2027 · Round Table · London Round Table 1 The first. 1 outcome 3 promises made "
        "1 February 2027 The record of Round Table 1 is published "
        f"2 March 2027 · {one.reference} · Office for National Statistics Kept: Publish calendar 1 "
        f"April 2027 2 promises kept {two.reference} Publish calendar 2 {three.reference} Publish calendar 3 "
        "12 May 2027 · Round Table · London Round Table 3"
    )


def test_a_promise_that_was_reopened_is_kept_no_more(app, client, at):
    at(datetime(2027, 5, 12, 8, 30, tzinfo=UTC))
    event = a_published_meeting(a_programme(slug="health"))
    (action,) = promises_of(event)
    keep(action)
    assert "Kept: Publish calendar 1" in words(client.get("/programmes/health"))
    with saving():
        service.reopen(action, reason="It was taken down again.", by=SYSTEM)
    assert "Kept:" not in words(client.get("/programmes/health"))
    page = words(client.get(f"/actions/{action.reference}"))
    assert "Returned: more is to be done It was taken down again." in page
    assert "Kept? Not yet" in page


@pytest.mark.parametrize("publish", [False, True])
def test_what_somebody_said_stands_beside_the_action_once_the_results_are_public(app, client, publish):
    event = an_attended_event(title="Summit", slug="summit")
    with saving():
        action = an_action_of(event)
        service.publish_action(action, by=SYSTEM)
    form = a_closed_form(event)
    comment = a_comment(form, "Comment 1")
    with saving():
        feedback.link_comment(
            form,
            response_id=comment.response_id,
            question=comment.question,
            action=action,
            words="Give us files that we can use.",
            by=SYSTEM,
        )
        if publish:
            feedback.publish_form(form, by=SYSTEM)
    page = words(client.get(f"/actions/{action.reference}"))
    said = "Give us files that we can use. Said in answer to “What one thing should be done?” at Summit"
    assert (said in page) is publish


def an_action_of(event):
    from engage.people import service as people

    action = service.add_action(
        event,
        text="Publish files",
        theme=event.owning_theme,
        organisation=people.organisation_named("ONS", by=SYSTEM),
        by=SYSTEM,
    )
    return service.agree_action(action, by=SYSTEM)


def test_who_led_before_stays_on_the_page(app, client, at):
    at(datetime(2027, 5, 12, 8, 30, tzinfo=UTC))
    theme = a_theme(a_programme(), slug="cancer")
    for name, starts, ends in (
        ("First Lead", date(2026, 1, 1), date(2026, 12, 31)),
        ("Second Lead", date(2027, 1, 1), None),
        ("Third Lead", date(2027, 6, 1), None),
    ):
        person = a_person(name)
        with saving():
            themes.appoint(theme, person=person, starts_on=starts, ends_on=ends, by=SYSTEM)
    page = words(client.get("/themes/cancer"))
    assert (
        "Who leads Second Lead since 1 January 2027 Who led before First Lead 1 January 2026 to 31 December 2026"
        in page
    )
    assert "Third Lead" not in page
    found = theme_page("cancer")
    assert found is not None
    assert [term.name for term in found.leads] == ["Second Lead"]


def test_a_story_too_long_is_told_from_a_day_on_which_nothing_is_left_out(app, client, at, monkeypatch):
    monkeypatch.setattr(queries, "MOST", 3)
    monkeypatch.setattr(story, "NEWEST", 2)
    at(datetime(2027, 1, 11, 9, tzinfo=UTC))
    programme = a_programme(slug="health", starts_on=date(2027, 1, 4))
    cancer = a_theme(programme, title="Cancer")
    for number in range(2, 6):
        at(datetime(2027, number, 1, 9, tzinfo=UTC))
        starts = datetime(2027, number, 1, 10)  # noqa: DTZ001 -- a wall time
        event = a_published_meeting(
            programme, theme=cancer, title=f"Round Table {number}", slug=f"rt{number}", starts=starts,
            ends=starts.replace(hour=12),
        )  # fmt: skip
        keep(promises_of(event)[0])
    page = words(client.get("/programmes/health"))
    told = page.split("The story so far", 1)[1].split("Theme groups")[0]
    assert told.startswith(
        " Told here from 1 April 2027 on. Before that: all events, all promises kept. 2027 1 April 2027"
    )
    assert [f"Round Table {n}" in told for n in range(2, 6)] == [False, False, True, True]
    assert page.split("At a glance", 1)[1].startswith(" events held 4 promises made 4 kept 4 ")
