"""Under which theme groups an event stands; one of them owns it (docs/domain.md#event)."""

from __future__ import annotations

from collections.abc import Collection

from engage.core.access import Principal
from engage.core.db import db
from engage.core.errors import RuleBroken
from engage.core.facts import Change
from engage.core.text import _
from engage.events.facts import EventThemesSet
from engage.events.models import Event, EventState, EventTheme
from engage.events.service.due import apply_due
from engage.events.service.effects import note
from engage.themes.models import ThemeGroup, ThemeState

FINAL = frozenset({EventState.ARCHIVED, EventState.CANCELLED})


def set_themes(event: Event, owner: ThemeGroup | None, others: Collection[ThemeGroup] = (), *, by: Principal) -> Event:
    """Replace the event's theme groups. Without an owner only while it is a draft, and then without others.

    Raises `RuleBroken` for a group of another programme, a closed one that was not there before, an event that is
    archived or cancelled.
    """
    event = apply_due(event)
    if event.state in FINAL:
        raise RuleBroken(_("An event that is archived or cancelled keeps its theme groups."))
    if owner is None and (others or event.state is not EventState.DRAFT):
        raise RuleBroken(_("Choose the theme group that owns the event"), field="owner")
    wanted = {theme.id: theme for theme in ([owner] if owner else []) + list(others)}
    before = {link.theme_id: link for link in event.themes}
    for theme in wanted.values():
        check_theme(event.programme_id, theme, known=theme.id in before)
    owner_before = next((link.theme_id for link in event.themes if link.owns), None)
    said_before = _said(event)
    owner_id = owner.id if owner else None
    if owner_before == owner_id and set(before) == set(wanted):
        return event
    _replace(event, wanted, owner_id)
    changes = tuple(
        Change(field=name, old=old, new=new)
        for name, old, new in zip(("owner", "themes"), said_before, _said(event), strict=True)
        if old != new
    )
    note(EventThemesSet(subject_id=event.id, programme_id=event.programme_id, changes=changes), by)
    return event


def check_theme(programme_id: int, theme: ThemeGroup, *, known: bool = False) -> None:
    """Raise `RuleBroken` unless something of the programme may stand under the group. `known`: it did before."""
    if theme.programme_id != programme_id:
        raise RuleBroken(_("Choose theme groups of the event’s own programme"), field="themes")
    if theme.state is ThemeState.CLOSED and not known:
        raise RuleBroken(_("“%(theme)s” is closed. Choose another one", theme=theme.title), field="themes")


def _said(event: Event) -> tuple[str, str]:
    """The owner's title and those of the others, as history keeps them: as they were called then."""
    owner = event.owning_theme
    return owner.title if owner else "", ", ".join(theme.title for theme in event.other_themes)


def _replace(event: Event, wanted: dict[int, ThemeGroup], owner_id: int | None) -> None:
    """In two steps, so that no moment has two owners: the database refuses that."""
    for link in list(event.themes):
        link.owns = False
        if link.theme_id not in wanted:
            event.themes.remove(link)
            db.session.delete(link)
    db.session.flush()
    kept = {link.theme_id: link for link in event.themes}
    for theme_id in wanted:
        if theme_id in kept:
            kept[theme_id].owns = theme_id == owner_id
        else:
            db.session.add(
                EventTheme(
                    event_id=event.id,
                    programme_id=event.programme_id,
                    theme_id=theme_id,
                    owns=theme_id == owner_id,
                )
            )
    db.session.flush()
    db.session.expire(event, ["themes"])
