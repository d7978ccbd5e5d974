"""The scenes of an event's sessions: planned with it, published as one programme, added to, called off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from functools import partial

from engage.attendance import queries as attendance
from engage.attendance import service as attending
from engage.attendance.models import RegistrationState
from engage.core.access import Role, act_as_link
from engage.demo.loader.playing import Scene
from engage.demo.loader.stage import Stage
from engage.demo.story import Event, Programme, Session
from engage.events import queries
from engage.events import service as events
from engage.events.models import Session as SessionOfEvent
from engage.events.models import SignUps


def scenes(stage: Stage, programme: Programme, event: Event) -> Iterator[Scene]:
    """What the secretary does with the sessions of an event."""
    for session in event.sessions:
        yield Scene(session.added or event.created, partial(_add, stage, programme, event, session))
        if session.chosen:
            yield Scene(session.chosen, partial(_choose, stage, event, session))
        if session.cancelled:
            yield Scene(session.cancelled, partial(_cancel, stage, programme, event, session))
    if event.sessions_published:
        yield Scene(event.sessions_published, partial(_publish, stage, programme, event))


def _add(stage: Stage, programme: Programme, event: Event, told: Session) -> None:
    events.add_session(
        stage.events[event.slug],
        title=told.title,
        description=told.description,
        starts=_at(event, told.starts),
        ends=_at(event, told.ends),
        room=told.room,
        chair=_speaker(stage, told.chair) if told.chair else None,
        speakers=[_speaker(stage, key) for key in told.speakers],
        themes=[stage.themes[slug] for slug in told.themes],
        capacity=told.capacity,
        sign_up=SignUps.OPTIONAL if told.sign_up else SignUps.NONE,
        by=stage.holder(programme.slug, Role.SECRETARY),
    )


def _at(event: Event, clock: str) -> datetime:
    return datetime.combine(event.starts.date(), time.fromisoformat(clock))


def _speaker(stage: Stage, key: str) -> events.Speaker:
    name, organisation = stage.told(key).name, stage.organisation_of(key)
    return events.Speaker(name=name, organisation=organisation, person=stage.person(key))


def _choose(stage: Stage, event: Event, told: Session) -> None:
    """As many as are told of those who have a place and nothing else at that time, in the order in which they came."""
    session = _session(stage, event, told)
    free = []
    for registration in attendance.in_states(session.event_id, RegistrationState.CONFIRMED):
        mine = attendance.live_sign_ups(registration.id)
        if not any(one.session.starts_at == session.starts_at for one in mine):
            free.append(registration)
    for registration in free[: told.choosers]:
        attending.sign_up(registration, session, by=act_as_link(registration.person_id))


def _session(stage: Stage, event: Event, told: Session) -> SessionOfEvent:
    found = queries.sessions_of(stage.events[event.slug].id)
    return next(session for session in found if session.title == told.title)


def _cancel(stage: Stage, programme: Programme, event: Event, told: Session) -> None:
    session = _session(stage, event, told)
    by = stage.holder(programme.slug, Role.SECRETARY)
    events.cancel_session(session, reason=told.cancelled_because, by=by)


def _publish(stage: Stage, programme: Programme, event: Event) -> None:
    events.publish_timetable(stage.events[event.slug], by=stage.holder(programme.slug, Role.SECRETARY))
