"""Verbs of following: interests that people register themselves, and telling them (docs/domain.md#interest)."""

from __future__ import annotations

from engage.following.service.interests import ask, confirm, leave, leave_all, purge
from engage.following.service.telling import (
    move_on,
    on_action_published,
    on_action_verified,
    on_event_cancelled,
    on_event_changed,
    on_event_moved,
    on_event_published,
    on_record_published,
    on_theme_closed,
    tell,
    tell_of_actions,
)

__all__ = [
    "ask",
    "confirm",
    "leave",
    "leave_all",
    "move_on",
    "on_action_published",
    "on_action_verified",
    "on_event_cancelled",
    "on_event_changed",
    "on_event_moved",
    "on_event_published",
    "on_record_published",
    "on_theme_closed",
    "purge",
    "tell",
    "tell_of_actions",
]
