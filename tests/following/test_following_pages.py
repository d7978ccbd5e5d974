"""Following on the web: no cookie, no token, the same words for everybody; one's own page behind its link."""

from __future__ import annotations

import re

import pytest

from engage.core import links
from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.following import queries
from engage.following.models import Interest
from engage.themes import service as themes
from tests.factories.events import a_programme, a_theme
from tests.factories.following import a_follower, a_question
from tests.reader import words


@pytest.fixture
def theme(app):
    return a_theme(a_programme(), title="Cancer", slug="cancer")


def home(interest):
    return f"/n/{links.token_of('interests', interest.follower_id)}"


def state(interest):
    db.session.rollback()
    return db.session.get(Interest, interest.id, populate_existing=True).state.value


def test_find_follow_confirm_and_leave(theme, client, post):
    assert client.get("/themes/cancer/follow").status_code == 200
    asked = client.post("/themes/cancer/follow", data={"address": "fern@example.org"})
    assert asked.status_code == 200
    assert "Set-Cookie" not in asked.headers
    (mail,) = post()
    link = re.search(r"http://localhost(/n/[\w-]+)", mail.get_body(("plain",)).get_content())[1]
    page = client.get(link)
    assert "Please confirm" in words(page)
    interest = queries.live_interest(queries.follower_by_address("fern@example.org").id, theme.id)
    assert state(interest) == "pending"
    keys = re.search(r'name="keys"[^>]*value="([^"]+)"', page.get_data(as_text=True))[1]
    done = client.post(link, data={"keys": keys})
    assert done.status_code == 303
    assert "Confirmed. You will be told when there is news." in words(client.get(done.location))
    assert state(interest) == "active"
    left = client.post(f"{link}/leave/{interest.key}")
    assert "You no longer follow Cancer" in words(left)
    assert state(interest) == "ended"
    assert "You follow nothing at present" in words(client.get(link))
    for answer in (asked, page, done, left):
        assert "Set-Cookie" not in answer.headers


def test_the_answer_never_tells_whether_an_address_follows(theme, client):
    a_follower(theme, "known@example.org")
    answers = [
        client.post("/themes/cancer/follow", data={"address": address}).get_data(as_text=True)
        for address in ("known@example.org", "unknown@example.org", "KNOWN@example.org")
    ]
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter your e-mail address"),
        ("nonsense", "Enter an e-mail address in the correct format"),
        ("a@b", "Enter an e-mail address in the correct format"),
        ("a\0@example.org", "characters that can’t be shown"),
        ("a@example.org\r\nBcc: b@example.org", "characters that can’t be shown"),
        (f"{'x' * 250}@example.org", "must be 254 characters or fewer"),
        ("<script>@example.org", "Enter an e-mail address in the correct format"),
        ("=cmd|'/c'!A1@example.1", "Enter an e-mail address in the correct format"),
    ],
)
def test_what_is_no_address_is_said(theme, client, typed, said):
    answer = client.post("/themes/cancer/follow", data={"address": typed})
    assert answer.status_code == 422
    assert said in words(answer)
    assert "<title>Error: Follow Cancer" in answer.get_data(as_text=True)
    assert db.session.query(Interest).count() == 0


def test_what_is_not_public_is_not_there(client, app):
    programme = a_programme()
    a_theme(programme, slug="private", published=False)
    hidden = a_theme(a_programme(published=False), slug="hidden", published=False)
    for slug in ("private", hidden.slug, "unknown"):
        assert client.get(f"/themes/{slug}/follow").status_code == 404
        assert client.post(f"/themes/{slug}/follow", data={"address": "a@example.org"}).status_code == 404


def test_a_closed_group_leads_on_to_its_successor(theme, client):
    successor = a_theme(theme.programme, title="New", slug="new-group")
    with saving():
        themes.close(theme, successor=successor, by=SYSTEM)
    page = client.get("/themes/cancer/follow")
    assert "New has taken over" in words(page)
    assert "/themes/new-group/follow" in page.get_data(as_text=True)
    assert client.post("/themes/cancer/follow", data={"address": "a@example.org"}).status_code == 422
    with saving():
        themes.close(successor, reason="Done", by=SYSTEM)
    assert "There will be no more news of it" in words(client.get("/themes/new-group/follow"))


def test_a_post_from_another_site_is_refused_but_for_one_click(theme, client):
    interest = a_follower(theme)
    link = home(interest)
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/themes/cancer/follow", data={"address": "a@example.org"}, headers=cross).status_code == 403
    assert client.post(link, data={"keys": interest.key}, headers=cross).status_code == 403
    assert client.post(f"{link}/leave-all", headers=cross).status_code == 403
    assert state(interest) == "active"
    once = client.post(f"{link}/leave/{interest.key}", data={"List-Unsubscribe": "One-Click"}, headers=cross)
    twice = client.post(f"{link}/leave/{interest.key}", data={"List-Unsubscribe": "One-Click"}, headers=cross)
    assert (once.status_code, twice.status_code) == (200, 200)
    assert state(interest) == "ended"


def test_looking_at_a_link_changes_nothing(theme, client):
    asked, followed = a_question(theme, "oak@example.org"), a_follower(theme)
    client.get(home(asked))
    page = client.get(f"{home(followed)}/leave/{followed.key}")
    assert "Stop following Cancer?" in words(page)
    assert (state(asked), state(followed)) == ("pending", "active")


def test_only_what_was_on_the_page_is_confirmed(theme, client):
    asked = a_question(theme)
    other = a_question(a_theme(theme.programme, title="Later"))
    foreign = a_question(theme, "oak@example.org")
    assert client.post(home(asked), data={"keys": f"{asked.key} {foreign.key} nonsense"}).status_code == 303
    assert [state(i) for i in (asked, other, foreign)] == ["active", "pending", "pending"]


def test_nobody_leaves_for_somebody_else(theme, client):
    mine, theirs = a_follower(theme), a_follower(theme, "oak@example.org")
    assert client.post(f"{home(mine)}/leave/{theirs.key}").status_code == 404
    assert client.get(f"{home(mine)}/leave/{theirs.key}").status_code == 404
    assert state(theirs) == "active"


def test_everything_is_left_at_once(theme, client):
    one = a_follower(theme)
    two = a_follower(a_theme(theme.programme))
    assert "Stop everything" in words(client.get(home(one)))
    done = client.post(f"{home(one)}/leave-all")
    assert "You follow nothing any more" in words(client.get(done.location))
    assert [state(i) for i in (one, two)] == ["ended", "ended"]


def test_a_wrong_or_withdrawn_link_says_so(theme, client):
    assert client.get("/n/" + "x" * 24).status_code == 404
    interest = a_follower(theme)
    link = home(interest)
    with saving():
        links.revoke("interests", interest.follower_id)
    assert client.get(link).status_code == 410
    assert client.post(f"{link}/leave/{interest.key}").status_code == 410


@pytest.mark.parametrize("n", [1, 3])
def test_pages_ask_a_fixed_number_of_queries(theme, client, query_log, n):
    for _ in range(n):
        interest = a_follower(a_theme(theme.programme))
        a_question(a_theme(theme.programme))
    counts = []
    for path in ("/themes/cancer/follow", home(interest), f"{home(interest)}/leave/{interest.key}"):
        query_log.clear()
        client.get(path)
        counts.append(len(query_log))
    assert counts == COUNTS, query_log


COUNTS = [1, 4, 4]
