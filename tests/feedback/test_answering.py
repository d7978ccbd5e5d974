"""Opening a form, answering once, closing, publishing (docs/domain.md#feedback)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from flask import Flask

from engage.attendance import service as attending
from engage.core.access import SYSTEM
from engage.core.db import saving
from engage.core.errors import NotFound, RuleBroken
from engage.core.facts import history_of
from engage.events import service as events
from engage.feedback import queries, service
from engage.feedback.models import FormState, QuestionKind
from engage.feedback.service import AlreadyAnswered, Ask, NotOpen
from tests.factories.events import an_event
from tests.factories.feedback import (
    a_closed_form,
    a_form,
    a_published_form,
    an_attended_event,
    an_open_form,
    answered,
    those_asked,
)

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
Post = Callable[[], list[EmailMessage]]


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> None:
    at(NOW)


def asked_by(post: Post) -> list[EmailMessage]:
    return [mail for mail in post() if mail["Subject"].startswith("How was")]


def test_opening_gives_everybody_who_attended_one_link(app: Flask, post: Post) -> None:
    form = a_form(an_attended_event(3, title="Summit"))
    with saving():
        service.open_form(form, by=SYSTEM)
    mails = asked_by(post)
    assert (form.state, form.asked) == (FormState.OPEN, 3)
    assert {mail["Subject"] for mail in mails} == {"How was Summit?"}
    assert len({mail["To"] for mail in mails}) == 3
    bodies = [mail.get_body(("plain",)).get_content() for mail in mails]  # type: ignore[union-attr]
    links = {line for body in bodies for line in body.split() if "/q/" in line}
    assert len(links) == 3


def test_opening_says_first_whom_it_tells(app: Flask) -> None:
    event = an_attended_event(2, held=False)
    with saving():
        attending.walk_in(event, name="Wendy Walker", reason="Came along", by=SYSTEM)
    told, untold = service.opening(a_form(event))
    assert (told.count, len(told.names)) == (2, 2)
    assert (untold.count, untold.names) == (1, ("Wendy Walker",))


@pytest.mark.parametrize("why", ["no question", "not yet", "nobody came"])
def test_a_form_that_nobody_could_answer_does_not_open(app: Flask, why: str) -> None:
    if why == "no question":
        form = a_form(an_attended_event(1), questions=())
    else:
        event = an_event()
        if why == "nobody came":
            with saving():
                events.go_live(event, by=SYSTEM)
        form = a_form(event)
    said = {"no question": "Add a question", "not yet": "under way or over", "nobody came": "Nobody who attended"}
    with pytest.raises(RuleBroken, match=said[why]), saving():
        service.open_form(form, by=SYSTEM)
    assert form.state is FormState.DRAFT


def test_who_was_ticked_off_later_is_asked_too_and_nobody_twice(app: Flask, post: Post) -> None:
    event = an_attended_event(2, held=False)
    form = an_open_form(event)
    with saving():
        attending.walk_in(event, name="Wendy Walker", email="wendy@example.org", reason="Came along", by=SYSTEM)
    for _ in range(2):
        with saving():
            service.ask_more(form, by=SYSTEM)
    assert form.asked == 3
    assert "Wendy Walker <wendy@example.org>" in [mail["To"] for mail in asked_by(post)]
    assert len(asked_by(post)) == 3
    assert [h.fact for h in history_of("feedback_form", form.id)] == ["MoreAsked", "FormOpened", "FormMade"]


def test_an_answer_is_stored_under_the_questions_keys_and_leaves_out_what_is_empty(app: Flask) -> None:
    form = an_open_form(people=1)
    answered(form, those_asked(form)[0], 4, None, "  Publish it.  ")
    scale, _choice, text = form.questions
    [response] = form.answers
    assert response["answers"] == {scale.key: 4, text.key: "Publish it."}
    assert len(response["id"]) == 22


def test_each_person_answers_once(app: Flask) -> None:
    form = an_open_form(people=2)
    one, two = those_asked(form)
    answered(form, one, 5)
    with pytest.raises(AlreadyAnswered):
        answered(form, one, 1)
    answered(form, two, 3)
    key = form.questions[0].key
    assert sorted(r["answers"][key] for r in form.answers) == [3, 5]
    assert queries.answered(form.id) == 2


@pytest.mark.parametrize(
    ("place", "value"),
    [(0, 0), (0, 6), (0, "4"), (0, True), (0, 4.0), (1, "Much too long"), (1, 2), (2, "x" * 2001), (2, "\x00"), (2, 7)],
)
def test_what_answers_no_question_is_refused_beside_it(app: Flask, place: int, value: object) -> None:
    form = an_open_form(people=1)
    values: list[object] = [3, "About right", "Fine."]
    values[place] = value
    with pytest.raises(RuleBroken) as refused:
        answered(form, those_asked(form)[0], *values)
    assert refused.value.field == form.questions[place].field
    assert queries.answered(form.id) == 0


def test_nothing_at_all_and_answers_to_another_form_are_refused(app: Flask) -> None:
    form = an_open_form(people=1)
    [one] = those_asked(form)
    with pytest.raises(RuleBroken, match="at least one question"):
        answered(form, one, None, "", " ")
    with pytest.raises(RuleBroken, match="asks something else"), saving():
        service.answer(form, registration=one, answers={"another": 3})


def test_a_question_that_must_be_answered_is(app: Flask) -> None:
    form = an_open_form(
        people=1,
        questions=(
            Ask(kind=QuestionKind.SCALE, text="Worth it?", required=True),
            Ask(kind=QuestionKind.TEXT, text="Why?"),
        ),
    )
    with pytest.raises(RuleBroken, match="Answer this question") as refused:
        answered(form, those_asked(form)[0], None, "Because.")
    assert refused.value.field == form.questions[0].field


def test_only_those_who_attended_answer(app: Flask) -> None:
    form, other = an_open_form(people=1), an_open_form(people=1)
    with pytest.raises(NotFound), saving():
        service.answer(form, registration=those_asked(other)[0], answers={form.questions[0].key: 3})


def test_a_closed_form_takes_no_answer_and_does_not_open_again(app: Flask) -> None:
    form = an_open_form(people=2)
    one, two = those_asked(form)
    answered(form, one, 5)
    with saving():
        service.close_form(form, by=SYSTEM)
    with pytest.raises(NotOpen):
        answered(form, two, 5)
    with pytest.raises(RuleBroken, match="cannot become open"), saving():
        service.open_form(form, by=SYSTEM)
    with pytest.raises(NotOpen), saving():
        service.ask_more(form, by=SYSTEM)


def test_a_mail_that_waits_is_not_sent_once_the_form_is_closed(app: Flask, post: Post) -> None:
    form = an_open_form(people=2)
    with saving():
        service.close_form(form, by=SYSTEM)
    assert asked_by(post) == []


def test_results_are_published_under_a_public_event_only(app: Flask) -> None:
    form = a_closed_form(an_attended_event(5, published=False))
    with pytest.raises(RuleBroken, match="Publish the event first"), saving():
        service.publish_form(form, by=SYSTEM)
    with saving():
        events.publish(form.event, by=SYSTEM)
    with saving():
        service.publish_form(form, by=SYSTEM)
    assert (form.state, form.published_at) == (FormState.PUBLISHED, NOW)


def test_four_answers_are_not_published(app: Flask) -> None:
    form = a_closed_form(people=4)
    with pytest.raises(RuleBroken, match="Fewer than 5"), saving():
        service.publish_form(form, by=SYSTEM)


def test_an_open_form_cannot_be_published_nor_a_published_one_closed(app: Flask) -> None:
    form, published = an_open_form(people=1), a_published_form(people=5)
    with pytest.raises(RuleBroken, match="cannot become published"), saving():
        service.publish_form(form, by=SYSTEM)
    with pytest.raises(RuleBroken, match="cannot become closed"), saving():
        service.close_form(published, by=SYSTEM)
