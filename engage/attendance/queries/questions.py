"""Reads of an event's questions: the sheet that is asked, and each wording of it that ever was."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, lazyload

from engage.attendance.models import AskedKind, Audience, QuestionWording, RegistrationAnswer, RegistrationQuestion
from engage.core.db import db
from engage.core.files import Kept
from engage.events.models import Event

LINE = "\n"
"""Between the options of one answer: no option holds it."""


class Asked(NamedTuple):
    """One question as it is asked now. `only_if_id`: the question on whose answer it depends whether it is."""

    id: int
    key: str
    position: int
    kind: AskedKind
    audience: Audience
    required: bool
    restricted: bool
    only_if_id: int | None
    only_if_option: str
    wording: int
    label: str
    hint: str
    terms: str
    options: Sequence[str]

    @property
    def field(self) -> str:
        """The name under which a page asks it, and a refusal names it."""
        return f"q-{self.key}"

    def says(self, value: str, option: str) -> bool:
        """Whether this answer is, or contains, that option; a consent: whether it was ticked."""
        return bool(value) if self.kind is AskedKind.CONSENT else option in value.split(LINE)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The questions of an event for one audience, in their order; nothing in it changes while it is answered."""

    event_id: int
    questions: Sequence[Asked] = ()

    def __iter__(self) -> Iterator[Asked]:
        return iter(self.questions)

    def __len__(self) -> int:
        return len(self.questions)

    @cached_property
    def by_id(self) -> Mapping[int, Asked]:
        return {question.id: question for question in self.questions}

    def settled(self, given: Mapping[str, str]) -> dict[str, str]:
        """By key, the answers that count: what was answered to a question that is not asked then is left out."""
        found: dict[str, str] = {}
        for question in self.questions:
            value = given.get(question.key, "")
            if value and self.asks(question, found):
                found[question.key] = value
        return found

    def asks(self, question: Asked, given: Mapping[str, str]) -> bool:
        """Whether the question is asked, after these answers."""
        if question.only_if_id is None:
            return True
        first = self.by_id.get(question.only_if_id)
        return first is not None and first.says(given.get(first.key, ""), question.only_if_option)

    def missing(self, settled: Mapping[str, str]) -> list[Asked]:
        """The questions that must be answered, and are not."""
        return [q for q in self.questions if q.required and q.key not in settled and self.asks(q, settled)]


@dataclass(frozen=True, kw_only=True)
class Replies:
    """What somebody answered to a sheet, by question key. A key that is absent leaves an answer as it stands, an empty
    value takes it away. `files`: those that came with it, kept already."""

    sheet: Sheet
    values: Mapping[str, str]
    files: Mapping[str, Kept]

    def without_needs(self) -> Replies:
        """The same, less what is about needs."""
        kept = [question for question in self.sheet if not question.restricted]
        return replace(self, sheet=replace(self.sheet, questions=kept))


def sheet(event_id: int, *audiences: Audience) -> Sheet:
    """What the event asks this audience (everybody at registration, unless said otherwise): one statement."""
    wanted = audiences or (Audience.EVERYBODY,)
    rows = db.session.execute(_SHEET, {"event": event_id, "audiences": wanted})
    return Sheet(event_id=event_id, questions=[Asked._make(row) for row in rows])


Q, W = RegistrationQuestion, QuestionWording
_ASKED = sa.select(
    Q.id,
    Q.key,
    Q.position,
    Q.kind,
    Q.audience,
    Q.required,
    Q.restricted,
    Q.only_if_id,
    Q.only_if_option,
    Q.wording,
    W.label,
    W.hint,
    W.terms,
    W.options,
).join(W, sa.and_(W.question_id == Q.id, W.number == Q.wording))
_SHEET = (
    _ASKED.where(
        Q.event_id == sa.bindparam("event"),
        Q.retired_at.is_(None),
        Q.audience.in_(sa.bindparam("audiences", expanding=True)),
    )
).order_by(Q.position, Q.id)
"""Made once: every registration asks it."""


def for_staff(event_id: int) -> Sheet:
    """What staff fill in for somebody: all but consents, which only the person gives, and what depends on one. Nothing
    that the person was asked must be answered."""
    found: dict[int, Asked] = {}
    for question in sheet(event_id, Audience.EVERYBODY, Audience.STAFF):
        personal = question.audience is Audience.EVERYBODY
        depends_on_consent = question.only_if_id is not None and question.only_if_id not in found
        if not depends_on_consent and not (personal and question.kind is AskedKind.CONSENT):
            found[question.id] = question._replace(required=question.required and not personal)
    return Sheet(event_id=event_id, questions=list(found.values()))


def standing(event_id: int) -> Sheet:
    """Every question of the event that stands, whoever answers it."""
    return sheet(event_id, *Audience)


def retired(event_id: int) -> Sequence[Asked]:
    """The questions that were taken out, in their order."""
    rows = db.session.execute(
        _ASKED.where(Q.event_id == event_id, Q.retired_at.is_not(None)).order_by(Q.position, Q.id)
    )
    return [Asked._make(row) for row in rows]


def question_at(event: str, key: str) -> RegistrationQuestion | None:
    """The question at `/manage/events/SLUG/questions/KEY`, with its event; None for one that was taken out."""
    return db.session.scalar(
        sa.select(Q)
        .join(Q.event)
        .options(contains_eager(Q.event).options(lazyload(Event.themes), lazyload(Event.dates)))
        .where(Event.slug == event, Q.key == key, Q.retired_at.is_(None))
    )


def questions_of(event_id: int) -> Sequence[RegistrationQuestion]:
    """The rows of the questions that stand, to put them in order."""
    return db.session.scalars(
        sa.select(Q).where(Q.event_id == event_id, Q.retired_at.is_(None)).order_by(Q.position, Q.id)
    ).all()


def last_position(event_id: int) -> int:
    """The place of the last question that the event ever had; 0 for none."""
    return int(db.session.scalar(sa.select(sa.func.max(Q.position)).where(Q.event_id == event_id)) or 0)


def wordings_of(question_ids: Collection[int]) -> Mapping[int, Sequence[QuestionWording]]:
    """Each wording of these questions, oldest first, by question."""
    found: dict[int, list[QuestionWording]] = {}
    for wording in db.session.scalars(
        sa.select(W).where(W.question_id.in_(question_ids)).order_by(W.question_id, W.number)
    ):
        found.setdefault(wording.question_id, []).append(wording)
    return found


def answered(event_id: int) -> Mapping[int, int]:
    """How many answers each question of the event ever had that are still kept; one without any is absent."""
    rows = db.session.execute(
        sa.select(RegistrationAnswer.question_id, sa.func.count())
        .where(RegistrationAnswer.event_id == event_id)
        .group_by(RegistrationAnswer.question_id)
    )
    return dict(rows.all())


def is_answered(question_id: int) -> bool:
    """Whether anybody ever answered it."""
    found = sa.select(RegistrationAnswer.id).where(RegistrationAnswer.question_id == question_id)
    return db.session.scalar(found.limit(1)) is not None
