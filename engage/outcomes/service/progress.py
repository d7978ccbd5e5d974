"""Progress: in progress, reported complete, returned, verified by another, reopened (docs/domain.md#action)."""

from __future__ import annotations

from urllib.parse import urlsplit

from engage.core import clock
from engage.core.access import Principal
from engage.core.db import db, lock
from engage.core.errors import RuleBroken
from engage.core.facts import record
from engage.core.text import _
from engage.outcomes import notices
from engage.outcomes.facts import (
    ActionProgressed,
    ActionReopened,
    ActionReported,
    ActionReturned,
    ActionVerified,
)
from engage.outcomes.models import Action, ActionState, ProgressUpdate
from engage.outcomes.policy import is_reporter
from engage.outcomes.queries import moves_of
from engage.outcomes.service.actions import move

RUNNING = frozenset({ActionState.AGREED, ActionState.IN_PROGRESS})


class SameHands(RuleBroken):
    """Whoever reports an action complete does not verify it."""


def update_progress(
    action: Action, *, words: str, percent: int | None = None, evidence_url: str = "", by: Principal
) -> Action:
    """Say how an agreed action is going; the first update puts it in progress."""
    action = _running(action)
    _need_words(words)
    if action.state is ActionState.AGREED:
        move(action, ActionState.IN_PROGRESS, by=by)
    update = _update(action, words=words, percent=percent, evidence_url=evidence_url, by=by)
    record(ActionProgressed(subject_id=action.id, programme_id=action.programme_id, update_id=update.id), by=by)
    return action


def report_complete(action: Action, *, words: str, evidence_url: str = "", by: Principal) -> Action:
    """Say that it is done, and how one can see that; somebody else verifies it."""
    action = _running(action)
    _need_words(words)
    if action.state is ActionState.AGREED:
        move(action, ActionState.IN_PROGRESS, by=by)
    move(action, ActionState.REPORTED_COMPLETE, by=by)
    action.reported_by = by.actor
    update = _update(action, words=words, percent=100, evidence_url=evidence_url, by=by)
    record(ActionReported(subject_id=action.id, programme_id=action.programme_id, update_id=update.id), by=by)
    notices.tell_verifiers(action, update_id=update.id, reporter=by)
    return action


def verify(action: Action, *, reason: str = "", by: Principal) -> Action:
    """Confirm that it was done. Raises `SameHands` for who reported it."""
    action = lock(Action, action.id)
    if is_reporter(by, action):
        raise SameHands(_("You reported this action complete, so somebody else verifies it."))
    move(action, ActionState.VERIFIED, by=by, reason=reason.strip())
    record(ActionVerified(subject_id=action.id, programme_id=action.programme_id, reason=reason.strip()), by=by)
    return action


def return_(action: Action, *, reason: str, by: Principal) -> Action:
    """Give a reported action back to its owner, saying what is missing."""
    action = lock(Action, action.id)
    if action.state is not ActionState.REPORTED_COMPLETE:
        raise RuleBroken(_("Only an action that was reported complete can be returned."))
    _need_reason(reason)
    move(action, ActionState.IN_PROGRESS, by=by, reason=reason.strip())
    action.reported_by = ""
    turn = len(moves_of(action.id))
    record(
        ActionReturned(subject_id=action.id, programme_id=action.programme_id, reason=reason.strip(), turn=turn), by=by
    )
    notices.tell_returned(action, reason=reason.strip(), turn=turn)
    return action


def reopen(action: Action, *, reason: str, by: Principal) -> Action:
    """Put a verified action back in progress, with a reason."""
    action = lock(Action, action.id)
    if action.state is not ActionState.VERIFIED:
        raise RuleBroken(_("Only a verified action can be reopened."))
    _need_reason(reason)
    move(action, ActionState.IN_PROGRESS, by=by, reason=reason.strip())
    action.reported_by = ""
    record(ActionReopened(subject_id=action.id, programme_id=action.programme_id, reason=reason.strip()), by=by)
    return action


def _running(action: Action) -> Action:
    action = lock(Action, action.id)
    if action.state not in RUNNING:
        raise RuleBroken(
            _(
                "This action is %(state)s, so there is nothing to report.",
                state=action.state.value.replace("_", " "),
            )
        )
    return action


def _update(action: Action, *, words: str, percent: int | None, evidence_url: str, by: Principal) -> ProgressUpdate:
    if evidence_url and urlsplit(evidence_url).scheme not in {"http", "https"}:
        raise RuleBroken(_("Give the web address of the evidence, beginning with https://"), field="evidence_url")
    if percent is not None and not 0 <= percent <= 100:
        raise RuleBroken(_("Give a share between 0 and 100."), field="percent")
    update = ProgressUpdate(
        action_id=action.id,
        state=action.state,
        percent=percent,
        words=words.strip(),
        evidence_url=evidence_url,
        actor=by.actor,
        made_at=clock.now(),
    )
    db.session.add(update)
    db.session.flush()
    return update


def _need_words(words: str) -> None:
    if not words.strip():
        raise RuleBroken(_("Say in a sentence what was done."), field="words")


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise RuleBroken(_("Give a reason: it stays with the action."), field="reason")
