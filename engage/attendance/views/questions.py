"""Building what an event asks: one page to read it and put it in order with plain buttons, one for each question."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engage.attendance import policy, queries, service
from engage.attendance.forms import NoFieldsForm
from engage.attendance.forms.asking import AskingForm, asking
from engage.attendance.forms.questions import AUDIENCE_WORDS, KIND_WORDS, QuestionForm
from engage.attendance.models import RegistrationQuestion
from engage.attendance.service.asking import FIXED
from engage.attendance.views import bp
from engage.attendance.views._common import base, staff_page
from engage.core.access import current_principal, requires
from engage.core.db import db, saving
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.pages import Place, Question, ask, differences, version_of
from engage.core.text import _, moment
from engage.events import queries as events
from engage.events.models import Event

UNPROCESSABLE, CLASH = 422, 409


def questions_url(event: Event) -> str:
    return f"{base(event)}/questions"


@bp.get("/manage/events/<slug:event>/questions")
@requires(policy.may_ask, on=events.by_slug)
def questions(event: Event) -> ResponseReturnValue:
    """Every question, whoever answers it, with how many did."""
    sheet = queries.standing(event.id)
    return staff_page(
        "questions",
        event,
        plain=NoFieldsForm(formdata=None),
        sheet=sheet,
        retired=queries.retired(event.id),
        answered=queries.answered(event.id),
        kind_words=KIND_WORDS,
        audience_words=AUDIENCE_WORDS,
        runs=event.state not in FIXED,
        url=questions_url(event),
    )


@bp.route("/manage/events/<slug:event>/questions/new", methods=["GET", "POST"])
@requires(policy.may_ask, on=events.by_slug)
def add_question(event: Event) -> ResponseReturnValue:
    """One more question, at the end."""
    form = QuestionForm()
    form.offer(queries.standing(event.id))
    if form.validate_on_submit():
        try:
            with saving():
                question = service.add_question(event, form.ask, by=current_principal())
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("The question is added."), "done")
            return _back(question)
    page = staff_page("question", event, form=form, question=None, url=questions_url(event))
    return page, UNPROCESSABLE if form.has_errors else 200


@bp.route("/manage/events/<slug:event>/questions/<key:key>", methods=["GET", "POST"])
@requires(policy.may_ask, on=queries.question_at)
def edit_question(question: RegistrationQuestion) -> ResponseReturnValue:
    """What it asks, and of whom. Who saves second sees both texts."""
    event = question.event
    form = _filled(question)
    clash: list[dict[str, str]] | None = None
    status = 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate_on_submit():
            version = version_of(form.version.data)
            try:
                with saving():
                    service.edit_question(question, form.ask, version=version, by=current_principal())
            except StaleVersion:
                db.session.refresh(question)
                clash, status = differences(_filled(question, formdata=None), form), CLASH
                form.version.data = str(question.version)
            except RuleBroken as no:
                form.attach(no)
            else:
                flash(_("Saved."), "done")
                return _back(question)
    page = staff_page(
        "question",
        event,
        form=form,
        question=question,
        clash=clash,
        is_answered=queries.is_answered(question.id),
        wordings=_wordings(question),
        url=questions_url(event),
    )
    return page, status


@bp.post("/manage/events/<slug:event>/questions/<key:key>/move")
@requires(policy.may_ask, on=queries.question_at)
def move_question(question: RegistrationQuestion) -> ResponseReturnValue:
    """One place up or down; the page comes back to the question, so that the key can be pressed again."""
    up = request.form.get("way") == "up"
    if NoFieldsForm().validate_on_submit():
        try:
            with saving():
                service.move_question(question, up=up, by=current_principal())
        except RuleBroken as no:
            flash(no.message, "warn")
    return _back(question)


@bp.route("/manage/events/<slug:event>/questions/<key:key>/retire", methods=["GET", "POST"])
@requires(policy.may_ask, on=queries.question_at)
def retire_question(question: RegistrationQuestion) -> ResponseReturnValue:
    """Asks first."""
    event = question.event
    label = queries.standing(event.id).by_id[question.id].label
    return ask(
        Question(
            title=_("Take this question out?"),
            lede=label,
            button=_("Take it out"),
            done=_("The question is taken out."),
            form=NoFieldsForm(),
            act=lambda _form: service.retire_question(question, by=current_principal()),
            notes=(_("It is asked no longer. What people answered is kept, and stays in the lists of answers."),),
            dangerous=True,
        ),
        place=Place(href=questions_url(event), name=event.title, section="events"),
    )


@bp.get("/manage/events/<slug:event>/questions/preview")
@requires(policy.may_ask, on=events.by_slug)
def preview_questions(event: Event) -> ResponseReturnValue:
    """The questions as those who register see them."""
    shown = asking(AskingForm, queries.sheet(event.id), formdata=None)
    return staff_page("questions_preview", event, shown=shown, url=questions_url(event))


def _filled(question: RegistrationQuestion, **sent: Any) -> QuestionForm:
    """The form as the question stands, under what was sent."""
    sheet = queries.standing(question.event_id)
    asked = sheet.by_id[question.id]
    first = sheet.by_id.get(asked.only_if_id or 0)
    form = QuestionForm(
        data={
            **asked._asdict(),
            "options": "\n".join(asked.options),
            "version": str(question.version),
            "only_if": f"{first.key}:{asked.only_if_option}" if first else None,
        },
        **sent,
    )
    form.offer(sheet, asked.position)
    return form


def _wordings(question: RegistrationQuestion) -> list[dict[str, str]]:
    """Each wording that it had, newest first, as a history."""
    return [
        {
            "what": _("Wording %(number)d: %(label)s", number=wording.number, label=wording.label),
            "when": moment(wording.at, question.event.zone),
            "who": "",
            "why": wording.terms,
        }
        for wording in reversed(queries.wordings_of([question.id])[question.id])
    ]


def _back(question: RegistrationQuestion) -> ResponseReturnValue:
    return redirect(url_for(".questions", event=question.event.slug, _anchor=f"question-{question.key}"), 303)
