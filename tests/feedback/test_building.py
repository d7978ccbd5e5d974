"""Building a feedback form (docs/domain.md#feedback)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import history_of
from engage.events import service as events
from engage.feedback import queries, service
from engage.feedback.models import FeedbackForm, FormState, Question, QuestionKind
from engage.feedback.service import Ask
from tests.factories.events import an_event
from tests.factories.feedback import a_form, an_open_form

K = QuestionKind
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
WHAT = Ask(kind=K.TEXT, text="What should be done?")


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> None:
    at(NOW)


def texts(form: FeedbackForm) -> list[str]:
    db.session.rollback()
    return [question.text for question in form.questions]


def test_the_default_form_is_a_draft_with_a_question_of_every_kind(app: Flask) -> None:
    event = an_event(title="Summit")
    with saving():
        form = service.default_form(event, by=SYSTEM)
    assert form.state is FormState.DRAFT
    assert [q.kind for q in form.questions] == [K.SCALE, K.SCALE, K.SCALE, K.CHOICE, K.TEXT, K.TEXT]
    assert form.introduction == "Six short questions about Summit. They take about two minutes."


def test_an_event_has_one_form(app: Flask) -> None:
    form = a_form(an_event())
    with pytest.raises(RuleBroken, match="has its feedback form already"), saving():
        service.make_form(form.event, by=SYSTEM)


def test_a_cancelled_event_has_none(app: Flask) -> None:
    event = an_event()
    with saving():
        events.cancel(event, reason="Nobody could come.", by=SYSTEM)
    with pytest.raises(RuleBroken, match="cancelled"), saving():
        service.default_form(event, by=SYSTEM)


def test_questions_are_added_at_the_end_changed_moved_and_removed(app: Flask) -> None:
    form = a_form(an_event(), questions=())
    for text in ("One", "Two", "Three"):
        with saving():
            service.add_question(form, Ask(kind=K.TEXT, text=text), by=SYSTEM)
    one, _two, three = form.questions
    with saving():
        service.move_question(three, up=True, by=SYSTEM)
    assert texts(form) == ["One", "Three", "Two"]
    with saving():
        service.move_question(one, up=True, by=SYSTEM)
    assert texts(form) == ["One", "Three", "Two"]
    with saving():
        service.move_question(one, up=False, by=SYSTEM)
    with saving():
        service.edit_question(three, Ask(kind=K.SCALE, text="Was it worth it?"), version=form.version, by=SYSTEM)
    assert texts(form) == ["Was it worth it?", "One", "Two"]
    with saving():
        service.remove_question(one, by=SYSTEM)
    assert texts(form) == ["Was it worth it?", "Two"]
    assert [h.fact for h in history_of("feedback_form", form.id)] == [
        "QuestionRemoved", "QuestionEdited", "QuestionMoved", "QuestionMoved", "QuestionAdded", "QuestionAdded",
        "QuestionAdded", "FormMade",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (Ask(kind=K.TEXT, text="  "), "text"),
        (Ask(kind=K.TEXT, text="x" * 301), "text"),
        (Ask(kind=K.CHOICE, text="Which?"), "options"),
        (Ask(kind=K.CHOICE, text="Which?", options=("One", " ")), "options"),
        (Ask(kind=K.CHOICE, text="Which?", options=("One", "one ")), "options"),
        (Ask(kind=K.CHOICE, text="Which?", options=("One", "x" * 101)), "options"),
        (Ask(kind=K.CHOICE, text="Which?", options=[str(n) for n in range(11)]), "options"),
    ],
)
def test_a_question_that_asks_nothing_is_refused(app: Flask, ask: Ask, field: str) -> None:
    form = a_form(an_event(), questions=())
    with pytest.raises(RuleBroken) as refused, saving():
        service.add_question(form, ask, by=SYSTEM)
    assert refused.value.field == field
    assert texts(form) == []


def test_options_belong_to_a_choice_only(app: Flask) -> None:
    form = a_form(an_event(), questions=(Ask(kind=K.SCALE, text="Worth it?", options=("a", "b")),))
    assert form.questions[0].options == []


def test_a_form_holds_twenty_questions(app: Flask) -> None:
    form = a_form(an_event(), questions=[WHAT] * 20)
    with pytest.raises(RuleBroken, match="20 questions at most"), saving():
        service.add_question(form, WHAT, by=SYSTEM)


def test_who_saves_second_is_told(app: Flask) -> None:
    form = a_form(an_event())
    read = form.version
    with saving():
        service.edit_introduction(form, introduction="Mine.", version=read, by=SYSTEM)
    with pytest.raises(StaleVersion), saving():
        service.edit_introduction(form, introduction="Theirs.", version=read, by=SYSTEM)
    with pytest.raises(StaleVersion), saving():
        service.edit_question(form.questions[0], WHAT, version=read, by=SYSTEM)
    assert queries.by_event(form.event_id).introduction == "Mine."  # type: ignore[union-attr]


def test_nothing_of_an_open_form_changes(app: Flask) -> None:
    form = an_open_form(people=1)
    question: Question = form.questions[0]
    for act in (
        lambda: service.add_question(form, WHAT, by=SYSTEM),
        lambda: service.edit_question(question, WHAT, version=form.version, by=SYSTEM),
        lambda: service.remove_question(question, by=SYSTEM),
        lambda: service.move_question(question, up=False, by=SYSTEM),
        lambda: service.edit_introduction(form, introduction="New.", version=form.version, by=SYSTEM),
    ):
        with pytest.raises(RuleBroken, match="its questions stay"), saving():
            act()
