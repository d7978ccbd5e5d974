"""Why nobody was offered a seat, in words for staff (docs/domain.md#registration)."""

from __future__ import annotations

from engage.attendance import queries
from engage.attendance.queries import Seats, Shares
from engage.attendance.service.moves import gives_seats
from engage.core import clock
from engage.core.text import _, moment, ngettext
from engage.events.models import Event, EventState


def why_no_offer(event: Event, seats: Seats) -> str:
    """Why people wait and no offer is going out; "" where nobody waits. One or two statements more where the event
    limits what one organisation has."""
    if not seats.waiting:
        return ""
    if not gives_seats(event, clock.now()):
        return _offers_stopped(event)
    if seats.free == 0:
        return _every_seat_taken(event, seats)
    with_room = [pool for pool in seats.pools if pool.waiting and pool.free != 0]
    if not with_room:
        return _("%(free)s, but %(wait)s for kinds of tickets whose places are all taken.", **_free_and_wait(seats))
    if _nobody_may(queries.shares(event), {pool.pool for pool in with_room}):
        return _("%(free)s, but %(wait)s because their organisations have their places.", **_free_and_wait(seats))
    return _("Offers for the seats that are free go out within a minute.")


def _offers_stopped(event: Event) -> str:
    if event.state is EventState.POSTPONED:
        return _("Offers stop while the event is postponed.")
    if event.state is EventState.DRAFT:
        return _("Offers begin once the event is scheduled.")
    return _("Offers stop when the event begins.")


def _every_seat_taken(event: Event, seats: Seats) -> str:
    if seats.last_expiry is None:
        return _("Every seat is taken: the next that is given back is offered to whoever waits longest.")
    until = moment(seats.last_expiry, event.zone)
    return _("Every seat is taken or on offer: the last offer is open until %(until)s.", until=until)


def _nobody_may(shares: Shares | None, pools: set[str]) -> bool:
    """Whether everybody who waits in these pools is of an organisation that has its places."""
    if shares is None:
        return False
    lines = [(key, many) for (pool, key), many in shares.waiting.items() if pool in pools and many]
    return all(key and shares.taken.get(key, 0) >= shares.most for key, _many in lines)


def _free_and_wait(seats: Seats) -> dict[str, str]:
    free = seats.free
    return {
        "free": ngettext("%(num)d seat is free", "%(num)d seats are free", free)
        if free is not None
        else _("Seats are free"),
        "wait": ngettext("%(num)d person waits", "%(num)d people wait", seats.waiting),
    }
