"""What follows here when an event moves: seats, answers, and one mail to everybody whom it concerns.

Registered in `wiring.py`. They run inside the verb of events, which has locked the event's row.
"""

from __future__ import annotations

from dataclasses import replace

from engage.attendance import queries
from engage.attendance.facts import InvitationExpired, InvitationToReconfirm, InvitationWithdrawn
from engage.attendance.models import Invitation, InvitationState, RegistrationState
from engage.attendance.service import checking_in, lineage, moves, reconfirming, telling
from engage.attendance.service.asking import copy_questions
from engage.attendance.service.kinds import copy_admission
from engage.attendance.service.places import too_few
from engage.core import clock
from engage.core.access import SYSTEM, Principal
from engage.core.db import db
from engage.core.errors import RuleBroken
from engage.core.facts import Change, Effect, Fact, record
from engage.core.text import _, ngettext
from engage.events.facts import (
    EventCancelled,
    EventChanged,
    EventCopied,
    EventHeld,
    EventPostponed,
    EventRescheduled,
    EventWentLive,
)
from engage.events.models import BEFORE_LIVE, Event

I = InvitationState  # noqa: E741 -- reads as in the models
S = RegistrationState


def copied(fact: EventCopied, by: Principal) -> None:
    """A copy of an event asks what that one asks at registration, and has its kinds of tickets."""
    source, event = db.session.get_one(Event, fact.source_id), _event(fact)
    copy_questions(source, event, by=by)
    copy_admission(source, event, by=by)


def will_copy(fact: EventCopied) -> list[Effect]:
    """How many questions and kinds of tickets that is."""
    many = len(list(queries.standing(fact.source_id)))
    what = ngettext("question at registration is copied", "questions at registration are copied", many)
    kinds = len([kind for kind in queries.kinds_of(fact.source_id) if kind.retired_at is None])
    of_tickets = ngettext("kind of ticket is copied", "kinds of tickets are copied", kinds)
    return [effect for effect in (Effect(many, what), Effect(kinds, of_tickets)) if effect.count]


def postponed(fact: EventPostponed, _by: Principal) -> None:
    """Every acceptance is to be reconfirmed, its seat held until the deadline; everybody concerned is told once."""
    event = _event(fact)
    _ask_again(event)
    concerned = telling.concerned_by(event.id)
    telling.prolong(event, concerned)
    telling.everybody(event, "postponed", concerned)
    reconfirming.plan_last_call(event)


def _ask_again(event: Event) -> None:
    """Who said yes, said so to another date."""
    for registration in queries.in_states(event.id, S.CONFIRMED):
        moves.move(registration, S.RECONFIRM, by=SYSTEM)
    for line in queries.in_state(event, I.ACCEPTED):
        _move_invitation(event, line.invitation, I.RECONFIRM, InvitationToReconfirm)


def will_postpone(fact: EventPostponed) -> list[Effect]:
    """Who is told, and who is asked again."""
    to_ask = len(queries.in_states(fact.subject_id, S.CONFIRMED))
    effects = telling.effect(telling.concerned_by(fact.subject_id))
    if to_ask:
        what = ngettext(
            "person will be asked to reconfirm; the seat is held",
            "people will be asked to reconfirm; their seats are held",
            to_ask,
        )
        effects.append(Effect(to_ask, what))
    return effects


def rescheduled(fact: EventRescheduled, _by: Principal) -> None:
    """A date that was not announced before goes to everybody concerned, once; freed seats are offered again."""
    event = _event(fact)
    if fact.date_changed:
        _ask_again(event)
        concerned = telling.concerned_by(event.id)
        telling.prolong(event, concerned)
        telling.everybody(event, "rescheduled", concerned)
    reconfirming.plan_last_call(event)
    moves.settle(event)


def will_reschedule(fact: EventRescheduled) -> list[Effect]:
    return telling.effect(telling.concerned_by(fact.subject_id)) if fact.date_changed else []


def will_cancel(fact: EventCancelled) -> list[Effect]:
    return telling.effect(telling.concerned_by(fact.subject_id))


def cancelled(fact: EventCancelled, _by: Principal) -> None:
    """Everybody concerned is told once; registrations end, open invitations expire, drafts are withdrawn."""
    event = _event(fact)
    concerned = telling.concerned_by(event.id)
    for registration in queries.in_states(event.id, S.REQUESTED, S.CONFIRMED, S.WAITLISTED, S.OFFERED, S.RECONFIRM):
        moves.move(registration, S.CANCELLED, by=SYSTEM, reason=_("The event was cancelled."))
    _end_invitations(event)
    telling.everybody(event, "event_cancelled", concerned)


def went_live(fact: EventWentLive, _by: Principal) -> None:
    """Offers stop, the waiting lapse, undecided requests are refused, silent invitations expire."""
    event = _event(fact)
    at = event.went_live_at or clock.now()
    for registration in queries.in_states(event.id, S.WAITLISTED, S.OFFERED):
        until = min(at, registration.offer_expires_at or at)
        moves.lapse(event, registration, at=until, reason=_("The event began before a place was free."))
    for registration in queries.in_states(event.id, S.RECONFIRM):
        moves.lapse(event, registration, at=at, reason=_("Not reconfirmed in time."), tell=False)
    for registration in queries.in_states(event.id, S.REQUESTED):
        moved = moves.move(
            registration, S.REFUSED, by=SYSTEM, at=at, reason=_("The event began before the request was decided.")
        )
        telling.of_move(event, registration, moved)
    _end_invitations(event)


def will_go_live(fact: EventWentLive) -> list[Effect]:
    """Those who wait are told that no place became free."""
    waiting = queries.in_states(fact.subject_id, S.WAITLISTED, S.OFFERED, S.REQUESTED)
    if not waiting:
        return []
    what = ngettext(
        "person without a place will be told that none became free",
        "people without a place will be told that none became free",
        len(waiting),
    )
    return [Effect(len(waiting), what, tuple(r.name for r in waiting))]


def held(fact: EventHeld, _by: Principal) -> None:
    """Where the door list was kept, whoever did not come is a no-show."""
    checking_in.no_shows(_event(fact))


def changed(fact: EventChanged, _by: Principal) -> None:
    """New seats are offered to whoever waits; fewer seats than are taken are refused. Calendars are told of what they
    show."""
    event = _event(fact)
    _refuse_too_few(event, fact)
    moves.settle(event)
    if fact.calendar:
        concerned = telling.concerned_by(event.id)
        telling.prolong(event, concerned)
        telling.everybody(event, "changed", concerned)


def _refuse_too_few(event: Event, fact: EventChanged) -> None:
    """Taken ≤ capacity: no edit takes seats away that somebody has, unless a reason is given."""
    fewer = next((change.field for change in fact.changes if _takes_seats_away(change)), None)
    if fewer is None or event.state not in BEFORE_LIVE:
        return
    seats = queries.seats(event)
    said = too_few(seats if fewer == "holds_seats" else replace(seats, pools=()))
    if said and not fact.reason:
        raise RuleBroken(said, field=fewer)


def _takes_seats_away(change: Change) -> bool:
    if change.field == "capacity":
        return change.new is not None and (change.old is None or change.new < change.old)
    if change.field == "reserved":
        return bool(change.new > change.old)
    return change.field == "holds_seats" and bool(change.new)


def _end_invitations(event: Event) -> None:
    for line in queries.in_state(event, I.SENT, I.RECONFIRM):
        _move_invitation(event, line.invitation, I.EXPIRED, InvitationExpired)
    for line in queries.in_state(event, I.DRAFT):
        _move_invitation(event, line.invitation, I.WITHDRAWN, InvitationWithdrawn)
    lineage.lapse_all(event)


def _move_invitation(
    event: Event,
    invitation: Invitation,
    new: InvitationState,
    kind: type[InvitationExpired] | type[InvitationToReconfirm] | type[InvitationWithdrawn],
) -> None:
    moves.move_invitation(invitation, new)
    fact = kind(subject_id=invitation.id, programme_id=event.programme_id, event_id=event.id)
    record(fact, by=SYSTEM)


def _event(fact: Fact) -> Event:
    """Of whom the fact tells, locked by the verb that recorded it."""
    return db.session.get_one(Event, fact.subject_id)
