"""The scenes of an event's sessions: planned with it, published as one programme, added to, called off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from functools import partial

from engage.core.access import Role
from engage.demo.loader.playing import Scene
from engage.demo.loader.stage import Stage
from engage.demo.story import Event, Programme, Session
from engage.events import queries
from engage.events import service as events


def scenes(stage: Stage, programme: Programme, event: Event) -> Iterator[Scene]:
    """What the secretary does with the sessions of an event."""
    for session in event.sessions:
        yield Scene(session.added or event.created, partial(_add, stage, programme, event, session))
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
        by=stage.holder(programme.slug, Role.SECRETARY),
    )


def _at(event: Event, clock: str) -> datetime:
    return datetime.combine(event.starts.date(), time.fromisoformat(clock))


def _speaker(stage: Stage, key: str) -> events.Speaker:
    name, organisation = stage.told(key).name, stage.organisation_of(key)
    return events.Speaker(name=name, organisation=organisation, person=stage.person(key))


def _cancel(stage: Stage, programme: Programme, event: Event, told: Session) -> None:
    found = queries.sessions_of(stage.events[event.slug].id)
    session = next(session for session in found if session.title == told.title)
    by = stage.holder(programme.slug, Role.SECRETARY)
    events.cancel_session(session, reason=told.cancelled_because, by=by)


def _publish(stage: Stage, programme: Programme, event: Event) -> None:
    events.publish_timetable(stage.events[event.slug], by=stage.holder(programme.slug, Role.SECRETARY))
