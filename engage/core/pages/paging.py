"""Long lists, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

PAGE_SIZE = 50
LAST_PAGE = 100_000


def page_number(asked: str | None) -> int:
    """The page that an address asks for: 1 for nothing or nonsense; bounded, so that no OFFSET overflows."""
    if not asked or not asked.isascii() or not asked.isdigit():
        return 1
    return LAST_PAGE if len(asked) > 6 else min(max(int(asked), 1), LAST_PAGE)


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """Some of `total` things: `items` are those of page `number` (from 1), `size` a page."""

    items: Sequence[T]
    number: int
    total: int
    size: int = PAGE_SIZE

    @staticmethod
    def offset(number: int, size: int = PAGE_SIZE) -> int:
        """Where page `number` starts, for a query."""
        return (number - 1) * size

    @property
    def pages(self) -> int:
        """How many there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The number of the first thing shown, counted from 1; 0 where none is."""
        return self.offset(self.number, self.size) + 1 if self.items else 0

    @property
    def last(self) -> int:
        return self.first + len(self.items) - 1 if self.items else 0

    @property
    def previous(self) -> int | None:
        return min(self.number - 1, self.pages) if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None

    @property
    def numbers(self) -> list[int | None]:
        """Links to offer: the ends and the neighbours; None for a gap."""
        near = {1, self.number - 1, self.number, self.number + 1, self.pages}
        offered: list[int | None] = []
        before = 0
        for number in sorted(n for n in near if 1 <= n <= self.pages):
            if number == before + 2:
                offered.append(before + 1)
            elif number > before + 1:
                offered.append(None)
            offered.append(number)
            before = number
        return offered
