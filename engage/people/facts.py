"""What can happen to a person or an organisation. No fact holds a name or an address: history outlives both."""

from __future__ import annotations

from dataclasses import dataclass

from engage.core.facts import Fact, know
from engage.core.text import _l


@dataclass(frozen=True, kw_only=True)
class PersonAdded(Fact):
    subject = "person"
    says = _l("Person added")


@dataclass(frozen=True, kw_only=True)
class PersonNamed(Fact):
    """Whom only a form had told of got a name: from staff, or from the person."""

    subject = "person"
    says = _l("Name given")


@dataclass(frozen=True, kw_only=True)
class PersonRemoved(Fact):
    """Whom a mistake had made known, and nothing else knew of, was removed."""

    subject = "person"
    says = _l("Removed")


@dataclass(frozen=True, kw_only=True)
class AddressVerified(Fact):
    """A link that was sent to the person's address was used."""

    subject = "person"
    says = _l("Address verified")


@dataclass(frozen=True, kw_only=True)
class AffiliationAdded(Fact):
    """Somebody's role at an organisation (`organisation_id`) became known."""

    subject = "person"
    says = _l("Affiliation added")
    organisation_id: int


@dataclass(frozen=True, kw_only=True)
class OrganisationAdded(Fact):
    subject = "organisation"
    says = _l("Organisation added")


@dataclass(frozen=True, kw_only=True)
class AliasAdded(Fact):
    subject = "organisation"
    says = _l("Other name added")
    alias: str


know(PersonAdded, PersonNamed, PersonRemoved, AddressVerified, AffiliationAdded, OrganisationAdded, AliasAdded)
