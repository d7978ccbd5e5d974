"""The desk: what needs this person, first what presses; nothing of anybody else's programmes."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from engage.core import slots
from engage.core.access import Role
from engage.core.slots import DeskItem
from tests.factories.accounts import a_user, an_administrator
from tests.factories.events import a_programme, a_theme, an_event, an_open_event
from tests.factories.site import a_recorded_meeting
from tests.reader import words

NOW = datetime(2027, 5, 10, 8, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _the_morning(at):
    at(NOW)


@pytest.fixture
def only(monkeypatch):
    """`only(items)`: the desk's parts give just these."""

    def give(*items: DeskItem) -> None:
        monkeypatch.setattr(slots.desk_items, "_parts", [lambda principal: items])

    return give


def main_of(response) -> str:
    return words(response).split("Your desk", 1)[1].rsplit("engage What was agreed", 1)[0].strip()


def test_it_asks_strangers_to_sign_in(app, client):
    answer = client.get("/desk")
    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/desk")


def test_an_empty_desk_says_so_and_where_to_go(app, client, sign_in, only):
    only()
    a_user("sam@engage.example", name="Sam Secretary")
    page = sign_in(client, "sam@engage.example").get("/desk")
    assert page.headers["Cache-Control"] == "no-store"
    assert main_of(page) == (
        ", Sam Nothing waits for you. Nothing needs you today What waits for you stands here: replies to chase, "
        "records to write, promises to look at. You have no role yet A convenor gives you one in a "
        "programme, and its events and actions appear here."
    )


def test_what_presses_comes_first_then_each_group_by_due_date(app, client, sign_in, only):
    only(
        DeskItem(group="Actions", text="A late", url="/a", due=date(2027, 5, 3)),
        DeskItem(group="Actions", text="A next week", url="/b", due=date(2027, 5, 18)),
        DeskItem(group="Actions", text="A soon", url="/c", due=date(2027, 5, 11), detail="It is short."),
        DeskItem(group="Events", text="E some day", url="/d"),
        DeskItem(group="Events", text="E today", url="/e", due=date(2027, 5, 10)),
        DeskItem(group="Records", text="R urgent", url="/f", urgent=True),
    )
    programme = a_programme(name="Health", slug="health")
    a_user("sam@engage.example", name="Sam Secretary", roles={programme.id: Role.SECRETARY})
    page = sign_in(client, "sam@engage.example").get("/desk")
    assert main_of(page) == (
        ", Sam 3 things need you now; 3 more can wait. Needs you now 3 E today today R urgent A late "
        "overdue since 3 May 2027 Actions 2 A soon It is short. tomorrow A next week by 18 May 2027 "
        "Events 1 E some day Health Create an event Its public page"
    )


def test_a_long_group_folds(app, client, sign_in, only):
    only(*(DeskItem(group="Actions", text=f"Action {n}", url=f"/a/{n}") for n in range(8)))
    a_user("sam@engage.example")
    page = sign_in(client, "sam@engage.example").get("/desk")
    assert "Action 4 Show 3 more Action 5" in words(page)


def test_only_ones_own_programmes_show(app, client, sign_in):
    mine, theirs = a_programme(name="Health"), a_programme(name="Housing")
    an_event(mine, title="Our Round Table", published=False)
    an_event(theirs, title="Their Round Table")
    a_recorded_meeting(theirs)
    a_user("sam@engage.example", roles={mine.id: Role.CONVENOR})
    page = sign_in(client, "sam@engage.example").get("/desk")
    assert "Our Round Table" in page.text
    for word in ("Their Round Table", "Housing", "SECRET"):
        assert word not in page.text, word


def test_an_administrator_gets_the_sites_own_pages_and_no_programmes(app, client, sign_in):
    an_event(a_programme(name="Health"), title="Round Table 1", published=False)
    an_administrator("ada@engage.example")
    page = sign_in(client, "ada@engage.example").get("/desk")
    assert "The site Accounts Messages Health Programmes" in words(page)
    assert "Round Table 1" not in page.text


@pytest.mark.parametrize("role", [Role.CONVENOR, Role.REVIEWER, Role.OBSERVER])
def test_the_number_of_queries_does_not_grow_with_the_work(app, client, sign_in, query_log, role):
    counts = []
    for n in (1, 3):
        programmes = [a_programme() for _ in range(n)]
        for programme in programmes:
            theme = a_theme(programme)
            for _ in range(n):
                an_open_event(programme, theme=theme)
                a_recorded_meeting(programme, theme=theme)
        email = f"sam{n}@engage.example"
        a_user(email, roles={programme.id: role for programme in programmes})
        signed_in = sign_in(app.test_client(), email)
        signed_in.get("/desk")
        query_log.clear()
        assert signed_in.get("/desk").status_code == 200
        counts.append(len(query_log))
    assert counts[0] == counts[1], counts
