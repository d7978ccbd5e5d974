"""The record of an event: one page to work in, attendance, kept versions, circulate, publish."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.core import slots
from engage.core.access import Principal, current_principal, requires
from engage.core.db import saving
from engage.core.errors import NotFound, RuleBroken, StaleVersion
from engage.core.pages.history import history_rows
from engage.core.text import _, _l
from engage.events import queries as events
from engage.events.models import Event
from engage.outcomes import policy, queries, service
from engage.outcomes.forms import EmptyForm, InterestForm, NewNoteForm, NoteForm, PresenceForm, ReasonForm
from engage.outcomes.models import Presence, Record, RecordNote, RecordPerson, RecordState, RecordVersion
from engage.outcomes.views import bp
from engage.people import queries as people_queries
from engage.people import service as people

UNPROCESSABLE = 422
RECORD_LABELS = {"presence": _l("Attendance")}


def tabs(event: Event) -> list[dict[str, Any]]:
    """The event's sub-navigation, as the component takes it."""
    found = sorted(slots.event_tabs.collect(event, current_principal()), key=lambda t: t.order)
    here = request.path
    longest = max((t.url for t in found if here == t.url or here.startswith(f"{t.url}/")), key=len, default="")
    return [{"href": t.url, "text": t.text, "here": t.url == longest, "count": t.count} for t in found]


def to_record(record: Record, anchor: str = "") -> ResponseReturnValue:
    return redirect(url_for("outcomes.record", event=record.event.slug, _anchor=anchor or None))


@bp.get("/manage/events/<slug:event>/record")
@requires(policy.may_read, on=events.by_slug)
def record(event: Event) -> ResponseReturnValue:
    """The record as it stands; where there is none yet, how to begin."""
    return _page(event)


def _page(
    event: Event, *, notes: dict[int, NoteForm] | None = None, status: int = 200, **more: Any
) -> ResponseReturnValue:
    found = queries.by_event(event.id)
    writes = policy.may_record(current_principal(), event)
    editable = writes and found is not None and found.state is RecordState.DRAFT
    outcomes = queries.outcomes_of_event(event.id)
    actions = queries.actions_of_event(event.id)
    blocks: list[dict[str, Any]] = []
    for note in found.notes if found else []:
        form = (notes or {}).get(note.id) or NoteForm(prefix=f"n{note.key}", formdata=None, obj=note)
        item = note.agenda_item_id
        mine = [o for o in outcomes if item is not None and o.agenda_item_id == item]
        ids = {o.id for o in mine}
        blocks.append({
            "note": note,
            "form": form,
            "outcomes": mine,
            "actions": [a for a in actions if a.outcome_id in ids],
        })  # fmt: skip
    shown = {o.id for b in blocks for o in b["outcomes"]}
    return render_template(
        "outcomes/record.html",
        event=event,
        record=found,
        tabs=tabs(event),
        writes=writes,
        convenes=policy.may_convene(current_principal(), event),
        editable=editable,
        blocks=blocks,
        other_outcomes=[o for o in outcomes if o.id not in shown],
        other_actions=[a for a in actions if a.outcome_id not in shown],
        outcome_count=len(outcomes),
        action_count=len(actions),
        counts=queries.counts_of(found) if found else None,
        versions=queries.versions_of(found.id) if found else [],
        history=history_rows("record", found.id, zone=event.zone, labels=RECORD_LABELS) if found else [],
        new_note=more.pop("new_note", None) or NewNoteForm(formdata=None),
        empty_form=EmptyForm(formdata=None),
        **more,
    ), status


@bp.post("/manage/events/<slug:event>/record")
@requires(policy.may_record, on=events.by_slug)
def open_record(event: Event) -> ResponseReturnValue:
    """Begin the record, or bring in who arrived since."""
    form = EmptyForm()
    if form.validate_on_submit():
        try:
            with saving():
                service.open_record(event, by=current_principal())
        except RuleBroken as no:
            flash(no.message, "warn")
    return redirect(url_for(".record", event=event.slug))


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


def _note_of(event: str, note: str) -> RecordNoteOf | None:
    found = queries.note_by_key(note)
    record = queries.record_of_note(found) if found else None
    return RecordNoteOf(record, found) if found and record and record.event.slug == event else None


class RecordNoteOf:
    """A note with its record, which says whose programme it is."""

    def __init__(self, record: Record, note: RecordNote) -> None:
        self.record, self.note = record, note

    @property
    def programme_id(self) -> int:
        return self.record.programme_id


def _may_write(principal: Principal, thing: RecordNoteOf | LineOf) -> bool:
    return policy.may_record(principal, thing.record)


@bp.post("/manage/events/<slug:event>/record/notes/<key:note>")
@requires(_may_write, on=_note_of)
def save_note(thing: RecordNoteOf) -> ResponseReturnValue:
    """Keep the words under one item. Who saved second sees both texts side by side, and decides."""
    note, record = thing.note, thing.record
    form = NoteForm(prefix=f"n{note.key}")
    try:
        version = int(form.version.data or 0)
    except ValueError:
        version = 0
    theirs = None
    if form.validate_on_submit():
        try:
            with saving():
                service.save_note(
                    note,
                    text=form.text.data,
                    private=form.private.data,
                    version=version,
                    by=current_principal(),
                )
            flash(_("Saved: %(heading)s", heading=note.heading), "done")
            return to_record(record, f"note-{note.key}")
        except StaleVersion as no:
            form.attach(no)
            theirs = note.text
            form.version.data = str(note.version)
        except RuleBroken as no:
            form.attach(no)
    return _page(record.event, notes={note.id: form}, status=UNPROCESSABLE, form=form, clash=note.id, theirs=theirs)


@bp.post("/manage/events/<slug:event>/record/notes")
@requires(policy.may_record, on=queries.record_by_event_slug)
def add_note(record: Record) -> ResponseReturnValue:
    """A note under a heading of its own."""
    form = NewNoteForm()
    if form.validate_on_submit():
        try:
            with saving():
                note = service.add_note(
                    record,
                    heading=form.heading.data,
                    text=form.text.data,
                    private=form.private.data,
                    by=current_principal(),
                )
            return to_record(record, f"note-{note.key}")
        except RuleBroken as no:
            form.attach(no)
    return _page(record.event, status=UNPROCESSABLE, form=form, new_note=form)


@bp.route("/manage/events/<slug:event>/record/attendance", methods=["GET", "POST"])
@requires(policy.may_record, on=queries.record_by_event_slug)
def attendance(record: Record) -> ResponseReturnValue:
    """Who was there and who sent apologies, with organisation as on the day."""
    form = PresenceForm()
    if form.validate_on_submit():
        try:
            with saving():
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
                    by=current_principal(),
                )
            return redirect(url_for(".attendance", event=record.event.slug))
        except RuleBroken as no:
            form.attach(no)
    return render_template(
        "outcomes/attendance.html",
        record=record,
        event=record.event,
        tabs=tabs(record.event),
        form=form,
        counts=queries.counts_of(record),
        editable=record.state is RecordState.DRAFT,
        empty_form=EmptyForm(formdata=None),
    ), UNPROCESSABLE if form.errors else 200


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
    form = InterestForm(obj=thing.line)
    if form.validate_on_submit():
        try:
            with saving():
                service.declare_interest(thing.line, text=form.interest.data, by=current_principal())
            return redirect(url_for(".attendance", event=thing.record.event.slug))
        except RuleBroken as no:
            form.attach(no)
    return render_template(
        "outcomes/interest.html", form=form, event=thing.record.event, person=thing.line
    ), UNPROCESSABLE if form.errors else 200


@bp.route("/manage/events/<slug:event>/record/circulate", methods=["GET", "POST"])
@requires(policy.may_record, on=queries.record_by_event_slug)
def circulate(record: Record) -> ResponseReturnValue:
    """Ask first: this will tell so many people, by name; then send."""
    form = EmptyForm()
    if form.validate_on_submit():
        try:
            with saving():
                service.circulate(record, by=current_principal())
            flash(_("The draft record is on its way to everybody in it."), "done")
            return to_record(record)
        except RuleBroken as no:
            form.attach(no)
    return render_template(
        "outcomes/circulate.html", form=form, record=record, event=record.event, readers=queries.readers_of(record)
    ), UNPROCESSABLE if form.errors else 200


@bp.route("/manage/events/<slug:event>/record/take-back", methods=["GET", "POST"])
@requires(policy.may_record, on=queries.record_by_event_slug)
def take_back(record: Record) -> ResponseReturnValue:
    """Make a circulated record a draft again, with the reason."""
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            with saving():
                service.ask_changes(record, words=form.reason.data, by=current_principal())
            return to_record(record)
        except RuleBroken as no:
            form.attach(no)
    return render_template(
        "outcomes/reason.html",
        form=form,
        heading=_("Take the record back to change it"),
        lede=_("It becomes a draft again. What was circulated is kept as a version."),
        button_text=_("Take it back"),
        back=url_for(".record", event=record.event.slug),
        caption=record.event.title,
    ), UNPROCESSABLE if form.errors else 200


@bp.route("/manage/events/<slug:event>/record/publish", methods=["GET", "POST"])
@requires(policy.may_convene, on=queries.record_by_event_slug)
def publish(record: Record) -> ResponseReturnValue:
    """Show what becomes public, what stays private and who is told; then publish."""
    form = EmptyForm()
    if form.validate_on_submit():
        try:
            with saving():
                service.publish_record(record, by=current_principal())
            flash(_("The record is public."), "done")
            return to_record(record)
        except RuleBroken as no:
            form.attach(no)
    return render_template(
        "outcomes/publish.html",
        form=form,
        record=record,
        event=record.event,
        effects=service.effects_of_publishing(record),
        private_notes=[n for n in record.notes if n.private],
        private_outcomes=[o for o in queries.outcomes_of_event(record.event_id) if o.private],
        private_actions=[a for a in queries.actions_of_event(record.event_id) if a.private],
    ), UNPROCESSABLE if form.errors else 200


class VersionOf:
    """A kept version with its record."""

    def __init__(self, record: Record, version: RecordVersion) -> None:
        self.record, self.version = record, version

    @property
    def programme_id(self) -> int:
        return self.record.programme_id


def _version(event: str, number: int) -> VersionOf | None:
    record = queries.record_by_event_slug(event)
    kept = queries.version_of(record.id, number) if record else None
    return VersionOf(record, kept) if record and kept else None


def _may_read(principal: Principal, thing: VersionOf) -> bool:
    return policy.may_read(principal, thing.record)


@bp.get("/manage/events/<slug:event>/record/versions/<number:number>")
@requires(_may_read, on=_version)
def version(thing: VersionOf) -> ResponseReturnValue:
    """A kept text, whole and unchanging."""
    return render_template(
        "outcomes/version.html",
        record=thing.record,
        event=thing.record.event,
        version=thing.version,
        content=thing.version.content,
        names=queries.names_in(thing.version),
    )
