"""The record of an event: one page to work in, kept versions, circulate, publish."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engage.core.access import Principal, current_principal, requires
from engage.core.db import saving
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.pages import differences, event_tabs, history_rows, version_of
from engage.core.text import _, _l
from engage.events import queries as events
from engage.events.models import Event
from engage.outcomes import policy, queries, service
from engage.outcomes.forms import EmptyForm, NewNoteForm, NoteForm, ReasonForm
from engage.outcomes.models import Record, RecordNote, RecordState, RecordVersion
from engage.outcomes.views import bp

UNPROCESSABLE = 422
RECORD_LABELS = {"presence": _l("Attendance")}


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
        tabs=event_tabs(event),
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


def _may_write(principal: Principal, thing: RecordNoteOf) -> bool:
    return policy.may_record(principal, thing.record)


@bp.post("/manage/events/<slug:event>/record/notes/<key:note>")
@requires(_may_write, on=_note_of)
def save_note(thing: RecordNoteOf) -> ResponseReturnValue:
    """Keep the words under one item. Who saved second sees both texts side by side, and decides."""
    note, record = thing.note, thing.record
    form = NoteForm(prefix=f"n{note.key}")
    clash: list[dict[str, str]] | None = None
    if form.validate_on_submit():
        try:
            with saving():
                service.save_note(
                    note,
                    text=form.text.data,
                    private=form.private.data,
                    version=version_of(form.version.data),
                    by=current_principal(),
                )
            flash(_("Saved: %(heading)s", heading=note.heading), "done")
            return to_record(record, f"note-{note.key}")
        except StaleVersion as no:
            form.attach(no)
            form.version.data = str(note.version)
            clash = differences(NoteForm(formdata=None, obj=note), NoteForm(formdata=None, data=form.data))
        except RuleBroken as no:
            form.attach(no)
    return _page(record.event, notes={note.id: form}, status=UNPROCESSABLE, form=form, clashing=note.id, clash=clash)


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
