"""Units of work that make the same new people at once wait for each other, and never for each other in a ring."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import pytest
import sqlalchemy as sa
from flask import Flask

from engage.attendance import service
from engage.core.access import ANONYMOUS, SYSTEM
from engage.core.db import db, saving
from engage.events import queries as events
from engage.events.models import Event
from engage.people.models import Person
from tests.factories.attendance import answers
from tests.factories.events import an_event, an_open_event

PEOPLE = [service.Invitee(email=f"p{n:02}@example.org", name=f"Person {n:02}") for n in range(30)]
Work = Callable[[Event], object]


def at_once(app: Flask, work: Sequence[tuple[int, Work]]) -> None:
    """Each in a thread and a unit of its own, all begun together. Whatever one raises is raised here."""
    gate = threading.Barrier(len(work))
    wrong: list[BaseException] = []

    def run(event_id: int, verb: Work) -> None:
        with app.app_context():
            try:
                event = events.by_id(event_id)
                assert event is not None
                gate.wait(20)
                with saving():
                    verb(event)
            except BaseException as why:
                wrong.append(why)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=one) for one in work]
    db.session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for why in wrong:
        raise why


def a_list(people: Sequence[service.Invitee]) -> Work:
    return lambda event: service.invite_all(event, invitees=people, by=SYSTEM)


@pytest.mark.parametrize("same", [True, False])
def test_two_lists_of_the_same_new_people_in_opposite_order(app: Flask, same: bool) -> None:
    first = an_event()
    second = first if same else an_event()
    ids = [first.id, second.id]
    at_once(app, [(ids[0], a_list(PEOPLE)), (ids[1], a_list(PEOPLE[::-1]))])
    on_the_list = {invitee.name: "draft" for invitee in PEOPLE}
    assert (answers(first), answers(second)) == (on_the_list, on_the_list)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == len(PEOPLE)


def test_a_list_keeps_its_order_and_the_first_of_two_lines(app: Flask) -> None:
    event = an_event()
    lines = [PEOPLE[2], PEOPLE[0], service.Invitee(email=PEOPLE[2].email, name="Again"), PEOPLE[1]]
    with saving():
        made = service.invite_all(event, invitees=lines, by=SYSTEM)
        assert [one.name for one in made] == ["Person 02", "Person 00", "Person 01"]


def test_inviting_by_hand_whoever_registers_at_that_moment(app: Flask) -> None:
    event = an_open_event(capacity=None)
    ident = event.id

    def registers(event: Event) -> object:
        return service.register(event, email=PEOPLE[0].email, name="Typed", by=ANONYMOUS)

    def invited(event: Event) -> object:
        try:
            return service.invite_typed(event, invitee=PEOPLE[0], by=SYSTEM)
        except service.AlreadyInvited:  # was the later one
            return None

    for _ in range(3):
        at_once(app, [(ident, registers), (ident, invited), (ident, invited), (ident, registers)])
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 1
