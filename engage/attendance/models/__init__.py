"""Tables and states of attendance, one module per subject (docs/domain.md#invitation)."""

from __future__ import annotations

from engage.attendance.models.circulars import Circular
from engage.attendance.models.imports import (
    IMPORT_MOVES,
    MAKING,
    Fate,
    Import,
    ImportMapping,
    ImportRow,
    ImportState,
    Makes,
)
from engage.attendance.models.invitations import INVITATION_MOVES, LIVE_INVITATION, Invitation, InvitationState
from engage.attendance.models.kinds import OPEN_TO_WORDS, STANDARD, OpenTo, TicketKind
from engage.attendance.models.questions import (
    DECIDES,
    MAY_BE_RESTRICTED,
    OFFERS,
    AskedKind,
    Audience,
    QuestionWording,
    RegistrationAnswer,
    RegistrationQuestion,
)
from engage.attendance.models.registrations import (
    LIVE_REGISTRATION,
    REGISTRATION_MOVES,
    TAKES_SEAT,
    AccessNeed,
    CheckIn,
    Registration,
    RegistrationMove,
    RegistrationState,
)
from engage.attendance.models.sign_ups import (
    LIVE_SIGN_UP,
    SIGN_UP_MOVES,
    TAKES_SIGN_UPS,
    SessionCheckIn,
    SignUp,
    SignUpState,
)
from engage.attendance.models.substitutes import SUBSTITUTE_MOVES, Substitute, SubstituteState

__all__ = [
    "DECIDES",
    "IMPORT_MOVES",
    "INVITATION_MOVES",
    "LIVE_INVITATION",
    "LIVE_REGISTRATION",
    "LIVE_SIGN_UP",
    "MAKING",
    "MAY_BE_RESTRICTED",
    "OFFERS",
    "OPEN_TO_WORDS",
    "REGISTRATION_MOVES",
    "SIGN_UP_MOVES",
    "STANDARD",
    "SUBSTITUTE_MOVES",
    "TAKES_SEAT",
    "TAKES_SIGN_UPS",
    "AccessNeed",
    "AskedKind",
    "Audience",
    "CheckIn",
    "Circular",
    "Fate",
    "Import",
    "ImportMapping",
    "ImportRow",
    "ImportState",
    "Invitation",
    "InvitationState",
    "Makes",
    "OpenTo",
    "QuestionWording",
    "Registration",
    "RegistrationAnswer",
    "RegistrationMove",
    "RegistrationQuestion",
    "RegistrationState",
    "SessionCheckIn",
    "SignUp",
    "SignUpState",
    "Substitute",
    "SubstituteState",
    "TicketKind",
]
