"""Pages of attendance: staff pages under an event, the public form, pages behind one's own link."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("attendance", __name__)

from engage.attendance.views import (  # noqa: E402, F401 -- they add their routes to bp
    answer,
    answers,
    badges,
    board,
    booking,
    door,
    importing,
    invitations,
    kinds,
    questions,
    register,
    registrations,
    requests,
    session_lists,
    sign_ups,
    substitutes,
    writing,
)
