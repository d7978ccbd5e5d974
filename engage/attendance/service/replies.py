"""Keeping what people answer to an event's questions, and changing it (docs/domain.md#question).

Called by the verbs of registering, answering, changing and the door, under their event's lock.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from engage.attendance import queries
from engage.attendance.facts import AnswersRecorded
from engage.attendance.models import OFFERS, AskedKind, Registration, RegistrationAnswer
from engage.attendance.queries import Asked, Replies
from engage.attendance.queries.questions import LINE
from engage.attendance.service import moves
from engage.core import clock
from engage.core.access import Kind, Principal
from engage.core.db import db
from engage.core.errors import RuleBroken
from engage.core.facts import record
from engage.core.text import _
from engage.events.models import Event

ANSWER = 5_000
"""Characters of the longest answer."""
FOR_THEMSELVES = frozenset({Kind.ANONYMOUS, Kind.LINK})
"""Only those who register themselves must answer what is required; staff may not know."""


def checked(event: Event, replies: Replies | None, *, by: Principal) -> Replies | None:
    """The answers of somebody who comes, before anything is made of them. Without any, the questions are read: nobody
    gets round those that must be answered. Raises `RuleBroken` beside the field that it is about."""
    if by.kind not in FOR_THEMSELVES:
        return replies
    if replies is None:
        replies = Replies(sheet=queries.sheet(event.id), values={}, files={})
    _refuse(replies, replies.sheet.settled(replies.values), required=True)
    return replies


def keep(registration: Registration, replies: Replies | None, *, by: Principal) -> None:
    """Keep the answers of a new registration: one statement, none where nothing was answered."""
    if replies is None:
        return
    settled = replies.sheet.settled(replies.values)
    rows = [_row(registration, q, settled[q.key], replies, by) for q in replies.sheet if q.key in settled]
    if rows:
        db.session.connection().execute(_ADD, rows)


_ADD = sa.insert(RegistrationAnswer.__table__)


def change(registration: Registration, replies: Replies | None, *, by: Principal) -> list[str]:
    """Bring the answers that are kept up to these; which fields are different now ("answer:KEY"), never what they say.

    Raises `RuleBroken` as `checked`.
    """
    if replies is None or not replies.sheet:
        return []
    stand = {answer.question_id: answer for answer in queries.answers_to(registration.id, replies.sheet)}
    before = {q.key: stand[q.id].value for q in replies.sheet if q.id in stand}
    settled = replies.sheet.settled(before | dict(replies.values))
    _refuse(replies, settled, required=by.kind in FOR_THEMSELVES)
    fields = []
    for question in replies.sheet:
        old, value = stand.get(question.id), settled.get(question.key, "")
        said = question.key in replies.values or not value
        if said and _differs(question, old, value, replies):
            _replace(registration, question, old, value, replies, by)
            fields.append(f"answer:{question.key}")
    return fields


def record_answers(registration: Registration, replies: Replies, *, by: Principal) -> Registration:
    """Staff fill in what they know, or were told. Raises `RuleBroken` for an answer that is not on offer."""
    event, _seats = moves.enter_with(registration)
    fill_in(event, registration, replies, by=by)
    return registration


def fill_in(event: Event, registration: Registration, replies: Replies | None, *, by: Principal) -> None:
    """The same within another verb, under its lock."""
    if fields := change(registration, replies, by=by):
        fact = AnswersRecorded(
            subject_id=registration.id,
            programme_id=event.programme_id,
            event_id=event.id,
            fields=tuple(fields),
        )
        record(fact, by=by)


def forget(registration: Registration) -> bool:
    """Delete the answers about access and dietary needs. Whether there were any."""
    gone = db.session.execute(
        sa.delete(RegistrationAnswer).where(
            RegistrationAnswer.registration_id == registration.id, RegistrationAnswer.restricted
        )
    )
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def purge(event: Event) -> int:
    """Delete every answer about needs told for this event. Returns of how many people."""
    ours = sa.and_(RegistrationAnswer.event_id == event.id, RegistrationAnswer.restricted)
    people = int(
        db.session.scalar(sa.select(sa.func.count(sa.distinct(RegistrationAnswer.registration_id))).where(ours)) or 0
    )
    if people:
        db.session.execute(sa.delete(RegistrationAnswer).where(ours))
    return people


def _refuse(replies: Replies, settled: Mapping[str, str], *, required: bool) -> None:
    """Raises `RuleBroken` for the first answer that is missing, or is none."""
    for question in replies.sheet.missing(settled) if required else ():
        raise RuleBroken(_("Answer “%(label)s”", label=question.label), field=question.field)
    for question in replies.sheet:
        if question.key in replies.values and not _fits(question, settled.get(question.key, ""), replies):
            raise RuleBroken(_("This is no answer to “%(label)s”", label=question.label), field=question.field)


def _fits(question: Asked, value: str, replies: Replies) -> bool:
    if not value:
        return True
    if question.kind in OFFERS:
        chosen = value.split(LINE)
        return set(chosen) <= set(question.options) and (len(chosen) == 1 or question.kind is AskedKind.MULTIPLE)
    if question.kind is AskedKind.DATE:
        return _is_date(value)
    if question.kind is AskedKind.FILE:
        return question.key in replies.files
    return len(value) <= ANSWER


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _differs(question: Asked, old: RegistrationAnswer | None, value: str, replies: Replies) -> bool:
    if old is None or not value:
        return (old is not None) or bool(value)
    if question.kind is AskedKind.FILE:
        return old.checksum != replies.files[question.key].checksum or old.value != value
    return old.value != value or (question.kind is AskedKind.CONSENT and old.wording != question.wording)


def _replace(
    registration: Registration,
    question: Asked,
    old: RegistrationAnswer | None,
    value: str,
    replies: Replies,
    by: Principal,
) -> None:
    """A consent that stood keeps its row: it proves what was agreed to, from when until when."""
    if old is not None and question.kind is AskedKind.CONSENT:
        old.ended_at = clock.now()
        db.session.flush()
        old = None
    if old is not None and not value:
        db.session.delete(old)
    elif old is not None:
        for name, new in _row(registration, question, value, replies, by).items():
            setattr(old, name, new)
    elif value:
        db.session.execute(_ADD, [_row(registration, question, value, replies, by)])
    db.session.flush()


def _row(registration: Registration, question: Asked, value: str, replies: Replies, by: Principal) -> dict[str, Any]:
    file = replies.files.get(question.key)
    return {
        "event_id": registration.event_id,
        "registration_id": registration.id,
        "question_id": question.id,
        "wording": question.wording,
        "value": value,
        "checksum": file.checksum if file else "",
        "type": file.kind if file else "",
        "restricted": question.restricted,
        "at": clock.now(),
        "actor": by.actor,
    }
