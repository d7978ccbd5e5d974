"""What waits, and what was given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engage.core import clock, jobs, outbox
from engage.core.outbox import MailState, OutboxMail


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How many messages stand in each state, how many jobs were given up, and since when the oldest wait."""

    messages: dict[MailState, int]
    jobs_failed: int
    oldest_message: datetime | None
    oldest_job: datetime | None


def standing() -> Standing:
    """The machinery's figures, in four statements."""
    return Standing(
        messages=outbox.counts(),
        jobs_failed=jobs.count_failed(),
        oldest_message=outbox.oldest_waiting(),
        oldest_job=jobs.oldest_waiting(clock.now()),
    )


def message_by_key(message: str) -> OutboxMail | None:
    """The message at `/admin/messages/KEY`; the argument is called as in the address."""
    return outbox.by_key(message)
