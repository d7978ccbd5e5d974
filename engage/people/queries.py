"""Named reads of persons and organisations, each with a total order."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engage.core.addresses import BadAddress, normalise
from engage.core.db import db
from engage.people.models import Organisation, OrganisationAlias, Person, PersonEmail


def fold(name: str) -> str:
    """The form in which two spellings of one name are equal: no case, single spaces, one Unicode form."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def person_by_id(person_id: int) -> Person | None:
    """The person with this internal key."""
    return db.session.get(Person, person_id)


def person_by_email(email: str) -> Person | None:
    """Whose address this is, however it is written; None for what is no address."""
    ident = person_id_by_email(email)
    return None if ident is None else db.session.get(Person, ident)


def person_id_by_email(email: str) -> int | None:
    """The internal key of whose address this is: one statement, no person loaded."""
    try:
        address = normalise(email)
    except BadAddress:
        return None
    return db.session.scalar(_BY_ADDRESS, {"address": address})


_BY_ADDRESS = sa.select(PersonEmail.person_id).where(PersonEmail.address == sa.bindparam("address"))
"""Made once: whoever registers, signs in or is invited is looked up by it."""


def names(person_ids: Collection[int]) -> Mapping[int, str]:
    """The name to show for each of these persons; one who has none is absent."""
    if not person_ids:
        return {}
    rows = db.session.execute(
        sa.select(Person.id, Person.name).where(Person.id.in_(person_ids), Person.name != "").order_by(Person.id)
    )
    return dict(rows.all())


def addresses(person_ids: Collection[int]) -> Mapping[int, str]:
    """Where to write to each of these persons; one without an address is absent."""
    found: dict[int, str] = {}
    wanted = sorted(set(person_ids))
    for start in range(0, len(wanted), 500):
        rows = db.session.execute(
            sa.select(PersonEmail.person_id, PersonEmail.address)
            .where(PersonEmail.person_id.in_(wanted[start : start + 500]), PersonEmail.is_primary)
            .order_by(PersonEmail.id)
        )
        found |= {person_id: address for person_id, address in rows if address}
    return found


def unverified_address(person_id: int) -> PersonEmail | None:
    """Where we write to this person, while nobody used a link that was sent there."""
    return db.session.scalar(
        sa.select(PersonEmail).where(
            PersonEmail.person_id == person_id, PersonEmail.is_primary, PersonEmail.verified_at.is_(None)
        )
    )


def known_elsewhere(person_ids: Collection[int], *, besides: Mapping[str, Collection[int]]) -> frozenset[int]:
    """Those of these persons of whom any row of any table tells, other than the rows `besides` (internal keys, by the
    name of their table), or who used a link that was sent to them."""
    found = set(
        db.session.scalars(
            sa.select(PersonEmail.person_id).where(
                PersonEmail.person_id.in_(person_ids), PersonEmail.verified_at.is_not(None)
            )
        )
    )
    for table in db.metadata.sorted_tables:
        if table is PersonEmail.__table__:
            continue
        for column in (key.parent for key in table.foreign_keys if key.column.table is Person.__table__):
            elsewhere = sa.select(column).where(column.in_(person_ids))
            if table.name in besides:
                elsewhere = elsewhere.where(table.c.id.not_in(besides[table.name]))
            found |= set(db.session.scalars(elsewhere))
    return frozenset(found)


# --- organisations -----------------------------------------------------------------------------------------------


def organisations() -> Sequence[Organisation]:
    """Every organisation, by name: what a picker offers."""
    return db.session.scalars(sa.select(Organisation).order_by(Organisation.folded_name, Organisation.id)).all()


def organisation_by_name(name: str) -> Organisation | None:
    """The organisation that is called so, by its name, its short name or another of its names, without regard to case.

    A name goes before a short name, and that before an alias; of two with one short name, the elder.
    """
    folded = fold(name)
    if not folded:
        return None
    aliased = sa.select(OrganisationAlias.organisation_id).where(OrganisationAlias.folded_name == folded)
    by_name, short = Organisation.folded_name == folded, sa.func.lower(Organisation.short_name) == folded
    return db.session.scalar(
        sa.select(Organisation)
        .where(sa.or_(by_name, short, Organisation.id.in_(aliased)))
        .order_by(sa.case((by_name, 0), (short, 1), else_=2), Organisation.id)
        .limit(1)
    )


def organisation_keys(names: Collection[str]) -> Mapping[str, str]:
    """For each of these names as typed, a key that all names of one organisation share: its name, short name and
    aliases, without regard to case and spaces. A name that nobody knows is its own key; an empty one is ""."""
    folded = {name: fold(name) for name in names}
    wanted = sorted({key for key in folded.values() if key})
    known: dict[str, int] = {}
    for start in range(0, len(wanted), 500):
        rows = db.session.execute(_called(wanted[start : start + 500])).all()
        known |= {key: ident for key, ident, _rank in sorted(rows, key=lambda row: (-row[2], -row[1]))}
    return {name: f"={known[key]}" if key in known else key for name, key in folded.items()}


def _called(folded: Collection[str]) -> sa.CompoundSelect[Any]:
    """(folded name, organisation, rank) of every organisation that goes by one of these: the lower rank is meant."""
    short = sa.func.lower(Organisation.short_name)
    return sa.union_all(
        sa.select(Organisation.folded_name, Organisation.id, sa.literal(0)).where(Organisation.folded_name.in_(folded)),
        sa.select(short, Organisation.id, sa.literal(1)).where(short.in_(folded)),
        sa.select(OrganisationAlias.folded_name, OrganisationAlias.organisation_id, sa.literal(2)).where(
            OrganisationAlias.folded_name.in_(folded)
        ),
    )


def slug_taken(slug: str) -> bool:
    """Whether an organisation has this address already."""
    return db.session.scalar(sa.select(Organisation.id).where(Organisation.slug == slug)) is not None
