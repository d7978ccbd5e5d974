"""Staff pages of theme groups."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from engage.core.access import SYSTEM, Role
from engage.core.db import db, saving
from engage.people.service import person_for
from engage.themes import queries, service
from engage.themes.models import ThemeState
from tests.factories.accounts import a_user
from tests.factories.events import a_programme, a_theme
from tests.factories.following import a_follower
from tests.reader import words

NOW = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def theme(app, at):
    at(NOW)
    return a_theme(a_programme(slug="health"), title="Cancer", slug="cancer")


@pytest.fixture
def convenor(theme, client, sign_in):
    a_user("con@engage.example", name="Con Venor", roles={theme.programme_id: Role.CONVENOR})
    return sign_in(client, "con@engage.example")


def send(client, path: str, *, page: str = "", **data: str):
    html = client.get(page or path).get_data(as_text=True)
    token = html.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    return client.post(path, data={"csrf_token": token, **data})


def again(slug="cancer"):
    db.session.rollback()
    return queries.by_slug(slug)


def on(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def leading(theme, email="lead@engage.example", name="Lena Lead", start=date(2026, 1, 1)):
    with saving():
        person = person_for(email=email, name=name, by=SYSTEM)
        return service.appoint(theme, person=person, starts_on=start, by=SYSTEM)


def test_a_convenor_proposes_activates_and_publishes(convenor):
    answer = send(convenor, "/manage/programmes/health/themes/new", title="Workforce", scope="Who works where.")
    assert answer.location == "/manage/themes/workforce"
    page = words(convenor.get(answer.location))
    assert "Proposed" in page
    assert "Nobody at present." in page
    assert send(convenor, "/manage/themes/workforce/activate").status_code == 302
    assert "No lead" in words(convenor.get("/manage/themes/workforce"))
    assert send(convenor, "/manage/themes/workforce/publish", when="now").status_code == 302
    assert queries.published_by_slug("workforce") is not None
    assert send(convenor, "/manage/themes/workforce/rest", reason="").status_code == 422
    assert send(convenor, "/manage/themes/workforce/rest", reason="Summer").status_code == 302
    assert again("workforce").state is ThemeState.DORMANT
    assert "Workforce" in words(convenor.get("/manage/programmes/health"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": ""}, "Enter the title of the theme group"),
        ({"title": "x" * 121}, "Title must be 120 characters or fewer"),
        ({"title": "a\0b"}, "characters that can’t be shown"),
        ({"slug": "cancer"}, "Another theme group has this address"),
        ({"contact": "nonsense"}, "Enter an e-mail address in the correct format"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(convenor, typed, said):
    sent = {"title": "Workforce", "scope": "<script>alert(1)</script>", **typed}
    answer = send(convenor, "/manage/programmes/health/themes/new", **sent)
    assert answer.status_code == 422
    assert said in words(answer)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.get_data(as_text=True)
    assert again("workforce") is None


def test_the_lead_edits_the_page_of_the_own_group_and_nothing_else(theme, client, sign_in):
    other = a_theme(theme.programme, slug="other")
    leading(theme)
    a_user("lead@engage.example", name="Lena Lead")
    sign_in(client, "lead@engage.example")
    answer = send(client, "/manage/themes/cancer/edit", title="Cancer", plan="New plan", version="1")
    assert answer.location == "/manage/themes/cancer"
    assert "New plan" in words(client.get(answer.location))
    assert [client.get(f"/manage/themes/cancer/{page}").status_code for page in ("people", "history")] == [200, 200]
    for page in ("publish", "close", "rest", "activate", "people/new"):
        assert client.get(f"/manage/themes/cancer/{page}").status_code in (403, 404)
    assert client.get(f"/manage/themes/{other.slug}").status_code == 404


def test_a_lead_whose_term_is_over_edits_no_more(theme, client, sign_in, at):
    term = leading(theme)
    with saving():
        service.end_term(term, ends_on=date(2027, 3, 1), by=SYSTEM)
    a_user("lead@engage.example")
    sign_in(client, "lead@engage.example")
    assert client.get("/manage/themes/cancer/edit").status_code == 200
    at(datetime(2027, 3, 2, 9, 30, tzinfo=UTC))
    assert client.get("/manage/themes/cancer/edit").status_code == 404


def test_two_editors_see_both_texts(convenor, theme):
    path = "/manage/themes/cancer/edit"
    html = convenor.get(path).get_data(as_text=True)
    token = html.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    with saving():
        service.edit(theme, title="Cancer", scope="Theirs", version=1, by=SYSTEM)
    mine = {"csrf_token": token, "title": "Cancer", "scope": "Mine", "version": "1"}
    answer = convenor.post(path, data=mine)
    assert answer.status_code == 409
    page = words(answer)
    assert "Somebody else saved this" in page
    assert "Theirs" in page
    assert "Mine" in page
    assert again().scope == "Theirs"
    assert convenor.post(path, data={**mine, "version": "2"}).status_code == 302
    assert again().scope == "Mine"


def test_appointing_ending_and_handing_over(convenor):
    people = "/manage/themes/cancer/people"
    assert "Nobody yet" in words(convenor.get(people))
    ann = {"name": "Ann", "email": "ann@x.org", "organisation": "ONS", "role": "lead"}
    assert send(convenor, f"{people}/new", **ann).status_code == 422
    assert send(convenor, f"{people}/new", **ann, **on("starts_on", date(2026, 1, 1))).status_code == 302
    twice = send(convenor, f"{people}/new", **ann, **on("starts_on", date(2026, 5, 1)))
    assert twice.status_code == 422
    assert "has the same role in these days already" in words(twice)
    (term,) = queries.terms_of(again().id)
    bob = {"name": "Bob", "email": "bob@x.org", "organisation": "NHS"}
    done = send(convenor, f"{people}/{term.key}/hand-over", **bob, **on("on", date(2027, 3, 1)))
    assert done.status_code == 302
    page = words(convenor.get(people))
    assert "1 January 2026 to 28 February 2027" in page
    assert "since 1 March 2027" in page
    begun = queries.terms_of(again().id)[0]
    assert begun.person.name == "Bob"
    assert send(convenor, f"{people}/{begun.key}/end", **on("ends_on", date(2027, 2, 1))).status_code == 422
    assert send(convenor, f"{people}/{begun.key}/end", **on("ends_on", date(2027, 12, 31))).status_code == 302
    assert convenor.get(f"{people}/{'x' * 22}/end").status_code == 404
    assert convenor.get(f"/manage/themes/other/people/{begun.key}/end").status_code == 404


def test_closing_says_who_is_told_and_moves_them(convenor, theme, post):
    a_theme(theme.programme, title="New", slug="new-group")
    a_follower(theme)
    seen = len(post())
    path, new = "/manage/themes/cancer/close", again("new-group")
    assert send(convenor, path).status_code == 422
    assert send(convenor, path, successor=str(theme.id)).status_code == 422
    assert "1 follower is told that it closes" in words(send(convenor, path, reason="Done"))
    assert "1 follower moves to New and is told" in words(send(convenor, path, successor=str(new.id)))
    assert again().state is ThemeState.ACTIVE
    assert send(convenor, path, sure="yes").status_code == 422
    assert send(convenor, path, successor=str(new.id), sure="yes").status_code == 302
    page = words(convenor.get("/manage/themes/cancer"))
    assert "Closed. New has taken over." in page
    assert [str(m["Subject"]) for m in post()[seen:]] == ["Cancer has closed"]
    assert "1 address follows this theme group." in words(convenor.get("/manage/themes/new-group"))
    assert send(convenor, "/manage/themes/cancer/edit", title="X", version="1").status_code == 422
    assert send(convenor, path, reason="Again").status_code == 422


def test_history_names_whose_term_it_was(convenor, theme):
    leading(theme, name="Lena Lead")
    assert "Term begun: Lena Lead" in words(convenor.get("/manage/themes/cancer/history"))


PAGES = ("", "/people", "/history", "/edit", "/activate", "/rest", "/publish", "/close", "/people/new")


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("convenor", [200] * 9),
        ("secretary", [200, 200, 200, 403, 403, 403, 403, 403, 403]),
        ("theme_lead", [200, 200, 200, 403, 403, 403, 403, 403, 403]),
        ("observer", [200, 200, 200, 403, 403, 403, 403, 403, 403]),
        ("administrator", [404] * 9),
        ("convenor elsewhere", [404] * 9),
        ("anonymous", [302] * 9),
    ],
)
def test_who_sees_which_page(theme, client, sign_in, who, expected):
    elsewhere = a_programme()
    if who == "administrator":
        a_user("x@engage.example", is_admin=True)
    elif who == "convenor elsewhere":
        a_user("x@engage.example", roles={elsewhere.id: Role.CONVENOR})
    elif who != "anonymous":
        a_user("x@engage.example", roles={theme.programme_id: Role(who)})
    if who != "anonymous":
        sign_in(client, "x@engage.example")
    assert [client.get(f"/manage/themes/cancer{page}").status_code for page in PAGES] == expected


def test_pages_ask_as_many_queries_for_three_as_for_one(convenor, theme, query_log):
    def count() -> list[int]:
        counts = []
        for page in ("", "/people", "/history"):
            convenor.get(f"/manage/themes/cancer{page}")
            query_log.clear()
            convenor.get(f"/manage/themes/cancer{page}")
            counts.append(len(query_log))
        return counts

    leading(theme, email="l1@x.org", name="L1")
    for_one = count()
    leading(theme, email="l2@x.org", name="L2")
    leading(theme, email="l3@x.org", name="L3")
    assert count() == for_one
    assert max(for_one) <= 12
