"""Slots: where a lower floor shows what a higher one knows. `wiring.py` fills them with the domains' parts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

if TYPE_CHECKING:
    from engage.core.access import Principal

P = ParamSpec("P")
T = TypeVar("T")


class Slot(Generic[P, T]):
    """A list of parts: functions of the same arguments, each giving any number of things."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._parts: list[Callable[P, Iterable[T]]] = []

    def fill(self, part: Callable[P, Iterable[T]]) -> None:
        """Add a part; filling twice with the same function changes nothing."""
        if part not in self._parts:
            self._parts.append(part)

    def collect(self, *args: P.args, **kwargs: P.kwargs) -> list[T]:
        """Everything that the parts give, in the order in which they were filled."""
        return [thing for part in self._parts for thing in part(*args, **kwargs)]


@dataclass(frozen=True, kw_only=True)
class DeskItem:
    """One thing that needs this person: what, where to do it, by when. `group` heads the list it stands in."""

    group: str
    text: str
    url: str
    due: date | None = None
    urgent: bool = False
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One of the pages about an event in the staff area. `order` sorts them."""

    text: str
    url: str
    endpoint: str
    order: int
    count: int | None = None


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """Something still missing before an event: what, and where to put it right."""

    text: str
    url: str
    ready: bool
    by: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing in a section: its name and its page; `note` is a second line, `tag` is (kind, state) for the tag."""

    text: str
    url: str = ""
    note: str = ""
    tag: tuple[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the staff page of a programme or theme group that a higher floor knows. `order` sorts them.

    `text`: a sentence above the lines; `nothing`: what to say instead of them when there are none.
    """

    title: str
    order: int
    text: str = ""
    lines: Sequence[Line] = ()
    nothing: str = ""
    more_url: str = ""
    more: str = ""
    act_url: str = ""
    act: str = ""


desk_items: Slot[[Principal], DeskItem] = Slot("desk_items")
event_tabs: Slot[[Any, Principal], Tab] = Slot("event_tabs")
event_readiness: Slot[[Any], Readiness] = Slot("event_readiness")
event_sections: Slot[[Any, Principal], Section] = Slot("event_sections")
"""What stands on an event's staff page besides its own: seats and answers, the record, actions."""
programme_sections: Slot[[Any, Principal], Section] = Slot("programme_sections")
"""What stands on a programme's staff page: its theme groups, its events to come, its open actions."""
theme_sections: Slot[[Any, Principal], Section] = Slot("theme_sections")
"""Likewise on a theme group's staff page."""
agenda_lines: Slot[[Any, Principal], tuple[int, Line]] = Slot("agenda_lines")
"""What stands under the items of an event's agenda on its staff page: (the item's id, a line)."""
session_lines: Slot[[Any, Principal], tuple[int, Line]] = Slot("session_lines")
"""Likewise under the sessions of an event: (the session's id, a line)."""
link_sections: Slot[[Any, str], Section] = Slot("link_sections")
"""What else an invitation or a booking opens, at an address that begins with its own: the event's papers."""
actor_names: Slot[[Collection[str]], tuple[str, str]] = Slot("actor_names")
"""From actor marks ("user:4", "person:7") to (mark, name shown)."""

scope_names: Slot[[Collection[int]], tuple[int, str]] = Slot("scope_names")
"""From ids of programmes, in which roles are given, to (id, name)."""


def names_of(actors: Collection[str]) -> Mapping[str, str]:
    """The name to show for each actor mark; a mark that nobody knows is absent."""
    return dict(actor_names.collect(actors)) if actors else {}
