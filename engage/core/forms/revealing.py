"""A choice of which each answer shows the fields that it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from engage.core.forms.base import EngageForm, Params
from engage.core.forms.choice import ChoiceField
from engage.core.forms.when import WallTimeField
from engage.core.text import _l


class RevealingField(ChoiceField):
    """One of several; `reveals`: the form's fields that an answer shows, by its value."""

    reveals: Mapping[Any, Sequence[Any]]

    def items(self, marked: str) -> list[Params]:
        items = super().items(marked)
        shown = {str(value): fields for value, fields in self.reveals.items()}
        for item in items:
            if fields := shown.get(item["value"], ()):
                item["conditional"] = {"html": Markup("").join(field() for field in fields)}
        return items


class RevealingForm(EngageForm):
    """`revealed`: which fields each answer to `asking` shows, set by `reveal` once the form is made."""

    revealed: Mapping[Any, Sequence[Any]]
    asking: RevealingField

    def reveal(self, asking: RevealingField, fields: Mapping[Any, Sequence[Any]]) -> None:
        """What stands in fields that the answer does not show is no answer, and no mistake."""
        self.asking = asking
        self.revealed = asking.reveals = fields

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        for answer, fields in self.revealed.items():
            if answer != self.asking.data:
                for field in fields:
                    field.errors = []
        return not self.has_errors


class PublishForm(RevealingForm):
    """Publish now, or at an instant to come; once that is set, also: not at all."""

    when = RevealingField(_l("When is it published?"), missing=_l("Say when it is published"), default="now")
    at = WallTimeField(
        _l("Published on"),
        missing=_l("Enter the day and the time of publication"),
        hint=_l("Until then it is on no page. A time like 10am or 14:30"),
    )

    def __init__(self, *args: Any, zone: str, planned: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at.zone = zone
        self.when.choices = [
            ("now", _l("Now")),
            ("at", _l("At a day and time to come")),
            *([("never", _l("Not yet: call off what is set"))] if planned else []),
        ]
        self.reveal(self.when, {"at": (self.at,)})
