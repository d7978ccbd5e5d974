"""The mails that outcomes sends."""

from __future__ import annotations
