"""What those who came said, on the event's public page: numbers, once they are published, and nothing before."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.feedback import service
from engage.outcomes import service as outcomes
from engage.site import queries
from tests.factories.feedback import (
    QUESTIONS,
    a_closed_form,
    a_comment,
    a_published_form,
    an_open_form,
    answered,
    those_asked,
)
from tests.factories.outcomes import an_action
from tests.reader import words

NOW = datetime(2027, 5, 12, 8, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _the_morning(at):
    at(NOW)


def said(client, form):
    """The section of the event's page; "" where there is none."""
    page = words(client.get(f"/events/{form.event.slug}"))
    return page.partition("What those who came said")[2].partition("When and where")[0].strip()


def published(*answers):
    form = an_open_form(people=len(answers))
    for registration, values in zip(those_asked(form), answers, strict=True):
        answered(form, registration, *values)
    with saving():
        service.close_form(form, by=SYSTEM)
        service.publish_form(form, by=SYSTEM)
    return form


def test_the_numbers_stand_on_the_events_page_and_no_comment_as_written(app, client):
    assert said(client, a_published_form(people=6)) == (
        "6 of the 6 people who were asked answered, anonymously. "
        "The day was worth my time 6 people answered. On average 2.7 of 5. "
        "The day was worth my time AnswerBarPeople 1 – not at all 2 (33%) 2 1 (17%) 3 1 (17%) 4 1 (17%) "
        "5 – completely 1 (17%) "
        "How was the length? 6 people answered. "
        "How was the length? AnswerBarPeople Too short 0 (0%) About right 6 (100%) Too long 0 (0%) "
        "What one thing should be done? 6 people wrote something. It is not published as it was written."
    )


def test_a_question_that_fewer_than_five_answered_shows_nothing_of_it(app, client):
    form = published((5, None, "One"), (4, None, "Two"), (5,), (3,), (None, "Too long"), (1, "Too long"))
    page = queries.event(form.event.slug)
    assert [(q.question.text, q.hidden, q.answered) for q in queries.questions(page.asked, page.tallies)] == [
        ("The day was worth my time", False, 5),
        ("How was the length?", True, 0),
        ("What one thing should be done?", True, 0),
    ]
    shown = said(client, form)
    assert shown.count("Fewer than 5 people answered this, so nothing of it is shown.") == 2
    assert "Too long" not in shown
    assert "wrote something" not in shown


@pytest.mark.parametrize("state", ["open", "closed"])
def test_before_they_are_published_nothing_says_that_there_are_any(app, client, state):
    form = a_closed_form(people=6) if state == "closed" else an_open_form(people=6)
    page = queries.event(form.event.slug)
    assert [page.feedback, page.asked, page.tallies, page.led_to] == [[], [], [], []]
    assert said(client, form) == ""


def test_a_private_events_results_are_not_there(app, client):
    form = a_published_form(people=6)
    with saving():
        db.session.get_one(type(form.event), form.event_id).published_at = None
    assert client.get(f"/events/{form.event.slug}").status_code == 404


def test_a_comment_stands_with_the_public_action_that_it_led_to(app, client):
    form = a_published_form(people=6)
    seen, private = (an_action(form.event, agreed=True, text=f"Publish {n}") for n in ("the list", "nothing"))
    for action, text in ((seen, "Comment 1"), (private, "Comment 2")):
        comment = a_comment(form, text)
        with saving():
            service.link_comment(
                form,
                response_id=comment.response_id,
                question=comment.question,
                action=action,
                words=f"{text}, as staff chose to show it",
                by=SYSTEM,
            )
    with saving():
        outcomes.publish_action(seen, by=SYSTEM)
    shown = said(client, form)
    assert (
        "Comment 1, as staff chose to show it "
        "Said in answer to “What one thing should be done?”; it led to "
        f"{seen.reference} Publish the list"
    ) in shown
    assert "Comment 2" not in shown
    assert f'href="/actions/{seen.reference}"' in client.get(f"/events/{form.event.slug}").get_data(as_text=True)


@pytest.mark.parametrize("questions", [1, 3])
def test_the_page_asks_two_statements_however_many_questions_and_answers(app, query_log, questions):
    form = a_closed_form(people=5 * questions, questions=QUESTIONS[:questions])
    with saving():
        service.publish_form(form, by=SYSTEM)
    slug = form.event.slug
    query_log.clear()
    page = queries.event(slug)
    assert (len(query_log), len(page.asked), page.feedback[0].answered) == (2, questions, 5 * questions)
