"""What an event asks of those who come, each wording of it, and the answers (docs/domain.md#question)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Keyed, Model, Versioned, choice, one_of
from engage.events.models import Event


class AskedKind(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    MULTIPLE = "multiple"
    DATE = "date"
    FILE = "file"
    CONSENT = "consent"


class Audience(StrEnum):
    """Who answers: everybody at registration, staff on the registration's page, the door at check-in."""

    EVERYBODY = "everybody"
    STAFF = "staff"
    DOOR = "door"


K = AskedKind
OFFERS = frozenset({K.CHOICE, K.MULTIPLE})
"""Kinds whose answers are chosen from options."""
DECIDES = OFFERS | {K.CONSENT}
"""Kinds on whose answer it may depend whether another question is asked."""
MAY_BE_RESTRICTED = frozenset({K.TEXT, K.LONG_TEXT, K.CHOICE, K.MULTIPLE, K.DATE})
"""Consents are proof, and files are kept once for ever: neither is deleted 30 days after the event."""


class RegistrationQuestion(Keyed, Versioned, Model):
    """One question of an event. What it says is its wordings'; `wording` is the number of the one that is asked now.

    `only_if_id`: an earlier question for the same audience; this one is asked only where that one's answer is, or
    contains, `only_if_option` (a consent: was ticked). `restricted`: about access or dietary needs.
    """

    __tablename__ = "registration_question"
    __table_args__ = (
        sa.UniqueConstraint("id", "event_id"),
        sa.ForeignKeyConstraint(
            ["only_if_id", "event_id"], ["registration_question.id", "registration_question.event_id"]
        ),
        sa.Index(None, "event_id", "position"),
        sa.Index(None, "only_if_id"),
        sa.CheckConstraint("NOT restricted OR kind NOT IN ('file','consent')", name="may_be_restricted"),
        sa.CheckConstraint("only_if_id IS NOT NULL OR only_if_option = ''", name="option_of_a_question"),
    )

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    position: Mapped[int]
    kind: Mapped[AskedKind] = mapped_column(choice(AskedKind))
    audience: Mapped[Audience] = mapped_column(choice(Audience), default=Audience.EVERYBODY)
    required: Mapped[bool] = mapped_column(default=False)
    restricted: Mapped[bool] = mapped_column(default=False)
    wording: Mapped[int] = mapped_column(default=1)
    only_if_id: Mapped[int | None]
    only_if_option: Mapped[str] = mapped_column(sa.String(150), default="")
    retired_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()

    @property
    def programme_id(self) -> int:
        """The scope in which roles are asked."""
        return self.event.programme_id


class QuestionWording(Model):
    """What a question said from `at` on, until the next number: rows only grow, so each answer knows what was asked.

    `terms`: the whole text that a consent is given to; `options`: what a choice offers.
    """

    __tablename__ = "question_wording"
    __table_args__ = (
        sa.UniqueConstraint("question_id", "number"),
        sa.CheckConstraint("label <> ''", name="asks_something"),
        sa.CheckConstraint("number >= 1", name="counted_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("registration_question.id"))
    number: Mapped[int]
    label: Mapped[str] = mapped_column(sa.String(300))
    hint: Mapped[str] = mapped_column(sa.String(600), default="")
    terms: Mapped[str] = mapped_column(sa.Text, default="")
    options: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(sa.String(40))


class RegistrationAnswer(Model):
    """What was answered to one question, in the wording with that number; at most one stands per registration.

    `value`: the words; an option; several, a line each; a date as ISO 8601; a file's name; "yes" for a consent.
    A changed answer replaces the old one; a consent's row stays, with when it ended: it proves what was agreed to.
    `checksum`, `type`: of a file (engage.core.files).
    """

    __tablename__ = "registration_answer"
    __table_args__ = (
        sa.Index(
            "uq_registration_answer_standing",
            "registration_id",
            "question_id",
            unique=True,
            **one_of(sa.text("ended_at IS NULL")),
        ),
        sa.Index(None, "question_id"),
        sa.Index(None, "event_id", "restricted"),
        sa.ForeignKeyConstraint(["registration_id", "event_id"], ["registration.id", "registration.event_id"]),
        sa.ForeignKeyConstraint(
            ["question_id", "event_id"], ["registration_question.id", "registration_question.event_id"]
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "wording"], ["question_wording.question_id", "question_wording.number"]
        ),
        sa.CheckConstraint("value <> ''", name="says_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    registration_id: Mapped[int]
    question_id: Mapped[int]
    wording: Mapped[int]
    value: Mapped[str] = mapped_column(sa.Text)
    checksum: Mapped[str] = mapped_column(sa.String(64), default="")
    type: Mapped[str] = mapped_column(sa.String(10), default="")
    restricted: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(sa.String(40))
    ended_at: Mapped[datetime | None]
