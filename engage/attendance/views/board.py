"""The reply board: who was asked and what they said, kept up to date by itself; and one invitation with its history."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue

from engage.attendance import policy, queries
from engage.attendance.forms import INVITATION_WORDS, BoardFilter
from engage.attendance.models import Invitation, InvitationState
from engage.attendance.views import bp
from engage.attendance.views._common import base, board_url, staff_page
from engage.core import clock
from engage.core.access import current_principal, requires
from engage.core.pages import history_rows
from engage.core.text import language, ngettext
from engage.events import queries as events
from engage.events.models import Event


def _narrowing(form: BoardFilter) -> tuple[InvitationState | None, str]:
    """What the board is narrowed by: it stands in the address."""
    return (form.state.data, form.q.data) if form.validate() else (None, "")


def _shown(event: Event, form: BoardFilter) -> dict[str, Any]:
    state, words = _narrowing(form)
    return {
        "board": queries.board(event, state=state, search=words),
        "seats": queries.seats(event),
        "may_invite": policy.may_invite(current_principal(), event),
        "url": board_url(event),
    }


@bp.get("/manage/events/<slug:event>/invitations")
@requires(policy.may_see_attendance, on=events.by_slug)
def invitations(event: Event) -> ResponseReturnValue:
    """Who was asked and what they said."""
    form = BoardFilter(request.args)
    shown = _shown(event, form)
    state, words = _narrowing(form)
    narrowed = {"q": words, "state": state.value if state else ""}
    return staff_page(
        "invitations",
        event,
        form=form,
        active=[w for w in (str(INVITATION_WORDS[state]) if state else "", words) if w],
        part_url=f"{board_url(event)}/part?{urlencode(narrowed)}",
        since=clock.now().isoformat(),
        balance=queries.balance(event),
        **shown,
    )


@bp.get("/manage/events/<slug:event>/invitations/part")
@requires(policy.may_see_attendance, on=events.by_slug)
def board_part(event: Event) -> ResponseReturnValue:
    """The part of the board that changes, for the script that keeps it up to date: its HTML, the instant of it, and how
    many have answered after `since`, in words. 304 while nothing has happened."""
    mark = _mark(event)
    if request.if_none_match.contains(mark):
        return "", 304, {"ETag": f'"{mark}"'}
    form = BoardFilter(request.args)
    now = clock.now()
    html = render_template("attendance/_board_part.html", event=event, base=base(event), **_shown(event, form))
    answer = jsonify(html=html, since=now.isoformat(), said=_said(event, request.args.get("since", "")))
    answer.set_etag(mark)
    return answer


def _mark(event: Event) -> str:
    """Stands while nothing happens in the programme, the reader may do the same, and "an hour ago" is still true."""
    parts = [
        queries.board_stamp(event),
        clock.now().strftime("%Y%m%d%H"),
        policy.may_invite(current_principal(), event),
        language(),
        request.args.get("state", ""),
        request.args.get("q", ""),
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _said(event: Event, since: str) -> str:
    """ "2 new answers", or nothing."""
    try:
        instant = datetime.fromisoformat(since)
    except ValueError:
        return ""
    many = queries.answered_since(event, instant) if instant.tzinfo else 0
    return ngettext("%(num)d new answer", "%(num)d new answers", many) if many else ""


@bp.get("/manage/events/<slug:event>/invitations/<key:key>")
@requires(policy.may_see_attendance, on=queries.invitation_at)
def invitation_staff(invitation: Invitation) -> ResponseReturnValue:
    """One invitation: what they said, in whose place it stands and who stands in its own, what happened."""
    event = invitation.event
    return staff_page(
        "invitation_staff",
        event,
        invitation=invitation,
        email=queries.address_of(invitation.person_id),
        lineage=queries.lineage(invitation),
        booking=queries.of_invitation(invitation.id),
        rows=history_rows("invitation", invitation.id, zone=event.zone, labels={}),
        may_invite=policy.may_invite(current_principal(), event),
        url=board_url(event),
    )
