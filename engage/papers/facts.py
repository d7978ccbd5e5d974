"""What can happen to a paper (docs/domain.md#paper)."""

from __future__ import annotations

from dataclasses import dataclass

from engage.core.facts import Fact, know
from engage.core.text import _l


@dataclass(frozen=True, kw_only=True)
class PaperFact(Fact):
    """`number`: the version that it happened to."""

    subject = "paper"
    number: int


@dataclass(frozen=True, kw_only=True)
class PaperAdded(PaperFact):
    says = _l("Added")


@dataclass(frozen=True, kw_only=True)
class PaperVersionAdded(PaperFact):
    says = _l("New version")


@dataclass(frozen=True, kw_only=True)
class PaperChanged(PaperFact):
    """Its words, its agenda item or its theme groups; `changes` has titles as they were."""

    says = _l("Details changed")


@dataclass(frozen=True, kw_only=True)
class PaperCirculated(PaperFact):
    says = _l("Circulated")


@dataclass(frozen=True, kw_only=True)
class PaperAgreed(PaperFact):
    says = _l("Agreed")


@dataclass(frozen=True, kw_only=True)
class PaperPublished(PaperFact):
    says = _l("Published")


@dataclass(frozen=True, kw_only=True)
class PaperWithdrawn(PaperFact):
    says = _l("Withdrawn")


know(PaperAdded, PaperVersionAdded, PaperChanged, PaperCirculated, PaperAgreed, PaperPublished, PaperWithdrawn)
