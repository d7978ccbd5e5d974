"""One seat for an invitee and whoever comes instead, never two (docs/domain.md#invitation)."""

from __future__ import annotations

from engage.attendance import queries
from engage.attendance.facts import SubstituteEnded
from engage.attendance.models import SUBSTITUTE_MOVES, Invitation, Substitute, SubstituteState
from engage.core import clock
from engage.core.access import SYSTEM, Principal
from engage.core.db import db
from engage.core.errors import RuleBroken
from engage.core.facts import record
from engage.core.states import check_move
from engage.core.text import _
from engage.events.models import Event


def refuse_replaced(invitation: Invitation) -> None:
    """Whoever sent somebody in their place has given it away."""
    other = queries.successor(invitation)
    if other is not None:
        raise RuleBroken(_("%(name)s is invited in your place. If you can come after all, ask us.", name=other.name))


def move_substitute(substitute: Substitute, new: SubstituteState) -> None:
    """Decide or end a proposal, or say why not; what it kept a seat for is kept no longer. The caller records it."""
    check_move(SUBSTITUTE_MOVES, substitute.state, new, what=_("A proposal"))
    substitute.state = new
    substitute.decided_at = clock.now()
    db.session.get_one(Invitation, substitute.invitation_id).keeps_seat = False


def take_back(event: Event, invitation: Invitation, *, by: Principal) -> None:
    """The invitee comes after all: a proposal that waits is not needed any more."""
    proposed = queries.proposed_substitute(invitation)
    if proposed is not None:
        _end(event, proposed, SubstituteState.TAKEN_BACK, by)


def lapse_all(event: Event) -> None:
    """The event begins or is called off: nothing is left to decide."""
    for proposed in queries.proposed_substitutes(event.id):
        _end(event, proposed, SubstituteState.LAPSED, SYSTEM)


def _end(event: Event, substitute: Substitute, how: SubstituteState, by: Principal) -> None:
    move_substitute(substitute, how)
    record(
        SubstituteEnded(
            subject_id=substitute.invitation_id,
            programme_id=event.programme_id,
            event_id=event.id,
            how=how.value,
        ),
        by=by,
    )
