"""What a comment led to: its link to an action, made by staff in words of their choosing."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from engage.core import clock
from engage.core.access import Principal
from engage.core.db import db, lock
from engage.core.errors import RuleBroken
from engage.core.facts import record
from engage.core.text import _
from engage.events.models import Event
from engage.feedback import queries
from engage.feedback.facts import CommentLinked, LinkWithdrawn
from engage.feedback.models import SHOWN, FeedbackForm, FeedbackLink, Question
from engage.outcomes.models import Action

WORDS = 600


def link_comment(
    form: FeedbackForm, *, response_id: str, question: Question, action: Action, words: str = "", by: Principal
) -> FeedbackLink:
    """Say that a comment led to an action of the same programme. `words`: the comment as the public may read it, with
    the action, once the form's results are published; as it was written if none are given.

    Raises `RuleBroken` while the form is not closed, for a comment that may not be shown (fewer than five answered),
    for an action of another programme, and for a link that stands already.
    """
    lock(Event, form.event_id)
    form = lock(FeedbackForm, form.id)
    if form.state not in SHOWN:
        raise RuleBroken(_("Close the form first: comments are read only then."))
    comment = queries.comment_of(form, response_id, question.id)
    if comment is None:
        raise RuleBroken(_("There is no such comment that may be shown."))
    if action.programme_id != form.programme_id:
        raise RuleBroken(_("The action must be one of the same programme."), field="action")
    words = words.strip() or comment.text[:WORDS]
    if len(words) > WORDS:
        raise RuleBroken(_("Words must be %(max)d characters or fewer", max=WORDS), field="words")
    link = FeedbackLink(
        form_id=form.id,
        event_id=form.event_id,
        programme_id=form.programme_id,
        response_id=response_id,
        question_id=question.id,
        action_id=action.id,
        words=words,
        linked_at=clock.now(),
        linked_by=by.actor,
    )
    try:
        with db.session.begin_nested():
            db.session.add(link)
    except IntegrityError as clash:
        if queries.standing_link(form.id, response_id, question.id, action.id) is None:
            raise
        said = _("This comment is linked to %(action)s already.", action=action.reference)
        raise RuleBroken(said, field="action") from clash
    record(CommentLinked(subject_id=form.id, programme_id=form.programme_id, action_id=action.id), by=by)
    return link


def withdraw_link(link: FeedbackLink, *, reason: str, by: Principal) -> FeedbackLink:
    """Take a link back; it stays in the store with the reason. Raises `RuleBroken` without one."""
    lock(Event, link.event_id)
    link = lock(FeedbackLink, link.id)
    if not reason.strip():
        raise RuleBroken(_("Say why: the reason is kept in the history."), field="reason")
    if link.withdrawn_at is not None:
        return link
    link.withdrawn_at = clock.now()
    link.withdrawn_reason = reason.strip()
    db.session.flush()
    fact = LinkWithdrawn(
        subject_id=link.form_id, programme_id=link.programme_id, action_id=link.action_id, reason=reason.strip()
    )
    record(fact, by=by)
    return link
