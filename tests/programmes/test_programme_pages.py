"""Staff pages of programmes."""

from __future__ import annotations

import re

import pytest

from engage.accounts import queries as accounts
from engage.accounts.service import grant
from engage.core.access import SYSTEM, Role
from engage.core.db import db, saving
from engage.programmes import queries, service
from engage.programmes.models import ProgrammeState
from engage.programmes.parts import desk_items
from tests.factories.accounts import a_user, an_administrator
from tests.factories.events import a_programme, a_theme
from tests.factories.principals import administrator
from tests.reader import words

TYPED = {
    "name": "Health",
    "prefix": "hcs",
    "convening_body": "OSR",
    "zone": "Europe/London",
    "summary": "Short.",
    "purpose": "Long.",
}


@pytest.fixture
def programme(app):
    return a_programme(name="Health", slug="health", prefix="HCS", published=False)


@pytest.fixture
def convenor(programme, client, sign_in):
    a_user("con@engage.example", name="Con Venor", roles={programme.id: Role.CONVENOR})
    return sign_in(client, "con@engage.example")


def send(client, path: str, *, page: str = "", **data: str):
    html = client.get(page or path).get_data(as_text=True)
    token = html.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    return client.post(path, data={"csrf_token": token, **data})


def hidden(answer, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', answer.get_data(as_text=True))
    return found[1] if found else ""


def again():
    db.session.rollback()
    return queries.by_slug("health")


def test_an_administrator_creates_a_programme_and_gives_its_first_convenor(client, sign_in, post):
    an_administrator()
    sign_in(client, "ada@engage.example")
    assert "No programmes yet" in words(client.get("/manage/programmes"))
    answer = send(client, "/manage/programmes/new", **TYPED)
    assert answer.location == "/manage/programmes/health/roles"
    assert again().prefix == "HCS"
    assert "Nobody has a role yet" in words(client.get(answer.location))
    assert "Give Health a convenor" in [item.text for item in desk_items(administrator())]
    answer = send(client, answer.location, email="con@engage.example", name="Con Venor", role="convenor")
    assert answer.status_code == 302
    assert "Con Venor" in words(client.get("/manage/programmes/health/roles"))
    assert [str(m["To"]) for m in post()] == ["Con Venor <con@engage.example>"]
    assert client.get("/manage/programmes/health").status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Enter the name of the programme"),
        ({"name": "x" * 201}, "Name must be 200 characters or fewer"),
        ({"name": "a\0b"}, "characters that can’t be shown"),
        ({"prefix": "H1"}, "The reference prefix must be 2 to 8 capital letters"),
        ({"slug": "new"}, "Another programme has this address"),
        ({"slug": "Not An Address"}, "The address may hold small letters"),
        ({"zone": "Europe/Atlantis"}, "time zone"),
        ({"starts_on-day": "31", "starts_on-month": "2", "starts_on-year": "2017"}, "Start must be a real date"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, sign_in, typed, said):
    an_administrator()
    sign_in(client, "ada@engage.example")
    answer = send(client, "/manage/programmes/new", **{**TYPED, "convening_body": "<b>OSR</b>", **typed})
    assert answer.status_code == 422
    assert said in words(answer)
    assert "&lt;b&gt;OSR&lt;/b&gt;" in answer.get_data(as_text=True)
    assert queries.by_slug("health") is None


def test_a_convenor_edits_publishes_closes_and_reopens(convenor):
    assert "Private" in words(convenor.get("/manage/programmes/health"))
    answer = send(convenor, "/manage/programmes/health/edit", **{**TYPED, "name": "Health and care", "version": "1"})
    assert answer.location == "/manage/programmes/health"
    assert "Saved." in words(convenor.get(answer.location))
    assert send(convenor, "/manage/programmes/health/publish", when="now").status_code == 302
    assert queries.is_public(again())
    assert send(convenor, "/manage/programmes/health/close", reason="").status_code == 422
    assert send(convenor, "/manage/programmes/health/close", reason="Done").status_code == 302
    assert again().state is ProgrammeState.CLOSED
    assert send(convenor, "/manage/programmes/health/reopen", reason="More").status_code == 302
    assert again().state is ProgrammeState.ACTIVE
    history = words(convenor.get("/manage/programmes/health/history"))
    for said in ("Programme published", "Health and care", "Done", "More", "Con Venor"):
        assert said in history


def test_two_editors_see_both_texts(convenor, programme):
    path = "/manage/programmes/health/edit"
    html = convenor.get(path).get_data(as_text=True)
    token = html.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    kept = {k: getattr(programme, k) for k in ("convening_body", "zone", "summary")}
    with saving():
        service.edit(programme, name="Theirs", purpose="Their purpose", version=1, by=SYSTEM, **kept)
    mine = {**TYPED, "csrf_token": token, "name": "Mine", "purpose": "My purpose", "version": "1"}
    answer = convenor.post(path, data=mine)
    assert answer.status_code == 409
    for said in ("Theirs", "Mine", "Their purpose", "My purpose", "Somebody else saved this"):
        assert said in words(answer) + answer.get_data(as_text=True)
    assert again().name == "Theirs"
    assert hidden(answer, "version") == "2"
    assert convenor.post(path, data={**mine, "version": "2"}).status_code == 302
    assert again().name == "Mine"


@pytest.mark.parametrize("version", ["", "x", "99999999999", "-1", "²"])
def test_a_nonsense_version_is_a_clash_never_a_fault(convenor, version):
    answer = send(convenor, "/manage/programmes/health/edit", **{**TYPED, "version": version})
    assert answer.status_code == 409


def test_roles_are_given_and_taken_back_but_never_the_last_convenors(convenor, programme):
    path = "/manage/programmes/health/roles"
    assert send(convenor, path, email="sec@engage.example", name="Sec", role="secretary").status_code == 302
    assert send(convenor, path, email="nobody", name="", role="emperor").status_code == 422
    sec, con = (accounts.user_by_email(f"{who}@engage.example") for who in ("sec", "con"))
    refused = send(convenor, f"{path}/revoke", page=path, user=con.key, role="convenor")
    assert refused.status_code == 422
    assert "This is the only convenor" in words(refused)
    assert send(convenor, f"{path}/revoke", page=path, user=sec.key, role="secretary").status_code == 302
    assert [u.email for u, _ in accounts.grants_in(programme.id)] == ["con@engage.example"]
    for user, role in ((sec.key, "secretary"), ("x", "convenor"), (con.key, "emperor")):
        assert send(convenor, f"{path}/revoke", page=path, user=user, role=role).status_code == 404


def test_a_post_without_the_pages_token_changes_nothing(convenor):
    for path in ("edit", "publish", "close", "roles", "roles/revoke"):
        assert convenor.post(f"/manage/programmes/health/{path}", data={**TYPED, "reason": "x"}).status_code == 422
    assert (again().published_at, again().state) == (None, ProgrammeState.ACTIVE)


PAGES = ("", "/edit", "/publish", "/close", "/reopen", "/roles", "/history", "/themes/new")


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("convenor", [200, 200, 200, 200, 200, 200, 200, 200]),
        ("secretary", [200, 403, 403, 403, 403, 403, 200, 403]),
        ("theme_lead", [200, 403, 403, 403, 403, 403, 200, 403]),
        ("reviewer", [200, 403, 403, 403, 403, 403, 200, 403]),
        ("observer", [200, 403, 403, 403, 403, 403, 200, 403]),
        ("administrator", [404, 404, 404, 404, 404, 200, 404, 404]),
        ("convenor elsewhere", [404] * 8),
        ("anonymous", [302] * 8),
    ],
)
def test_who_sees_which_page(app, client, sign_in, who, expected):
    programme, elsewhere = a_programme(slug="health"), a_programme()
    if who == "administrator":
        an_administrator("x@engage.example")
    elif who == "convenor elsewhere":
        a_user("x@engage.example", roles={elsewhere.id: Role.CONVENOR})
    elif who != "anonymous":
        a_user("x@engage.example", roles={programme.id: Role(who)})
    if who != "anonymous":
        sign_in(client, "x@engage.example")
    assert [client.get(f"/manage/programmes/health{page}").status_code for page in PAGES] == expected
    unknown = {302} if who == "anonymous" else {404}
    assert {client.get(f"/manage/programmes/none{page}").status_code for page in PAGES} == unknown


def test_creating_is_for_administrators(convenor):
    assert convenor.get("/manage/programmes/new").status_code == 403
    assert "Create a programme" not in words(convenor.get("/manage/programmes"))


def test_somebody_without_a_role_is_told_what_to_do(client, sign_in):
    a_user("x@engage.example")
    sign_in(client, "x@engage.example")
    assert "You have no role in any programme" in words(client.get("/manage/programmes"))


def test_pages_ask_as_many_queries_for_three_as_for_one(convenor, programme, query_log):
    def count() -> list[int]:
        counts = []
        for path in ("/manage/programmes", "/manage/programmes/health", "/manage/programmes/health/roles"):
            convenor.get(path)
            query_log.clear()
            convenor.get(path)
            counts.append(len(query_log))
        return counts

    def one_more(number: int) -> None:
        a_theme(programme, published=False)
        a_user(f"u{number}@engage.example", name=f"U{number}", roles={programme.id: Role.OBSERVER})
        con, other = accounts.user_by_email("con@engage.example"), a_programme()
        with saving():
            grant(con, programme_id=other.id, role=Role.CONVENOR, by=SYSTEM)

    one_more(1)
    for_one = count()
    one_more(2)
    one_more(3)
    assert count() == for_one
    assert max(for_one) <= 12
