"""The mails that following sends."""

from __future__ import annotations
