"""Events that people attended, feedback forms and their answers, made by the services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engage.attendance import queries as attendance
from engage.attendance import service as attending
from engage.attendance.models import Registration
from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.events import service as events
from engage.events.models import Event
from engage.feedback import queries, service
from engage.feedback.models import FeedbackForm, QuestionKind
from engage.feedback.service import Ask
from tests.factories.attendance import a_registration
from tests.factories.events import an_open_event

QUESTIONS = (
    Ask(kind=QuestionKind.SCALE, text="The day was worth my time"),
    Ask(kind=QuestionKind.CHOICE, text="How was the length?", options=("Too short", "About right", "Too long")),
    Ask(kind=QuestionKind.TEXT, text="What one thing should be done?"),
)


def an_attended_event(people: int = 6, *, held: bool = True, **given: Any) -> Event:
    """A summit at which so many were checked in, over unless said otherwise."""
    event = an_open_event(**given)
    for _ in range(people):
        a_registration(event)
    with saving():
        events.go_live(event, by=SYSTEM)
    with saving():
        for booking in attendance.registrations(event):
            attending.check_in(booking.registration, by=SYSTEM)
    if held:
        with saving():
            events.hold(event, by=SYSTEM)
    return event


def a_form(event: Event | None = None, *, questions: Sequence[Ask] = QUESTIONS, **given: Any) -> FeedbackForm:
    """A draft with one question of each kind."""
    event = event or an_attended_event(**given)
    with saving():
        return service.make_form(event, introduction="Three short questions.", questions=questions, by=SYSTEM)


def an_open_form(event: Event | None = None, **given: Any) -> FeedbackForm:
    """Open: everybody who attended has a link."""
    form = a_form(event, **given)
    with saving():
        service.open_form(form, by=SYSTEM)
    return form


def those_asked(form: FeedbackForm) -> list[Registration]:
    """Who attended, by name."""
    return list(attendance.attended(form.event))


def answered(form: FeedbackForm, registration: Registration, *values: object) -> FeedbackForm:
    """One person's answers, in the order of the questions."""
    given = {question.key: value for question, value in zip(form.questions, values, strict=False)}
    with saving():
        return service.answer(form, registration=registration, answers=given)


def a_closed_form(event: Event | None = None, **given: Any) -> FeedbackForm:
    """Closed, after everybody asked answered: 1 to 5 in turn, "About right", "Comment 1" and so on."""
    form = an_open_form(event, **given)
    for n, registration in enumerate(those_asked(form)):
        answered(form, registration, 1 + n % 5, "About right", f"Comment {n + 1}")
    with saving():
        service.close_form(form, by=SYSTEM)
    return form


def a_published_form(event: Event | None = None, **given: Any) -> FeedbackForm:
    form = a_closed_form(event, **given)
    with saving():
        service.publish_form(form, by=SYSTEM)
    return form


def a_comment(form: FeedbackForm, text: str = "Comment 1") -> queries.Comment:
    """The comment with these words."""
    db.session.rollback()
    return next(comment for comment in queries.comments(form) if comment.text == text)
