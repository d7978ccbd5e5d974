"""Verbs over records, outcomes and actions: the rules. None commits; each returns the thing."""

from __future__ import annotations

from engage.outcomes.service.actions import (
    add_action,
    agree_action,
    drop,
    edit_action,
    pass_to_lead,
    pass_to_successor,
    publish_action,
    reassign,
    redate,
    supersede_action,
    tell_again,
)
from engage.outcomes.service.outcomes import add_outcome, edit_outcome, hold, strike, supersede
from engage.outcomes.service.progress import reopen, report_complete, return_, update_progress, verify
from engage.outcomes.service.records import (
    add_note,
    agree_record,
    ask_changes,
    circulate,
    declare_interest,
    effects_of_publishing,
    open_record,
    publish_record,
    save_note,
    set_presence,
    take_attendance,
)

__all__ = [
    "add_action",
    "add_note",
    "add_outcome",
    "agree_action",
    "agree_record",
    "ask_changes",
    "circulate",
    "declare_interest",
    "drop",
    "edit_action",
    "edit_outcome",
    "effects_of_publishing",
    "hold",
    "open_record",
    "pass_to_lead",
    "pass_to_successor",
    "publish_action",
    "publish_record",
    "reassign",
    "redate",
    "reopen",
    "report_complete",
    "return_",
    "save_note",
    "set_presence",
    "strike",
    "supersede",
    "supersede_action",
    "take_attendance",
    "tell_again",
    "update_progress",
    "verify",
]
