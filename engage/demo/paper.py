"""The papers of the demonstration's story, in their versions, and its lists from files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from engage.demo.dates import Instant
from engage.demo.words import Part, Reason, Short

PaperKind = Literal["discussion_paper", "agenda_paper", "slides", "minutes", "report", "letter", "other"]


@dataclass(frozen=True, kw_only=True)
class PaperVersion(Part):
    """One file, its words, and how far it has come."""

    file: Annotated[str, Field(pattern=r"^[a-z0-9-]+\.(md|csv)$")]
    content: Annotated[str, Field(min_length=1)]
    added: Instant
    note: Reason = ""
    circulated: Instant | None = None
    agreed: Instant | None = None
    published: Instant | None = None


@dataclass(frozen=True, kw_only=True)
class Paper(Part):
    """For an event, one item of its agenda, or (both empty) for the programme alone; titles are unique."""

    title: Short
    kind: PaperKind
    versions: Annotated[tuple[PaperVersion, ...], Field(min_length=1)]
    event: str = ""
    item: str = ""
    themes: tuple[str, ...] = ()
    description: str = ""
    withdrawn: Instant | None = None
    reason: Reason = ""


@dataclass(frozen=True, kw_only=True)
class Listed(Part):
    """A list of invitees that was taken from a file, and waits to be looked at. `rows`: what stands in the file."""

    on: Instant
    file: Short
    rows: str
