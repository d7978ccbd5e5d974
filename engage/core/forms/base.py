"""What every form and every field of the kit has in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from flask import current_app, has_request_context, request
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field
from wtforms.validators import StopValidation

from engage.core.errors import RuleBroken
from engage.core.text import _

Check = Callable[[Any, Any], object]
Params = dict[str, Any]
SUBMITTING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class ErrorItem(NamedTuple):
    """One line of the error summary. `href` is "" for what belongs to no single field."""

    text: str
    href: str


def words(value: object) -> str:
    """A lazy or plain string as text; None is empty."""
    return "" if value is None else str(value)


def component(name: str, macro: str, params: Mapping[str, Any]) -> Markup:
    """One GOV.UK component, drawn by govuk-frontend-jinja's macro."""
    template = current_app.jinja_env.get_template(f"govuk_frontend_jinja/components/{name}/macro.html")
    return Markup(getattr(template.module, macro)(params))  # noqa: S704 - the macro escapes what is text


class Refused(ValueError):
    """What was typed can't be read. Its words go beside the field; `boxes` are the parts that are wrong."""

    def __init__(self, message: object, boxes: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.boxes = tuple(boxes)


def draw(field: KitField, **changes: object) -> Markup:
    """The widget of every field: its own parameters, then the template's changes, through its own macro."""
    return field.draw({**field.params(), **changes})


class KitField(Field):
    """A field that knows its words, and its GOV.UK component.

    optional  an empty answer is fine; the label says so
    missing   what to say when it isn't; "Enter the title of the event"
    hint      grey words under the label
    checks    functions (form, field) that raise `ValidationError`, run when the shape is right
    heading   the label is the page's h1 (a page of one question)
    narrows   one of a list's filters: optional without saying so, and its empty choice means any
    """

    component: ClassVar[str] = "input"
    macro: ClassVar[str] = "govukInput"
    widget = staticmethod(draw)

    def __init__(
        self,
        label: object,
        *,
        optional: bool = False,
        missing: object = None,
        hint: object = None,
        checks: Sequence[Check] = (),
        heading: bool = False,
        narrows: bool = False,
        **rest: Any,
    ) -> None:
        super().__init__(label, validators=list(checks), **rest)  # type: ignore[arg-type]
        self.optional, self.heading, self.narrows = optional or narrows, heading, narrows
        self._missing, self._hint = missing, hint
        self.typed: list[str] | None = None

    # -- reading ---------------------------------------------------------------------------------------------

    def process_formdata(self, valuelist: list[Any]) -> None:
        """What came, as text only (an upload in a text field's place is no answer), read by `read`."""
        self.typed = [value for value in valuelist if isinstance(value, str)]
        self.data = None
        self.data = self.read(self.typed)

    def read(self, typed: list[str]) -> Any:
        """The value; raises `Refused` in plain words."""
        raise NotImplementedError

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms' signature
        """Nothing more is said about an answer that could not be read, or is empty and may be."""
        if self.process_errors:
            raise StopValidation
        if self.optional and self.data in (None, "", []):
            raise StopValidation

    def refuse_empty(self) -> None:
        """Raises `Refused` unless the field is optional."""
        if not self.optional:
            raise Refused(self.missing_words())

    # -- words -----------------------------------------------------------------------------------------------

    def missing_words(self) -> str:
        """The sentence for an answer that is missing."""
        return words(self._missing) if self._missing else _("Enter the %(what)s", what=self.what())

    def what(self) -> str:
        """The label as it stands inside a sentence: "title", but "ONS contact"."""
        label = words(self.label.text)
        return label if label[1:2].isupper() else label[:1].lower() + label[1:]

    def label_words(self) -> str:
        """The label, with "(optional)" where it is."""
        label = words(self.label.text)
        return _("%(label)s (optional)", label=label) if self.optional and label and not self.narrows else label

    # -- drawing ---------------------------------------------------------------------------------------------

    @property
    def error_id(self) -> str:
        """The id that the error summary's link goes to."""
        return self.id

    def params(self) -> Params:
        """The component's parameters; see the Design System's page of the component."""
        return {"id": self.id, "name": self.name, **self.said()}

    def said(self) -> Params:
        """Label, hint and error."""
        said: Params = {"label": self._heading("govuk-label")}
        return said | self._hint_and_error()

    def legend_said(self) -> Params:
        """Legend, hint and error of a field of several controls."""
        legend = self._heading("govuk-fieldset__legend")
        return {"fieldset": {"legend": legend}} | self._hint_and_error()

    def _heading(self, block: str) -> Params:
        size = "l" if self.heading else "s"
        return {
            "text": self.label_words(),
            "classes": f"{block}--{size}",
            "isPageHeading": self.heading,
        }

    def _hint_and_error(self) -> Params:
        said: Params = {}
        if hint := words(self._hint):
            said["hint"] = {"text": hint}
        if self.errors:
            said["errorMessage"] = {"text": words(self.errors[0]), "visuallyHiddenText": _("Error")}
        return said

    def draw(self, params: Params) -> Markup:
        """The whole form group."""
        return component(self.component, self.macro, params)


class EngageForm(FlaskForm):  # type: ignore[misc, unused-ignore]
    """Base of every form. `public = True` for pages by link or for anybody: no CSRF token, no cookie."""

    public: ClassVar[bool] = False
    form_errors: Sequence[object]

    class Meta(FlaskForm.Meta):  # type: ignore[misc, unused-ignore]
        def wrap_formdata(self, form: object, formdata: object) -> object:  # noqa: ARG002 - WTForms' signature
            """A submitted form is read even when it is empty; JSON never counts as a form."""
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            if has_request_context() and request.method in SUBMITTING:
                sent: list[MultiDict[str, Any]] = [request.files, request.form]
                return CombinedMultiDict(sent)
            return None

    def __init__(self, *args: Any, public: bool | None = None, **kwargs: Any) -> None:
        if self.public if public is None else public:
            kwargs["meta"] = {"csrf": False, **kwargs.get("meta", {})}
        super().__init__(*args, **kwargs)

    @property
    def multipart(self) -> bool:
        """Whether the form sends a file, so that its tag must say so."""
        return any(getattr(field, "sends_file", False) for field in self)

    def hidden_tag(self, *_fields: object) -> Markup:
        """The hidden fields, without ids: nothing points at them, and a page may hold several forms."""
        hidden = [f for f in self if f.type in ("HiddenField", "CSRFTokenField")]
        line = Markup('<input type="hidden" name="{}" value="{}">')
        return Markup("").join(line.format(field.name, field._value()) for field in hidden)

    @property
    def has_errors(self) -> bool:
        """Whether the page shows an error summary and its title begins with "Error: "."""
        return bool(self.error_items)

    @property
    def error_items(self) -> list[ErrorItem]:
        """The error summary's lines, in the order of the fields; what belongs to no field comes first."""
        items = [ErrorItem(words(error), "") for error in self.form_errors]
        for field in self:
            if not field.errors:
                continue
            if field.type == "CSRFTokenField":
                items.append(ErrorItem(_("This page was open for too long. Send it again"), ""))
            else:
                target = getattr(field, "error_id", field.id)
                items.extend(ErrorItem(words(error), f"#{target}") for error in field.errors[:1])
        return items

    def attach(self, refusal: RuleBroken) -> None:
        """Show a service's refusal beside its field, or in the summary where it names none of ours."""
        field = self._fields.get(refusal.field or "")
        if field is None or field.type == "HiddenField":
            self.form_errors = [*self.form_errors, refusal.message]
        else:
            field.errors = [*field.errors, refusal.message]
