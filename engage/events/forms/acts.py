"""What an act asks for, and what narrows the staff list."""

from __future__ import annotations

from typing import Any

from engage.core.forms import ChoiceField, DateField, EngageForm, TextArea, TextField, WallTimeField
from engage.core.text import _l
from engage.events.forms.dates import DateForm
from engage.events.models import STATE_WORDS, EventState


class PlainForm(EngageForm):
    """Nothing but the button."""


class ReasonForm(EngageForm):
    reason = TextArea(_l("Why?"), max_length=600, rows=3, count=True, missing=_l("Say why"))


class CancelForm(ReasonForm):
    """The reason goes to everybody concerned."""

    reason = TextArea(
        _l("Why is it cancelled?"),
        max_length=600,
        rows=3,
        count=True,
        missing=_l("Say why the event is cancelled"),
        hint=_l("Those concerned read it in the mail, everybody else on the event’s page"),
    )


class PostponeForm(DateForm):
    order = ("reason", "precision", "zone", "reconfirm_by")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.precision.label.text = _l("How much is known of the new date?")

    reason = TextArea(
        _l("Why is it postponed?"),
        max_length=600,
        rows=3,
        count=True,
        missing=_l("Say why the event is postponed"),
        hint=_l("Those concerned read it in the mail, everybody else on the event’s page"),
    )
    reconfirm_by = DateField(
        _l("Last day to reconfirm"),
        optional=True,
        hint=_l("Who accepted keeps the seat until then. Left empty: two weeks from today, once the new day is known"),
    )


class RescheduleForm(DateForm):
    reconfirm_by = DateField(
        _l("Last day to reconfirm"),
        optional=True,
        hint=_l("Who accepted keeps the seat until then. Left empty: two weeks from today, or as it was set"),
    )


class OpenForm(EngageForm):
    closes = WallTimeField(
        _l("Registration closes"), optional=True, zone="UTC", hint=_l("Left empty: when the event starts")
    )


class FilterForm(EngageForm):
    """What narrows the staff list."""

    programme = ChoiceField(_l("Programme"), select=True, narrows=True)
    state = ChoiceField(
        _l("State"),
        select=True,
        narrows=True,
        coerce=EventState,
        choices=list(STATE_WORDS.items()),
    )
    q = TextField(_l("Words in the title"), max_length=100, narrows=True)
