"""Background work of attendance."""

from __future__ import annotations
