"""Reads of actions: one action, what is overdue, how far a promise slipped (all derived)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from engage.core.db import db
from engage.events.models import Event
from engage.outcomes.models import (
    PAST_DUE,
    Action,
    ActionMove,
    ActionRedate,
    ActionState,
    ProgressUpdate,
)
from engage.outcomes.models.actions import OPEN_ACTION


@dataclass(frozen=True)
class Slip:
    """How often the due date moved, and by how many days in all from the first one."""

    times: int
    days: int


def _actions() -> sa.Select[Action]:
    return (
        sa.select(Action)
        .join(Event, Event.id == Action.event_id)
        .options(
            joinedload(Action.event),
            joinedload(Action.theme),
            joinedload(Action.organisation),
            joinedload(Action.owner),
            joinedload(Action.outcome),
        )
    )


def action_by_id(ident: int) -> Action | None:
    return db.session.scalar(_actions().where(Action.id == ident))


def action_by_reference(reference: str) -> Action | None:
    """The action that people quote as "HCS-A12"."""
    return db.session.scalar(_actions().where(Action.reference == reference))


def actions_of_event(event_id: int) -> Sequence[Action]:
    """Every action that was agreed there, in the order in which they were recorded."""
    return db.session.scalars(_actions().where(Action.event_id == event_id).order_by(Action.id)).all()


def open_of_theme(theme_id: int) -> Sequence[Action]:
    """The open actions that a theme group owns."""
    return db.session.scalars(
        _actions()
        .where(Action.theme_id == theme_id, Action.state.in_(OPEN_ACTION))
        .order_by(Action.due.is_(None), Action.due, Action.id)
    ).all()


def owned_in_theme(theme_id: int, person_id: int) -> Sequence[Action]:
    """The open actions of a theme group that one person owns, by reference."""
    return db.session.scalars(
        _actions()
        .where(Action.theme_id == theme_id, Action.owner_id == person_id, Action.state.in_(OPEN_ACTION))
        .order_by(Action.id)
    ).all()


def to_verify(programme_ids: Collection[int]) -> Sequence[Action]:
    """Reported complete and waiting for somebody else's word."""
    return db.session.scalars(
        _actions()
        .where(Action.programme_id.in_(programme_ids), Action.state == ActionState.REPORTED_COMPLETE)
        .order_by(Action.due, Action.id)
    ).all()


def is_overdue(action: Action, today: date) -> bool:
    """Derived: agreed or in progress, past its due date. `today` is the programme's local date."""
    return action.state in PAST_DUE and action.due is not None and action.due < today


def slip_of(action: Action) -> Slip:
    """How often and how far one promise slipped."""
    times = db.session.scalar(sa.select(sa.func.count()).where(ActionRedate.action_id == action.id))
    return Slip(times or 0, (action.due - action.first_due).days if action.due and action.first_due else 0)


def history_of_dates(action_id: int) -> Sequence[ActionRedate]:
    """Every re-date, first to last."""
    return db.session.scalars(
        sa.select(ActionRedate).where(ActionRedate.action_id == action_id).order_by(ActionRedate.id)
    ).all()


def ever_agreed(actions: Sequence[Action]) -> frozenset[int]:
    """Those that were agreed at some time: only they are promises, whatever became of them."""
    return frozenset(
        db.session.scalars(
            sa.select(ActionMove.action_id).where(
                ActionMove.action_id.in_([a.id for a in actions]), ActionMove.state == ActionState.AGREED
            )
        )
    )


def moves_of(action_id: int) -> Sequence[ActionMove]:
    """Every move, first to last: replayed, they give the present state."""
    return db.session.scalars(
        sa.select(ActionMove).where(ActionMove.action_id == action_id).order_by(ActionMove.id)
    ).all()


def updates_of(action_id: int) -> Sequence[ProgressUpdate]:
    """Every progress update, newest first."""
    return db.session.scalars(
        sa.select(ProgressUpdate).where(ProgressUpdate.action_id == action_id).order_by(ProgressUpdate.id.desc())
    ).all()
