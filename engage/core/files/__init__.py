"""Files that people bring: looked at by content, kept once for ever, given out as attachments and nothing else; and
tables among them, read as text and kept nowhere.

A file stands under the data folder by its SHA-256, outside every folder that templates or pages are served from; its
name is words in the store, never part of a path. Why so: docs/decisions/files.md, docs/decisions/imports.md.
"""

from __future__ import annotations

from engage.core.files.keeping import Kept, Lost, keep, path_of
from engage.core.files.kinds import ENDINGS, KINDS, MOST, MOST_SENT, Kind, Unfit
from engage.core.files.names import safe_name
from engage.core.files.sending import Packed, send, send_pack
from engage.core.files.tables import Line, Sheet, Unreadable, read_table, read_text

__all__ = [
    "ENDINGS",
    "KINDS",
    "MOST",
    "MOST_SENT",
    "Kept",
    "Kind",
    "Line",
    "Lost",
    "Packed",
    "Sheet",
    "Unfit",
    "Unreadable",
    "keep",
    "path_of",
    "read_table",
    "read_text",
    "safe_name",
    "send",
    "send_pack",
]
