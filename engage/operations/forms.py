"""Shapes of what an administrator types about messages and jobs."""

from __future__ import annotations

from engage.core.forms import ChoiceField, EngageForm, TextField
from engage.core.outbox import MailState
from engage.core.text import _l

STATES = (
    (MailState.QUEUED, _l("Waiting")),
    (MailState.FAILED, _l("Failed")),
    (MailState.ABANDONED, _l("Given up")),
    (MailState.SENT, _l("Sent")),
)
WORDS = dict(STATES)


class StateFilter(EngageForm):
    """Narrows the list of messages."""

    public = True
    state = ChoiceField(_l("State"), choices=STATES, coerce=MailState, optional=True, small=True)


class ReasonForm(EngageForm):
    """Why a message is tried again or given up."""

    reason = TextField(
        _l("Reason"),
        max_length=300,
        missing=_l("Say why: it is kept in the history."),
        hint=_l("For example: the mail server was down until 10am"),
    )


class PressForm(EngageForm):
    """A button and nothing else, with its CSRF token."""
