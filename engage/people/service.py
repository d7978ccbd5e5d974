"""Verbs of people: find or make persons and organisations (docs/domain.md#people).

Finding never reveals, and changes nobody who has a name: whoever is known stays as they are, whatever was typed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import lazyload

from engage.core import clock
from engage.core.access import SYSTEM, Kind, Principal
from engage.core.addresses import normalise
from engage.core.db import db, lock
from engage.core.errors import RuleBroken
from engage.core.facts import record
from engage.core.text import _, slugify
from engage.people import queries
from engage.people.facts import (
    AddressVerified,
    AffiliationAdded,
    AliasAdded,
    OrganisationAdded,
    PersonAdded,
    PersonNamed,
    PersonRemoved,
)
from engage.people.models import Affiliation, Organisation, OrganisationAlias, Person, PersonEmail, PersonState

MOST = 200
"""Characters of a name or a role."""


class NameTaken(RuleBroken):
    """Another organisation is known under this name."""


def person_for(*, email: str, name: str, organisation: str = "", role: str = "", by: Principal) -> Person:
    """The person whose address this is; where it is nobody's, a new one with what was given.

    Only staff name a person: what a stranger types beside an address stays on the stranger's form. Who has a name is
    never changed. Two asking at once for one new address get the same person. Raises `BadAddress`, `RuleBroken`.
    """
    address = normalise(email)
    staff = by.kind in (Kind.USER, Kind.SYSTEM)
    person = queries.person_by_email(address)
    if person is not None and (person.name or not staff):
        return person
    called = _line(name, _("Enter the name of the person"))
    if person is None:
        ident, made = _with_address(address, called if staff else "", by)
        person = db.session.get_one(Person, ident, options=(lazyload("*"),))
        if not made:
            return person
    elif not _named(person, called, by):
        return person
    if organisation.strip():
        affiliate(person, organisation=organisation_named(organisation, by=by), role=role, by=by)
    return person


def newcomer(address: str, *, by: Principal) -> int:
    """Somebody first heard of through a form, by an address (normalised) that was nobody's: the internal key. They have
    no name yet. Whoever got the address meanwhile is meant."""
    return _with_address(address, "", by)[0]


def _with_address(address: str, name: str, by: Principal) -> tuple[int, bool]:
    """The internal key of a new person with this address, or of whoever got it meanwhile; whether it is a new one."""
    connection = db.session.connection()
    key = connection.execute(_PERSON, {"name": name, "created_at": clock.now()}).inserted_primary_key
    ident = int(key[0]) if key else 0
    put = _ADDRESS[connection.dialect.name]
    if connection.scalar(put, {"person_id": ident, "address": address}) is not None:
        record(PersonAdded(subject_id=ident), by=by)
        return ident, True
    connection.execute(sa.delete(Person).where(Person.id == ident))
    found = queries.person_id_by_email(address)
    if found is None:
        raise LookupError("an address that is taken belongs to nobody")
    return found, False


_PERSON = sa.insert(Person.__table__)
_ADDRESS = {
    dialect.name: dialects.insert(PersonEmail.__table__).on_conflict_do_nothing().returning(PersonEmail.id)
    for dialect, dialects in ((sqlite.dialect, sqlite), (postgresql.dialect, postgresql))
}
"""Past the unit of work, without a savepoint: who registers is mostly new, and the address's own index decides."""


def heard_from(by: Principal, *, name: str = "") -> None:
    """Somebody used a link that was sent to their address: the address is theirs, and so is the name that they typed
    there, unless one is known. Acts of anybody else confirm nothing."""
    if by.kind is not Kind.LINK or by.person_id is None:
        return
    person = lock(Person, by.person_id)
    address = queries.unverified_address(person.id)
    if address is not None:
        address.verified_at = clock.now()
        record(AddressVerified(subject_id=person.id), by=by)
    if name and not person.name:
        _named(person, _line(name, _("Enter the name of the person")), by)


def _named(person: Person, called: str, by: Principal) -> bool:
    """Name somebody without a name. False where they were named meanwhile: they keep that one."""
    person = lock(Person, person.id)
    if person.name:
        return False
    person.name = called
    record(PersonNamed(subject_id=person.id), by=by)
    return True


def person_named(*, name: str, organisation: str = "", role: str = "", by: Principal) -> Person:
    """A new person without an address: somebody at the door who gives none. Never found again by name."""
    person = Person(name=_line(name, _("Enter the name of the person")), created_at=clock.now())
    db.session.add(person)
    db.session.flush()
    record(PersonAdded(subject_id=person.id), by=by)
    if organisation.strip():
        affiliate(person, organisation=organisation_named(organisation, by=by), role=role, by=by)
    return person


def remove_unknown(
    person_ids: Sequence[int], *, besides: Mapping[str, Collection[int]], by: Principal
) -> frozenset[int]:
    """Take name and addresses from those of these persons of whom nothing tells but the rows `besides`, by table: they
    were made known by mistake. Returns who was removed."""
    removed = frozenset(person_ids) - queries.known_elsewhere(person_ids, besides=besides)
    for ident in sorted(removed):
        person = lock(Person, ident)
        person.name, person.state = "", PersonState.ERASED
        record(PersonRemoved(subject_id=ident), by=by)
    db.session.execute(sa.delete(PersonEmail).where(PersonEmail.person_id.in_(removed)))
    return removed


def affiliate(
    person: Person,
    *,
    organisation: Organisation,
    role: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    by: Principal,
) -> Affiliation:
    """What somebody is, at which organisation, from when to when (both days inclusive, None for not known)."""
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise RuleBroken(_("The end must not be before the start."), field="ends_on")
    given = Affiliation(
        person_id=person.id,
        organisation=organisation,
        role=_short(role),
        starts_on=starts_on,
        ends_on=ends_on,
    )
    db.session.add(given)
    db.session.flush()
    db.session.expire(person, ["affiliations"])
    record(AffiliationAdded(subject_id=person.id, organisation_id=organisation.id), by=by)
    return given


def organisation_named(name: str, *, short_name: str = "", by: Principal = SYSTEM) -> Organisation:
    """The organisation known under this name, short name or alias, unchanged; else a new one.

    Two asking at once for one new name get the same. Raises `RuleBroken` for an empty or too long name.
    """
    called = _line(name, _("Enter the name of the organisation"))
    known = queries.organisation_by_name(called)
    if known is not None:
        return known
    made = Organisation(
        name=called, folded_name=queries.fold(called)[:MOST], short_name=_short(short_name, 40), slug=_slug(called)
    )
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        found = queries.organisation_by_name(called)
        if found is None:
            raise
        return found
    record(OrganisationAdded(subject_id=made.id), by=by)
    return made


def add_alias(organisation: Organisation, *, name: str, by: Principal) -> Organisation:
    """Let an organisation be found under another name too. Raises `NameTaken` where another one is called so."""
    organisation = lock(Organisation, organisation.id)
    called = _line(name, _("Enter the other name"))
    known = queries.organisation_by_name(called)
    if known is not None and known.id != organisation.id:
        raise NameTaken(_("Another organisation is known under this name."), field="name")
    if known is not None:
        return organisation
    alias = OrganisationAlias(organisation_id=organisation.id, name=called, folded_name=queries.fold(called)[:MOST])
    try:
        with db.session.begin_nested():
            db.session.add(alias)
    except IntegrityError as clash:
        raise NameTaken(_("Another organisation is known under this name."), field="name") from clash
    record(AliasAdded(subject_id=organisation.id, alias=called), by=by)
    return organisation


def _line(given: str, missing: str) -> str:
    """A name on one line, as it is kept."""
    words = " ".join(given.split())
    if not words:
        raise RuleBroken(missing, field="name")
    if len(words) > MOST or len(queries.fold(words)) > MOST:
        raise RuleBroken(_("The name must be %(max)d characters or fewer", max=MOST), field="name")
    return words


def _short(given: str, most: int = MOST) -> str:
    words = " ".join(given.split())
    if len(words) > most:
        raise RuleBroken(_("This must be %(max)d characters or fewer", max=most), field="role")
    return words


def _slug(name: str) -> str:
    """An address for a new organisation: its name's, with the first number that is free."""
    base = slugify(name, "organisation")
    slug, number = base, 2
    while queries.slug_taken(slug):
        tail = f"-{number}"
        slug, number = base[: 80 - len(tail)].rstrip("-") + tail, number + 1
    return slug
