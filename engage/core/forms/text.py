"""Fields that are typed: one line, many lines, an e-mail address, a number; and what is not typed at all."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from wtforms import widgets

from engage.core.forms.base import KitField, Params, Refused, words
from engage.core.text import _

EMAIL_LENGTH = 254  # RFC 5321 4.5.3.1.3, less the angle brackets
LOCAL_PART_LENGTH = 64
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@((?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9])", re.ASCII)
NUMBER = re.compile(r"[+-]?[0-9]{1,3}(?:[, ]?[0-9]{3})*", re.ASCII)
NUMBER_LENGTH = 20
LINE_ENDS = frozenset("\u2028\u2029")


def tidy(text: str, *, lines: bool = False) -> str:
    """Stripped and in one Unicode form (NFC); line ends as \\n where there may be `lines`."""
    text = unicodedata.normalize("NFC", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n") if lines else text.replace("\t", " ")
    return text.strip(" \t\n") if lines else text.strip(" ")


def has_controls(text: str, *, lines: bool = False) -> bool:
    """Whether it holds NUL, a control character or half a surrogate; line ends and tabs pass in `lines`."""
    allowed = "\n\t" if lines else ""
    return any(
        (unicodedata.category(char) in ("Cc", "Cs") and char not in allowed) or (char in LINE_ENDS and not lines)
        for char in text
    )


def showable(text: str) -> str:
    """What was typed, less what HTML can't hold."""
    return "".join(c for c in text if c in "\r\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))


class TextField(KitField):
    """One line. Data: `str`, "" when optional and empty.

    width  how many characters wide the box looks: 2, 3, 4, 5, 10, 20 or 30
    """

    lines = False
    input_type = "text"

    def __init__(
        self,
        label: object,
        *,
        max_length: int,
        min_length: int = 0,
        width: int | None = None,
        autocomplete: str | None = None,
        prefix: object = None,
        suffix: object = None,
        **rest: Any,
    ) -> None:
        super().__init__(label, **rest)
        self.max_length, self.min_length, self.width = max_length, min_length, width
        self.autocomplete, self.affixes = autocomplete, {"prefix": prefix, "suffix": suffix}

    def read(self, typed: list[str]) -> Any:
        text = tidy(typed[0], lines=self.lines) if typed else ""
        if not text:
            self.refuse_empty()
            return ""
        return self.checked(text)

    def checked(self, text: str) -> str:
        """The text, if it has no control characters and the right length."""
        label = words(self.label.text)
        if has_controls(text, lines=self.lines):
            raise Refused(_("%(what)s holds characters that can’t be shown. Type it again", what=label))
        if len(text) > self.max_length:
            said = _("%(what)s must be %(max)d characters or fewer", what=label, max=self.max_length)
            raise Refused(said)
        if len(text) < self.min_length:
            said = _("%(what)s must be %(min)d characters or more", what=label, min=self.min_length)
            raise Refused(said)
        return text

    def shown(self) -> str:
        """What stands in the box: what was typed, else what is stored."""
        if self.typed is not None:
            return showable(self.typed[0]) if self.typed else ""
        return words(self.data)

    def params(self) -> Params:
        params = super().params() | {"value": self.shown(), "type": self.input_type}
        if self.width:
            params["classes"] = f"govuk-input--width-{self.width}"
        if self.autocomplete:
            params["autocomplete"] = self.autocomplete
        return params | {side: {"text": words(text)} for side, text in self.affixes.items() if text}


class EmailField(TextField):
    """One address, as a mail server takes it, ≤254 characters. Data: `str` as typed, stripped."""

    input_type = "email"

    def __init__(self, label: object, **rest: Any) -> None:
        super().__init__(label, **{"max_length": EMAIL_LENGTH, "autocomplete": "email", **rest})

    def checked(self, text: str) -> str:
        text = super().checked(text)
        found = EMAIL.fullmatch(text)
        if found is None or len(found[1]) > LOCAL_PART_LENGTH:
            raise Refused(_("Enter an e-mail address in the correct format, like name@example.org"))
        return text

    def params(self) -> Params:
        return super().params() | {"spellcheck": False, "autocapitalize": "none"}


class TextArea(TextField):
    """Many lines. Data: `str` with \\n.

    markdown  says under the label that Markdown may be used
    count     shows how many characters are left (from three quarters on, where JavaScript runs)
    """

    lines = True

    def __init__(
        self, label: object, *, rows: int = 5, markdown: bool = False, count: bool = False, **rest: Any
    ) -> None:
        super().__init__(label, **rest)
        self.rows, self.markdown = rows, markdown
        self.component, self.macro = (  # type: ignore[misc]
            ("character-count", "govukCharacterCount") if count else ("textarea", "govukTextarea")
        )

    def params(self) -> Params:
        params = KitField.params(self) | {"value": self.shown(), "rows": self.rows}
        if self.markdown:
            tip = _("You can use Markdown: **bold**, *italic*, - lists, [links](https://example.org)")
            own = params.get("hint", {}).get("text", "")
            params["hint"] = {"text": f"{own} {tip}".strip()}
        if self.component == "character-count":
            params |= {"maxlength": self.max_length, "threshold": 75} | _count_words()
        return params


def _count_words() -> Params:
    return {
        "textareaDescriptionText": _("You can enter up to %{count} characters"),
        "charactersUnderLimitText": {
            "one": _("You have %{count} character remaining"),
            "other": _("You have %{count} characters remaining"),
        },
        "charactersAtLimitText": _("You have 0 characters remaining"),
        "charactersOverLimitText": {
            "one": _("You have %{count} character too many"),
            "other": _("You have %{count} characters too many"),
        },
    }


class NumberField(TextField):
    """A whole number between two bounds. Data: `int`, None when optional and empty."""

    def __init__(self, label: object, *, min: int, max: int, width: int | None = 5, **rest: Any) -> None:  # noqa: A002
        super().__init__(label, max_length=NUMBER_LENGTH, width=width, **rest)
        self.min, self.max = min, max

    def read(self, typed: list[str]) -> Any:
        text = tidy(typed[0]) if typed else ""
        if not text:
            self.refuse_empty()
            return None
        label = words(self.label.text)
        if len(text) > NUMBER_LENGTH or not NUMBER.fullmatch(text):
            raise Refused(_("%(what)s must be a whole number, like 30", what=label))
        number = int(text.replace(",", "").replace(" ", ""))
        if not self.min <= number <= self.max:
            said = _("%(what)s must be between %(min)d and %(max)d", what=label, min=self.min, max=self.max)
            raise Refused(said)
        return number

    def params(self) -> Params:
        return super().params() | {"inputmode": "numeric", "spellcheck": False}


class HiddenField(KitField):
    """Carried along, never seen; `form_tag` draws it. Data: `str`; too long or odd reads as ""."""

    widget = widgets.HiddenInput()

    def __init__(self, *, max_length: int = 200, **rest: Any) -> None:
        super().__init__("", optional=True, **rest)
        self.max_length = max_length

    def read(self, typed: list[str]) -> Any:
        text = tidy(typed[0]) if typed else ""
        return "" if has_controls(text) or len(text) > self.max_length else text

    def _value(self) -> str:
        return words(self.data)


class SubmitButton(KitField):
    """A button; data is True when it was the one pressed. kind: primary, secondary or warning."""

    component, macro = "button", "govukButton"

    def __init__(self, label: object, *, kind: str = "primary", **rest: Any) -> None:
        super().__init__(label, optional=True, **rest)
        self.kind = kind

    def read(self, typed: list[str]) -> Any:
        return bool(typed)

    def params(self) -> Params:
        params: Params = {
            "text": words(self.label.text),
            "name": self.name,
            "value": "1",
            "id": self.id,
            "preventDoubleClick": True,
        }
        if self.kind != "primary":
            params["classes"] = f"govuk-button--{self.kind}"
        return params
