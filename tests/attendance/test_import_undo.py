"""Undoing an import: one act that takes back what nobody touched, keeps the rest, and says which."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from flask import Flask

from engage.attendance import jobs as attendance_jobs
from engage.attendance import queries, service
from engage.attendance.models import Fate, ImportState, Makes
from engage.core import worker
from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.core.errors import RuleBroken
from engage.core.facts import History
from engage.events import service as events
from engage.people import queries as people
from engage.people.models import Person, PersonState
from tests.factories.attendance import a_person, a_registration, answers, states
from tests.factories.events import an_open_event
from tests.factories.imports import fates, prepared, started, undone

REGISTRANTS = Makes.REGISTRANTS


def person_states() -> dict[str, str]:
    """Name → state of everybody."""
    db.session.rollback()
    return {person.name: person.state.value for person in db.session.scalars(sa.select(Person))}


def test_drafts_that_nobody_touched_are_withdrawn_and_sent_ones_stay(app: Flask) -> None:
    event = an_open_event()
    import_ = started(prepared(event, "Ann,ann@x.example,", "Bob,bob@x.example,", "Bad,no,"))
    sent = queries.board(event, search="Bob").lines[0].invitation
    with saving():
        service.send(event, invitations=[sent], by=SYSTEM)
    assert queries.untouched_of(import_) == (1, 1)
    undone(import_)
    assert import_.state is ImportState.UNDONE
    assert answers(event) == {"–": "withdrawn", "Bob": "sent"}
    assert [(fate, why) for _n, fate, why in fates(import_)] == [
        ("taken_back", ""),
        ("kept", "The invitation was sent or changed since"),
        ("bad", "An e-mail address looks like name@example.org"),
    ]


def test_people_whom_it_made_known_are_removed_unless_something_else_knows_them(app: Flask) -> None:
    event, other = an_open_event(), an_open_event()
    a_person("Kay Known", "kay@x.example")
    import_ = started(prepared(event, "Ann,ann@x.example,", "Bob,bob@x.example,", "Kay,kay@x.example,"))
    a_registration(other, name="Bob", email="bob@x.example")
    undone(import_)
    assert person_states() == {"Kay Known": "active", "": "erased", "Bob": "active"}
    assert people.person_by_email("ann@x.example") is None
    assert answers(event) == {"–": "withdrawn", "Bob": "withdrawn", "Kay": "withdrawn"}


def test_somebody_removed_can_be_invited_again(app: Flask) -> None:
    event = an_open_event()
    undone(started(prepared(event, "Ann,ann@x.example,")))
    started(prepared(event, "Ann,ann@x.example,"))
    assert answers(event) == {"–": "withdrawn", "Ann": "draft"}
    assert [p.state for p in db.session.scalars(sa.select(Person).order_by(Person.id))] == [
        PersonState.ERASED,
        PersonState.ACTIVE,
    ]


def test_bookings_that_nobody_touched_are_cancelled_and_nobody_is_written_to(
    app: Flask, post: Callable[[], list[EmailMessage]]
) -> None:
    event = an_open_event(capacity=2)
    import_ = started(prepared(event, *(f"P{n},p{n}@x.example," for n in range(3)), makes=REGISTRANTS))
    first = queries.registrations(event, search="P0")[0].registration
    with saving():
        service.change(first, name="P0", role="Chair", by=SYSTEM)
    undone(import_)
    assert states(event) == {"P0": "confirmed", "–": "cancelled"}
    assert [(fate, why) for _n, fate, why in fates(import_)] == [
        ("kept", "The booking was changed, told of or used since"),
        ("taken_back", ""),
        ("taken_back", ""),
    ]
    assert post() == []


def test_the_seats_go_to_whoever_else_waits(app: Flask) -> None:
    event = an_open_event(capacity=1)
    import_ = started(prepared(event, "A,a@x.example,", "B,b@x.example,", makes=REGISTRANTS))
    a_registration(event, name="Later")
    undone(import_)
    assert states(event)["Later"] == "offered"


def test_an_answer_to_an_invitation_that_had_been_sent_stays(app: Flask) -> None:
    event = an_open_event()
    started(prepared(event, "Ann,ann@x.example,"))
    with saving():
        service.send(event, invitations=[queries.board(event).lines[0].invitation], by=SYSTEM)
    import_ = started(prepared(event, "Ann,ann@x.example,", makes=REGISTRANTS))
    undone(import_)
    assert (states(event), answers(event)) == ({"Ann": "confirmed"}, {"Ann": "accepted"})
    assert fates(import_) == [(2, "kept", "The booking answers an invitation that had been sent")]


def test_many_are_taken_back_by_the_worker_who_may_be_killed(app: Flask) -> None:
    event = an_open_event(capacity=230)
    rows = [f"P{n:03},p{n:03}@x.example," for n in range(260)]
    import_ = started(prepared(event, *rows, makes=REGISTRANTS))
    worker.run_all()
    db.session.rollback()
    undone(import_)
    with saving():
        assert service.undo_batch(import_.id, most=100)
    attendance_jobs.undo_import(import_.id)
    worker.run_all()
    db.session.rollback()
    assert (import_.state, queries.fates(import_).counts) == (ImportState.UNDONE, {Fate.TAKEN_BACK: 260})
    assert {line.registration.state.value for line in queries.registrations(event)} == {"cancelled"}


def test_one_that_was_stopped_is_undone_as_far_as_it_went(app: Flask) -> None:
    event = an_open_event()
    import_ = started(prepared(event, *(f"P{n:03},p{n:03}@x.example," for n in range(250))))
    with saving():
        service.run_batch(import_.id, most=3)
    with saving():
        service.stop_import(import_, by=SYSTEM)
    undone(import_)
    assert answers(event) == {"–": "withdrawn"}
    assert queries.fates(import_).counts == {Fate.TAKEN_BACK: 3, Fate.ADDED: 247}


def test_it_is_not_undone_twice_nor_once_the_event_has_begun(app: Flask) -> None:
    event = an_open_event()
    first, second = started(prepared(event, "Ann,ann@x.example,")), started(prepared(event, "Bob,bob@x.example,"))
    undone(first)
    with pytest.raises(RuleBroken, match="cannot become undoing"):
        undone(first)
    with saving():
        events.go_live(event, by=SYSTEM)
    with pytest.raises(RuleBroken, match="begun"):
        undone(second)


def test_the_event_s_history_says_what_was_taken_and_undone(app: Flask) -> None:
    event = an_open_event()
    undone(started(prepared(event, "Ann,ann@x.example,")))
    told = db.session.execute(
        sa.select(History.fact, History.data).where(
            History.subject == "event", History.fact.in_(("ListImported", "ImportUndone"))
        )
    ).all()
    assert [tuple(row) for row in told] == [
        ("ListImported", {"count": 1, "makes": "invitees"}),
        ("ImportUndone", {"count": 1, "kept": 0}),
    ]
