"""Records: draft, circulated, agreed by the chair, published (docs/domain.md#record)."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from engage.attendance import queries as attendance
from engage.core import clock, links, outbox
from engage.core.access import Kind, Principal
from engage.core.db import db, lock
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import Change, Effect, changed, preview
from engage.core.facts import record as record_fact
from engage.core.states import check_move
from engage.core.text import _
from engage.events import queries as events
from engage.events import service as events_service
from engage.events.models import TOOK_PLACE, Event
from engage.outcomes import notices, queries
from engage.outcomes.facts import (
    ActionPublished,
    AttendanceTaken,
    ChangesAsked,
    InterestDeclared,
    NoteEdited,
    OutcomeConfirmed,
    PresenceSet,
    RecordAgreed,
    RecordCirculated,
    RecordOpened,
    RecordPublished,
)
from engage.outcomes.models import (
    RECORD_MOVES,
    ActionState,
    Outcome,
    OutcomeState,
    Presence,
    Record,
    RecordNote,
    RecordPerson,
    RecordState,
    RecordVersion,
)
from engage.outcomes.service.actions import agree_action
from engage.outcomes.service.versions import keep
from engage.people import queries as people
from engage.people.models import Person


class NotTheChair(RuleBroken):
    """Only the event's chair agrees its record."""


class NotInDraft(RuleBroken):
    """The words change only while the record is a draft."""


def open_record(event: Event, *, by: Principal) -> Record:
    """The event's record, begun if there is none: a note per agenda item and per heading that the programme set for the
    kind, attendance from the door, apologies given."""
    event = lock(Event, event.id)
    found = queries.by_event(event.id)
    if found is not None:
        return found
    if event.state not in TOOK_PLACE:
        raise RuleBroken(_("A record is opened once the event is live."))
    record = Record(event_id=event.id, state=RecordState.DRAFT, created_at=clock.now())
    db.session.add(record)
    db.session.flush()
    agenda = events.agenda_of(event.id)
    for item in agenda:
        _note(record, heading=item.title, item_id=item.id, position=item.position, by=by)
    defaults = events.defaults_of(event.programme_id, event.kind)
    last = max((item.position for item in agenda), default=0)
    for position, heading in enumerate(defaults.headings if defaults else (), start=last + 1):
        _note(record, heading=heading, item_id=None, position=position, by=by)
    record_fact(RecordOpened(subject_id=record.id, programme_id=event.programme_id, event_id=event.id), by=by)
    return take_attendance(record, by=by)


def take_attendance(record: Record, *, by: Principal) -> Record:
    """Bring in who checked in and who sent apologies since; nobody already in the record is changed."""
    record = _draft(record)
    before = {p.person_id for p in record.people}
    have = set(before)
    for registration in attendance.attended(record.event):
        if registration.person_id not in have:
            have.add(registration.person_id)
            _add_person(record, registration, registration.known_as, Presence.PRESENT)
    for invitation in attendance.apologies(record.event):
        if invitation.person_id not in have:
            have.add(invitation.person_id)
            _add_person(record, invitation, invitation.name, Presence.APOLOGIES)
    db.session.flush()
    db.session.refresh(record, ["people"])
    if new := [p.person_id for p in record.people if p.person_id not in before]:
        _fact(AttendanceTaken, record, by, people=tuple(new))
    return record


def add_note(record: Record, *, heading: str, text: str = "", private: bool = False, by: Principal) -> RecordNote:
    """A note that stands under no agenda item, after the others."""
    record = _draft(record)
    if not heading.strip():
        raise RuleBroken(_("Give the note a heading."), field="heading")
    last = max((n.position for n in record.notes), default=0)
    note = _note(record, heading=heading.strip(), item_id=None, position=last + 1, by=by)
    note.text, note.private = text.strip(), private
    db.session.flush()
    _fact(NoteEdited, record, by, note_id=note.id)
    return note


def save_note(note: RecordNote, *, text: str, private: bool, version: int, by: Principal) -> RecordNote:
    """Keep the words under one item. Raises `StaleVersion` where somebody else saved first: show both texts."""
    record = _draft(queries.record_of_note(note))
    note = lock(RecordNote, note.id)
    if version != note.version:
        raise StaleVersion(
            _("Somebody else saved this note while you were writing. Both texts are shown: keep what is right.")
        )
    if (note.text, note.private) == (text.strip(), private):
        return note
    note.text, note.private = text.strip(), private
    note.version += 1
    note.edited_at, note.edited_by = clock.now(), by.actor
    _fact(NoteEdited, record, by, note_id=note.id)
    return note


def set_presence(
    record: Record,
    *,
    person: Person,
    presence: Presence | None,
    name: str = "",
    role: str = "",
    organisation: str = "",
    secretariat: bool = False,
    version: int = 0,
    by: Principal,
) -> RecordPerson | None:
    """Put somebody in the record as present or with apologies, as on the day; None takes them out again.

    Words for somebody who stands in it already replace the ones there only if `version` is that line's; else raises
    `StaleVersion`: show both.
    """
    record = _draft(record)
    row = queries.person_in(record.id, person.id)
    old = row.presence if row else None
    if presence is None:
        if row is not None:
            links.revoke("record", row.id)
            db.session.delete(row)
    elif row is None:
        row = RecordPerson(
            record_id=record.id,
            person_id=person.id,
            presence=presence,
            name=name.strip() or person.name,
            role=role.strip(),
            organisation=organisation.strip(),
            secretariat=secretariat,
        )
        db.session.add(row)
    else:
        row.presence = presence
        words = {"name": name.strip(), "role": role.strip(), "organisation": organisation.strip()}
        words = {field: said for field, said in words.items() if said}
        if any(getattr(row, field) != said for field, said in words.items()):
            _replace_words(row, version, **words)
        row.secretariat = secretariat
    db.session.flush()
    db.session.refresh(record, ["people"])
    if old is not presence:
        change = Change(field="presence", old=old and old.value, new=presence and presence.value)
        _fact(PresenceSet, record, by, person_id=person.id, changes=(change,))
    return row if presence is not None else None


def declare_interest(person: RecordPerson, *, text: str, version: int, by: Principal) -> RecordPerson:
    """Keep the interest that somebody declared at the meeting; empty words take it back. Raises `StaleVersion`."""
    record = _draft(queries.record_of_person(person))
    person = lock(RecordPerson, person.id)
    _replace_words(person, version, interest=text.strip())
    _fact(InterestDeclared, record, by, person_id=person.person_id)
    return person


def circulate(record: Record, *, by: Principal) -> RecordVersion:
    """Send the draft to everybody in it, by link, and to the chair to agree; the text is kept as a version."""
    record = _locked(record)
    if record.event.chair_id is None:
        raise RuleBroken(_("Name the chair of the event first: the chair agrees the record."))
    if queries.person_in(record.id, record.event.chair_id) is None:
        raise RuleBroken(_("Record the chair as present, or as having sent apologies: the chair agrees the record."))
    check_move(RECORD_MOVES, record.state, RecordState.CIRCULATED, what=_("A record"))
    record.state = RecordState.CIRCULATED
    record.circulated_at = clock.now()
    version = keep(record, by=by)
    _tell(record, version)
    _fact(RecordCirculated, record, by, version=version.number)
    return version


def ask_changes(record: Record, *, words: str, by: Principal) -> Record:
    """The chair, or staff for the room, asks for changes: the record is a draft again, with the reason.

    Raises `NotTheChair` for anybody else who holds a link to it.
    """
    record = _locked(record)
    if by.kind is Kind.LINK and by.person_id != record.event.chair_id:
        raise NotTheChair(_("Only the chair of the event can ask for changes here."))
    if not words.strip():
        raise RuleBroken(_("Say what should change."), field="words")
    check_move(RECORD_MOVES, record.state, RecordState.DRAFT, what=_("A record"))
    record.state = RecordState.DRAFT
    _fact(ChangesAsked, record, by, reason=words.strip())
    return record


def agree_record(record: Record, *, on: date | None = None, version: int | None = None, by: Principal) -> Record:
    """The chair agrees: provisional outcomes are confirmed and proposed actions agreed. `version`: the kept text that
    the chair read. Raises `NotTheChair`, and `StaleVersion` where another was circulated since."""
    record = _locked(record)
    event = record.event
    if by.person_id is None or by.person_id != event.chair_id:
        raise NotTheChair(_("Only the chair of the event can agree its record."))
    check_move(RECORD_MOVES, record.state, RecordState.AGREED, what=_("A record"))
    if version is not None and version != queries.last_version(record.id):
        raise StaleVersion(_("The record was changed and circulated again since you opened this page. Read it again."))
    today = clock.today(event.programme.zone)
    if on is not None and on > today:
        raise RuleBroken(_("A record is agreed today or was agreed earlier, not later."), field="on")
    record.state = RecordState.AGREED
    record.agreed_on = on or today
    record.agreed_at = clock.now()
    record.agreed_by = by.actor
    for outcome in queries.outcomes_of_event(event.id):
        if outcome.state is OutcomeState.PROVISIONAL:
            outcome.state = OutcomeState.CONFIRMED
            outcome.version += 1
            record_fact(
                OutcomeConfirmed(subject_id=outcome.id, programme_id=event.programme_id, event_id=event.id),
                by=by,
            )
    proposed = [a for a in queries.actions_of_event(event.id) if a.state is ActionState.PROPOSED]
    for action in proposed:
        agree_action(action, tell=False, by=by)
    notices.tell_owners(proposed, key=f"record:{record.id}")
    kept = keep(record, by=by)
    events_service.record_agreed(event, by=by)
    _fact(RecordAgreed, record, by, version=kept.number)
    return record


def publish_record(record: Record, *, by: Principal) -> Record:
    """Make the agreed record public with its outcomes and actions, less what is marked private."""
    record = _locked(record)
    event = record.event
    if event.published_at is None:
        raise RuleBroken(_("Publish the event first: nothing is public under an event that is not."))
    check_move(RECORD_MOVES, record.state, RecordState.PUBLISHED, what=_("A record"))
    if event.non_attributed and (named := queries.named_in(record)):
        raise RuleBroken(
            _(
                "Nobody is named at this event. Take these names out of the record first: %(names)s.",
                names=", ".join(named),
            )
        )
    now = clock.now()
    record.state = RecordState.PUBLISHED
    record.published_at = now
    db.session.execute(
        sa.update(Outcome)
        .where(
            Outcome.event_id == event.id,
            Outcome.private.is_(False),
            Outcome.state == OutcomeState.CONFIRMED,
            Outcome.published_at.is_(None),
        )
        .values(published_at=now)
    )
    actions = queries.actions_of_event(event.id)
    promised = queries.ever_agreed(actions)
    for action in actions:
        if not action.private and action.id in promised and action.published_at is None:
            action.published_at = now
            record_fact(
                ActionPublished(subject_id=action.id, programme_id=event.programme_id, with_record=True),
                by=by,
            )
    _fact(RecordPublished, record, by)
    return record


def effects_of_publishing(record: Record) -> list[Effect]:
    """Who would be told if the record were published now; writes nothing."""
    return preview(RecordPublished(subject_id=record.id, programme_id=record.programme_id, event_id=record.event_id))


def _tell(record: Record, version: RecordVersion) -> None:
    """Give everybody in the record a link; those with an address get a mail that carries it."""
    rows = list(record.people)
    links.issue_all("record", [row.id for row in rows], expires_at=clock.now() + notices.LINK_OUTLIVES)
    addresses = people.addresses([row.person_id for row in rows])
    for mail, to_chair in (("outcomes/agree", True), ("outcomes/circulated", False)):
        outbox.put_all(
            mail,
            (
                outbox.Message(
                    key=f"record:{record.id}:{version.number}:{row.person_id}",
                    to=addresses[row.person_id],
                    name=row.name,
                    person_id=row.person_id,
                    args={"record_person": row.id},
                )
                for row in rows
                if row.person_id in addresses and (row.person_id == record.event.chair_id) is to_chair
            ),
        )


def _note(record: Record, *, heading: str, item_id: int | None, position: int, by: Principal) -> RecordNote:
    note = RecordNote(
        record_id=record.id,
        event_id=record.event_id,
        agenda_item_id=item_id,
        position=position,
        heading=heading,
        edited_at=clock.now(),
        edited_by=by.actor,
    )
    db.session.add(note)
    db.session.flush()
    return note


def _add_person(record: Record, source: Any, name: str, presence: Presence) -> None:
    db.session.add(
        RecordPerson(
            record_id=record.id,
            person_id=source.person_id,
            presence=presence,
            name=name,
            role=source.role,
            organisation=source.organisation,
        )
    )


def _replace_words(line: RecordPerson, version: int, **words: str) -> None:
    """Raises `StaleVersion` where somebody else changed the words in this line since `version` was read."""
    if version != line.version:
        raise StaleVersion(_("Somebody else changed what the record says of %(name)s. Both are shown.", name=line.name))
    if changed(line, **words):
        line.version += 1


def _locked(record: Record) -> Record:
    """The record with its event locked first, after the moves of that which are due."""
    events_service.apply_due_by_id(record.event_id)
    return lock(Record, record.id)


def _draft(record: Record) -> Record:
    record = _locked(record)
    if record.state is not RecordState.DRAFT:
        raise NotInDraft(_("The record has been circulated. Take it back to a draft to change it."))
    return record


def _fact(kind: Any, record: Record, by: Principal, **more: Any) -> None:
    record_fact(
        kind(subject_id=record.id, programme_id=record.event.programme_id, event_id=record.event_id, **more),
        by=by,
    )
