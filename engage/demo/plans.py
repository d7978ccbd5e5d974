"""What is planned in the demonstration's story: when an event is told of, how it moved, what its kind begins with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from engage.demo.dates import Day, Instant, Wall
from engage.demo.words import EventKind, Part, Reason, Short


@dataclass(frozen=True, kw_only=True)
class Announced(Part):
    """On which day the publication was set for a time to come."""

    on: Instant
    public_from: Wall


@dataclass(frozen=True, kw_only=True)
class Postponed(Part):
    """`first_planned` is the month announced first; from `new_date_on` the event's own date stands."""

    first_planned: Annotated[str, Field(pattern=r"^\d{4}-\d\d$")]
    on: Instant
    reason: Reason
    new_date_on: Instant
    reconfirm_by: Day


@dataclass(frozen=True, kw_only=True)
class Defaults(Part):
    """What events of a kind begin with from a day on; `agenda`: a title and its minutes each."""

    kind: EventKind
    on: Instant
    admission: Literal["by_invitation", "by_approval", "open"]
    capacity: int
    agenda: tuple[tuple[Short, int], ...]
    papers: tuple[Short, ...]
    headings: tuple[Short, ...]
    feedback_from: str
