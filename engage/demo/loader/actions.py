"""The scenes of an action after the record was agreed, and what becomes of open ones when a body is succeeded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time
from functools import partial
from zoneinfo import ZoneInfo

from engage.core.access import Principal, Role
from engage.demo.loader.playing import Scene
from engage.demo.loader.stage import Stage
from engage.demo.story import Action, Event, Organisation, Programme, Step
from engage.outcomes import service as outcomes
from engage.outcomes.models import OPEN_ACTION
from engage.outcomes.models import Action as Kept

BEGUN = "Work has begun."
"""What an owner says first, where the story has no words for it: an update is never empty."""
JUDGED = frozenset({"verify", "return", "reopen"})
DECIDED = frozenset({"redate", "drop", "supersede"})


def capture(stage: Stage, programme: Programme, event: Event, told: Action) -> None:
    """As it was said in the room: proposed."""
    stage.actions[told.key] = outcomes.add_action(
        stage.events[event.slug],
        text=told.text,
        theme=stage.themes[told.theme],
        organisation=stage.organisation(told.organisation),
        owner=stage.person(told.owner),
        due=told.due,
        outcome=stage.outcomes[told.outcome] if told.outcome else None,
        other_themes=[stage.themes[slug] for slug in told.also],
        by=stage.holder(programme.slug, Role.SECRETARY),
    )


def scenes(stage: Stage, programme: Programme, told: Action) -> Iterator[Scene]:
    """Every step of its life."""
    for step in told.steps:
        yield Scene(step.on, partial(_step, stage, programme, told, step))


def _step(stage: Stage, programme: Programme, told: Action, step: Step) -> None:
    _ACTS[step.act](stage, stage.actions[told.key], step, _actor(stage, programme, told, step))


def _actor(stage: Stage, programme: Programme, told: Action, step: Step) -> Principal:
    """The owner, by link; a reviewer judges, the convenor decides."""
    if step.by:
        return stage.by_link(step.by)
    if step.act in JUDGED:
        return stage.holder(programme.slug, Role.REVIEWER)
    if step.act in DECIDED:
        return stage.holder(programme.slug, Role.CONVENOR)
    return stage.by_link(told.owner)


def _progress(_stage: Stage, action: Kept, step: Step, by: Principal) -> None:
    outcomes.update_progress(
        action, words=step.words or BEGUN, percent=step.percent, evidence_url=step.evidence or "", by=by
    )


def _report(_stage: Stage, action: Kept, step: Step, by: Principal) -> None:
    outcomes.report_complete(action, words=step.words, evidence_url=step.evidence or "", by=by)


def _verify(_stage: Stage, action: Kept, step: Step, by: Principal) -> None:
    outcomes.verify(action, reason=step.words, by=by)


def _return(_stage: Stage, action: Kept, step: Step, by: Principal) -> None:
    outcomes.return_(action, reason=step.reason, by=by)


def _reopen(_stage: Stage, action: Kept, step: Step, by: Principal) -> None:
    outcomes.reopen(action, reason=step.reason, by=by)


def _redate(_stage: Stage, action: Kept, step: Step, by: Principal) -> None:
    assert step.to is not None  # noqa: S101 -- `checking` asked
    outcomes.redate(action, due=step.to, reason=step.reason, by=by)


def _drop(_stage: Stage, action: Kept, step: Step, by: Principal) -> None:
    outcomes.drop(action, reason=step.reason, by=by)


def _supersede(stage: Stage, action: Kept, step: Step, by: Principal) -> None:
    outcomes.supersede_action(action, successor=stage.actions[step.instead], reason=step.reason, by=by)


_ACTS: dict[str, Callable[[Stage, Kept, Step, Principal], None]] = {
    "start": _progress,
    "progress": _progress,
    "report": _report,
    "verify": _verify,
    "return": _return,
    "reopen": _reopen,
    "redate": _redate,
    "drop": _drop,
    "supersede": _supersede,
}


# --- bodies that are succeeded -----------------------------------------------------------------------------------


def successions(stage: Stage) -> Iterator[Scene]:
    """Open actions of a body that ended pass to its first successor, who keeps the owner."""
    for told in stage.story.organisations:
        if told.succeeded_on:
            at = datetime.combine(told.succeeded_on, time(9), ZoneInfo("Europe/London"))
            yield Scene(at, partial(_succeed, stage, told))


def _succeed(stage: Stage, told: Organisation) -> None:
    successor = next(o for o in stage.story.organisations if o.key == told.succeeded_by[0])
    for programme in stage.story.programmes:
        by = stage.holder(programme.slug, Role.CONVENOR) if programme.slug in stage.programmes else None
        for action in programme.actions:
            kept = stage.actions.get(action.key)
            if by and kept and kept.organisation.name == told.name and kept.state in OPEN_ACTION:
                outcomes.reassign(
                    kept,
                    organisation=stage.organisation(successor.key),
                    owner=kept.owner,
                    reason=f"{successor.name} takes over from {told.name}.",
                    by=by,
                )
