"""The shape of what staff type about programmes."""

from __future__ import annotations

from engage.accounts.forms import ROLES
from engage.core.access import Role
from engage.core.forms import (
    ChoiceField,
    DateField,
    EmailField,
    EngageForm,
    HiddenField,
    TextArea,
    TextField,
    ZoneField,
)
from engage.core.text import _l


class _ProgrammeWords(EngageForm):
    name = TextField(
        _l("Name"),
        max_length=200,
        missing=_l("Enter the name of the programme"),
        hint=_l("Such as “Health and care statistics in England”"),
    )
    convening_body = TextField(
        _l("Convening body"),
        max_length=200,
        missing=_l("Enter the body that convenes the programme"),
        hint=_l("Who invites people: the name that they know"),
    )
    summary = TextArea(
        _l("Summary"), max_length=400, rows=3, count=True, optional=True, hint=_l("One or two sentences for lists")
    )
    purpose = TextArea(
        _l("Purpose"),
        max_length=20_000,
        rows=10,
        markdown=True,
        optional=True,
        hint=_l("Why it exists and what it wants to reach."),
    )
    zone = ZoneField(_l("Time zone"), hint=_l("Due dates and terms are judged by the clock of this place"))
    starts_on = DateField(_l("Start"), optional=True)
    ends_on = DateField(_l("End"), optional=True)


class CreateForm(_ProgrammeWords):
    """A new programme: its address and prefix are chosen now, for ever."""

    prefix = TextField(
        _l("Reference prefix"),
        max_length=8,
        width=10,
        missing=_l("Enter a reference prefix"),
        hint=_l("2 to 8 capital letters that head every reference, as in HCS-A12. It cannot be changed later"),
    )
    slug = TextField(
        _l("Address"),
        max_length=80,
        optional=True,
        prefix="/programmes/",
        hint=_l("Made from the name if you leave it empty. It cannot be changed later"),
    )


class EditForm(_ProgrammeWords):
    """The words and dates; `version` tells whether somebody else saved meanwhile."""

    version = HiddenField(max_length=10)


class ReasonForm(EngageForm):
    """Why a programme is closed or reopened."""

    reason = TextArea(_l("Reason"), max_length=600, rows=3, missing=_l("Say why"))


class PlainForm(EngageForm):
    """Nothing but a button."""


class GrantForm(EngageForm):
    """A role for whoever has an address."""

    email = EmailField(_l("E-mail address"), autocomplete="off", missing=_l("Enter the e-mail address"))
    name = TextField(
        _l("Name"),
        max_length=200,
        optional=True,
        autocomplete="off",
        hint=_l("Needed when the address has no account yet: one is made, and its owner is told how to sign in"),
    )
    role = ChoiceField(_l("Role"), choices=ROLES, coerce=Role, missing=_l("Select a role"))


class RevokeForm(EngageForm):
    """Which role to take from whom."""

    user = HiddenField(max_length=22)
    role = HiddenField(max_length=20)
