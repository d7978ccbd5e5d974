"""Verbs of attendance: the rules of docs/domain.md#invitation and #registration.

Every verb locks the event's row first, applies what is due, then decides.
"""

from __future__ import annotations

from engage.attendance.service.answering import (
    accept,
    cancel_registration,
    decline,
    may_answer,
    may_change,
    reconfirm,
)
from engage.attendance.service.asking import (
    Ask,
    add_question,
    copy_questions,
    edit_question,
    move_question,
    retire_question,
)
from engage.attendance.service.at_sessions import (
    SessionArrival,
    check_in_to_session,
    undo_session_check_in,
)
from engage.attendance.service.checking_in import Arrival, check_in, doors_are_open, on_offer, undo_check_in, walk_in
from engage.attendance.service.deciding import Decided, approve_all, preview_approval, refuse_all
from engage.attendance.service.due import apply_due, purge_needs
from engage.attendance.service.import_running import fail as fail_import
from engage.attendance.service.import_running import run_batch
from engage.attendance.service.import_telling import tell_batch, tell_imported
from engage.attendance.service.import_undoing import undo as undo_import
from engage.attendance.service.import_undoing import undo_batch
from engage.attendance.service.importing import Reading, take_in
from engage.attendance.service.importing import discard as discard_import
from engage.attendance.service.importing import go_on as go_on_importing
from engage.attendance.service.importing import prepare as prepare_import
from engage.attendance.service.importing import start as start_import
from engage.attendance.service.importing import stop as stop_import
from engage.attendance.service.importing import wipe_old as wipe_old_import
from engage.attendance.service.inviting import (
    REST,
    AlreadyInvited,
    BeyondCapacity,
    Chased,
    Invitee,
    invite,
    invite_all,
    invite_typed,
    remind,
    rests,
    send,
    withdraw,
)
from engage.attendance.service.kinds import (
    KindTold,
    add_kind,
    copy_admission,
    edit_kind,
    raise_kind,
    retire_kind,
)
from engage.attendance.service.offering import why_no_offer
from engage.attendance.service.places import why_waits
from engage.attendance.service.reconfirming import last_call, last_call_at
from engage.attendance.service.registering import (
    RegistrationClosed,
    TooManyLetters,
    approve,
    change,
    decline_offer,
    is_open,
    refuse,
    register,
    take_offer,
)
from engage.attendance.service.replies import record_answers
from engage.attendance.service.sign_ups import (
    AtOnce,
    leave,
    may_sign_up,
    move_sign_up,
    remove_sign_up,
    sign_up,
)
from engage.attendance.service.substituting import approve_substitute, may_propose, propose, refuse_substitute
from engage.attendance.service.telling import my_bookings
from engage.attendance.service.writing import BATCH, queue_batch, write, write_test

__all__ = [
    "BATCH",
    "REST",
    "AlreadyInvited",
    "Arrival",
    "Ask",
    "AtOnce",
    "BeyondCapacity",
    "Chased",
    "Decided",
    "Invitee",
    "KindTold",
    "Reading",
    "RegistrationClosed",
    "SessionArrival",
    "TooManyLetters",
    "accept",
    "add_kind",
    "add_question",
    "apply_due",
    "approve",
    "approve_all",
    "approve_substitute",
    "cancel_registration",
    "change",
    "check_in",
    "check_in_to_session",
    "copy_admission",
    "copy_questions",
    "decline",
    "decline_offer",
    "discard_import",
    "doors_are_open",
    "edit_kind",
    "edit_question",
    "fail_import",
    "go_on_importing",
    "invite",
    "invite_all",
    "invite_typed",
    "is_open",
    "last_call",
    "last_call_at",
    "leave",
    "may_answer",
    "may_change",
    "may_propose",
    "may_sign_up",
    "move_question",
    "move_sign_up",
    "my_bookings",
    "on_offer",
    "prepare_import",
    "preview_approval",
    "propose",
    "purge_needs",
    "queue_batch",
    "raise_kind",
    "reconfirm",
    "record_answers",
    "refuse",
    "refuse_all",
    "refuse_substitute",
    "register",
    "remind",
    "remove_sign_up",
    "rests",
    "retire_kind",
    "retire_question",
    "run_batch",
    "send",
    "sign_up",
    "start_import",
    "stop_import",
    "take_in",
    "take_offer",
    "tell_batch",
    "tell_imported",
    "undo_batch",
    "undo_check_in",
    "undo_import",
    "undo_session_check_in",
    "walk_in",
    "why_no_offer",
    "why_waits",
    "wipe_old_import",
    "withdraw",
    "write",
    "write_test",
]
