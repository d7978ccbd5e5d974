"""States are data: a domain lists its MOVES; this applies one or says in plain words why not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Protocol, TypeVar

from engage.core.errors import RuleBroken
from engage.core.text import _

S = TypeVar("S", bound=StrEnum)
Moves = Mapping[S, Collection[S]]


class HasState(Protocol):
    state: StrEnum


def can_move(moves: Moves[S], now: S, new: S) -> bool:
    """Whether the table of moves allows `now` → `new`."""
    return new in moves.get(now, ())


def check_move(moves: Moves[S], now: S, new: S, *, what: object) -> None:
    """Raise `RuleBroken` unless `now` → `new` is a move. `what` names the thing: "An event"."""
    if not can_move(moves, now, new):
        raise RuleBroken(
            _(
                "%(what)s that is %(now)s cannot become %(new)s.",
                what=what,
                now=now.value.replace("_", " "),
                new=new.value.replace("_", " "),
            )
        )
