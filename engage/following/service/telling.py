"""Telling followers at once: a fact queues one job, the job writes the outbox in batches (docs/domain.md#message)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from engage.core import clock, jobs, outbox
from engage.core.access import SYSTEM, Principal
from engage.core.db import db, lock
from engage.core.facts import Change, Fact, record
from engage.following import queries
from engage.following.facts import InterestEnded, InterestMoved
from engage.following.models import Follower, Interest, InterestState
from engage.following.queries import TOGETHER
from engage.outcomes.facts import ActionPublished, RecordPublished
from engage.themes.facts import ThemeClosed
from engage.themes.models import ThemeGroup

BATCH = 500
WHEN = frozenset({"precision", "starts_local", "starts_fold", "zone"})


# --- what follows from facts of lower floors: wiring.py registers these ----------------------------------------------


def on_event_published(fact: Fact, _by: Principal) -> None:
    """Its followers are told that it comes."""
    _queue_event("event_published", fact.subject_id)


def on_event_moved(fact: Fact, _by: Principal) -> None:
    """Followers of a public event are told of the new date, or that there is none yet."""
    _queue_event("event_moved", fact.subject_id)


def on_event_changed(fact: Fact, _by: Principal) -> None:
    """Another start counts as another date; other details are read on the page."""
    if any(change.field in WHEN for change in fact.changes):
        _queue_event("event_moved", fact.subject_id)


def on_event_cancelled(fact: Fact, _by: Principal) -> None:
    """Followers of a public event are told that it will not be."""
    _queue_event("event_cancelled", fact.subject_id)


def on_record_published(fact: RecordPublished, _by: Principal) -> None:
    """Followers of the event's theme groups are told, and those of the actions that can be read in it."""
    _queue("record_published", fact.event_id, queries.themes_of_record(fact.event_id))


def on_action_published(fact: ActionPublished, _by: Principal) -> None:
    """Followers of its theme groups are told when the minute is over, with the event's other actions.

    What is published with a record is told with the record.
    """
    action = None if fact.with_record else queries.action_by_id(fact.subject_id)
    if action is None:
        return
    minute = clock.now().replace(second=0, microsecond=0)
    jobs.put(
        "following/actions",
        args={"event": action.event_id, "minute": minute.isoformat()},
        key=f"tell:actions:{action.event_id}:{minute:%Y%m%d%H%M}",
        due_at=minute + TOGETHER,
    )


def on_action_verified(fact: Fact, _by: Principal) -> None:
    """Followers of a public action's theme groups are told that the promise is kept."""
    if queries.action_by_id(fact.subject_id) is not None:
        _queue("action_verified", fact.subject_id, queries.themes_of_actions([fact.subject_id]))


def on_theme_closed(fact: ThemeClosed, _by: Principal) -> None:
    """Its followers move to the successor, or end, and are told."""
    jobs.put(
        "following/move_on",
        args={"theme": fact.subject_id, "successor": fact.successor_id, "at": clock.now().isoformat()},
        key=f"follow-on:{fact.subject_id}",
    )


# --- what the jobs do, a batch at a time -----------------------------------------------------------------------------


def tell(*, what: str, thing: int, themes: Collection[int], at: datetime, after: int = 0) -> None:
    """Write one batch of mails of one occasion, and queue the next batch while there is one.

    Only those who followed at the occasion are told; each once, whichever of the theme groups they follow.
    """
    occasion = _occasion(what, thing, at)
    when = {"at": at.isoformat()} if what == "actions_published" else {}
    batch = queries.to_tell(themes, since=at, after=after, limit=BATCH)
    outbox.put_all(
        f"following/{what}",
        [
            outbox.Message(
                key=f"{occasion}:{one.follower_key}",
                to=one.address,
                args={"interest": one.interest_id, "thing": thing} | when,
            )
            for one in batch
        ],
    )
    if len(batch) == BATCH:
        _queue(what, thing, themes, at=at, after=batch[-1].follower_id)


def tell_of_actions(*, event_id: int, minute: datetime) -> None:
    """The actions of one event that were published in that minute, in one mail."""
    end = minute + TOGETHER
    actions = queries.actions_published(event_id, minute, end)
    _queue("actions_published", event_id, queries.themes_of_actions([action.id for action in actions]), at=end)


def move_on(*, theme_id: int, successor_id: int | None, at: datetime, by: Principal = SYSTEM) -> int:
    """Move a batch of the closed group's interests to its successor, or end them; the confirmed ones are told.

    Who follows the successor already keeps that one interest. Returns how many were moved; call again until 0.
    """
    batch = queries.live_of_theme(theme_id, limit=BATCH)
    for found in batch:
        lock(Follower, found.follower_id)
        interest = lock(Interest, found.id)
        if interest.theme_id != theme_id or interest.state is InterestState.ENDED:
            continue
        confirmed = interest.state is InterestState.ACTIVE
        kept = _move(interest, theme_id, successor_id, by)
        if confirmed:
            outbox.put(
                mail="following/theme_closed",
                key=f"{_occasion('theme_closed', theme_id, at)}:{interest.follower.key}",
                to=interest.follower.address,
                args={"interest": kept.id, "thing": theme_id},
            )
    return len(batch)


def _move(interest: Interest, theme_id: int, successor_id: int | None, by: Principal) -> Interest:
    """The interest that goes on; where nothing goes on, the ended one."""
    there = queries.live_interest(interest.follower_id, successor_id) if successor_id else None
    programme_id = interest.theme.programme_id
    if successor_id is None or there is not None:
        interest.state = InterestState.ENDED
        interest.ended_at = clock.now()
        db.session.flush()
        record(InterestEnded(subject_id=interest.id, programme_id=programme_id, theme_id=theme_id), by=by)
        return there or interest
    interest.theme_id = successor_id
    interest.theme = db.session.get_one(ThemeGroup, successor_id)
    db.session.flush()
    record(
        InterestMoved(
            subject_id=interest.id,
            programme_id=programme_id,
            theme_id=successor_id,
            from_theme_id=theme_id,
            changes=(Change(field="theme_id", old=theme_id, new=successor_id),),
        ),
        by=by,
    )
    return interest


def _queue_event(what: str, event_id: int) -> None:
    if queries.event_by_id(event_id) is not None:
        _queue(what, event_id, queries.themes_of_event(event_id))


def _queue(what: str, thing: int, themes: Collection[int], *, at: datetime | None = None, after: int = 0) -> None:
    at = at or clock.now()
    args: dict[str, Any] = {
        "what": what,
        "thing": thing,
        "themes": sorted(themes),
        "at": at.isoformat(),
        "after": after,
    }
    if themes:
        jobs.put("following/tell", args=args, key=f"{_occasion(what, thing, at)}:{after}")


def _occasion(what: str, thing: int, at: datetime) -> str:
    return f"tell:{what}:{thing}:{at:%Y%m%dT%H%M%S%f}"
