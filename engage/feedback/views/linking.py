"""A comment's way to the action that it led to."""

from __future__ import annotations

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from engage.core import pages
from engage.core.access import current_principal, requires
from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.core.pages import event_tabs
from engage.core.text import _
from engage.feedback import policy, queries, service
from engage.feedback.forms import LinkForm, WithdrawForm
from engage.feedback.models import FeedbackLink
from engage.feedback.queries import Comment
from engage.feedback.service.linking import WORDS
from engage.feedback.views import bp
from engage.feedback.views.building import PAGE
from engage.feedback.views.pages import staff_place, status, to_form
from engage.outcomes import queries as outcomes


@bp.route(f"{PAGE}/comments/<key:key>/link", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.comment_at)
def link(comment: Comment) -> ResponseReturnValue:
    """Which action, and in what words the comment is shown with it."""
    event = comment.form.event
    form = LinkForm(data={"words": comment.text[:WORDS]})
    if form.validate_on_submit():
        action = outcomes.action_by_reference(form.action.data.upper())
        try:
            if action is None or action.programme_id != comment.programme_id:
                said = _("There is no action %(reference)s in this programme", reference=form.action.data)
                raise RuleBroken(said, field="action")
            with saving():
                service.link_comment(
                    comment.form,
                    response_id=comment.response_id,
                    question=comment.question,
                    action=action,
                    words=form.words.data,
                    by=current_principal(),
                )
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("The comment is linked to %(reference)s.", reference=action.reference), "done")
            return to_form(event, f"comment-{comment.key}")
    return render_template(
        "feedback/link.html",
        form=form,
        comment=comment,
        event=event,
        tabs=event_tabs(event),
        actions=outcomes.actions_of_event(event.id),
    ), status(form)


@bp.route(f"{PAGE}/links/<key:key>/withdraw", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.link_at)
def withdraw(linked: FeedbackLink) -> ResponseReturnValue:
    """A link made by mistake."""
    form = WithdrawForm()
    return pages.ask(
        pages.Question(
            form=form,
            act=lambda _form: service.withdraw_link(linked, reason=form.reason.data, by=current_principal()),
            title=_("Take back the link to %(reference)s?", reference=linked.action.reference),
            lede=linked.words,
            button=_("Take it back"),
            dangerous=True,
            done=_("The link is taken back."),
        ),
        place=staff_place(linked.form.event),
    )
