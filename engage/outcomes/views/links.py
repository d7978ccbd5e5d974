"""Pages behind a link: the record, for those in it and its chair (`/m/`); an action, for its owner (`/o/`)."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.core import clock
from engage.core.access import Principal, act_as_link, by_link
from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.core.pages import version_of
from engage.outcomes import queries, service
from engage.outcomes.forms import AgreeForm, ChangesForm, OwnersProgressForm
from engage.outcomes.models import OPEN_ACTION, Action, RecordPerson, RecordState
from engage.outcomes.service.progress import RUNNING
from engage.outcomes.views import bp

UNPROCESSABLE = 422


@bp.get("/m/<token:token>")
@by_link("record", on=queries.record_person_by_id)
def record_link(reader: RecordPerson) -> ResponseReturnValue:
    """The record for somebody in it; its chair can agree it here."""
    return _record(reader)


def _record(reader: RecordPerson, changes: ChangesForm | None = None, status: int = 200) -> ResponseReturnValue:
    record = queries.record_of_person(reader)
    return render_template(
        "outcomes/by_link/record.html",
        reader=reader,
        record=record,
        event=record.event,
        counts=queries.counts_of(record),
        outcomes=queries.outcomes_of_event(record.event_id),
        actions=queries.actions_of_event(record.event_id),
        may_agree=_is_chair(reader) and record.state is RecordState.CIRCULATED,
        in_draft=record.state is RecordState.DRAFT,
        form=changes or ChangesForm(formdata=None),
        agree_form=AgreeForm(formdata=None, data={"version": str(queries.last_version(record.id))}),
        said=request.args.get("said", ""),
    ), status


@bp.post("/m/<token:token>/agree")
@by_link("record", on=queries.record_person_by_id)
def agree_record(reader: RecordPerson) -> ResponseReturnValue:
    """The chair agrees the record, as it stood on the page; twice is harmless."""
    record = queries.record_of_person(reader)
    if record.state in {RecordState.AGREED, RecordState.PUBLISHED}:
        return redirect(_back())
    form = AgreeForm()
    if form.validate_on_submit():
        try:
            with saving():
                service.agree_record(record, version=version_of(form.version.data), by=_holder(reader))
            return redirect(_back(said="agreed"))
        except RuleBroken as no:
            changes = ChangesForm(formdata=None)
            changes.attach(no)
            return _record(reader, changes, UNPROCESSABLE)
    return redirect(_back())


@bp.post("/m/<token:token>/changes")
@by_link("record", on=queries.record_person_by_id)
def ask_changes(reader: RecordPerson) -> ResponseReturnValue:
    """The chair asks for changes: the record goes back to the secretary with the chair's words."""
    form = ChangesForm()
    if form.validate_on_submit():
        try:
            with saving():
                service.ask_changes(queries.record_of_person(reader), words=form.words.data, by=_holder(reader))
            return redirect(_back(said="changes"))
        except RuleBroken as no:
            form.attach(no)
    return _record(reader, form, UNPROCESSABLE)


@bp.route("/o/<token:token>", methods=["GET", "POST"])
@by_link("action", on=queries.action_by_id)
def owners_action(action: Action) -> ResponseReturnValue:
    """What the owner promised, and a form to say how it is going: no account, under two minutes."""
    form = OwnersProgressForm()
    if form.validate_on_submit():
        by = act_as_link(action.owner_id)
        try:
            with saving():
                if form.complete.data:
                    service.report_complete(action, words=form.words.data, evidence_url=form.evidence_url.data, by=by)
                else:
                    service.update_progress(
                        action,
                        words=form.words.data,
                        percent=form.percent.data,
                        evidence_url=form.evidence_url.data,
                        by=by,
                    )
            return redirect(url_for(".owners_action", token=_token(), said="thanks"))
        except RuleBroken as no:
            form.attach(no)
    return render_template(
        "outcomes/by_link/action.html",
        action=action,
        event=action.event,
        form=form,
        running=action.state in RUNNING,
        is_open=action.state in OPEN_ACTION,
        overdue=queries.is_overdue(action, clock.today(action.event.programme.zone)),
        redates=queries.history_of_dates(action.id),
        updates=queries.updates_of(action.id),
        said=request.args.get("said", ""),
    ), UNPROCESSABLE if form.errors else 200


def _is_chair(reader: RecordPerson) -> bool:
    return reader.person_id == queries.record_of_person(reader).event.chair_id


def _holder(reader: RecordPerson) -> Principal:
    return act_as_link(reader.person_id)


def _token() -> str:
    token: str = (request.view_args or {})["token"]
    return token


def _back(said: str = "") -> str:
    return url_for("outcomes.record_link", token=_token(), said=said or None)
