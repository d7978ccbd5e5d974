"""One event, for its staff or for everybody."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, lazyload, selectinload

from engage.core import clock
from engage.core.db import db
from engage.core.publication import is_past
from engage.events.models import AgendaItem, AgendaItemTheme, Event, EventState, EventTheme
from engage.people.models import Person
from engage.programmes.models import Programme

BARE = (lazyload(Person.emails), lazyload(Person.affiliations))
"""A person by name only: addresses and affiliations stay unread."""


def by_id(event_id: int) -> Event | None:
    """The event with this internal key."""
    return db.session.get(Event, event_id)


def by_key(key: str) -> Event | None:
    """The event with this public key."""
    return db.session.scalar(sa.select(Event).where(Event.key == key))


def by_slug(event: str) -> Event | None:
    """The event at `/…/events/SLUG`, whatever its state; the argument is called as in the address. Its theme groups and
    dates are read where a page shows them."""
    return db.session.scalar(
        sa.select(Event).options(lazyload(Event.themes), lazyload(Event.dates)).where(Event.slug == event)
    )


class EventRef(NamedTuple):
    """What never changes of an event, and its zone: enough to ask who may, and to lock it by `id`."""

    id: int
    slug: str
    zone: str
    programme_id: int


def ref_by_slug(event: str) -> EventRef | None:
    """The same without the event: for an act that reads it afresh under its lock."""
    row = db.session.execute(_REF, {"slug": event}).one_or_none()
    return EventRef(*row) if row else None


_REF = sa.select(Event.id, Event.slug, Event.zone, Event.programme_id).where(Event.slug == sa.bindparam("slug"))


def published_by_slug(event: str) -> Event | None:
    """The event at a public address with all that its page shows, in two statements; None for a private one.

    Loaded: programme, chair and secretary by name, theme groups, dates ever had, agenda with its theme groups
    (internal items too: the page leaves them out).
    """
    return db.session.scalar(
        _published()
        .options(
            joinedload(Event.chair).options(*BARE),
            joinedload(Event.secretary).options(*BARE),
            joinedload(Event.themes).joinedload(EventTheme.theme),
            joinedload(Event.dates),
            selectinload(Event.agenda).joinedload(AgendaItem.themes).joinedload(AgendaItemTheme.theme),
        )
        .where(Event.slug == event)
    )


def published_ref(event: str) -> EventRef | None:
    """What an act needs of the event at a public address; None for a private one."""
    row = db.session.execute(_PUBLISHED_REF, {"slug": event, "now": clock.now()}).one_or_none()
    return EventRef(*row) if row else None


def published_for_calendar(event: str) -> Event | None:
    """The event at a public address with what its calendar entry says; None for a private one."""
    return db.session.scalar(
        _published()
        .options(joinedload(Event.themes).joinedload(EventTheme.theme), joinedload(Event.dates))
        .where(Event.slug == event)
    )


def is_public(event: Event) -> bool:
    """Published, as its programme is, and the instants for both have come."""
    return is_past(event.public_from, event.programme.public_from)


def slug_taken(slug: str) -> bool:
    """Whether an address was given out already; addresses are never reused."""
    return db.session.scalar(sa.select(Event.id).where(Event.slug == slug)) is not None


def _published() -> sa.Select[Event]:
    """Public events; a draft is never one."""
    return sa.select(Event).join(Event.programme).options(contains_eager(Event.programme)).where(*_public(clock.now()))


def _public(now: datetime | sa.BindParameter[datetime]) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Event.public_from <= now,
        Programme.public_from <= now,
        Event.state != EventState.DRAFT,
    )


_PUBLISHED_REF = _REF.join(Programme, Programme.id == Event.programme_id).where(*_public(sa.bindparam("now")))
