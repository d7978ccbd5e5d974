"""Forms in plain words: fields that say what is wrong, keep what was typed, and draw GOV.UK components.

    class RenameForm(EngageForm):
        title = TextField(_l("Title"), max_length=200, missing=_l("Enter the title of the event"))
        starts = WallTimeField(_l("Starts"), zone_from="zone")
        zone = ZoneField(_l("Time zone"))

A form holds the shape of input, never a rule: rules are refused by services as `RuleBroken`, which
`form.attach()` shows beside its field. How a page draws a form: docs/design.md#forms.
"""

from __future__ import annotations

from engage.core.forms.base import EngageForm, KitField
from engage.core.forms.choice import Choice, ChoiceField, ChoicesField, TickField
from engage.core.forms.files import FileField
from engage.core.forms.revealing import PublishForm, RevealingField, RevealingForm
from engage.core.forms.text import EmailField, HiddenField, NumberField, SubmitButton, TextArea, TextField
from engage.core.forms.when import DateField, WallTimeField, ZoneField

__all__ = [
    "Choice",
    "ChoiceField",
    "ChoicesField",
    "DateField",
    "EmailField",
    "EngageForm",
    "FileField",
    "HiddenField",
    "KitField",
    "NumberField",
    "PublishForm",
    "RevealingField",
    "RevealingForm",
    "SubmitButton",
    "TextArea",
    "TextField",
    "TickField",
    "WallTimeField",
    "ZoneField",
]
