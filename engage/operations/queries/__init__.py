"""Named reads of the site's machinery: how it is, what waits, and the demonstration's mail."""

from __future__ import annotations

from engage.operations.queries.health import Part, beats, ready
from engage.operations.queries.mailbox import MailFile, MailLine, mail_file, mail_files
from engage.operations.queries.waiting import Standing, message_by_key, standing

__all__ = [
    "MailFile",
    "MailLine",
    "Part",
    "Standing",
    "beats",
    "mail_file",
    "mail_files",
    "message_by_key",
    "ready",
    "standing",
]
