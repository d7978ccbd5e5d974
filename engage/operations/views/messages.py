"""What the outbox holds, and why; trying again and giving up."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.core import outbox, slots
from engage.core.access import current_principal, requires
from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.core.facts import history_of
from engage.core.outbox import MailState, OutboxMail
from engage.core.pages import Page, page_number
from engage.core.text import _, ago, ngettext
from engage.operations import policy, queries, service
from engage.operations.forms import STATES, WORDS, ReasonForm, StateFilter
from engage.operations.views import bp


@bp.get("/admin/messages")
@requires(policy.may_operate)
def messages() -> ResponseReturnValue:
    """The outbox, newest first, perhaps of one state."""
    narrowed = StateFilter(request.args)
    counts = outbox.counts()
    narrowed.state.choices = [(state, f"{words} ({counts[state]})") for state, words in STATES]
    state: MailState | None = narrowed.state.data if narrowed.validate() else None
    number = page_number(request.args.get("page"))
    rows = outbox.messages(state, limit=Page.size, offset=Page.offset(number))
    total = counts[state] if state else sum(counts.values())
    return render_template(
        "operations/messages.html",
        filter=narrowed,
        chosen=[WORDS[state]] if state else [],
        page=Page(items=rows, number=number, total=total),
        href=lambda n: url_for(".messages", page=n, state=state.value if state else None),
        failed=counts[MailState.FAILED],
        form=ReasonForm() if state is MailState.FAILED and rows else None,
    )


@bp.post("/admin/messages/retry-failed")
@requires(policy.may_operate)
def retry_failed() -> ResponseReturnValue:
    """Try everything that failed again: after the mail server was away."""
    form = ReasonForm()
    if form.validate_on_submit():
        with saving():
            count = service.retry_failed(reason=form.reason.data, by=current_principal())
        flash(ngettext("%(num)d message is tried again.", "%(num)d messages are tried again.", count), "done")
    else:
        flash(form.error_items[0].text, "warn")
    return redirect(url_for(".messages", state=MailState.FAILED.value))


@bp.route("/admin/messages/<key:message>", methods=["GET", "POST"])
@requires(policy.may_operate, on=queries.message_by_key)
def message(message: OutboxMail) -> ResponseReturnValue:
    """One message: to whom, why, what went wrong; with a button to try again and one to give it up."""
    key, form = message.key, ReasonForm()
    if form.validate_on_submit():
        act = service.abandon if request.form.get("act") == "abandon" else service.retry
        try:
            with saving():
                act(message, reason=form.reason.data, by=current_principal())
        except RuleBroken as refusal:
            form.attach(refusal)
        else:
            told = _("The message is given up.") if act is service.abandon else _("The message is tried again now.")
            flash(told, "done")
            return redirect(url_for(".message", message=key))
    page = render_template(
        "operations/message.html",
        message=message,
        waiting=message.state is MailState.QUEUED,
        open=message.state is not MailState.SENT,
        given_up=message.state is MailState.ABANDONED,
        history=_history(message),
        form=form,
    )
    return (page, 422) if form.has_errors else page


def _history(message: OutboxMail) -> Sequence[dict[str, object]]:
    rows = history_of("message", message.id)
    names = slots.names_of({row.actor for row in rows})
    return [{"when": ago(row.at), "who": names.get(row.actor, ""), "what": row.says, "why": row.reason} for row in rows]
