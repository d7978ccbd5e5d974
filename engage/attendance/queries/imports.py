"""Reads of imports: one by its address, its rows and their fates, who stands on the event's lists, who is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, lazyload

from engage.attendance.models import (
    LIVE_INVITATION,
    LIVE_REGISTRATION,
    MAKING,
    Fate,
    Import,
    ImportMapping,
    ImportRow,
    ImportState,
    Invitation,
    InvitationState,
    Registration,
    RegistrationMove,
    RegistrationState,
)
from engage.core.db import db
from engage.core.facts import History
from engage.events.models import Event
from engage.people.models import Person, PersonEmail
from engage.people.queries import fold

KEEP_ROWS = timedelta(days=30)
MADE_BY = {"invitation": "Invited", "registration": "Registered"}
"""The fact with which the history of each begins: whatever else stands there came later."""
SAMPLES = 200
"""Rows from which the mapping page shows what stands in a column."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a row of a file says, read by the columns that staff chose. `email` is normalised where `wrong` is "".

    `leave_out`: why the file itself says that the row does not count (cancelled, a total), in words.
    """

    number: int
    email: str = ""
    name: str = ""
    role: str = ""
    organisation: str = ""
    ticket: str = ""
    registered_at: datetime | None = None
    wrong: str = ""
    doubt: str = ""
    leave_out: str = ""


@dataclass(frozen=True, kw_only=True)
class OnLists:
    """The addresses on the event's two lists."""

    invited: frozenset[str]
    registered: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Known:
    """Somebody of this programme: an address, and the organisations named beside it, folded."""

    address: str
    organisation: str


def import_at(event: str, key: str) -> Import | None:
    """The import at `/manage/events/SLUG/import/KEY`, with its event."""
    return db.session.scalar(
        sa.select(Import)
        .join(Import.event)
        .options(contains_eager(Import.event).options(lazyload(Event.themes), lazyload(Event.dates)))
        .where(Event.slug == event, Import.key == key)
    )


def imports_of(event: Event) -> Sequence[tuple[Import, int]]:
    """The event's imports, newest first, each with how many its rows made."""
    made = (
        sa.select(sa.func.count())
        .where(ImportRow.import_id == Import.id, ImportRow.settled, ImportRow.fate.in_(MAKING))
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(Import, made)
        .where(Import.event_id == event.id, Import.state != ImportState.DISCARDED)
        .order_by(Import.id.desc())
        .limit(50)
    )
    return [(one, many) for one, many in rows]


def mapping_of(programme_id: int, signature: str) -> ImportMapping | None:
    """What the columns of such a file were last taken for in this programme."""
    return db.session.scalar(
        sa.select(ImportMapping).where(ImportMapping.programme_id == programme_id, ImportMapping.signature == signature)
    )


def samples(import_: Import) -> Sequence[ImportRow]:
    """The first rows."""
    return rows_of(import_, limit=SAMPLES)


def rows_of(
    import_: Import, *, fate: Fate | None = None, doubtful: bool = False, limit: int | None = None, offset: int = 0
) -> Sequence[ImportRow]:
    """Its rows in the order of the file, narrowed to one fate, or to those to look at."""
    return db.session.scalars(
        sa.select(ImportRow)
        .where(*_narrowed(import_, fate, doubtful))
        .order_by(ImportRow.number)
        .limit(limit)
        .offset(offset)
    ).all()


def row_ids(import_: Import) -> Mapping[int, int]:
    """Number → internal key of every row."""
    rows = db.session.execute(sa.select(ImportRow.number, ImportRow.id).where(ImportRow.import_id == import_.id))
    return dict(rows.all())


def count_rows(import_: Import, *, fate: Fate | None = None, doubtful: bool = False) -> int:
    """How many `rows_of` would find."""
    return db.session.scalar(sa.select(sa.func.count()).where(*_narrowed(import_, fate, doubtful))) or 0


def _narrowed(import_: Import, fate: Fate | None, doubtful: bool) -> list[sa.ColumnElement[bool]]:
    narrowed = [ImportRow.import_id == import_.id]
    if fate is not None:
        narrowed.append(ImportRow.fate == fate)
    if doubtful:
        narrowed += [ImportRow.fate.in_(MAKING), ImportRow.why != ""]
    return narrowed


@dataclass(frozen=True, kw_only=True)
class Fates:
    """How many rows have each fate, and how far the work has come."""

    counts: Mapping[Fate, int]
    waiting: int
    settled: int
    total: int

    @property
    def making(self) -> int:
        """Rows that make something, or made it."""
        return sum(self.counts.get(fate, 0) for fate in MAKING)

    @property
    def made(self) -> int:
        """Rows that made something which was not taken back."""
        return self.making - self.waiting


def fates(import_: Import) -> Fates:
    """The counts of an import: one statement."""
    rows = db.session.execute(
        sa.select(ImportRow.fate, ImportRow.settled, sa.func.count())
        .where(ImportRow.import_id == import_.id)
        .group_by(ImportRow.fate, ImportRow.settled)
    ).all()
    counts: dict[Fate, int] = defaultdict(int)
    for fate, _settled, many in rows:
        if fate is not None:
            counts[fate] += many
    return Fates(
        counts=counts,
        waiting=sum(many for fate, settled, many in rows if fate in MAKING and not settled),
        settled=sum(many for _fate, settled, many in rows if settled),
        total=sum(many for _fate, _settled, many in rows),
    )


def next_rows(import_id: int, *, limit: int) -> Sequence[ImportRow]:
    """The first rows that make something and have not been worked on."""
    return db.session.scalars(
        sa.select(ImportRow)
        .where(ImportRow.import_id == import_id, ~ImportRow.settled, ImportRow.fate.in_(MAKING))
        .order_by(ImportRow.number)
        .limit(limit)
    ).all()


def next_made(import_id: int, *, limit: int) -> Sequence[ImportRow]:
    """Rows whose making can be taken back: those who wait before those who have a place, the last of a list first."""
    return db.session.scalars(
        sa.select(ImportRow)
        .where(ImportRow.import_id == import_id, ImportRow.settled, ImportRow.fate.in_(MAKING))
        .order_by(sa.case((ImportRow.fate == Fate.WAITS, 0), else_=1), ImportRow.number.desc())
        .limit(limit)
    ).all()


def on_lists(event: Event) -> OnLists:
    """Who stands on the lists of the event, by every address of theirs."""
    invited = (
        sa.select(PersonEmail.address)
        .join(Invitation, Invitation.person_id == PersonEmail.person_id)
        .where(Invitation.event_id == event.id, Invitation.state.in_(LIVE_INVITATION))
    )
    registered = (
        sa.select(PersonEmail.address)
        .join(Registration, Registration.person_id == PersonEmail.person_id)
        .where(Registration.event_id == event.id, Registration.state.in_(LIVE_REGISTRATION))
    )
    return OnLists(invited=frozenset(db.session.scalars(invited)), registered=frozenset(db.session.scalars(registered)))


def asked_of(event: Event) -> Mapping[str, Invitation]:
    """Address → the live invitation that was sent there, or to another address of the same person."""
    rows = db.session.execute(
        sa.select(PersonEmail.address, Invitation)
        .join(Invitation, Invitation.person_id == PersonEmail.person_id)
        .where(Invitation.event_id == event.id, Invitation.state.in_(LIVE_INVITATION - {InvitationState.DRAFT}))
    )
    return dict(rows.all())


def persons_of(addresses: Collection[str]) -> Mapping[str, tuple[int, str]]:
    """Address → the internal key and the name of whose it is, for those that are anybody's."""
    rows = db.session.execute(
        sa.select(PersonEmail.address, Person.id, Person.name)
        .join(Person, Person.id == PersonEmail.person_id)
        .where(PersonEmail.address.in_(addresses))
    )
    return {address: (ident, name) for address, ident, name in rows}


def live_of(event_id: int, person_ids: Collection[int]) -> tuple[dict[int, Invitation], dict[int, Registration]]:
    """Live invitations and registrations of these persons at the event, by person."""
    invitations = db.session.scalars(
        sa.select(Invitation)
        .where(
            Invitation.event_id == event_id,
            Invitation.person_id.in_(person_ids),
            Invitation.state.in_(LIVE_INVITATION),
        )
        .execution_options(populate_existing=True)
    )
    registrations = db.session.scalars(
        sa.select(Registration)
        .where(
            Registration.event_id == event_id,
            Registration.person_id.in_(person_ids),
            Registration.state.in_(LIVE_REGISTRATION),
        )
        .execution_options(populate_existing=True)
    )
    return {one.person_id: one for one in invitations}, {one.person_id: one for one in registrations}


def known_by_name(programme_id: int) -> Mapping[str, Sequence[Known]]:
    """Name, folded → those who were invited to, or registered for, an event of this programme under it."""
    found: dict[str, list[Known]] = defaultdict(list)
    for table in (Invitation, Registration):
        rows = db.session.execute(
            sa.select(table.name, table.organisation, PersonEmail.address)
            .join(Event, Event.id == table.event_id)
            .join(PersonEmail, sa.and_(PersonEmail.person_id == table.person_id, PersonEmail.is_primary))
            .where(Event.programme_id == programme_id, table.organisation != "")
            .distinct()
        )
        for name, organisation, address in rows:
            found[fold(name)].append(Known(address=address, organisation=fold(organisation)))
    return found


def touched(subject: str, subject_ids: Collection[int]) -> frozenset[int]:
    """Those of these invitations or registrations to which anything happened after they were made."""
    return frozenset(
        db.session.scalars(
            sa.select(History.subject_id)
            .where(History.subject == subject, History.subject_id.in_(subject_ids), History.fact != MADE_BY[subject])
            .distinct()
        )
    )


def imports_to_wipe(now: datetime) -> Sequence[int]:
    """Imports (internal keys) that nobody works on any more and that ended, or were left lying, 30 days ago."""
    return db.session.scalars(
        sa.select(Import.id)
        .where(
            Import.wiped_at.is_(None),
            Import.state.not_in((ImportState.RUNNING, ImportState.UNDOING)),
            sa.func.coalesce(Import.finished_at, Import.created_at) <= now - KEEP_ROWS,
        )
        .order_by(Import.id)
    ).all()


def untouched_of(import_: Import) -> tuple[int, int]:
    """How many of the things that it made stand as it made them, and how many do not."""
    mine = (ImportRow.import_id == import_.id, ImportRow.settled, ImportRow.fate.in_(MAKING))
    made = db.session.scalar(sa.select(sa.func.count()).where(*mine)) or 0
    invitation = sa.and_(History.subject == "invitation", History.subject_id == ImportRow.invitation_id)
    registration = sa.and_(History.subject == "registration", History.subject_id == ImportRow.registration_id)
    touched = (
        db.session.scalar(
            sa.select(sa.func.count()).where(
                *mine,
                sa.exists().where(
                    sa.or_(
                        sa.and_(invitation, History.fact != MADE_BY["invitation"]),
                        sa.and_(registration, History.fact != MADE_BY["registration"]),
                    )
                ),
            )
        )
        or 0
    )
    return made - touched, touched


def count_untold(import_: Import) -> int:
    """How many registrants of the import have a place, or wait, and were not written to."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(_untold(import_.id).subquery())) or 0


def untold(import_id: int, *, limit: int) -> Sequence[tuple[Registration, int]]:
    """The first of them, each with its last dated move."""
    rows = db.session.execute(_untold(import_id).order_by(ImportRow.number).limit(limit))
    return [(registration, move_id) for registration, move_id in rows]


def _untold(import_id: int) -> sa.Select[Registration, int]:
    last = (
        sa.select(sa.func.max(RegistrationMove.id))
        .where(RegistrationMove.registration_id == Registration.id)
        .scalar_subquery()
    )
    told = sa.exists().where(
        History.subject == "registration", History.subject_id == Registration.id, History.fact == "BookingTold"
    )
    return (
        sa.select(Registration, last.label("move"))
        .join(ImportRow, ImportRow.registration_id == Registration.id)
        .where(
            ImportRow.import_id == import_id,
            Registration.state.in_((RegistrationState.CONFIRMED, RegistrationState.WAITLISTED)),
            ~told,
        )
    )
