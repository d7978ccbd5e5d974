"""Tables and states of papers (docs/domain.md#paper). The files themselves: engage.core.files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Keyed, Model, Versioned, choice
from engage.core.text import _l
from engage.events.models import AgendaItem, Event
from engage.programmes.models import Programme
from engage.themes.models import ThemeGroup


class PaperKind(StrEnum):
    DISCUSSION_PAPER = "discussion_paper"
    AGENDA_PAPER = "agenda_paper"
    SLIDES = "slides"
    MINUTES = "minutes"
    REPORT = "report"
    LETTER = "letter"
    OTHER = "other"


class PaperState(StrEnum):
    DRAFT = "draft"
    CIRCULATED = "circulated"
    AGREED = "agreed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


KIND_WORDS: Mapping[PaperKind, object] = {
    PaperKind.DISCUSSION_PAPER: _l("Discussion paper"),
    PaperKind.AGENDA_PAPER: _l("Paper for the agenda"),
    PaperKind.SLIDES: _l("Slides"),
    PaperKind.MINUTES: _l("Minutes"),
    PaperKind.REPORT: _l("Report"),
    PaperKind.LETTER: _l("Letter"),
    PaperKind.OTHER: _l("Other"),
}
S = PaperState
MOVES: Mapping[PaperState, frozenset[PaperState]] = {
    S.DRAFT: frozenset({S.CIRCULATED, S.WITHDRAWN}),
    S.CIRCULATED: frozenset({S.AGREED, S.DRAFT, S.WITHDRAWN}),
    S.AGREED: frozenset({S.PUBLISHED, S.DRAFT, S.WITHDRAWN}),
    S.PUBLISHED: frozenset({S.DRAFT, S.WITHDRAWN}),
    S.WITHDRAWN: frozenset(),
}
"""Back to a draft by a new version only, which goes the same way; readers keep the last one that they had."""


class Paper(Keyed, Versioned, Model):
    """What is read before, at or after a meeting. Its state is that of its newest version, unless it is withdrawn.

    `published_at`: since when any version has been public. `version` counts changes of its words, not its files.
    """

    __tablename__ = "paper"
    __table_args__ = (
        sa.UniqueConstraint("reference"),
        sa.UniqueConstraint("id", "programme_id"),
        sa.Index(None, "programme_id", "id"),
        sa.Index(None, "event_id", "id"),
        sa.Index(None, "agenda_item_id"),
        sa.ForeignKeyConstraint(["event_id", "programme_id"], ["event.id", "event.programme_id"]),
        sa.ForeignKeyConstraint(["agenda_item_id", "event_id"], ["agenda_item.id", "agenda_item.event_id"]),
        sa.CheckConstraint("agenda_item_id IS NULL OR event_id IS NOT NULL", name="item_of_an_event"),
        sa.CheckConstraint("title <> ''", name="called_something"),
        sa.CheckConstraint("state <> 'withdrawn' OR state_reason <> ''", name="withdrawn_with_reason"),
        sa.CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_at_a_time"),
    )

    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    event_id: Mapped[int | None]
    agenda_item_id: Mapped[int | None]
    reference: Mapped[str] = mapped_column(sa.String(20))
    kind: Mapped[PaperKind] = mapped_column(choice(PaperKind))
    title: Mapped[str] = mapped_column(sa.String(200))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[PaperState] = mapped_column(choice(PaperState), default=PaperState.DRAFT)
    state_reason: Mapped[str] = mapped_column(sa.String(600), default="")
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    programme: Mapped[Programme] = relationship(lazy="joined")
    event: Mapped[Event | None] = relationship(
        foreign_keys="Paper.event_id", primaryjoin="Paper.event_id == Event.id", viewonly=True
    )
    item: Mapped[AgendaItem | None] = relationship(
        foreign_keys="Paper.agenda_item_id", primaryjoin="Paper.agenda_item_id == AgendaItem.id", viewonly=True
    )
    versions: Mapped[list[PaperVersion]] = relationship(
        order_by="PaperVersion.number", lazy="selectin", back_populates="paper"
    )
    themes: Mapped[list[PaperTheme]] = relationship(order_by="PaperTheme.id", lazy="selectin")

    @property
    def kind_words(self) -> str:
        """Its kind as people say it."""
        return str(KIND_WORDS[self.kind])

    @property
    def newest(self) -> PaperVersion:
        """The version that was added last: what staff work on."""
        return self.versions[-1]

    @property
    def shared(self) -> PaperVersion | None:
        """The version that participants read: the last that was circulated."""
        return next((v for v in reversed(self.versions) if v.circulated_at is not None), None)

    @property
    def public(self) -> PaperVersion | None:
        """The version that everybody reads: the last that was published."""
        return next((v for v in reversed(self.versions) if v.published_at is not None), None)


class PaperVersion(Model):
    """An immutable file: nothing of a row changes but how far it has come, each step once. A correction is a new one.

    `checksum` is the SHA-256 under which the file is kept, `type` a key of `engage.core.files.KINDS`.
    """

    __tablename__ = "paper_version"
    __table_args__ = (
        sa.UniqueConstraint("paper_id", "number"),
        sa.Index(None, "checksum"),
        sa.CheckConstraint("number >= 1", name="counted_from_one"),
        sa.CheckConstraint("number = 1 OR note <> ''", name="correction_says_what"),
        sa.CheckConstraint("size > 0", name="not_empty"),
        sa.CheckConstraint("length(checksum) = 64", name="checksum"),
        sa.CheckConstraint("agreed_at IS NULL OR circulated_at IS NOT NULL", name="agreed_after_circulated"),
        sa.CheckConstraint("published_at IS NULL OR agreed_at IS NOT NULL", name="published_after_agreed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(sa.ForeignKey("paper.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(100))
    type: Mapped[str] = mapped_column(sa.String(10))
    size: Mapped[int]
    checksum: Mapped[str] = mapped_column(sa.String(64))
    note: Mapped[str] = mapped_column(sa.String(600), default="")
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(sa.String(40))
    circulated_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]

    paper: Mapped[Paper] = relationship(back_populates="versions")

    @property
    def programme_id(self) -> int:
        """The scope in which roles are asked."""
        return self.paper.programme_id


class PaperTheme(Model):
    """A theme group that a paper is for, of its own programme."""

    __tablename__ = "paper_theme"
    __table_args__ = (
        sa.UniqueConstraint("paper_id", "theme_id"),
        sa.Index(None, "theme_id"),
        sa.ForeignKeyConstraint(["paper_id", "programme_id"], ["paper.id", "paper.programme_id"]),
        sa.ForeignKeyConstraint(["theme_id", "programme_id"], ["theme_group.id", "theme_group.programme_id"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int]
    theme_id: Mapped[int]
    programme_id: Mapped[int]

    theme: Mapped[ThemeGroup] = relationship(
        lazy="joined",
        foreign_keys="PaperTheme.theme_id",
        primaryjoin="PaperTheme.theme_id == ThemeGroup.id",
        viewonly=True,
    )
