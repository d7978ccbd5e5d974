"""The shape of what staff type about events."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from engage.core import clock
from engage.core.forms import (
    ChoiceField,
    ChoicesField,
    DateField,
    EmailField,
    EngageForm,
    HiddenField,
    NumberField,
    TextArea,
    TextField,
    TickField,
    WallTimeField,
    ZoneField,
)
from engage.core.forms.base import Params
from engage.core.text import _l, month
from engage.events.models import (
    ADMISSION_WORDS,
    KIND_WORDS,
    PRECISION_WORDS,
    STATE_WORDS,
    Admission,
    AgendaKind,
    EventKind,
    EventState,
    Precision,
)
from engage.themes.models import ThemeGroup

KINDS = [
    (EventKind.ROUND_TABLE, KIND_WORDS[EventKind.ROUND_TABLE], _l("Senior people, invited by name, with a record")),
    (EventKind.SUMMIT, KIND_WORDS[EventKind.SUMMIT], _l("Many people for a day, with registration")),
    (EventKind.CONFERENCE, KIND_WORDS[EventKind.CONFERENCE], _l("Users and producers meet, theme by theme")),
    (EventKind.MEETING, KIND_WORDS[EventKind.MEETING], _l("A working meeting of those invited")),
]
MOST_PLACES = 100_000
MONTHS_AHEAD = 48
DAY_BOXES = ("day", "month", "year")
MONTH = re.compile(r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])")


class PrecisionField(ChoiceField):
    """How exactly the date is known; each answer shows the fields that it needs."""

    reveals: Mapping[Precision, Sequence[Any]]

    def items(self, marked: str) -> list[Params]:
        items = super().items(marked)
        for item in items:
            fields = self.reveals.get(Precision(item["value"]), ())
            if fields:
                item["conditional"] = {"html": Markup("").join(field() for field in fields)}
        return items


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


class DateForm(EngageForm):
    """A planned date: as exact as it is known, at a place's wall time."""

    precision = PrecisionField(
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
        self.revealed: Mapping[Precision, Sequence[Any]] = {
            Precision.TIME: (self.starts, self.ends),
            Precision.DAY: (self.first_day, self.last_day),
            Precision.MONTH: (self.in_month,),
        }
        self.precision.reveals = self.revealed
        for field in self:
            if isinstance(field, WallTimeField) and field.texts is None:
                field.zone = self.zone.data  # what is stored: so that it shows which of a doubled hour is meant

    def validate(self, extra_validators: Any = None) -> bool:
        """What stands in fields that the chosen precision does not show is no answer, and no mistake."""
        super().validate(extra_validators)
        for precision, fields in self.revealed.items():
            if precision is not self.precision.data:
                for field in fields:
                    field.errors = []
        return not self.has_errors

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


class _ThemesForm(EngageForm):
    owner = ChoiceField(
        _l("Theme group that owns it"),
        select=True,
        optional=True,
        coerce=int,
        hint=_l("A draft may do without; to be published it needs one"),
    )
    themes = ChoicesField(_l("Other theme groups"), optional=True, coerce=int, small=True)

    def offer(self, groups: Iterable[ThemeGroup]) -> None:
        """The theme groups to choose from."""
        self.owner.choices = self.themes.choices = [(group.id, group.title) for group in groups]


class CreateForm(DateForm, _ThemesForm):
    """The first words of an event; the rest follows on its page."""

    title = TextField(
        _l("Title"),
        max_length=200,
        missing=_l("Enter the title of the event"),
        hint=_l("Such as “Round Table 4: one year on”"),
    )
    kind = ChoiceField(_l("Kind"), coerce=EventKind, choices=KINDS, missing=_l("Select what kind of event it is"))
    summary = TextArea(
        _l("Summary"),
        max_length=400,
        rows=2,
        optional=True,
        count=True,
        hint=_l("One or two sentences: the first that people read"),
    )
    slug = TextField(
        _l("Address of its page"),
        max_length=80,
        optional=True,
        prefix="/events/",
        hint=_l("Made from the title if you leave it empty. It can never be changed"),
    )


class EditForm(DateForm, _ThemesForm):
    """All that can be said of an event."""

    version = HiddenField(max_length=10)
    title = TextField(_l("Title"), max_length=200, missing=_l("Enter the title of the event"))
    kind = ChoiceField(_l("Kind"), coerce=EventKind, choices=[kind[:2] for kind in KINDS], select=True)
    summary = TextArea(
        _l("Summary"),
        max_length=400,
        rows=2,
        optional=True,
        count=True,
        hint=_l("One or two sentences: the first that people read"),
    )
    description = TextArea(_l("Description"), max_length=20_000, rows=10, optional=True, markdown=True)
    town = TextField(
        _l("Town"), max_length=120, optional=True, width=20, hint=_l("Public. Leave empty if it is online only")
    )
    place = TextField(
        _l("Address"),
        max_length=300,
        optional=True,
        hint=_l("Building, street, room: shown only to those whose place is confirmed"),
    )
    online_link = TextField(
        _l("Online link"),
        max_length=500,
        optional=True,
        hint=_l("Likewise shown only to them. Starts with https://"),
    )
    access_information = TextArea(
        _l("Access information"),
        max_length=4_000,
        rows=3,
        optional=True,
        hint=_l("Public: step-free ways, hearing loop, quiet room, interpreters"),
    )
    admission = ChoiceField(
        _l("Who may come"), coerce=Admission, choices=[(value, ADMISSION_WORDS[value]) for value in Admission]
    )
    capacity = NumberField(_l("Places"), min=0, max=MOST_PLACES, optional=True, hint=_l("Leave empty for no limit"))
    reserved = NumberField(
        _l("Places set aside"),
        min=0,
        max=MOST_PLACES,
        optional=True,
        hint=_l("For speakers, staff or late guests: nobody else gets these"),
    )
    holds_seats = TickField(_l("An invitation holds a place until it is answered"), optional=True)
    registration_opens = WallTimeField(_l("Registration opens"), optional=True)
    registration_closes = WallTimeField(
        _l("Registration closes"), optional=True, hint=_l("Left empty: when the event starts")
    )
    chair_name = TextField(_l("Chair: name"), max_length=200, optional=True, autocomplete="off")
    chair_email = EmailField(_l("Chair: e-mail address"), optional=True, autocomplete="off")
    secretary_name = TextField(_l("Secretary: name"), max_length=200, optional=True, autocomplete="off")
    secretary_email = EmailField(_l("Secretary: e-mail address"), optional=True, autocomplete="off")


class AgendaItemForm(EngageForm):
    """One line of an agenda."""

    title = TextField(_l("What it is about"), max_length=200, missing=_l("Enter what the item is about"))
    minutes = NumberField(_l("Minutes"), min=1, max=1440, optional=True, width=3)
    presenter = TextField(
        _l("Who presents"), max_length=200, optional=True, hint=_l("A name, as it is to be read on the agenda")
    )
    kind = ChoiceField(
        _l("Who sees it"),
        coerce=AgendaKind,
        choices=[
            (AgendaKind.OPEN, _l("Open"), _l("On the public page once the event is published")),
            (AgendaKind.INTERNAL, _l("Internal"), _l("Only staff and the room")),
        ],
        default=AgendaKind.OPEN,
        inline=True,
    )
    themes = ChoicesField(_l("Theme groups"), optional=True, coerce=int, small=True)

    def offer(self, groups: Iterable[ThemeGroup]) -> None:
        """The theme groups to choose from."""
        self.themes.choices = [(group.id, group.title) for group in groups]


class EditAgendaItemForm(AgendaItemForm):
    """The same; `version` tells whether somebody else saved meanwhile."""

    version = HiddenField(max_length=10)


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


def _months(chosen: Any) -> list[tuple[str, str]]:
    """This month and those of the next four years; and the one that is chosen, wherever it lies."""
    today = clock.now().date()
    first = today.year * 12 + today.month - 1
    offered = [date(n // 12, n % 12 + 1, 1) for n in range(first, first + MONTHS_AHEAD)]
    months = [(f"{day:%Y-%m}", month(day)) for day in offered]
    if isinstance(chosen, str) and MONTH.fullmatch(chosen) and chosen not in dict(months):
        months.insert(0, (chosen, month(date.fromisoformat(f"{chosen}-01"))))
    return months
