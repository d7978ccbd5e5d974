"""The public site: GET only, cacheable, the same for everybody who asks. It never looks at who that is."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("site", __name__)

from engage.site.views import (  # noqa: E402 -- they register on `bp`
    about,
    actions,
    events,
    front,
    papers,
    programmes,
    themes,
)

__all__ = ["about", "actions", "bp", "events", "front", "papers", "programmes", "themes"]
