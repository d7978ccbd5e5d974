"""What a move does to an event that is locked: the state, the calendar's count, the fact. The rules stand in the verbs
and in `due`, which both end here."""

from __future__ import annotations

from datetime import datetime

from engage.core import clock
from engage.core.access import Principal
from engage.core.db import db
from engage.core.facts import Change, Fact, changed, plain, record
from engage.core.states import check_move
from engage.core.text import _
from engage.events.facts import (
    EventClosed,
    EventHeld,
    EventOpened,
    EventPublished,
    EventRescheduled,
    EventWentLive,
)
from engage.events.models import MOVES, Event, EventDate, EventState
from engage.events.service.when import When


def check(event: Event, new: EventState) -> None:
    """Raise `RuleBroken` unless the event may become `new`."""
    check_move(MOVES, event.state, new, what=_("An event"))


def to_state(event: Event, new: EventState, *, reason: str = "") -> tuple[Change, ...]:
    """Move and keep why; raises `RuleBroken` where the table of moves says no. The caller records the fact."""
    check(event, new)
    event.state_reason = reason
    return changed(event, state=new)


def note(fact: Fact, by: Principal) -> None:
    """Flush what was done, then record it."""
    db.session.flush()
    record(fact, by=by)


def touch(event: Event, *, sequence: bool = False) -> None:
    """Calendars take a newer DTSTAMP as a correction, a higher SEQUENCE as news (start, end, venue, status)."""
    event.stamped_at = clock.now()
    if sequence:
        event.sequence += 1


def put_date(event: Event, when: When) -> tuple[Change, ...]:
    """Give the event a date, derived instants included."""
    changes = changed(event, **when.columns)
    event.starts_at, event.ends_at = when.starts_at, when.ends_at
    return changes


def keep_date(event: Event, reason: str = "") -> None:
    """Add the date that the event has now to those that it ever had, unless it is the last one already."""
    now = (event.precision, event.zone, event.starts_local, event.ends_local)
    last = event.dates[-1] if event.dates else None
    if last and (last.precision, last.zone, last.starts_local, last.ends_local) == now:
        return
    event.dates.append(
        EventDate(
            precision=event.precision,
            zone=event.zone,
            starts_local=event.starts_local,
            ends_local=event.ends_local,
            reason=reason,
            recorded_at=clock.now(),
        )
    )


def published(event: Event, *, at: datetime, by: Principal) -> None:
    event.published_at, event.announce_at = at, None
    note(EventPublished(subject_id=event.id, programme_id=event.programme_id, effective_at=at.isoformat()), by)


def open_(event: Event, *, at: datetime, by: Principal) -> None:
    changes = to_state(event, EventState.OPEN)
    note(
        EventOpened(subject_id=event.id, programme_id=event.programme_id, changes=changes, effective_at=at.isoformat()),
        by,
    )


def close(event: Event, *, at: datetime, by: Principal) -> None:
    changes = to_state(event, EventState.CLOSED)
    note(
        EventClosed(subject_id=event.id, programme_id=event.programme_id, changes=changes, effective_at=at.isoformat()),
        by,
    )


def live(event: Event, *, at: datetime, by: Principal) -> None:
    changes = to_state(event, EventState.LIVE)
    event.went_live_at = at
    note(
        EventWentLive(
            subject_id=event.id, programme_id=event.programme_id, changes=changes, effective_at=at.isoformat()
        ),
        by,
    )


def held(event: Event, *, at: datetime, by: Principal) -> None:
    changes = to_state(event, EventState.HELD)
    event.held_at = at
    note(
        EventHeld(subject_id=event.id, programme_id=event.programme_id, changes=changes, effective_at=at.isoformat()),
        by,
    )


def stand_again(event: Event, changes: tuple[Change, ...], *, date_changed: bool, by: Principal) -> None:
    """Postponed → scheduled, on the date that the event has by now."""
    changes += to_state(event, EventState.SCHEDULED)
    touch(event, sequence=True)
    keep_date(event)
    note(
        EventRescheduled(
            subject_id=event.id,
            programme_id=event.programme_id,
            changes=changes,
            date_changed=date_changed,
            **date_data(When.of(event), event.reconfirm_by),
        ),
        by,
    )


def date_data(when: When, reconfirm_by: datetime | None) -> dict[str, str]:
    """A date as facts carry it."""
    return {
        "precision": when.precision.value,
        "starts": plain(when.starts) if when.starts else "",
        "ends": plain(when.ends) if when.ends else "",
        "reconfirm_by": plain(reconfirm_by) if reconfirm_by else "",
    }
