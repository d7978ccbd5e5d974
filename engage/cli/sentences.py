"""Turns an error that a person can mend into one sentence."""

from __future__ import annotations

import errno

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from engage.bootstrap_assets import BuildFailed
from engage.config import WrongSetting
from engage.core.errors import NotFound, RuleBroken


def of(wrong: Exception) -> str | None:
    """The sentence, or None for what is our own mistake and deserves its traceback."""
    if isinstance(wrong, WrongSetting | RuleBroken | BuildFailed):
        return str(wrong)
    if isinstance(wrong, NotFound):
        return str(wrong) or "there is no such thing."
    if isinstance(wrong, DBAPIError):
        return f"the store cannot be used: {_first_line(wrong.orig)}"
    if isinstance(wrong, SQLAlchemyError):
        return f"the store cannot be used: {_first_line(wrong)}"
    if isinstance(wrong, OSError) and wrong.errno in {errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EROFS}:
        return f"{wrong.strerror}: {wrong.filename}"
    return None


def _first_line(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
