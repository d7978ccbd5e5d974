"""Tables of records, outcomes and actions, one module each (docs/domain.md#record, #outcome, #action)."""

from __future__ import annotations

from engage.outcomes.models.actions import (
    ACTION_MOVES,
    OPEN_ACTION,
    PAST_DUE,
    Action,
    ActionMove,
    ActionRedate,
    ActionState,
    ActionTheme,
    ProgressUpdate,
)
from engage.outcomes.models.outcomes import OUTCOME_MOVES, Outcome, OutcomeKind, OutcomeState
from engage.outcomes.models.records import (
    RECORD_MOVES,
    Presence,
    Record,
    RecordNote,
    RecordPerson,
    RecordState,
    RecordVersion,
)

__all__ = [
    "ACTION_MOVES",
    "OPEN_ACTION",
    "OUTCOME_MOVES",
    "PAST_DUE",
    "RECORD_MOVES",
    "Action",
    "ActionMove",
    "ActionRedate",
    "ActionState",
    "ActionTheme",
    "Outcome",
    "OutcomeKind",
    "OutcomeState",
    "Presence",
    "ProgressUpdate",
    "Record",
    "RecordNote",
    "RecordPerson",
    "RecordState",
    "RecordVersion",
]
