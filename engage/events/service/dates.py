"""The date of an event: scheduling, postponing, a new date. Every date that it ever had is kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from engage.core import clock
from engage.core.access import Principal
from engage.core.errors import RuleBroken
from engage.core.facts import changed
from engage.core.text import _, local_time
from engage.events.facts import EventPostponed, EventRescheduled, EventScheduled
from engage.events.models import DATED, Event, EventState, Precision
from engage.events.service import effects
from engage.events.service.due import apply_due
from engage.events.service.moves import reason_given
from engage.events.service.placing import carry
from engage.events.service.when import When, end_of_day

S = EventState
TO_ANSWER = timedelta(days=14)


def schedule(event: Event, *, by: Principal) -> Event:
    """Draft → scheduled: its date, known at least to the month, is from now on one that it had.

    Raises `RuleBroken` without a date. One whose start has passed goes live, and is held, at once.
    """
    event = apply_due(event)
    effects.check(event, S.SCHEDULED)
    if event.state is not S.DRAFT:
        raise RuleBroken(_("Give the postponed event its new date."))
    if event.starts_local is None:
        raise RuleBroken(_("Enter when the event is planned for first, if only the month."), field="starts")
    changes = effects.to_state(event, S.SCHEDULED)
    effects.touch(event)
    effects.keep_date(event)
    effects.note(EventScheduled(subject_id=event.id, programme_id=event.programme_id, changes=changes), by)
    return apply_due(event)


def postponing(event: Event) -> EventPostponed:
    """The fact that `postpone` records, as far as the page that asks first can know it."""
    return EventPostponed(subject_id=event.id, programme_id=event.programme_id)


def postpone(
    event: Event,
    *,
    reason: str,
    precision: Precision | None = None,
    starts: datetime | date | None = None,
    ends: datetime | date | None = None,
    zone: str = "",
    reconfirm_by: date | None = None,
    by: Principal,
) -> Event:
    """Move the event, in one act, to another date or to one that is to be confirmed (without `starts`).

    `starts`, `ends`: see `When.checked`. `reconfirm_by`: the last local day for those who accepted to say whether
    they still come; with a new day but without a deadline, `default_deadline`. Raises `RuleBroken` without a reason,
    for the date that it has, one that has passed, or a deadline after the start.
    """
    event = apply_due(event)
    effects.check(event, S.POSTPONED)
    reason = reason_given(reason)
    when = When.checked(zone=zone or event.zone, precision=precision, starts=starts, ends=ends)
    before = When.of(event)
    if when == before:
        raise RuleBroken(_("This is the date that the event has already"), field="starts")
    _still_to_come(when)
    effects.keep_date(event)
    changes = effects.to_state(event, S.POSTPONED, reason=reason)
    changes += effects.put_date(event, when)
    changes += changed(event, reconfirm_by=_deadline(when, reconfirm_by))
    effects.keep_date(event, reason)
    carry(event)
    effects.touch(event, sequence=True)
    effects.note(
        EventPostponed(
            subject_id=event.id,
            programme_id=event.programme_id,
            reason=reason,
            changes=changes,
            **effects.date_data(when, event.reconfirm_by),
        ),
        by,
    )
    return event


def rescheduling(event: Event) -> EventRescheduled:
    """The fact that `reschedule` records, as far as the page that asks first can know it."""
    return EventRescheduled(subject_id=event.id, programme_id=event.programme_id, date_changed=not event.dated)


def reschedule(
    event: Event,
    *,
    precision: Precision | None = None,
    starts: datetime | date | None = None,
    ends: datetime | date | None = None,
    zone: str = "",
    reconfirm_by: date | None = None,
    by: Principal,
) -> Event:
    """Postponed → scheduled, on the date that the postponement named, or on the one given here.

    Raises `RuleBroken` where the date is not known at least to the month, has passed, or the deadline comes after it.
    """
    event = apply_due(event)
    effects.check(event, S.SCHEDULED)
    if event.state is not S.POSTPONED:
        raise RuleBroken(_("Only a postponed event gets a new date in this way."))
    before = When.of(event)
    when = before
    if starts is not None:
        when = When.checked(zone=zone or event.zone, precision=precision, starts=starts, ends=ends)
    if when.starts is None:
        raise RuleBroken(_("Enter the new date, if only the month"), field="starts")
    _still_to_come(when)
    changes = effects.put_date(event, when)
    carry(event)
    if reconfirm_by is not None or (event.reconfirm_by is None and when != before):
        changes += changed(event, reconfirm_by=_deadline(when, reconfirm_by))
    effects.stand_again(event, changes, date_changed=when != before, by=by)
    return apply_due(event)


def default_deadline(when: When) -> date | None:
    """Two weeks to reconfirm, or until the day before the start if that is sooner; None without a day."""
    if when.starts is None or when.precision not in DATED:
        return None
    today = clock.today(when.zone)
    return max(today, min(today + TO_ANSWER, when.starts.date() - timedelta(days=1)))


def _deadline(when: When, on: date | None) -> datetime | None:
    """The instant until which to reconfirm; never after the start."""
    chosen = on or default_deadline(when)
    if chosen is None:
        return None
    if chosen < clock.today(when.zone):
        raise RuleBroken(_("The day to reconfirm by must be today or later"), field="reconfirm_by")
    ends = end_of_day(chosen, when.zone)
    if when.starts_at is None or when.precision not in DATED or ends <= when.starts_at:
        return ends
    if on is not None and local_time(when.starts_at, when.zone).date() != chosen:
        raise RuleBroken(_("The day to reconfirm by must be before the event"), field="reconfirm_by")
    return when.starts_at


def _still_to_come(when: When) -> None:
    if when.ends_at is not None and when.ends_at <= clock.now():
        raise RuleBroken(_("The new date must be still to come"), field="starts")
