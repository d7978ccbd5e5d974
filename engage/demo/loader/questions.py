"""What an event asks of those who register, and what its crowd answers."""

from __future__ import annotations

from engage.attendance import queries
from engage.attendance import service as attendance
from engage.attendance.models import AskedKind, Audience
from engage.attendance.queries import Replies
from engage.core.access import Principal
from engage.demo.loader.stage import Stage
from engage.demo.story import Event
from engage.events.models import Event as Made


def ask(stage: Stage, event: Made, told: Event, *, by: Principal) -> None:
    """Build the questions, in their order."""
    keys: dict[str, str] = {}
    for one in told.questions:
        first, option = one.after or ("", "")
        words = attendance.Ask(
            kind=AskedKind(one.kind),
            label=one.label,
            hint=one.hint,
            terms=one.terms,
            options=one.options,
            required=one.required,
            audience=Audience(one.audience),
            only_if=keys.get(first, ""),
            only_if_option=option,
        )
        keys[one.key] = attendance.add_question(event, words, by=by).key
    stage.sheets[told.slug] = queries.sheet(event.id)
    stage.question_keys[told.slug] = keys


def answers(stage: Stage, told: Event, number: int) -> Replies:
    """What the one who came as number so many, from 0, answers."""
    keys = stage.question_keys[told.slug]
    given = {keys[one.key]: one.answers[number % len(one.answers)] for one in told.questions if one.answers}
    return Replies(sheet=stage.sheets[told.slug], values=given, files={})
