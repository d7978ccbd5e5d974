"""Feedback forms and anonymous answers (docs/domain.md#feedback).

Marks of who has answered stand apart from the answers, which live as one shuffled list per form, rewritten under the
form's lock: nobody with SQL access can tie a response to a person by key, by order or by time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Keyed, Model, choice
from engage.events.models import Event


class FormState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"


class QuestionKind(StrEnum):
    SCALE = "scale"
    CHOICE = "choice"
    TEXT = "text"


MOVES: Mapping[FormState, frozenset[FormState]] = {
    FormState.DRAFT: frozenset({FormState.OPEN}),
    FormState.OPEN: frozenset({FormState.CLOSED}),
    FormState.CLOSED: frozenset({FormState.OPEN, FormState.PUBLISHED}),
    FormState.PUBLISHED: frozenset(),
}
FEWEST = 5
"""A breakdown of fewer answers than this is not shown."""


class FeedbackForm(Keyed, Model):
    """The one form of an event. `answers` is the shuffled list: [{"id": random, "answers": {question key: value}}]."""

    __tablename__ = "feedback_form"
    __table_args__ = (sa.UniqueConstraint("event_id"), sa.UniqueConstraint("id", "event_id"))

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    state: Mapped[FormState] = mapped_column(choice(FormState), default=FormState.DRAFT)
    introduction: Mapped[str] = mapped_column(sa.Text, default="")
    answers: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship(lazy="joined")
    questions: Mapped[list[Question]] = relationship(
        order_by="Question.position, Question.id", lazy="selectin"
    )


class Question(Keyed, Model):
    """One question; a scale runs from 1 to 5, `options` are a choice's wordings."""

    __tablename__ = "feedback_question"
    __table_args__ = (sa.Index(None, "form_id", "position"),)

    form_id: Mapped[int] = mapped_column(sa.ForeignKey("feedback_form.id"))
    position: Mapped[int]
    kind: Mapped[QuestionKind] = mapped_column(choice(QuestionKind))
    text: Mapped[str] = mapped_column(sa.String(300))
    options: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    required: Mapped[bool] = mapped_column(default=False)


class FeedbackMark(Model):
    """That a registration has answered, and no more: no time, no link to the answer."""

    __tablename__ = "feedback_mark"

    form_id: Mapped[int] = mapped_column(sa.ForeignKey("feedback_form.id"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id"), primary_key=True)


class FeedbackLink(Model):
    """What one comment led to: an action of the same programme. `words` is the comment as staff chose to show it."""

    __tablename__ = "feedback_link"
    __table_args__ = (
        sa.UniqueConstraint("form_id", "response_id", "question_id", "action_id"),
        sa.Index(None, "action_id"),
        sa.ForeignKeyConstraint(["form_id", "event_id"], ["feedback_form.id", "feedback_form.event_id"]),
        sa.ForeignKeyConstraint(["event_id", "programme_id"], ["event.id", "event.programme_id"]),
        sa.ForeignKeyConstraint(["action_id", "programme_id"], ["action.id", "action.programme_id"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int]
    event_id: Mapped[int]
    programme_id: Mapped[int]
    response_id: Mapped[str] = mapped_column(sa.String(22))
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("feedback_question.id"))
    action_id: Mapped[int]
    words: Mapped[str] = mapped_column(sa.Text)
    linked_at: Mapped[datetime]
    linked_by: Mapped[str] = mapped_column(sa.String(40))

    form: Mapped[FeedbackForm] = relationship(
        foreign_keys="FeedbackLink.form_id",
        primaryjoin="FeedbackLink.form_id == FeedbackForm.id",
        viewonly=True,
    )
    question: Mapped[Question] = relationship()
