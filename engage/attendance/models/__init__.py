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

__all__ = [
    "INVITATION_MOVES",
    "LIVE_INVITATION",
    "LIVE_REGISTRATION",
    "REGISTRATION_MOVES",
    "TAKES_SEAT",
    "AccessNeed",
    "CheckIn",
    "Invitation",
    "InvitationState",
    "Registration",
    "RegistrationMove",
    "RegistrationState",
]
