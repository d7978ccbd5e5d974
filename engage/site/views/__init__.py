"""The public site: GET only, cacheable, the same for everybody who asks. It never looks at who that is."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("site", __name__)

from engage.site.views import about, actions, events, front, programmes, themes  # noqa: E402, F401 -- they register on `bp`
