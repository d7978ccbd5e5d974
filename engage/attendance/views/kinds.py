"""Tickets and places: the kinds of an event, its limits, what is taken of each."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from engage.attendance import policy, queries, service
from engage.attendance.forms import NoFieldsForm
from engage.attendance.forms.kinds import KindForm, LimitsForm
from engage.attendance.models import OPEN_TO_WORDS, OpenTo, TicketKind
from engage.attendance.service import KindTold
from engage.attendance.views import bp
from engage.attendance.views._common import base, staff_page
from engage.core.access import current_principal, requires
from engage.core.db import saving
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import Effect
from engage.core.pages import differences, version_of
from engage.core.text import _, ngettext
from engage.events import queries as events
from engage.events import service as event_service
from engage.events.models import BEFORE_LIVE, Event

UNPROCESSABLE, CLASH = 422, 409


def tickets_url(event: Event) -> str:
    return f"{base(event)}/tickets"


@bp.get("/manage/events/<slug:event>/tickets")
@requires(policy.may_see_attendance, on=events.by_slug)
def tickets(event: Event) -> ResponseReturnValue:
    """Every kind, what is taken of it, and how many may come in all."""
    return staff_page(
        "tickets",
        event,
        kinds=queries.kinds_of(event.id),
        seats=queries.seats(event),
        open_to_words=OPEN_TO_WORDS,
        form=NoFieldsForm(formdata=None),
        may_change=policy.may_decide(current_principal(), event) and event.state in BEFORE_LIVE,
        url=tickets_url(event),
    )


@bp.route("/manage/events/<slug:event>/tickets/add", methods=["GET", "POST"])
@requires(policy.may_decide, on=events.by_slug)
def add_kind(event: Event) -> ResponseReturnValue:
    form = KindForm(open_to=OpenTo.ANYBODY)
    if form.validate_on_submit():
        try:
            with saving():
                service.add_kind(
                    event, told=_told(form), override_reason=form.override_reason.data, by=current_principal()
                )
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("%(name)s is a kind of ticket now.", name=form.name.data), "done")
            return redirect(tickets_url(event), 303)
    first = not queries.kinds_of(event.id)
    return _form_page("ticket_kind", event, form, kind=None, first=first)


@bp.route("/manage/events/<slug:event>/tickets/<key:key>", methods=["GET", "POST"])
@requires(policy.may_decide, on=queries.kind_at)
def edit_kind(kind: TicketKind) -> ResponseReturnValue:
    event, status, clash = kind.event, UNPROCESSABLE, None
    form = KindForm(data=_stored(kind))
    if form.validate_on_submit():
        try:
            with saving():
                service.edit_kind(
                    kind,
                    version=version_of(form.version.data),
                    told=_told(form),
                    override_reason=form.override_reason.data,
                    by=current_principal(),
                )
        except StaleVersion:
            status, clash = CLASH, differences(KindForm(formdata=None, data=_stored(kind)), form)
            form.version.data = str(kind.version)
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("Saved."), "done")
            return redirect(tickets_url(event), 303)
    return _form_page("ticket_kind", event, form, status, kind=kind, first=False, clash=clash)


def _told(form: KindForm) -> KindTold:
    return KindTold(
        name=form.name.data,
        capacity=form.capacity.data,
        open_to=form.open_to.data,
        reserved=form.reserved.data or 0,
        reserved_note=form.reserved_note.data,
    )


def _stored(kind: TicketKind) -> dict[str, Any]:
    told = {name: getattr(kind, name) for name in ("name", "capacity", "open_to", "reserved_note")}
    return {**told, "reserved": kind.reserved or None, "version": str(kind.version)}


@bp.post("/manage/events/<slug:event>/tickets/<key:key>/raise")
@requires(policy.may_decide, on=queries.kind_at)
def raise_kind(kind: TicketKind) -> ResponseReturnValue:
    """One place up in the order in which kinds are offered."""
    if NoFieldsForm().validate_on_submit():
        try:
            with saving():
                service.raise_kind(kind, by=current_principal())
        except RuleBroken as no:
            flash(no.message, "warn")
    return redirect(tickets_url(kind.event), 303)


@bp.route("/manage/events/<slug:event>/tickets/<key:key>/retire", methods=["GET", "POST"])
@requires(policy.may_decide, on=queries.kind_at)
def retire_kind(kind: TicketKind) -> ResponseReturnValue:
    event, form = kind.event, NoFieldsForm()
    if form.validate_on_submit():
        try:
            with saving():
                service.retire_kind(kind, by=current_principal())
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("%(name)s is given to nobody new.", name=kind.name), "done")
            return redirect(tickets_url(event), 303)
    pool = queries.seats(event).pool(kind.pool)
    many = pool.taken - pool.reserved
    keeps = ngettext("person keeps the ticket of this kind", "people keep their tickets of this kind", many)
    effects = [Effect(many, keeps)] if many else []
    return _form_page("ticket_kind_retire", event, form, kind=kind, effects=effects)


@bp.route("/manage/events/<slug:event>/tickets/limits", methods=["GET", "POST"])
@requires(policy.may_decide, on=events.by_slug)
def limits(event: Event) -> ResponseReturnValue:
    """How many may come, and how many of one organisation."""
    form = LimitsForm(data=_limits(event))
    status, clash = UNPROCESSABLE, None
    if form.validate_on_submit():
        try:
            with saving():
                event_service.edit(
                    event,
                    version=version_of(form.version.data),
                    reason=form.override_reason.data,
                    capacity=form.capacity.data,
                    reserved=form.reserved.data or 0,
                    per_organisation=form.per_organisation.data,
                    by=current_principal(),
                )
        except StaleVersion:
            status, clash = CLASH, differences(LimitsForm(formdata=None, data=_limits(event)), form)
            form.version.data = str(event.version)
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("Saved."), "done")
            return redirect(tickets_url(event), 303)
    return _form_page("ticket_limits", event, form, status, clash=clash)


def _limits(event: Event) -> dict[str, Any]:
    return {
        "capacity": event.capacity,
        "reserved": event.reserved or None,
        "per_organisation": event.per_organisation,
        "version": str(event.version),
    }


def _form_page(
    template: str,
    event: Event,
    form: Any,
    wrong: int = UNPROCESSABLE,
    *,
    clash: list[dict[str, str]] | None = None,
    **context: Any,
) -> ResponseReturnValue:
    """The page of a form; `clash`: what two people typed who saved one after the other."""
    seats = queries.seats(event)
    page = staff_page(template, event, form=form, seats=seats, clash=clash, url=tickets_url(event), **context)
    return page, wrong if form.has_errors or clash is not None else 200
