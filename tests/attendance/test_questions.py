"""What an event asks: building, rewording, ordering, taking out, copying."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from engage.attendance import queries, service
from engage.attendance.models import AskedKind, Audience, RegistrationQuestion
from engage.attendance.service import Ask
from engage.core.access import SYSTEM
from engage.core.db import saving
from engage.core.errors import NotFound, RuleBroken, StaleVersion
from engage.core.facts import history_of
from engage.events import service as events
from engage.events.models import Event
from tests.factories.attendance import a_registration, again
from tests.factories.events import an_event, an_open_event
from tests.factories.questions import K, a_question, after, replies

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> None:
    at(NOW)


@pytest.fixture
def event(app: Flask) -> Event:
    return an_open_event()


def asked(event: Event) -> list[str]:
    return [question.label for question in queries.standing(event.id)]


def edit(question: RegistrationQuestion, *, version: int = 1, **words: Any) -> RegistrationQuestion:
    with saving():
        return service.edit_question(question, Ask(**words), version=version, by=SYSTEM)


def move(question: RegistrationQuestion, *, up: bool) -> None:
    with saving():
        service.move_question(question, up=up, by=SYSTEM)


def retire(question: RegistrationQuestion) -> None:
    with saving():
        service.retire_question(question, by=SYSTEM)


def answered(event: Event, question: RegistrationQuestion, value: str) -> None:
    a_registration(event, answers=replies(event, {question: value}))


# --- one question -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"kind": K.TEXT, "label": "  "}, "label"),
        ({"kind": K.TEXT, "label": "x" * 301}, "label"),
        ({"kind": K.CHOICE, "label": "Which?", "options": ["One"]}, "options"),
        ({"kind": K.CHOICE, "label": "Which?", "options": ["One", "one "]}, "options"),
        ({"kind": K.MULTIPLE, "label": "Which?", "options": [str(n) for n in range(21)]}, "options"),
        ({"kind": K.MULTIPLE, "label": "Which?", "options": ["a", "b" * 151]}, "options"),
        ({"kind": K.CONSENT, "label": "I agree", "restricted": True}, "restricted"),
        ({"kind": K.FILE, "label": "Your slides", "restricted": True}, "restricted"),
        ({"kind": K.TEXT, "label": "Why?", "only_if": "nothing", "only_if_option": "Yes"}, "only_if"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(event: Event, words: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as no, saving():
        service.add_question(event, Ask(**words), by=SYSTEM)
    assert (no.value.field, asked(event)) == (field, [])


def test_questions_stand_in_the_order_in_which_they_were_added(event: Event) -> None:
    first = a_question(event, K.TEXT, "First")
    a_question(event, K.DATE, "Second")
    third = a_question(event, K.FILE, "Third")
    move(third, up=True)
    move(first, up=True)
    assert asked(event) == ["First", "Third", "Second"]
    move(first, up=False)
    assert asked(event) == ["Third", "First", "Second"]


def test_an_event_asks_forty_questions_at_most(event: Event) -> None:
    for n in range(40):
        a_question(event, K.TEXT, f"Question {n}")
    with pytest.raises(RuleBroken, match="40 questions"):
        a_question(event)


def test_its_history_is_the_events(event: Event) -> None:
    question = a_question(event, K.TEXT, "First")
    edit(question, kind=K.TEXT, label="Better")
    retire(question)
    said = [(row.fact, row.changes[-1]) for row in history_of("event", event.id)[:3]]
    assert said == [
        ("RegistrationQuestionRetired", {"field": "item", "old": "Better", "new": ""}),
        ("RegistrationQuestionChanged", {"field": "item", "old": "First", "new": "Better"}),
        ("RegistrationQuestionAdded", {"field": "item", "old": "", "new": "First"}),
    ]


# --- wordings ---------------------------------------------------------------------------------------------------


def test_other_words_are_a_new_wording_and_the_old_one_is_kept(event: Event) -> None:
    question = a_question(event, K.CONSENT, "I agree to be named", terms="In the list of participants.")
    answered(event, question, "yes")
    edit(again(question), kind=K.CONSENT, label="I agree to be named", terms="In the list, and on the website.")
    answered(event, question, "yes")
    assert [(w.number, w.terms) for w in queries.wordings_of([question.id])[question.id]] == [
        (1, "In the list of participants."),
        (2, "In the list, and on the website."),
    ]
    (summary,) = queries.summaries(event)
    assert [(bar.label, bar.count, bar.old) for bar in summary.bars] == [
        ("Agreed to wording 2", 1, False),
        ("Agreed to wording 1", 1, True),
        ("Has not agreed", 0, False),
    ]


def test_what_is_not_wording_makes_none(event: Event) -> None:
    question = a_question(event, K.TEXT, "Why?")
    edit(question, kind=K.TEXT, label="Why?", required=True)
    edit(again(question), version=2, kind=K.TEXT, label="Why?", required=True)
    found = again(question)
    assert (found.wording, found.version, found.required) == (1, 2, True)


def test_who_saves_second_is_told(event: Event) -> None:
    question = a_question(event)
    edit(question, kind=K.TEXT, label="Mine")
    with pytest.raises(StaleVersion):
        edit(question, kind=K.TEXT, label="Theirs")
    assert asked(event) == ["Mine"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": K.LONG_TEXT}, "kind"),
        ({"audience": Audience.STAFF}, "audience"),
        ({"restricted": True}, "restricted"),
    ],
)
def test_a_question_with_answers_keeps_its_kind_and_who_reads_it(
    event: Event, change: dict[str, Any], field: str
) -> None:
    question = a_question(event, K.TEXT, "Why?")
    edit(question, **{"kind": K.TEXT, "label": "Why?", **change})
    edit(again(question), version=2, kind=K.TEXT, label="Why?")
    answered(event, question, "Because.")
    with pytest.raises(RuleBroken) as no:
        edit(again(question), version=3, **{"kind": K.TEXT, "label": "Why?", **change})
    assert no.value.field == field


# --- what depends on another ------------------------------------------------------------------------------------


def test_it_depends_on_an_answer_that_is_offered_by_a_question_before_it_for_the_same_people(event: Event) -> None:
    text, first = a_question(event, K.TEXT, "Why?"), a_question(event, K.CHOICE, "Will you speak?")
    for wrong in (after(text), after(first, "Perhaps"), {**after(first), "audience": Audience.STAFF}):
        with pytest.raises(RuleBroken) as no:
            a_question(event, K.TEXT, "About what?", **wrong)
        assert no.value.field == "only_if"
    second = a_question(event, K.TEXT, "About what?", **after(first))
    assert queries.standing(event.id).by_id[second.id].only_if_id == first.id
    with pytest.raises(RuleBroken) as no:
        edit(text, kind=K.TEXT, label="Why?", **after(first))
    assert no.value.field == "only_if"


def test_what_another_depends_on_stays(event: Event) -> None:
    first = a_question(event, K.CHOICE, "Will you speak?")
    second = a_question(event, K.TEXT, "About what?", **after(first))
    for words, field in (
        ({"kind": K.TEXT}, "kind"),
        ({"kind": K.CHOICE, "options": ["No", "Perhaps"]}, "options"),
        ({"kind": K.CHOICE, "options": ["Yes", "No"], "audience": Audience.DOOR}, "audience"),
        ({"kind": K.CHOICE, "options": ["Yes", "No"], "restricted": True}, "restricted"),
    ):
        with pytest.raises(RuleBroken) as no:
            edit(first, label="Will you speak?", **words)
        assert no.value.field == field
    for act in (lambda: move(first, up=False), lambda: move(second, up=True), lambda: retire(first)):
        with pytest.raises(RuleBroken):
            act()
    edit(first, kind=K.CHOICE, label="Will you speak?", options=["No", "Yes", "Perhaps"])
    retire(second)
    retire(first)
    assert asked(event) == []


def test_what_is_asked_after_a_question_about_needs_is_about_needs(event: Event) -> None:
    first = a_question(event, K.CHOICE, "Do you eat with us?", restricted=True)
    with pytest.raises(RuleBroken) as no:
        a_question(event, K.TEXT, "What?", **after(first))
    assert no.value.field == "restricted"
    a_question(event, K.TEXT, "What?", restricted=True, **after(first))


# --- taken out, fixed, copied -----------------------------------------------------------------------------------


def test_one_that_is_taken_out_is_asked_no_longer_and_its_answers_are_kept(event: Event) -> None:
    question = a_question(event, K.CHOICE, "Will you speak?")
    answered(event, question, "Yes")
    retire(question)
    assert asked(event) == []
    (summary,) = queries.summaries(event)
    assert (summary.question.label, summary.answered, summary.out) == ("Will you speak?", 1, True)
    with pytest.raises(NotFound):
        edit(question, kind=K.CHOICE, label="Will you?", options=["Yes", "No"])


def test_when_the_event_is_cancelled_nothing_changes(event: Event) -> None:
    question = a_question(event)
    with saving():
        events.cancel(event, reason="No room.", by=SYSTEM)
    for act in (lambda: a_question(event), lambda: retire(question), lambda: move(question, up=True)):
        with pytest.raises(RuleBroken, match="stay as they were"):
            act()


def test_a_copy_takes_the_questions_along_and_nothing_else(event: Event) -> None:
    gone = a_question(event, K.TEXT, "Taken out")
    first = a_question(event, K.CHOICE, "Will you speak?", required=True, hint="Ten minutes")
    a_question(event, K.TEXT, "About what?", **after(first))
    a_question(event, K.CONSENT, "I agree", terms="Old")
    a_question(event, K.TEXT, "Badge printed?", audience=Audience.STAFF)
    retire(gone)
    answered(event, first, "No")
    other = an_event()
    a_question(other, K.TEXT, "Own")
    with saving():
        service.copy_questions(event, other, by=SYSTEM)
    copied = queries.standing(other.id)
    assert [q.label for q in copied] == ["Own", "Will you speak?", "About what?", "I agree", "Badge printed?"]
    _own, choice, text, consent, staff = copied
    assert (choice.kind, choice.required, choice.hint, choice.options) == (
        AskedKind.CHOICE, True, "Ten minutes", ["Yes", "No"],
    )  # fmt: skip
    assert (text.only_if_id, text.only_if_option) == (choice.id, "Yes")
    assert (consent.terms, consent.wording, staff.audience) == ("Old", 1, Audience.STAFF)
    assert (queries.answered(other.id), asked(event)[0]) == ({}, "Will you speak?")
