"""What people answer: what must be, what is asked only then, what is kept, what a change leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask

from engage.attendance import queries, service
from engage.attendance.jobs import purge_needs
from engage.attendance.models import Audience, Registration, RegistrationQuestion
from engage.core import files
from engage.core.access import ANONYMOUS, SYSTEM, act_as_link
from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.core.facts import history_of
from engage.events.models import Event
from tests.conftest import QueryLog
from tests.factories.attendance import a_registration, again, an_invitation, states
from tests.factories.events import an_event, an_open_event
from tests.factories.questions import K, a_question, after, replies, said

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
At = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def now(at: At) -> None:
    at(NOW)


@pytest.fixture
def event(app: Flask) -> Event:
    return an_open_event(capacity=5)


def change(registration: Registration, given: dict[RegistrationQuestion, str], **told: object) -> None:
    with saving():
        event = registration.event
        service.change(
            registration,
            name=registration.name,
            answers=replies(event, given),
            by=act_as_link(registration.person_id),
            **told,  # type: ignore[arg-type]
        )


def test_the_answers_stand_on_the_registration(event: Event) -> None:
    text, many = a_question(event, K.TEXT, "Why?"), a_question(event, K.MULTIPLE, "Which?", options=["A", "B", "C"])
    day, tick = a_question(event, K.DATE, "When?"), a_question(event, K.CONSENT, "I agree")
    left = a_question(event, K.LONG_TEXT, "More?")
    given = {text: "Because.", many: "A\nC", day: "2027-05-11", tick: "yes", left: ""}
    made = a_registration(event, answers=replies(event, given))
    assert said(made.id) == {"Why?": "Because.", "Which?": "A\nC", "When?": "2027-05-11", "I agree": "yes"}
    assert [told.lines for told in queries.told_by(made.id)] == [["Because."], ["A", "C"], ["11 May 2027"], ["Agreed"]]


def test_nobody_registers_without_answering_what_must_be_answered(event: Event) -> None:
    question = a_question(event, K.TEXT, "Why?", required=True)
    for given in (None, replies(event, {}), replies(event, {question: ""})):
        with pytest.raises(RuleBroken) as no:
            a_registration(event, answers=given)
        assert no.value.field == f"q-{question.key}"
    assert states(event) == {}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (K.CHOICE, "Perhaps"),
        (K.CHOICE, "Yes\nNo"),
        (K.MULTIPLE, "Yes\nPerhaps"),
        (K.DATE, "2027-02-30"),
        (K.FILE, "nothing.pdf"),
        (K.LONG_TEXT, "x" * 5_001),
    ],
)
def test_what_is_no_answer_is_refused(event: Event, kind: K, value: str) -> None:
    question = a_question(event, kind)
    with pytest.raises(RuleBroken) as no:
        a_registration(event, answers=replies(event, {question: value}))
    assert (no.value.field, states(event)) == (f"q-{question.key}", {})


def test_what_is_asked_only_after_a_certain_answer(event: Event) -> None:
    first = a_question(event, K.CHOICE, "Will you speak?")
    second = a_question(event, K.MULTIPLE, "When?", required=True, options=["Morning", "Later"], **after(first))
    third = a_question(event, K.TEXT, "How early?", required=True, **after(second, "Morning"))
    for given in ({}, {first: "No"}, {first: "No", second: "Morning", third: "Very"}):
        made = a_registration(event, answers=replies(event, given))
        assert said(made.id) == ({"Will you speak?": "No"} if given else {})
    for given, missing in (
        ({first: "Yes"}, second),
        ({first: "Yes", second: "Later\nMorning"}, third),
    ):
        with pytest.raises(RuleBroken) as no:
            a_registration(event, answers=replies(event, given))
        assert no.value.field == f"q-{missing.key}"
    made = a_registration(event, answers=replies(event, {first: "Yes", second: "Later"}))
    assert said(made.id) == {"Will you speak?": "Yes", "When?": "Later"}


def test_an_answer_says_which_wording_it_is_for(event: Event) -> None:
    question = a_question(event, K.CONSENT, "I agree", terms="Once")
    before = replies(event, {question: "yes"})
    with saving():
        ask = service.Ask(kind=K.CONSENT, label="I agree", terms="Twice")
        service.edit_question(question, ask, version=1, by=SYSTEM)
    old, new = a_registration(event, answers=before), a_registration(event, answers=replies(event, {question: "yes"}))
    found = {one.id: (queries.told_by(one.id)[0].wording, queries.told_by(one.id)[0].newest) for one in (old, new)}
    assert found == {old.id: (1, False), new.id: (2, True)}


def test_who_accepts_an_invitation_answers_too(app: Flask) -> None:
    event = an_event()
    question = a_question(event, K.CHOICE, "Will you speak?", required=True)
    invitation = an_invitation(event, name="Ann")
    by = act_as_link(invitation.person_id)
    with pytest.raises(RuleBroken), saving():
        service.accept(invitation, by=by)
    assert (again(invitation).state.value, states(event)) == ("sent", {})
    with saving():
        made = service.accept(invitation, answers=replies(event, {question: "Yes"}), by=by)
        twice = service.accept(invitation, by=by)
    assert (made.id, said(made.id)) == (twice.id, {"Will you speak?": "Yes"})


def test_who_registers_again_changes_nothing(event: Event) -> None:
    question = a_question(event, K.TEXT, "Why?")
    made = a_registration(event, email="ann@example.org", answers=replies(event, {question: "Mine"}))
    a_registration(event, email="ann@example.org", answers=replies(event, {question: "A stranger’s"}))
    assert said(made.id) == {"Why?": "Mine"}


# --- changing ---------------------------------------------------------------------------------------------------


def test_a_change_names_the_questions_and_never_what_was_said(event: Event) -> None:
    first, second = a_question(event, K.TEXT, "Why?"), a_question(event, K.TEXT, "How?")
    third = a_question(event, K.TEXT, "Where?")
    made = a_registration(event, answers=replies(event, {first: "Once", second: "Well", third: "Here"}))
    change(made, {first: "Twice", second: "Well", third: ""})
    assert said(made.id) == {"Why?": "Twice", "How?": "Well"}
    row = history_of("registration", made.id)[0]
    assert (row.fact, row.data["fields"], row.changes) == (
        "BookingChanged", [f"answer:{first.key}", f"answer:{third.key}"], [],
    )  # fmt: skip
    change(made, {first: "Twice"})
    assert len(history_of("registration", made.id)) == 2


def test_what_is_not_asked_any_more_after_a_change_is_deleted(event: Event) -> None:
    first = a_question(event, K.CHOICE, "Will you speak?")
    second = a_question(event, K.TEXT, "About what?", required=True, **after(first))
    made = a_registration(event, answers=replies(event, {first: "Yes", second: "Figures"}))
    with pytest.raises(RuleBroken):
        change(made, {second: ""})
    change(made, {first: "No", second: "Figures"})
    assert said(made.id) == {"Will you speak?": "No"}


def test_a_consent_that_is_taken_back_stays_as_proof(event: Event, at: At) -> None:
    question = a_question(event, K.CONSENT, "I agree")
    made = a_registration(event, answers=replies(event, {question: "yes"}))
    at(NOW + timedelta(days=1))
    change(made, {question: ""})
    at(NOW + timedelta(days=2))
    change(made, {question: "yes"})
    told = [one.answer for one in queries.told_by(made.id, ended=True)]
    assert [(row.wording, (row.at - NOW).days, row.ended_at and (row.ended_at - NOW).days) for row in told] == [
        (1, 0, 1),
        (1, 2, None),
    ]
    assert said(made.id) == {"I agree": "yes"}


# --- about needs ------------------------------------------------------------------------------------------------


def test_answers_about_needs_are_restricted_and_purged_with_the_others(event: Event, at: At) -> None:
    need = a_question(event, K.TEXT, "What do you eat?", restricted=True)
    plain = a_question(event, K.TEXT, "Why?")
    made = a_registration(event, answers=replies(event, {need: "No nuts", plain: "Because."}))
    assert said(made.id, restricted=False) == {"Why?": "Because."}
    assert said(made.id) == {"What do you eat?": "No nuts", "Why?": "Because."}
    assert [s.question.label for s in queries.summaries(event)] == ["Why?"]
    assert queries.table(event) == {made.id: {plain.id: "Because."}}
    at(datetime(2027, 6, 11, 14, tzinfo=UTC))
    purge_needs()
    assert said(made.id) == {"What do you eat?": "No nuts", "Why?": "Because."}
    at(datetime(2027, 6, 11, 16, tzinfo=UTC))
    purge_needs()
    assert said(made.id) == {"Why?": "Because."}
    purges = [row.data["count"] for row in history_of("event", event.id) if row.fact == "AccessNeedsPurged"]
    assert purges == [1]


def test_needs_that_are_left_out_of_a_change_stay_and_go_when_that_is_asked(event: Event) -> None:
    first = a_question(event, K.CHOICE, "Do you eat with us?", restricted=True)
    second = a_question(event, K.TEXT, "What?", restricted=True, required=True, **after(first))
    made = a_registration(event, answers=replies(event, {first: "Yes", second: "No nuts"}))
    change(made, {})
    assert said(made.id) == {"Do you eat with us?": "Yes", "What?": "No nuts"}
    change(made, {}, forget_needs=True)
    assert said(made.id) == {}


# --- staff, the door, files --------------------------------------------------------------------------------------


def test_staff_fill_in_what_they_know_and_need_not_know_all(event: Event) -> None:
    a_question(event, K.TEXT, "Why?", required=True, audience=Audience.STAFF)
    note = a_question(event, K.CHOICE, "Badge?", audience=Audience.STAFF)
    made = a_registration(event)
    with saving():
        service.record_answers(made, replies(event, {note: "Yes"}, Audience.STAFF), by=SYSTEM)
    assert said(made.id) == {"Badge?": "Yes"}
    row = history_of("registration", made.id)[0]
    assert (row.fact, row.data["fields"]) == ("AnswersRecorded", [f"answer:{note.key}"])


def test_the_door_asks_and_keeps(event: Event, at: At) -> None:
    question = a_question(event, K.CHOICE, "Laptop?", audience=Audience.DOOR)
    made = a_registration(event)
    at(datetime(2027, 5, 12, 8, tzinfo=UTC))
    given = replies(event, {question: "Yes"}, Audience.DOOR)
    with saving():
        service.check_in(made, answers=given, by=SYSTEM)
        walked = service.walk_in(event, name="Wim", answers=given, by=SYSTEM).registration
    assert (said(made.id), said(walked.id)) == ({"Laptop?": "Yes"}, {"Laptop?": "Yes"})


def test_a_file_is_found_by_its_registration_and_question(event: Event) -> None:
    question = a_question(event, K.FILE, "Your slides")
    kept = files.keep(BytesIO(b"Some words"), "slides.txt")
    made = a_registration(event, answers=replies(event, {question: kept.name}, kept={question: kept}))
    found = queries.file_at(event.slug, made.key, question.key)
    assert found is not None
    assert (found.answer.value, found.answer.checksum, found.answer.type) == ("slides.txt", kept.checksum, "txt")
    assert queries.file_at(an_event().slug, made.key, question.key) is None


# --- how much it costs ------------------------------------------------------------------------------------------


def test_questions_cost_two_statements_and_none_costs_one(event: Event, query_log: QueryLog) -> None:
    def statements(answers: queries.Replies | None) -> int:
        query_log.clear()
        with saving():
            service.register(event, email=f"p{len(counted)}@example.org", name="Ann", answers=answers, by=ANONYMOUS)
        return len(query_log)

    counted: list[int] = []
    counted.append(statements(None))
    counted.append(statements(queries.Replies(sheet=queries.sheet(event.id), values={}, files={})))
    given = {a_question(event, kind): value for kind, value in ((K.TEXT, "a"), (K.CHOICE, "Yes"), (K.CONSENT, "yes"))}
    asked = replies(event, given)
    counted.append(statements(asked))
    unread, none, three = counted
    assert (unread - none, three - none) == (1, 1), "reading the sheet is one statement, keeping the answers another"
