"""What attendance shows on other floors' pages: the desk, an event's tabs, its readiness."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from engage.attendance import policy, queries
from engage.attendance.models import Invitation, InvitationState, Registration, RegistrationState
from engage.core import clock
from engage.core.access import Principal, Role
from engage.core.slots import DeskItem, Line, Readiness, Section, Tab
from engage.core.text import _, ngettext
from engage.events import queries as events
from engage.events.models import BEFORE_LIVE, Admission, Event

NEAR = timedelta(days=14)
S = RegistrationState
I = InvitationState  # noqa: E741 -- reads as in the models
HAS_PLACE = frozenset({S.CONFIRMED, S.ATTENDED, S.RECONFIRM})
SHOWN: Mapping[str, tuple[Any, ...]] = {
    "invitation": (I.DRAFT, I.SENT, I.ACCEPTED, I.RECONFIRM, I.DECLINED),
    "registration": (S.REQUESTED, S.CONFIRMED, S.RECONFIRM, S.OFFERED, S.WAITLISTED, S.ATTENDED, S.NO_SHOW),
}


def desk_items(principal: Principal) -> Iterator[DeskItem]:
    """Requests to decide, invitations to send or to chase near the date, places on offer: for who runs the events."""
    mine = [programme for programme in principal.roles if principal.has(Role.CONVENOR, Role.SECRETARY, in_=programme)]
    if not mine:
        return
    yield from _to_decide(mine)
    yield from _substitutes(mine)
    yield from _unanswered(mine)
    yield from _unsent(mine)
    yield from _on_offer(mine)


def _to_decide(programmes: list[int]) -> Iterator[DeskItem]:
    for event, many in queries.to_decide(programmes):
        said = ngettext("Decide %(num)d request for a place", "Decide %(num)d requests for a place", many)
        yield _item(event, said, "registrations?state=requested", urgent=True)


def _substitutes(programmes: list[int]) -> Iterator[DeskItem]:
    for event, many in queries.substitutes_to_decide(programmes):
        said = ngettext("Decide on %(num)d substitute", "Decide on %(num)d substitutes", many)
        yield _item(event, said, "invitations", urgent=True)


def _unanswered(programmes: list[int]) -> Iterator[DeskItem]:
    for event, many in queries.unanswered_before(programmes, clock.now() + NEAR):
        said = ngettext("Remind %(num)d invitee who is silent", "Remind %(num)d invitees who are silent", many)
        yield _item(event, said, "invitations/remind")


def _unsent(programmes: list[int]) -> Iterator[DeskItem]:
    for event, many in queries.unsent(programmes):
        said = ngettext("Send %(num)d invitation", "Send %(num)d invitations", many)
        yield _item(event, said, "invitations/send")


def _on_offer(programmes: list[int]) -> Iterator[DeskItem]:
    for event, many in queries.on_offer(programmes):
        said = ngettext("%(num)d place is on offer", "%(num)d places are on offer", many)
        yield _item(event, said, "registrations?state=offered")


def _item(event: Event, text: str, page: str, *, urgent: bool = False) -> DeskItem:
    return DeskItem(
        group=_("Invitations and registrations"),
        text=text,
        detail=event.title,
        url=f"/manage/events/{event.slug}/{page}",
        due=event.day,
        urgent=urgent,
    )


def event_tabs(event: Event, principal: Principal) -> Iterator[Tab]:
    """Invitations, tickets, registrations and the door, for those who may open them."""
    base = f"/manage/events/{event.slug}"
    if policy.may_see_attendance(principal, event):
        yield Tab(text=_("Invitations"), url=f"{base}/invitations", endpoint="attendance.invitations", order=30)
        if policy.may_ask(principal, event):
            yield Tab(text=_("Questions"), url=f"{base}/questions", endpoint="attendance.questions", order=35)
        yield Tab(text=_("Tickets"), url=f"{base}/tickets", endpoint="attendance.tickets", order=32)
        yield Tab(text=_("Registrations"), url=f"{base}/registrations", endpoint="attendance.registrations", order=40)
    if policy.may_check_in(principal, event):
        yield Tab(text=_("Check-in"), url=f"{base}/check-in", endpoint="attendance.check_in", order=50)


def event_sections(event: Event, principal: Principal) -> Iterator[Section]:
    """Who comes: seats, answers and bookings, for those who may see them."""
    if not policy.may_see_attendance(principal, event):
        return
    base = f"/manage/events/{event.slug}"
    lines = [
        Line(text=said, url=f"{base}/{page}?state={state.value}", tag=(kind, state.value))
        for kind, page, counts in (
            ("invitation", "invitations", queries.invitation_counts(event)),
            ("registration", "registrations", queries.counts(event)),
        )
        for state, said in _counted(kind, counts)
    ]
    seats = queries.seats(event)
    yield Section(
        title=_("Who comes"),
        order=10,
        text=_seats_words(seats) if lines else "",
        lines=lines,
        nothing=_("Nobody is invited or registered yet"),
        more_url=f"{base}/invitations",
        more=_("Invitations"),
        act_url=f"{base}/invitations" if not lines else "",
        act=_("Invite people"),
    )


def session_lines(event: Event, principal: Principal) -> Iterator[tuple[int, Line]]:
    """Under each session that is chosen: how many did."""
    base = f"/manage/events/{event.slug}/sessions"
    if policy.may_see_attendance(principal, event):
        for session, taken in queries.by_session(event.id):
            yield session.id, Line(text=_taken_words(taken), url=f"{base}/{session.key}/sign-ups")


def _taken_words(taken: queries.Taken) -> str:
    if taken.capacity is None:
        said = ngettext("%(num)d person signed up", "%(num)d people signed up", taken.placed)
    else:
        said = _("%(placed)d of %(capacity)d places taken", placed=taken.placed, capacity=taken.capacity)
    waiting = ngettext("%(num)d waits", "%(num)d wait", taken.waiting) if taken.waiting else ""
    return ", ".join(part for part in (said, waiting) if part)


def link_sections(holder: Invitation | Registration, home: str) -> Iterator[Section]:
    """One's own sessions, on the page of a booking that has a place, where the event has any to choose."""
    if not isinstance(holder, Registration) or holder.state not in HAS_PLACE:
        return
    if not any(offer.by_sign_up for offer in queries.offered(holder.event)):
        return
    chosen = queries.chosen(holder)
    yield Section(
        title=_("Your sessions"),
        order=5,
        lines=[
            Line(
                text=one.line.title,
                url=f"{home}/sessions#session-{one.line.key}",
                note=", ".join(part for part in (queries.when(one.line, holder.event), one.line.room) if part),
                tag=("sign_up", one.sign_up.state.value),
            )
            for one in chosen
        ],
        nothing=_("You have chosen no session yet"),
        act_url=f"{home}/sessions",
        act=_("Change your sessions") if chosen else _("Choose sessions"),
    )


def _counted(kind: str, counts: Mapping[Any, int]) -> Iterator[tuple[Any, str]]:
    """The states that matter for planning, each with its count in words."""
    for state in SHOWN[kind]:
        if many := counts.get(state, 0):
            yield state, ngettext("%(num)d person", "%(num)d people", many)


def _seats_words(seats: queries.Seats) -> str:
    if seats.capacity is None:
        return ngettext("%(num)d seat is taken.", "%(num)d seats are taken.", seats.taken)
    return _("%(taken)d of %(capacity)d seats are taken.", taken=seats.taken, capacity=seats.capacity)


def readiness(event: Event) -> Iterable[Readiness]:
    """What is still open about who comes, each by its own day: answers before the event, the rest when it begins."""
    if event.state not in BEFORE_LIVE:
        return
    answers_by, starts = events.expected(event).answers_by, event.starts_at if event.dated else None
    base = f"/manage/events/{event.slug}"
    invited = queries.invitation_counts(event)
    if event.admission is Admission.BY_INVITATION and not invited:
        yield Readiness(text=_("Nobody is invited"), url=f"{base}/invitations", ready=False, by=answers_by)
    if unsent := invited.get(InvitationState.DRAFT, 0):
        said = ngettext("%(num)d invitation is not sent", "%(num)d invitations are not sent", unsent)
        yield Readiness(text=said, url=f"{base}/invitations/send", ready=False, by=answers_by)
    if asked := sum(many for state, many in invited.items() if state is not InvitationState.DRAFT):
        silent = invited.get(InvitationState.SENT, 0) + invited.get(InvitationState.RECONFIRM, 0)
        said = ngettext("%(num)d invitation is not answered", "%(num)d invitations are not answered", silent)
        answered = ngettext("%(num)d invitation, answered", "%(num)d invitations, all answered", asked)
        text = said if silent else answered
        yield Readiness(text=text, url=f"{base}/invitations", ready=not silent, by=answers_by)
    if proposed := len(queries.proposed_substitutes(event.id)):
        said = ngettext("%(num)d substitute to decide on", "%(num)d substitutes to decide on", proposed)
        yield Readiness(text=said, url=f"{base}/invitations", ready=False, by=starts)
    if requests := queries.counts(event).get(S.REQUESTED, 0):
        said = ngettext("%(num)d request to decide", "%(num)d requests to decide", requests)
        yield Readiness(text=said, url=f"{base}/registrations?state=requested", ready=False, by=starts)
