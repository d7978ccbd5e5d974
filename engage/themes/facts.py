"""What can happen to a theme group (docs/domain.md#theme-group). Persons stand as ids, never by name."""

from __future__ import annotations

from dataclasses import dataclass

from engage.core.facts import Fact, know
from engage.core.text import _l


@dataclass(frozen=True, kw_only=True)
class _OfTheme(Fact):
    subject = "theme"


@dataclass(frozen=True, kw_only=True)
class ThemeProposed(_OfTheme):
    says = _l("Theme group proposed")


@dataclass(frozen=True, kw_only=True)
class ThemeEdited(_OfTheme):
    says = _l("Theme group changed")


@dataclass(frozen=True, kw_only=True)
class ThemeActivated(_OfTheme):
    says = _l("Theme group active")


@dataclass(frozen=True, kw_only=True)
class ThemeRested(_OfTheme):
    says = _l("Theme group resting")


@dataclass(frozen=True, kw_only=True)
class ThemeClosed(_OfTheme):
    """Open actions and followers move to the successor, where there is one."""

    says = _l("Theme group closed")
    successor_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class ThemePublished(_OfTheme):
    says = _l("Theme group published")
    effective_at: str = ""


@dataclass(frozen=True, kw_only=True)
class ThemeAnnounced(_OfTheme):
    """Its publication was set for an instant to come, or for another one."""

    says = _l("Publication set for a time to come")


@dataclass(frozen=True, kw_only=True)
class ThemeNotAnnounced(_OfTheme):
    says = _l("Publication called off")


@dataclass(frozen=True, kw_only=True)
class TermBegun(_OfTheme):
    """Somebody leads or belongs to the group from a date on; dates are ISO 8601."""

    says = _l("Term begun")
    term_id: int
    person_id: int
    role: str
    starts_on: str
    ends_on: str = ""


@dataclass(frozen=True, kw_only=True)
class TermEnded(_OfTheme):
    """`ends_on` is the last day, ISO 8601."""

    says = _l("Term ended")
    term_id: int
    person_id: int
    role: str
    ends_on: str


@dataclass(frozen=True, kw_only=True)
class LeadHandedOver(_OfTheme):
    """One lead after another in one act: the open duties of the first in this group go to the second."""

    says = _l("Lead handed over")
    from_person_id: int
    to_person_id: int
    on: str


know(
    ThemeProposed,
    ThemeEdited,
    ThemeActivated,
    ThemeRested,
    ThemeClosed,
    ThemePublished,
    ThemeAnnounced,
    ThemeNotAnnounced,
    TermBegun,
    TermEnded,
    LeadHandedOver,
)
