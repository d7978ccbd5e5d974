"""Verbs of feedback: building a form, asking and answering, what a comment led to (docs/domain.md#feedback)."""

from __future__ import annotations

from engage.feedback.service.answering import (
    AlreadyAnswered,
    NotOpen,
    answer,
    ask_more,
    close_form,
    open_form,
    opening,
    publish_form,
)
from engage.feedback.service.building import (
    Ask,
    add_question,
    copy_form,
    default_form,
    edit_introduction,
    edit_question,
    make_form,
    move_question,
    remove_question,
)
from engage.feedback.service.linking import link_comment, withdraw_link

__all__ = [
    "AlreadyAnswered",
    "Ask",
    "NotOpen",
    "add_question",
    "answer",
    "ask_more",
    "close_form",
    "copy_form",
    "default_form",
    "edit_introduction",
    "edit_question",
    "link_comment",
    "make_form",
    "move_question",
    "open_form",
    "opening",
    "publish_form",
    "remove_question",
    "withdraw_link",
]
