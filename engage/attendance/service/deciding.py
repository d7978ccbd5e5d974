"""Requests for a place, decided one by one or several at once (docs/domain.md#registration)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engage.attendance import queries
from engage.attendance.models import Registration, RegistrationState
from engage.attendance.service import moves
from engage.attendance.service.places import Places
from engage.attendance.service.registering import approve, refuse
from engage.core.access import Principal
from engage.core.errors import RuleBroken
from engage.core.text import _
from engage.events.models import Event

S = RegistrationState


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What becomes of a request that is approved: a place, or a place in the line and why."""

    registration: Registration
    state: RegistrationState
    why: str = ""


def preview_approval(event: Event, requests: Sequence[Registration]) -> Sequence[Decided]:
    """What approving these would do, in the order in which they were made; writes nothing."""
    places = Places(event, queries.seats(event), [one.organisation for one in requests])
    decided = []
    for one in _in_order(requests):
        why = places.why_not(one.pool, one.organisation)
        state = places.newcomer(one.pool, one.organisation)
        waits = state is S.WAITLISTED
        decided.append(
            Decided(registration=one, state=state, why=(why or _("Others wait before them.")) if waits else "")
        )
    return decided


def approve_all(event: Event, *, requests: Sequence[Registration], by: Principal) -> Sequence[Registration]:
    """Say yes to several requests, in the order in which they were made: those that fit get a place, the rest wait in
    that order. Whoever was decided on meanwhile is left as they are. Returns those approved."""
    event, _seats = moves.enter(event)
    return [approve(one, by=by) for one in _still_asking(event, requests)]


def refuse_all(event: Event, *, requests: Sequence[Registration], reason: str, by: Principal) -> Sequence[Registration]:
    """Say no to several requests, and why: each person reads it. Raises `RuleBroken` without a reason."""
    event, _seats = moves.enter(event)
    if not reason.strip():
        raise RuleBroken(_("Say why: the person reads it."), field="reason")
    return [refuse(one, reason=reason, by=by) for one in _still_asking(event, requests)]


def _still_asking(event: Event, requests: Sequence[Registration]) -> Sequence[Registration]:
    """Those of this event that stand undecided now that it is locked."""
    wanted = {one.id for one in requests}
    return [one for one in queries.in_states(event.id, S.REQUESTED) if one.id in wanted]


def _in_order(requests: Sequence[Registration]) -> Sequence[Registration]:
    return sorted(requests, key=lambda one: one.queue_number)
