"""The programme of an event's sessions as it was last published. Drafts are not read; a cancellation is, at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from engage.attendance.models import SignUp, SignUpState
from engage.attendance.queries import Taken
from engage.events.models import Event, Session, SessionPerson, SignUps, Timetable
from engage.programmes.models import Programme
from engage.site.queries import visible
from engage.themes.models import ThemeGroup


class Published(NamedTuple):
    """`sessions`: lines as JSON (`events.queries.Line`); `counted_from`: the event's start at that time."""

    published_at: datetime
    counted_from: datetime | None
    sessions: list[dict[str, Any]]


class CalledOff(NamedTuple):
    key: str
    reason: str
    at: datetime


class Choosable(NamedTuple):
    """A session that is chosen, with how it is taken now."""

    key: str
    taken: Taken


class Somebody(NamedTuple):
    key: str
    name: str
    organisation: str


class Group(NamedTuple):
    slug: str
    title: str


def timetable_parts(event_id: int, programme_id: int) -> dict[str, Any]:
    """Its parts for `together`: empty lists where no programme is published."""
    standing = (
        sa.select(Timetable.published_at, Timetable.counted_from, Timetable.sessions)
        .where(Timetable.event_id == event_id, Timetable.superseded_at.is_(None))
        .order_by(Timetable.id)
    )
    published = sa.exists().where(Timetable.event_id == event_id)
    called_off = (
        sa.select(Session.key, Session.cancel_reason, Session.cancelled_at)
        .where(Session.event_id == event_id, Session.published_at.is_not(None), Session.cancelled_at.is_not(None))
        .order_by(Session.id)
    )
    chosen = (
        sa.select(
            Session.key,
            Session.capacity,
            sa.func.count(sa.case((SignUp.state == SignUpState.PLACED, 1))).label("placed"),
            sa.func.count(sa.case((SignUp.state == SignUpState.WAITING, 1))).label("waiting"),
        )
        .outerjoin(SignUp, SignUp.session_id == Session.id)
        .where(
            Session.event_id == event_id,
            Session.sign_up == SignUps.OPTIONAL,
            Session.published_at.is_not(None),
            Session.cancelled_at.is_(None),
        )
        .group_by(Session.id, Session.key, Session.capacity)
        .order_by(Session.id)
    )
    people = (
        sa.select(SessionPerson.key, SessionPerson.name, SessionPerson.organisation)
        .join(Session, Session.id == SessionPerson.session_id)
        .join(Event, Event.id == Session.event_id)
        .where(Session.event_id == event_id, SessionPerson.published_at.is_not(None), Event.non_attributed.is_(False))
        .order_by(SessionPerson.id)
    )
    groups = (
        sa.select(ThemeGroup.slug, ThemeGroup.title)
        .join(Programme, Programme.id == ThemeGroup.programme_id)
        .where(Programme.id == programme_id, visible.theme(), published)
        .order_by(ThemeGroup.id)
    )
    return {
        "timetable": (Published, standing),
        "called_off": (CalledOff, called_off),
        "choosable": (_choosable, chosen),
        "session_people": (Somebody, people),
        "groups": (Group, groups),
    }


def _choosable(key: str, capacity: int | None, placed: int, waiting: int) -> Choosable:
    return Choosable(key, Taken(capacity=capacity, placed=placed, waiting=waiting))
