"""What a programme's events of a kind begin with: defaults, never limits (docs/domain.md#event)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import current_app

from engage.core import slots
from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.core.errors import RuleBroken, StaleVersion
from engage.events import queries, service
from engage.events.models import Admission, EventKind
from engage.feedback import queries as feedback
from engage.outcomes import service as recording
from tests.events.filling import fields, send
from tests.factories.attendance import an_invitation
from tests.factories.events import ENDS, STARTS, a_draft, a_programme, an_event
from tests.factories.feedback import a_form
from tests.factories.papers import a_paper
from tests.reader import words

SET = {
    "admission": Admission.BY_APPROVAL,
    "holds_seats": False,
    "capacity": 24,
    "agenda": [("Welcome", 10), ("Matters arising", None)],
    "papers": ["Landscape", "Discussion paper"],
    "headings": ["Any other business"],
    "papers_days": 5,
    "answers_days": 20,
}


def a_setting(programme, **given):
    with saving():
        return service.set_defaults(programme, EventKind.ROUND_TABLE, **{**SET, "version": 0, **given}, by=SYSTEM)


def planned(programme, kind=EventKind.ROUND_TABLE, **given):
    with saving():
        made = service.create(programme, title="Round Table 9", kind=kind, **given, by=SYSTEM)
    db.session.expire_all()
    return made


def missing(event) -> dict[str, object]:
    with current_app.test_request_context():
        return {part.text: part.by for part in slots.event_readiness.collect(event) if not part.ready}


def test_an_event_begins_with_what_its_programme_set_for_the_kind(programme):
    template = a_form(an_event(programme))
    a_setting(programme, feedback_from=template.event)
    event = planned(programme)
    assert (event.admission, event.holds_seats, event.capacity) == (Admission.BY_APPROVAL, False, 24)
    assert [(item.title, item.minutes, item.presenter) for item in event.agenda] == [
        ("Welcome", 10, ""),
        ("Matters arising", None, ""),
    ]
    asked = [question.text for question in feedback.by_event(event.id).questions]
    assert asked == [question.text for question in template.questions]


def test_they_are_never_limits_and_touch_no_other_kind_programme_or_event(programme):
    before = a_draft(programme)
    a_setting(programme)
    own = planned(programme, admission=Admission.OPEN, capacity=None)
    assert (own.admission, own.capacity) == (Admission.OPEN, None)
    for event in (planned(programme, EventKind.MEETING), planned(a_programme()), before):
        assert (event.admission, event.capacity, list(event.agenda)) == (Admission.BY_INVITATION, None, [])
    with saving():
        copied = service.copy(before, title="Copied", by=SYSTEM)
    assert (copied.admission, list(copied.agenda)) == (Admission.BY_INVITATION, [])


def test_the_papers_that_are_expected_are_asked_for_until_they_are_there(programme):
    a_setting(programme)
    event = planned(programme, starts=STARTS, ends=ENDS)
    by = event.starts_at - timedelta(days=5)
    asked = missing(event)
    assert (asked["Add the paper “Landscape”"], asked["Add the paper “Discussion paper”"]) == (by, by)
    a_paper(event, title="landscape")
    asked = missing(event)
    assert "Add the paper “Landscape”" not in asked
    assert asked["1 paper is not out"] == by


def test_answers_are_due_by_their_own_day(programme):
    event = an_event(programme)
    an_invitation(event)
    assert missing(event)["1 invitation is not answered"] == event.starts_at - timedelta(days=14)
    a_setting(programme)
    assert missing(event)["1 invitation is not answered"] == event.starts_at - timedelta(days=20)


def test_nothing_is_due_by_a_day_while_there_is_none(programme):
    assert set(missing(a_draft(programme, starts=None, ends=None)).values()) == {None}


def test_a_record_begins_with_its_headings_after_the_agenda(programme, at):
    a_setting(programme)
    event = planned(programme, starts=STARTS, ends=ENDS)
    with saving():
        service.schedule(event, by=SYSTEM)
        service.go_live(event, by=SYSTEM)
        record = recording.open_record(event, by=SYSTEM)
    db.session.expire_all()
    assert [note.heading for note in record.notes] == ["Welcome", "Matters arising", "Any other business"]


def test_two_who_change_them_at_once(programme):
    first = a_setting(programme)
    a_setting(programme, capacity=30, version=1)
    with saving(), pytest.raises(StaleVersion):
        service.set_defaults(programme, EventKind.ROUND_TABLE, **SET, version=1, by=SYSTEM)
    assert (first.version, first.capacity) == (2, 30)


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("capacity", -1),
        ("agenda", [("x" * 201, None)]),
        ("agenda", [("Too long", 1_441)]),
        ("papers", ["One"] * 31),
        ("headings", ["One"] * 31),
    ],
)
def test_what_no_event_could_have_is_refused_beside_its_field(programme, field, bad):
    with saving(), pytest.raises(RuleBroken) as no:
        service.set_defaults(programme, EventKind.ROUND_TABLE, **{**SET, field: bad}, version=0, by=SYSTEM)
    assert no.value.field == field


def test_the_page_sets_them_and_planning_says_so(convenor, programme):
    elsewhere = an_event(a_programme())
    page = f"/manage/programmes/{programme.slug}/defaults?kind=summit"
    assert "Nothing is set yet" in words(convenor.get(page))
    for bad in (
        {"capacity": "²"},
        {"papers_days": "9999"},
        {"agenda": "Welcome | 9999"},
        {"feedback_from": str(elsewhere.id)},
        {"feedback_from": "9" * 40},
    ):
        assert send(convenor, page, **bad).status_code == 422, bad
    said = {"agenda": "Welcome | 10\n\nTalks", "papers": "Landscape\n", "capacity": "80"}
    assert send(convenor, page, **said).status_code == 302
    kept = fields(convenor.get(page))
    assert (kept["agenda"], kept["papers"], kept["version"]) == (["Welcome | 10\nTalks"], ["Landscape"], ["1"])
    assert send(convenor, page, version="0", capacity="5").status_code == 409
    made = send(
        convenor,
        f"/manage/programmes/{programme.slug}/events/new",
        title="A summit",
        kind="summit",
        precision="to_be_confirmed",
    )
    shown = words(convenor.get(made.location))
    assert "with what your programme set for this kind (Summit)" in shown
    assert "Add the paper “Landscape”" in shown
    for unknown in ("party", "²", "x" * 5_000):
        assert convenor.get(f"/manage/programmes/{programme.slug}/defaults?kind={unknown}").status_code == 404


def test_the_event_s_page_says_what_is_due_and_what_is_overdue(convenor, programme, at, sign_in):
    event = an_event(programme, slug="rt")
    an_invitation(event)
    assert "1 invitation is not answered by 28 April 2027" in words(convenor.get("/manage/events/rt"))
    at(event.starts_at - timedelta(days=1))
    sign_in(convenor, "cora@engage.example")
    assert "1 invitation is not answered was due on 28 April 2027" in words(convenor.get("/manage/events/rt"))


@pytest.mark.parametrize("n", [1, 3])
def test_readiness_asks_the_same_however_much_is_expected(programme, query_log, n):
    a_setting(programme, papers=[f"Paper {k}" for k in range(n)])
    event = an_event(programme)
    for _ in range(n):
        an_invitation(event)
        a_paper(event)
    db.session.rollback()
    event = queries.by_slug(event.slug)
    query_log.clear()
    missing(event)
    assert len(query_log) == 10, list(query_log)
