"""A planned date, as exact as it is known, in a form."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from engage.core import clock
from engage.core.forms import ChoiceField, DateField, RevealingField, RevealingForm, WallTimeField, ZoneField
from engage.core.text import _l, month
from engage.events.models import PRECISION_WORDS, Precision

MONTHS_AHEAD = 48
DAY_BOXES = ("day", "month", "year")
MONTH = re.compile(r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])")


class EndField(WallTimeField):
    """When the event ends. With a time alone it ends on the day on which it starts."""

    def _text(self, formdata: Any, box: str) -> str:
        own = super()._text(formdata, box)
        if box not in DAY_BOXES or any(super(EndField, self)._text(formdata, b) for b in DAY_BOXES):
            return own
        if not super()._text(formdata, "time"):
            return own
        sent = formdata.getlist(f"starts-{box}")
        return str(sent[0]).strip() if sent and isinstance(sent[0], str) else ""


class DateForm(RevealingForm):
    """A planned date: as exact as it is known, at a place's wall time."""

    precision = RevealingField(
        _l("How much is known of the date?"),
        coerce=Precision,
        choices=list(PRECISION_WORDS.items()),
        missing=_l("Say how much is known of the date"),
        default=Precision.TIME,
    )
    starts = WallTimeField(
        _l("Starts"),
        missing=_l("Enter when the event starts"),
        hint=_l("A time like 10am or 14:30"),
    )
    ends = EndField(
        _l("Ends"),
        missing=_l("Enter when the event ends"),
        hint=_l("Without a day: on the day on which it starts"),
    )
    first_day = DateField(_l("Day"), missing=_l("Enter the day of the event"))
    last_day = DateField(_l("Last day"), optional=True, hint=_l("If it goes on for several days"))
    in_month = ChoiceField(_l("Month"), select=True, missing=_l("Choose the month of the event"))
    zone = ZoneField(_l("Time zone"), hint=_l("Of the place where it is held"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.in_month.choices = _months(self.in_month.data)
        self.reveal(
            self.precision,
            {
                Precision.TIME: (self.starts, self.ends),
                Precision.DAY: (self.first_day, self.last_day),
                Precision.MONTH: (self.in_month,),
            },
        )
        for field in self:
            if isinstance(field, WallTimeField) and field.texts is None:
                field.zone = self.zone.data  # what is stored: so that it shows which of a doubled hour is meant

    @property
    def when(self) -> dict[str, Any]:
        """The date as services take it."""
        precision = self.precision.data
        starts: Any = None
        ends: Any = None
        if precision is Precision.TIME:
            starts, ends = self.starts.data, self.ends.data
        elif precision is Precision.DAY:
            starts, ends = self.first_day.data, self.last_day.data
        elif precision is Precision.MONTH:
            starts = date.fromisoformat(f"{self.in_month.data}-01")
        return {"precision": precision, "starts": starts, "ends": ends, "zone": self.zone.data}

    def attach(self, refusal: Any) -> None:
        """A refusal of the date goes to the field that shows it."""
        shown = {
            ("starts", Precision.DAY): "first_day",
            ("ends", Precision.DAY): "last_day",
            ("starts", Precision.MONTH): "in_month",
            ("starts", Precision.TO_BE_CONFIRMED): "precision",
        }
        refusal.field = shown.get((refusal.field, self.precision.data), refusal.field)
        super().attach(refusal)


def _months(chosen: Any) -> list[tuple[str, str]]:
    """This month and those of the next four years; and the one that is chosen, wherever it lies."""
    today = clock.now().date()
    first = today.year * 12 + today.month - 1
    offered = [date(n // 12, n % 12 + 1, 1) for n in range(first, first + MONTHS_AHEAD)]
    months = [(f"{day:%Y-%m}", month(day)) for day in offered]
    if isinstance(chosen, str) and MONTH.fullmatch(chosen) and chosen not in dict(months):
        months.insert(0, (chosen, month(date.fromisoformat(f"{chosen}-01"))))
    return months
