"""What an event asks of those who come: built, reworded, put in order, taken out, copied (docs/domain.md#question)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engage.attendance import queries
from engage.attendance.facts import (
    RegistrationQuestionAdded,
    RegistrationQuestionChanged,
    RegistrationQuestionMoved,
    RegistrationQuestionRetired,
    RegistrationQuestionsCopied,
)
from engage.attendance.models import (
    DECIDES,
    MAY_BE_RESTRICTED,
    OFFERS,
    AskedKind,
    Audience,
    QuestionWording,
    RegistrationQuestion,
)
from engage.attendance.queries import Asked, Sheet
from engage.core import clock
from engage.core.access import Principal
from engage.core.db import db, identity, lock
from engage.core.errors import NotFound, RuleBroken, StaleVersion
from engage.core.facts import Change, changed, record
from engage.core.text import _
from engage.events.models import Event, EventState
from engage.events.service import apply_due_by_id

FIXED = frozenset({EventState.RECORD_AGREED, EventState.ARCHIVED, EventState.CANCELLED})
MOST_QUESTIONS, MOST_OPTIONS = 40, 20
LABEL, HINT, TERMS, OPTION = 300, 600, 10_000, 150
COPIED: Mapping[type[Any], tuple[str, ...]] = {
    RegistrationQuestion: ("kind", "audience", "required", "restricted", "only_if_option"),
    QuestionWording: ("label", "hint", "terms", "options"),
}
"""What a copy takes along; of wordings, the one that is asked now. Answers are never copied."""
NOT_COPIED: Mapping[type[Any], frozenset[str]] = {
    RegistrationQuestion: frozenset(
        {"id", "key", "version", "event_id", "position", "wording", "only_if_id", "retired_at"}
    ),
    QuestionWording: frozenset({"id", "question_id", "number", "at", "actor"}),
}
"""Made anew: a copy's questions have places, numbers and what they depend on of their own."""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A question to be. `only_if`: the key of an earlier question, `only_if_option` the answer to it after which this
    one is asked."""

    kind: AskedKind
    label: str
    hint: str = ""
    terms: str = ""
    options: Sequence[str] = ()
    required: bool = False
    restricted: bool = False
    audience: Audience = Audience.EVERYBODY
    only_if: str = ""
    only_if_option: str = ""


def add_question(event: Event, ask: Ask, *, by: Principal) -> RegistrationQuestion:
    """One more question, at the end. Raises `RuleBroken` for one that asks nothing, or depends on what is not there."""
    event = _begin(identity(event))
    standing = queries.standing(event.id)
    if len(standing) >= MOST_QUESTIONS:
        raise RuleBroken(_("An event asks %(most)d questions at most: people give up before.", most=MOST_QUESTIONS))
    columns = _columns(ask, standing)
    question = RegistrationQuestion(event_id=event.id, position=queries.last_position(event.id) + 1, **columns)
    db.session.add(question)
    db.session.flush()
    wording = _word(question, _words(ask), by)
    fact = RegistrationQuestionAdded(
        subject_id=event.id,
        programme_id=event.programme_id,
        question=question.id,
        changes=(Change(field="item", old="", new=wording.label),),
    )
    record(fact, by=by)
    return question


def edit_question(question: RegistrationQuestion, ask: Ask, *, version: int, by: Principal) -> RegistrationQuestion:
    """Change a question; `version` is the one that was read. Other words are a new wording: the old one is kept, so
    that every answer knows what was asked.

    Raises `StaleVersion`, `NotFound` when it was taken out, `RuleBroken` as `add_question`, and where another question
    or an answer needs it to stay as it is.
    """
    event, question = _standing(question)
    if question.version != version:
        raise StaleVersion(_("Somebody else changed this question while you were writing."))
    standing = queries.standing(event.id)
    before = standing.by_id[question.id]
    columns, words = _columns(ask, standing, before), _words(ask)
    _check_dependents(standing, before, ask)
    changes = changed(question, **columns)
    reworded = {name: (old, new) for name, new in words.items() if (old := _plain(before, name)) != new}
    if not changes and not reworded:
        return question
    if reworded:
        question.wording += 1
        _word(question, words, by)
        changes += tuple(Change(field=name, old=old, new=new) for name, (old, new) in reworded.items())
    question.version += 1
    fact = RegistrationQuestionChanged(
        subject_id=event.id,
        programme_id=event.programme_id,
        question=question.id,
        wording=question.wording,
        changes=(*changes, Change(field="item", old=before.label, new=words["label"])),
    )
    record(fact, by=by)
    return question


def move_question(question: RegistrationQuestion, *, up: bool, by: Principal) -> RegistrationQuestion:
    """Change places with the question before (or after) it; at the end of the list nothing happens. Raises `RuleBroken`
    where one would come before the question that it depends on."""
    event, question = _standing(question)
    order = list(queries.questions_of(event.id))
    now = next(place for place, other in enumerate(order) if other.id == question.id)
    new = now - 1 if up else now + 1
    if not 0 <= new < len(order):
        return question
    first, second = order[min(now, new)], order[max(now, new)]
    if second.only_if_id == first.id:
        raise RuleBroken(_("One of the two is asked only after a certain answer to the other: it stays below."))
    first.position, second.position = second.position, first.position
    fact = RegistrationQuestionMoved(
        subject_id=event.id,
        programme_id=event.programme_id,
        question=question.id,
        changes=(Change(field="order", old=now + 1, new=new + 1),),
    )
    record(fact, by=by)
    return question


def retire_question(question: RegistrationQuestion, *, by: Principal) -> RegistrationQuestion:
    """Ask it no longer; what was answered is kept. Raises `RuleBroken` while another question depends on it."""
    event, question = _standing(question)
    standing = queries.standing(event.id)
    for other in standing:
        if other.only_if_id == question.id:
            raise RuleBroken(_("“%(label)s” depends on this question: change that one first.", label=other.label))
    question.retired_at = clock.now()
    fact = RegistrationQuestionRetired(
        subject_id=event.id,
        programme_id=event.programme_id,
        question=question.id,
        changes=(Change(field="item", old=standing.by_id[question.id].label, new=""),),
    )
    record(fact, by=by)
    return question


def copy_questions(from_event: Event, to_event: Event, *, by: Principal) -> Sequence[RegistrationQuestion]:
    """Ask at another event what this one asks, after what that one asks already: its questions in their order, as they
    are worded now, each with what it depends on. What is copied: `COPIED`."""
    event = _begin(identity(to_event))
    asked = queries.standing(identity(from_event))
    position = queries.last_position(event.id)
    made: dict[int, RegistrationQuestion] = {}
    for number, question in enumerate(asked, start=1):
        copy = RegistrationQuestion(
            event_id=event.id,
            position=position + number,
            only_if_id=made[question.only_if_id].id if question.only_if_id is not None else None,
            **{name: getattr(question, name) for name in COPIED[RegistrationQuestion]},
        )
        db.session.add(copy)
        db.session.flush()
        _word(copy, {name: _plain(question, name) for name in COPIED[QuestionWording]}, by)
        made[question.id] = copy
    if made:
        fact = RegistrationQuestionsCopied(
            subject_id=event.id, programme_id=event.programme_id, from_event_id=asked.event_id, count=len(made)
        )
        record(fact, by=by)
    return list(made.values())


def _begin(event_id: int) -> Event:
    event = apply_due_by_id(event_id)
    if event.state in FIXED:
        raise RuleBroken(_("The questions stay as they were: the event is cancelled, or its record agreed."))
    return event


def _standing(question: RegistrationQuestion) -> tuple[Event, RegistrationQuestion]:
    """The event, then the question, locked; `NotFound` for one that was taken out."""
    event = _begin(question.event_id)
    question = lock(RegistrationQuestion, identity(question))
    if question.retired_at is not None:
        raise NotFound
    return event, question


def _word(question: RegistrationQuestion, words: Mapping[str, Any], by: Principal) -> QuestionWording:
    wording = QuestionWording(question_id=question.id, number=question.wording, at=clock.now(), actor=by.actor, **words)
    db.session.add(wording)
    db.session.flush()
    return wording


def _plain(asked: Asked, name: str) -> Any:
    value = getattr(asked, name)
    return list(value) if name == "options" else value


def _words(ask: Ask) -> dict[str, Any]:
    """What the question says; raises `RuleBroken` where it asks nothing or offers no choice."""
    label, options = ask.label.strip(), [option.strip() for option in ask.options if option.strip()]
    if not label or len(label) > LABEL:
        raise RuleBroken(_("Enter the question, in %(max)d characters or fewer", max=LABEL), field="label")
    if ask.kind not in OFFERS:
        options = []
    elif not 2 <= len(options) <= MOST_OPTIONS:
        raise RuleBroken(_("Offer between 2 and %(most)d answers", most=MOST_OPTIONS), field="options")
    elif len({option.casefold() for option in options}) < len(options):
        raise RuleBroken(_("Each answer on offer must differ from the others"), field="options")
    elif any(len(option) > OPTION for option in options):
        raise RuleBroken(_("Each answer must be %(max)d characters or fewer", max=OPTION), field="options")
    terms = ask.terms.strip() if ask.kind is AskedKind.CONSENT else ""
    return {"label": label, "hint": ask.hint.strip(), "terms": terms, "options": options}


def _columns(ask: Ask, standing: Sheet, before: Asked | None = None) -> dict[str, Any]:
    """How it is asked; raises `RuleBroken` where that cannot be, or answers that are kept would lose their meaning."""
    if ask.restricted and ask.kind not in MAY_BE_RESTRICTED:
        said = _("A consent or a file is kept, and answers about needs are deleted 30 days after the event.")
        raise RuleBroken(said, field="restricted")
    first = _first(ask, standing, before)
    if first is not None and first.restricted and not ask.restricted:
        said = _("“%(label)s” is about needs, so what is asked after it is too.", label=first.label)
        raise RuleBroken(said, field="restricted")
    how = {"kind": ask.kind, "audience": ask.audience, "restricted": ask.restricted}
    if before is not None and queries.is_answered(before.id):
        for name, value in how.items():
            if getattr(before, name) != value:
                said = _("Somebody has answered this question, so this stays as it was. Take it out and ask another.")
                raise RuleBroken(said, field=name)
    return {
        **how,
        "required": ask.required,
        "only_if_id": first.id if first else None,
        "only_if_option": ask.only_if_option if first and first.kind in OFFERS else "",
    }


def _first(ask: Ask, standing: Sheet, before: Asked | None) -> Asked | None:
    """The question that this one depends on."""
    if not ask.only_if:
        return None
    first = next((q for q in standing if q.key == ask.only_if and q.kind in DECIDES), None)
    if first is None or (first.kind in OFFERS and ask.only_if_option not in first.options):
        raise RuleBroken(_("Choose an answer to a question that stands"), field="only_if")
    if before is not None and first.position >= before.position:
        raise RuleBroken(_("It can depend only on a question that comes before it"), field="only_if")
    if first.audience is not ask.audience:
        raise RuleBroken(_("It can depend only on a question that the same people answer"), field="only_if")
    return first


def _check_dependents(standing: Sheet, before: Asked, ask: Ask) -> None:
    """What other questions need of this one must stay."""
    for other in standing:
        if other.only_if_id != before.id:
            continue
        if ask.kind is not before.kind:
            raise RuleBroken(
                _("“%(label)s” depends on this question: change that one first.", label=other.label), field="kind"
            )
        if ask.kind in OFFERS and other.only_if_option not in [option.strip() for option in ask.options]:
            said = _("“%(label)s” is asked after the answer “%(option)s”: keep it, or change that question first.")
            raise RuleBroken(said % {"label": other.label, "option": other.only_if_option}, field="options")
        if ask.audience is not other.audience:
            said = _("“%(label)s” depends on this question, and other people answer it.", label=other.label)
            raise RuleBroken(said, field="audience")
        if ask.restricted and not other.restricted:
            said = _("“%(label)s” depends on this question, and is not marked as being about needs.", label=other.label)
            raise RuleBroken(said, field="restricted")
