"""Somebody else in one's place: proposed behind one's own link, decided by staff. GET asks, POST does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from engage.attendance import policy, queries, service
from engage.attendance.forms import (
    INVITATION_WORDS,
    REGISTRATION_WORDS,
    NoFieldsForm,
    RefuseSubstituteForm,
    SendForm,
    SubstituteForm,
)
from engage.attendance.models import Invitation, Registration, Substitute
from engage.attendance.views import bp
from engage.attendance.views._common import board_url, link_home
from engage.core.access import act_as_link, by_link, current_principal, requires
from engage.core.db import db, saving
from engage.core.errors import NotFound, RuleBroken
from engage.core.pages import Place, Question, ask
from engage.core.text import _
from engage.events.models import Event


@bp.route("/i/<token:token>/substitute", methods=["GET", "POST"])
@by_link("invitation", on=queries.invitation_by_id)
def propose_substitute(invitation: Invitation) -> ResponseReturnValue:
    return _propose(invitation)


@bp.route("/b/<token:token>/substitute", methods=["GET", "POST"])
@by_link("booking", on=queries.registration_by_id)
def propose_substitute_by_booking(registration: Registration) -> ResponseReturnValue:
    """Only who was invited has a place that somebody else can be sent to."""
    if registration.invitation_id is None:
        raise NotFound
    return _propose(db.session.get_one(Invitation, registration.invitation_id), by_booking=True)


def _propose(invitation: Invitation, *, by_booking: bool = False) -> ResponseReturnValue:
    form = SubstituteForm()
    if form.validate_on_submit():
        who = service.Invitee(
            email=form.email.data, name=form.name.data, role=form.role.data, organisation=form.organisation.data
        )
        by = act_as_link(invitation.person_id)
        try:
            with saving():
                service.propose(invitation, substitute=who, apology=form.apology.data, by=by)
        except RuleBroken as no:
            form.attach(no)
        else:
            return redirect(link_home(), 303)
    page = render_template(
        "attendance/substitute.html",
        event=invitation.event,
        invitation=invitation,
        form=form,
        home=link_home(),
        by_booking=by_booking,
        may_propose=service.may_propose(invitation),
        declined=invitation.state == "declined",
    )
    return page, 422 if form.has_errors else 200


@bp.route("/manage/events/<slug:event>/substitutes/<key:key>/approve", methods=["GET", "POST"])
@requires(policy.may_invite, on=queries.substitute_at)
def approve_substitute(substitute: Substitute) -> ResponseReturnValue:
    """Who would come in whose place; then invite them."""

    def act(form: NoFieldsForm | SendForm) -> object:
        reason = form.override_reason.data if isinstance(form, SendForm) else ""
        return service.approve_substitute(substitute, override_reason=reason, by=current_principal())

    original, name = substitute.invitation.name, substitute.name
    kept = substitute.invitation.keeps_seat
    return _ask(
        substitute,
        title=_("Invite %(name)s in place of %(original)s?", name=name, original=original),
        lede=_describe(substitute),
        button=_("Approve, and send the invitation"),
        done=_("%(name)s is invited in place of %(original)s.", name=name, original=original),
        form=_approve_form(substitute.event, kept=kept),
        act=act,
        warn=_known(substitute),
        changes=(
            _("%(name)s gets the invitation, with a link of their own.", name=name),
            _("The seat of %(original)s passes to %(name)s: it stays one seat.", name=name, original=original)
            if kept
            else _("No seat was kept: %(name)s takes one that is free.", name=name),
            _("%(original)s gets no further papers or messages of this event.", original=original),
        ),
    )


def _approve_form(event: Event, *, kept: bool) -> NoFieldsForm | SendForm:
    """Asks for a reason only where one is needed."""
    full = not kept and event.holds_seats and queries.seats(event).beyond(1)
    return SendForm() if full else NoFieldsForm()


@bp.route("/manage/events/<slug:event>/substitutes/<key:key>/refuse", methods=["GET", "POST"])
@requires(policy.may_invite, on=queries.substitute_at)
def refuse_substitute(substitute: Substitute) -> ResponseReturnValue:
    """Say no, and why."""

    def act(form: RefuseSubstituteForm) -> object:
        return service.refuse_substitute(substitute, reason=form.reason.data, by=current_principal())

    original, name = substitute.invitation.name, substitute.name
    return _ask(
        substitute,
        title=_("Refuse %(name)s in place of %(original)s?", name=name, original=original),
        lede=_describe(substitute),
        button=_("Refuse"),
        done=_("%(original)s is told that %(name)s cannot come instead.", name=name, original=original),
        form=RefuseSubstituteForm(),
        act=act,
        changes=(
            _("%(original)s reads the reason in a mail.", original=original),
            _("A seat that was kept goes to whoever waits longest."),
        ),
    )


def _known(substitute: Substitute) -> str:
    """For staff only: who has this address stands on a list of the event already."""
    states: Mapping[Any, object] = {**INVITATION_WORDS, **REGISTRATION_WORDS}
    lines = [f"{name} ({states[state]})" for name, state in queries.stands_as(substitute.event_id, substitute.email)]
    if not lines:
        return ""
    who = ", ".join(lines)
    return _("This address is on the list already: %(who)s. Nobody can be invited twice: refuse, and say so.", who=who)


def _describe(substitute: Substitute) -> str:
    return " · ".join(filter(None, (substitute.name, substitute.role, substitute.organisation, substitute.email)))


def _ask(substitute: Substitute, **words: Any) -> ResponseReturnValue:
    event = substitute.event
    place = Place(href=board_url(event), name=event.title, section="events")
    return ask(Question(**words), place=place)
