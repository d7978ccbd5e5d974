"""What follows here when an event moves: seats, answers, and one mail to everybody whom it concerns.

Registered in `wiring.py`. They run inside the verb of events, which has locked the event's row.
"""

from __future__ import annotations

from collections.abc import Iterable

from engage.attendance import queries
from engage.attendance.facts import InvitationExpired, InvitationToReconfirm, InvitationWithdrawn
from engage.attendance.models import Invitation, InvitationState, Registration, RegistrationState
from engage.attendance.service import checking_in, moves, telling
from engage.core import clock
from engage.core.access import SYSTEM, Principal
from engage.core.db import db
from engage.core.facts import Effect, Fact, record
from engage.core.text import _, ngettext
from engage.events.models import Event

I = InvitationState  # noqa: E741 -- reads as in the models
S = RegistrationState


def postponed(fact: Fact, by: Principal) -> None:
    """Every acceptance is to be reconfirmed, its seat held until the deadline; everybody concerned is told once."""
    event = db.session.get_one(Event, fact.subject_id)
    for registration in queries.in_states(event.id, S.CONFIRMED):
        moves.move(registration, S.RECONFIRM, by=SYSTEM)
    for line in queries.in_state(event, I.ACCEPTED):
        _move_invitation(event, line.invitation, I.RECONFIRM, InvitationToReconfirm)
    concerned = telling.concerned_by(event.id)
    telling.prolong(event, concerned)
    telling.everybody(event, "postponed", concerned)


def will_postpone(fact: Fact) -> list[Effect]:
    event = db.session.get_one(Event, fact.subject_id)
    to_ask = len(queries.in_states(event.id, S.CONFIRMED))
    effects = telling.effect(telling.concerned_by(event.id))
    if to_ask:
        what = ngettext(
            "person will be asked to reconfirm; the seat is held",
            "people will be asked to reconfirm; their seats are held",
            to_ask,
        )
        effects.append(Effect(to_ask, what))
    return effects


def rescheduled(fact: Fact, by: Principal) -> None:
    """The new date goes to everybody concerned, once; freed seats are offered again."""
    event = db.session.get_one(Event, fact.subject_id)
    concerned = telling.concerned_by(event.id)
    telling.prolong(event, concerned)
    telling.everybody(event, "rescheduled", concerned)
    moves.settle(event)


def will_tell(fact: Fact) -> list[Effect]:
    return telling.effect(telling.concerned_by(fact.subject_id))


def cancelled(fact: Fact, by: Principal) -> None:
    """Everybody concerned is told once; registrations end, open invitations expire, drafts are withdrawn."""
    event = db.session.get_one(Event, fact.subject_id)
    concerned = telling.concerned_by(event.id)
    for registration in queries.in_states(
        event.id, S.REQUESTED, S.CONFIRMED, S.WAITLISTED, S.OFFERED, S.RECONFIRM
    ):
        moves.move(registration, S.CANCELLED, by=SYSTEM, reason=_("The event was cancelled."))
    _end_invitations(event)
    telling.everybody(event, "event_cancelled", concerned)


def went_live(fact: Fact, by: Principal) -> None:
    """Offers stop, the waiting lapse, requests that nobody decided are refused, silence counts as an expired invitation."""
    event = db.session.get_one(Event, fact.subject_id)
    at = min(event.starts_at or clock.now(), clock.now())
    for registration in queries.in_states(event.id, S.WAITLISTED, S.OFFERED):
        moves.lapse(event, registration, at=at, reason=_("The event began before a place was free."))
    for registration in queries.in_states(event.id, S.RECONFIRM):
        moves.lapse(event, registration, at=at, reason=_("Not reconfirmed in time."), tell=False)
    for registration in queries.in_states(event.id, S.REQUESTED):
        moved = moves.move(
            registration, S.REFUSED, by=SYSTEM, at=at, reason=_("The event began before the request was decided.")
        )
        telling.of_move(event, registration, moved)
    _end_invitations(event)


def will_go_live(fact: Fact) -> list[Effect]:
    """Those who wait are told that no place became free."""
    waiting = _all(fact.subject_id, S.WAITLISTED, S.OFFERED, S.REQUESTED)
    if not waiting:
        return []
    what = ngettext(
        "person without a place will be told that none became free",
        "people without a place will be told that none became free",
        len(waiting),
    )
    return [Effect(len(waiting), what, tuple(r.name for r in waiting))]


def held(fact: Fact, by: Principal) -> None:
    """Where the door list was kept, whoever did not come is a no-show."""
    checking_in.no_shows(db.session.get_one(Event, fact.subject_id))


def changed(fact: Fact, by: Principal) -> None:
    """More seats may have come free. Who has the entry in a calendar is told of what calendars must be told of."""
    event = db.session.get_one(Event, fact.subject_id)
    moves.settle(event)
    if _matters(fact):
        concerned = telling.concerned_by(event.id)
        telling.prolong(event, concerned)
        telling.everybody(event, "changed", concerned)


def will_change(fact: Fact) -> list[Effect]:
    return will_tell(fact) if _matters(fact) else []


CALENDARS_SHOW = frozenset(
    {"starts_local", "ends_local", "starts_at", "ends_at", "zone", "place", "town", "online_link"}
)


def _matters(fact: Fact) -> bool:
    return any(change.field in CALENDARS_SHOW for change in fact.changes)


def _end_invitations(event: Event) -> None:
    for line in queries.in_state(event, I.SENT, I.RECONFIRM):
        _move_invitation(event, line.invitation, I.EXPIRED, InvitationExpired)
    for line in queries.in_state(event, I.DRAFT):
        _move_invitation(event, line.invitation, I.WITHDRAWN, InvitationWithdrawn)


def _move_invitation(
    event: Event,
    invitation: Invitation,
    new: InvitationState,
    kind: type[InvitationExpired] | type[InvitationToReconfirm] | type[InvitationWithdrawn],
) -> None:
    moves.move_invitation(invitation, new)
    fact = kind(subject_id=invitation.id, programme_id=event.programme_id, event_id=event.id)
    record(fact, by=SYSTEM)


def _all(event_id: int, *states: RegistrationState) -> list[Registration]:
    found: Iterable[Registration] = queries.in_states(event_id, *states)
    return list(found)
