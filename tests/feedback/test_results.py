"""Results: nothing below five, comments in an order of their own, what they led to (docs/domain.md#feedback)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.core.errors import RuleBroken
from engage.core.facts import history_of
from engage.feedback import queries, service
from engage.feedback.models import FeedbackForm, FeedbackLink
from engage.outcomes import service as outcomes
from engage.outcomes.models import Action
from engage.site import queries as public
from tests.factories.feedback import (
    a_closed_form,
    a_comment,
    a_published_form,
    an_open_form,
    answered,
    those_asked,
)
from tests.factories.outcomes import an_action

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> None:
    at(NOW)


def closed_with(*answers: tuple[object, ...]) -> FeedbackForm:
    form = an_open_form(people=len(answers))
    for registration, values in zip(those_asked(form), answers, strict=True):
        answered(form, registration, *values)
    with saving():
        service.close_form(form, by=SYSTEM)
    return form


def link(form: FeedbackForm, action: Action, text: str = "Comment 1", words: str = "Please do it.") -> None:
    comment = a_comment(form, text)
    with saving():
        service.link_comment(
            form, response_id=comment.response_id, question=comment.question, action=action, words=words, by=SYSTEM
        )


def publish(action: Action) -> None:
    with saving():
        outcomes.publish_action(action, by=SYSTEM)


def words_shown(action: Action) -> list[str]:
    db.session.rollback()
    page = public.action(action.reference)
    return [said.words for said in page.said] if page else []


def test_a_breakdown_counts_every_answer_on_offer(app: Flask) -> None:
    form = closed_with(
        (5, "Too long"), (4, "About right"), (5, "About right"), (3,), (3, "About right"), (4, "About right")
    )
    scale, length, text = queries.results(form).questions
    assert [(bar.label, bar.count, bar.share) for bar in scale.bars] == [
        ("1 – not at all", 0, 0), ("2", 0, 0), ("3", 2, 33), ("4", 2, 33), ("5 – completely", 2, 33),
    ]  # fmt: skip
    assert (scale.answered, scale.average) == (6, "4.0")
    assert [(bar.label, bar.count, bar.share) for bar in length.bars] == [
        ("Too short", 0, 0), ("About right", 4, 80), ("Too long", 1, 20),
    ]  # fmt: skip
    assert (length.answered, length.average) == (5, "")
    assert (text.answered, text.hidden) == (0, True)


def test_nobody_sees_an_answer_before_the_form_is_closed(app: Flask) -> None:
    form = an_open_form(people=6)
    for registration in those_asked(form):
        answered(form, registration, 3, "Too long", "Words.")
    found = queries.results(form)
    assert (found.asked, found.answered, found.hidden, found.questions) == (6, 6, True, ())
    assert list(queries.comments(form)) == []


def test_four_answers_are_not_shown_and_five_are(app: Flask) -> None:
    few, enough = closed_with(*[(3,)] * 4), closed_with(*[(3,)] * 5)
    assert (queries.results(few).hidden, queries.results(few).questions) == (True, ())
    assert [q.hidden for q in queries.results(enough).questions] == [False, True, True]


def test_comments_of_fewer_than_five_are_neither_shown_nor_linked(app: Flask) -> None:
    form = closed_with(*[(3, None, f"Comment {n}") for n in range(4)], (3,), (3,))
    assert list(queries.comments(form)) == []
    text, action = form.questions[2], an_action(form.event)
    hidden = next(response["id"] for response in form.answers if text.key in response["answers"])
    with pytest.raises(RuleBroken, match="no such comment"), saving():
        service.link_comment(form, response_id=hidden, question=text, action=action, by=SYSTEM)


def test_comments_stand_in_an_order_that_is_neither_the_lists_nor_another_questions(app: Flask) -> None:
    form = a_closed_form(people=12)
    shown = [comment.text for comment in queries.results(form).questions[2].comments]
    stored = [response["answers"][form.questions[2].key] for response in form.answers]
    assert sorted(shown) == sorted(stored)
    assert shown != stored
    assert [comment.text for comment in queries.results(form).questions[2].comments] == shown
    keys = {queries.comment_key(response["id"], q.key) for response in form.answers for q in form.questions}
    assert len(keys) == 36


def test_a_comment_shows_with_the_action_it_led_to_once_both_are_public(app: Flask) -> None:
    form = a_closed_form(people=6)
    action = an_action(form.event, agreed=True)
    link(form, action, words="Publish it as data.")
    assert words_shown(action) == []
    publish(action)
    assert words_shown(action) == []
    with saving():
        service.publish_form(form, by=SYSTEM)
    assert words_shown(action) == ["Publish it as data."]


def test_a_private_action_shows_no_comment(app: Flask) -> None:
    form = a_published_form(people=5)
    action = an_action(form.event, agreed=True)
    link(form, action)
    assert words_shown(action) == []


def test_words_are_the_comments_own_where_none_are_given(app: Flask) -> None:
    form = a_closed_form(people=5)
    action = an_action(form.event)
    link(form, action, words=" ")
    assert [found.words for found in queries.links_of_form(form.id)] == ["Comment 1"]


def test_a_link_stands_once_and_within_its_programme(app: Flask) -> None:
    form = a_closed_form(people=5)
    action = an_action(form.event)
    link(form, action)
    with pytest.raises(RuleBroken, match=f"linked to {action.reference} already") as refused:
        link(form, action)
    assert refused.value.field == "action"
    other = an_action()
    with pytest.raises(RuleBroken, match="same programme"):
        link(form, other)
    second = an_action(form.event)
    link(form, second)
    link(form, action, "Comment 2")
    assert len(queries.links_of_form(form.id)) == 3


def test_the_store_itself_refuses_a_link_across_programmes(app: Flask) -> None:
    form = a_closed_form(people=5)
    other = an_action()
    link(form, an_action(form.event))
    with pytest.raises(sa.exc.IntegrityError), saving():
        db.session.execute(sa.update(FeedbackLink).values(action_id=other.id))


def test_an_open_form_has_no_comment_to_link(app: Flask) -> None:
    form = an_open_form(people=5)
    action = an_action(form.event)
    with pytest.raises(RuleBroken, match="Close the form first"), saving():
        service.link_comment(form, response_id="x" * 22, question=form.questions[2], action=action, by=SYSTEM)


def test_a_link_is_taken_back_with_a_reason_and_may_be_made_again(app: Flask) -> None:
    form = a_published_form(people=5)
    action = an_action(form.event, agreed=True)
    publish(action)
    link(form, action)
    [made] = queries.links_of_form(form.id)
    with pytest.raises(RuleBroken, match="Say why"), saving():
        service.withdraw_link(made, reason=" ", by=SYSTEM)
    with saving():
        service.withdraw_link(made, reason="It was the wrong action.", by=SYSTEM)
    assert words_shown(action) == []
    newest = history_of("feedback_form", form.id)[0]
    assert (newest.fact, newest.reason) == ("LinkWithdrawn", "It was the wrong action.")
    link(form, action)
    assert words_shown(action) == ["Please do it."]
