"""Verbs of accounts."""

from __future__ import annotations

from typing import Any


def user_of_session(token: str) -> Any:
    """Stub until accounts is written."""
    return None
