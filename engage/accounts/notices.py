"""The mails that accounts sends."""

from __future__ import annotations
