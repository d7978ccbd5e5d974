"""One line of an agenda."""

from __future__ import annotations

from collections.abc import Iterable

from engage.core.forms import ChoiceField, ChoicesField, EngageForm, HiddenField, NumberField, TextField
from engage.core.text import _l
from engage.events.models import AgendaKind
from engage.themes.models import ThemeGroup


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
