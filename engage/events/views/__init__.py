"""Pages of events: lists, overview, details, agenda, the acts that move one, and the public calendar file."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("events", __name__)

from engage.events.views import acts, agenda, copying, dates, defaults, details, lists, overview, public, sessions  # noqa: E402, F401
