"""Tables and states of events (docs/domain.md#event)."""

from __future__ import annotations

from engage.events.models.agenda import AgendaItem, AgendaItemTheme, AgendaKind
from engage.events.models.events import (
    ADMISSION_WORDS,
    BEFORE_LIVE,
    DATED,
    DEFAULT_ADMISSION,
    HOLDS_SEATS,
    KIND_WORDS,
    MOVES,
    PRECISION_WORDS,
    STATE_WORDS,
    TOOK_PLACE,
    Admission,
    Event,
    EventDate,
    EventKind,
    EventState,
    EventTheme,
    Precision,
    when_words,
)

__all__ = [
    "ADMISSION_WORDS",
    "BEFORE_LIVE",
    "DATED",
    "DEFAULT_ADMISSION",
    "HOLDS_SEATS",
    "KIND_WORDS",
    "MOVES",
    "PRECISION_WORDS",
    "STATE_WORDS",
    "TOOK_PLACE",
    "Admission",
    "AgendaItem",
    "AgendaItemTheme",
    "AgendaKind",
    "Event",
    "EventDate",
    "EventKind",
    "EventState",
    "EventTheme",
    "Precision",
    "when_words",
]
