"""The mails that attendance sends."""

from __future__ import annotations
