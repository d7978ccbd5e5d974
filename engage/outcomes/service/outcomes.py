"""Outcomes: provisional until the record is agreed; struck or superseded, never deleted (docs/domain.md#outcome)."""

from __future__ import annotations

from collections.abc import Callable

from engage.core import clock
from engage.core.access import Principal
from engage.core.db import db, lock
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import changed, record
from engage.core.states import check_move
from engage.core.text import _
from engage.events.models import TOOK_PLACE, AgendaItem, Event
from engage.outcomes.facts import OutcomeAdded, OutcomeFact, OutcomeReworded, OutcomeStruck, OutcomeSuperseded
from engage.outcomes.models import OUTCOME_MOVES, Outcome, OutcomeKind, OutcomeState
from engage.programmes.service import next_reference
from engage.themes.models import ThemeGroup


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
    lock(Event, event.id)
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
    outcome = lock(Outcome, outcome.id)
    if outcome.state is not OutcomeState.PROVISIONAL:
        raise RuleBroken(_("The wording was agreed and no longer changes. Supersede the outcome instead."))
    if version != outcome.version:
        raise StaleVersion(_("Somebody else changed this outcome meanwhile. Both versions are shown."))
    theme = _own_theme(outcome.event, text, theme, agenda_item)
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
    check_move(OUTCOME_MOVES, outcome.state, OutcomeState.SUPERSEDED, what=_("An outcome"))
    outcome.state = OutcomeState.SUPERSEDED
    outcome.superseded_by_id = successor.id
    outcome.version += 1
    record(_fact(OutcomeSuperseded, outcome, reason=reason.strip(), by_id=successor.id), by=by)
    return outcome


def _fact(kind: Callable[..., OutcomeFact], outcome: Outcome, **more: object) -> OutcomeFact:
    return kind(subject_id=outcome.id, programme_id=outcome.programme_id, event_id=outcome.event_id, **more)


def _own_theme(event: Event, text: str, theme: ThemeGroup | None, item: AgendaItem | None) -> ThemeGroup:
    if not text.strip():
        raise RuleBroken(_("Say what was concluded."), field="text")
    if theme is None or theme.programme_id != event.programme_id:
        raise RuleBroken(_("Choose the theme group of this programme that owns the outcome."), field="theme")
    if item is not None and item.event_id != event.id:
        raise RuleBroken(_("The agenda item belongs to another event."), field="agenda_item")
    return theme
