"""Building a form while it is a draft."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.core import pages
from engage.core.access import current_principal, requires
from engage.core.db import db, saving
from engage.core.errors import NotFound, RuleBroken, StaleVersion
from engage.core.pages import event_tabs
from engage.core.text import _
from engage.events import queries as events
from engage.events.models import Event
from engage.feedback import policy, queries, service
from engage.feedback.forms import IntroductionForm, MakeForm, PlainForm, QuestionForm, answer_form
from engage.feedback.models import FeedbackForm, Question
from engage.feedback.views import bp
from engage.feedback.views.pages import staff_place, status, to_form

CLASH = 409
PAGE = "/manage/events/<slug:event>/feedback"


@bp.post(PAGE)
@requires(policy.may_run, on=events.by_slug)
def make(event: Event) -> ResponseReturnValue:
    """The default form, or an empty one."""
    form = MakeForm()
    if form.validate_on_submit():
        try:
            with saving():
                if form.empty.data:
                    service.make_form(event, by=current_principal())
                else:
                    service.default_form(event, by=current_principal())
        except RuleBroken as no:
            flash(no.message, "warn")
    return to_form(event)


@bp.route(f"{PAGE}/introduction", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.form_at)
def introduction(asked: FeedbackForm) -> ResponseReturnValue:
    """The words above the questions."""
    form = IntroductionForm(obj=asked)
    clash: list[dict[str, str]] = []
    if form.validate_on_submit():
        try:
            with saving():
                service.edit_introduction(
                    asked, introduction=form.introduction.data, version=_version(form), by=current_principal()
                )
        except StaleVersion:
            db.session.refresh(asked)
            clash = [_pair(_("Introduction"), asked.introduction, form.introduction.data)]
            form.version.data = str(asked.version)
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("Saved."), "done")
            return to_form(asked.event)
    code = CLASH if clash else status(form)
    return render_template("feedback/introduction.html", form=form, clash=clash, **_about(asked.event)), code


@bp.route(f"{PAGE}/questions/new", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.form_at)
def add_question(asked: FeedbackForm) -> ResponseReturnValue:
    """One more question, at the end."""
    form = QuestionForm()
    if form.validate_on_submit():
        try:
            with saving():
                service.add_question(asked, _ask(form), by=current_principal())
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("The question is added."), "done")
            return to_form(asked.event, "questions")
    return render_template("feedback/question.html", form=form, clash=[], question=None, **_about(asked.event)), status(
        form
    )


@bp.route(f"{PAGE}/questions/<key:key>", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.question_at)
def edit_question(question: Question) -> ResponseReturnValue:
    """Its words and the way it is answered."""
    form = QuestionForm(
        data={
            "version": question.form.version,
            "text": question.text,
            "kind": question.kind,
            "options": "\n".join(question.options),
            "required": question.required,
        }
    )
    event = question.form.event
    clash: list[dict[str, str]] = []
    if form.validate_on_submit():
        try:
            with saving():
                service.edit_question(question, _ask(form), version=_version(form), by=current_principal())
        except StaleVersion:
            db.session.refresh(question.form)
            clash = _clash(question, form)
            form.version.data = str(question.form.version)
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("Saved."), "done")
            return to_form(event, "questions")
    code = CLASH if clash else status(form)
    return render_template("feedback/question.html", form=form, clash=clash, question=question, **_about(event)), code


@bp.route(f"{PAGE}/questions/<key:key>/remove", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.question_at)
def remove_question(question: Question) -> ResponseReturnValue:
    """Asks first."""
    event, text = question.form.event, question.text
    return pages.ask(
        pages.Question(
            form=PlainForm(),
            act=lambda _form: service.remove_question(question, by=current_principal()),
            title=_("Remove this question?"),
            lede=text,
            button=_("Remove it"),
            dangerous=True,
            done=_("The question is removed."),
        ),
        place=staff_place(event),
    )


@bp.post(f"{PAGE}/order")
@requires(policy.may_run, on=queries.form_at)
def order(asked: FeedbackForm) -> ResponseReturnValue:
    """One question up or down: the button that was pressed says which."""
    up = "up" in request.form
    key = request.form.get("up" if up else "down", "")
    question = next((q for q in asked.questions if q.key == key), None)
    if question is None:
        raise NotFound
    if PlainForm().validate_on_submit():
        try:
            with saving():
                service.move_question(question, up=up, by=current_principal())
        except RuleBroken as no:
            flash(no.message, "warn")
    return redirect(url_for(".show", event=asked.event.slug, _anchor=f"question-{key}"))


@bp.get(f"{PAGE}/preview")
@requires(policy.may_read, on=queries.form_at)
def preview(asked: FeedbackForm) -> ResponseReturnValue:
    """The form as those who attended see it."""
    questions = answer_form(asked, formdata=None)
    return render_template("feedback/preview.html", asked=asked, questions=questions, **_about(asked.event))


def _about(event: Event) -> dict[str, Any]:
    return {"event": event, "tabs": event_tabs(event)}


def _ask(form: QuestionForm) -> service.Ask:
    return service.Ask(
        kind=form.kind.data, text=form.text.data, options=form.lines(), required=bool(form.required.data)
    )


def _version(form: Any) -> int:
    return int(form.version.data) if form.version.data.isdecimal() else 0


def _pair(label: str, theirs: str, yours: str) -> dict[str, str]:
    return {"label": label, "theirs": theirs or "–", "yours": yours or "–"}


def _clash(question: Question, form: QuestionForm) -> list[dict[str, str]]:
    """The question as it stands and as it was typed, where the two differ; never empty."""
    pairs = [
        _pair(_("Question"), question.text, form.text.data),
        _pair(_("Answers on offer"), "\n".join(question.options), form.options.data),
    ]
    return [pair for pair in pairs if pair["theirs"] != pair["yours"]] or pairs[:1]
