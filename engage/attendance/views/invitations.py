"""What is done from the reply board: invite by hand, send, remind, withdraw."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from engage.attendance import policy, queries, service
from engage.attendance.forms import InviteForm, RemindForm, SendForm, WithdrawForm
from engage.attendance.forms.kinds import offer_kinds
from engage.attendance.models import Invitation, InvitationState
from engage.attendance.views import bp
from engage.attendance.views._common import board_url, staff_page
from engage.core import clock
from engage.core.access import current_principal, requires
from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.core.facts import Effect
from engage.core.text import _, ngettext
from engage.events import queries as events
from engage.events.models import Event

MOST = 5_000


def _mails(invitations: Sequence[Invitation]) -> list[Effect]:
    """What the act does, for the page that asks first: how many get a mail, and why."""
    many = len(invitations)
    what = ngettext("person gets a mail", "people get one mail each", many)
    return [Effect(many, what, tuple(one.name for one in invitations))] if many else []


@bp.route("/manage/events/<slug:event>/invitations/add", methods=["GET", "POST"])
@requires(policy.may_invite, on=events.by_slug)
def add_invitation(event: Event) -> ResponseReturnValue:
    """One person, by hand."""
    form = InviteForm()
    seats = queries.seats(event)
    offer_kinds(form, seats, seats.kinds)
    if not form.validate_on_submit():
        return _add_page(event, form)
    by = current_principal()
    try:
        with saving():
            service.invite_typed(
                event,
                invitee=service.Invitee(
                    email=form.email.data,
                    name=form.name.data,
                    role=form.role.data,
                    organisation=form.organisation.data,
                    pool=form.data.get("pool", ""),
                ),
                by=by,
            )
    except RuleBroken as no:
        form.attach(no)
        return _add_page(event, form)
    flash(_("%(name)s is on the list. Nothing is sent yet.", name=form.name.data), "done")
    again = request.form.get("another")
    return redirect(f"{board_url(event)}/add" if again else board_url(event), 303)


def _add_page(event: Event, form: InviteForm) -> ResponseReturnValue:
    page = staff_page("invitation_add", event, form=form, url=board_url(event))
    return page, 422 if form.has_errors else 200


@bp.route("/manage/events/<slug:event>/invitations/send", methods=["GET", "POST"])
@requires(policy.may_invite, on=events.by_slug)
def send_invitations(event: Event) -> ResponseReturnValue:
    """Who will be asked, how many, and what that does to the seats; then send."""
    form = SendForm()
    chosen = request.form.getlist("people")[:MOST]
    if form.validate_on_submit():
        if not chosen:
            form.form_errors = [_("Choose at least one person")]
        elif sent := _send(event, form, chosen):
            return sent
    drafts = queries.in_state(event, InvitationState.DRAFT)
    seats = queries.seats(event)
    page = staff_page(
        "invitations_send",
        event,
        form=form,
        drafts=drafts,
        effects=_mails([line.invitation for line in drafts]),
        chosen={line.invitation.key for line in drafts} if request.method == "GET" else set(chosen),
        seats=seats,
        beyond=seats.beyond(len(drafts)) if event.holds_seats else 0,
        url=board_url(event),
    )
    return page, 422 if form.has_errors else 200


def _send(event: Event, form: SendForm, chosen: list[str]) -> Response | None:
    try:
        with saving():
            sent = service.send(
                event,
                invitations=queries.by_keys(event, chosen),
                override_reason=form.override_reason.data,
                by=current_principal(),
            )
            count = len(sent)
    except RuleBroken as no:
        form.attach(no)
        return None
    flash(ngettext("%(num)d invitation is on its way.", "%(num)d invitations are on their way.", count), "done")
    return redirect(board_url(event), 303)


@bp.route("/manage/events/<slug:event>/invitations/remind", methods=["GET", "POST"])
@requires(policy.may_invite, on=events.by_slug)
def remind_invitees(event: Event) -> ResponseReturnValue:
    """Those who have not answered, by name and count; then remind them and nobody else."""
    form = RemindForm()
    chosen = request.form.getlist("people")[:MOST]
    if form.validate_on_submit():
        if not chosen:
            form.form_errors = [_("Choose at least one person")]
        elif reminded := _remind(event, form, chosen):
            return reminded
    silent = queries.in_state(event, *queries.SILENT)
    resting = {line.invitation.key for line in silent if service.rests(line.invitation, clock.now())}
    due = [line.invitation for line in silent if line.invitation.key not in resting]
    page = staff_page(
        "invitations_remind",
        event,
        form=form,
        silent=silent,
        resting=resting,
        effects=_mails(due),
        chosen={one.key for one in due} if request.method == "GET" else set(chosen),
        url=board_url(event),
    )
    return page, 422 if form.has_errors else 200


def _remind(event: Event, form: RemindForm, chosen: list[str]) -> Response | None:
    try:
        with saving():
            chased = service.remind(
                event, invitations=queries.by_keys(event, chosen), again=form.again.data, by=current_principal()
            )
    except RuleBroken as no:
        form.attach(no)
        return None
    _say_chased(chased)
    return redirect(board_url(event), 303)


def _say_chased(chased: service.Chased) -> None:
    count = len(chased.reminded)
    flash(ngettext("%(num)d person is reminded.", "%(num)d people are reminded.", count), "done" if count else "note")
    if chased.answered:
        said = ngettext(
            "%(num)d answered meanwhile and was left out.",
            "%(num)d answered meanwhile and were left out.",
            chased.answered,
        )
        flash(said, "note")
    if chased.rested:
        said = ngettext(
            "%(num)d was reminded a short while ago and is left in peace.",
            "%(num)d were reminded a short while ago and are left in peace.",
            chased.rested,
        )
        flash(said, "note")


@bp.route("/manage/events/<slug:event>/invitations/<key:key>/withdraw", methods=["GET", "POST"])
@requires(policy.may_invite, on=queries.invitation_at)
def withdraw_invitation(invitation: Invitation) -> ResponseReturnValue:
    """Take one back, after saying what that does."""
    event = invitation.event
    form = WithdrawForm()
    if form.validate_on_submit():
        try:
            with saving():
                service.withdraw(invitation, reason=form.reason.data, by=current_principal())
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("The invitation of %(name)s is withdrawn.", name=invitation.name), "done")
            return redirect(board_url(event), 303)
    told = invitation.state not in (InvitationState.DRAFT, InvitationState.DECLINED)
    page = staff_page(
        "invitation_withdraw",
        event,
        form=form,
        invitation=invitation,
        effects=_mails([invitation]) if told else [],
        url=board_url(event),
    )
    return page, 422 if form.has_errors else 200
