"""The shape of a question that is being built."""

from __future__ import annotations

from engage.attendance.models import DECIDES, OFFERS, AskedKind, Audience
from engage.attendance.queries import Sheet
from engage.attendance.service.asking import HINT, LABEL, MOST_OPTIONS, OPTION, TERMS, Ask
from engage.core.forms import ChoiceField, EngageForm, HiddenField, TextArea, TextField, TickField
from engage.core.text import _, _l

K = AskedKind
KIND_WORDS = {
    K.TEXT: _l("A line of text"),
    K.LONG_TEXT: _l("A longer text"),
    K.CHOICE: _l("One of several answers"),
    K.MULTIPLE: _l("Any of several answers"),
    K.DATE: _l("A date"),
    K.FILE: _l("A file"),
    K.CONSENT: _l("Consent: a box to tick"),
}
AUDIENCE_WORDS = {
    Audience.EVERYBODY: _l("Everybody, when they register"),
    Audience.STAFF: _l("Staff only"),
    Audience.DOOR: _l("The door, at check-in"),
}


class QuestionForm(EngageForm):
    version = HiddenField(max_length=10)
    label = TextField(_l("Question"), max_length=LABEL, missing=_l("Enter the question"))
    hint = TextField(
        _l("Hint"), max_length=HINT, optional=True, hint=_l("Grey words under the question, such as these")
    )
    kind = ChoiceField(
        _l("How is it answered?"),
        choices=list(KIND_WORDS.items()),
        coerce=AskedKind,
        missing=_l("Choose how it is answered"),
        small=True,
    )
    options = TextArea(
        _l("Answers on offer"),
        hint=_l("For one or any of several answers: one on each line"),
        max_length=MOST_OPTIONS * (OPTION + 2) + 200,
        rows=5,
        optional=True,
    )
    terms = TextArea(
        _l("The terms in full"),
        hint=_l(
            "For a consent: shown beside the box. Each change makes a new wording, and you see who agreed to which."
        ),
        max_length=TERMS,
        rows=6,
        markdown=True,
        optional=True,
    )
    required = TickField(_l("Must be answered"), optional=True)
    audience = ChoiceField(
        _l("Who answers it?"),
        choices=[
            (Audience.EVERYBODY, AUDIENCE_WORDS[Audience.EVERYBODY], ""),
            (
                Audience.STAFF,
                AUDIENCE_WORDS[Audience.STAFF],
                _l("On the registration’s page; never shown to the person"),
            ),
            (
                Audience.DOOR,
                AUDIENCE_WORDS[Audience.DOOR],
                _l("When somebody is ticked off, or let in without a booking"),
            ),
        ],
        coerce=Audience,
        default=Audience.EVERYBODY,
        small=True,
    )
    only_if = ChoiceField(
        _l("Ask it only after a certain answer"),
        hint=_l("An answer to a question that comes before this one. None: it is always asked"),
        select=True,
        optional=True,
    )
    restricted = TickField(
        _l("It is about access or dietary needs"),
        hint=_l("Only the convenor and the secretary read the answers, and they are deleted 30 days after the event"),
        optional=True,
    )

    def offer(self, standing: Sheet, before: int | None = None) -> None:
        """What it may depend on: the answers to the questions that come before this place."""
        self.only_if.choices = [
            (f"{question.key}:{option}", said)
            for question in standing
            if question.kind in DECIDES and (before is None or question.position < before)
            for option, said in _answers(question.kind, question.label, question.options)
        ]

    @property
    def ask(self) -> Ask:
        """What was typed, as the service takes it."""
        only_if, _colon, option = (self.only_if.data or "").partition(":")
        return Ask(
            kind=self.kind.data,
            label=self.label.data,
            hint=self.hint.data,
            terms=self.terms.data,
            options=self.options.data.split("\n"),
            required=self.required.data,
            restricted=self.restricted.data,
            audience=self.audience.data,
            only_if=only_if,
            only_if_option=option,
        )


def _answers(kind: AskedKind, label: str, options: object) -> list[tuple[str, str]]:
    if kind in OFFERS and isinstance(options, list):
        return [(option, _("“%(label)s”: %(option)s", label=label, option=option)) for option in options]
    return [("", _("“%(label)s”: ticked", label=label))]
