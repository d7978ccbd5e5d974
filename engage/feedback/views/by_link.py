"""Answering by link (`/q/`): no account, no cookie, once."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.attendance.models import Registration
from engage.core.access import by_link
from engage.core.db import saving
from engage.core.errors import NotFound, RuleBroken
from engage.events.queries import is_public
from engage.feedback import queries, service
from engage.feedback.forms import AnswerForm, answer_form
from engage.feedback.models import FEWEST, FeedbackForm, FormState
from engage.feedback.service import AlreadyAnswered, NotOpen
from engage.feedback.views import bp
from engage.feedback.views.pages import status

GONE = 410


@bp.route("/q/<token:token>", methods=["GET", "POST"])
@by_link("feedback", on=queries.registration_asked)
def answer(registration: Registration) -> ResponseReturnValue:
    """The questions; after the answer, thanks; once the form is closed, a page that says so."""
    asked = queries.by_event(registration.event_id)
    if asked is None or asked.state is FormState.DRAFT:
        raise NotFound
    if queries.has_answered(asked.id, registration.id):
        return render_template("feedback/answered.html", asked=asked, **_about(asked))
    if asked.state is not FormState.OPEN:
        return _closed(asked)
    form = answer_form(asked)
    if form.validate_on_submit():
        return _store(asked, registration, form)
    return _page(asked, registration, form)


def _store(asked: FeedbackForm, registration: Registration, form: AnswerForm) -> ResponseReturnValue:
    try:
        with saving():
            service.answer(asked, registration=registration, answers=form.answers)
    except NotOpen:
        return _closed(asked)
    except AlreadyAnswered:
        pass  # sent twice: the page that says so is the one that says thanks
    except RuleBroken as no:
        form.attach(no)
        return _page(asked, registration, form)
    token: str = (request.view_args or {})["token"]
    return redirect(url_for(".answer", token=token), 303)


def _page(asked: FeedbackForm, registration: Registration, form: AnswerForm) -> ResponseReturnValue:
    return render_template(
        "feedback/answer.html", asked=asked, form=form, name=registration.name, fewest=FEWEST, **_about(asked)
    ), status(form)


def _closed(asked: FeedbackForm) -> ResponseReturnValue:
    return render_template("feedback/closed.html", asked=asked, **_about(asked)), GONE


def _about(asked: FeedbackForm) -> dict[str, object]:
    """The event, and its public page where it has one."""
    event = asked.event
    return {"event": event, "event_url": f"/events/{event.slug}" if is_public(event) else ""}
