"""The agenda of an event: its items, in an order, taken out without being lost."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from engage.core import clock
from engage.core.access import Principal
from engage.core.db import db, lock
from engage.core.errors import NotFound, RuleBroken, StaleVersion
from engage.core.facts import Change, changed
from engage.core.text import _
from engage.events import queries
from engage.events.facts import AgendaItemAdded, AgendaItemChanged, AgendaItemMoved, AgendaItemRemoved
from engage.events.models import AgendaItem, AgendaItemTheme, AgendaKind, Event, EventState
from engage.events.service.due import apply_due
from engage.events.service.effects import note
from engage.events.service.themes import check_theme
from engage.themes.models import ThemeGroup

FIXED = frozenset({EventState.RECORD_AGREED, EventState.ARCHIVED, EventState.CANCELLED})
LONGEST_DAY = 1440


def add_agenda_item(
    event: Event,
    *,
    title: str,
    minutes: int | None = None,
    presenter: str = "",
    kind: AgendaKind = AgendaKind.OPEN,
    themes: Collection[ThemeGroup] = (),
    by: Principal,
) -> AgendaItem:
    """A new last item. Raises `RuleBroken` once the record is agreed, or for a group of another programme."""
    event = _begin(event)
    _check(event, title, minutes, themes)
    standing = queries.agenda_of(event.id)
    item = AgendaItem(
        event_id=event.id,
        event=event,
        position=standing[-1].position + 1 if standing else 1,
        title=title.strip(),
        minutes=minutes,
        presenter=presenter.strip(),
        kind=kind,
    )
    db.session.add(item)
    db.session.flush()
    _put_themes(item, themes)
    changes = (Change(field="item", old="", new=item.title),)
    fact = AgendaItemAdded(subject_id=event.id, programme_id=event.programme_id, item_id=item.id, changes=changes)
    note(fact, by)
    return item


def edit_agenda_item(
    item: AgendaItem,
    *,
    version: int,
    title: str,
    minutes: int | None = None,
    presenter: str = "",
    kind: AgendaKind = AgendaKind.OPEN,
    themes: Collection[ThemeGroup] = (),
    by: Principal,
) -> AgendaItem:
    """Change an item; `version` is the one that was read.

    Raises `StaleVersion` when somebody saved meanwhile, `RuleBroken` as `add_agenda_item`, `NotFound` when it was
    removed.
    """
    event, item = _standing(item)
    if item.version != version:
        raise StaleVersion(_("Somebody else changed this agenda item while you were writing."))
    before = {link.theme_id: link.theme.title for link in item.themes}
    called = item.title
    _check(event, title, minutes, themes, known=before)
    changes = changed(item, title=title.strip(), minutes=minutes, presenter=presenter.strip(), kind=kind)
    wanted = {theme.id: theme.title for theme in themes}
    if before.keys() != wanted.keys():
        changes += (Change(field="groups", old=", ".join(before.values()), new=", ".join(wanted.values())),)
        _put_themes(item, themes)
    if changes:
        item.version += 1
        changes += (Change(field="item", old=called, new=item.title),)
        fact = AgendaItemChanged(subject_id=event.id, programme_id=event.programme_id, item_id=item.id, changes=changes)
        note(fact, by)
    return item


def move_agenda_item(item: AgendaItem, *, up: bool, by: Principal) -> AgendaItem:
    """Change places with the item before (or after) it; at the end of the list nothing happens."""
    event, item = _standing(item)
    order = list(queries.agenda_of(event.id))
    return _put(event, item, order, _place(item, order) + (-1 if up else 1), by)


def place_agenda_item(item: AgendaItem, *, place: int, by: Principal) -> AgendaItem:
    """Let it stand at this place of the agenda, counted from 1; there it may stand already. Beyond the ends: there."""
    event, item = _standing(item)
    order = list(queries.agenda_of(event.id))
    return _put(event, item, order, min(max(place, 1), len(order)) - 1, by)


def _place(item: AgendaItem, order: Sequence[AgendaItem]) -> int:
    return next(place for place, other in enumerate(order) if other.id == item.id)


def _put(event: Event, item: AgendaItem, order: list[AgendaItem], new: int, by: Principal) -> AgendaItem:
    now = _place(item, order)
    if new == now or not 0 <= new < len(order):
        return item
    order.insert(new, order.pop(now))
    _number(order)
    changes = (Change(field="order", old=f"{now + 1}. {item.title}", new=f"{new + 1}. {item.title}"),)
    fact = AgendaItemMoved(subject_id=event.id, programme_id=event.programme_id, item_id=item.id, changes=changes)
    note(fact, by)
    return item


def remove_agenda_item(item: AgendaItem, *, by: Principal) -> AgendaItem:
    """Take an item off the agenda. The row stays: what was said under it keeps its place in the record."""
    event, item = _standing(item)
    item.removed_at = clock.now()
    changes = (Change(field="item", old=item.title, new=""),)
    fact = AgendaItemRemoved(subject_id=event.id, programme_id=event.programme_id, item_id=item.id, changes=changes)
    note(fact, by)
    return item


def _begin(event: Event) -> Event:
    event = apply_due(event)
    if event.state in FIXED:
        raise RuleBroken(_("The agenda stays as it was: the event is cancelled, or its record agreed."))
    return event


def _standing(item: AgendaItem) -> tuple[Event, AgendaItem]:
    """The event, then the item, locked; `NotFound` for one that was removed."""
    event = _begin(item.event)
    item = lock(AgendaItem, item.id)
    if item.removed_at is not None:
        raise NotFound
    return event, item


def _check(
    event: Event,
    title: str,
    minutes: int | None,
    themes: Collection[ThemeGroup],
    known: Collection[int] = (),
) -> None:
    if not title.strip():
        raise RuleBroken(_("Enter what the item is about"), field="title")
    if minutes is not None and not 1 <= minutes <= LONGEST_DAY:
        raise RuleBroken(_("The minutes must be between 1 and 1440"), field="minutes")
    for theme in themes:
        check_theme(event.programme_id, theme, known=theme.id in known)


def _put_themes(item: AgendaItem, themes: Collection[ThemeGroup]) -> None:
    for link in list(item.themes):
        db.session.delete(link)
    db.session.flush()
    for theme_id in sorted({theme.id for theme in themes}):
        db.session.add(
            AgendaItemTheme(
                agenda_item_id=item.id,
                event_id=item.event_id,
                theme_id=theme_id,
                programme_id=item.event.programme_id,
            )
        )
    db.session.flush()
    db.session.expire(item, ["themes"])


def _number(order: Sequence[AgendaItem]) -> None:
    for position, item in enumerate(order, start=1):
        item.position = position
