"""Named reads of persons and organisations, each with a total order."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence

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


def person_by_key(key: str) -> Person | None:
    """The person with this public key."""
    return db.session.scalar(sa.select(Person).where(Person.key == key))


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


def persons_by_email(emails: Collection[str]) -> Mapping[str, Person]:
    """Whose each of these normalised addresses is; one that nobody has is absent. For lists, in two statements."""
    found: dict[str, int] = {}
    wanted = sorted(set(emails))
    for start in range(0, len(wanted), 500):
        rows = db.session.execute(
            sa.select(PersonEmail.address, PersonEmail.person_id)
            .where(PersonEmail.address.in_(wanted[start : start + 500]))
            .order_by(PersonEmail.address)
        )
        found |= dict(rows.all())
    known = {person.id: person for person in persons(set(found.values()))}
    return {address: known[ident] for address, ident in found.items()}


def persons(person_ids: Collection[int]) -> Sequence[Person]:
    """These persons, by name."""
    wanted = sorted(set(person_ids))
    found: list[Person] = []
    for start in range(0, len(wanted), 500):
        found += db.session.scalars(
            sa.select(Person).where(Person.id.in_(wanted[start : start + 500])).order_by(Person.id)
        )
    return sorted(found, key=lambda person: (fold(person.name), person.id))


def names(person_ids: Collection[int]) -> Mapping[int, str]:
    """The name to show for each of these persons."""
    if not person_ids:
        return {}
    rows = db.session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(person_ids)).order_by(Person.id))
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


# --- organisations -----------------------------------------------------------------------------------------------


def organisations() -> Sequence[Organisation]:
    """Every organisation, by name: what a picker offers."""
    return db.session.scalars(sa.select(Organisation).order_by(Organisation.folded_name, Organisation.id)).all()


def organisation_by_id(organisation_id: int) -> Organisation | None:
    """The organisation with this internal key."""
    return db.session.get(Organisation, organisation_id)


def organisation_by_key(key: str) -> Organisation | None:
    """The organisation with this public key."""
    return db.session.scalar(sa.select(Organisation).where(Organisation.key == key))


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


def aliases_of(organisation_id: int) -> Sequence[OrganisationAlias]:
    """The other names of an organisation, by name."""
    return db.session.scalars(
        sa.select(OrganisationAlias)
        .where(OrganisationAlias.organisation_id == organisation_id)
        .order_by(OrganisationAlias.folded_name)
    ).all()


def slug_taken(slug: str) -> bool:
    """Whether an organisation has this address already."""
    return db.session.scalar(sa.select(Organisation.id).where(Organisation.slug == slug)) is not None
