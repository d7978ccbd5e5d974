"""The shape of what staff type about theme groups."""

from __future__ import annotations

from engage.core.forms import (
    ChoiceField,
    DateField,
    EmailField,
    EngageForm,
    HiddenField,
    TextArea,
    TextField,
)
from engage.core.text import _l
from engage.themes.models import TermRole

ROLES = [
    (TermRole.LEAD, _l("Lead"), _l("Named on the public page; looks after the group’s words and actions")),
    (TermRole.MEMBER, _l("Member"), _l("Works with the group")),
]
ROLE_NAMES = {role: name for role, name, _hint in ROLES}


class _ThemeWords(EngageForm):
    title = TextField(_l("Title"), max_length=120, missing=_l("Enter the title of the theme group"))
    scope = TextArea(
        _l("Scope"),
        max_length=600,
        rows=4,
        count=True,
        optional=True,
        markdown=True,
        hint=_l("What it is about, in one or two sentences."),
    )
    plan = TextArea(
        _l("Plan"),
        max_length=20_000,
        rows=12,
        optional=True,
        markdown=True,
        hint=_l("What the group wants to do, and by when."),
    )
    contact = EmailField(
        _l("Public contact"), optional=True, autocomplete="off", hint=_l("An e-mail address for everybody to see")
    )


class ProposeForm(_ThemeWords):
    """A new theme group: its address is chosen now, for ever."""

    slug = TextField(
        _l("Address"),
        max_length=80,
        optional=True,
        prefix="/themes/",
        hint=_l("Made from the title if you leave it empty. It cannot be changed later"),
    )


class EditForm(_ThemeWords):
    """The page's words; `version` tells whether somebody else saved meanwhile."""

    version = HiddenField(max_length=10)


class _Somebody(EngageForm):
    name = TextField(_l("Name"), max_length=200, autocomplete="off", missing=_l("Enter the name"))
    email = EmailField(
        _l("E-mail address"),
        autocomplete="off",
        missing=_l("Enter the e-mail address"),
        hint=_l("Never shown in public. Whoever has it already keeps the name that we know"),
    )
    organisation = TextField(_l("Organisation"), max_length=200, autocomplete="off", optional=True)


class AppointForm(_Somebody):
    """Who leads or belongs to the group, from when on."""

    role = ChoiceField(_l("Role"), choices=ROLES, coerce=TermRole, missing=_l("Select a role"))
    starts_on = DateField(_l("First day"), missing=_l("Enter the first day"))
    ends_on = DateField(_l("Last day"), optional=True, hint=_l("Leave it empty until somebody knows"))


class HandOverForm(_Somebody):
    """Who leads next, from when on."""

    on = DateField(_l("First day of the new lead"), missing=_l("Enter the first day of the new lead"))


class EndForm(EngageForm):
    """The last day of a term."""

    ends_on = DateField(_l("Last day"), missing=_l("Enter the last day"))


class CloseForm(EngageForm):
    """A successor, or why there is none; `sure` once the page has said what will follow."""

    successor = ChoiceField(
        _l("Successor"),
        select=True,
        optional=True,
        hint=_l("Open actions and followers move to it"),
    )
    reason = TextArea(
        _l("Reason"),
        max_length=600,
        rows=3,
        optional=True,
        hint=_l("Shown on the public page. Needed when there is no successor"),
    )
    sure = HiddenField(max_length=3)


class ReasonForm(EngageForm):
    """Why a group rests."""

    reason = TextArea(_l("Reason"), max_length=600, rows=3, missing=_l("Say why"))


class PlainForm(EngageForm):
    """Nothing but a button."""
