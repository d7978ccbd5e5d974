"""The administrator's pages of accounts."""

from __future__ import annotations

import pytest

from engage.accounts import queries
from engage.core.access import Role
from tests.factories.accounts import a_user, an_administrator
from tests.reader import words


@pytest.fixture
def admin(client, sign_in):
    an_administrator()
    return sign_in(client, "ada@engage.example")


def send(client, path: str, *, page: str = "", **data: str):
    html = client.get(page or path).get_data(as_text=True)
    token = html.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    return client.post(path, data={"csrf_token": token, **data})


PATHS = (
    "/admin/users",
    "/admin/users/add",
    "/admin/users/{key}",
    "/admin/users/{key}/edit",
    "/admin/users/{key}/deactivate",
)


def test_only_administrators_see_accounts(app, client, sign_in):
    sam = a_user(roles={1: Role.CONVENOR})
    for path in PATHS:
        assert app.test_client().get(path.format(key=sam.key)).location.startswith("/sign-in?next=/admin/users")
    sign_in(client, "sam@engage.example")
    assert [client.get(path.format(key=sam.key)).status_code for path in PATHS] == [403, 403, 404, 404, 404]
    for verb in ("reactivate", "sign-out", "deactivate", "edit"):
        assert client.post(f"/admin/users/{sam.key}/{verb}").status_code == 404
    assert client.post("/admin/users/add", data={"name": "x", "email": "x@x.org"}).status_code == 403


def test_an_administrator_adds_an_account_whose_owner_is_told(admin, post):
    answer = send(admin, "/admin/users/add", name="Nia New", email="Nia@X.org")
    nia = queries.user_by_email("nia@x.org")
    assert answer.location == f"/admin/users/{nia.key}"
    assert (nia.name, nia.is_admin) == ("Nia New", False)
    page = words(admin.get(answer.location))
    assert "The account is made" in page
    assert "Account made" in page
    assert "Ada Administrator" in page
    assert [mail["To"] for mail in post()] == ["Nia New <nia@x.org>"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "", "email": "x@x.org"}, "Enter the name of the person"),
        ({"name": "X", "email": "ada@engage.example"}, "There is an account with this e-mail address already."),
        ({"name": "X", "email": "nonsense"}, "Enter an e-mail address in the correct format"),
        ({"name": "x" * 201, "email": "x@x.org"}, "Name must be 200 characters or fewer"),
        ({"name": "a\0b", "email": "x@x.org"}, "characters that can’t be shown"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(admin, typed, said):
    answer = send(admin, "/admin/users/add", **typed)
    assert answer.status_code == 422
    assert said in words(answer)
    assert "<title>Error: Add an account" in answer.get_data(as_text=True)
    assert queries.count() == 1


def test_a_post_without_the_pages_token_changes_nothing(admin):
    assert admin.post("/admin/users/add", data={"name": "X", "email": "x@x.org"}).status_code == 422
    assert queries.count() == 1


def test_making_somebody_an_administrator_and_closing_oneself(admin):
    sam = a_user()
    send(admin, f"/admin/users/{sam.key}/edit", name="Sam", email="sam@engage.example", is_admin="yes")
    ada = queries.user_by_email("ada@engage.example")
    preview = admin.get(f"/admin/users/{ada.key}/deactivate")
    assert "This is your own account" in words(preview)
    assert "1 session ends at once" in words(preview)
    send(admin, f"/admin/users/{ada.key}/deactivate")
    assert [user.name for user in queries.active_administrators()] == ["Sam"]
    assert admin.get("/admin/users").status_code == 302


def test_the_last_administrator_is_refused_in_words(admin):
    ada = queries.user_by_email("ada@engage.example")
    for path, typed in (("deactivate", {}), ("edit", {"name": "Ada", "email": "ada@engage.example"})):
        answer = send(admin, f"/admin/users/{ada.key}/{path}", **typed)
        assert answer.status_code == 422
        assert "This is the only administrator" in words(answer)


def test_closing_and_opening_again(admin):
    sam = a_user()
    send(admin, f"/admin/users/{sam.key}/deactivate")
    page = admin.get(f"/admin/users/{sam.key}")
    assert "Closed" in words(page)
    send(admin, f"/admin/users/{sam.key}/reactivate", page=f"/admin/users/{sam.key}")
    assert "Active" in words(admin.get(f"/admin/users/{sam.key}"))


def test_an_unknown_account_is_not_found(admin):
    assert admin.get(f"/admin/users/{'x' * 22}").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_a_fixed_number_of_queries(admin, query_log, count):
    for n in range(count):
        a_user(f"n{n}@x.org", name=f"N {n}", roles={1: Role.CONVENOR, 2: Role.OBSERVER})
    query_log.clear()
    page = admin.get("/admin/users")
    assert "N 0" in words(page)
    assert len(query_log) == 6  # session; person; users, their roles, last use; count


def test_the_list_is_paged(admin):
    for n in range(51):
        a_user(f"n{n}@x.org", name=f"N {n:02}")
    assert "N 48" in words(admin.get("/admin/users"))
    assert "N 50" in words(admin.get("/admin/users?page=2"))
    assert "No accounts on this page" in words(admin.get("/admin/users?page=9"))


def test_history_says_which_role_was_given(admin):
    sam = a_user(roles={1: Role.REVIEWER})
    assert "Role given" in words(admin.get(f"/admin/users/{sam.key}"))
    assert "Reviewer" in words(admin.get(f"/admin/users/{sam.key}"))
