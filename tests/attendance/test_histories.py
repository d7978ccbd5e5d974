"""Random histories of one event: whatever is done in whatever order, the rules of docs/domain.md#invitation hold.

An act that is refused changes nothing. After each step: seats, lines, offers, lives and the dated moves are checked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engage.attendance import queries, service
from engage.attendance.jobs import apply_due
from engage.attendance.models import (
    LIVE_INVITATION,
    LIVE_REGISTRATION,
    LIVE_SIGN_UP,
    REGISTRATION_MOVES,
    Invitation,
    InvitationState,
    Registration,
    RegistrationMove,
    RegistrationState,
    SignUp,
)
from engage.attendance.service.moves import GIVES_SEATS
from engage.core import clock
from engage.core.access import ANONYMOUS, SYSTEM, act_as_link
from engage.core.db import db, saving
from engage.core.errors import RuleBroken
from engage.core.facts import History
from engage.core.outbox import OutboxMail
from engage.events import jobs as event_jobs
from engage.events import service as events
from engage.events.models import BEFORE_LIVE, Admission, Event, EventKind, EventState, Precision, Session, SignUps
from engage.people import service as people
from tests.attendance.invariants import broken
from tests.factories.events import a_session, an_event
from tests.factories.sign_ups import published
from tests.stores import Reset

I = InvitationState  # noqa: E741 -- reads as in the models
S = RegistrationState
BEGAN = datetime(2027, 1, 4, 9, tzinfo=UTC)
WAITING = "attendance/waiting"


@dataclass(frozen=True)
class Snapshot:
    event: Event
    registrations: Sequence[Registration]
    invitations: Sequence[Invitation]
    at: datetime

    @property
    def taken(self) -> int:
        """By the words of docs/domain.md, not by the code that decides."""
        held = sum(i.state is I.SENT for i in self.invitations) if self.event.holds_seats else 0
        return (
            self.event.reserved
            + held
            + sum(r.state in (S.CONFIRMED, S.RECONFIRM, S.OFFERED, S.ATTENDED) for r in self.registrations)
        )

    @property
    def lives(self) -> dict[int, Registration]:
        return {r.person_id: r for r in self.registrations if r.state in LIVE_REGISTRATION}


@dataclass(frozen=True)
class Before:
    """The step before: each registration's state, and which invitations held a seat."""

    states: Mapping[int, RegistrationState] = field(default_factory=dict)
    held: Collection[int] = ()


def no_more_is_taken_than_there_is(now: Snapshot, beyond: int) -> None:
    """Save what was allowed, with a reason, to go beyond it."""
    assert now.event.capacity is None or now.taken <= now.event.capacity + beyond


def one_life_each(now: Snapshot) -> None:
    booked = [r.person_id for r in now.registrations if r.state in LIVE_REGISTRATION]
    asked = [i.person_id for i in now.invitations if i.state in LIVE_INVITATION]
    assert (len(booked), len(asked)) == (len(set(booked)), len(set(asked)))


def nobody_waits_beside_a_free_seat(now: Snapshot) -> None:
    begun = now.event.dated and now.event.starts_at is not None and now.event.starts_at <= now.at
    if now.event.state in GIVES_SEATS and not begun and any(r.state is S.WAITLISTED for r in now.registrations):
        assert now.event.capacity is not None
        assert now.taken >= now.event.capacity


def nobody_is_overtaken(before: Before, now: Snapshot) -> None:
    """Offers go down the line; no newcomer without a held seat comes in past somebody who waited, and waits still."""
    waiting = [r for r in now.registrations if r.state is S.WAITLISTED]
    offered = [r for r in now.registrations if r.state is S.OFFERED and before.states.get(r.id) is not S.OFFERED]
    assert all(first.queue_number < behind.queue_number for first in offered for behind in waiting)
    if any(before.states.get(r.id) is S.WAITLISTED for r in waiting):
        came = [r for r in now.registrations if r.state is S.CONFIRMED]
        new = [r for r in came if before.states.get(r.id) in (None, S.REQUESTED)]
        assert [r.name for r in new if r.invitation_id not in before.held] == []


def offers_have_an_end_and_end_with_the_start(now: Snapshot) -> None:
    assert all(r.offer_expires_at is not None for r in now.registrations if r.state is S.OFFERED)
    if now.event.state not in BEFORE_LIVE:
        assert not {r.state for r in now.registrations} & {S.OFFERED, S.WAITLISTED, S.RECONFIRM, S.REQUESTED}


def what_is_to_be_reconfirmed_has_its_seat(now: Snapshot) -> None:
    for invitation in now.invitations:
        if invitation.state is I.RECONFIRM:
            assert now.lives[invitation.person_id].state is S.RECONFIRM


def the_moves_replay_to_the_present(now: Snapshot) -> None:
    told: dict[int, list[RegistrationState]] = defaultdict(list)
    moves = sa.select(RegistrationMove.registration_id, RegistrationMove.state).order_by(RegistrationMove.id)
    for ident, state in db.session.execute(moves):
        told[ident].append(state)
    assert {ident: path[-1] for ident, path in told.items()} == {r.id: r.state for r in now.registrations}
    assert all(new in REGISTRATION_MOVES[old] for path in told.values() for old, new in pairwise(path)), told
    kept = sa.select(sa.func.count()).select_from(History).where(History.fact == "RegistrationMoved")
    assert db.session.scalar(kept) == sum(len(path) - 1 for path in told.values())


def no_letter_says_a_place_to_somebody_who_waits() -> None:
    letters = db.session.execute(sa.select(OutboxMail.once, OutboxMail.mail).where(OutboxMail.once.startswith("move:")))
    mails = {once.removeprefix("move:"): mail for once, mail in letters}
    waits = db.session.scalars(sa.select(RegistrationMove.id).where(RegistrationMove.state == S.WAITLISTED))
    assert {mails.get(str(ident), WAITING) for ident in waits} <= {WAITING}


class OneEvent:
    """One event, seven people, a clock; each method is something that somebody may try."""

    def __init__(self, *, capacity: int | None, holds: bool, admission: Admission, reserved: int) -> None:
        self.now = BEGAN
        self.beyond = 0
        self.before = Before()
        with clock.at(self.now):
            event = an_event(
                kind=EventKind.SUMMIT,
                admission=admission,
                capacity=capacity,
                holds_seats=holds,
                reserved=min(reserved, capacity or 0),
                starts=datetime(2027, 1, 18, 10),  # noqa: DTZ001 -- wall times
                ends=datetime(2027, 1, 18, 16),  # noqa: DTZ001
            )
            self.event_id = event.id
            self.sessions = self.three_sessions(event)
            if admission is not Admission.BY_INVITATION:
                with saving():
                    events.open_registration(event, by=SYSTEM)

    @staticmethod
    def three_sessions(event: Event) -> list[int]:
        """Two at once, one of them small, and a third after them."""
        starts = [event.starts_local, event.starts_local, event.starts_local + timedelta(hours=2)]
        made = [
            a_session(event, starts=at, ends=at + timedelta(hours=1), capacity=places, sign_up=SignUps.OPTIONAL)
            for at, places in zip(starts, (1, 2, 1), strict=True)
        ]
        published(event)
        return [session.id for session in made]

    # --- what people do ------------------------------------------------------------------------------------------

    def registers(self, which: int, _way: bool) -> None:
        self.do(lambda e: service.register(e, email=f"p{which}@example.org", name=f"Person {which}", by=ANONYMOUS))

    def is_invited(self, which: int, _way: bool) -> None:
        def verb(event: Event) -> object:
            person = people.person_for(email=f"p{which}@example.org", name=f"Person {which}", by=SYSTEM)
            return service.invite(event, person=person, by=SYSTEM)

        if self.do(verb):
            self.drafts_are_sent(which, True)

    def drafts_are_sent(self, _which: int, with_reason: bool) -> None:
        drafts = [one for one in self.invitations() if one.state is I.DRAFT]
        over = queries.seats(self.event()).beyond(len(drafts)) if self.event().holds_seats else 0
        why = "They must hear it." if with_reason else ""
        if self.do(lambda e: service.send(e, invitations=drafts, override_reason=why, by=SYSTEM)):
            self.beyond += over

    def answers(self, which: int, yes: bool) -> None:
        if found := self.one([i for i in self.invitations() if i.state in LIVE_INVITATION], which):
            verb = service.accept if yes else service.decline
            self.do(lambda _e: verb(found, by=act_as_link(found.person_id)))

    def is_withdrawn(self, which: int, _way: bool) -> None:
        if found := self.one(self.invitations(), which):
            self.do(lambda _e: service.withdraw(found, by=SYSTEM))

    def gives_back(self, which: int, _way: bool) -> None:
        if found := self.one([r for r in self.registrations() if r.state in LIVE_REGISTRATION], which):
            self.do(lambda _e: service.cancel_registration(found, by=act_as_link(found.person_id)))

    def answers_the_offer(self, which: int, yes: bool) -> None:
        if found := self.one([r for r in self.registrations() if r.state is S.OFFERED], which):
            verb = service.take_offer if yes else service.decline_offer
            self.do(lambda _e: verb(found, by=act_as_link(found.person_id)))

    def reconfirms(self, which: int, _way: bool) -> None:
        if found := self.one([r for r in self.registrations() if r.state is S.RECONFIRM], which):
            self.do(lambda _e: service.reconfirm(found, by=act_as_link(found.person_id)))

    def chooses_a_session(self, which: int, instead: bool) -> None:
        if found := self.one([r for r in self.registrations() if r.state in LIVE_REGISTRATION], which):
            session = db.session.get_one(Session, self.sessions[which % 3])
            by = act_as_link(found.person_id)
            self.do(lambda _e: service.sign_up(found, session, instead=instead, by=by))

    def leaves_a_session(self, which: int, _way: bool) -> None:
        chosen = db.session.scalars(sa.select(SignUp).where(SignUp.state.in_(LIVE_SIGN_UP)).order_by(SignUp.id))
        if found := self.one(list(chosen), which):
            self.do(lambda _e: service.leave(found, by=act_as_link(found.registration.person_id)))

    def is_decided_on(self, which: int, yes: bool) -> None:
        if found := self.one([r for r in self.registrations() if r.state is S.REQUESTED], which):
            if yes:
                self.do(lambda _e: service.approve(found, by=SYSTEM))
            else:
                self.do(lambda _e: service.refuse(found, reason="Not this time.", by=SYSTEM))

    # --- what staff do to the event, and time --------------------------------------------------------------------

    def capacity_changes(self, which: int, no_limit: bool) -> None:
        capacity = None if no_limit and which == 0 else which
        self.do(lambda e: events.edit(e, version=e.version, capacity=capacity, by=SYSTEM))

    def places_change(self, which: int, no_limit: bool) -> None:
        def verb(_event: Event) -> object:
            session = db.session.get_one(Session, self.sessions[which % 3])
            kept = {name: getattr(session, name) for name in ("version", "title", "starts", "ends", "sign_up")}
            return events.edit_session(session, **kept, capacity=None if no_limit else which + 1, by=SYSTEM)

        self.do(verb)

    def moves(self, which: int, with_a_date: bool) -> None:
        """Postponed, with a new date or without; where that was done, the date is set."""
        if self.event().state is EventState.POSTPONED:
            self.do(lambda e: events.reschedule(e, **self.later(which), by=SYSTEM))
            self.do(lambda e: events.open_registration(e, by=SYSTEM))
        else:
            date = self.later(which) if with_a_date else {"precision": Precision.TO_BE_CONFIRMED}
            self.do(lambda e: events.postpone(e, reason="The room is flooded.", **date, by=SYSTEM))

    def is_cancelled(self, which: int, _way: bool) -> None:
        if which == 3:  # not often: it ends the history
            self.do(lambda e: events.cancel(e, reason="Too few.", by=SYSTEM))

    def begins(self, which: int, _way: bool) -> None:
        if which == 3:
            self.do(lambda e: events.go_live(e, by=SYSTEM))

    def time_goes_by(self, which: int, _way: bool) -> None:
        self.now += timedelta(hours=(1, 3, 20, 30, 50, 120, 240)[which])
        with clock.at(self.now):
            event_jobs.apply_due()
            apply_due()

    # --- the door ------------------------------------------------------------------------------------------------

    def comes_to_the_door(self, which: int, mistaken: bool) -> None:
        if found := self.one(self.registrations(), which):
            verb = service.undo_check_in if mistaken else service.check_in
            self.do(lambda _e: verb(found, by=SYSTEM))

    def walks_in(self, which: int, with_reason: bool) -> None:
        over = queries.seats(self.event()).beyond(1)
        who = {"name": f"Person {which}", "email": f"p{which}@example.org"}
        why = "The speaker’s interpreter." if with_reason else ""
        if self.do(lambda e: service.walk_in(e, **who, reason=why, by=SYSTEM)):
            self.beyond += over

    # --- what holds ----------------------------------------------------------------------------------------------

    def everything_holds(self) -> None:
        event = self.event()
        now = Snapshot(event, self.registrations(), self.invitations(), self.now)
        no_more_is_taken_than_there_is(now, self.beyond)
        one_life_each(now)
        nobody_waits_beside_a_free_seat(now)
        nobody_is_overtaken(self.before, now)
        offers_have_an_end_and_end_with_the_start(now)
        what_is_to_be_reconfirmed_has_its_seat(now)
        the_moves_replay_to_the_present(now)
        no_letter_says_a_place_to_somebody_who_waits()
        with clock.at(self.now):
            assert broken(event) == []
        self.before = Before(
            {r.id: r.state for r in now.registrations},
            {i.id for i in now.invitations if event.holds_seats and i.state is I.SENT},
        )

    # --- how it is done ------------------------------------------------------------------------------------------

    def do(self, verb: Callable[[Event], object]) -> bool:
        """One unit of work at this machine's time; whether it was not refused."""
        with clock.at(self.now):
            try:
                with saving():
                    verb(self.event())
            except RuleBroken:
                return False
        return True

    def event(self) -> Event:
        return db.session.get_one(Event, self.event_id)

    def seats(self) -> Any:
        return queries.seats(self.event())

    def registrations(self) -> list[Registration]:
        return list(db.session.scalars(sa.select(Registration).order_by(Registration.id)))

    def invitations(self) -> list[Invitation]:
        return list(db.session.scalars(sa.select(Invitation).order_by(Invitation.id)))

    def later(self, days: int) -> dict[str, Any]:
        starts = (self.now + timedelta(days=days + 4)).replace(tzinfo=None, hour=10, minute=0)
        return {"precision": Precision.TIME, "starts": starts, "ends": starts + timedelta(hours=6)}

    @staticmethod
    def one(things: list[Any], which: int) -> Any:
        return things[which % len(things)] if things else None


OFTEN = ("registers", "registers", "is_invited", "answers", "answers", "gives_back", "answers_the_offer")
ACTS = (
    *OFTEN, "chooses_a_session", "chooses_a_session", "leaves_a_session", "places_change",
    "drafts_are_sent", "is_withdrawn", "reconfirms", "is_decided_on", "capacity_changes", "moves",
    "is_cancelled", "begins", "time_goes_by", "comes_to_the_door", "walks_in",
)  # fmt: skip
CHOOSING = (
    *("registers",) * 4, *("chooses_a_session",) * 6, "leaves_a_session", "gives_back", "places_change",
    "is_withdrawn", "time_goes_by", "comes_to_the_door",
)  # fmt: skip


def steps(acts: Sequence[str]) -> st.SearchStrategy[list[tuple[str, int, bool]]]:
    return st.lists(st.tuples(st.sampled_from(acts), st.integers(0, 6), st.booleans()), min_size=25, max_size=40)


def hold_after_each_step(emptied: Reset, **given_: st.SearchStrategy[Any]) -> None:
    """Hypothesis says, of a history that breaks a rule, the shortest that does."""

    @settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(**given_)
    def history(steps: list[tuple[str, int, bool]], **given: Any) -> None:
        emptied()
        history = OneEvent(**given)
        for act, which, way in steps:
            getattr(history, act)(which, way)
            history.everything_holds()

    history()


def test_whatever_is_done_in_whatever_order_the_rules_hold(app: Flask, emptied: Reset) -> None:
    hold_after_each_step(
        emptied,
        capacity=st.sampled_from([1, 2, 2, 3, None]),
        holds=st.booleans(),
        admission=st.sampled_from(list(Admission)),
        reserved=st.integers(0, 1),
        steps=steps(ACTS),
    )


def test_however_sessions_are_chosen_the_rules_hold(app: Flask, emptied: Reset) -> None:
    hold_after_each_step(
        emptied,
        capacity=st.sampled_from([4, None]),
        holds=st.just(False),
        admission=st.just(Admission.OPEN),
        reserved=st.just(0),
        steps=steps(CHOOSING),
    )
