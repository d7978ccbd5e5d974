"""Shape of what is typed into attendance's pages; the rules are in `service`."""

from __future__ import annotations

from flask import request

from engage.attendance.forms.asking import AskingForm
from engage.attendance.models import InvitationState, RegistrationState
from engage.core.forms import (
    Choice,
    ChoiceField,
    EmailField,
    EngageForm,
    HiddenField,
    TextArea,
    TextField,
    TickField,
)
from engage.core.text import _, _l

NAME = 200
REASON = 600
NEEDS = 2_000
CHOOSE_KIND = _l("Choose a kind of ticket")

INVITATION_WORDS = {
    InvitationState.DRAFT: _l("Not sent yet"),
    InvitationState.SENT: _l("No answer yet"),
    InvitationState.ACCEPTED: _l("Accepted"),
    InvitationState.DECLINED: _l("Declined"),
    InvitationState.RECONFIRM: _l("To reconfirm"),
    InvitationState.EXPIRED: _l("Expired"),
    InvitationState.WITHDRAWN: _l("Withdrawn"),
}
REGISTRATION_WORDS = {
    RegistrationState.REQUESTED: _l("Requested"),
    RegistrationState.CONFIRMED: _l("Confirmed"),
    RegistrationState.WAITLISTED: _l("Waiting list"),
    RegistrationState.OFFERED: _l("Place offered"),
    RegistrationState.RECONFIRM: _l("To reconfirm"),
    RegistrationState.ATTENDED: _l("Attended"),
    RegistrationState.NO_SHOW: _l("Did not come"),
    RegistrationState.REFUSED: _l("Refused"),
    RegistrationState.LAPSED: _l("Lapsed"),
    RegistrationState.CANCELLED: _l("Cancelled"),
}


class NoFieldsForm(EngageForm):
    """An act that needs no words: the CSRF token alone."""


class InviteForm(EngageForm):
    name = TextField(_l("Name"), max_length=NAME, missing=_l("Enter the person’s name"))
    email = EmailField(_l("E-mail address"), missing=_l("Enter an e-mail address"), autocomplete="off")
    role = TextField(_l("Role"), max_length=NAME, optional=True)
    organisation = TextField(_l("Organisation"), max_length=NAME, optional=True)
    pool = ChoiceField(_l("Kind of ticket"), missing=CHOOSE_KIND)


class SendForm(EngageForm):
    override_reason = TextField(
        _l("Why go beyond capacity"), max_length=REASON, optional=True, hint=_l("It is kept in the event’s history")
    )


class RemindForm(EngageForm):
    again = TickField(_l("Also remind those who were reminded in the last three days"), optional=True)


class WithdrawForm(EngageForm):
    reason = TextField(
        _l("Why"), max_length=REASON, optional=True, hint=_l("For the history; the person is not shown it")
    )


class RefuseForm(EngageForm):
    reason = TextArea(
        _l("Why"), max_length=REASON, rows=3, missing=_l("Say why"), hint=_l("The person reads this in the mail")
    )


class RefuseSubstituteForm(EngageForm):
    reason = TextArea(
        _l("Why"),
        max_length=REASON,
        rows=3,
        missing=_l("Say why"),
        hint=_l("Whoever proposed the substitute reads this in the mail"),
    )


class CancelBookingForm(EngageForm):
    reason = TextField(_l("Why"), max_length=REASON, optional=True, hint=_l("For the history"))


class BoardFilter(EngageForm):
    """What the reply board is narrowed by."""

    public = True

    q = TextField(_l("Name, organisation or address"), max_length=100, narrows=True)
    state = ChoiceField(
        _l("Answer"),
        narrows=True,
        select=True,
        coerce=InvitationState,
        choices=[Choice(state, words) for state, words in INVITATION_WORDS.items()],
    )


class RegistrationFilter(EngageForm):
    """What the list of registrations is narrowed by."""

    public = True

    q = TextField(_l("Name, organisation or address"), max_length=100, narrows=True)
    state = ChoiceField(
        _l("State"),
        narrows=True,
        select=True,
        coerce=RegistrationState,
        choices=[Choice(state, words) for state, words in REGISTRATION_WORDS.items()],
    )


class DoorForm(EngageForm):
    """A tick, or one taken back, from the list at the door."""

    tick = HiddenField(max_length=22)
    undo = HiddenField(max_length=22)


class SessionsForm(EngageForm):
    """What the buttons of a programme say behind a booking's link: the key of a session each."""

    public = True

    choose = HiddenField(max_length=22)
    leave = HiddenField(max_length=22)
    instead = HiddenField(max_length=22)


class MoveSignUpForm(EngageForm):
    session = ChoiceField(_l("To which session?"), missing=_l("Choose the session"))


class RemoveSignUpForm(EngageForm):
    reason = TextArea(
        _l("Why?"),
        max_length=REASON,
        rows=3,
        missing=_l("Say why: the person reads it"),
        hint=_l("The person reads it"),
    )


class WalkInForm(AskingForm):
    name = TextField(_l("Name"), max_length=NAME, missing=_l("Enter the person’s name"), autocomplete="off")
    email = EmailField(_l("E-mail address"), optional=True, autocomplete="off")
    organisation = TextField(_l("Organisation"), max_length=NAME, optional=True, autocomplete="off")
    pool = ChoiceField(_l("Kind of ticket"), missing=CHOOSE_KIND)
    reason = TextField(_l("Why they are let in although every seat is taken"), max_length=REASON, optional=True)


class DoorAnswersForm(AskingForm):
    """What the door asks of somebody before they are ticked off."""


class StaffAnswersForm(AskingForm):
    """What staff know of somebody, or were told."""


# --- for anybody, and by link ---------------------------------------------------------------------------------


class _Needs(AskingForm):
    public = True

    access = TextArea(
        _l("What do you need to take part?"),
        max_length=NEEDS,
        rows=3,
        optional=True,
        hint=_l("A wheelchair space, sign language … Only those who run the event read it. Deleted 30 days after it."),
    )
    dietary = TextArea(_l("What should we know about food?"), max_length=NEEDS, rows=2, optional=True)


class RegisterForm(_Needs):
    name = TextField(_l("Your name"), max_length=NAME, missing=_l("Enter your name"), autocomplete="name")
    email = EmailField(
        _l("E-mail address"),
        missing=_l("Enter your e-mail address"),
        hint=_l("We write to it about your place at this event, and nothing else"),
    )
    role = TextField(_l("Role"), max_length=NAME, optional=True, autocomplete="organization-title")
    organisation = TextField(_l("Organisation"), max_length=NAME, optional=True, autocomplete="organization")
    pool = ChoiceField(_l("Kind of ticket"), optional=True)


class BookingForm(_Needs):
    name = TextField(_l("Your name"), max_length=NAME, missing=_l("Enter your name"), autocomplete="name")
    role = TextField(_l("Role"), max_length=NAME, optional=True, autocomplete="organization-title")
    organisation = TextField(_l("Organisation"), max_length=NAME, optional=True, autocomplete="organization")
    contact = EmailField(
        _l("Another address to reach you at"),
        optional=True,
        hint=_l("The organisers see it. We go on writing to the address that you were written to"),
    )
    forget = TickField(_l("Delete what I told you about access and food"), optional=True)


class AnswerForm(AskingForm):
    """Yes or no to an invitation: the button pressed says which; and room for an apology."""

    public = True

    apology = TextArea(_l("A word of apology"), max_length=REASON, rows=3, optional=True)


class SubstituteForm(EngageForm):
    """Who shall come instead, and a word of apology."""

    public = True

    name = TextField(_l("Their name"), max_length=NAME, missing=_l("Enter the name of that person"), autocomplete="off")
    email = EmailField(
        _l("Their e-mail address"),
        missing=_l("Enter their e-mail address"),
        autocomplete="off",
        hint=_l("We write to it only if the organisers agree"),
    )
    role = TextField(_l("Their role"), max_length=NAME, optional=True, autocomplete="off")
    organisation = TextField(_l("Their organisation"), max_length=NAME, optional=True, autocomplete="off")
    apology = TextArea(_l("A word of apology"), max_length=REASON, rows=3, optional=True)


class LinkForm(EngageForm):
    """An act behind a link that needs no words."""

    public = True


def pressed(form: EngageForm, *answers: str) -> str:
    """Which of these buttons named `answer` sent the form; "" for none, which the form's summary then says."""
    answer = request.form.get("answer", "")
    if answer in answers:
        return answer
    form.form_errors = [_("Choose one of the two answers")]
    return ""
