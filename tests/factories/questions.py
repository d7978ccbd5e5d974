"""Questions of events and answers to them, as the services make and keep them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from engage.attendance import queries, service
from engage.attendance.models import AskedKind, Audience, Registration, RegistrationQuestion
from engage.attendance.queries import Replies
from engage.core import files
from engage.core.access import SYSTEM
from engage.core.db import saving
from engage.core.files import Kept
from engage.events.models import Event

K = AskedKind


def a_question(event: Event, kind: AskedKind = K.TEXT, label: str = "", **given: Any) -> RegistrationQuestion:
    """One more question of the event; a choice offers "Yes" and "No" unless it is told what else."""
    if kind in (K.CHOICE, K.MULTIPLE):
        given = {"options": ["Yes", "No"], **given}
    words = label or f"A question of kind {kind.value}?"
    with saving():
        return service.add_question(event, service.Ask(kind=kind, label=words, **given), by=SYSTEM)


def after(question: RegistrationQuestion, option: str = "Yes") -> dict[str, str]:
    """What makes a further question be asked only after this answer."""
    return {"only_if": question.key, "only_if_option": option}


def replies(
    event: Event,
    given: dict[RegistrationQuestion, str],
    *audiences: Audience,
    kept: dict[RegistrationQuestion, Kept] | None = None,
) -> Replies:
    """These answers, as a form would give them."""
    return Replies(
        sheet=queries.sheet(event.id, *audiences),
        values={question.key: value for question, value in given.items()},
        files={question.key: file for question, file in (kept or {}).items()},
    )


def an_answer(registration: Registration, given: dict[RegistrationQuestion, str], *audiences: Audience) -> None:
    """Filled in by staff; to a question for a file, one that holds its own name."""
    kept = {q: files.keep(BytesIO(value.encode()), value) for q, value in given.items() if q.kind is K.FILE}
    with saving():
        told = replies(registration.event, given, *audiences, kept=kept)
        service.record_answers(registration, told, by=SYSTEM)


def said(registration_id: int, *, restricted: bool = True) -> dict[str, str]:
    """Label → answer of all that one registration's person answered."""
    return {told.label: told.value for told in queries.told_by(registration_id, restricted=restricted)}
