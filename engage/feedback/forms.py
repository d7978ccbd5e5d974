"""Shapes of input: a form's words and questions, the answers themselves, a comment's link to an action."""

from __future__ import annotations

from typing import Any

from engage.core.forms import (
    ChoiceField,
    EngageForm,
    HiddenField,
    KitField,
    SubmitButton,
    TextArea,
    TextField,
    TickField,
)
from engage.core.forms.base import words
from engage.core.text import _, _l
from engage.feedback.models import SCALE, FeedbackForm, Question, QuestionKind
from engage.feedback.service.answering import LONGEST
from engage.feedback.service.building import MOST_OPTIONS, OPTION_LENGTH, TEXT_LENGTH
from engage.feedback.service.linking import WORDS

KINDS = (
    (QuestionKind.SCALE, _l("A scale from 1 to 5"), _l("A statement: how far do they agree?")),
    (QuestionKind.CHOICE, _l("One of several answers"), ""),
    (QuestionKind.TEXT, _l("A text of their own"), ""),
)


class PlainForm(EngageForm):
    """A button, and nothing to fill in."""


class MakeForm(EngageForm):
    """How to begin: which button was pressed."""

    usual = SubmitButton(_l("Start with six usual questions"))
    empty = SubmitButton(_l("Start with an empty form"), kind="secondary")


class IntroductionForm(EngageForm):
    version = HiddenField()
    introduction = TextArea(
        _l("Introduction"),
        hint=_l("Stands above the questions, and in the message with the link."),
        max_length=2000,
        rows=4,
        markdown=True,
        optional=True,
    )


class QuestionForm(EngageForm):
    version = HiddenField()
    text = TextField(_l("Question"), max_length=TEXT_LENGTH, missing=_l("Enter the question"))
    kind = ChoiceField(
        _l("How is it answered?"), choices=KINDS, coerce=QuestionKind, missing=_l("Choose how it is answered")
    )
    options = TextArea(
        _l("Answers on offer"),
        hint=_l("For “one of several answers”: one on each line, two to ten."),
        max_length=MOST_OPTIONS * (OPTION_LENGTH + 2) + 200,
        rows=5,
        optional=True,
    )
    required = TickField(
        _l("Must be answered"), hint=_l("Sparingly: people leave when they are made to."), optional=True
    )

    def lines(self) -> list[str]:
        """The answers on offer, one for each line."""
        return [line.strip() for line in self.options.data.split("\n") if line.strip()]


class LinkForm(EngageForm):
    action = TextField(
        _l("Action"),
        hint=_l("Its reference, as in HCS-A12"),
        max_length=20,
        width=10,
        missing=_l("Enter the reference of the action"),
    )
    words = TextArea(
        _l("The comment, as it may be shown"),
        hint=_l("Leave out whatever tells who wrote it."),
        max_length=WORDS,
        rows=4,
        missing=_l("Enter the words to show"),
    )


class WithdrawForm(EngageForm):
    reason = TextArea(
        _l("Reason"), hint=_l("It is kept in the history."), max_length=600, rows=3, missing=_l("Say why")
    )


# --- answering ---------------------------------------------------------------------------------------------------


class _Unmarked:
    """Most questions may be left out, and the page says so once: none of them carries "(optional)"."""

    def label_words(self) -> str:
        return words(self.label.text)  # type: ignore[attr-defined]


class _Choice(_Unmarked, ChoiceField):
    pass


class _Text(_Unmarked, TextArea):
    pass


class AnswerForm(EngageForm):
    """By link: no account, no cookie. Its fields come from the form's questions: see `answer_form`."""

    public = True
    asked: FeedbackForm

    @property
    def questions(self) -> list[KitField]:
        """The fields, in the order of the questions."""
        return [self[question.field] for question in self.asked.questions]

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered, by question key."""
        return {question.key: self[question.field].data for question in self.asked.questions}


def answer_form(asked: FeedbackForm, **rest: Any) -> AnswerForm:
    """The form with one field for each question."""
    fields: dict[str, Any] = {question.field: _field(question) for question in asked.questions}
    kind = type("AnswerForm", (AnswerForm,), {**fields, "asked": asked})
    form: AnswerForm = kind(**rest)
    return form


def _field(question: Question) -> Any:
    said: dict[str, Any] = {"optional": not question.required, "missing": _("Answer this question")}
    hint = _("This one must be answered.") if question.required else ""
    match question.kind:
        case QuestionKind.SCALE:
            return _Choice(
                question.text, choices=list(SCALE.items()), coerce=int, inline=True, small=True, hint=hint, **said
            )
        case QuestionKind.CHOICE:
            return _Choice(
                question.text, choices=[(option, option) for option in question.options], small=True, hint=hint, **said
            )
        case QuestionKind.TEXT:
            own = _("Leave out names and addresses, unless you want it known who wrote this.")
            return _Text(question.text, max_length=LONGEST, rows=4, count=True, hint=f"{hint} {own}".strip(), **said)
