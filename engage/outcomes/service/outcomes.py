"""Outcomes: provisional until the record is agreed; struck or superseded, never deleted (docs/domain.md#outcome)."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from engage.core import clock
from engage.core.access import Principal
from engage.core.db import db, lock
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import changed, record
from engage.core.states import check_move
from engage.core.text import _
from engage.events.models import TOOK_PLACE, AgendaItem, Event
from engage.outcomes.facts import OutcomeAdded, OutcomeFact, OutcomeReworded, OutcomeStruck, OutcomeSuperseded
from engage.outcomes.models import OUTCOME_MOVES, Outcome, OutcomeKind, OutcomeState, Record, RecordState
from engage.programmes.models import Programme
from engage.programmes.service import next_reference
from engage.themes.models import ThemeGroup, ThemeState

GONE = frozenset({OutcomeState.STRUCK, OutcomeState.SUPERSEDED})


def add_outcome(
    event: Event,
    *,
    kind: OutcomeKind,
    text: str,
    theme: ThemeGroup | None,
    agenda_item: AgendaItem | None = None,
    private: bool = False,
    by: Principal,
) -> Outcome:
    """Record a conclusion of the room: provisional until the chair agrees the record."""
    if event.state not in TOOK_PLACE:
        raise RuleBroken(_("Outcomes are recorded once the event has begun."))
    theme = _own_theme(event, text, theme, agenda_item)
    reference = next_reference(event.programme_id, "O")
    not_with_the_chair(event.id)
    outcome = Outcome(
        programme_id=event.programme_id,
        event_id=event.id,
        theme_id=theme.id,
        agenda_item_id=agenda_item.id if agenda_item else None,
        reference=reference,
        kind=kind,
        text=text.strip(),
        state=OutcomeState.PROVISIONAL,
        private=private,
        created_at=clock.now(),
    )
    db.session.add(outcome)
    db.session.flush()
    record(OutcomeAdded(subject_id=outcome.id, programme_id=outcome.programme_id, event_id=event.id), by=by)
    return outcome


def edit_outcome(
    outcome: Outcome,
    *,
    kind: OutcomeKind,
    text: str,
    theme: ThemeGroup | None,
    agenda_item: AgendaItem | None = None,
    private: bool,
    version: int,
    by: Principal,
) -> Outcome:
    """Reword a provisional outcome. Raises `StaleVersion` where somebody else saved first."""
    not_with_the_chair(outcome.event_id)
    outcome = lock(Outcome, outcome.id)
    if outcome.state is not OutcomeState.PROVISIONAL:
        raise RuleBroken(_("The wording was agreed and no longer changes. Supersede the outcome instead."))
    if version != outcome.version:
        raise StaleVersion(_("Somebody else changed this outcome meanwhile. Both versions are shown."))
    theme = _own_theme(outcome.event, text, theme, agenda_item, before=outcome.theme_id)
    changes = changed(
        outcome,
        kind=kind,
        text=text.strip(),
        theme_id=theme.id,
        agenda_item_id=agenda_item.id if agenda_item else None,
        private=private,
    )
    outcome.version += 1
    record(_fact(OutcomeReworded, outcome, changes=changes), by=by)
    return outcome


def strike(outcome: Outcome, *, reason: str, by: Principal) -> Outcome:
    """Strike out a provisional outcome, with a reason; it stays readable to staff."""
    not_with_the_chair(outcome.event_id)
    outcome = lock(Outcome, outcome.id)
    if not reason.strip():
        raise RuleBroken(_("Give a reason: it stays with the outcome."), field="reason")
    check_move(OUTCOME_MOVES, outcome.state, OutcomeState.STRUCK, what=_("An outcome"))
    outcome.state_reason = reason.strip()
    outcome.state = OutcomeState.STRUCK
    outcome.version += 1
    record(_fact(OutcomeStruck, outcome, reason=reason.strip()), by=by)
    return outcome


def supersede(outcome: Outcome, *, successor: Outcome, reason: str = "", by: Principal) -> Outcome:
    """Let a confirmed outcome be replaced by a later one of the same programme."""
    outcome = lock(Outcome, outcome.id)
    if successor.id == outcome.id or successor.programme_id != outcome.programme_id:
        raise RuleBroken(_("Choose another outcome of the same programme."), field="successor")
    if lock(Outcome, successor.id).state in GONE:
        raise RuleBroken(
            _("That outcome was struck out or replaced itself. Choose one that stands."), field="successor"
        )
    check_move(OUTCOME_MOVES, outcome.state, OutcomeState.SUPERSEDED, what=_("An outcome"))
    outcome.state = OutcomeState.SUPERSEDED
    outcome.superseded_by_id = successor.id
    outcome.version += 1
    record(_fact(OutcomeSuperseded, outcome, reason=reason.strip(), by_id=successor.id), by=by)
    return outcome


def hold(event: Event) -> None:
    """Lock the programme and the event before anybody new is named under them: parents first (core.db.lock)."""
    lock(Programme, event.programme_id)
    lock(Event, event.id)


def not_with_the_chair(event_id: int) -> None:
    """Lock the event, under which its record moves. Raises `RuleBroken` while the record is circulated: the chair
    agrees the very outcomes and actions that were sent out."""
    lock(Event, event_id)
    state = db.session.scalar(sa.select(Record.state).where(Record.event_id == event_id))
    if state is RecordState.CIRCULATED:
        raise RuleBroken(_("The record has been circulated. Take it back to a draft to change it."))


def _fact(kind: Callable[..., OutcomeFact], outcome: Outcome, **more: object) -> OutcomeFact:
    return kind(subject_id=outcome.id, programme_id=outcome.programme_id, event_id=outcome.event_id, **more)


def _own_theme(
    event: Event, text: str, theme: ThemeGroup | None, item: AgendaItem | None, *, before: int = 0
) -> ThemeGroup:
    """The owner, checked. `before`: the id of the group that owned it so far, which may have closed since."""
    if not text.strip():
        raise RuleBroken(_("Say what was concluded."), field="text")
    if theme is None or theme.programme_id != event.programme_id:
        raise RuleBroken(_("Choose the theme group of this programme that owns the outcome."), field="theme")
    refuse_closed(theme, known=theme.id == before)
    if item is not None and item.event_id != event.id:
        raise RuleBroken(_("The agenda item belongs to another event."), field="agenda_item")
    return theme


def refuse_closed(theme: ThemeGroup, *, known: bool = False) -> None:
    """Raises `RuleBroken` for a closed theme group, which takes nothing new on. `known`: it had it already."""
    if theme.state is ThemeState.CLOSED and not known:
        raise RuleBroken(_("“%(theme)s” is closed. Choose another one", theme=theme.title), field="theme")
