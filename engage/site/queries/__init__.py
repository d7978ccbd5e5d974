"""Named reads of what is public. Nothing here asks who is looking."""

from __future__ import annotations

from engage.site.queries.actions import Narrowing, action, options, register
from engage.site.queries.events import event
from engage.site.queries.feedback import questions
from engage.site.queries.front import front, list_events, list_programmes, list_themes, site_map
from engage.site.queries.papers import paper, paper_file, to_pack
from engage.site.queries.programmes import programme
from engage.site.queries.themes import theme

__all__ = [
    "Narrowing",
    "action",
    "event",
    "front",
    "list_events",
    "list_programmes",
    "list_themes",
    "options",
    "paper",
    "paper_file",
    "programme",
    "questions",
    "register",
    "site_map",
    "theme",
    "to_pack",
]
