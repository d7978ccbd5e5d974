"""What can happen to invitations and registrations (docs/domain.md#invitation). No fact holds a personal value."""

from __future__ import annotations

from dataclasses import dataclass

from engage.core.facts import Fact, know
from engage.core.text import _l


@dataclass(frozen=True, kw_only=True)
class _OfInvitation(Fact):
    subject = "invitation"

    event_id: int


@dataclass(frozen=True, kw_only=True)
class _OfRegistration(Fact):
    subject = "registration"

    event_id: int


@dataclass(frozen=True, kw_only=True)
class _OfEvent(Fact):
    subject = "event"


@dataclass(frozen=True, kw_only=True)
class Invited(_OfInvitation):
    """Named, not yet asked."""

    says = _l("Put on the list of invitees")


@dataclass(frozen=True, kw_only=True)
class InvitationSent(_OfInvitation):
    says = _l("Invitation sent")


@dataclass(frozen=True, kw_only=True)
class InvitationReminded(_OfInvitation):
    says = _l("Reminded")


@dataclass(frozen=True, kw_only=True)
class InvitationAnswered(_OfInvitation):
    """`answer`: accepted | declined."""

    says = _l("Invitation answered")

    answer: str


@dataclass(frozen=True, kw_only=True)
class InvitationWithdrawn(_OfInvitation):
    says = _l("Invitation withdrawn")


@dataclass(frozen=True, kw_only=True)
class InvitationExpired(_OfInvitation):
    says = _l("Invitation expired")


@dataclass(frozen=True, kw_only=True)
class InvitationToReconfirm(_OfInvitation):
    says = _l("Asked to reconfirm")


@dataclass(frozen=True, kw_only=True)
class SubstituteProposed(_OfInvitation):
    says = _l("Declined, and named somebody to come instead")


@dataclass(frozen=True, kw_only=True)
class SubstituteApproved(_OfInvitation):
    """`substitute_id`: the invitation that took this one's place."""

    says = _l("Substitute approved")

    substitute_id: int


@dataclass(frozen=True, kw_only=True)
class SubstituteRefused(_OfInvitation):
    says = _l("Substitute refused")


@dataclass(frozen=True, kw_only=True)
class SubstituteEnded(_OfInvitation):
    """The proposal ended undecided. `how`: taken_back | lapsed."""

    says = _l("Proposal of a substitute ended")

    how: str


@dataclass(frozen=True, kw_only=True)
class InvitedInPlace(_OfInvitation):
    """`original_id`: the invitation whose place this one took."""

    says = _l("Invited in somebody’s place")

    original_id: int


@dataclass(frozen=True, kw_only=True)
class InvitationsSent(_OfEvent):
    """One act of sending: how many, and how many seats beyond capacity (then with a reason)."""

    says = _l("Invitations sent")

    count: int
    beyond: int = 0


@dataclass(frozen=True, kw_only=True)
class PeopleWrittenTo(_OfEvent):
    """A letter to chosen groups: how many it went to."""

    says = _l("Wrote to people of the event")

    count: int
    groups: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Registered(_OfRegistration):
    """A registration was made. `state`: requested | confirmed | waitlisted."""

    says = _l("Registered")

    state: str


@dataclass(frozen=True, kw_only=True)
class RegistrationMoved(_OfRegistration):
    """From one state to another."""

    says = _l("Registration moved")

    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class BookingChanged(_OfRegistration):
    """The person changed what the registration says of them; which fields, never what they say."""

    says = _l("Booking changed")

    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CheckedIn(_OfRegistration):
    says = _l("Checked in")


@dataclass(frozen=True, kw_only=True)
class CheckInUndone(_OfRegistration):
    says = _l("Check-in undone")


@dataclass(frozen=True, kw_only=True)
class WalkedIn(_OfRegistration):
    """Came without a booking; `beyond` capacity only with a reason."""

    says = _l("Came without a booking")

    beyond: bool


@dataclass(frozen=True, kw_only=True)
class _OfSignUp(_OfRegistration):
    """About one session, by the title that it had."""

    session_id: int
    session: str


@dataclass(frozen=True, kw_only=True)
class SignedUp(_OfSignUp):
    """A session was chosen. `state`: placed | waiting."""

    says = _l("Signed up to a session")

    state: str


@dataclass(frozen=True, kw_only=True)
class SignUpMovedUp(_OfSignUp):
    """Out of a session's line, into a place."""

    says = _l("Moved up from a session’s waiting list")


@dataclass(frozen=True, kw_only=True)
class SignUpEnded(_OfSignUp):
    """The place in a session, or in its line, was given back or is gone."""

    says = _l("No longer signed up to a session")


@dataclass(frozen=True, kw_only=True)
class CheckedInToSession(_OfSignUp):
    says = _l("Was at a session")


@dataclass(frozen=True, kw_only=True)
class SessionCheckInUndone(_OfSignUp):
    says = _l("Was not at a session after all")


@dataclass(frozen=True, kw_only=True)
class AccessNeedsPurged(_OfEvent):
    says = _l("Access needs deleted, 30 days after the event")

    count: int


@dataclass(frozen=True, kw_only=True)
class _OfQuestion(_OfEvent):
    """`question`: its internal key."""

    question: int


@dataclass(frozen=True, kw_only=True)
class RegistrationQuestionAdded(_OfQuestion):
    says = _l("Question for registration added")


@dataclass(frozen=True, kw_only=True)
class RegistrationQuestionChanged(_OfQuestion):
    """`wording`: the number of the one asked from now on."""

    says = _l("Question for registration changed")

    wording: int


@dataclass(frozen=True, kw_only=True)
class RegistrationQuestionMoved(_OfQuestion):
    says = _l("Questions for registration put in another order")


@dataclass(frozen=True, kw_only=True)
class RegistrationQuestionRetired(_OfQuestion):
    """Asked no longer; its answers are kept."""

    says = _l("Question for registration taken out")


@dataclass(frozen=True, kw_only=True)
class RegistrationQuestionsCopied(_OfEvent):
    says = _l("Questions for registration copied from another event")

    from_event_id: int
    count: int


@dataclass(frozen=True, kw_only=True)
class AnswersRecorded(_OfRegistration):
    """Staff filled in answers; to which questions, never what they say."""

    says = _l("Answers filled in by staff")

    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class BookingTold(_OfRegistration):
    """Whom staff had registered from a list was written to."""

    says = _l("Told of the place")


@dataclass(frozen=True, kw_only=True)
class ListImported(_OfEvent):
    """A list was taken from a file: how many rows made something, and what (`makes`: invitees | registrants)."""

    says = _l("List taken from a file")

    count: int
    makes: str


@dataclass(frozen=True, kw_only=True)
class ImportUndone(_OfEvent):
    """An import was taken back: how many rows, and how many were kept because somebody had touched them."""

    says = _l("List taken from a file was undone")

    count: int
    kept: int


@dataclass(frozen=True, kw_only=True)
class TicketKindAdded(_OfEvent):
    """`kind`: its name. With a reason where it leaves fewer seats than are taken."""

    says = _l("Kind of ticket added")

    kind: str


@dataclass(frozen=True, kw_only=True)
class TicketKindChanged(_OfEvent):
    says = _l("Kind of ticket changed")

    kind: str


@dataclass(frozen=True, kw_only=True)
class TicketKindRetired(_OfEvent):
    says = _l("Kind of ticket retired")

    kind: str


@dataclass(frozen=True, kw_only=True)
class AdmissionCopied(_OfEvent):
    """Places, limits and ticket kinds taken from another event (internal key)."""

    says = _l("Places and ticket kinds copied from another event")

    from_event_id: int


know(
    AnswersRecorded,
    RegistrationQuestionAdded,
    RegistrationQuestionChanged,
    RegistrationQuestionMoved,
    RegistrationQuestionRetired,
    RegistrationQuestionsCopied,
    Invited,
    InvitationSent,
    InvitationReminded,
    InvitationAnswered,
    InvitationWithdrawn,
    InvitationExpired,
    InvitationToReconfirm,
    SubstituteProposed,
    SubstituteApproved,
    SubstituteRefused,
    SubstituteEnded,
    InvitedInPlace,
    InvitationsSent,
    PeopleWrittenTo,
    Registered,
    RegistrationMoved,
    BookingChanged,
    CheckedIn,
    CheckInUndone,
    WalkedIn,
    SignedUp,
    SignUpMovedUp,
    SignUpEnded,
    CheckedInToSession,
    SessionCheckInUndone,
    AccessNeedsPurged,
    BookingTold,
    ListImported,
    ImportUndone,
    TicketKindAdded,
    TicketKindChanged,
    TicketKindRetired,
    AdmissionCopied,
)
