"""The scenes of a feedback form: asked, answered, closed, published, and what a comment led to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from engage.attendance.queries import attended
from engage.core.access import Role
from engage.demo.loader.playing import Scene
from engage.demo.loader.stage import Stage
from engage.demo.story import Event, Feedback, FeedbackLink, Programme
from engage.feedback import queries, service
from engage.feedback.models import FeedbackForm, QuestionKind

LATER = timedelta(minutes=40)
"""When answers come in: no time is kept of them."""


def scenes(stage: Stage, programme: Programme, event: Event) -> Iterator[Scene]:
    """As far as the form has come."""
    told = event.feedback
    if told is None:
        return
    yield Scene(told.opened, partial(_open, stage, programme, event, told))
    yield Scene(told.opened + LATER, partial(_answers, stage, event, told))
    if told.closed:
        yield Scene(told.closed, partial(_close, stage, programme, event))
    if told.published:
        yield Scene(told.published, partial(_publish, stage, programme, event))
    for link in told.links:
        yield Scene(link.on, partial(_link, stage, programme, event, told, link))


def _form(stage: Stage, event: Event) -> FeedbackForm:
    form = queries.by_event(stage.events[event.slug].id)
    assert form is not None, event.slug  # noqa: S101 -- made first
    return form


def _open(stage: Stage, programme: Programme, event: Event, told: Feedback) -> None:
    by = stage.holder(programme.slug, Role.SECRETARY)
    asks = [
        service.Ask(kind=QuestionKind(question.kind), text=question.text, options=question.choices)
        for question in told.questions
    ]
    form = service.make_form(stage.events[event.slug], introduction=told.introduction, questions=asks, by=by)
    service.open_form(form, by=by)


def _answers(stage: Stage, event: Event, told: Feedback) -> None:
    """From as many of those who came, one each."""
    form = _form(stage, event)
    keys = {question.key: kept.key for question, kept in zip(told.questions, form.questions, strict=True)}
    for registration, response in zip(attended(form.event), told.responses, strict=False):
        answers = {keys[name]: value for name, value in response.items()}
        service.answer(form, registration=registration, answers=answers)


def _close(stage: Stage, programme: Programme, event: Event) -> None:
    service.close_form(_form(stage, event), by=stage.holder(programme.slug, Role.SECRETARY))


def _publish(stage: Stage, programme: Programme, event: Event) -> None:
    service.publish_form(_form(stage, event), by=stage.holder(programme.slug, Role.CONVENOR))


def _link(stage: Stage, programme: Programme, event: Event, told: Feedback, link: FeedbackLink) -> None:
    """Found again by its words: nothing else tells which comment it was."""
    form, words = _form(stage, event), set(map(str, told.responses[link.response - 1].values()))
    comment = next(comment for comment in queries.comments(form) if comment.text in words)
    service.link_comment(
        form,
        response_id=comment.response_id,
        question=comment.question,
        action=stage.actions[link.action],
        by=stage.holder(programme.slug, Role.CONVENOR),
    )
