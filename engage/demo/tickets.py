"""The shape of who may register for an event of the demonstration's story, and of who did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from engage.demo.dates import Instant
from engage.demo.words import Part, Short


@dataclass(frozen=True, kw_only=True)
class TicketKind(Part):
    """A kind of ticket; `taken_by`: which of the crowd ask for it, by number from 0, where not for the first one."""

    name: Short
    capacity: int | None = None
    open_to: Literal["anybody", "invited", "staff"] = "anybody"
    reserved: int = 0
    reserved_note: Annotated[str, Field(max_length=200)] = ""
    taken_by: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Crowd(Part):
    """How many registered for an open event; `crowd.made` says who, the same people at every load.

    `returning` of them came to the programme's earlier event.
    """

    seed: int
    registered: int
    cancelled: int = 0
    no_show: int = 0
    returning: int = 0
    check_in_from: Instant | None = None
    check_in_until: Instant | None = None
