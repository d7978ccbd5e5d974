"""The mails that attendance sends (docs/domain.md#message). All are service messages: about one's own place.

No inbound mail is configured: ORGANIZER and Reply-To are the secretary's address, no RSVP is asked for, and the link
in the words answers (RFC 5546; docs/decisions). What strangers may have typed on a public form stands in no mail.
"""

from __future__ import annotations

from dataclasses import replace
from email.utils import parseaddr
from typing import Any

from flask import current_app

from engage.attendance import queries
from engage.attendance.models import (
    Invitation,
    InvitationState,
    Registration,
    RegistrationState,
    SignUpState,
    SubstituteState,
)
from engage.attendance.service.places import why_waits
from engage.core import clock, links
from engage.core.calendar import Answer, Attendee, Method, Party
from engage.core.calendar import invitation as calendar_part
from engage.core.errors import Gone, NotFound
from engage.core.mail import as_greeted
from engage.core.outbox import Letter, notice
from engage.core.text import _l
from engage.events.models import Event, EventState
from engage.events.queries import by_id, calendar_entry

I = InvitationState  # noqa: E741 -- reads as in the models
S = RegistrationState
U = SignUpState
WHY_INVITED = _l("You get this message because you were invited to this event.")
WHY_BOOKED = _l("You get this message because somebody, most likely you, registered with this address.")
WHY_CONCERNED = _l("You get this message because you were invited to this event, or registered for it.")
WHY_SESSION = _l("You get this message because you chose this session with your booking.")
HAS_PLACE = frozenset({S.CONFIRMED, S.ATTENDED})
KEEPS_SESSIONS = HAS_PLACE | {S.RECONFIRM}


@notice("attendance/ask", why=WHY_INVITED)
def ask(invitation: int, sequence: int) -> Letter | None:
    """The invitation itself; nothing where it was withdrawn or ended meanwhile."""
    return _to_invitee(invitation, sequence, {I.SENT, I.ACCEPTED, I.DECLINED, I.RECONFIRM}, Answer.NEEDS_ACTION)


@notice("attendance/remind", why=WHY_INVITED)
def remind(invitation: int, sequence: int) -> Letter | None:
    """Asked again; nothing once it was answered."""
    return _to_invitee(invitation, sequence, {I.SENT, I.RECONFIRM}, Answer.NEEDS_ACTION)


@notice("attendance/substitute_refused", why=WHY_INVITED)
def substitute_refused(substitute: int, sequence: int) -> Letter | None:  # noqa: ARG001 -- as every letter's
    """Whom the invitee named cannot come in their place: why."""
    row = queries.substitute_by_id(substitute)
    if row is None or row.state is not SubstituteState.REFUSED:
        return None
    link = links.url("invitation", row.invitation_id)
    context = {"event": row.event, "substitute": as_greeted(row.name), "reason": row.reason, "link": link}
    return _letter(row.invitation, context, None)


@notice("attendance/withdrawn", why=WHY_INVITED)
def withdrawn(invitation: int, sequence: int) -> Letter | None:
    """Uninvited: the calendar entry goes, for this person alone."""
    row = queries.invitation_by_id(invitation)
    if row is None or row.state is not I.WITHDRAWN:
        return None
    context = {"event": row.event}
    return _letter(row, context, _calendar(row, sequence, Answer.NEEDS_ACTION, called_off=True))


@notice("attendance/booked", why=WHY_BOOKED)
def booked(registration: int, sequence: int) -> Letter | None:
    """A place, with where it is; nothing where it was given back meanwhile."""
    return _to_booker(registration, sequence, HAS_PLACE, Answer.ACCEPTED)


@notice("attendance/waiting", why=WHY_BOOKED)
def waiting(registration: int, sequence: int) -> Letter | None:
    """A place in the line, which, and why there is no seat."""
    return _to_booker(registration, sequence, {S.WAITLISTED})


@notice("attendance/requested", why=WHY_BOOKED)
def requested(registration: int, sequence: int) -> Letter | None:
    return _to_booker(registration, sequence, {S.REQUESTED})


@notice("attendance/offer", why=WHY_BOOKED)
def offer(registration: int, sequence: int) -> Letter | None:
    """A place became free: until when it is held."""
    return _to_booker(registration, sequence, {S.OFFERED})


@notice("attendance/lapsed", why=WHY_BOOKED)
def lapsed(registration: int, sequence: int) -> Letter | None:
    """An offer, a place to be reconfirmed or a place in the line ran out: why."""
    return _to_booker(registration, sequence, {S.LAPSED}, Answer.DECLINED, called_off=True)


@notice("attendance/refused", why=WHY_BOOKED)
def refused(registration: int, sequence: int) -> Letter | None:
    return _to_booker(registration, sequence, {S.REFUSED})


@notice("attendance/called_off", why=WHY_BOOKED)
def called_off(registration: int, sequence: int) -> Letter | None:
    """The booking is cancelled; the calendar entry goes."""
    return _to_booker(registration, sequence, {S.CANCELLED}, Answer.DECLINED, called_off=True)


@notice("attendance/again", why=WHY_BOOKED)
def again(registration: int, sequence: int) -> Letter | None:
    """The same address registered again: how the booking stands, and its link."""
    return _to_booker(registration, sequence, set(S))


@notice("attendance/postponed", why=WHY_CONCERNED)
def postponed(invitation: int | None, registration: int | None, sequence: int) -> Letter | None:
    """The event moves; nothing where it was moved on or cancelled meanwhile, which is told by itself."""
    return _to_concerned(invitation, registration, sequence, {EventState.POSTPONED, EventState.SCHEDULED})


@notice("attendance/rescheduled", why=WHY_CONCERNED)
def rescheduled(invitation: int | None, registration: int | None, sequence: int) -> Letter | None:
    return _to_concerned(invitation, registration, sequence, set(EventState) - {EventState.CANCELLED})


@notice("attendance/changed", why=WHY_CONCERNED)
def changed(invitation: int | None, registration: int | None, sequence: int) -> Letter | None:
    """Start, end or venue were put right."""
    return _to_concerned(invitation, registration, sequence, set(EventState) - {EventState.CANCELLED})


@notice("attendance/event_cancelled", why=WHY_CONCERNED)
def event_cancelled(invitation: int | None, registration: int | None, sequence: int) -> Letter | None:
    return _to_concerned(invitation, registration, sequence, {EventState.CANCELLED})


@notice("attendance/session_place", why=WHY_SESSION)
def session_place(sign_up: int) -> Letter | None:
    """Moved up out of a session's line; nothing where it was given back meanwhile."""
    return _of_sign_up(sign_up, {U.PLACED})


@notice("attendance/session_moved", why=WHY_SESSION)
def session_moved(sign_up: int, before: str) -> Letter | None:
    """Put into another session by staff. `before`: the title of the one that they were in."""
    return _of_sign_up(sign_up, {U.PLACED, U.WAITING}, before=before)


@notice("attendance/session_off", why=WHY_SESSION)
def session_off(sign_up: int) -> Letter | None:
    """The session is cancelled, or staff took the place away: why."""
    return _of_sign_up(sign_up, {U.ENDED})


@notice("attendance/programme_changed", why=WHY_SESSION)
def programme_changed(registration: int, sessions: list[str]) -> Letter | None:
    """Sessions (keys) that one chose are at another time or in another room."""
    row = queries.registration_by_id(registration)
    if row is None or row.state not in KEEPS_SESSIONS:
        return None
    mine = [one.line for one in queries.chosen(row) if one.line.key in sessions]
    if not mine:
        return None
    moved = [{"title": line.title, "when": queries.when(line, row.event), "room": line.room} for line in mine]
    return _letter(row, {"event": row.event, "sessions": moved, "link": _sessions_url(row)}, None)


@notice("attendance/reconfirm", why=WHY_CONCERNED)
def reconfirm(invitation: int | None, registration: int | None, sequence: int) -> Letter | None:  # noqa: ARG001
    """The last call before the seat lapses; nothing once it was answered."""
    invited = queries.invitation_by_id(invitation) if invitation is not None else None
    booking = queries.registration_by_id(registration) if registration is not None else None
    about = invited or booking
    if about is None or not _to_reconfirm(invited, booking):
        return None
    event = about.event
    link = links.url("invitation", invited.id) if invited else links.url("booking", about.id)
    return _letter(about, {"event": event, "link": link, "by": event.reconfirm_by}, None)


@notice("attendance/circular", why=WHY_CONCERNED)
def circular(circular: int, invitation: int | None, registration: int | None) -> Letter | None:
    """What staff wrote to a group that this person is in."""
    row = queries.circular_by_id(circular)
    if row is None:
        return None
    link = _live_link("booking", registration) or _live_link("invitation", invitation)
    context = {"event": row.event, "subject": row.subject, "body": row.body, "link": link}
    return Letter(context=context, reply_to=_organizer(row.event).address)


@notice("attendance/circular_test", why=_l("You get this message because you asked for a test of it."))
def circular_test(event: int, subject: str, body: str) -> Letter | None:
    """The same to whoever writes it, before the others."""
    row = by_id(event)
    if row is None:
        return None
    context = {"event": row, "subject": subject, "body": body, "link": ""}
    return Letter(context=context, reply_to=_organizer(row).address)


@notice("attendance/my_bookings", why=_l("You get this message because somebody, most likely you, asked for it."))
def my_bookings(person: int) -> Letter | None:
    """The links of all live bookings of a person, at events that are still to come."""
    lines = [
        {"event": row.event, "link": link}
        for row in queries.coming_bookings(person)
        if (link := _live_link("booking", row.id))
    ]
    return Letter(context={"bookings": lines}) if lines else None


def _live_link(purpose: str, subject_id: int | None) -> str:
    """The address of a link, where there is one that works."""
    try:
        return links.url(purpose, subject_id) if subject_id is not None else ""
    except (Gone, NotFound):
        return ""


# --- how they are made ----------------------------------------------------------------------------------------


def _to_invitee(ident: int, sequence: int, states: set[InvitationState], answer: Answer) -> Letter | None:
    row = queries.invitation_by_id(ident)
    if row is None or row.state not in states:
        return None
    url = links.url("invitation", row.id)
    original = queries.lineage(row).before
    context = {
        "event": row.event,
        "link": url,
        "reconfirm": row.state is I.RECONFIRM,
        "by": row.event.reconfirm_by,
        "original": as_greeted(original.name) if original else "",
    }
    return _letter(row, context, _calendar(row, sequence, answer, url=url))


def _to_booker(
    ident: int,
    sequence: int,
    states: set[RegistrationState] | frozenset[RegistrationState],
    answer: Answer | None = None,
    *,
    called_off: bool = False,
) -> Letter | None:
    """About a registration while it stands in one of these states. `answer`: with a calendar entry that says so."""
    row = queries.registration_by_id(ident)
    if row is None or row.state not in states:
        return None
    url = links.url("booking", row.id)
    context = {"event": row.event, "booking": row, "link": url, "place": queries.place_of(row)}
    if row.state is S.WAITLISTED:
        context["waits_because"] = why_waits(row)
    had_entry = answer is not None and (not called_off or _had_place(row))
    part = _calendar(row, sequence, answer, url=url, called_off=called_off) if had_entry and answer else None
    return _letter(row, context, part)


def _had_place(registration: Registration) -> bool:
    """Whether there is an entry in a calendar to cancel."""
    return any(move.state is S.CONFIRMED for move in queries.moves_of(registration))


def _of_sign_up(ident: int, states: set[SignUpState], **said: str) -> Letter | None:
    """About a sign-up while it stands in one of these states, and the booking with it."""
    row = queries.sign_up_by_id(ident)
    if row is None or row.state not in states or row.registration.state not in KEEPS_SESSIONS:
        return None
    booking, session = row.registration, row.session
    line = next((one for one in queries.published(booking.event) if one.key == session.key), None)
    context = {
        "event": booking.event,
        "session": line.title if line else session.title,
        "when": queries.when(line, booking.event) if line else "",
        "room": line.room if line else "",
        "waits": row.state is U.WAITING,
        "cancelled": session.cancelled_at is not None,
        "reason": session.cancel_reason or row.reason,
        "link": _sessions_url(booking),
        **said,
    }
    return _letter(booking, context, None)


def _sessions_url(booking: Registration) -> str:
    return f"{links.url('booking', booking.id)}/sessions"


def _to_concerned(
    invitation: int | None, registration: int | None, sequence: int, states: set[EventState]
) -> Letter | None:
    invited = queries.invitation_by_id(invitation) if invitation is not None else None
    booking = queries.registration_by_id(registration) if registration is not None else None
    about = invited or booking
    if about is None or about.event.state not in states:
        return None
    event = about.event
    url = links.url("invitation", invited.id) if invited else links.url("booking", about.id)
    context = {
        "event": event,
        "link": url,
        "reconfirm": _to_reconfirm(invited, booking),
        "unanswered": invited is not None and invited.state is I.SENT,
        "by": event.reconfirm_by,
    }
    return _letter(about, context, _calendar(about, sequence, _answer_of(invited, booking), url=url))


def _to_reconfirm(invited: Invitation | None, booking: Registration | None) -> bool:
    return bool((invited and invited.state is I.RECONFIRM) or (booking and booking.state is S.RECONFIRM))


def _answer_of(invited: Invitation | None, booking: Registration | None) -> Answer:
    """What they said last, as calendars show it; a date to be reconfirmed is open again."""
    if booking is not None and booking.state is S.CONFIRMED:
        return Answer.ACCEPTED
    if invited is not None and invited.state is I.DECLINED:
        return Answer.DECLINED
    return Answer.NEEDS_ACTION


def _letter(about: Invitation | Registration, context: dict[str, Any], part: tuple[bytes, str] | None) -> Letter:
    return Letter(context=context, calendar=part, reply_to=_organizer(about.event).address)


def _organizer(event: Event) -> Party:
    """The secretary, or this site where there is none."""
    if event.secretary is not None and event.secretary.email:
        return Party(address=event.secretary.email, name=event.secretary.name)
    name, address = parseaddr(current_app.config["MAIL_FROM"])
    return Party(address=address, name=name)


def _calendar(
    about: Invitation | Registration, sequence: int, answer: Answer, *, url: str = "", called_off: bool = False
) -> tuple[bytes, str] | None:
    """The entry for this one guest: the event's UID, at the SEQUENCE that was fixed when the mail was queued. None for
    an event that never had a day. `called_off`: for this guest alone, so without STATUS."""
    address, known_name = queries.reach(about.person_id)
    name = about.name if isinstance(about, Invitation) else known_name
    guest = Attendee(address=address, name=name, answer=answer, reply=False)
    entry = calendar_entry(
        about.event,
        confirmed=isinstance(about, Registration) and about.state in HAS_PLACE,
        url=url,
        organizer=_organizer(about.event),
        attendee=guest,
    )
    if entry is None:
        return None
    entry = replace(entry, sequence=sequence, stamp=clock.now(), status=None if called_off else entry.status)
    method = (
        Method.CANCEL
        if called_off or about.event.state is EventState.CANCELLED or not _stands(about.event)
        else Method.REQUEST
    )
    return calendar_part(entry, method), method.value


def _stands(event: Event) -> bool:
    """Whether there is a day for it in calendars now."""
    return event.dated and event.starts_local is not None
