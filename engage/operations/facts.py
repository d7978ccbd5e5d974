"""What an administrator does to messages and jobs, with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from engage.core.facts import Fact, know
from engage.core.text import _l


@dataclass(frozen=True, kw_only=True)
class MessageRetried(Fact):
    subject = "message"
    says = _l("Tried again")


@dataclass(frozen=True, kw_only=True)
class MessageAbandoned(Fact):
    subject = "message"
    says = _l("Given up")


@dataclass(frozen=True, kw_only=True)
class JobRetried(Fact):
    subject = "job"
    says = _l("Tried again")


know(MessageRetried, MessageAbandoned, JobRetried)
