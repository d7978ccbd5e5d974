"""Shapes of what is typed to sign in and to look after accounts and roles."""

from __future__ import annotations

from engage.core.access import Role
from engage.core.forms import Choice, EmailField, EngageForm, HiddenField, TextField, TickField
from engage.core.text import _l

ROLES = (
    Choice(Role.CONVENOR, _l("Convenor"), _l("Runs everything: events, theme groups, roles, publication")),
    Choice(Role.SECRETARY, _l("Secretary"), _l("Looks after events and their records")),
    Choice(
        Role.THEME_LEAD,
        _l("Theme lead"),
        _l("Looks after the page and the actions of a theme group that they lead"),
    ),
    Choice(Role.REVIEWER, _l("Reviewer"), _l("Verifies that actions were done")),
    Choice(Role.OBSERVER, _l("Observer"), _l("Reads, and changes nothing")),
)
"""What one may be in a programme, in words (docs/domain.md#programme)."""


class AskForm(EngageForm):
    """Ask for a sign-in link: for anybody, so without a cookie."""

    public = True
    email = EmailField(
        _l("Your e-mail address"),
        missing=_l("Enter your e-mail address"),
        hint=_l("We send a link to it. There is no password."),
    )
    next = HiddenField(max_length=500)


class PressForm(EngageForm):
    """A button and nothing else, with its CSRF token."""


class UserForm(EngageForm):
    """An account."""

    name = TextField(_l("Name"), max_length=200, missing=_l("Enter the name of the person"), autocomplete="off")
    email = EmailField(_l("E-mail address"), missing=_l("Enter the e-mail address"), autocomplete="off")
    is_admin = TickField(
        _l("Administrator"),
        optional=True,
        hint=_l("Looks after accounts, mail and health. Reads no programme’s private records without a role in it."),
    )


def role_words(role: Role) -> str:
    """A role as pages say it."""
    return str(next(choice.label for choice in ROLES if choice.value == role))
