"""Seats as they are given out one after another, under the event's lock: the one place where it is decided who gets
one, who waits, and why (docs/domain.md#registration)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from engage.attendance import queries
from engage.attendance.models import OpenTo, Registration, RegistrationState
from engage.attendance.queries import Pool, Seats, Shares
from engage.attendance.queries.seats import Count
from engage.core.access import Kind, Principal
from engage.core.errors import RuleBroken
from engage.core.text import _, ngettext
from engage.events.models import Event
from engage.people.queries import fold

S = RegistrationState


class Places:
    """The seats of an event while they are given out: each given one counts for the next."""

    def __init__(self, event: Event, seats: Seats, organisations: Iterable[str] = ()) -> None:
        """`organisations`: the names of those who will be asked about, as typed."""
        self.seats = seats
        self.shares: Shares | None = queries.shares(event, also=organisations)
        self._given: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()
        self._of: Counter[str] = Counter()
        self._number = seats.next_number

    @property
    def full(self) -> bool:
        """Whether the event as a whole has no seat left."""
        return self.seats.beyond(self._given.total() + 1) > 0

    def why_not(self, pool: str, organisation: str) -> str:
        """Why there is no seat of this kind for this organisation, in plain words; "" where there is one."""
        if self.share_taken(organisation):
            return self.share_words()
        if self.full:
            return _("Every seat is taken.")
        kind = self.seats.pool(pool)
        if kind.beyond(self._given[pool] + 1):
            return _("Every seat of the kind “%(kind)s” is taken.", kind=kind.name)
        return ""

    def share_taken(self, organisation: str) -> bool:
        """Whether the organisation has as many seats as the event gives to one."""
        if self.shares is None:
            return False
        key = self.shares.keys.get(organisation, "")
        return bool(key) and self.shares.taken.get(key, 0) + self._of[key] >= self.shares.most

    def share_words(self) -> str:
        """That the organisation has its places, to somebody of it."""
        many = self.shares.most if self.shares else 0
        return ngettext("Your organisation has its %(num)d place.", "Your organisation has its %(num)d places.", many)

    def same_organisation(self, one: str, other: str) -> bool:
        """Whether both names, as typed, are of one organisation, or the event does not ask."""
        return self.shares is None or self.shares.keys.get(one) == self.shares.keys.get(other)

    def in_line(self, pool: str) -> bool:
        """Whether anybody waits in this pool whom a newcomer must not overtake: whoever waits only because the
        organisation has its places is passed by."""
        if self._waiting[pool]:
            return True
        if self.shares is None:
            return self.seats.pool(pool).waiting > 0
        most, taken, of = self.shares.most, self.shares.taken, self._of
        return any(
            many and name == pool and (not key or taken.get(key, 0) + of[key] < most)
            for (name, key), many in self.shares.waiting.items()
        )

    def newcomer(self, pool: str, organisation: str, *, seat_held: bool = False) -> RegistrationState:
        """A place where one was held, or is free with nobody to overtake; else a place in the line."""
        if seat_held:
            return S.CONFIRMED
        if not self.why_not(pool, organisation) and not self.in_line(pool):
            self.give(pool, organisation)
            return S.CONFIRMED
        self._waiting[pool] += not self.share_taken(organisation)
        return S.WAITLISTED

    def give(self, pool: str, organisation: str) -> None:
        """One seat is gone."""
        self._given[pool] += 1
        if self.shares and (key := self.shares.keys.get(organisation, "")):
            self._of[key] += 1

    def number(self) -> int:
        """The next number of the line; never given twice."""
        self._number += 1
        return self._number - 1


def why_waits(registration: Registration) -> str:
    """Why somebody who waits has no place yet, in plain words."""
    event = registration.event
    places = Places(event, queries.seats(event), [registration.organisation])
    return places.why_not(registration.pool, registration.organisation) or _("Others wait before you.")


def pool_for(seats: Seats, wanted: str, *, by: Principal) -> str:
    """The pool that somebody registers in who asks for this kind. Raises `RuleBroken` for a kind that they cannot have,
    or where there is more than one to choose from and none was chosen."""
    if not seats.kinds:
        return seats.pools[0].pool
    mine = list(seats.kinds) if by.kind in (Kind.USER, Kind.SYSTEM) else list(seats.open_kinds)
    if not mine:
        raise RuleBroken(_("There are no places that anybody can take by registering."))
    if not wanted and len(mine) == 1:
        return mine[0].pool
    return _chosen(mine, wanted)


def pool_given(seats: Seats, wanted: str) -> str:
    """The pool of whom staff invite or let in: any kind that can be given; the first one open to the invited where none
    was named. Raises `RuleBroken` for what is no kind of the event."""
    if wanted:
        return _chosen(list(seats.kinds or seats.pools), wanted)
    usual = [kind for kind in seats.kinds if kind.open_to is not OpenTo.STAFF]
    return (usual or seats.kinds or seats.pools)[0].pool


def pool_called(seats: Seats, name: str) -> str:
    """The pool of the kind that is called so, as lists from elsewhere say it; else the usual one."""
    wanted = fold(name)
    found = next((kind.pool for kind in seats.kinds if wanted in (fold(kind.name), kind.pool)), "")
    return pool_given(seats, found)


def _chosen(pools: list[Pool], wanted: str) -> str:
    if any(pool.pool == wanted for pool in pools):
        return wanted
    raise RuleBroken(_("Choose a kind of ticket"), field="pool")


def too_few(now: Seats, before: Seats | None = None) -> str:
    """What is beyond capacity now, and was less so before, in words with figures; "" for nothing."""
    if _over(now) > (_over(before) if before else 0):
        return ngettext("%(num)d seat is taken already.", "%(num)d seats are taken already.", now.taken)
    for pool in now.kinds:
        if _over(pool) > (_over(before.pool(pool.pool)) if before else 0):
            return ngettext(
                "%(num)d seat of this kind is taken already: %(kind)s.",
                "%(num)d seats of this kind are taken already: %(kind)s.",
                pool.taken,
                kind=pool.name,
            )
    return ""


def _over(seats: Count) -> int:
    return 0 if seats.capacity is None else max(0, seats.taken - seats.capacity)
