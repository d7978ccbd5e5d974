"""Pages of feedback: staff build, open, read, publish and link; whoever attended answers by link."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("feedback", __name__)

from engage.feedback.views import building, by_link, linking, running  # noqa: E402, F401 -- they register on `bp`
