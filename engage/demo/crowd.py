"""Registrations of an open event, made from the name lists: the same people and needs at every load."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from engage.core.text import slugify
from engage.demo.story import Audience, Names
from engage.demo.tickets import Crowd

_ACCESS_NEEDS, _DIETARY_NEEDS = 0.06, 0.15
"""How many of a hundred people have them."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member of the public, plainly made up."""

    name: str
    email: str
    role: str
    organisation: str
    access: str
    dietary: str


@dataclass(frozen=True, kw_only=True)
class Registrant:
    """Who registered, when, and what became of it."""

    who: Member
    registered: datetime
    cancelled: datetime | None = None
    checked_in: datetime | None = None


class _Dice:
    """Chance that repeats itself: of `random`, only `Random.random` is promised to stay the same for ever."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 -- no secret: names for a story

    def below(self, count: int) -> int:
        return int(self._random.random() * count)

    def one(self, of: Sequence[str]) -> str:
        return of[self.below(len(of))]

    def happens(self, chance: float) -> bool:
        return self._random.random() < chance

    def between(self, start: datetime, end: datetime) -> datetime:
        return start + timedelta(seconds=self.below(int((end - start).total_seconds())))

    def some(self, count: int, of: Sequence[int]) -> frozenset[int]:
        rest = list(of)
        return frozenset(rest.pop(self.below(len(rest))) for _ in range(count))


def _newcomers(dice: _Dice, names: Names, places: Sequence[Audience], taken: frozenset[str]) -> Iterator[Member]:
    drawn = [place for place in places for _ in range(place.weight)]
    seen = set(taken)
    while True:
        given, family = dice.one(names.given), dice.one(names.family)
        email = f"{slugify(given)}.{slugify(family)}@example.org"
        if email in seen:
            continue
        seen.add(email)
        place = drawn[dice.below(len(drawn))]
        yield Member(
            name=f"{given} {family}",
            email=email,
            role=dice.one(place.roles),
            organisation=place.organisation,
            access=dice.one(names.access_needs) if dice.happens(_ACCESS_NEEDS) else "",
            dietary=dice.one(names.dietary_needs) if dice.happens(_DIETARY_NEEDS) else "",
        )


def _times(dice: _Dice, count: int, opened: datetime, until: datetime) -> list[datetime]:
    """A rush when registration opens, then a trickle; the last tenth of the time is for cancelling."""
    rush, last = opened + (until - opened) / 4, until - (until - opened) / 10
    return sorted(dice.between(opened, rush if dice.happens(0.5) else last) for _ in range(count))


def made(
    crowd: Crowd,
    *,
    names: Names,
    places: Sequence[Audience],
    opened: datetime,
    until: datetime,
    earlier: Sequence[Member] = (),
) -> list[Registrant]:
    """Who registered between two instants, in that order; `crowd.returning` of them are of `earlier`.

    Those who cancel are of the first half, and do so last: in a full event a place becomes free.
    """
    dice = _Dice(crowd.seed)
    newcomers = _newcomers(dice, names, places, frozenset(member.email for member in earlier))
    members = [earlier[n] for n in sorted(dice.some(crowd.returning, range(len(earlier))))]
    members += [next(newcomers) for _ in range(crowd.registered - crowd.returning)]
    members.sort(key=lambda _: dice.below(1_000_000))
    times = _times(dice, len(members), opened, until)
    gone = dice.some(crowd.cancelled, range(len(members) // 2))
    absent = gone | dice.some(crowd.no_show, [n for n in range(len(members)) if n not in gone])
    doors = (crowd.check_in_from, crowd.check_in_until)
    return [
        Registrant(
            who=member,
            registered=times[n],
            cancelled=dice.between(times[-1], until) if n in gone else None,
            checked_in=dice.between(doors[0], doors[1]) if doors[0] and doors[1] and n not in absent else None,
        )
        for n, member in enumerate(members)
    ]
