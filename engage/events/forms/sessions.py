"""One session of an event, and the name of a room or track."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from wtforms import ValidationError

from engage.core.addresses import BadAddress, normalise
from engage.core.forms import (
    ChoicesField,
    EngageForm,
    HiddenField,
    NumberField,
    TextArea,
    TextField,
    TickField,
    WallTimeField,
)
from engage.core.text import _, _l, day
from engage.events.forms.dates import DAY_BOXES
from engage.themes.models import ThemeGroup

MOST_PLACES = 100_000
WHO = _l("Name, organisation, e-mail address, with commas between; the last two may be left out")


class Named(NamedTuple):
    """Somebody as typed on one line."""

    name: str
    organisation: str
    email: str


def named(line: str) -> Named:
    """ "Ann Lee, Office for National Statistics, ann@example.org": an address is the last part that has an @, and what
    stands between it and the name is the organisation, commas and all."""
    name, *rest = (part.strip() for part in line.split(","))
    email = rest.pop() if rest and "@" in rest[-1] else ""
    return Named(name, ", ".join(part for part in rest if part), email)


def check_named(_form: Any, field: Any) -> None:
    """Each line begins with a name, and its address, where there is one, is one."""
    for line in field.data.splitlines():
        if not line.strip():
            continue
        said = named(line)
        if not said.name or "@" in said.name:
            raise ValidationError(_("Begin with the name: “%(line)s”", line=line.strip()[:80]))
        try:
            if said.email:
                normalise(said.email)
        except BadAddress:
            raise ValidationError(_("“%(email)s” is no e-mail address", email=said.email[:80])) from None


class TimeField(WallTimeField):
    """A time alone is on the day of `starts`, else on the first day of the event."""

    first_day: date | None = None

    def _text(self, formdata: Any, box: str) -> str:
        own = super()._text(formdata, box)
        if box not in DAY_BOXES or not super()._text(formdata, "time"):
            return own
        if any(super(TimeField, self)._text(formdata, other) for other in DAY_BOXES):
            return own
        sent = formdata.getlist(f"starts-{box}")
        typed = str(sent[0]).strip() if sent and isinstance(sent[0], str) else ""
        return typed or (str(getattr(self.first_day, box)) if self.first_day else "")


class SessionForm(EngageForm):
    """What it is, when and where, who speaks, for which theme groups. `first_day`: the event's."""

    title = TextField(_l("Title"), max_length=200, missing=_l("Enter the title of the session"))
    description = TextArea(
        _l("What it is about"),
        max_length=600,
        rows=3,
        optional=True,
        count=True,
        hint=_l("One or two sentences, read in the programme"),
    )
    starts = TimeField(_l("Starts"), optional=True)
    ends = TimeField(_l("Ends"), optional=True, hint=_l("Without a day: on the day on which it starts"))
    room = TextField(_l("Room"), max_length=80, optional=True, width=20, autocomplete="off")
    track = TextField(_l("Track"), max_length=80, optional=True, width=20, autocomplete="off")
    chair = TextField(_l("Chair"), max_length=700, optional=True, hint=WHO, autocomplete="off", checks=[check_named])
    speakers = TextArea(
        _l("Speakers"), max_length=8_000, rows=3, optional=True, hint=_l("One per line, likewise"), checks=[check_named]
    )
    themes = ChoicesField(_l("Theme groups"), optional=True, coerce=int, small=True)
    capacity = NumberField(
        _l("Places"), min=1, max=MOST_PLACES, optional=True, width=4, hint=_l("Leave empty for no limit")
    )
    sign_up = TickField(
        _l("Those who come to the event choose this session themselves"),
        optional=True,
        hint=_l("From when the programme is published until the session starts; when it is full, they wait in order"),
    )

    def __init__(self, *args: Any, first_day: date | None, zone: str, **kwargs: Any) -> None:
        self.first_day, self.zone = first_day, zone
        super().__init__(*args, **kwargs)
        self.hints = _hints(first_day, (), ())

    def process(self, *args: Any, **kwargs: Any) -> None:
        """A field that is read must know the event's day and zone."""
        for field in (self.starts, self.ends):
            field.first_day, field.zone = self.first_day, self.zone
        super().process(*args, **kwargs)

    def offer(self, groups: Iterable[ThemeGroup], *, rooms: Iterable[str], tracks: Iterable[str]) -> None:
        """The theme groups to choose from, and the rooms and tracks that are there."""
        self.themes.choices = [(group.id, group.title) for group in groups]
        self.hints = _hints(self.first_day, rooms, tracks)

    @property
    def people(self) -> tuple[Named | None, list[Named]]:
        """The chair and the speakers, as typed."""
        lines = [named(line) for line in self.speakers.data.splitlines() if line.strip()]
        return named(self.chair.data) if self.chair.data else None, lines


class EditSessionForm(SessionForm):
    """The same; `version` tells whether somebody else saved meanwhile."""

    version = HiddenField(max_length=10)


def _hints(first_day: date | None, rooms: Iterable[str], tracks: Iterable[str]) -> dict[str, dict[str, str]]:
    """What depends on the event, as the fields take it."""
    time = _("A time like 10am or 14:30. Leave it empty while it is not known")
    if first_day is not None:
        time = _("A time like 10am or 14:30. Without a day: on %(day)s", day=day(first_day))
    return {"starts": {"text": time}, "room": {"text": _there(rooms)}, "track": {"text": _there(tracks)}}


def _there(names: Iterable[str]) -> str:
    there = ", ".join(f"“{name}”" for name in names)
    if not there:
        return _("Type its name: sessions with the same one share it")
    return _("There are: %(names)s. Another name makes a new one", names=there)


class NameForm(EngageForm):
    """What a room or track is called."""

    name = TextField(_l("Name"), max_length=80, missing=_l("Enter the name"), autocomplete="off")
