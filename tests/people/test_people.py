"""Persons and organisations: found or made, never changed by being asked for."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from engage.core import slots
from engage.core.access import ANONYMOUS, SYSTEM, act_as_link
from engage.core.addresses import BadAddress
from engage.core.db import db, saving
from engage.core.errors import RuleBroken
from engage.core.facts import History, history_of
from engage.people import queries, service
from engage.people.models import Organisation, OrganisationAlias, Person, PersonEmail

pytestmark = pytest.mark.usefixtures("app")


def a_person(email: str = "ann@ons.example", name: str = "Ann Lee", **more: str) -> Person:
    with saving():
        return service.person_for(email=email, name=name, by=SYSTEM, **more)


def an_organisation(name: str, short_name: str = "") -> Organisation:
    with saving():
        return service.organisation_named(name, short_name=short_name, by=SYSTEM)


def count(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_a_new_address_makes_a_person_with_their_organisation():
    ann = a_person(" Ann@ONS.example", "  Ann   Lee ", organisation="Office for National Statistics", role="Director")
    assert (ann.name, ann.email) == ("Ann Lee", "ann@ons.example")
    assert [(a.organisation.name, a.role) for a in ann.affiliations] == [("Office for National Statistics", "Director")]


def test_a_known_address_finds_its_person_and_changes_nothing():
    ann = a_person(organisation="ONS", role="Director")
    again = a_person("ANN@ons.example", "Mallory", organisation="Evil Corp", role="Boss")
    assert again.id == ann.id
    assert again.name == "Ann Lee"
    assert [a.organisation.name for a in again.affiliations] == ["ONS"]
    assert (count(Person), count(PersonEmail), count(Organisation)) == (1, 1, 1)


def kept_of(person: Person) -> tuple[str, bool, list[str]]:
    """Name, whether the address is known to be theirs, and what history tells."""
    db.session.expire_all()
    facts = [row.fact for row in reversed(history_of("person", person.id))]
    return person.name, person.emails[0].verified_at is not None, facts


def test_a_strangers_word_names_nobody_and_staffs_does():
    with saving():
        ann = service.person_for(email="ann@ons.example", name="Abuse", by=ANONYMOUS)
    assert kept_of(ann) == ("", False, ["PersonAdded"])
    assert slots.names_of({f"person:{ann.id}"}) == {}
    with saving():
        service.person_for(email="ann@ons.example", name="Worse", by=ANONYMOUS)
    assert kept_of(ann) == ("", False, ["PersonAdded"])
    a_person(name="Ann Lee", organisation="ONS")
    a_person(name="Somebody Else", organisation="HSCIC")
    assert kept_of(ann) == ("Ann Lee", False, ["PersonAdded", "PersonNamed", "AffiliationAdded"])
    assert [a.organisation.name for a in ann.affiliations] == ["ONS"]


def test_staff_must_name_whom_only_a_stranger_named():
    with saving():
        service.person_for(email="ann@ons.example", name="Abuse", by=ANONYMOUS)
    with pytest.raises(RuleBroken) as refusal:
        a_person(name="")
    assert refusal.value.field == "name"


def test_what_they_say_themselves_behind_their_link_names_them_once():
    with saving():
        ann = service.person_for(email="ann@ons.example", name="Abuse", by=ANONYMOUS)
    with saving():
        service.heard_from(SYSTEM, name="Not they")
        service.heard_from(ANONYMOUS, name="Not they")
    assert kept_of(ann) == ("", False, ["PersonAdded"])
    for name in ("", "Ann Lee", "Another"):
        with saving():
            service.heard_from(act_as_link(ann.id), name=name)
    assert kept_of(ann) == ("Ann Lee", True, ["PersonAdded", "AddressVerified", "PersonNamed"])


def test_two_spellings_of_one_address_cannot_be_two_persons():
    ann = a_person()
    with pytest.raises(sa.exc.IntegrityError), saving():
        db.session.add(PersonEmail(person_id=ann.id, address="ann@ons.example", is_primary=False))


@pytest.mark.parametrize("email", ["", "x", "ann@", "ann@ons.example\nBcc: x@x.org", "ann\0@ons.example"])
def test_what_is_no_address_is_refused(email):
    with pytest.raises(BadAddress), saving():
        service.person_for(email=email, name="Ann", by=SYSTEM)


@pytest.mark.parametrize("name", ["", " \n ", "x" * 201])
def test_a_person_has_a_name(name):
    with pytest.raises(RuleBroken) as refusal, saving():
        service.person_for(email="ann@ons.example", name=name, by=SYSTEM)
    assert refusal.value.field == "name"


def test_a_person_without_an_address_is_never_found_again():
    with saving():
        one = service.person_named(name="Walk In", by=SYSTEM)
    with saving():
        two = service.person_named(name="Walk In", by=SYSTEM)
    assert one.id != two.id
    assert one.email == ""


def test_history_keeps_no_name_and_no_address():
    a_person(organisation="ONS", role="Director")
    kept = [f"{row.fact} {row.changes} {row.data} {row.reason}" for row in db.session.scalars(sa.select(History))]
    assert [line.split()[0] for line in kept] == ["PersonAdded", "OrganisationAdded", "AffiliationAdded"]
    assert "ann" not in " ".join(kept).casefold()


def test_reads_of_persons():
    bob = a_person("bob@x.org", "bob")
    assert queries.person_by_email("BOB@x.org") == bob
    assert queries.person_by_email("nonsense") is None
    assert queries.person_id_by_email("carol@x.org") is None


def test_history_can_name_persons():
    ann = a_person()
    assert slots.names_of({f"person:{ann.id}", "person:99", "system"}) == {f"person:{ann.id}": "Ann Lee"}


# --- organisations -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    ["Public Health England", "PUBLIC  health england", "phe", "PHE", "Public Health (England)"],  # noqa: RUF100
)
def test_an_organisation_is_found_by_any_of_its_names(asked):
    phe = an_organisation("Public Health England", "PHE")
    with saving():
        service.add_alias(phe, name="Public Health (England)", by=SYSTEM)
    assert an_organisation(asked).id == phe.id
    assert count(Organisation) == 1


def test_being_found_changes_nothing():
    phe = an_organisation("Public Health England", "PHE")
    assert an_organisation("public health england", "Phe2").short_name == "PHE"
    assert phe.name == "Public Health England"


def test_a_name_goes_before_a_short_name():
    an_organisation("Department of Health", "Trust")
    trust = an_organisation("The Trust")
    with saving():
        service.add_alias(trust, name="Trusty", by=SYSTEM)
    assert queries.organisation_by_name("the trust") == trust
    assert queries.organisation_by_name("trust").name == "Department of Health"
    assert queries.organisation_by_name("") is None


def test_an_alias_belongs_to_one_organisation():
    phe, ons = an_organisation("Public Health England", "PHE"), an_organisation("Office for National Statistics", "ONS")
    with pytest.raises(service.NameTaken), saving():
        service.add_alias(ons, name="phe", by=SYSTEM)
    for _again in range(2):
        with saving():
            service.add_alias(phe, name="EHSSG", by=SYSTEM)
    assert queries.organisation_by_name("ehssg") == phe
    assert count(OrganisationAlias) == 1


def test_addresses_of_organisations_are_unique():
    slugs = [an_organisation(name).slug for name in ("A & B", "A and B!", "A and B", "统计局", "***")]
    assert slugs == ["a-and-b", "a-and-b-2", "a-and-b-3", "organisation", "organisation-2"]


def test_the_picker_offers_every_organisation_by_name(query_log):
    for name in ("zebra", "Älpha", "Beta"):
        an_organisation(name)
    query_log.clear()
    assert [o.name for o in queries.organisations()] == ["Beta", "zebra", "Älpha"]
    assert len(query_log) == 1


def test_an_affiliation_ends_after_it_starts():
    ann, ons = a_person(), an_organisation("ONS")
    with saving():
        service.affiliate(ann, organisation=ons, starts_on=date(2016, 1, 1), ends_on=date(2016, 1, 1), by=SYSTEM)
    with pytest.raises(RuleBroken), saving():
        service.affiliate(ann, organisation=ons, starts_on=date(2016, 1, 2), ends_on=date(2016, 1, 1), by=SYSTEM)
    assert len(ann.affiliations) == 1
