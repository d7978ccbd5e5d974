"""Persons, e-mail addresses, organisations, dated affiliations (docs/domain.md#people)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Keyed, Model, choice, one_true


class PersonState(StrEnum):
    ACTIVE = "active"
    RESTRICTED = "restricted"
    ERASED = "erased"
    MERGED = "merged_into"


class Organisation(Keyed, Model):
    """A body that sends people, owes actions or is addressed. Names are unique without regard to case."""

    __tablename__ = "organisation"
    __table_args__ = (sa.UniqueConstraint("folded_name"), sa.UniqueConstraint("slug"))

    name: Mapped[str] = mapped_column(sa.String(200))
    folded_name: Mapped[str] = mapped_column(sa.String(200))
    short_name: Mapped[str] = mapped_column(sa.String(40), default="")
    slug: Mapped[str] = mapped_column(sa.String(80))

    @property
    def label(self) -> str:
        """The name to show where space is short."""
        return self.short_name or self.name


class OrganisationAlias(Model):
    """Another name under which an organisation is known ("EHSSG")."""

    __tablename__ = "organisation_alias"
    __table_args__ = (sa.UniqueConstraint("folded_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(sa.String(200))
    folded_name: Mapped[str] = mapped_column(sa.String(200))


class Person(Keyed, Model):
    """Somebody whom the body convenes. Personal values stand here and in `PersonEmail` only, erasable.

    `name` is empty until staff said it, or whoever holds the address did by a link sent there: what a stranger typed
    beside the address stands on the registration alone.
    """

    __tablename__ = "person"

    name: Mapped[str] = mapped_column(sa.String(200), default="")
    state: Mapped[PersonState] = mapped_column(choice(PersonState), default=PersonState.ACTIVE)
    created_at: Mapped[datetime]

    emails: Mapped[list[PersonEmail]] = relationship(order_by="PersonEmail.id", lazy="selectin")
    affiliations: Mapped[list[Affiliation]] = relationship(order_by="Affiliation.id", lazy="selectin")

    @property
    def email(self) -> str:
        """The address to write to; empty where none is known."""
        return next((e.address for e in self.emails if e.is_primary), "")


class PersonEmail(Model):
    """An address belongs to at most one person, normalised; each person has at most one primary one.

    `verified_at`: when a link that was sent to it was first used.
    """

    __tablename__ = "person_email"
    __table_args__ = (
        sa.UniqueConstraint("address"),
        sa.Index("uq_person_email_primary", "person_id", unique=True, **one_true("is_primary")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    address: Mapped[str] = mapped_column(sa.String(254))
    is_primary: Mapped[bool] = mapped_column(default=True)
    verified_at: Mapped[datetime | None]


class Affiliation(Model):
    """A role at an organisation, with dates: what somebody was *then*."""

    __tablename__ = "affiliation"
    __table_args__ = (
        sa.Index(None, "person_id"),
        sa.CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="dates"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"))
    role: Mapped[str] = mapped_column(sa.String(200), default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship(lazy="joined")
