"""What participants read behind a link of their own: an invitation's, a booking's. Nothing is kept of who read what."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from engage.attendance import queries as attendance
from engage.attendance.models import Invitation, Registration
from engage.core import files
from engage.core.access import by_link
from engage.core.errors import Gone, NotFound
from engage.core.text import _
from engage.events import queries as events
from engage.papers import policy, queries
from engage.papers.models import PaperState
from engage.papers.views import bp


@bp.get("/b/<token:token>/papers/<ref:reference>/<number:number>")
@by_link("booking", on=attendance.registration_by_id)
def by_booking(registration: Registration, reference: str, number: int) -> ResponseReturnValue:
    return _file(registration, reference, number)


@bp.get("/i/<token:token>/papers/<ref:reference>/<number:number>")
@by_link("invitation", on=attendance.invitation_by_id)
def by_invitation(invitation: Invitation, reference: str, number: int) -> ResponseReturnValue:
    return _file(invitation, reference, number)


@bp.get("/b/<token:token>/papers.zip")
@by_link("booking", on=attendance.registration_by_id)
def pack_by_booking(registration: Registration) -> ResponseReturnValue:
    return _pack(registration)


@bp.get("/i/<token:token>/papers.zip")
@by_link("invitation", on=attendance.invitation_by_id)
def pack_by_invitation(invitation: Invitation) -> ResponseReturnValue:
    return _pack(invitation)


def _file(holder: Invitation | Registration, reference: str, number: int) -> ResponseReturnValue:
    """404 for whoever takes no part, and for what is not circulated; 410 for what was, and is withdrawn."""
    if not policy.takes_part(holder):
        raise NotFound
    version = queries.shared_version(holder.event_id, reference, number)
    if version is None:
        paper = queries.shared_paper(holder.event_id, reference)
        if paper is not None and paper.state is PaperState.WITHDRAWN:
            raise Gone(_("This paper was withdrawn: %(reason)s", reason=paper.state_reason))
        raise NotFound
    return files.send(version.checksum, kind=version.type, name=version.name, at=version.added_at, public=False)


def _pack(holder: Invitation | Registration) -> ResponseReturnValue:
    """All that is circulated, in one file; 404 where that is nothing."""
    papers = queries.shared_pack(holder.event_id) if policy.takes_part(holder) else []
    if not papers:
        raise NotFound
    items = [item.id for item in events.agenda_of(holder.event_id)]
    return files.send_pack(queries.pack(papers, items), name=f"{holder.event.slug}-papers.zip", public=False)
