"""What the register of actions can be narrowed by: read from the address, so that it can be linked to."""

from __future__ import annotations

from engage.core.forms import ChoiceField, ChoicesField, EngageForm, TextField, TickField
from engage.core.text import _l
from engage.outcomes.models import ActionState

STATES = (
    (ActionState.AGREED, _l("Agreed")),
    (ActionState.IN_PROGRESS, _l("In progress")),
    (ActionState.REPORTED_COMPLETE, _l("Reported complete")),
    (ActionState.VERIFIED, _l("Kept")),
    (ActionState.DROPPED, _l("Dropped")),
    (ActionState.SUPERSEDED, _l("Superseded")),
)


class RegisterForm(EngageForm):
    """A GET form. The choices of programmes, theme groups and organisations are set by the view."""

    public = True

    words = TextField(_l("Words"), max_length=100, narrows=True)
    overdue = TickField(_l("Overdue only"), narrows=True)
    state = ChoicesField(_l("State"), choices=STATES, coerce=ActionState, narrows=True, small=True)
    programme = ChoiceField(_l("Programme"), select=True, narrows=True)
    theme = ChoiceField(_l("Theme group"), select=True, narrows=True)
    organisation = ChoiceField(_l("Organisation"), select=True, narrows=True)
