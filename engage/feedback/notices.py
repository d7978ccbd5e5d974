"""The mails that feedback sends."""

from __future__ import annotations
