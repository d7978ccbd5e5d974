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


know(PersonAdded, AffiliationAdded, OrganisationAdded, AliasAdded)
