"""What an event is: the forms that make and change one."""

from __future__ import annotations

from collections.abc import Iterable

from engage.core.forms import (
    ChoiceField,
    ChoicesField,
    EmailField,
    EngageForm,
    HiddenField,
    NumberField,
    TextArea,
    TextField,
    TickField,
    WallTimeField,
)
from engage.core.text import _l
from engage.events.forms.dates import DateForm
from engage.events.models import ADMISSION_WORDS, KIND_WORDS, Admission, EventKind, Series
from engage.themes.models import ThemeGroup

KINDS = [
    (EventKind.ROUND_TABLE, KIND_WORDS[EventKind.ROUND_TABLE], _l("Senior people, invited by name, with a record")),
    (EventKind.SUMMIT, KIND_WORDS[EventKind.SUMMIT], _l("Many people for a day, with registration")),
    (EventKind.CONFERENCE, KIND_WORDS[EventKind.CONFERENCE], _l("Users and producers meet, theme by theme")),
    (EventKind.MEETING, KIND_WORDS[EventKind.MEETING], _l("A working meeting of those invited")),
]
MOST_PLACES = 100_000


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


class CopyForm(DateForm):
    """What a copy does not take over: what it is called, and when it is."""

    order = ("title", "precision", "zone", "slug")

    title = TextField(_l("Title"), max_length=200, missing=_l("Enter the title of the event"))
    slug = TextField(
        _l("Address of its page"),
        max_length=80,
        optional=True,
        prefix="/events/",
        hint=_l("Made from the title if you leave it empty. It can never be changed"),
    )


class SeriesForm(EngageForm):
    """A series of events."""

    version = HiddenField(max_length=10)
    name = TextField(
        _l("Name"),
        max_length=80,
        missing=_l("Enter the name of the series"),
        hint=_l("What its events are called before their number, such as “Round Table”"),
    )
    next_number = NumberField(
        _l("Next number"),
        min=1,
        max=9_999,
        default=1,
        missing=_l("Enter the next number"),
        hint=_l("Which number the next event takes. No number is ever given twice"),
    )


class DefaultsForm(EngageForm):
    """What events of a kind begin with."""

    version = HiddenField(max_length=10)
    admission = ChoiceField(
        _l("Who may come"), coerce=Admission, choices=[(value, ADMISSION_WORDS[value]) for value in Admission]
    )
    capacity = NumberField(_l("Places"), min=0, max=MOST_PLACES, optional=True, hint=_l("Leave empty for no limit"))
    holds_seats = TickField(_l("An invitation holds a place until it is answered"), optional=True)
    agenda = TextArea(
        _l("Agenda"),
        max_length=8_000,
        rows=6,
        optional=True,
        hint=_l("One item a line, its minutes after a bar: Welcome | 10"),
    )
    papers = TextArea(
        _l("Papers that are expected"),
        max_length=8_000,
        rows=4,
        optional=True,
        hint=_l("One title a line. What is missing stands on the event’s page until it is there"),
    )
    papers_days = NumberField(
        _l("Days before the event by which papers are out"), min=0, max=365, missing=_l("Enter a number of days")
    )
    answers_days = NumberField(
        _l("Days before the event by which those invited have answered"),
        min=0,
        max=365,
        missing=_l("Enter a number of days"),
    )
    feedback_from = ChoiceField(
        _l("Feedback form"),
        select=True,
        optional=True,
        coerce=int,
        hint=_l("The event whose questions are copied. None: the form is made by hand"),
    )
    headings = TextArea(
        _l("Headings of the record"),
        max_length=8_000,
        rows=4,
        optional=True,
        hint=_l("One a line, besides the items of the agenda: Matters arising"),
    )


class _SeriesChoice(EngageForm):
    series = ChoiceField(_l("Series"), select=True, optional=True, hint=_l("It takes the next number of its series"))

    def offer_series(self, found: Iterable[Series]) -> None:
        """The series to choose from."""
        self.series.choices = [(one.slug, one.name) for one in found]


class CreateForm(DateForm, _ThemesForm, _SeriesChoice):
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


class EditForm(DateForm, _ThemesForm, _SeriesChoice):
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
    non_attributed = TickField(
        _l("Nobody is named (the Chatham House Rule)"),
        optional=True,
        hint=_l(
            "No public page names who presents, speaks, chairs, was there or owns an action. Once the event is live "
            "this can be set, and no longer taken back"
        ),
    )
    chair_name = TextField(_l("Chair: name"), max_length=200, optional=True, autocomplete="off")
    chair_email = EmailField(_l("Chair: e-mail address"), optional=True, autocomplete="off")
    secretary_name = TextField(_l("Secretary: name"), max_length=200, optional=True, autocomplete="off")
    secretary_email = EmailField(_l("Secretary: e-mail address"), optional=True, autocomplete="off")
