"""Pages of records, outcomes and actions: staff pages, the chair's link, the owner's link."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("outcomes", __name__)

from engage.outcomes.views import actions, attendance, captured, links, records  # noqa: E402, F401 -- they register on `bp`
