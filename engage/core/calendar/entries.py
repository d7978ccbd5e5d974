"""What the calendar writer is given: frozen values; what must not change, the caller has stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Status(StrEnum):
    """STATUS of an entry. None on the entry writes no such line: one guest is uninvited."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


class Method(StrEnum):
    """What a message with an entry asks for (RFC 5546). A feed has none."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Answer(StrEnum):
    """PARTSTAT: what an attendee said last."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"


@dataclass(frozen=True, kw_only=True)
class Party:
    """Somebody with an address: the organizer."""

    address: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Attendee(Party):
    """The one guest that an invitation is for. `reply` asks the client to answer by mail."""

    answer: Answer = Answer.NEEDS_ACTION
    reply: bool = False


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One VEVENT.

    `uid`, `sequence` and `stamp` (aware) are stored by the caller: made afresh, no feed ever answers 304.
    Times come in three shapes, alike for start and end: dates for all day (`end` is the last day, inclusive);
    naive wall times with `zone`, for a place; aware times, written as UTC, online. An end not after the start
    is left out. `description` is plain text with lines, all else one line.
    """

    uid: str
    sequence: int
    stamp: datetime
    title: str
    start: datetime | date
    end: datetime | date
    zone: str | None = None
    status: Status | None = Status.CONFIRMED
    location: str = ""
    description: str = ""
    url: str = ""
    categories: tuple[str, ...] = ()
    organizer: Party | None = None
    attendee: Attendee | None = None
    related_to: str | None = None

    def __post_init__(self) -> None:
        if self.stamp.tzinfo is None:
            raise ValueError("DTSTAMP is an instant: aware")
        shapes = {_shape(self.start), _shape(self.end)}
        if len(shapes) > 1:
            raise ValueError("start and end must have one shape: two dates, two wall times, or two instants")
        if "wall time" in shapes and self.zone is None:
            raise ValueError("a wall time needs its zone")

    @property
    def all_day(self) -> bool:
        return not isinstance(self.start, datetime)


def _shape(when: datetime | date) -> str:
    if not isinstance(when, datetime):
        return "date"
    return "wall time" if when.tzinfo is None else "instant"
