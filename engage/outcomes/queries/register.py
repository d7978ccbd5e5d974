"""The staff's register of actions: one light row for each, whatever hangs on it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from engage.core import clock
from engage.core.db import db
from engage.outcomes.models import OPEN_ACTION, PAST_DUE, Action, ActionRedate, ActionState, ActionTheme
from engage.people.models import Organisation, Person
from engage.programmes.models import Programme
from engage.themes.models import ThemeGroup


class Line(NamedTuple):
    """One action in a list. `slips` is how often its due date moved; `zone` is its programme's."""

    reference: str
    text: str
    state: ActionState
    due: date | None
    organisation: str
    owner: str | None
    slips: int
    zone: str

    @property
    def overdue(self) -> bool:
        """Derived: agreed or in progress, past its due date where its programme is."""
        return self.state in PAST_DUE and self.due is not None and self.due < clock.today(self.zone)


def register(
    *,
    programme_ids: Collection[int] | None = None,
    theme_id: int | None = None,
    states: Collection[ActionState] = (),
    overdue: bool = False,
    words: str = "",
    limit: int = 50,
    offset: int = 0,
) -> tuple[Sequence[Line], int]:
    """Actions that fit every filter given, open ones first, by due date; with how many fit in all."""
    fits: list[sa.ColumnElement[bool]] = []
    if programme_ids is not None:
        fits.append(Action.programme_id.in_(sorted(programme_ids)))
    if theme_id is not None:
        helps = sa.select(ActionTheme.action_id).where(ActionTheme.theme_id == theme_id)
        fits.append(sa.or_(Action.theme_id == theme_id, Action.id.in_(helps)))
    if states:
        fits.append(Action.state.in_(states))
    if overdue:
        fits.append(_overdue())
    if words:
        like = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        fits.append(sa.or_(Action.text.ilike(like, escape="\\"), Action.reference.ilike(like, escape="\\")))
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Action).where(*fits))
    order = (Action.state.not_in(OPEN_ACTION), Action.due.is_(None), Action.due, Action.id)
    return _read(_lines().where(*fits).order_by(*order).limit(limit).offset(offset)), total or 0


def lines_of_event(event_id: int) -> Sequence[Line]:
    """What was agreed at one event, in the order in which it was recorded."""
    return _read(_lines().where(Action.event_id == event_id).order_by(Action.id))


def themes_in(programme_ids: Collection[int]) -> Sequence[tuple[int, str]]:
    """Id and title of every theme group of these programmes, programme by programme, to narrow the register by."""
    rows = db.session.execute(
        sa.select(ThemeGroup.id, ThemeGroup.title)
        .where(ThemeGroup.programme_id.in_(sorted(programme_ids)))
        .order_by(ThemeGroup.programme_id, ThemeGroup.position, ThemeGroup.title, ThemeGroup.id)
    )
    return [(ident, title) for ident, title in rows]


def _lines() -> sa.Select[*tuple[Any, ...]]:
    slips = sa.select(sa.func.count()).where(ActionRedate.action_id == Action.id).scalar_subquery()
    label = sa.func.coalesce(sa.func.nullif(Organisation.short_name, ""), Organisation.name)
    return (
        sa.select(Action.reference, Action.text, Action.state, Action.due, label, Person.name, slips, Programme.zone)
        .select_from(Action)
        .join(Organisation, Organisation.id == Action.organisation_id)
        .join(Programme, Programme.id == Action.programme_id)
        .outerjoin(Person, Person.id == Action.owner_id)
    )


def _read(query: sa.Select[*tuple[Any, ...]]) -> Sequence[Line]:
    return [Line._make(row) for row in db.session.execute(query)]


def _overdue() -> sa.ColumnElement[bool]:
    """Past its due date in the programme's own zone; one branch per zone in use."""
    zones = db.session.scalars(sa.select(Programme.zone).distinct().order_by(Programme.zone)).all()
    late = [
        sa.and_(
            Action.programme_id.in_(sa.select(Programme.id).where(Programme.zone == zone)),
            Action.due < clock.today(zone),
        )
        for zone in zones
    ]
    return sa.and_(Action.state.in_(PAST_DUE), sa.or_(sa.false(), *late))
