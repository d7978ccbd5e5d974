"""Lists that were taken from a file, row by row: what each row said, and what became of it (docs/domain.md#import)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Keyed, Model, choice
from engage.events.models import Event


class ImportState(StrEnum):
    UPLOADED = "uploaded"
    PREVIEWED = "previewed"
    RUNNING = "running"
    STOPPED = "stopped"
    FAILED = "failed"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    DISCARDED = "discarded"


M = ImportState
IMPORT_MOVES: Mapping[ImportState, frozenset[ImportState]] = {
    M.UPLOADED: frozenset({M.PREVIEWED, M.DISCARDED}),
    M.PREVIEWED: frozenset({M.PREVIEWED, M.RUNNING, M.DISCARDED}),
    M.RUNNING: frozenset({M.DONE, M.STOPPED, M.FAILED}),
    M.STOPPED: frozenset({M.RUNNING, M.UNDOING}),
    M.FAILED: frozenset({M.RUNNING, M.UNDOING}),
    M.DONE: frozenset({M.UNDOING}),
    M.UNDOING: frozenset({M.UNDONE}),
    M.UNDONE: frozenset(),
    M.DISCARDED: frozenset(),
}


class Makes(StrEnum):
    """What the rows of a file become."""

    INVITEES = "invitees"
    REGISTRANTS = "registrants"


class Fate(StrEnum):
    """What becomes of a row, or became of it once the row is settled."""

    ADDED = "added"
    WAITS = "waits"
    INVITED = "invited"
    REGISTERED = "registered"
    SAME = "same"
    BAD = "bad"
    LEFT_OUT = "left_out"
    TAKEN_BACK = "taken_back"
    KEPT = "kept"


MAKING = (Fate.ADDED, Fate.WAITS)
"""Fates of rows that make something."""


class Import(Keyed, Model):
    """One file. This row and its rows are the truth of how far it has come; whoever works on it may be killed.

    `columns`: for each heading the field that it fills, "" for none. `wiped_at`: when what the rows said was deleted.
    """

    __tablename__ = "attendance_import"
    __table_args__ = (sa.Index(None, "event_id", "id"),)

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    state: Mapped[ImportState] = mapped_column(choice(ImportState), default=ImportState.UPLOADED)
    makes: Mapped[Makes] = mapped_column(choice(Makes))
    filename: Mapped[str] = mapped_column(sa.String(100), default="")
    signature: Mapped[str] = mapped_column(sa.String(64))
    headings: Mapped[list[Any]] = mapped_column(sa.JSON)
    columns: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    date_order: Mapped[str] = mapped_column(sa.String(10), default="")
    with_cancelled: Mapped[bool] = mapped_column(default=False)
    override_reason: Mapped[str] = mapped_column(sa.String(600), default="")
    actor: Mapped[str] = mapped_column(sa.String(40))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    wiped_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(sa.String(600), default="")

    event: Mapped[Event] = relationship()

    @property
    def programme_id(self) -> int:
        """The scope in which roles are asked."""
        return self.event.programme_id


class ImportRow(Model):
    """One row of a file. `number`: as a spreadsheet shows it. Its fate is written in the transaction of what it made:
    a settled row is never worked on again."""

    __tablename__ = "attendance_import_row"
    __table_args__ = (
        sa.UniqueConstraint("import_id", "number"),
        sa.Index(None, "import_id", "settled", "fate", "number"),
        sa.Index(None, "person_id"),
        sa.Index(None, "invitation_id"),
        sa.Index(None, "registration_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("attendance_import.id"))
    number: Mapped[int]
    cells: Mapped[list[Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    problem: Mapped[str] = mapped_column(sa.String(600), default="")
    doubt: Mapped[str] = mapped_column(sa.String(600), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    role: Mapped[str] = mapped_column(sa.String(200), default="")
    organisation: Mapped[str] = mapped_column(sa.String(200), default="")
    ticket: Mapped[str] = mapped_column(sa.String(200), default="")
    registered_at: Mapped[datetime | None]
    fate: Mapped[Fate | None] = mapped_column(choice(Fate))
    why: Mapped[str] = mapped_column(sa.String(600), default="")
    settled: Mapped[bool] = mapped_column(default=False)
    made_person: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    invitation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invitation.id"))
    registration_id: Mapped[int | None] = mapped_column(sa.ForeignKey("registration.id"))


class ImportMapping(Model):
    """What the columns of a kind of file were last taken for in a programme: proposed when such a file comes again."""

    __tablename__ = "attendance_import_mapping"
    __table_args__ = (sa.UniqueConstraint("programme_id", "signature"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    signature: Mapped[str] = mapped_column(sa.String(64))
    columns: Mapped[list[Any]] = mapped_column(sa.JSON)
    date_order: Mapped[str] = mapped_column(sa.String(10), default="")
    used_at: Mapped[datetime]
