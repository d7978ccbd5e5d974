"""What those who came to an event said of it, once that is published: numbers, counted by the store, and what a
comment led to in the words that staff chose. No answer, and no comment as it was written, is read here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from engage.events.models import Event
from engage.feedback.models import FEWEST, FeedbackForm, FeedbackLink, FormState, Question, QuestionKind
from engage.feedback.queries import Bar, fell
from engage.outcomes.models import Action
from engage.programmes.models import Programme
from engage.site.queries import visible
from engage.site.queries.together import Part, Query


class FormFacts(NamedTuple):
    """How many were asked, and how many of them answered."""

    asked: int
    answered: int


class Asked(NamedTuple):
    key: str
    kind: QuestionKind
    text: str
    options: Sequence[str]


class Tally(NamedTuple):
    """How many gave one answer to a question (by its key); of texts only how many there are."""

    question: str
    said: str
    many: int


class LedTo(NamedTuple):
    """The words of a comment, as staff chose to show them, and the public action that it led to."""

    words: str
    question: str
    reference: str
    text: str


@dataclass(frozen=True, kw_only=True)
class QuestionShown:
    """What `components/breakdown.html` takes. `hidden`: fewer than five answered it, so nothing of it is shown."""

    question: Asked
    answered: int
    hidden: bool
    bars: Sequence[Bar] = ()
    average: str = ""


def questions(asked: Sequence[Asked], tallies: Sequence[Tally]) -> list[QuestionShown]:
    """The questions in their order, each with how its answers fell."""
    return [_shown(each, {t.said: t.many for t in tallies if t.question == each.key}) for each in asked]


def _shown(asked: Asked, counts: Mapping[str, int]) -> QuestionShown:
    answered = sum(counts.values())
    if answered < FEWEST:
        return QuestionShown(question=asked, answered=0, hidden=True)
    if asked.kind is QuestionKind.TEXT:
        return QuestionShown(question=asked, answered=answered, hidden=False)
    scale = asked.kind is QuestionKind.SCALE
    bars, average = fell(asked, {int(said) if scale else said: many for said, many in counts.items()})
    return QuestionShown(question=asked, answered=answered, hidden=False, bars=bars, average=average)


def parts_of_feedback(event_id: int) -> dict[str, Part]:
    """For `together`: the published form of this event, its questions, its answers counted, what they led to."""

    def of_form(*columns: Any) -> Query:
        return (
            sa.select(*columns)
            .select_from(FeedbackForm)
            .join(Event, Event.id == FeedbackForm.event_id)
            .join(Programme, Programme.id == Event.programme_id)
            .where(Event.id == event_id, visible.feedback())
        )

    response = _Responses(FeedbackForm.answers).table_valued("value", name="response")
    answer = _Answers(response.c.value).table_valued("key", "value", name="answer")
    said = sa.case((Question.kind == QuestionKind.TEXT, ""), else_=sa.cast(answer.c.value, sa.Text)).label("said")
    tallies = (
        of_form(Question.key, said, sa.func.count().label("many"))
        .join(response, sa.true())
        .join(answer, sa.true())
        .join(Question, sa.and_(Question.form_id == FeedbackForm.id, Question.key == answer.c.key))
        .group_by(Question.key, sa.literal_column("said"))
        .order_by(Question.key, sa.literal_column("said"))
    )
    asked = (
        of_form(Question.key, Question.kind, Question.text, Question.options)
        .join(Question, Question.form_id == FeedbackForm.id)
        .order_by(Question.position, Question.id)
    )
    led_to = (
        sa.select(FeedbackLink.words, Question.text.label("question"), Action.reference, Action.text)
        .select_from(FeedbackLink)
        .join(FeedbackForm, FeedbackForm.id == FeedbackLink.form_id)
        .join(Question, Question.id == FeedbackLink.question_id)
        .join(Action, Action.id == FeedbackLink.action_id)
        .join(Event, Event.id == Action.event_id)
        .join(Programme, Programme.id == Event.programme_id)
        .where(
            FeedbackLink.event_id == event_id,
            FeedbackLink.withdrawn_at.is_(None),
            FeedbackForm.state == FormState.PUBLISHED,
            visible.action(),
        )
        .order_by(FeedbackLink.id)
    )
    return {
        "feedback": (FormFacts, of_form(FeedbackForm.asked, sa.func.json_array_length(FeedbackForm.answers))),
        "asked": (Asked, asked),
        "tallies": (Tally, tallies),
        "led_to": (LedTo, led_to),
    }


class _Responses(FunctionElement[Any]):
    """A row for each of a form's responses."""

    inherit_cache = True


class _Answers(FunctionElement[Any]):
    """A row for each answer of a response: the question's key, and the value."""

    inherit_cache = True


@compiles(_Responses, "sqlite")
def _responses_sqlite(element: _Responses, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **kw)})"


@compiles(_Responses, "postgresql")
def _responses_postgresql(element: _Responses, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_array_elements({compiler.process(element.clauses, **kw)})"


@compiles(_Answers, "sqlite")
def _answers_sqlite(element: _Answers, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **kw)}, '$.answers')"


@compiles(_Answers, "postgresql")
def _answers_postgresql(element: _Answers, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_each_text({compiler.process(element.clauses, **kw)} -> 'answers')"
