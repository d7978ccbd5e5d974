"""The questions of an event as fields of a form: the one place where they become fields, are read, become answers.

A form that asks derives from `AskingForm`; `asking(TheForm, sheet)` makes it with a field for each question of the
sheet. A question that depends on another is drawn with the words "Answer only if …" and read all the same; what was
typed where it was not asked is left out, so nothing depends on a script.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, TypeVar

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer
from markupsafe import Markup
from wtforms.utils import unset_value

from engage.attendance.models import OFFERS, AskedKind
from engage.attendance.queries import Asked, Replies, Sheet
from engage.attendance.queries.questions import LINE
from engage.core import files
from engage.core.files import Kept
from engage.core.forms import (
    ChoiceField,
    ChoicesField,
    DateField,
    EngageForm,
    FileField,
    TextArea,
    TextField,
    TickField,
)
from engage.core.forms.base import KitField, Params, Refused, words
from engage.core.text import _

K = AskedKind
SHORT, LONG = 200, 2_000
MOST_FILE = 5_000_000
"""Bytes of a file that somebody answers with: a request that anybody may send stays small."""
MANY = 7
"""More options than this are chosen from a list."""
KEPT_FOR = 24 * 3600
"""Seconds for which a file that came with a refused form need not be chosen again."""


class _Asked(KitField):
    """A field of one question. `stands`: what is answered already; `hidden`: and is not shown, because the page could
    be somebody else's to read."""

    def __init__(self, label: object, *, asked: Asked, stands: str = "", hidden: bool = False, **rest: Any) -> None:
        self.asked, self.stands, self.hidden = asked, stands, hidden and asked.restricted and bool(stands)
        self.only_if = rest.pop("only_if")
        needed = asked.required and asked.only_if_id is None and not self.hidden
        super().__init__(label, optional=not needed, hint=asked.hint, missing=missing_words(asked), **rest)

    def label_words(self) -> str:
        """The question; "(optional)" where it is, even after a certain answer."""
        label = words(self.label.text)
        return label if self.asked.required or self.hidden else _("%(label)s (optional)", label=label)

    def _hint_and_error(self) -> Params:
        said = super()._hint_and_error()
        only_if = Markup("<span data-only-if-words>{}</span>").format(self.only_if) if self.only_if else ""
        hints = [only_if, said.get("hint", {}).get("text", ""), self.standing_words()]
        if hint := Markup(" ").join(filter(None, hints)):
            said["hint"] = {"html": hint}
        return said

    def standing_words(self) -> str:
        """What stands already, where the field cannot show it."""
        if not self.hidden:
            return ""
        return _(
            "You have answered this. It is not shown here, since this link could be forwarded. Leave it to keep it."
        )

    @property
    def value(self) -> str | None:
        """The answer as it is stored; None leaves what stands."""
        if self.hidden and self.data in (None, "", []):
            return None
        return self.as_kept()

    def as_kept(self) -> str:
        return self.data or ""


class _Text(_Asked, TextField):
    pass


class _LongText(_Asked, TextArea):
    pass


class _Choice(_Asked, ChoiceField):
    pass


class _Choices(_Asked, ChoicesField):
    def as_kept(self) -> str:
        return LINE.join(self.data or [])


class _Date(_Asked, DateField):
    def as_kept(self) -> str:
        return self.data.isoformat() if self.data else ""


class _Consent(_Asked, TickField):
    """The box says which wording it is for: a tick under other words than those asked now is no consent to these."""

    def read(self, typed: list[str]) -> Any:
        if any(typed) and typed != [str(self.asked.wording)]:
            raise Refused(_("The words changed while you were reading. Read them again, and tick the box if you agree"))
        return super().read(typed)

    def label_words(self) -> str:
        return words(self.label.text)

    def refuse_empty(self) -> None:
        if not self.earlier:
            super().refuse_empty()

    @property
    def earlier(self) -> bool:
        """Whether another wording than the one asked now was agreed to."""
        return self.stands not in ("", str(self.asked.wording))

    def standing_words(self) -> str:
        return _("You agreed to an earlier wording of this, which still counts.") if self.earlier else ""

    @property
    def value(self) -> str | None:
        return "yes" if self.data else None if self.earlier else ""

    def params(self) -> Params:
        params = super().params()
        params["items"][0]["value"] = str(self.asked.wording)
        if self.errors:
            params["items"][0]["checked"] = False
        return params


class _File(_Asked, FileField):
    """A file that came with a form which was refused is kept, and a signed line says so: nobody looks for it twice."""

    kept: Kept | None = None

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        if formdata is not None:
            self.kept = _unpacked(self.asked, words(formdata.get(f"{self.name}-kept")))
        super().process(formdata, data, extra_filters)

    def refuse_empty(self) -> None:
        if self.kept is None and not self.stands:
            super().refuse_empty()

    def keep(self) -> None:
        """Look at the file that came, if one did, and keep it. Raises `files.Unfit`."""
        if self.data is not None and not self.errors:
            self.kept = files.keep(self.data.stream, self.data.filename or "")

    @property
    def value(self) -> str | None:
        return self.kept.name if self.kept else None if self.stands else ""

    def standing_words(self) -> str:
        name = self.kept.name if self.kept else self.stands
        return _("%(name)s is here. Choose another file to put in its place.", name=name) if name else ""

    def draw(self, params: Params) -> Markup:
        drawn = super().draw(params)
        if self.kept is None:
            return drawn
        line = Markup('<input type="hidden" name="{}-kept" value="{}">')
        return drawn + line.format(self.name, _packed(self.asked, self.kept))


class AskingForm(EngageForm):
    """A form that asks an event's questions besides its own fields; made by `asking`."""

    sheet: ClassVar[Sheet] = Sheet(event_id=0)

    @property
    def questions(self) -> list[Any]:
        """The fields of the questions, in their order."""
        return [self[question.field] for question in self.sheet]

    def validate(self, extra_validators: Any = None) -> bool:
        """As it always is; and what is not asked after these answers is not wrong, what is must be answered."""
        super().validate(extra_validators)
        self._keep_files()
        settled = self.sheet.settled(self._given())
        for question in self.sheet:
            field = self[question.field]
            if not self.sheet.asks(question, settled):
                field.errors = []
            elif question.required and question.key not in settled and not field.errors:
                field.errors = [missing_words(question)]
        return not self.form_errors and not any(field.errors for field in self)

    def validate_without_questions(self) -> bool:
        """For an act that needs no answers: whether the form's own fields are right."""
        super().validate()
        for field in self.questions:
            field.errors = []
        return not any(field.errors for field in self)

    @property
    def replies(self) -> Replies:
        """The answers, once the form is right."""
        given = {question.key: self[question.field].value for question in self.sheet}
        kept = {q.key: self[q.field].kept for q in self.sheet if q.kind is K.FILE}
        return Replies(
            sheet=self.sheet,
            values={key: value for key, value in given.items() if value is not None},
            files={key: file for key, file in kept.items() if file is not None},
        )

    def _given(self) -> dict[str, str]:
        """What stands after this form, so far as it can be read."""
        given = {}
        for question in self.sheet:
            field = self[question.field]
            value = field.value if not field.errors else ""
            given[question.key] = field.stands if value is None else value
        return given

    def _keep_files(self) -> None:
        """Whatever else is wrong: nobody should have to look for a file twice."""
        for question in self.sheet:
            if question.kind is K.FILE:
                field = self[question.field]
                try:
                    field.keep()
                except files.Unfit as unfit:
                    field.errors = [unfit.message]


F = TypeVar("F", bound=AskingForm)


def asking(
    form: type[F], sheet: Sheet, *, told: Mapping[str, str] | None = None, hidden: bool = True, **rest: Any
) -> F:
    """This form with a field for each question. `told`: the answers that stand, by question key, as they are stored (of
    a consent: the number of its wording). `hidden`: those about needs are not shown."""
    if not sheet:
        return form(**rest)
    stands = told or {}
    fields = {
        question.field: _field(question, sheet, stands.get(question.key, ""), hidden=hidden) for question in sheet
    }
    made: F = type(form.__name__, (form,), {**fields, "sheet": sheet})(**rest)
    return made


def missing_words(question: Asked) -> str:
    """What to say where the answer is missing."""
    said = {
        K.CHOICE: _("Choose an answer to “%(label)s”", label=question.label),
        K.MULTIPLE: _("Choose an answer to “%(label)s”", label=question.label),
        K.FILE: _("Choose a file for “%(label)s”", label=question.label),
        K.CONSENT: _("Tick “%(label)s” to go on", label=question.label),
    }
    return said.get(question.kind, _("Answer “%(label)s”", label=question.label))


def _field(question: Asked, sheet: Sheet, stands: str, *, hidden: bool) -> Any:
    said: dict[str, Any] = {
        "asked": question,
        "stands": stands,
        "hidden": hidden,
        "only_if": _only_if(question, sheet),
        "default": None if hidden and question.restricted else _default(question, stands),
    }
    choices = [(option, option) for option in question.options]
    match question.kind:
        case K.TEXT:
            return _Text(question.label, max_length=SHORT, **said)
        case K.LONG_TEXT:
            return _LongText(question.label, max_length=LONG, rows=4, **said)
        case K.CHOICE:
            return _Choice(question.label, choices=choices, select=len(choices) > MANY, **said)
        case K.MULTIPLE:
            return _Choices(question.label, choices=choices, **said)
        case K.DATE:
            return _Date(question.label, **said)
        case K.FILE:
            return _File(question.label, extensions=files.ENDINGS, max_bytes=MOST_FILE, **said)
        case K.CONSENT:
            return _Consent(question.label, **said)


def _default(question: Asked, stands: str) -> Any:
    """What stands, as its field holds it."""
    if not stands or question.kind is K.FILE:
        return None
    if question.kind is K.MULTIPLE:
        return stands.split(LINE)
    if question.kind is K.DATE:
        return date.fromisoformat(stands)
    return stands == str(question.wording) if question.kind is K.CONSENT else stands


def _only_if(question: Asked, sheet: Sheet) -> str:
    """In plain words, after which answer it is asked."""
    first = sheet.by_id.get(question.only_if_id or 0)
    if first is None:
        return ""
    if first.kind in OFFERS:
        return _(
            "Answer only if you chose “%(option)s” for “%(label)s”.", option=question.only_if_option, label=first.label
        )
    return _("Answer only if you ticked “%(label)s”.", label=first.label)


def _packed(question: Asked, file: Kept) -> str:
    return str(_signer().dumps([question.key, file.checksum, file.size, file.kind, file.name]))


def _unpacked(question: Asked, given: str) -> Kept | None:
    """The file that a form carries along; None for none, for another question's, and for one kept too long ago."""
    try:
        key, checksum, size, kind, name = _signer().loads(given, max_age=KEPT_FOR)
    except (BadData, ValueError):
        return None
    return Kept(checksum=checksum, size=size, kind=kind, name=name) if key == question.key else None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        current_app.config["SECRET_KEY"],
        salt="attendance/answer-file",
        signer_kwargs={"digest_method": hashlib.sha256},
    )
