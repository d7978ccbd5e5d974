"""Verbs of an administrator on the outbox and on jobs: each with a reason, kept in the history."""

from __future__ import annotations

from engage.core import clock, jobs, outbox
from engage.core.access import Principal
from engage.core.db import lock
from engage.core.errors import RuleBroken
from engage.core.facts import record
from engage.core.jobs import Job
from engage.core.outbox import MailState, OutboxMail
from engage.core.text import _
from engage.operations.facts import JobRetried, MessageAbandoned, MessageRetried

MOST = 1000
"""How many failed messages one act tries again."""


def retry(message: OutboxMail, *, reason: str, by: Principal) -> OutboxMail:
    """Try to send a message again now, counting attempts afresh. Raises `RuleBroken` for one sent, or being sent."""
    words = _reason(reason)
    _check_idle(message)
    row = outbox.retry(message.id)
    record(MessageRetried(subject_id=row.id, reason=words), by=by)
    return row


def abandon(message: OutboxMail, *, reason: str, by: Principal) -> OutboxMail:
    """Give a message up: it is kept, and not sent. Raises `RuleBroken` for one sent, or being sent."""
    words = _reason(reason)
    _check_idle(message)
    row = outbox.abandon(message.id)
    record(MessageAbandoned(subject_id=row.id, reason=words), by=by)
    return row


def retry_failed(*, reason: str, by: Principal) -> int:
    """Try every message that failed again, a thousand at the most; returns how many."""
    words = _reason(reason)
    rows = outbox.messages(MailState.FAILED, limit=MOST)
    for row in rows:
        outbox.retry(row.id)
        record(MessageRetried(subject_id=row.id, reason=words), by=by)
    return len(rows)


def retry_job(job: Job, *, by: Principal) -> Job:
    """Try work that was given up again now. Raises `RuleBroken` for any other."""
    row = jobs.retry(job.id)
    record(JobRetried(subject_id=row.id), by=by)
    return row


def _check_idle(message: OutboxMail) -> None:
    row = lock(OutboxMail, message.id)
    if row.state is MailState.QUEUED and row.claimed_until is not None and row.claimed_until > clock.now():
        raise RuleBroken(_("This message is being sent right now. Look again in a minute."))


def _reason(given: str) -> str:
    words = " ".join(given.split())
    if not words:
        raise RuleBroken(_("Say why: it is kept in the history."), field="reason")
    return words
