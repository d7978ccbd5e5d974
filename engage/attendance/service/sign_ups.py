"""Signing up to sessions: places, each session's own line, and who moves up (docs/domain.md#sign-up).

Every verb locks the event, then the session whose places it decides on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engage.attendance import queries
from engage.attendance.facts import SignedUp, SignUpEnded, SignUpMovedUp
from engage.attendance.models import (
    SIGN_UP_MOVES,
    TAKES_SIGN_UPS,
    Registration,
    RegistrationState,
    SignUp,
    SignUpState,
)
from engage.attendance.service import moves, telling
from engage.core import clock
from engage.core.access import SYSTEM, Principal
from engage.core.db import db, identity, lock
from engage.core.errors import NotFound, RuleBroken
from engage.core.facts import record
from engage.core.states import check_move
from engage.core.text import _, local_time
from engage.events.models import Event, Session, SignUps
from engage.events.queries import Line
from engage.people import service as people

S = RegistrationState
U = SignUpState
CHOOSES = frozenset({S.CONFIRMED, S.ATTENDED})
"""Whoever has a place at the event. One to be reconfirmed keeps what was chosen before."""


class AtOnce(RuleBroken):
    """Another session that was chosen goes on at the same time. `instead`: may be chosen in place of it."""


def sign_up(registration: Registration, session: Session, *, instead: bool = False, by: Principal) -> SignUp:
    """Choose a session: a place if one is free and nobody waits, else the end of its line. Twice changes nothing.

    Raises `AtOnce` where it overlaps with another that was chosen, unless it is to be `instead` of that one, and
    `RuleBroken` where it takes nobody now.
    """
    event, _seats = moves.enter_with(registration)
    session = _lock(event, session)
    people.heard_from(by)
    mine = queries.live_sign_ups(registration.id)
    standing = next((one for one in mine if one.session_id == session.id), None)
    if standing is not None:
        return standing
    lines = _lines(event)
    _refuse_without_place(registration)
    _refuse_closed(event, session, lines.get(session.key))
    others = _at_once(session, mine, lines)
    if others and not instead:
        raise AtOnce(_overlap(session, others))
    for one in others:
        _end(one, by=by, reason=_("Another session at the same time was chosen."))
    made = _begin(event, registration, session, by=by)
    for one in others:
        settle(event, one.session)
    return made


def leave(sign_up: SignUp, *, by: Principal) -> SignUp:
    """Give a session, or the place in its line, back: whoever waits longest moves up. Twice changes nothing."""
    event, _seats = moves.enter_with(sign_up)
    people.heard_from(by)
    if sign_up.state is U.ENDED:
        return sign_up
    session = _lock(event, sign_up.session)
    _refuse_begun(event, _lines(event).get(session.key))
    _end(sign_up, by=by)
    settle(event, session)
    return sign_up


def move_sign_up(sign_up: SignUp, *, to: Session, by: Principal) -> SignUp:
    """Put somebody into another session, by the same rules as if they had chosen it; they are told once."""
    event, _seats = moves.enter_with(sign_up)
    session = _lock(event, to)
    if sign_up.state is U.ENDED:
        raise RuleBroken(_("This person is not signed up to that session any more."))
    registration = sign_up.registration
    others = [one for one in queries.live_sign_ups(registration.id) if one.id != sign_up.id]
    if any(one.session_id == session.id for one in (sign_up, *others)):
        raise RuleBroken(_("This person has chosen “%(session)s” already.", session=session.title), field="session")
    lines = _lines(event)
    _refuse_without_place(registration)
    _refuse_closed(event, session, lines.get(session.key), field="session")
    if at_once := _at_once(session, others, lines):
        raise RuleBroken(_overlap(session, at_once), field="session")
    left = sign_up.session
    _end(sign_up, by=by, reason=_("Moved to “%(session)s”.", session=session.title))
    made = _begin(event, registration, session, by=by)
    settle(event, left)
    telling.of_session("session_moved", f"sign-up-moved:{made.id}", made, before=left.title)
    return made


def remove_sign_up(sign_up: SignUp, *, reason: str, by: Principal) -> SignUp:
    """Take somebody out of a session, and say why: they read it. Twice changes nothing."""
    event, _seats = moves.enter_with(sign_up)
    if sign_up.state is U.ENDED:
        return sign_up
    if not reason.strip():
        raise RuleBroken(_("Say why: the person reads it."), field="reason")
    _end(sign_up, by=by, reason=reason.strip())
    telling.of_session("session_off", f"sign-up-off:{sign_up.id}", sign_up)
    settle(event, sign_up.session)
    return sign_up


def end_all(event: Event, sign_ups: Iterable[SignUp], *, reason: str, by: Principal) -> None:
    """End these, of one registration: what it leaves free goes to whoever waits."""
    ended = [_end(one, by=by, reason=reason) for one in sign_ups]
    for one in ended:
        settle(event, one.session)


def settle(event: Event, session: Session) -> None:
    """Under the event's lock: each free place of the session goes to whoever waits longest, who is told."""
    session = lock(Session, identity(session))
    how = queries.taken(session)
    many = how.waiting if how.free is None else min(how.free, how.waiting)
    if not many or not _gives(event, session):
        return
    for one in queries.first_waiting(session.id, many):
        _to(one, U.PLACED)
        record(SignUpMovedUp(**_about(one, session)), by=SYSTEM)
        telling.of_session("session_place", f"sign-up-place:{one.id}", one)


def end_quietly(sign_up: SignUp, *, reason: str, by: Principal) -> SignUp:
    """End one whose session takes nobody any more: nobody moves up."""
    return _end(sign_up, by=by, reason=reason)


def may_sign_up(event: Event, offer: queries.Offered) -> bool:
    """Whether the session can be chosen, or given back, at this instant: for the page; the verbs ask again."""
    try:
        _refuse_closed(event, offer.session, offer.line)
    except RuleBroken:
        return False
    return True


# --- what the verbs are made of ----------------------------------------------------------------------------------


def _lock(event: Event, session: Session) -> Session:
    locked = lock(Session, identity(session))
    if locked.event_id != event.id:
        raise NotFound
    return locked


def _lines(event: Event) -> dict[str, Line]:
    return {line.key: line for line in queries.published(event)}


def _begin(event: Event, registration: Registration, session: Session, *, by: Principal) -> SignUp:
    made = SignUp(
        event_id=event.id,
        registration_id=registration.id,
        session_id=session.id,
        state=U.PLACED if queries.taken(session).room else U.WAITING,
        queue_number=queries.next_number(session.id),
        made_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    record(SignedUp(**_about(made, session), state=made.state.value), by=by)
    return made


def _end(sign_up: SignUp, *, by: Principal, reason: str = "") -> SignUp:
    _to(sign_up, U.ENDED)
    sign_up.ended_at = clock.now()
    sign_up.reason = reason
    record(SignUpEnded(**_about(sign_up, sign_up.session), reason=reason), by=by)
    return sign_up


def _to(sign_up: SignUp, new: SignUpState) -> None:
    check_move(SIGN_UP_MOVES, sign_up.state, new, what=_("A sign-up"))
    sign_up.state = new


def _about(sign_up: SignUp, session: Session) -> dict[str, Any]:
    return {
        "subject_id": sign_up.registration_id,
        "programme_id": session.programme_id,
        "event_id": sign_up.event_id,
        "session_id": session.id,
        "session": session.title,
    }


def _gives(event: Event, session: Session) -> bool:
    """Whether a free place still goes to whoever waits."""
    stands = session.cancelled_at is None and event.state in TAKES_SIGN_UPS
    return stands and not _begun(event, _lines(event).get(session.key))


def _begun(event: Event, line: Line | None) -> bool:
    return line is not None and line.starts is not None and line.starts <= local_time(clock.now(), event.zone)


def _refuse_begun(event: Event, line: Line | None) -> None:
    if line is not None and _begun(event, line):
        raise RuleBroken(_("“%(session)s” has begun: sign-up is closed.", session=line.title))


def _refuse_without_place(registration: Registration) -> None:
    if registration.state is S.RECONFIRM:
        raise RuleBroken(_("Say first whether the new date suits you; then choose sessions."))
    if registration.state not in CHOOSES:
        raise RuleBroken(_("Sessions are chosen by those who have a place at the event."))


def _refuse_closed(event: Event, session: Session, line: Line | None, *, field: str | None = None) -> None:
    if session.cancelled_at is not None:
        raise RuleBroken(_("“%(session)s” is cancelled.", session=session.title), field=field)
    if line is None or session.sign_up is not SignUps.OPTIONAL:
        raise RuleBroken(_("Nobody signs up to “%(session)s”.", session=session.title), field=field)
    if event.state not in TAKES_SIGN_UPS:
        raise RuleBroken(_("Sign-up to the sessions of this event is closed."), field=field)
    if line.starts is None:
        raise RuleBroken(
            _("“%(session)s” has no time yet: choose it once it has one.", session=line.title), field=field
        )
    _refuse_begun(event, line)


def _at_once(session: Session, chosen: Sequence[SignUp], lines: dict[str, Line]) -> list[SignUp]:
    """Those of the chosen that go on at the same time, as the programme was published."""
    wanted = lines[session.key]
    others = ((one, lines.get(one.session.key)) for one in chosen)
    return [one for one, line in others if line is not None and queries.overlap(wanted, line)]


def _overlap(session: Session, others: Sequence[SignUp]) -> str:
    names = ", ".join(f"“{one.session.title}”" for one in others)
    return _("“%(session)s” goes on at the same time as %(others)s.", session=session.title, others=names)
