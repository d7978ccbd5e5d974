"""Files that people bring: looked at by content, kept once for ever, given out as attachments and nothing else.

A file stands under the data folder by its SHA-256, outside every folder that templates or pages are served from; its
name is words in the store, never part of a path. Why so: docs/decisions/files.md.
"""

from __future__ import annotations

from engage.core.files.keeping import Kept, Lost, keep, path_of
from engage.core.files.kinds import ENDINGS, KINDS, MOST, MOST_SENT, Kind, Unfit
from engage.core.files.names import safe_name
from engage.core.files.sending import Packed, send, send_pack

__all__ = [
    "ENDINGS",
    "KINDS",
    "MOST",
    "MOST_SENT",
    "Kept",
    "Kind",
    "Lost",
    "Packed",
    "Unfit",
    "keep",
    "path_of",
    "safe_name",
    "send",
    "send_pack",
]
