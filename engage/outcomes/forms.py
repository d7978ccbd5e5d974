"""The shape of what is typed about records, outcomes and actions; the rules are the service's."""

from __future__ import annotations

from collections.abc import Sequence

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
)
from engage.core.text import _l
from engage.outcomes.models import ActionState, OutcomeKind, Presence
from engage.themes.models import ThemeGroup

KINDS = {
    OutcomeKind.DECISION: _l("Decision"),
    OutcomeKind.AGREEMENT: _l("Agreement"),
    OutcomeKind.FINDING: _l("Finding"),
    OutcomeKind.COMMITMENT: _l("Commitment"),
    OutcomeKind.ISSUE: _l("Issue"),
}
STATES = {
    ActionState.PROPOSED: _l("Proposed"),
    ActionState.AGREED: _l("Agreed"),
    ActionState.IN_PROGRESS: _l("In progress"),
    ActionState.REPORTED_COMPLETE: _l("Reported complete"),
    ActionState.VERIFIED: _l("Verified"),
    ActionState.DROPPED: _l("Dropped"),
    ActionState.SUPERSEDED: _l("Superseded"),
}


class EmptyForm(EngageForm):
    """A button, and the token that goes with it."""


class NoteForm(EngageForm):
    """The words under one agenda item."""

    version = HiddenField()
    text = TextArea(_l("Notes"), max_length=20_000, rows=6, optional=True)
    private = TickField(_l("Private: leave this out of the published record"), optional=True)


class NewNoteForm(EngageForm):
    heading = TextField(_l("Heading"), max_length=200, missing=_l("Give the note a heading"))
    text = TextArea(_l("Notes"), max_length=20_000, rows=6, optional=True)
    private = TickField(_l("Private: leave this out of the published record"), optional=True)


class PresenceForm(EngageForm):
    """Somebody who was there, or sent apologies. `line`, `version`: the line in the record that the form shows too."""

    line = HiddenField()
    version = HiddenField()
    name = TextField(_l("Full name"), max_length=200, missing=_l("Enter their full name"), autocomplete="off")
    email = EmailField(
        _l("E-mail address"),
        hint=_l("The draft record goes there"),
        missing=_l("Enter their e-mail address"),
        autocomplete="off",
    )
    role = TextField(_l("Role"), max_length=200, optional=True, autocomplete="off")
    organisation = TextField(_l("Organisation, as on the day"), max_length=200, optional=True, autocomplete="off")
    presence = ChoiceField(
        _l("Was this person there?"),
        choices=[(Presence.PRESENT, _l("Present")), (Presence.APOLOGIES, _l("Sent apologies"))],
        coerce=Presence,
        inline=True,
        missing=_l("Say whether this person was present or sent apologies"),
    )
    secretariat = TickField(_l("Secretariat"), optional=True)


class InterestForm(EngageForm):
    version = HiddenField()
    interest = TextArea(
        _l("What was declared"),
        hint=_l("Leave empty to take a declared interest back"),
        max_length=600,
        rows=3,
        optional=True,
    )


class OutcomeForm(EngageForm):
    version = HiddenField()
    kind = ChoiceField(
        _l("What kind of outcome is it?"),
        choices=list(KINDS.items()),
        coerce=OutcomeKind,
        inline=True,
        missing=_l("Choose what kind of outcome it is"),
    )
    text = TextArea(
        _l("What was concluded"),
        hint=_l("One conclusion, in words that the room would recognise"),
        max_length=4_000,
        rows=4,
        missing=_l("Say what was concluded"),
    )
    theme = ChoiceField(
        _l("Owning theme group"), choices=[], coerce=int, select=True, missing=_l("Choose the owning theme group")
    )
    agenda_item = ChoiceField(
        _l("Agenda item"), choices=[], coerce=int, select=True, optional=True, hint=_l("Where it was concluded")
    )
    private = TickField(_l("Private: never published"), optional=True)


class ActionForm(EngageForm):
    version = HiddenField()
    text = TextArea(
        _l("What is to be done"),
        hint=_l("Begin with a verb: “Publish the list of releases”. Once agreed, the wording never changes"),
        max_length=4_000,
        rows=4,
        missing=_l("Say what is to be done"),
    )
    organisation = TextField(
        _l("Accountable organisation"),
        hint=_l("Its name or its short name, as in ONS"),
        max_length=200,
        missing=_l("Enter the organisation that answers for this action"),
    )
    owner_email = EmailField(
        _l("Owner’s e-mail address"),
        hint=_l("Reports progress by a link of their own; no account is needed. Leave empty if not known"),
        optional=True,
        autocomplete="off",
    )
    owner_name = TextField(_l("Owner’s full name"), max_length=200, optional=True, autocomplete="off")
    due = DateField(_l("Due date"), hint=_l("For example, 30 6 2027"), optional=True)
    theme = ChoiceField(
        _l("Owning theme group"), choices=[], coerce=int, select=True, missing=_l("Choose the owning theme group")
    )
    other_themes = ChoicesField(_l("Other theme groups"), choices=[], coerce=int, optional=True, small=True)
    outcome = ChoiceField(_l("Comes from the outcome"), choices=[], coerce=int, select=True, optional=True)
    private = TickField(_l("Private: never published"), optional=True)


class ReasonForm(EngageForm):
    reason = TextArea(_l("Reason"), max_length=600, rows=3, missing=_l("Give a reason"))


class VerifyForm(EngageForm):
    reason = TextArea(_l("What you looked at"), hint=_l("Shown with the action"), max_length=600, rows=3, optional=True)


class RedateForm(EngageForm):
    due = DateField(_l("New due date"), missing=_l("Enter the new due date"))
    reason = TextArea(
        _l("Why the date moves"),
        hint=_l("Kept and shown with the action, with the old date"),
        max_length=600,
        rows=3,
        missing=_l("Say why the date moves"),
    )


class ProgressForm(EngageForm):
    words = TextArea(_l("How is it going?"), max_length=4_000, rows=5, missing=_l("Say in a sentence what was done"))
    percent = NumberField(
        _l("How much of it is done?"), min=0, max=100, suffix="%", width=3, optional=True,
        hint=_l("A number from 0 to 100, if that helps"),
    )  # fmt: skip
    evidence_url = TextField(
        _l("Where can one see it?"),
        hint=_l("A web address, as in https://www.example.org/report"),
        max_length=500,
        optional=True,
    )
    complete = TickField(_l("It is complete"), hint=_l("Somebody else then looks at it and verifies it"), optional=True)


class OwnersProgressForm(ProgressForm):
    """The same by link: no account, no cookie."""

    public = True


class ReassignForm(EngageForm):
    organisation = TextField(
        _l("Accountable organisation"), max_length=200, missing=_l("Enter the organisation that answers for it")
    )
    owner_email = EmailField(_l("Owner’s e-mail address"), optional=True, autocomplete="off")
    owner_name = TextField(_l("Owner’s full name"), max_length=200, optional=True, autocomplete="off")
    reason = TextArea(_l("Reason"), max_length=600, rows=3, missing=_l("Give a reason"))


class SupersedeForm(EngageForm):
    successor = TextField(
        _l("Reference of what replaces it"), hint=_l("As in HCS-A12"), max_length=20, width=10,
        missing=_l("Enter the reference of what replaces it"),
    )  # fmt: skip
    reason = TextArea(_l("Reason"), max_length=600, rows=3, optional=True)


class AgreeForm(EngageForm):
    """`version`: which kept text the page showed."""

    public = True
    version = HiddenField()


class ChangesForm(EngageForm):
    public = True
    words = TextArea(_l("What should change?"), max_length=4_000, rows=4, missing=_l("Say what should change"))


class RegisterFilter(EngageForm):
    """Filters that live in the address."""

    public = True
    q = TextField(_l("Words or reference"), max_length=100, narrows=True)
    theme = ChoiceField(_l("Theme group"), choices=[], coerce=int, select=True, narrows=True)
    state = ChoiceField(_l("State"), choices=list(STATES.items()), coerce=ActionState, select=True, narrows=True)
    overdue = TickField(_l("Overdue only"), narrows=True)


def theme_choices(themes: Sequence[ThemeGroup]) -> list[tuple[int, str]]:
    return [(t.id, t.title) for t in themes]
