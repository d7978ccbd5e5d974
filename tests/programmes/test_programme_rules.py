"""The rules of programmes (docs/domain.md#programme)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from engage.accounts.service import grant
from engage.core.access import ANONYMOUS, SYSTEM, Role
from engage.core.db import saving
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import history_of
from engage.core.text import UnknownZone
from engage.programmes import policy, queries, service
from engage.programmes.models import ProgrammeState
from tests.factories.events import a_programme
from tests.factories.principals import acting, administrator, convenor

GIVEN = {
    "name": "Health and care statistics in England",
    "prefix": "HCS",
    "convening_body": "Office for Statistics Regulation",
    "zone": "Europe/London",
}


def created(**given):
    with saving():
        return service.create(**{**GIVEN, **given}, by=SYSTEM)


def test_a_new_programme_is_active_private_and_addressed_by_its_name(app):
    programme = created()
    assert (programme.slug, programme.state, programme.published_at) == (
        "health-and-care-statistics-in-england",
        ProgrammeState.ACTIVE,
        None,
    )
    assert queries.published() == []
    assert queries.published_by_slug(programme.slug) is None


@pytest.mark.parametrize("prefix", ["", "H", "hcs", "HC1", "H S", "ABCDEFGHI", "ÄÖ"])
def test_a_prefix_is_two_to_eight_capital_letters(app, prefix):
    with pytest.raises(RuleBroken) as no:
        created(prefix=prefix)
    assert no.value.field == "prefix"


def test_a_prefix_is_unique_site_wide(app):
    created()
    with pytest.raises(service.PrefixTaken):
        created(name="Another")


def test_two_of_one_name_get_addresses_of_their_own(app):
    assert [created(prefix=prefix).slug for prefix in ("AA", "BB", "CC")] == [
        "health-and-care-statistics-in-england",
        "health-and-care-statistics-in-england-2",
        "health-and-care-statistics-in-england-3",
    ]


@pytest.mark.parametrize("slug", ["new", "Upper", "-x", "a b", "x" * 81])
def test_an_address_that_cannot_be_one_is_refused(app, slug):
    with pytest.raises(RuleBroken) as no:
        created(slug=slug)
    assert no.value.field == "slug"


def test_a_name_that_is_a_reserved_word_gets_another_address(app):
    assert created(name="New").slug == "new-2"


def test_a_taken_address_is_refused(app):
    created(slug="health")
    with pytest.raises(service.SlugTaken):
        created(prefix="AA", slug="health")


def test_an_unknown_zone_and_an_end_before_the_start_are_refused(app):
    with pytest.raises(UnknownZone):
        created(zone="Europe/Atlantis")
    with pytest.raises(RuleBroken) as no:
        created(starts_on=date(2017, 1, 2), ends_on=date(2017, 1, 1))
    assert no.value.field == "ends_on"


def test_an_edit_keeps_address_and_prefix_and_tells_what_changed(app):
    programme = created()
    with saving():
        service.edit(programme, name="Health", convening_body="OSR", zone="Europe/London", version=1, by=SYSTEM)
    assert (programme.name, programme.slug, programme.prefix, programme.version) == (
        "Health",
        "health-and-care-statistics-in-england",
        "HCS",
        2,
    )
    newest = history_of("programme", programme.id)[0]
    assert (newest.fact, [change["field"] for change in newest.changes]) == (
        "ProgrammeEdited",
        ["name", "convening_body"],
    )


def test_the_second_of_two_editors_is_refused(app):
    programme = created()
    words = {"convening_body": "OSR", "zone": "Europe/London", "version": 1, "by": SYSTEM}
    with saving():
        service.edit(programme, name="First", **words)
    with pytest.raises(StaleVersion), saving():
        service.edit(programme, name="Second", **words)
    assert programme.name == "First"


def test_publishing_needs_words_and_happens_once(app, at):
    programme = created()
    with pytest.raises(RuleBroken), saving():
        service.publish(programme, by=SYSTEM)
    with saving():
        service.edit(
            programme, **{k: GIVEN[k] for k in ("name", "convening_body", "zone")},
            summary="Short.", purpose="Long.", version=1, by=SYSTEM,
        )  # fmt: skip
    at(datetime(2016, 1, 18, 10, tzinfo=UTC))
    for _ in range(2):
        with saving():
            service.publish(programme, by=SYSTEM)
    assert programme.published_at == datetime(2016, 1, 18, 10, tzinfo=UTC)
    assert [row.fact for row in history_of("programme", programme.id)].count("ProgrammePublished") == 1
    assert queries.published_by_slug(programme.slug) is programme


def test_closing_and_reopening_need_a_reason_and_follow_the_moves(app):
    programme = a_programme()
    with pytest.raises(RuleBroken), saving():
        service.close(programme, reason=" ", by=SYSTEM)
    with saving():
        service.close(programme, reason="Done", by=SYSTEM)
    with pytest.raises(RuleBroken, match="closed cannot become closed"), saving():
        service.close(programme, reason="Again", by=SYSTEM)
    with saving():
        service.reopen(programme, reason="More to do", by=SYSTEM)
    assert programme.state is ProgrammeState.ACTIVE
    assert [row.reason for row in history_of("programme", programme.id)[:2]] == ["More to do", "Done"]


def test_references_count_per_programme_and_letter_and_never_come_twice(app):
    one, other = a_programme(prefix="HCS"), a_programme(prefix="HHS")
    with saving():
        first = [service.next_reference(one.id, "A") for _ in range(3)]
    with pytest.raises(ZeroDivisionError), saving():
        1 / len(service.next_reference(one.id, "A")[:0])
    with saving():
        rest = [service.next_reference(p.id, letter) for p, letter in ((one, "O"), (other, "A"), (one, "A"))]
    assert (first, rest) == (["HCS-A1", "HCS-A2", "HCS-A3"], ["HCS-O1", "HHS-A1", "HCS-A4"])


def test_the_last_convenor_cannot_be_removed(app):
    programme = a_programme()
    with saving():
        ann = service.give_role(programme, email="ann@example.org", name="Ann", role=Role.CONVENOR, by=SYSTEM)
    ann_user = queries_user(ann.user_id)
    with pytest.raises(service.LastConvenor), saving():
        service.take_role(programme, user=ann_user, role=Role.CONVENOR, by=SYSTEM)
    with saving():
        bob = service.give_role(programme, email="bob@example.org", name="Bob", role=Role.CONVENOR, by=SYSTEM)
        service.take_role(programme, user=ann_user, role=Role.CONVENOR, by=SYSTEM)
    assert holders(programme) == {("bob@example.org", Role.CONVENOR)}
    assert bob.role is Role.CONVENOR


def test_another_role_of_the_last_convenor_can_be_taken_back(app):
    programme = a_programme()
    with saving():
        given = service.give_role(programme, email="ann@example.org", name="Ann", role=Role.CONVENOR, by=SYSTEM)
        ann = queries_user(given.user_id)
        grant(ann, programme_id=programme.id, role=Role.REVIEWER, by=SYSTEM)
    with saving():
        service.take_role(programme, user=ann, role=Role.REVIEWER, by=SYSTEM)
    assert holders(programme) == {("ann@example.org", Role.CONVENOR)}


def test_a_new_address_needs_a_name(app):
    programme = a_programme()
    with pytest.raises(RuleBroken) as no, saving():
        service.give_role(programme, email="ann@example.org", name="", role=Role.CONVENOR, by=SYSTEM)
    assert no.value.field == "name"


def test_who_may_what(app):
    programme = a_programme()
    people = {
        "anonymous": ANONYMOUS,
        "administrator": administrator(),
        "convenor": convenor(programme.id),
        "observer": acting(programme.id, Role.OBSERVER),
        "convenor elsewhere": convenor(programme.id + 1),
    }
    rules = (policy.may_create, policy.may_see, policy.may_edit, policy.may_give_roles)
    assert {who: [rule(principal, programme) for rule in rules] for who, principal in people.items()} == {
        "anonymous": [False, False, False, False],
        "administrator": [True, False, False, True],
        "convenor": [False, True, True, True],
        "observer": [False, True, False, False],
        "convenor elsewhere": [False, False, False, False],
    }


def test_a_programme_without_a_convenor_is_found(app):
    with_one, without = a_programme(), a_programme()
    with saving():
        service.give_role(with_one, email="ann@example.org", name="Ann", role=Role.CONVENOR, by=SYSTEM)
    assert queries.without_convenor() == [without]


def test_the_public_list_has_active_ones_first_then_the_latest(app):
    old = a_programme(name="Old", starts_on=date(2015, 1, 1))
    closed = a_programme(name="Closed", starts_on=date(2019, 1, 1))
    new = a_programme(name="New work", starts_on=date(2018, 1, 1))
    a_programme(published=False)
    with saving():
        service.close(closed, reason="Done", by=SYSTEM)
    assert [p.name for p in queries.published()] == [new.name, old.name, closed.name]


def queries_user(user_id):
    from engage.accounts.models import User
    from engage.core.db import db

    return db.session.get_one(User, user_id)


def holders(programme):
    from engage.accounts.queries import grants_in

    return {(user.email, given.role) for user, given in grants_in(programme.id)}
