"""A session's last places under a crowd: never one too many, nobody twice, nobody forgotten."""

from __future__ import annotations

from flask import Flask

from engage.attendance import queries, service
from engage.attendance.models import Registration, SignUp
from engage.core.access import SYSTEM
from engage.core.db import db
from engage.events.models import Event, Session, SignUps
from tests.attendance.test_at_once import Work, at_once
from tests.factories.attendance import a_registration
from tests.factories.events import a_session
from tests.factories.sign_ups import a_conference, lined, published, signed_up


def a_choice(event: Event, capacity: int) -> Session:
    session = a_session(event, sign_up=SignUps.OPTIONAL, capacity=capacity)
    published(event)
    return session


def choosing(registration: int, session: int) -> Work:
    def work(_event: Event) -> object:
        return service.sign_up(
            db.session.get_one(Registration, registration), db.session.get_one(Session, session), by=SYSTEM
        )

    return work


def leaving(sign_up: int) -> Work:
    return lambda _event: service.leave(db.session.get_one(SignUp, sign_up), by=SYSTEM)


def test_twelve_people_three_places(app: Flask) -> None:
    event = a_conference()
    session = a_choice(event, 3)
    people = [a_registration(event).id for _ in range(12)]
    at_once(app, [(event.id, choosing(one, session.id)) for one in people])
    assert sorted(place for _name, _state, place in lined(session)) == [0, 0, 0, *range(1, 10)]


def test_one_person_many_times_is_one_sign_up(app: Flask) -> None:
    event = a_conference()
    session = a_choice(event, 3)
    ann = a_registration(event, name="Ann").id
    at_once(app, [(event.id, choosing(ann, session.id))] * 10)
    assert lined(session) == [("Ann", "placed", 0)]


def test_leaving_and_coming_at_once_leaves_no_place_empty_and_gives_none_twice(app: Flask) -> None:
    event = a_conference()
    session = a_choice(event, 4)
    there = [signed_up(event, session).id for _ in range(8)]
    new = [a_registration(event).id for _ in range(4)]
    at_once(
        app, [(event.id, leaving(one)) for one in there[:3]] + [(event.id, choosing(one, session.id)) for one in new]
    )
    assert (queries.taken(session).placed, queries.taken(session).waiting) == (4, 5)
    assert [place for _name, _state, place in lined(session)] == [0, 0, 0, 0, 1, 2, 3, 4, 5]
