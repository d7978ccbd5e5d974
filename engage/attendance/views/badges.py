"""Badges with a ticket's code, one's own and all of an event on A4; what a scanned ticket shows to anybody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from engage.attendance import policy, queries
from engage.attendance.models import Registration, RegistrationState
from engage.attendance.views import bp
from engage.attendance.views._common import link_home, staff_page
from engage.core import qr
from engage.core.access import by_link, public, requires
from engage.core.errors import Gone, NotFound
from engage.core.text import _
from engage.events import queries as events
from engage.events.models import Event

S = RegistrationState
GETS_BADGE = (S.CONFIRMED, S.RECONFIRM, S.ATTENDED)


def _badges(registrations: Iterable[Registration]) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "role": one.role,
            "organisation": one.organisation,
            "code": one.ticket_code,
            "picture": qr.picture(f"{current_app.config['BASE_URL']}/t/{one.key}"),
        }
        for one in registrations
    ]


@bp.get("/b/<token:token>/badge")
@by_link("booking", on=queries.registration_by_id)
def badge(registration: Registration) -> ResponseReturnValue:
    """One's own, to print or to show on a phone; 404 without a place."""
    if registration.state not in GETS_BADGE:
        raise NotFound
    return render_template(
        "attendance/badge.html", event=registration.event, badges=_badges([registration]), home=link_home()
    )


@bp.get("/manage/events/<slug:event>/badges")
@requires(policy.may_check_in, on=events.by_slug)
def badges(event: Event) -> ResponseReturnValue:
    """Of everybody with a place, by name, for A4 paper."""
    rows = queries.registrations(event, states=GETS_BADGE)
    return staff_page("badges", event, badges=_badges(row.registration for row in rows))


@bp.get("/t/<key:key>")
@public
def ticket(key: str) -> ResponseReturnValue:
    """What anybody sees who scans a ticket: which event, never whose it is. 410 once there is no place behind it."""
    registration = queries.registration_by_key(key)
    if registration is None:
        raise NotFound
    if registration.state not in GETS_BADGE:
        raise Gone(_("This ticket is not valid any more."))
    return render_template("attendance/ticket.html", event=registration.event, code=registration.ticket_code)
