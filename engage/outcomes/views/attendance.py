"""Who was there, who sent apologies, and what interests they declared: the people in a record, as on the day."""

from __future__ import annotations

from collections.abc import Collection

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.core.access import Principal, current_principal, requires
from engage.core.db import saving
from engage.core.errors import NotFound, RuleBroken, StaleVersion
from engage.core.pages import differences, event_tabs, version_of
from engage.core.text import _
from engage.outcomes import policy, queries, service
from engage.outcomes.forms import EmptyForm, InterestForm, PresenceForm
from engage.outcomes.models import Presence, Record, RecordPerson, RecordState
from engage.outcomes.views import bp
from engage.people import queries as people_queries
from engage.people import service as people
from engage.people.models import Person

UNPROCESSABLE = 422


@bp.post("/manage/events/<slug:event>/record/attendance/refresh")
@requires(policy.may_record, on=queries.record_by_event_slug)
def take_attendance(record: Record) -> ResponseReturnValue:
    """Bring in who checked in, or sent apologies, since."""
    if EmptyForm().validate_on_submit():
        try:
            with saving():
                service.take_attendance(record, by=current_principal())
            flash(_("Attendance is up to date with the door."), "done")
        except RuleBroken as no:
            flash(no.message, "warn")
    return redirect(url_for(".attendance", event=record.event.slug))


@bp.route("/manage/events/<slug:event>/record/attendance", methods=["GET", "POST"])
@requires(policy.may_record, on=queries.record_by_event_slug)
def attendance(record: Record) -> ResponseReturnValue:
    """Who was there and who sent apologies, with organisation as on the day."""
    form = PresenceForm()
    clash: list[dict[str, str]] | None = None
    if form.validate_on_submit():
        try:
            with saving():
                service.hold(record.event)
                person = people.person_for(
                    email=form.email.data,
                    name=form.name.data,
                    organisation=form.organisation.data,
                    role=form.role.data,
                    by=current_principal(),
                )
                service.set_presence(
                    record,
                    person=person,
                    presence=form.presence.data,
                    name=form.name.data,
                    role=form.role.data,
                    organisation=form.organisation.data,
                    secretariat=form.secretariat.data,
                    version=_version_read(record, person, form),
                    by=current_principal(),
                )
            return redirect(url_for(".attendance", event=record.event.slug))
        except RuleBroken as no:
            form.attach(no)
            if isinstance(no, StaleVersion) and (line := _line_at(record, form.email.data)):
                clash = _clash(form, line, without={"email"})
                form.line.data = line.key
    return render_template(
        "outcomes/attendance.html",
        record=record,
        event=record.event,
        tabs=event_tabs(record.event),
        form=form,
        clash=clash,
        counts=queries.counts_of(record),
        editable=record.state is RecordState.DRAFT,
        empty_form=EmptyForm(formdata=None),
    ), UNPROCESSABLE if form.errors else 200


def _version_read(record: Record, person: Person, form: PresenceForm) -> int:
    """The version that the form shows of this person's line; 0 where it shows none, or somebody else's."""
    line = queries.person_in(record.id, person.id)
    return version_of(form.version.data) if line and line.key == form.line.data else 0


def _line_at(record: Record, email: str) -> RecordPerson | None:
    person = people_queries.person_by_email(email)
    return queries.person_in(record.id, person.id) if person else None


def _clash(
    form: PresenceForm | InterestForm, line: RecordPerson, *, without: Collection[str] = ()
) -> list[dict[str, str]]:
    """Where the line as it is saved now differs from what this person typed, who may now save over it."""
    form.version.data = str(line.version)
    saved = type(form)(formdata=None, obj=line)
    return differences(saved, form, without=without)


class LineOf:
    """Somebody's line in a record, with the record."""

    def __init__(self, record: Record, line: RecordPerson) -> None:
        self.record, self.line = record, line

    @property
    def programme_id(self) -> int:
        return self.record.programme_id


def _line_of(event: str, line: str) -> LineOf | None:
    found = queries.record_person_by_key(line)
    record = queries.record_of_person(found) if found else None
    return LineOf(record, found) if found and record and record.event.slug == event else None


def _may_write(principal: Principal, thing: LineOf) -> bool:
    return policy.may_record(principal, thing.record)


@bp.post("/manage/events/<slug:event>/record/attendance/<key:line>")
@requires(_may_write, on=_line_of)
def set_presence(thing: LineOf) -> ResponseReturnValue:
    """Move somebody between present and apologies, or out of the record."""
    wanted = request.form.get("presence", "")
    person = people_queries.person_by_id(thing.line.person_id)
    if person is None or wanted not in {*Presence, "none"}:
        raise NotFound
    if EmptyForm().validate_on_submit():
        try:
            with saving():
                service.set_presence(
                    thing.record,
                    person=person,
                    presence=None if wanted == "none" else Presence(wanted),
                    secretariat=thing.line.secretariat,
                    by=current_principal(),
                )
        except RuleBroken as no:
            flash(no.message, "warn")
    return redirect(url_for(".attendance", event=thing.record.event.slug))


@bp.route("/manage/events/<slug:event>/record/attendance/<key:line>/interest", methods=["GET", "POST"])
@requires(_may_write, on=_line_of)
def interest(thing: LineOf) -> ResponseReturnValue:
    """The interest that somebody declared."""
    line = thing.line
    form = InterestForm(obj=line)
    clash: list[dict[str, str]] | None = None
    if form.validate_on_submit():
        try:
            with saving():
                service.declare_interest(
                    line, text=form.interest.data, version=version_of(form.version.data), by=current_principal()
                )
            return redirect(url_for(".attendance", event=thing.record.event.slug))
        except RuleBroken as no:
            form.attach(no)
            if isinstance(no, StaleVersion):
                clash = _clash(form, line)
    return render_template(
        "outcomes/interest.html", form=form, event=thing.record.event, person=line, clash=clash
    ), UNPROCESSABLE if form.errors else 200
