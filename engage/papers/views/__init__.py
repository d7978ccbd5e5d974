"""Pages of papers: staff add, correct, circulate and publish; participants read behind their links."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("papers", __name__)

from engage.papers.views import acts, by_link, reading, writing  # noqa: E402, F401 -- they register on `bp`
