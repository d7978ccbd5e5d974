"""The door: tick, undo, walk in (docs/domain.md#registration)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engage.attendance import queries
from engage.attendance.facts import CheckedIn, CheckInUndone, WalkedIn
from engage.attendance.models import CheckIn, Registration, RegistrationState
from engage.attendance.queries import Replies, Seats
from engage.attendance.service import moves, replies
from engage.attendance.service.inviting import BeyondCapacity
from engage.attendance.service.places import Places, pool_given
from engage.core import clock
from engage.core.access import SYSTEM, Principal
from engage.core.db import db, identity
from engage.core.errors import RuleBroken
from engage.core.facts import record
from engage.core.text import _, ngettext
from engage.events.models import Event, EventState
from engage.people import service as people

S = RegistrationState
DOORS_OPEN = timedelta(hours=12)
"""How long before the start people may be ticked off."""
COMES_IN = frozenset({S.CONFIRMED, S.RECONFIRM, S.NO_SHOW})
WAITS = frozenset({S.REQUESTED, S.WAITLISTED, S.OFFERED})


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """`already`: was checked in before; `check_in` says when, and by whom."""

    registration: Registration
    check_in: CheckIn
    already: bool = False


def doors_are_open(event: Event) -> bool:
    """From 12 hours before the start until the record is agreed."""
    if event.state in (EventState.LIVE, EventState.HELD):
        return True
    soon = event.starts_at is not None and event.starts_at - DOORS_OPEN <= clock.now()
    return soon and event.state in moves.GIVES_SEATS


def check_in(registration: Registration, *, answers: Replies | None = None, by: Principal) -> Arrival:
    """Tick somebody off, with what the door asked. Twice is harmless and says who did it first, and when. Raises
    `RuleBroken` where there is no place to come in on, or the doors are not open."""
    event, _seats = moves.enter_by_id(registration.event_id)
    line = queries.at_door(identity(registration))
    replies.fill_in(event, registration, answers, by=by)
    if line.arrived is not None:
        return Arrival(registration=registration, check_in=line.arrived, already=True)
    refuse_doors_shut(event)
    if registration.state not in COMES_IN:
        raise RuleBroken(_("%(name)s has no place. Let them in as somebody without a booking.", name=registration.name))
    if registration.state is S.RECONFIRM:
        moves.move(registration, S.CONFIRMED, by=by, reason=_("Came to the door."))
    return _arrived(event, registration, by)


def _arrived(event: Event, registration: Registration, by: Principal) -> Arrival:
    row = CheckIn(registration_id=registration.id, at=clock.now(), actor=by.actor)
    db.session.add(row)
    moves.move(registration, S.ATTENDED, by=by)
    record(CheckedIn(subject_id=registration.id, programme_id=event.programme_id, event_id=event.id), by=by)
    return Arrival(registration=registration, check_in=row)


def undo_check_in(registration: Registration, *, by: Principal) -> Registration:
    """It was somebody else: the tick is taken back and stays in the history. Twice changes nothing."""
    event, _seats = moves.enter_with(registration)
    standing = queries.standing_check_in(registration.id)
    if standing is None:
        return registration
    refuse_doors_shut(event)
    standing.undone_at = clock.now()
    standing.undone_by = by.actor
    moves.move(registration, S.CONFIRMED, by=by)
    if event.state is EventState.HELD:
        moves.move(registration, S.NO_SHOW, by=SYSTEM)
    record(CheckInUndone(subject_id=registration.id, programme_id=event.programme_id, event_id=event.id), by=by)
    return registration


def walk_in(
    event: Event,
    *,
    name: str,
    email: str = "",
    organisation: str = "",
    role: str = "",
    reason: str = "",
    answers: Replies | None = None,
    pool: str = "",
    by: Principal,
) -> Arrival:
    """Let somebody in who has no place, and tick them off, on a ticket of the kind `pool`. Whoever has a place, found
    by the address, is ticked off on it; a seat that is on offer to them is theirs.

    Raises `BeyondCapacity` when no seat is free and no reason is given.
    """
    event, seats = moves.enter(event)
    refuse_doors_shut(event)
    person = people.person_for(email=email, name=name, by=by) if email else people.person_named(name=name, by=by)
    standing = queries.live_registration(event.id, person.id)
    if standing is not None and standing.state not in WAITS:
        return check_in(standing, answers=answers, by=by)
    holds_offer = standing is not None and standing.state is S.OFFERED
    pool = standing.pool if standing is not None and holds_offer else pool_given(seats, pool)
    places = Places(event, seats, [organisation])
    beyond = not holds_offer and _beyond(places, pool, organisation, reason)
    if standing is not None:
        moves.move(standing, S.CANCELLED, by=by, reason=_("Let in at the door."))
    registration = Registration(
        event_id=event.id,
        person_id=person.id,
        pool=pool,
        queue_number=places.number(),
        state=S.WALK_IN,
        name=name,
        role=role,
        organisation=organisation,
        registered_at=clock.now(),
        override_reason=reason.strip() if beyond else "",
    )
    moves.begin(registration, by=by, reason=registration.override_reason)
    replies.keep(registration, answers, by=by)
    record(
        WalkedIn(
            subject_id=registration.id,
            programme_id=event.programme_id,
            event_id=event.id,
            beyond=beyond,
            reason=registration.override_reason,
        ),
        by=by,
    )
    return _arrived(event, registration, by)


def _beyond(places: Places, pool: str, organisation: str, reason: str) -> bool:
    """Whether one more goes beyond a limit; refused without a reason."""
    why_not = places.why_not(pool, organisation)
    if why_not and not reason.strip():
        said = [why_not, on_offer(places.seats), _("Say why this person is let in all the same.")]
        raise BeyondCapacity(" ".join(filter(None, said)), field="reason")
    return bool(why_not)


def on_offer(seats: Seats) -> str:
    """How many of the seats taken are on offer, in words: staff at the door may see an empty chair. "" for none."""
    many = seats.states.get(S.OFFERED, 0)
    if not many:
        return ""
    return ngettext(
        "%(num)d of them is on offer to somebody who waits, until they answer.",
        "%(num)d of them are on offer to people who wait, until they answer.",
        many,
    )


def no_shows(event: Event) -> int:
    """After the event, where a door list was kept: whoever had a place and did not come. Returns how many."""
    if not queries.anybody_arrived(event.id):
        return 0
    absent = queries.in_states(event.id, S.CONFIRMED)
    for registration in absent:
        moves.move(registration, S.NO_SHOW, by=SYSTEM)
    return len(absent)


def refuse_doors_shut(event: Event) -> None:
    """Raise `RuleBroken` outside the hours in which people are ticked off."""
    if doors_are_open(event):
        return
    if event.state in (EventState.RECORD_AGREED, EventState.ARCHIVED):
        raise RuleBroken(_("The record of this event is agreed: who came is corrected there."))
    raise RuleBroken(_("The doors open 12 hours before the event begins."))
