"""Staff and what people answered: filling in, reading, taking it along."""

from __future__ import annotations

from collections.abc import Iterator

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from engage.attendance import policy, queries, service
from engage.attendance.forms import StaffAnswersForm
from engage.attendance.forms.asking import asking
from engage.attendance.models import LIVE_REGISTRATION, Registration, RegistrationQuestion
from engage.attendance.queries.replies import AnswerFile
from engage.attendance.views import bp
from engage.attendance.views._common import base, staff_page
from engage.attendance.views.registrations import list_url
from engage.core import files
from engage.core.access import current_principal, requires
from engage.core.db import saving
from engage.core.errors import NotFound, RuleBroken
from engage.core.pages import Page, csv_response, page_number
from engage.core.text import _
from engage.events import queries as events
from engage.events.models import Event

SIZE = 100


def answers_url(event: Event) -> str:
    return f"{base(event)}/answers"


@bp.get("/manage/events/<slug:event>/answers")
@requires(policy.may_see_attendance, on=events.by_slug)
def answers(event: Event) -> ResponseReturnValue:
    """How each question was answered, by those whose registration counts. About needs: for whom the policy lets."""
    principal = current_principal()
    restricted = policy.may_see_needs(principal, event)
    return staff_page(
        "answers",
        event,
        of=list_url(event),
        summaries=queries.summaries(event, restricted=restricted),
        may_decide=policy.may_decide(principal, event),
        may_see_needs=restricted,
        may_ask=policy.may_ask(principal, event),
        url=answers_url(event),
    )


@bp.get("/manage/events/<slug:event>/answers.csv")
@requires(policy.may_decide, on=events.by_slug)
def answers_csv(event: Event) -> ResponseReturnValue:
    """A line for each registration that counts, a column for each question. What is about needs only where it is asked
    for by name: `?include=needs`."""
    restricted = request.args.get("include") == "needs"
    questions = [s.question for s in queries.summaries(event, restricted=restricted)]
    given = queries.table(event, restricted=restricted)

    def rows() -> Iterator[list[object]]:
        for line in queries.registrations(event, states=LIVE_REGISTRATION):
            row, told = line.registration, given.get(line.registration.id, {})
            yield [row.name, line.email, row.organisation, row.state.value, *(told.get(q.id, "") for q in questions)]

    headings = [_("Name"), _("E-mail"), _("Organisation"), _("State"), *(q.label for q in questions)]
    return csv_response(f"{event.slug}-answers.csv", headings, rows())


@bp.get("/manage/events/<slug:event>/answers/<key:key>")
@requires(policy.may_see_attendance, on=queries.any_question_at)
def answers_to(question: RegistrationQuestion) -> ResponseReturnValue:
    """Who answered one question, and what."""
    if question.restricted and not policy.may_see_needs(current_principal(), question):
        raise NotFound
    event, number = question.event, page_number(request.args.get("page"))
    lines = queries.lines_of(question, limit=SIZE, offset=Page.offset(number, SIZE))
    wordings = {wording.number: wording for wording in queries.wordings_of([question.id])[question.id]}
    return staff_page(
        "answers_to",
        event,
        of=list_url(event),
        question=question,
        wording=wordings[question.wording],
        wordings=wordings,
        page=Page(items=lines, number=number, total=queries.count_of_lines(question), size=SIZE),
        page_url=lambda number: f"?page={number}",
        in_words=queries.in_words,
        people=list_url(event),
        url=answers_url(event),
    )


@bp.get("/manage/events/<slug:event>/registrations/<key:key>/files/<key:question>")
@requires(policy.may_see_attendance, on=queries.file_at)
def answer_file(file: AnswerFile) -> ResponseReturnValue:
    """The file that somebody answered with: an attachment, for staff alone."""
    answer = file.answer
    return files.send(answer.checksum, kind=answer.type, name=answer.value, at=answer.at, public=False)


@bp.route("/manage/events/<slug:event>/registrations/<key:key>/answers", methods=["GET", "POST"])
@requires(policy.may_decide, on=queries.registration_at)
def fill_in_answers(registration: Registration) -> ResponseReturnValue:
    """What staff know of somebody, or were told on the telephone."""
    url = list_url(registration.event)
    told = queries.stands(queries.told_by(registration.id, restricted=True))
    form = asking(StaffAnswersForm, queries.for_staff(registration.event_id), told=told, hidden=False)
    if form.validate_on_submit():
        try:
            with saving():
                service.record_answers(registration, form.replies, by=current_principal())
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("Saved."), "done")
            return redirect(f"{url}/{registration.key}", 303)
    page = staff_page("registration_answers", registration.event, form=form, registration=registration, url=url)
    return page, 422 if form.has_errors else 200
