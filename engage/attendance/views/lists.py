"""Many invitees at once: a pasted list or a CSV file, a preview of every row's fate, then the confirmation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from engage.attendance import policy, service
from engage.attendance.forms import ConfirmListForm, ImportForm, PasteForm, importing
from engage.attendance.forms.importing import Candidate, Fate
from engage.attendance.views import bp
from engage.attendance.views._common import board_url, staff_page
from engage.core.access import current_principal, requires
from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.core.text import _, ngettext
from engage.events import queries as events
from engage.events.models import Event


@bp.route("/manage/events/<slug:event>/invitations/paste", methods=["GET", "POST"])
@requires(policy.may_invite, on=events.by_slug)
def paste_invitations(event: Event) -> ResponseReturnValue:
    form = PasteForm()
    if form.validate_on_submit():
        try:
            return _preview(event, importing.from_text(event, form.people.data))
        except RuleBroken as no:
            form.attach(RuleBroken(no.message, field="people"))
    page = staff_page("invitations_paste", event, form=form, url=board_url(event))
    return page, 422 if form.has_errors else 200


@bp.route("/manage/events/<slug:event>/invitations/import", methods=["GET", "POST"])
@requires(policy.may_invite, on=events.by_slug)
def import_invitations(event: Event) -> ResponseReturnValue:
    form = ImportForm()
    if form.validate_on_submit():
        try:
            return _preview(event, importing.from_csv(event, form.file.data.read()))
        except RuleBroken as no:
            form.attach(RuleBroken(no.message, field="file"))
    page = staff_page("invitations_import", event, form=form, url=board_url(event))
    return page, 422 if form.has_errors else 200


def _preview(event: Event, candidates: Sequence[Candidate]) -> str:
    """Every row with its fate; the good ones stand in the form, signed."""
    form = ConfirmListForm(data={"rows": importing.packed(event, candidates)}, formdata=None)
    return _preview_page(event, form, candidates)


def _preview_page(event: Event, form: ConfirmListForm, candidates: Sequence[Candidate]) -> str:
    fates = Counter(candidate.fate for candidate in candidates)
    return staff_page(
        "invitations_preview",
        event,
        form=form,
        candidates=candidates,
        parts=[
            (_("To look at"), [c for c in candidates if c.fate is not Fate.TAKEN]),
            (_("Go on the list"), [c for c in candidates if c.fate is Fate.TAKEN]),
        ],
        taken=fates[Fate.TAKEN] + fates[Fate.DOUBTFUL],
        already=fates[Fate.ALREADY],
        left_out=fates[Fate.TWICE] + fates[Fate.WRONG],
        url=board_url(event),
    )


@bp.post("/manage/events/<slug:event>/invitations/confirm")
@requires(policy.may_invite, on=events.by_slug)
def confirm_list(event: Event) -> ResponseReturnValue:
    """Put the good rows on the list, all or none; whoever came onto it meanwhile is left as they are."""
    form = ConfirmListForm()
    candidates: Sequence[Candidate] = []
    try:
        candidates = importing.unpacked(event, form.rows.data or "")
        if form.validate():
            return _taken(event, candidates)
    except RuleBroken as no:
        form.attach(no)
    return _preview_page(event, form, candidates), 422


def _taken(event: Event, candidates: Sequence[Candidate]) -> ResponseReturnValue:
    invitees = [
        service.Invitee(email=c.email, name=c.name, role=c.role, organisation=c.organisation) for c in candidates
    ]
    with saving():
        count = len(service.invite_all(event, invitees=invitees, by=current_principal()))
    said = ngettext(
        "%(num)d person is on the list. Nothing is sent yet.",
        "%(num)d people are on the list. Nothing is sent yet.",
        count,
    )
    flash(said, "done")
    return redirect(board_url(event), 303)
