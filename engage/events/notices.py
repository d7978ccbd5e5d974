"""The mails that events sends."""

from __future__ import annotations
