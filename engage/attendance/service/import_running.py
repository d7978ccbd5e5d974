"""Making what the rows of a file say, a batch at a time: a row's fate is written with what it made, or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engage.attendance import queries
from engage.attendance.facts import ListImported
from engage.attendance.models import (
    Fate,
    Import,
    ImportRow,
    ImportState,
    Invitation,
    InvitationState,
    Makes,
    Registration,
    RegistrationState,
)
from engage.attendance.queries import Seats
from engage.attendance.service import inviting, moves, telling
from engage.attendance.service.places import Places, pool_called
from engage.attendance.service.registering import take_up
from engage.core import clock, links
from engage.core.access import SYSTEM, Kind, Principal
from engage.core.db import db, lock
from engage.core.errors import RuleBroken
from engage.core.facts import record
from engage.core.text import _
from engage.events.models import Event, EventState
from engage.people import service as people

BATCH = 200
S = RegistrationState
TAKES_REGISTRANTS = frozenset({EventState.SCHEDULED, EventState.OPEN, EventState.CLOSED})


def refuse_closed(event: Event, makes: Makes) -> None:
    """Raise `RuleBroken` where nobody can be put on this list of the event any more, or yet."""
    if makes is Makes.INVITEES:
        inviting.refuse_closed(event)
        return
    moves.refuse_after_start(event)
    if event.state not in TAKES_REGISTRANTS:
        raise RuleBroken(_("Schedule the event first: nobody can have a place at a draft, nor while it is postponed."))


def acting_for(mark: str) -> Principal:
    """Who does a worker's work: the one who asked for it, by the mark that history keeps."""
    kind, _colon, number = mark.partition(":")
    return Principal(kind=Kind.USER, user_id=int(number)) if kind == "user" else SYSTEM


def run_batch(import_id: int, *, most: int = BATCH) -> bool:
    """Work on the next rows of an import that is running. Returns whether more may be waiting.

    Raises `RuleBroken` where the event takes nobody any more.
    """
    event, seats = moves.enter_by_id(db.session.get_one(Import, import_id).event_id)
    import_ = lock(Import, import_id)
    if import_.state is not ImportState.RUNNING:
        return False
    refuse_closed(event, import_.makes)
    rows = queries.next_rows(import_.id, limit=most)
    by = acting_for(import_.actor)
    persons = _persons(rows, by)
    standing = queries.live_of(event.id, list(persons.values()))
    if import_.makes is Makes.INVITEES:
        _invite(event, seats, rows, persons, standing, by)
    else:
        _register(event, seats, import_, rows, persons, standing, by)
    for row in rows:
        row.settled = True
    db.session.flush()
    if len(rows) == most:
        return True
    import_.state = ImportState.DONE
    import_.finished_at = clock.now()
    made = queries.fates(import_).made
    record(
        ListImported(
            subject_id=event.id,
            programme_id=event.programme_id,
            count=made,
            makes=import_.makes.value,
            reason=import_.override_reason,
        ),
        by=by,
    )
    return False


def fail(import_id: int, why: str) -> None:
    """Say on the import why it went no further; what was made stays."""
    import_ = lock(Import, import_id)
    if import_.state is ImportState.RUNNING:
        import_.state = ImportState.FAILED
        import_.failure = why[:600]


Lists = tuple[dict[int, Invitation], dict[int, Registration]]


def _persons(rows: Sequence[ImportRow], by: Principal) -> Mapping[str, int]:
    """Address → whose it is, found or made; in one order everywhere, so that no two lists wait for each other.

    Whom the file gives no name has none until somebody says it.
    """
    known = queries.persons_of([row.email for row in rows])
    found: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: row.email):
        ident, name = known.get(row.email, (None, ""))
        if ident is None and row.name == row.email.partition("@")[0]:
            ident = people.newcomer(row.email, by=by)
        elif ident is None or not name:
            ident = people.person_for(email=row.email, name=row.name, by=by).id
        row.made_person = row.email not in known
        row.person_id = found[row.email] = ident
    return found


def _invite(
    event: Event, seats: Seats, rows: Sequence[ImportRow], persons: Mapping[str, int], standing: Lists, by: Principal
) -> None:
    invited, registered = standing
    for row in rows:
        person_id = persons[row.email]
        if person_id in registered:
            row.fate, row.why = Fate.REGISTERED, _("Has a booking already, which stays as it is")
        elif person_id in invited:
            row.fate, row.why = Fate.INVITED, _("Is on the list of invitees already")
        else:
            invitee = inviting.Invitee(email=row.email, name=row.name, role=row.role, organisation=row.organisation)
            invited[person_id] = inviting.put(event, pool_called(seats, row.ticket), person_id, invitee, by)
            row.invitation_id = invited[person_id].id
            row.fate = Fate.ADDED


def _register(
    event: Event,
    seats: Seats,
    import_: Import,
    rows: Sequence[ImportRow],
    persons: Mapping[str, int],
    standing: Lists,
    by: Principal,
) -> None:
    invited, registered = standing
    places = Places(event, seats, [row.organisation for row in rows])
    made = []
    for row in rows:
        person_id = persons[row.email]
        if person_id in registered:
            row.fate, row.why = Fate.REGISTERED, _("Has a booking already, which stays as it is")
            continue
        registration = _place(event, places, import_, row, invited.get(person_id), by)
        registered[person_id] = registration
        row.registration_id = registration.id
        row.fate = Fate.WAITS if registration.state is S.WAITLISTED else Fate.ADDED
        made.append(registration.id)
    links.issue_all("booking", made, expires_at=telling.link_end(event))


def _place(
    event: Event,
    places: Places,
    import_: Import,
    row: ImportRow,
    invitation: Invitation | None,
    by: Principal,
) -> Registration:
    """A place while there is room, else a place in the line, unless staff said why to go beyond."""
    was_asked = invitation is not None and invitation.state is not InvitationState.DRAFT
    pool = invitation.pool if invitation is not None and was_asked else pool_called(places.seats, row.ticket)
    held = moves.holds_seat(event, invitation)
    state = places.newcomer(pool, row.organisation, seat_held=held)
    beyond = state is S.WAITLISTED and bool(import_.override_reason)
    if beyond:
        places.give(pool, row.organisation)
    registration = Registration(
        event_id=event.id,
        person_id=row.person_id,
        invitation_id=take_up(event, invitation, by),
        pool=pool,
        queue_number=places.number(),
        state=S.CONFIRMED if beyond else state,
        name=row.name,
        role=row.role,
        organisation=row.organisation,
        registered_at=row.registered_at or clock.now(),
        override_reason=import_.override_reason if beyond else "",
    )
    moves.begin(registration, by=by, reason=registration.override_reason)
    moves.record_registered(event, registration, by)
    return registration
