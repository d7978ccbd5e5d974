"""Dates in three boxes, wall times in four, and their zones (docs/domain.md#event)."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, ClassVar
from zoneinfo import available_timezones

from babel.dates import get_month_names
from markupsafe import Markup
from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from engage.core.errors import RuleBroken
from engage.core.forms.base import KitField, Params, Refused, component, words
from engage.core.forms.choice import ChoiceField
from engage.core.forms.text import showable, tidy
from engage.core.text import AmbiguousTime, NonexistentTime, _, language, wall_time

YEARS = range(1900, 2201)
BOX_LENGTH = 30
CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))? ?(am|pm|a\.m\.|p\.m\.)?", re.ASCII)
FIRST_ZONES = ("Europe/London", "UTC")
ZONE_AREAS = frozenset(
    (
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    )
)


class _Boxes(KitField):
    """A field of several boxes, named NAME-day, NAME-month …"""

    component, macro = "date-input", "govukDateInput"
    boxes: ClassVar[tuple[str, ...]] = ("day", "month", "year")

    def __init__(self, label: object, **rest: Any) -> None:
        super().__init__(label, **rest)
        self.texts: dict[str, str] | None = None
        self.wrong: tuple[str, ...] = ()

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        super().process(None, data, extra_filters)
        if formdata is None:
            return
        self.texts = {box: self._text(formdata, box) for box in self.boxes}
        self.data = None
        try:
            self.data = self.read([])
        except Refused as refused:
            self.wrong = refused.boxes
            self.process_errors = [refused.args[0]]

    def _text(self, formdata: Any, box: str) -> str:
        sent = formdata.getlist(f"{self.name}-{box}")
        return tidy(sent[0]) if sent and isinstance(sent[0], str) else ""

    @property
    def error_id(self) -> str:
        return f"{self.id}-{(self.wrong or self.boxes)[0]}"

    def read_date(self) -> date:
        """The date in the first three boxes; all three are filled in."""
        texts = self.texts or {}
        label = words(self.label.text)
        year = _digits(texts["year"], 4)
        if year is None or year not in YEARS:
            raise Refused(_("%(what)s must have a year of 4 numbers, like 2027", what=label), ["year"])
        month = _month(texts["month"])
        if month is None:
            raise Refused(_("%(what)s must have a real month, like 5 or May", what=label), ["month"])
        day = _digits(texts["day"], 2)
        try:
            return date(year, month, day or 0)
        except ValueError:
            raise Refused(_("%(what)s must be a real date", what=label), ["day"]) from None

    def refuse_gaps(self, needed: tuple[str, ...]) -> None:
        """Some boxes are filled in: the others must be too."""
        gaps = [box for box in needed if not (self.texts or {}).get(box)]
        if gaps:
            names = ", ".join(_box_words(box) for box in gaps)
            raise Refused(_("%(what)s must include: %(parts)s", what=words(self.label.text), parts=names), gaps)

    def shown(self) -> dict[str, str]:
        """What stands in the boxes."""
        if self.texts is not None:
            return {box: showable(text)[: BOX_LENGTH * 4] for box, text in self.texts.items()}
        return self.stored() if self.data is not None else {}

    def stored(self) -> dict[str, str]:
        """The boxes of a stored value."""
        return {"day": str(self.data.day), "month": str(self.data.month), "year": str(self.data.year)}

    def params(self) -> Params:
        shown = self.shown()
        items = [self._item(box, shown.get(box, "")) for box in self.boxes if box != "fold"]
        return {"id": self.id, "namePrefix": self.name, "items": items, **self.legend_said()}

    def _item(self, box: str, value: str) -> Params:
        widths = {"day": 2, "month": 3, "year": 4, "time": 5}
        wrong = " govuk-input--error" if self.errors and box in (self.wrong or self.boxes) else ""
        return {
            "name": box,
            "id": f"{self.id}-{box}",
            "label": _box_words(box).capitalize(),
            "value": value,
            "classes": f"govuk-input--width-{widths[box]}{wrong}",
            "inputmode": "text" if box in ("month", "time") else "numeric",
        }


class DateField(_Boxes):
    """A date. Months may be names. Data: `datetime.date`, None when optional and empty."""

    def read(self, typed: list[str]) -> Any:  # noqa: ARG002 - read from the boxes
        if not any((self.texts or {}).values()):
            self.refuse_empty()
            return None
        self.refuse_gaps(self.boxes)
        return self.read_date()


class WallTimeField(_Boxes):
    """A date and a time of day at a place. Data: a naive `datetime`; `fold` says which of a doubled hour.

    The zone is `zone` (also settable on the form's field), else the data of the form's field called
    `zone_from`. A time that the clocks skip is refused; one that comes twice is asked about by two radios
    that appear when needed.
    """

    boxes = ("day", "month", "year", "time", "fold")

    def __init__(self, label: object, *, zone: str | None = None, zone_from: str = "zone", **rest: Any) -> None:
        super().__init__(label, **rest)
        self.zone, self.zone_from = zone, zone_from
        self.asks_which = False

    def read(self, typed: list[str]) -> Any:  # noqa: ARG002 - read from the boxes
        texts = self.texts or {}
        if not any(text for box, text in texts.items() if box != "fold"):
            self.refuse_empty()
            return None
        self.refuse_gaps(("day", "month", "year", "time"))
        return datetime.combine(self.read_date(), self._read_time(texts["time"]))

    def _read_time(self, text: str) -> time:
        found = _clock(text)
        if found is None:
            said = _("%(what)s must have a time like 10:30am or 14:00", what=words(self.label.text))
            raise Refused(said, ["time"])
        return found

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        zone = self.zone or self._zone_of(form)
        if zone is None:  # the zone's own field says why
            return
        chosen = (self.texts or {}).get("fold", "")
        fold = int(chosen) if chosen in ("0", "1") else None
        try:
            wall_time(self.data, zone)
        except AmbiguousTime as twice:
            self.asks_which = True
            if fold is None:
                self.wrong = ("fold",)
                raise StopValidation(twice.message) from None
            self.data = self.data.replace(fold=fold)
        except NonexistentTime as skipped:
            self.wrong = ("time",)
            raise StopValidation(skipped.message) from None
        except RuleBroken:  # an unknown zone: said beside the zone
            return

    def _zone_of(self, form: Any) -> str | None:
        if self.zone_from not in form:
            raise LookupError(f"{self.name}: set its zone, or add a field called {self.zone_from!r}")
        return form[self.zone_from].data or None

    def stored(self) -> dict[str, str]:
        return super().stored() | {"time": f"{self.data:%H:%M}", "fold": str(self.data.fold)}

    def draw(self, params: Params) -> Markup:
        drawn = super().draw(params)
        if self.asks_which or (self.texts is None and self._stored_comes_twice()):
            drawn += component("radios", "govukRadios", self._which())
        return drawn

    def _stored_comes_twice(self) -> bool:
        if self.data is None or self.zone is None:
            return False
        try:
            wall_time(self.data, self.zone)
        except AmbiguousTime:
            return True
        except RuleBroken:
            return False
        return False

    def _which(self) -> Params:
        chosen = self.shown().get("fold", "")
        labels = {
            "0": _("The first, before the clocks go back"),
            "1": _("The second, after the clocks go back"),
        }
        items = [{"value": value, "text": text, "checked": value == chosen} for value, text in labels.items()]
        legend = {"text": _("Which of the two?"), "classes": "govuk-fieldset__legend--s"}
        return {
            "idPrefix": f"{self.id}-fold",
            "name": f"{self.name}-fold",
            "classes": "govuk-radios--small",
            "fieldset": {"legend": legend},
            "items": items,
        }


class ZoneField(ChoiceField):
    """A time zone of the IANA database, by place. Data: its name, such as "Europe/London"."""

    def __init__(self, label: object, **rest: Any) -> None:
        super().__init__(label, **{"select": True, "choices": _zones(), "default": FIRST_ZONES[0], **rest})


@lru_cache(maxsize=1)
def _zones() -> tuple[tuple[str, str], ...]:
    places = sorted(name for name in available_timezones() if name.split("/")[0] in ZONE_AREAS)
    names = [*FIRST_ZONES, *(name for name in places if name not in FIRST_ZONES)]
    return tuple((name, name.replace("_", " ")) for name in names)


def _box_words(box: str) -> str:
    return {"day": _("day"), "month": _("month"), "year": _("year"), "time": _("time")}[box]


def _digits(text: str, most: int) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= most else None


def _month(text: str) -> int | None:
    """5, 05, May, may., Mai (in the reader's language or English)."""
    if text.isascii() and text.isdigit():
        number = _digits(text, 2)
        return number if number and number <= 12 else None
    wanted = text.rstrip(".").casefold()
    return _month_names(language()).get(wanted)


@lru_cache(maxsize=8)
def _month_names(locale: str) -> dict[str, int]:
    names: dict[str, int] = {"sept": 9}
    for where in ("en_GB", locale):
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=where).items():
                names[str(name).rstrip(".").casefold()] = number
    return names


def _clock(text: str) -> time | None:
    """10:30 · 10.30am · 2 pm · midday. A bare hour without am or pm says too little."""
    said = text.casefold()
    if said in ("noon", "midday", _("midday").casefold()):
        return time(12)
    if said in ("midnight", _("midnight").casefold()):
        return time(0)
    found = CLOCK.fullmatch(said)
    if not found or (found[2] is None and found[3] is None):
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[3].startswith("p") else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
