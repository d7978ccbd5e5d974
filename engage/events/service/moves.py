"""Publication and the moves between states, except those of the date (docs/domain.md#event)."""

from __future__ import annotations

from datetime import datetime

from engage.core import clock
from engage.core.access import Principal
from engage.core.errors import RuleBroken
from engage.core.facts import changed
from engage.core.publication import instant_to_come
from engage.core.text import _
from engage.events.facts import (
    EventAnnounced,
    EventArchived,
    EventCancelled,
    EventNeedsNoRecord,
    EventNotAnnounced,
    EventPublished,
    EventRecordAgreed,
    EventWentLive,
)
from engage.events.models import Admission, Event, EventState
from engage.events.service import effects
from engage.events.service.due import apply_due
from engage.events.service.when import instant_of
from engage.programmes.service import check_public_by

S = EventState


def publishing(event: Event) -> EventPublished:
    """The fact that `publish` records, for the page that asks first."""
    return EventPublished(subject_id=event.id, programme_id=event.programme_id)


def publish(event: Event, *, by: Principal) -> Event:
    """Make the event's page public from now on; twice changes nothing.

    Raises `RuleBroken` for a draft or a cancelled event, without an owning theme group, under a private programme.
    """
    event = apply_due(event)
    if event.published_at is None:
        _check_publishable(event)
        check_public_by(event.programme)
        effects.published(event, at=clock.now(), by=by)
    return event


def publish_at(event: Event, *, at: datetime, by: Principal) -> Event:
    """Set the publication for an instant to come, or for another one. `at`: a wall time of the event's place (naive,
    `fold` chosen), or an aware time.

    Raises `RuleBroken` as `publish` (the programme must be public by then), and for a time that has passed or that
    the clocks skip.
    """
    event = _private(event)
    _check_publishable(event)
    instant = instant_to_come(at, event.zone)
    check_public_by(event.programme, instant)
    if changes := changed(event, announce_at=instant):
        effects.note(EventAnnounced(subject_id=event.id, programme_id=event.programme_id, changes=changes), by)
    return event


def call_off_publication(event: Event, *, by: Principal) -> Event:
    """It stays private: what was set no longer holds; twice changes nothing. Raises `RuleBroken` once it is public."""
    event = _private(event)
    if changes := changed(event, announce_at=None):
        effects.note(EventNotAnnounced(subject_id=event.id, programme_id=event.programme_id, changes=changes), by)
    return event


def open_registration(event: Event, *, closes: datetime | None = None, by: Principal) -> Event:
    """Scheduled or closed → open, from now on. `closes`: a wall time of the event's place, or an aware time.

    Without one the planned end of registration stands if it is still to come; else the start of the event ends it.
    Raises `RuleBroken` for an event by invitation only, or a closing time that has passed.
    """
    event = apply_due(event)
    effects.check(event, S.OPEN)
    if event.admission is Admission.BY_INVITATION:
        raise RuleBroken(_("This event is by invitation only: its registration is never open."))
    now = clock.now()
    until = instant_of(closes, event.zone, "closes")
    if until is not None:
        _check_closing(event, until, now)
        event.registration_closes_at = until
    elif event.registration_closes_at is not None and event.registration_closes_at <= now:
        event.registration_closes_at = None
    if event.registration_opens_at is None or event.registration_opens_at > now:
        event.registration_opens_at = now
    effects.open_(event, at=now, by=by)
    return event


def close_registration(event: Event, *, by: Principal) -> Event:
    """Open → closed, now: this instant is when registration closed."""
    event = apply_due(event)
    effects.check(event, S.CLOSED)
    now = clock.now()
    event.registration_closes_at = now
    effects.close(event, at=now, by=by)
    return event


def cancelling(event: Event, *, reason: str = "") -> EventCancelled:
    """The fact that `cancel` records, for the page that asks first."""
    return EventCancelled(subject_id=event.id, programme_id=event.programme_id, reason=reason)


def cancel(event: Event, *, reason: str, by: Principal) -> Event:
    """Call the event off, for good. Everyone concerned is told by what reacts to `EventCancelled`.

    Raises `RuleBroken` without a reason, or once it is live.
    """
    event = apply_due(event)
    effects.check(event, S.CANCELLED)
    reason = reason_given(reason)
    changes = effects.to_state(event, S.CANCELLED, reason=reason) + changed(event, announce_at=None)
    effects.touch(event, sequence=True)
    effects.note(
        EventCancelled(subject_id=event.id, programme_id=event.programme_id, reason=reason, changes=changes),
        by,
    )
    return event


def going_live(event: Event) -> EventWentLive:
    """The fact that `go_live` records, for the page that asks first."""
    return EventWentLive(subject_id=event.id, programme_id=event.programme_id, effective_at=clock.now().isoformat())


def go_live(event: Event, *, by: Principal) -> Event:
    """The event begins now; twice changes nothing, since it may have begun by itself meanwhile.

    Raises `RuleBroken` for a draft, a postponed or cancelled event, or one that is over.
    """
    event = apply_due(event)
    if event.state is not S.LIVE:
        effects.check(event, S.LIVE)
        if not event.dated:
            raise RuleBroken(_("Enter the day of the event first."), field="starts")
        effects.live(event, at=clock.now(), by=by)
    return event


def hold(event: Event, *, by: Principal) -> Event:
    """Live → held: it is over, now. Twice changes nothing."""
    event = apply_due(event)
    if event.state is not S.HELD:
        effects.check(event, S.HELD)
        effects.held(event, at=clock.now(), by=by)
    return event


def no_record_needed(event: Event, *, reason: str, by: Principal) -> Event:
    """Held → record agreed, although there is none: "no record needed, because". Raises `RuleBroken`."""
    event = apply_due(event)
    effects.check(event, S.RECORD_AGREED)
    reason = reason_given(reason)
    changes = effects.to_state(event, S.RECORD_AGREED)
    event.no_record_reason = reason
    effects.note(
        EventNeedsNoRecord(subject_id=event.id, programme_id=event.programme_id, reason=reason, changes=changes),
        by,
    )
    return event


def record_agreed(event: Event, *, by: Principal) -> Event:
    """Held → record agreed, as the chair agreed the record. A record that is agreed again changes nothing here.

    An event that is still live although its end has passed is held first. Raises `RuleBroken` before its end.
    """
    event = apply_due(event)
    if event.state in (S.RECORD_AGREED, S.ARCHIVED):
        return event
    now = clock.now()
    if event.state is S.LIVE and event.ends_at is not None and event.ends_at <= now:
        effects.held(event, at=now, by=by)
    changes = effects.to_state(event, S.RECORD_AGREED)
    effects.note(EventRecordAgreed(subject_id=event.id, programme_id=event.programme_id, changes=changes), by)
    return event


def archive(event: Event, *, by: Principal) -> Event:
    """Record agreed → archived: nothing of it changes any more."""
    event = apply_due(event)
    changes = effects.to_state(event, S.ARCHIVED)
    effects.note(EventArchived(subject_id=event.id, programme_id=event.programme_id, changes=changes), by)
    return event


def reason_given(reason: str) -> str:
    """The reason, stripped. Raises `RuleBroken` for none, or for more than 600 characters."""
    reason = reason.strip()
    if not reason:
        raise RuleBroken(_("Say why: the reason is shown to those concerned and kept."), field="reason")
    if len(reason) > 600:
        raise RuleBroken(_("The reason must be 600 characters or fewer"), field="reason")
    return reason


def _private(event: Event) -> Event:
    event = apply_due(event)
    if event.published_at is not None:
        raise RuleBroken(_("The event is public already."))
    return event


def _check_publishable(event: Event) -> None:
    if event.state is S.DRAFT:
        raise RuleBroken(_("Schedule the event first: a draft is not published."))
    if event.state is S.CANCELLED:
        raise RuleBroken(_("The event is cancelled: there is nothing to announce."))
    if event.owning_theme is None:
        raise RuleBroken(_("Choose the theme group that owns the event first."), field="owner")


def _check_closing(event: Event, closes: datetime, now: datetime) -> None:
    if closes <= now:
        raise RuleBroken(_("Registration must close at a time that is still to come"), field="closes")
    if event.starts_at is not None and event.dated and closes > event.starts_at:
        raise RuleBroken(_("Registration must close before the event starts"), field="closes")
