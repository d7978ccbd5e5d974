"""Reads of what people answered. Restricted answers are left out unless they are asked for by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, lazyload

from engage.attendance.models import (
    LIVE_REGISTRATION,
    OFFERS,
    AskedKind,
    Audience,
    QuestionWording,
    Registration,
    RegistrationAnswer,
    RegistrationQuestion,
)
from engage.attendance.queries.questions import LINE, Asked, Sheet, retired, standing
from engage.core.db import db
from engage.core.text import _, day
from engage.events.models import Event

A = RegistrationAnswer


@dataclass(frozen=True, kw_only=True)
class Told:
    """One answer as staff read it: to which question, in the words in which it was asked. `agreed`: the number of the
    wording that a consent was given to, `newest` whether that is the one asked now."""

    key: str
    kind: AskedKind
    audience: Audience
    restricted: bool
    label: str
    value: str
    wording: int
    newest: bool
    answer: RegistrationAnswer

    @property
    def lines(self) -> list[str]:
        """What was answered, as it is read: each chosen option, each line of a text."""
        return in_words(self.kind, self.value)


def in_words(kind: AskedKind, value: str) -> list[str]:
    """A stored answer as people read it, line by line."""
    if kind is AskedKind.CONSENT:
        return [_("Agreed")]
    if kind is AskedKind.DATE:
        return [day(date.fromisoformat(value))]
    return value.split(LINE)


def answers_to(registration_id: int, sheet: Sheet) -> Sequence[RegistrationAnswer]:
    """The answers of one registration to these questions that stand, in the order in which they were given."""
    return db.session.scalars(
        sa.select(A)
        .where(
            A.registration_id == registration_id,
            A.ended_at.is_(None),
            A.question_id.in_([question.id for question in sheet]),
        )
        .order_by(A.id)
    ).all()


def told_by(registration_id: int, *, restricted: bool = False, ended: bool = False) -> Sequence[Told]:
    """All that stands of one registration's answers, in the order of the questions, those taken out too. With
    `restricted`, what is about needs as well; with `ended`, consents that were taken back."""
    rows = db.session.execute(
        sa.select(A, RegistrationQuestion, QuestionWording.label)
        .join(RegistrationQuestion, RegistrationQuestion.id == A.question_id)
        .join(
            QuestionWording, sa.and_(QuestionWording.question_id == A.question_id, QuestionWording.number == A.wording)
        )
        .where(
            A.registration_id == registration_id,
            *([] if ended else [A.ended_at.is_(None)]),
            *([] if restricted else [~A.restricted]),
        )
        .order_by(RegistrationQuestion.position, RegistrationQuestion.id, A.id)
    )
    return [
        Told(
            key=question.key,
            kind=question.kind,
            audience=question.audience,
            restricted=answer.restricted,
            label=label,
            value=answer.value,
            wording=answer.wording,
            newest=answer.wording == question.wording,
            answer=answer,
        )
        for answer, question, label in rows
    ]


def stands(told: Sequence[Told]) -> dict[str, str]:
    """By question key, what a form shows as answered already; of a consent, the number of its wording."""
    return {one.key: str(one.wording) if one.kind is AskedKind.CONSENT else one.value for one in told}


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One line of how answers fell; `share` is in whole per cent of those who answered. `old`: on offer no longer."""

    label: str
    count: int
    share: int
    old: bool = False


@dataclass(frozen=True, kw_only=True)
class Summary:
    """How one question was answered by those whose registration counts. `bars`: of what can be counted."""

    question: Asked
    answered: int
    bars: Sequence[Bar] = ()
    out: bool = False


def summaries(event: Event, *, restricted: bool = False) -> Sequence[Summary]:
    """Every question of an event with how many answered it and how, those taken out last, where anybody did."""
    rows = db.session.execute(
        sa.select(A.question_id, A.wording, A.value, sa.func.count())
        .join(Registration, Registration.id == A.registration_id)
        .join(RegistrationQuestion, RegistrationQuestion.id == A.question_id)
        .where(*_counting(event, restricted), RegistrationQuestion.kind.in_((*OFFERS, AskedKind.CONSENT)))
        .group_by(A.question_id, A.wording, A.value)
    )
    counting = sa.select(sa.func.count()).where(
        Registration.event_id == event.id, Registration.state.in_(LIVE_REGISTRATION)
    )
    people = int(db.session.scalar(counting) or 0)
    fell: dict[int, Counter[tuple[int, str]]] = {}
    for question_id, wording, value, many in rows:
        fell.setdefault(question_id, Counter())[wording, value] = many
    answered = dict(
        db.session.execute(
            sa.select(A.question_id, sa.func.count())
            .join(Registration, Registration.id == A.registration_id)
            .where(*_counting(event, restricted))
            .group_by(A.question_id)
        ).all()
    )
    found = [
        Summary(question=q, answered=answered.get(q.id, 0), bars=_bars(q, fell.get(q.id, Counter()), people))
        for q in standing(event.id)
        if restricted or not q.restricted
    ]
    out = [
        Summary(question=q, answered=answered[q.id], bars=_bars(q, fell.get(q.id, Counter()), people), out=True)
        for q in retired(event.id)
        if q.id in answered
    ]
    return found + out


def _counting(event: Event, restricted: bool) -> list[sa.ColumnElement[bool]]:
    """Answers that stand, of registrations that count."""
    stands = [A.event_id == event.id, A.ended_at.is_(None), Registration.state.in_(LIVE_REGISTRATION)]
    return stands if restricted else [*stands, ~A.restricted]


def _bars(question: Asked, fell: Mapping[tuple[int, str], int], people: int) -> list[Bar]:
    """How the answers fell, `fell` by wording and value; `people`: how many count at all."""
    if question.kind is AskedKind.CONSENT:
        return _agreed(question, Counter({number: many for (number, _yes), many in fell.items()}), people)
    chosen: Counter[str] = Counter()
    for (_number, value), many in fell.items():
        chosen.update(dict.fromkeys(value.split(LINE), many))
    total = sum(fell.values())
    old = sorted(set(chosen) - set(question.options))
    return [
        *(_bar(option, chosen[option], total) for option in question.options),
        *(_bar(option, chosen[option], total, old=True) for option in old),
    ]


def _agreed(question: Asked, by_wording: Counter[int], people: int) -> list[Bar]:
    """A line for each wording, the newest first, and those who agreed to none."""
    numbers = sorted({question.wording, *by_wording}, reverse=True)
    return [
        *(
            _bar(_("Agreed to wording %(number)d", number=n), by_wording[n], people, old=n != question.wording)
            for n in numbers
        ),
        _bar(_("Has not agreed"), people - by_wording.total(), people),
    ]


def _bar(label: str, count: int, total: int, *, old: bool = False) -> Bar:
    return Bar(label=label, count=count, share=round(100 * count / total) if total else 0, old=old)


@dataclass(frozen=True, kw_only=True)
class Line:
    """Somebody's answer to one question."""

    registration: Registration
    answer: RegistrationAnswer


def lines_of(question: RegistrationQuestion, *, limit: int, offset: int) -> Sequence[Line]:
    """Who answered a question and what, by name."""
    rows = db.session.execute(
        sa.select(Registration, A)
        .join(A, A.registration_id == Registration.id)
        .where(*_of_question(question))
        .order_by(Registration.name, Registration.id)
        .limit(limit)
        .offset(offset)
    )
    return [Line(registration=registration, answer=answer) for registration, answer in rows]


def count_of_lines(question: RegistrationQuestion) -> int:
    """How many `lines_of` holds in all."""
    query = sa.select(sa.func.count()).select_from(A).join(Registration, Registration.id == A.registration_id)
    return int(db.session.scalar(query.where(*_of_question(question))) or 0)


def _of_question(question: RegistrationQuestion) -> list[sa.ColumnElement[bool]]:
    return [A.question_id == question.id, A.ended_at.is_(None), Registration.state.in_(LIVE_REGISTRATION)]


def table(event: Event, *, restricted: bool = False) -> Mapping[int, Mapping[int, str]]:
    """Every answer of registrations that count: by registration, then by question."""
    found: dict[int, dict[int, str]] = {}
    rows = db.session.execute(
        sa.select(A.registration_id, A.question_id, A.value)
        .join(Registration, Registration.id == A.registration_id)
        .where(*_counting(event, restricted))
    )
    for registration_id, question_id, value in rows:
        found.setdefault(registration_id, {})[question_id] = value
    return found


@dataclass(frozen=True, kw_only=True)
class AnswerFile:
    """The file that somebody answered with."""

    answer: RegistrationAnswer
    programme_id: int


def any_question_at(event: str, key: str) -> RegistrationQuestion | None:
    """The question at `/manage/events/SLUG/answers/KEY`, with its event, whether it is still asked or not."""
    return db.session.scalar(
        sa.select(RegistrationQuestion)
        .join(RegistrationQuestion.event)
        .options(contains_eager(RegistrationQuestion.event).options(lazyload(Event.themes), lazyload(Event.dates)))
        .where(Event.slug == event, RegistrationQuestion.key == key)
    )


def file_at(event: str, key: str, question: str) -> AnswerFile | None:
    """The file at `/manage/events/SLUG/registrations/KEY/files/QUESTION`."""
    row = db.session.execute(
        sa.select(A, Event.programme_id)
        .join(Registration, Registration.id == A.registration_id)
        .join(Event, Event.id == A.event_id)
        .join(RegistrationQuestion, RegistrationQuestion.id == A.question_id)
        .where(
            Event.slug == event,
            Registration.key == key,
            RegistrationQuestion.key == question,
            A.ended_at.is_(None),
            A.checksum != "",
        )
    ).one_or_none()
    return AnswerFile(answer=row[0], programme_id=row[1]) if row else None
