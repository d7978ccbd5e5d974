"""Named reads of followers and interests, each with a total order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engage.core import clock
from engage.core.db import db
from engage.core.publication import is_past
from engage.events.models import Event, EventTheme
from engage.following.models import LIVE, Follower, Interest, InterestState
from engage.outcomes.models import Action, ActionTheme, Record

UNCONFIRMED_FOR = timedelta(days=7)
"""An address that never confirmed is forgotten after this time (docs/domain.md#interest)."""

TOGETHER = timedelta(minutes=1)
"""Actions of one event that are published in the same minute are told in one mail."""


@dataclass(frozen=True)
class ToTell:
    """One follower to be told, and the interest for which."""

    follower_id: int
    follower_key: str
    address: str
    interest_id: int


def follower_by_id(follower_id: int) -> Follower | None:
    """The follower with this internal key, with all interests."""
    return db.session.get(Follower, follower_id)


def follower_by_address(address: str) -> Follower | None:
    """The follower with this normalised address."""
    return db.session.scalar(sa.select(Follower).where(Follower.address == address))


def interest_by_id(interest_id: int) -> Interest | None:
    """The interest with this internal key."""
    return db.session.get(Interest, interest_id)


def interest_by_key(follower: Follower, key: str) -> Interest | None:
    """One of this follower's interests, live or ended; nobody else's."""
    return next((interest for interest in follower.interests if interest.key == key), None)


def live_interest(follower_id: int, theme_id: int) -> Interest | None:
    """The one pending or active interest of a follower in a theme group."""
    return db.session.scalar(
        sa.select(Interest).where(
            Interest.follower_id == follower_id, Interest.theme_id == theme_id, Interest.state.in_(LIVE)
        )
    )


def active_of(follower: Follower) -> list[Interest]:
    """What somebody follows, by title."""
    return _of(follower, InterestState.ACTIVE)


def pending_of(follower: Follower) -> list[Interest]:
    """What somebody asked to follow and has not confirmed, by title."""
    return _of(follower, InterestState.PENDING)


def count_following(theme_ids: Collection[int]) -> int:
    """How many addresses follow any of these theme groups; each counts once."""
    return (
        db.session.scalar(
            sa.select(sa.func.count(Interest.follower_id.distinct())).where(
                Interest.theme_id.in_(theme_ids), Interest.state == InterestState.ACTIVE
            )
        )
        or 0
    )


def counts_of(theme_ids: Collection[int]) -> Mapping[int, int]:
    """How many follow each theme group; one that nobody follows is absent."""
    rows = db.session.execute(
        sa.select(Interest.theme_id, sa.func.count())
        .where(Interest.theme_id.in_(theme_ids), Interest.state == InterestState.ACTIVE)
        .group_by(Interest.theme_id)
    )
    return {theme_id: int(count) for theme_id, count in rows}


def to_tell(theme_ids: Collection[int], *, since: datetime, after: int, limit: int) -> Sequence[ToTell]:
    """The next followers to be told of something of these theme groups, each once, in the order of their ids.

    Only those who had confirmed by `since`, the instant of the occasion; `after`: the last id of the batch before.
    """
    rows = db.session.execute(
        sa.select(Interest.follower_id, Follower.key, Follower.address, sa.func.min(Interest.id))
        .join(Follower, Follower.id == Interest.follower_id)
        .where(
            Interest.theme_id.in_(theme_ids),
            Interest.state == InterestState.ACTIVE,
            Interest.confirmed_at <= since,
            Interest.follower_id > after,
        )
        .group_by(Interest.follower_id, Follower.key, Follower.address)
        .order_by(Interest.follower_id)
        .limit(limit)
    )
    return [ToTell(*row) for row in rows]


def live_of_theme(theme_id: int, *, limit: int) -> Sequence[Interest]:
    """Some pending or active interests in a theme group, oldest first."""
    return db.session.scalars(
        sa.select(Interest)
        .where(Interest.theme_id == theme_id, Interest.state.in_(LIVE))
        .order_by(Interest.id)
        .limit(limit)
    ).all()


def unconfirmed(*, limit: int) -> Sequence[Interest]:
    """Interests that nobody confirmed in time, oldest first."""
    return db.session.scalars(
        sa.select(Interest)
        .where(Interest.state == InterestState.PENDING, Interest.asked_at <= clock.now() - UNCONFIRMED_FOR)
        .order_by(Interest.asked_at, Interest.id)
        .limit(limit)
    ).all()


def event_by_id(event_id: int) -> Event | None:
    """The event, if it is public now."""
    event = db.session.get(Event, event_id)
    return event if event is not None and is_past(event.public_from) else None


def action_by_id(action_id: int) -> Action | None:
    """The action, if it is public now."""
    action = db.session.get(Action, action_id)
    return action if action is not None and is_past(action.published_at) else None


def record_of(event_id: int) -> Record | None:
    """The record of an event, if it is public now."""
    record = db.session.scalar(sa.select(Record).where(Record.event_id == event_id))
    return record if record is not None and is_past(record.published_at) else None


def themes_of_event(event_id: int) -> list[int]:
    """The theme groups that an event stands under."""
    return list(
        db.session.scalars(
            sa.select(EventTheme.theme_id).where(EventTheme.event_id == event_id).order_by(EventTheme.theme_id)
        )
    )


def themes_of_actions(action_ids: Collection[int]) -> list[int]:
    """The owning and other theme groups of some actions."""
    owning = sa.select(Action.theme_id).where(Action.id.in_(action_ids))
    others = sa.select(ActionTheme.theme_id).where(ActionTheme.action_id.in_(action_ids))
    return sorted(db.session.scalars(owning.union(others)))


def themes_of_record(event_id: int) -> list[int]:
    """The theme groups that an event or any action of its that is not private stands under."""
    actions = sa.select(Action.id).where(Action.event_id == event_id, sa.not_(Action.private))
    return sorted({*themes_of_event(event_id), *themes_of_actions(list(db.session.scalars(actions)))})


def actions_published(event_id: int, start: datetime, end: datetime) -> Sequence[Action]:
    """The actions of an event that became public from `start` to before `end`, in the order of their references."""
    return db.session.scalars(
        sa.select(Action)
        .where(Action.event_id == event_id, Action.published_at >= start, Action.published_at < end)
        .order_by(Action.id)
    ).all()


def public_actions_of(event_id: int, theme_ids: Collection[int]) -> Sequence[Action]:
    """The public actions of an event that stand under any of these theme groups, in the order of their references."""
    others = sa.select(ActionTheme.action_id).where(ActionTheme.theme_id.in_(theme_ids))
    return db.session.scalars(
        sa.select(Action)
        .where(
            Action.event_id == event_id,
            Action.published_at <= clock.now(),
            sa.or_(Action.theme_id.in_(theme_ids), Action.id.in_(others)),
        )
        .order_by(Action.id)
    ).all()


def followed_with(interest_id: int) -> frozenset[int]:
    """The theme groups that whoever has this interest follows now."""
    mine = sa.select(Interest.follower_id).where(Interest.id == interest_id).scalar_subquery()
    return frozenset(
        db.session.scalars(
            sa.select(Interest.theme_id).where(Interest.follower_id == mine, Interest.state == InterestState.ACTIVE)
        )
    )


def _of(follower: Follower, state: InterestState) -> list[Interest]:
    return sorted((i for i in follower.interests if i.state is state), key=lambda i: (i.theme.title, i.id))
