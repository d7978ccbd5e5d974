"""The mails that following sends (docs/domain.md#interest). All but the question can be left in one click."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app

from engage.core import links
from engage.core.outbox import Letter, notice
from engage.core.text import _l, day, moment_range, planned
from engage.events.models import Event, EventDate, EventState, Precision
from engage.following import queries
from engage.following.models import InterestState
from engage.following.queries import UNCONFIRMED_FOR
from engage.themes.queries import by_id as theme_by_id

WHY_NEWS = _l("You asked to be told when there is news of a theme group, and confirmed it.")
WHY_ASKED = _l("Somebody, most likely you, typed this address on the page of a theme group.")
GONE = frozenset({EventState.CANCELLED, EventState.POSTPONED})


@notice("following/confirm", why=WHY_ASKED)
def confirm(interest: int) -> Letter | None:
    """The question of the double opt-in; nothing where it was answered meanwhile."""
    asked = queries.interest_by_id(interest)
    if asked is None or asked.state is not InterestState.PENDING:
        return None
    return Letter(
        context={
            "theme": asked.theme,
            "link": links.url("interests", asked.follower_id),
            "until": day(asked.asked_at + UNCONFIRMED_FOR),
        }
    )


@notice("following/already", why=WHY_ASKED)
def already(interest: int) -> Letter | None:
    """The same address asked again: it follows already."""
    found = queries.interest_by_id(interest)
    if found is None or found.state is not InterestState.ACTIVE:
        return None
    return Letter(context={"theme": found.theme, "link": links.url("interests", found.follower_id)})


@notice("following/event_published", why=WHY_NEWS)
def event_published(interest: int, thing: int) -> Letter | None:
    """An event of a followed theme group is announced; nothing once it is off again: that is told by itself."""
    event = queries.event_by_id(thing)
    return _news(interest, event=event, when=_when(event)) if event and event.state not in GONE else None


@notice("following/event_moved", why=WHY_NEWS)
def event_moved(interest: int, thing: int) -> Letter | None:
    """An announced event has another date, or none yet."""
    event = queries.event_by_id(thing)
    if event is None or event.state is EventState.CANCELLED:
        return None
    earlier = [date for date in event.dates[:-1] if date.starts_local]
    return _news(
        interest,
        event=event,
        when=_when(event),
        before=_when(earlier[-1]) if earlier else "",
        postponed=event.state is EventState.POSTPONED,
        reason=event.state_reason,
    )


@notice("following/event_cancelled", why=WHY_NEWS)
def event_cancelled(interest: int, thing: int) -> Letter | None:
    """An announced event will not be."""
    event = queries.event_by_id(thing)
    return _news(interest, event=event, when=_when(event), reason=event.state_reason) if event else None


@notice("following/record_published", why=WHY_NEWS)
def record_published(interest: int, thing: int) -> Letter | None:
    """What an event agreed can be read; says how many promises came of it that the reader follows."""
    event, record = queries.event_by_id(thing), queries.record_of(thing)
    if event is None or record is None:
        return None
    promised = queries.public_actions_of(thing, queries.followed_with(interest))
    return _news(interest, event=event, promised=len(promised))


@notice("following/actions_published", why=WHY_NEWS)
def actions_published(interest: int, thing: int, at: str) -> Letter | None:
    """Promises of one event that became public in one minute, those of the reader's theme groups."""
    event = queries.event_by_id(thing)
    end = datetime.fromisoformat(at)
    themes = queries.followed_with(interest)
    actions = [
        action
        for action in queries.actions_published(thing, end - queries.TOGETHER, end)
        if not themes.isdisjoint({action.theme_id, *(other.theme_id for other in action.other_themes)})
    ]
    return _news(interest, event=event, actions=actions) if actions else None


@notice("following/action_verified", why=WHY_NEWS)
def action_verified(interest: int, thing: int) -> Letter | None:
    """A promise was kept, and somebody else checked it."""
    action = queries.action_by_id(thing)
    return _news(interest, action=action) if action else None


@notice("following/theme_closed", why=WHY_NEWS)
def theme_closed(interest: int, thing: int) -> Letter | None:
    """A followed theme group closed: who takes over, or why nobody does. Nothing where the reader left meanwhile."""
    found, theme = queries.interest_by_id(interest), theme_by_id(thing)
    if found is None or theme is None:
        return None
    if theme.successor_id is None:
        return Letter(context={"theme": theme, "successor": None, "link": links.url("interests", found.follower_id)})
    return _news(interest, theme=theme, successor=theme_by_id(theme.successor_id))


def _news(interest_id: int, **context: Any) -> Letter | None:
    """A letter to somebody who still follows."""
    interest = queries.interest_by_id(interest_id)
    if interest is None or interest.state is not InterestState.ACTIVE:
        return None
    link = links.url("interests", interest.follower_id)
    return Letter(
        context={
            "base": current_app.config["BASE_URL"],
            "followed": interest.theme.title,
            "link": link,
            **context,
        },
        unsubscribe=f"{link}/leave/{interest.key}",
    )


def _when(dated: Event | EventDate) -> str:
    """The date of an event, or of a date that it had, as exactly as it is planned."""
    if dated.precision is Precision.TIME and dated.starts_local:
        return moment_range(dated.starts_local, dated.ends_local, dated.zone)
    precision = "day" if dated.precision is Precision.TIME else dated.precision.value
    return planned(dated.starts_local, precision)
