"""Verbs of events (docs/domain.md#event). Each locks its event and first applies the moves that are due."""

from __future__ import annotations

from engage.events.service.agenda import (
    add_agenda_item,
    edit_agenda_item,
    move_agenda_item,
    remove_agenda_item,
)
from engage.events.service.dates import (
    default_deadline,
    postpone,
    postponing,
    reschedule,
    rescheduling,
    schedule,
)
from engage.events.service.details import Details, create, edit
from engage.events.service.due import HELD_AFTER, apply_due, apply_due_by_id, refresh_instants
from engage.events.service.moves import (
    archive,
    call_off_publication,
    cancel,
    cancelling,
    close_registration,
    go_live,
    going_live,
    hold,
    no_record_needed,
    open_registration,
    publish,
    publish_at,
    publishing,
    record_agreed,
)
from engage.events.service.sessions import (
    Speaker,
    add_session,
    cancel_session,
    edit_session,
    publish_timetable,
    rename_room,
    rename_track,
)
from engage.events.service.themes import set_themes
from engage.events.service.when import When

__all__ = [
    "HELD_AFTER",
    "Details",
    "Speaker",
    "When",
    "add_agenda_item",
    "add_session",
    "apply_due",
    "apply_due_by_id",
    "archive",
    "call_off_publication",
    "cancel",
    "cancel_session",
    "cancelling",
    "close_registration",
    "create",
    "default_deadline",
    "edit",
    "edit_agenda_item",
    "edit_session",
    "go_live",
    "going_live",
    "hold",
    "move_agenda_item",
    "no_record_needed",
    "open_registration",
    "postpone",
    "postponing",
    "publish",
    "publish_at",
    "publish_timetable",
    "publishing",
    "record_agreed",
    "refresh_instants",
    "remove_agenda_item",
    "rename_room",
    "rename_track",
    "reschedule",
    "rescheduling",
    "schedule",
    "set_themes",
]
