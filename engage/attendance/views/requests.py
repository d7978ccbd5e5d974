"""Requests for a place: several decided at once, after a page that says who is told what."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from engage.attendance import policy, queries, service
from engage.attendance.forms.requests import DecideForm, Decision
from engage.attendance.models import Registration, RegistrationState
from engage.attendance.views import bp
from engage.attendance.views._common import base, staff_page
from engage.core.access import current_principal, requires
from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.core.text import ngettext
from engage.events import queries as events
from engage.events.models import Event

S = RegistrationState
MOST = 500


@bp.route("/manage/events/<slug:event>/registrations/requests", methods=["GET", "POST"])
@requires(policy.may_decide, on=events.by_slug)
def requests(event: Event) -> ResponseReturnValue:
    """Who asks for a place; then what a decision would do to each; then the decision."""
    form = DecideForm()
    form.kept.choices = [(words, words) for words in queries.reasons_given(event.programme_id)]
    keys = request.form.getlist("people")[:MOST]
    if form.validate_on_submit() and form.complete(bool(keys)):
        chosen = queries.requests_by_keys(event, keys)
        if not form.sure.data:
            return _preview(event, form, chosen)
        if _decided(event, form, chosen):
            return redirect(f"{base(event)}/registrations", 303)
    page = staff_page(
        "requests",
        event,
        form=form,
        lines=sorted(
            queries.registrations(event, states=[S.REQUESTED]), key=lambda line: line.registration.queue_number
        ),
        chosen=set(keys),
        seats=queries.seats(event),
        url=f"{base(event)}/registrations",
    )
    return page, 422 if form.has_errors else 200


def _preview(event: Event, form: DecideForm, chosen: Sequence[Registration]) -> str:
    """Each of them with what they will be told; nothing is done yet."""
    form.sure.data = "yes"
    approves = form.decision.data is Decision.APPROVE
    return staff_page(
        "requests_preview",
        event,
        form=form,
        decided=service.preview_approval(event, chosen) if approves else [],
        chosen=chosen,
        reason=form.reason_given,
        url=f"{base(event)}/registrations/requests",
    )


def _decided(event: Event, form: DecideForm, chosen: Sequence[Registration]) -> bool:
    try:
        with saving():
            said = _decide(event, form, chosen)
    except RuleBroken as no:
        form.attach(no)
        return False
    flash(said, "done")
    return True


def _decide(event: Event, form: DecideForm, chosen: Sequence[Registration]) -> str:
    """Do it, and say what came of it."""
    by = current_principal()
    if form.decision.data is Decision.REFUSE:
        many = len(service.refuse_all(event, requests=chosen, reason=form.reason_given, by=by))
        return ngettext("%(num)d request is declined.", "%(num)d requests are declined.", many)
    approved = service.approve_all(event, requests=chosen, by=by)
    waits = sum(one.state is S.WAITLISTED for one in approved)
    has = len(approved) - waits
    said = ngettext("%(num)d person has a place.", "%(num)d people have a place.", has)
    if waits:
        said += " " + ngettext("%(num)d is approved and waits.", "%(num)d are approved and wait.", waits)
    return said
