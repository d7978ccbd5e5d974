"""What feedback puts into slots: an event's tab, its readiness, and the desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flask import url_for

from engage.core import clock
from engage.core.access import Principal, Role
from engage.core.facts import Effect
from engage.core.slots import DeskItem, Readiness, Tab
from engage.core.text import _, ngettext
from engage.events.facts import EventCopied
from engage.events.models import Event, EventState
from engage.feedback import policy, queries
from engage.feedback.models import FeedbackForm, FormState

ORDER = 80
FRESH = timedelta(days=30)
"""For so long the desk asks for a form after an event, and for a look at what a closed one brought."""


def event_tabs(event: Event, principal: Principal) -> Iterator[Tab]:
    """The page of the event's feedback, for its programme's staff."""
    if policy.may_read(principal, event):
        yield Tab(text=_("Feedback"), url=_page(event), endpoint="feedback.show", order=ORDER)


def readiness(event: Event) -> Iterator[Readiness]:
    """Whether there is a form to ask those who come."""
    if event.state is not EventState.CANCELLED:
        made = queries.by_event(event.id) is not None
        text = _("The feedback form is drafted") if made else _("There is no feedback form")
        yield Readiness(text=text, url=_page(event), ready=made, by=event.starts_at if event.dated else None)


def will_copy(fact: EventCopied) -> Iterator[Effect]:
    """What a copy of an event takes over here: its questions, never an answer."""
    form = queries.by_event(fact.source_id)
    if form is not None and form.questions:
        many = len(form.questions)
        what = ngettext("question of the feedback form is copied", "questions of the feedback form are copied", many)
        yield Effect(count=many, what=what)


def desk_items(principal: Principal) -> Iterator[DeskItem]:
    """For convenors and secretaries: events nobody was asked about, forms that are open, results to read."""
    runs = [p for p in principal.roles if principal.has(Role.CONVENOR, Role.SECRETARY, in_=p)]
    if not runs:
        return
    since = clock.now() - FRESH
    for event in queries.held_without_form(runs, since):
        yield DeskItem(
            group=_("Feedback"),
            text=_("Ask for feedback on %(title)s", title=event.title),
            url=_page(event),
            detail=_("It was held, and nobody has been asked yet."),
        )
    forms = queries.forms_in(runs, FormState.OPEN, FormState.CLOSED)
    answered = queries.answered_by_form([form.id for form in forms])
    for form in forms:
        if form.state is FormState.OPEN:
            yield _open(form, answered.get(form.id, 0))
        elif form.closed_at is not None and form.closed_at >= since:
            yield DeskItem(
                group=_("Feedback"),
                text=_("Read the feedback on %(title)s", title=form.event.title),
                url=_page(form.event),
                detail=_answered(form, answered.get(form.id, 0)),
            )


def _open(form: FeedbackForm, answered: int) -> DeskItem:
    return DeskItem(
        group=_("Feedback"),
        text=_("Feedback on %(title)s is open", title=form.event.title),
        url=_page(form.event),
        detail=_answered(form, answered),
    )


def _answered(form: FeedbackForm, answered: int) -> str:
    return _("%(answered)d of %(asked)d have answered.", answered=answered, asked=form.asked)


def _page(event: Event) -> str:
    return url_for("feedback.show", event=event.slug)
