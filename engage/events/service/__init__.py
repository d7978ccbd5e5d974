"""Verbs of events (docs/domain.md#event). Each locks its event and first applies the moves that are due."""

from __future__ import annotations

from engage.events.service.agenda import (
    add_agenda_item,
    edit_agenda_item,
    move_agenda_item,
    place_agenda_item,
    remove_agenda_item,
)
from engage.events.service.copying import COPIED, NOT_COPIED, copy, copying, next_title
from engage.events.service.dates import (
    default_deadline,
    postpone,
    postponing,
    reschedule,
    rescheduling,
    schedule,
)
from engage.events.service.defaults import set_defaults
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
from engage.events.service.series import called, edit_series, make_series, put_in_series
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
    "COPIED",
    "HELD_AFTER",
    "NOT_COPIED",
    "Details",
    "Speaker",
    "When",
    "add_agenda_item",
    "add_session",
    "apply_due",
    "apply_due_by_id",
    "archive",
    "call_off_publication",
    "called",
    "cancel",
    "cancel_session",
    "cancelling",
    "close_registration",
    "copy",
    "copying",
    "create",
    "default_deadline",
    "edit",
    "edit_agenda_item",
    "edit_series",
    "edit_session",
    "go_live",
    "going_live",
    "hold",
    "make_series",
    "move_agenda_item",
    "next_title",
    "no_record_needed",
    "open_registration",
    "place_agenda_item",
    "postpone",
    "postponing",
    "publish",
    "publish_at",
    "publish_timetable",
    "publishing",
    "put_in_series",
    "record_agreed",
    "refresh_instants",
    "remove_agenda_item",
    "rename_room",
    "rename_track",
    "reschedule",
    "rescheduling",
    "schedule",
    "set_defaults",
    "set_themes",
]
