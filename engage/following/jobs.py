"""Background work of following."""

from __future__ import annotations
