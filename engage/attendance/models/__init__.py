"""Tables and states of attendance, one module per subject (docs/domain.md#invitation)."""

from __future__ import annotations

from engage.attendance.models.invitations import INVITATION_MOVES, LIVE_INVITATION, Invitation, InvitationState
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

__all__ = [
    "INVITATION_MOVES",
    "LIVE_INVITATION",
    "LIVE_REGISTRATION",
    "LIVE_SIGN_UP",
    "REGISTRATION_MOVES",
    "SIGN_UP_MOVES",
    "TAKES_SEAT",
    "TAKES_SIGN_UPS",
    "AccessNeed",
    "CheckIn",
    "Invitation",
    "InvitationState",
    "Registration",
    "RegistrationMove",
    "RegistrationState",
    "SessionCheckIn",
    "SignUp",
    "SignUpState",
]
