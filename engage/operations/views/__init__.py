"""Pages of operations: the administrator's, health for machines, the demonstration's mail."""

from __future__ import annotations

from flask import Blueprint

bp: Blueprint = Blueprint("operations", __name__)

from engage.operations.views import admin, demo_mail, health, messages  # noqa: E402, F401 -- they add their routes
