"""A list from a file: each row has one fate, known before anything is made, and written with what it made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engage.attendance import jobs as attendance_jobs
from engage.attendance import queries, service
from engage.attendance.models import Fate, ImportState, Makes
from engage.core import clock, worker
from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.core.errors import RuleBroken
from engage.core.files import Unreadable, read_text
from engage.events import service as events
from engage.events.models import Event
from engage.people.models import Person
from tests.factories.attendance import a_draft_invitation, a_registration, answers, states
from tests.factories.events import an_event, an_open_event
from tests.factories.imports import a_list, fates, prepared, started

REGISTRANTS, INVITEES = Makes.REGISTRANTS, Makes.INVITEES


def many(count: int) -> list[str]:
    return [f"Person {n:04},p{n:04}@x.example" for n in range(count)]


def test_every_row_is_judged_before_anything_is_made(app: Flask) -> None:
    event = an_open_event()
    a_draft_invitation(event, name="Ida", email="ida@x.example")
    a_registration(event, name="Reg", email="reg@x.example")
    import_ = prepared(
        event,
        "Ann,ann@x.example,",
        "Ida,IDA@x.example,",
        "Reg,reg@x.example,",
        "Ann again,Ann@X.example,",
        "Bad,no-address,",
        "Cancelled,cy@x.example,Cancelled",
        "Total,,",
    )
    assert fates(import_) == [
        (2, "added", ""),
        (3, "invited", "Is on the list of invitees already"),
        (4, "registered", "Has a booking already, which stays as it is"),
        (5, "same", "The same person as in row 2"),
        (6, "bad", "An e-mail address looks like name@example.org"),
        (7, "left_out", "The file says: Cancelled"),
        (8, "left_out", "A line of totals"),
    ]
    assert answers(event) == {"Ida": "draft"}


def test_what_the_preview_says_is_made_and_nobody_is_written_to(
    app: Flask, post: Callable[[], list[EmailMessage]]
) -> None:
    event = an_open_event()
    import_ = started(prepared(event, "Ann,ann@x.example,", "Bob,bob@x.example,", "Bad,no,"))
    assert import_.state is ImportState.DONE
    assert answers(event) == {"Ann": "draft", "Bob": "draft"}
    assert [fate for _number, fate, _why in fates(import_)] == ["added", "added", "bad"]
    assert post() == []


def test_registrants_have_a_place_while_there_is_room_and_then_wait(
    app: Flask, post: Callable[[], list[EmailMessage]]
) -> None:
    event = an_open_event(capacity=2)
    import_ = prepared(event, *(f"P{n},p{n}@x.example," for n in range(4)), makes=REGISTRANTS)
    assert [fate for _n, fate, _why in fates(import_)] == ["added", "added", "waits", "waits"]
    started(import_)
    assert states(event) == {"P0": "confirmed", "P1": "confirmed", "P2": "waitlisted", "P3": "waitlisted"}
    assert [fate for _n, fate, _why in fates(import_)] == ["added", "added", "waits", "waits"]
    assert post() == []


def test_whoever_waits_already_is_not_overtaken(app: Flask) -> None:
    event = an_open_event(capacity=1)
    a_registration(event, name="First")
    a_registration(event, name="Waits")
    started(prepared(event, "New,new@x.example,", makes=REGISTRANTS))
    assert states(event) == {"First": "confirmed", "Waits": "waitlisted", "New": "waitlisted"}


def test_going_beyond_capacity_takes_a_reason_that_is_kept(app: Flask) -> None:
    event = an_open_event(capacity=1)
    started(prepared(event, "A,a@x.example,", "B,b@x.example,", makes=REGISTRANTS), override_reason="A larger room")
    assert states(event) == {"A": "confirmed", "B": "confirmed"}
    assert [line.registration.override_reason for line in queries.registrations(event)] == ["", "A larger room"]


def test_an_invitation_that_was_sent_is_answered_by_it_and_keeps_its_seat(app: Flask) -> None:
    event = an_event(capacity=1, holds_seats=True)
    invitation = a_draft_invitation(event, name="Ann", email="ann@x.example")
    with saving():
        service.send(event, invitations=[invitation], by=SYSTEM)
    started(prepared(event, "Ann,ann@x.example,", "Bob,bob@x.example,", makes=REGISTRANTS))
    assert states(event) == {"Ann": "confirmed", "Bob": "waitlisted"}
    assert answers(event) == {"Ann": "accepted"}


def test_many_rows_are_the_worker_s(app: Flask) -> None:
    event = an_open_event(capacity=250)
    import_ = started(prepared(event, *(f"{line}," for line in many(450)), makes=REGISTRANTS))
    assert (import_.state, queries.fates(import_).settled) == (ImportState.RUNNING, 0)
    worker.run_all()
    db.session.rollback()
    assert import_.state is ImportState.DONE
    assert queries.fates(import_).counts == {Fate.ADDED: 250, Fate.WAITS: 200}
    seats = queries.seats(event)
    assert (seats.taken, seats.waiting, seats.next_number) == (250, 200, 451)


def test_a_worker_that_is_killed_is_followed_by_one_that_doubles_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = an_open_event()
    import_ = started(prepared(event, *(f"{line}," for line in many(450))))
    with saving():
        assert service.run_batch(import_.id)
    made = service.import_running.inviting.put
    left = [30]

    def dies(*given: object) -> object:
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        return made(*given)

    monkeypatch.setattr(service.import_running.inviting, "put", dies)
    with pytest.raises(KeyboardInterrupt):
        attendance_jobs.run_import(import_.id)
    db.session.rollback()
    assert (len(answers(event)), queries.fates(import_).settled) == (200, 200)
    monkeypatch.undo()
    attendance_jobs.run_import(import_.id)
    attendance_jobs.run_import(import_.id)
    db.session.rollback()
    assert (len(answers(event)), import_.state) == (450, ImportState.DONE)


def test_staff_stop_it_and_let_it_go_on(app: Flask) -> None:
    event = an_open_event()
    import_ = started(prepared(event, *(f"{line}," for line in many(250))))
    with saving():
        service.run_batch(import_.id, most=10)
    with saving():
        service.stop_import(import_, by=SYSTEM)
    worker.run_all()
    db.session.rollback()
    assert (len(answers(event)), import_.state) == (10, ImportState.STOPPED)
    with saving():
        service.go_on_importing(import_, by=SYSTEM)
    worker.run_all()
    db.session.rollback()
    assert (len(answers(event)), import_.state) == (250, ImportState.DONE)


def test_an_event_that_begins_meanwhile_ends_it_and_says_so(app: Flask) -> None:
    event = an_open_event()
    import_ = started(prepared(event, *(f"{line}," for line in many(250)), makes=REGISTRANTS))
    with saving():
        events.cancel(event, reason="Snow", by=SYSTEM)
    worker.run_all()
    db.session.rollback()
    assert (import_.state, import_.failure) == (ImportState.FAILED, "This event was cancelled.")


def test_the_same_columns_are_remembered_for_the_programme(app: Flask) -> None:
    event = an_open_event()
    import_ = prepared(event, "Ann,ann@x.example,")
    known = queries.mapping_of(event.programme_id, import_.signature)
    assert known is not None
    assert known.columns == ["name", "email", "state"]
    assert queries.mapping_of(an_open_event().programme_id, import_.signature) is None


def test_a_namesake_of_the_same_organisation_is_said_and_never_merged(app: Flask) -> None:
    event = an_open_event()
    a_draft_invitation(event, name="Ann Lee", email="ann@old.example", organisation="ONS")
    import_ = a_list(event, "Name,E-mail,Organisation", "Ann LEE,ann@new.example,ons", "Ann Lee,ann@hse.example,HSE")
    assert [(fate, why) for _n, fate, why in fates(import_)] == [
        ("added", "Perhaps the same person as ann@old.example, known here by the same name"),
        ("added", ""),
    ]


def test_whom_the_file_gives_no_name_has_none(app: Flask) -> None:
    event = an_open_event()
    started(a_list(event, "E-mail", "ann.lee@x.example"))
    assert answers(event) == {"ann.lee": "draft"}
    assert db.session.scalar(sa.select(Person.name).where(Person.emails.any(address="ann.lee@x.example"))) == ""


def test_what_the_rows_said_is_deleted_after_30_days_and_their_fates_stay(
    app: Flask, at: Callable[[datetime], None]
) -> None:
    event = an_open_event()
    ended, left = started(prepared(event, "Ann,ann@x.example,")), prepared(event, "Bob,bob@x.example,")
    at(clock.now() + timedelta(days=31))
    attendance_jobs.wipe_imports()
    db.session.rollback()
    for import_ in (ended, left):
        row = queries.rows_of(import_)[0]
        assert (row.cells, row.email, row.name, import_.filename) == (None, "", "", "")
    assert (queries.fates(ended).counts, left.state) == ({Fate.ADDED: 1}, ImportState.DISCARDED)
    assert answers(event) == {"Ann": "draft"}


def test_a_list_that_is_thrown_away_is_deleted_at_once(app: Flask) -> None:
    import_ = prepared(an_open_event(), "Ann,ann@x.example,")
    with saving():
        service.discard_import(import_, by=SYSTEM)
    assert [row.cells for row in queries.rows_of(import_)] == [None]
    with pytest.raises(RuleBroken, match="cannot become running"), saving():
        service.start_import(import_, by=SYSTEM)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(alphabet='ab@.,;"\t= x\0é', max_size=20), min_size=1, max_size=8))
def test_whatever_a_file_says_every_row_has_one_fate(app: Flask, lines: Sequence[str]) -> None:
    db.session.rollback()
    event = db.session.scalar(sa.select(Event)) or an_open_event()
    try:
        sheet = read_text("\n".join(["name,e-mail,state", *lines]))
    except Unreadable:
        return
    import_ = a_list(event, sheet=sheet)
    rows = queries.rows_of(import_)
    assert [row.number for row in rows] == [line.number for line in sheet.lines]
    assert all(row.fate for row in rows)
    if queries.fates(import_).making:
        started(import_)
        assert all(row.settled for row in queries.rows_of(import_))


def test_registrants_are_told_once_each_when_staff_say_so(app: Flask, post: Callable[[], list[EmailMessage]]) -> None:
    event = an_open_event(capacity=1)
    import_ = started(prepared(event, "Ann,ann@x.example,", "Bob,bob@x.example,", makes=REGISTRANTS))
    assert queries.count_untold(import_) == 2
    with saving():
        service.tell_imported(import_, by=SYSTEM)
    told = {str(letter["To"]): str(letter["Subject"]) for letter in post()}
    assert sorted(told) == ["Ann <ann@x.example>", "Bob <bob@x.example>"]
    assert all("/b/" in str(letter.get_body(("plain",))) for letter in post())
    with pytest.raises(RuleBroken, match="has been told"), saving():
        service.tell_imported(import_, by=SYSTEM)
    with saving():
        service.undo_import(import_, by=SYSTEM)
    assert states(event) == {"Ann": "confirmed", "Bob": "waitlisted"}


def test_invitees_are_not_told_but_sent_to(app: Flask) -> None:
    import_ = started(prepared(an_open_event(), "Ann,ann@x.example,"))
    with pytest.raises(RuleBroken, match="registered can be told"), saving():
        service.tell_imported(import_, by=SYSTEM)


def test_many_are_told_by_the_worker(app: Flask, post: Callable[[], list[EmailMessage]]) -> None:
    event = an_open_event()
    import_ = started(prepared(event, *(f"{line}," for line in many(230)), makes=REGISTRANTS))
    worker.run_all()
    db.session.rollback()
    with saving():
        service.tell_imported(import_, by=SYSTEM)
    assert queries.count_untold(import_) == 230
    assert len(post()) == 230
    assert queries.count_untold(import_) == 0
