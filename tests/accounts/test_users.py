"""Accounts and roles: the rules."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engage.accounts import queries, service
from engage.accounts.models import RoleGrant, User
from engage.core.access import SYSTEM, Role
from engage.core.addresses import BadAddress
from engage.core.db import db, saving
from engage.core.errors import RuleBroken
from engage.core.facts import History, history_of
from tests.factories.accounts import a_user, an_administrator

pytestmark = pytest.mark.usefixtures("app")


def facts_of(user: User) -> list[str]:
    return [row.fact for row in reversed(history_of("user", user.id))]


def test_an_address_is_kept_in_one_spelling_and_found_in_any():
    user = a_user(" Sam@ENGAGE.Example ")
    assert user.email == "sam@engage.example"
    assert queries.user_by_email("SAM@engage.example") == user
    assert queries.user_by_email("not an address") is None


def test_an_address_has_one_account():
    a_user("sam@engage.example")
    with pytest.raises(service.AddressTaken) as refusal, saving():
        service.add_user(email="SAM@engage.example", name="Another", by=SYSTEM)
    assert refusal.value.field == "email"
    assert queries.count() == 1


@pytest.mark.parametrize("email", ["", "x", "x@y", "a b@x.org", "x@x.org\nBcc: all@x.org"])
def test_what_is_no_address_makes_no_account(email):
    with pytest.raises(BadAddress), saving():
        service.add_user(email=email, name="X", by=SYSTEM)


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_an_account_has_a_name_of_reasonable_length(name):
    with pytest.raises(RuleBroken) as refusal, saving():
        service.add_user(email="x@x.org", name=name, by=SYSTEM)
    assert refusal.value.field == "name"


def test_history_tells_what_happened_and_keeps_no_personal_value():
    ada, sam = an_administrator(), a_user()
    with saving():
        service.edit_user(sam, email="samantha@engage.example", name="Samantha", is_admin=True, by=SYSTEM)
    with saving():
        service.edit_user(sam, email="samantha@engage.example", name="Samantha", is_admin=False, by=SYSTEM)
    with saving():
        service.deactivate(sam, by=SYSTEM)
    with saving():
        service.reactivate(sam, by=SYSTEM)
    assert facts_of(ada) == ["UserAdded", "AdministratorMade"]
    assert facts_of(sam) == [
        "UserAdded",
        "UserEdited",
        "AdministratorMade",
        "AdministratorEnded",
        "UserDeactivated",
        "UserReactivated",
    ]
    kept = " ".join(
        f"{row.changes} {row.data} {row.reason} {row.actor}" for row in db.session.scalars(sa.select(History))
    )
    assert "sam" not in kept.casefold().replace("samesite", "")


def test_saving_an_account_unchanged_leaves_no_trace():
    sam = a_user()
    with saving():
        service.edit_user(sam, email="SAM@engage.example", name=" Sam  Secretary", is_admin=False, by=SYSTEM)
    assert facts_of(sam) == ["UserAdded"]


def test_an_account_cannot_take_anothers_address():
    sam, _kim = a_user(), a_user("kim@engage.example", name="Kim")
    with pytest.raises(service.AddressTaken), saving():
        service.edit_user(sam, email="kim@engage.example", name="Sam", is_admin=False, by=SYSTEM)
    assert queries.user_by_email("sam@engage.example").name == "Sam Secretary"


# --- the last administrator --------------------------------------------------------------------------------------


def test_the_last_administrator_stays():
    ada = an_administrator()
    with pytest.raises(service.LastAdministrator), saving():
        service.deactivate(ada, by=SYSTEM)
    with pytest.raises(service.LastAdministrator), saving():
        service.edit_user(ada, email=ada.email, name=ada.name, is_admin=False, by=SYSTEM)
    assert [user.email for user in queries.active_administrators()] == ["ada@engage.example"]


def test_a_closed_administrator_does_not_count_as_another():
    ada, kim = an_administrator(), an_administrator("kim@engage.example", name="Kim")
    with saving():
        service.deactivate(kim, by=SYSTEM)
    with pytest.raises(service.LastAdministrator), saving():
        service.deactivate(ada, by=SYSTEM)


def test_one_of_two_administrators_may_go():
    ada, kim = an_administrator(), an_administrator("kim@engage.example", name="Kim")
    with saving():
        service.edit_user(ada, email=ada.email, name=ada.name, is_admin=False, by=SYSTEM)
    assert list(queries.active_administrators()) == [kim]


# --- roles -------------------------------------------------------------------------------------------------------


def test_a_role_is_given_once_and_taken_back_once():
    sam = a_user()
    for _again in range(2):
        with saving():
            service.grant(sam, programme_id=7, role=Role.SECRETARY, by=SYSTEM)
    assert [(g.programme_id, g.role, g.granted_by) for g in sam.grants] == [(7, Role.SECRETARY, "system")]
    for _again in range(2):
        with saving():
            service.revoke(sam, programme_id=7, role=Role.SECRETARY, by=SYSTEM)
    assert sam.grants == []
    assert facts_of(sam) == ["UserAdded", "RoleGranted", "RoleRevoked"]
    told = history_of("user", sam.id)[0]
    assert (told.programme_id, told.data) == (7, {"role": "secretary"})


def test_a_closed_account_gets_no_role():
    an_administrator()
    sam = a_user()
    with saving():
        service.deactivate(sam, by=SYSTEM)
    with pytest.raises(RuleBroken), saving():
        service.grant(sam, programme_id=7, role=Role.SECRETARY, by=SYSTEM)


def test_users_in_a_programme_by_role():
    ann = a_user("ann@x.org", name="Ann", roles={1: Role.CONVENOR})
    bob = a_user("bob@x.org", name="bob", roles={1: Role.REVIEWER, 2: Role.CONVENOR})
    gone = a_user("gone@x.org", name="Gone", roles={1: Role.CONVENOR})
    an_administrator()
    with saving():
        service.deactivate(gone, by=SYSTEM)
    assert list(queries.users_in(1)) == [ann, bob]
    assert list(queries.users_in(1, Role.CONVENOR, Role.SECRETARY)) == [ann]
    assert list(queries.users_in(2)) == [bob]
    assert [(user.name, grant.role) for user, grant in queries.grants_in(1)] == [
        ("Ann", Role.CONVENOR),
        ("bob", Role.REVIEWER),
        ("Gone", Role.CONVENOR),
    ]
    assert queries.grant_in(1, bob.key, "reviewer").user_id == bob.id
    assert queries.grant_in(2, bob.key, "reviewer") is None
    assert queries.grant_in(1, bob.key, "emperor") is None


def test_inviting_an_unknown_address_makes_its_account_and_tells_it(post):
    with saving():
        service.invite(email="New@x.org", name="Nia New", programme_id=3, role=Role.OBSERVER, by=SYSTEM)
    new = queries.user_by_email("new@x.org")
    assert [(g.programme_id, g.role) for g in new.grants] == [(3, Role.OBSERVER)]
    (mail,) = post()
    assert (mail["To"], mail["Subject"]) == ("Nia New <new@x.org>", "You have an account at engage")
    assert "http://localhost/sign-in" in mail.get_body(("plain",)).get_content()


def test_inviting_a_known_address_changes_no_name_and_mails_nobody(post):
    sam = a_user()
    with saving():
        service.invite(email="sam@engage.example", name="Somebody Else", programme_id=3, role=Role.OBSERVER, by=SYSTEM)
    assert sam.name == "Sam Secretary"
    assert post() == []


def test_inviting_an_unknown_address_needs_a_name():
    with pytest.raises(RuleBroken) as refusal, saving():
        service.invite(email="new@x.org", programme_id=3, role=Role.OBSERVER, by=SYSTEM)
    assert refusal.value.field == "name"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RoleGrant)) == 0
