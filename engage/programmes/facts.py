"""What can happen to a programme (docs/domain.md#programme). Roles are facts of accounts."""

from __future__ import annotations

from dataclasses import dataclass

from engage.core.facts import Fact, know
from engage.core.text import _l


@dataclass(frozen=True, kw_only=True)
class _OfProgramme(Fact):
    subject = "programme"


@dataclass(frozen=True, kw_only=True)
class ProgrammeCreated(_OfProgramme):
    says = _l("Programme created")


@dataclass(frozen=True, kw_only=True)
class ProgrammeEdited(_OfProgramme):
    says = _l("Programme changed")


@dataclass(frozen=True, kw_only=True)
class ProgrammePublished(_OfProgramme):
    says = _l("Programme published")
    effective_at: str = ""


@dataclass(frozen=True, kw_only=True)
class ProgrammeAnnounced(_OfProgramme):
    """Its publication was set for an instant to come, or for another one."""

    says = _l("Publication set for a time to come")


@dataclass(frozen=True, kw_only=True)
class ProgrammeNotAnnounced(_OfProgramme):
    says = _l("Publication called off")


@dataclass(frozen=True, kw_only=True)
class ProgrammeClosed(_OfProgramme):
    says = _l("Programme closed")


@dataclass(frozen=True, kw_only=True)
class ProgrammeReopened(_OfProgramme):
    says = _l("Programme reopened")


know(
    ProgrammeCreated,
    ProgrammeEdited,
    ProgrammePublished,
    ProgrammeAnnounced,
    ProgrammeNotAnnounced,
    ProgrammeClosed,
    ProgrammeReopened,
)
