"""The scenes of a record: written when the event is over, circulated, mended, agreed by the chair, published."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from engage.core.access import Role
from engage.demo.loader import actions
from engage.demo.loader.playing import Scene
from engage.demo.loader.stage import Stage
from engage.demo.story import Event, Note, Programme, Record
from engage.outcomes import queries
from engage.outcomes import service as outcomes
from engage.outcomes.models import OutcomeKind, Presence
from engage.outcomes.models import Record as Kept


def scenes(stage: Stage, programme: Programme, event: Event) -> Iterator[Scene]:
    """From the draft to as far as the record has come, with what was captured in the room."""
    told = event.record
    if told is None or event.held is None:
        return
    yield Scene(event.held, partial(_write, stage, programme, event, told))
    if told.circulated:
        yield Scene(told.circulated, partial(_circulate, stage, programme, event))
    if told.changes_asked:
        yield Scene(told.changes_asked, partial(_ask_changes, stage, event, told))
    if told.recirculated:
        yield Scene(told.recirculated, partial(_mend, stage, programme, event, told))
    if told.agreed:
        yield Scene(told.agreed, partial(_agree, stage, event))
    if told.published:
        yield Scene(told.published, partial(_publish, stage, programme, event))
    for action in event.actions:
        yield from actions.scenes(stage, programme, action)


def _record(stage: Stage, event: Event) -> Kept:
    found = queries.by_event(stage.events[event.slug].id)
    assert found is not None, event.slug  # noqa: S101 -- written first
    return found


def _write(stage: Stage, programme: Programme, event: Event, told: Record) -> None:
    by = stage.holder(programme.slug, Role.SECRETARY)
    record = outcomes.open_record(stage.events[event.slug], by=by)
    for guest in event.present:
        if guest.part == "secretariat":
            person = stage.person(guest.person)
            outcomes.set_presence(record, person=person, presence=Presence.PRESENT, secretariat=True, by=by)
    for key, words in told.interests.items():
        row = queries.person_in(record.id, stage.person(key).id)
        assert row is not None, key  # noqa: S101 -- who declares an interest is there
        outcomes.declare_interest(row, text=words, version=row.version, by=by)
    for note in told.notes:
        text = note.text.replace(*note.first) if note.first else note.text
        _put(stage, programme, event, record, note, text)
    for outcome in event.outcomes:
        stage.outcomes[outcome.key] = outcomes.add_outcome(
            stage.events[event.slug],
            kind=OutcomeKind(outcome.type),
            text=outcome.text,
            theme=stage.themes[outcome.theme],
            agenda_item=stage.agenda[event.slug, outcome.item] if outcome.item else None,
            by=by,
        )
    for action in event.actions:
        actions.capture(stage, programme, event, action)


def _put(stage: Stage, programme: Programme, event: Event, record: Kept, told: Note, text: str) -> None:
    """Write the words under their agenda item, or under a heading of their own."""
    by = stage.holder(programme.slug, Role.SECRETARY)
    if not told.item:
        outcomes.add_note(record, heading=told.heading, text=text, private=told.private, by=by)
        return
    item = stage.agenda[event.slug, told.item]
    note = next(note for note in record.notes if note.agenda_item_id == item.id)
    outcomes.save_note(note, text=text, private=told.private, version=note.version, by=by)


def _circulate(stage: Stage, programme: Programme, event: Event) -> None:
    outcomes.circulate(_record(stage, event), by=stage.holder(programme.slug, Role.SECRETARY))


def _ask_changes(stage: Stage, event: Event, told: Record) -> None:
    chair = stage.by_link(event.chair)
    outcomes.ask_changes(_record(stage, event), words=told.changes_words, by=chair)


def _mend(stage: Stage, programme: Programme, event: Event, told: Record) -> None:
    """What the chair asked for, and round again."""
    for note in told.notes:
        if note.first:
            _put(stage, programme, event, _record(stage, event), note, note.text)
    _circulate(stage, programme, event)


def _agree(stage: Stage, event: Event) -> None:
    outcomes.agree_record(_record(stage, event), by=stage.by_link(event.chair))


def _publish(stage: Stage, programme: Programme, event: Event) -> None:
    outcomes.publish_record(_record(stage, event), by=stage.holder(programme.slug, Role.CONVENOR))
