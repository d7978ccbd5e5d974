"""Agendas of events: items in an order, and the theme groups that each is about (docs/domain.md#event)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Keyed, Model, Versioned, choice
from engage.events.models.events import Event
from engage.themes.models import ThemeGroup


class AgendaKind(StrEnum):
    OPEN = "open"
    INTERNAL = "internal"


class AgendaItem(Keyed, Versioned, Model):
    """One line of an agenda. Internal items are for staff and the room, never public."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        sa.UniqueConstraint("id", "event_id"),
        sa.Index(None, "event_id", "position"),
        sa.CheckConstraint("minutes IS NULL OR minutes BETWEEN 1 AND 1440", name="minutes"),
    )

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(200))
    minutes: Mapped[int | None]
    presenter: Mapped[str] = mapped_column(sa.String(200), default="")
    kind: Mapped[AgendaKind] = mapped_column(choice(AgendaKind), default=AgendaKind.OPEN)
    removed_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()
    themes: Mapped[list[AgendaItemTheme]] = relationship(order_by="AgendaItemTheme.id", lazy="selectin")

    @property
    def programme_id(self) -> int:
        """Its scope: the programme of its event."""
        return self.event.programme_id


class AgendaItemTheme(Model):
    """The theme groups that an agenda item is about, of the event's own programme."""

    __tablename__ = "agenda_item_theme"
    __table_args__ = (
        sa.UniqueConstraint("agenda_item_id", "theme_id"),
        sa.ForeignKeyConstraint(["event_id", "programme_id"], ["event.id", "event.programme_id"]),
        sa.ForeignKeyConstraint(["agenda_item_id", "event_id"], ["agenda_item.id", "agenda_item.event_id"]),
        sa.ForeignKeyConstraint(["theme_id", "programme_id"], ["theme_group.id", "theme_group.programme_id"]),
        sa.Index(None, "theme_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agenda_item_id: Mapped[int]
    event_id: Mapped[int]
    theme_id: Mapped[int]
    programme_id: Mapped[int]

    theme: Mapped[ThemeGroup] = relationship(
        lazy="joined",
        foreign_keys="AgendaItemTheme.theme_id",
        primaryjoin="AgendaItemTheme.theme_id == ThemeGroup.id",
        viewonly=True,
    )
