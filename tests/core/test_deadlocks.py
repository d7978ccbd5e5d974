"""Two units of work that name the same two new persons in opposite order: PostgreSQL ends one, which is done again."""

from __future__ import annotations

import threading

import sqlalchemy as sa
from flask import Flask, request

from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.people import service
from engage.people.models import Person

PAGE_SAYS = '<!doctype html><html lang="en"><title>Two</title><h1>Two are named</h1></html>'
ADDRESSES = ("ann@ons.example", "ben@phe.example")


def test_both_are_answered_and_nobody_is_there_twice(app: Flask, monkeypatch) -> None:
    tries, begun = [], threading.Barrier(2)

    def name_two(order: int) -> str:
        tries.append(order)
        with saving():
            service.newcomer(ADDRESSES[order], by=SYSTEM)
            if db.engine.dialect.name == "postgresql" and len(tries) <= 2:  # on SQLite writers take turns
                begun.wait(5)
            service.newcomer(ADDRESSES[1 - order], by=SYSTEM)
        return PAGE_SAYS

    monkeypatch.setitem(app.view_functions, "programmes.create", lambda: name_two(int(request.args["order"])))
    answers = []

    def ask(order: int) -> None:
        with app.app_context():
            answers.append(app.test_client().post(f"/manage/programmes/new?order={order}").text)
            db.session.remove()

    threads = [threading.Thread(target=ask, args=(order,)) for order in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [PAGE_SAYS, PAGE_SAYS]
    assert len(tries) == (3 if db.engine.dialect.name == "postgresql" else 2)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 2
