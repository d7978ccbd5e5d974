"""Fields that are chosen: one of a few (radios) or of many (select), several (checkboxes), yes (a tick)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from wtforms.validators import StopValidation

from engage.core.forms.base import KitField, Params, Refused, words
from engage.core.text import _


class Choice(NamedTuple):
    """One thing to choose. `value` may be anything whose `str()` tells it apart (an enum member, an id)."""

    value: Any
    label: object
    hint: object = ""


Choices = Sequence[Choice | tuple[Any, ...]]


class _Chosen(KitField):
    """Choices may be given with the class or set on the form after it was made."""

    def __init__(
        self, label: object, *, choices: Choices = (), coerce: Callable[[str], Any] = str, **rest: Any
    ) -> None:
        super().__init__(label, **rest)
        self.coerce = coerce
        self.choices: Choices = choices

    def offered(self) -> list[Choice]:
        """The choices, whatever way they were written."""
        return [choice if isinstance(choice, Choice) else Choice(*choice) for choice in self.choices]

    def missing_words(self) -> str:
        return words(self._missing) if self._missing else _("Select the %(what)s", what=self.what())

    def coerced(self, typed: Iterable[str]) -> list[Any]:
        """The values of what was sent; raises `Refused` for what can't be one."""
        try:
            return [self.coerce(text) for text in typed if text]
        except (ValueError, TypeError, KeyError, OverflowError):
            raise Refused(self.missing_words()) from None

    def values(self) -> set[str]:
        """What is chosen now, as the page writes it."""
        if self.typed is not None:
            return set(self.typed)
        chosen = self.data if isinstance(self.data, (list, tuple, set, frozenset)) else [self.data]
        return {str(value) for value in chosen if value is not None}

    def refuse_strangers(self, chosen: Iterable[Any]) -> None:
        """Whatever isn't on offer is answered as if nothing had been chosen."""
        offered = {str(choice.value) for choice in self.offered()}
        if any(str(value) not in offered for value in chosen):
            raise StopValidation(self.missing_words())

    def items(self, marked: str) -> list[Params]:
        """The choices as the component takes them; `marked` is its word for chosen."""
        now = self.values()
        items: list[Params] = []
        for choice in self.offered():
            value = str(choice.value)
            item: Params = {"value": value, "text": words(choice.label), marked: value in now}
            if hint := words(choice.hint):
                item["hint"] = {"text": hint}
            items.append(item)
        return items


class ChoiceField(_Chosen):
    """One of several. Data: a coerced value, None when optional and empty.

    select  a select box instead of radios: for more than about seven choices
    inline  radios side by side: for two short ones
    """

    def __init__(
        self, label: object, *, select: bool = False, inline: bool = False, small: bool = False, **rest: Any
    ) -> None:
        super().__init__(label, **rest)
        self.select, self.inline, self.small = select, inline, small
        self.component, self.macro = ("select", "govukSelect") if select else ("radios", "govukRadios")  # type: ignore[misc]

    def read(self, typed: list[str]) -> Any:
        chosen = self.coerced(typed[:1])
        if not chosen:
            self.refuse_empty()
            return None
        return chosen[0]

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        self.refuse_strangers([self.data])

    def params(self) -> Params:
        if self.select:
            nothing = _("Any") if self.narrows else _("None") if self.optional else _("Choose")
            items = [{"value": "", "text": nothing}, *self.items("selected")]
            return super().params() | {"items": items}
        looks = {"govuk-radios--inline": self.inline, "govuk-radios--small": self.small}
        return {
            "idPrefix": self.id,
            "name": self.name,
            "items": self.items("checked"),
            "classes": " ".join(name for name, on in looks.items() if on),
            **self.legend_said(),
        }


class ChoicesField(_Chosen):
    """Any number of several, as checkboxes. Data: a list of coerced values, in the order of the choices."""

    component, macro = "checkboxes", "govukCheckboxes"

    def __init__(self, label: object, *, small: bool = False, **rest: Any) -> None:
        super().__init__(label, **rest)
        self.small = small

    def read(self, typed: list[str]) -> Any:
        chosen = self.coerced(dict.fromkeys(typed))
        if not chosen:
            self.refuse_empty()
        return chosen

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        self.refuse_strangers(self.data)
        order = [str(choice.value) for choice in self.offered()]
        self.data.sort(key=lambda value: order.index(str(value)))

    def params(self) -> Params:
        return {
            "idPrefix": self.id,
            "name": self.name,
            "items": self.items("checked"),
            "classes": "govuk-checkboxes--small" if self.small else "",
            **self.legend_said(),
        }


class TickField(KitField):
    """One box to tick. Data: `bool`. Unless optional it must be ticked (consent)."""

    component, macro = "checkboxes", "govukCheckboxes"

    def read(self, typed: list[str]) -> Any:
        if not any(typed):
            self.refuse_empty()
            return False
        return True

    def label_words(self) -> str:
        return words(self.label.text)

    def params(self) -> Params:
        ticked = any(self.typed) if self.typed is not None else bool(self.data)
        item: Params = {"value": "yes", "text": self.label_words(), "checked": ticked}
        said = self._hint_and_error()
        if "hint" in said:
            item["hint"] = said.pop("hint")
        return {"idPrefix": self.id, "name": self.name, "items": [item], **said}
