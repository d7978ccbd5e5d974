"""What can happen to an interest (docs/domain.md#interest). No address ever stands in history."""

from __future__ import annotations

from dataclasses import dataclass

from engage.core.facts import Fact, know
from engage.core.text import _l


@dataclass(frozen=True, kw_only=True)
class _OfInterest(Fact):
    subject = "interest"
    theme_id: int


@dataclass(frozen=True, kw_only=True)
class InterestAsked(_OfInterest):
    says = _l("Asked to follow")


@dataclass(frozen=True, kw_only=True)
class InterestConfirmed(_OfInterest):
    says = _l("Confirmed")


@dataclass(frozen=True, kw_only=True)
class InterestEnded(_OfInterest):
    says = _l("Stopped following")


@dataclass(frozen=True, kw_only=True)
class InterestMoved(_OfInterest):
    """To `theme_id`, the successor of `from_theme_id`."""

    says = _l("Moved to the successor")
    from_theme_id: int


know(InterestAsked, InterestConfirmed, InterestEnded, InterestMoved)
