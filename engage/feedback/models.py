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

from engage.core.db import Keyed, Model, Versioned, choice, one_of
from engage.core.text import _l
from engage.events.models import Event
from engage.outcomes.models import Action


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
    FormState.CLOSED: frozenset({FormState.PUBLISHED}),
    FormState.PUBLISHED: frozenset(),
}
FEWEST = 5
"""Anything with fewer answers than this is not shown: no breakdown, no comment."""
SCALE: Mapping[int, object] = {1: _l("1 – not at all"), 2: "2", 3: "3", 4: "4", 5: _l("5 – completely")}
SHOWN = frozenset({FormState.CLOSED, FormState.PUBLISHED})
"""States in which staff see answers. Never while the form is open: two looks, before and after somebody answered,
would tell what that person said; for the same reason a closed form does not open again."""


class FeedbackForm(Keyed, Versioned, Model):
    """The one form of an event. `answers` is the shuffled list: [{"id": random, "answers": {question key: value}}].

    `version` counts changes to the draft's words. `asked` is how many people were told that it is open.
    """

    __tablename__ = "feedback_form"
    __table_args__ = (
        sa.UniqueConstraint("event_id"),
        sa.UniqueConstraint("id", "event_id"),
        sa.CheckConstraint("state = 'draft' OR opened_at IS NOT NULL", name="opened"),
        sa.CheckConstraint("state IN ('draft','open') OR closed_at IS NOT NULL", name="closed"),
        sa.CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published"),
        sa.CheckConstraint("asked >= 0", name="asked"),
    )

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    state: Mapped[FormState] = mapped_column(choice(FormState), default=FormState.DRAFT)
    introduction: Mapped[str] = mapped_column(sa.Text, default="")
    answers: Mapped[list[Any]] = mapped_column(sa.JSON, default=list, deferred=True)
    asked: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship(lazy="joined")
    questions: Mapped[list[Question]] = relationship(
        order_by="Question.position, Question.id", lazy="selectin", back_populates="form"
    )

    @property
    def programme_id(self) -> int:
        """The scope in which roles are asked."""
        return self.event.programme_id


class Question(Keyed, Model):
    """One question; a scale runs from 1 to 5, `options` are a choice's wordings."""

    __tablename__ = "feedback_question"
    __table_args__ = (
        sa.UniqueConstraint("id", "form_id"),
        sa.Index(None, "form_id", "position"),
        sa.CheckConstraint("text <> ''", name="asks_something"),
    )

    form_id: Mapped[int] = mapped_column(sa.ForeignKey("feedback_form.id"))
    position: Mapped[int]
    kind: Mapped[QuestionKind] = mapped_column(choice(QuestionKind))
    text: Mapped[str] = mapped_column(sa.String(300))
    options: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    required: Mapped[bool] = mapped_column(default=False)

    form: Mapped[FeedbackForm] = relationship(back_populates="questions")

    @property
    def programme_id(self) -> int:
        """The scope in which roles are asked."""
        return self.form.programme_id

    @property
    def field(self) -> str:
        """The name under which a page asks it."""
        return f"q-{self.key}"


class FeedbackMark(Model):
    """That a registration has answered, and no more: no time, no key of its own, no link to the answer.

    WITHOUT ROWID, so that SQLite does not number the rows in the order in which people answered; closing a form writes
    its marks anew in one order, so that PostgreSQL's row addresses and transaction numbers do not tell it either.
    """

    __tablename__ = "feedback_mark"
    __table_args__ = ({"sqlite_with_rowid": False},)

    form_id: Mapped[int] = mapped_column(sa.ForeignKey("feedback_form.id"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id"), primary_key=True)


class FeedbackLink(Keyed, Model):
    """What one comment led to: an action of the same programme. `words` is the comment as staff chose to show it.

    A link made by mistake is withdrawn with a reason, never deleted.
    """

    __tablename__ = "feedback_link"
    __table_args__ = (
        sa.Index(
            "uq_feedback_link_standing",
            "form_id",
            "response_id",
            "question_id",
            "action_id",
            unique=True,
            **one_of(sa.text("withdrawn_at IS NULL")),
        ),
        sa.Index(None, "action_id"),
        sa.ForeignKeyConstraint(["form_id", "event_id"], ["feedback_form.id", "feedback_form.event_id"]),
        sa.ForeignKeyConstraint(["event_id", "programme_id"], ["event.id", "event.programme_id"]),
        sa.ForeignKeyConstraint(["action_id", "programme_id"], ["action.id", "action.programme_id"]),
        sa.ForeignKeyConstraint(["question_id", "form_id"], ["feedback_question.id", "feedback_question.form_id"]),
        sa.CheckConstraint("words <> ''", name="says_something"),
        sa.CheckConstraint("withdrawn_at IS NULL OR withdrawn_reason <> ''", name="withdrawn_with_reason"),
    )

    form_id: Mapped[int]
    event_id: Mapped[int]
    programme_id: Mapped[int]
    response_id: Mapped[str] = mapped_column(sa.String(22))
    question_id: Mapped[int]
    action_id: Mapped[int]
    words: Mapped[str] = mapped_column(sa.Text)
    linked_at: Mapped[datetime]
    linked_by: Mapped[str] = mapped_column(sa.String(40))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(sa.String(600), default="")

    form: Mapped[FeedbackForm] = relationship(
        foreign_keys="FeedbackLink.form_id",
        primaryjoin="FeedbackLink.form_id == FeedbackForm.id",
        viewonly=True,
    )
    question: Mapped[Question] = relationship(
        foreign_keys="FeedbackLink.question_id",
        primaryjoin="FeedbackLink.question_id == Question.id",
        viewonly=True,
    )
    action: Mapped[Action] = relationship(
        foreign_keys="FeedbackLink.action_id",
        primaryjoin="FeedbackLink.action_id == Action.id",
        viewonly=True,
    )
