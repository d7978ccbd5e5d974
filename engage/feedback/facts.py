"""What can happen to a feedback form (docs/domain.md#feedback).

There is no fact for an answer, on purpose: a history row has an actor, a time and an order, and any of the three
would tie an answer to a person.
"""

from __future__ import annotations

from dataclasses import dataclass

from engage.core.facts import Fact, know
from engage.core.text import _l


@dataclass(frozen=True, kw_only=True)
class FormFact(Fact):
    subject = "feedback_form"


@dataclass(frozen=True, kw_only=True)
class FormMade(FormFact):
    says = _l("Feedback form drafted")


@dataclass(frozen=True, kw_only=True)
class FormEdited(FormFact):
    says = _l("Introduction changed")


@dataclass(frozen=True, kw_only=True)
class QuestionAdded(FormFact):
    says = _l("Question added")
    question: str


@dataclass(frozen=True, kw_only=True)
class QuestionEdited(FormFact):
    says = _l("Question changed")
    question: str


@dataclass(frozen=True, kw_only=True)
class QuestionRemoved(FormFact):
    says = _l("Question removed")
    question: str


@dataclass(frozen=True, kw_only=True)
class QuestionMoved(FormFact):
    says = _l("Question moved")
    question: str


@dataclass(frozen=True, kw_only=True)
class FormOpened(FormFact):
    """`asked`: how many people were told."""

    says = _l("Opened for answers")
    asked: int


@dataclass(frozen=True, kw_only=True)
class MoreAsked(FormFact):
    """People who were marked as attending after the form opened were told too."""

    says = _l("More people asked")
    asked: int


@dataclass(frozen=True, kw_only=True)
class FormClosed(FormFact):
    says = _l("Closed")
    answered: int


@dataclass(frozen=True, kw_only=True)
class FormPublished(FormFact):
    says = _l("Results published")


@dataclass(frozen=True, kw_only=True)
class CommentLinked(FormFact):
    says = _l("Comment linked to an action")
    action_id: int


@dataclass(frozen=True, kw_only=True)
class LinkWithdrawn(FormFact):
    says = _l("Link from a comment to an action withdrawn")
    action_id: int


know(
    FormMade, FormEdited, QuestionAdded, QuestionEdited, QuestionRemoved, QuestionMoved, FormOpened, MoreAsked,
    FormClosed, FormPublished, CommentLinked, LinkWithdrawn,
)  # fmt: skip
