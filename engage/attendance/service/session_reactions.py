"""What follows for those who chose sessions: a booking ends, a session changes, is called off, is published anew.

Registered in `wiring.py`. They run inside the verb that recorded the fact, which has locked the event's row.
"""

from __future__ import annotations

from engage.attendance import queries
from engage.attendance.facts import RegistrationMoved
from engage.attendance.models import RegistrationState
from engage.attendance.service import sign_ups, telling
from engage.core.access import Principal
from engage.core.db import db
from engage.core.errors import RuleBroken
from engage.core.facts import Effect
from engage.core.text import _, ngettext
from engage.events import queries as events
from engage.events.facts import SessionCancelled, SessionChanged, TimetablePublished
from engage.events.models import Event, Session, SignUps
from engage.events.queries import Line

HAD_PLACE = frozenset({RegistrationState.CONFIRMED.value, RegistrationState.RECONFIRM.value})
GAVE_UP = frozenset({RegistrationState.CANCELLED.value, RegistrationState.LAPSED.value})


def registration_moved(fact: RegistrationMoved, by: Principal) -> None:
    """Whoever does not come to the event leaves its sessions too."""
    if fact.old in HAD_PLACE and fact.new in GAVE_UP:
        event = db.session.get_one(Event, fact.event_id)
        standing = queries.live_sign_ups(fact.subject_id)
        sign_ups.end_all(event, standing, reason=_("The booking ended."), by=by)


def session_changed(fact: SessionChanged, _by: Principal) -> None:
    """More places go to those who wait; fewer than are taken are refused, and so is an end of sign-up while somebody
    has chosen the session."""
    changed = {change.field for change in fact.changes}
    if not changed & {"capacity", "sign_up"}:
        return
    event, session = db.session.get_one(Event, fact.subject_id), db.session.get_one(Session, fact.session_id)
    how = queries.taken(session)
    if session.sign_up is SignUps.NONE and how.placed + how.waiting:
        said = ngettext(
            "%(num)d person has chosen this session: its sign-up cannot be taken away.",
            "%(num)d people have chosen this session: its sign-up cannot be taken away.",
            how.placed + how.waiting,
        )
        raise RuleBroken(said, field="sign_up")
    if how.capacity is not None and how.placed > how.capacity:
        said = ngettext(
            "%(num)d person has a place in this session already.",
            "%(num)d people have a place in this session already.",
            how.placed,
        )
        raise RuleBroken(said, field="capacity")
    sign_ups.settle(event, session)


def session_cancelled(fact: SessionCancelled, by: Principal) -> None:
    """Whoever chose it, or waited for it, is told once."""
    standing = queries.of_session(fact.session_id)
    for one in standing:
        sign_ups.end_quietly(one, reason=_("The session was cancelled."), by=by)
    telling.of_sessions("session_off", {f"sign-up-off:{one.id}": one for one in standing})


def will_cancel_session(fact: SessionCancelled) -> list[Effect]:
    """Those who chose it are told."""
    standing = queries.of_session(fact.session_id)
    return telling.told([one.registration.name for one in standing])


def programme_published(fact: TimetablePublished, _by: Principal) -> None:
    """Whoever chose a session that is at another time or in another room now is told once, of all of theirs; a place
    that is free now goes to whoever waits."""
    event = db.session.get_one(Event, fact.subject_id)
    before = queries.published(event, number=fact.number - 1)
    moved = queries.moved(before, queries.published(event))
    telling.of_programme(event, queries.choosers(event.id, moved), number=fact.number)
    for session, how in queries.by_session(event.id):
        if how.waiting:
            sign_ups.settle(event, session)


def will_publish(fact: TimetablePublished) -> list[Effect]:
    """Those whose sessions are at another time, or in another room, are told."""
    event = db.session.get_one(Event, fact.subject_id)
    ahead = [Line.of(session) for session in events.sessions_of(event.id)]
    concerned = queries.choosers(event.id, queries.moved(queries.published(event), ahead))
    return telling.told([registration.name for registration, _keys in concerned])
