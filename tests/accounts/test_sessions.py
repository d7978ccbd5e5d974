"""Sessions are rows: ending one ends it at once, whatever the cookie says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from engage.accounts import queries, service
from engage.accounts.models import SignedInSession
from engage.accounts.views.mine import browser_words
from engage.core.access import SYSTEM, Role
from engage.core.db import db, saving
from tests.factories.accounts import a_user, an_administrator
from tests.reader import words

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def signed_in(client) -> bool:
    return client.get("/manage/account").status_code == 200


def cookie_of(client) -> str:
    return client.get_cookie("engage").value


def press(client, path: str):
    page = client.get("/sign-out").get_data(as_text=True)
    token = page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    return client.post(path, data={"csrf_token": token})


def test_signing_out_ends_the_session_itself(app, client, sign_in):
    a_user()
    sign_in(client, "sam@engage.example")
    stolen = cookie_of(client)
    page = client.get("/sign-out")
    assert "Stay signed in" in words(page)
    answer = press(client, "/sign-out")
    assert answer.location == "/sign-out"
    assert "You are signed out" in words(client.get("/sign-out"))
    thief = app.test_client()
    thief.set_cookie("engage", stolen)
    assert not signed_in(thief)


def test_signing_out_needs_the_pages_own_button(client, sign_in):
    a_user()
    sign_in(client, "sam@engage.example")
    assert client.post("/sign-out").status_code == 422
    assert signed_in(client)


def test_signing_in_anew_ends_the_session_before(app, client, sign_in):
    a_user()
    a_user("kim@engage.example", name="Kim")
    sign_in(client, "sam@engage.example")
    before = cookie_of(client)
    sign_in(client, "kim@engage.example")
    assert cookie_of(client) != before
    old = app.test_client()
    old.set_cookie("engage", before)
    assert not signed_in(old)
    assert "Kim" in words(client.get("/manage/account"))


def test_a_cookie_that_was_tampered_with_signs_nobody_in(app, client, sign_in):
    a_user()
    sign_in(client, "sam@engage.example")
    other = app.test_client()
    other.set_cookie("engage", cookie_of(client)[:-3] + "AAA")
    assert not signed_in(other)


def test_one_session_can_be_ended_from_another(app, client, sign_in):
    a_user()
    phone = app.test_client()
    sign_in(phone, "sam@engage.example")
    sign_in(client, "sam@engage.example")
    rows = queries.live_sessions(queries.user_by_email("sam@engage.example").id)
    assert len(rows) == 2
    assert "Sign out everywhere but here" in words(client.get("/manage/account"))
    answer = press(client, f"/manage/account/sessions/{rows[1].key}/end")
    assert answer.location == "/manage/account"
    assert not signed_in(phone)
    assert signed_in(client)


def test_signing_out_everywhere_but_here(app, client, sign_in):
    a_user()
    others = [app.test_client() for _ in range(2)]
    for other in (*others, client):
        sign_in(other, "sam@engage.example")
    press(client, "/manage/account/sign-out-elsewhere")
    assert [signed_in(c) for c in (*others, client)] == [False, False, True]


def test_nobody_ends_anothers_session(app, client, sign_in):
    a_user()
    an_administrator()
    victim = app.test_client()
    sign_in(victim, "sam@engage.example")
    sign_in(client, "ada@engage.example")
    key = db.session.scalars(sa.select(SignedInSession.key).order_by(SignedInSession.id)).first()
    assert press(client, f"/manage/account/sessions/{key}/end").status_code == 404
    assert press(client, f"/manage/account/sessions/{'x' * 22}/end").status_code == 404
    assert signed_in(victim)


def test_closing_an_account_signs_it_out_at_once(client, sign_in):
    an_administrator()
    sam = a_user()
    sign_in(client, "sam@engage.example")
    with saving():
        service.deactivate(sam, by=SYSTEM)
    assert not signed_in(client)
    with saving():
        service.reactivate(sam, by=SYSTEM)
    assert not signed_in(client)


def test_a_new_address_signs_out_and_a_new_name_does_not(client, sign_in):
    sam = a_user()
    sign_in(client, "sam@engage.example")
    with saving():
        service.edit_user(sam, email=sam.email, name="Samantha", is_admin=False, by=SYSTEM)
    assert "Samantha" in words(client.get("/manage/account"))
    with saving():
        service.edit_user(sam, email="new@engage.example", name="Samantha", is_admin=False, by=SYSTEM)
    assert not signed_in(client)


def test_a_session_ends_after_a_week_without_use(client, sign_in, at):
    at(NOON)
    a_user()
    sign_in(client, "sam@engage.example")
    at(NOON + timedelta(days=6, hours=23))
    assert signed_in(client)
    at(NOON + timedelta(days=13, hours=22))
    assert signed_in(client)
    at(NOON + timedelta(days=20, hours=23))
    assert not signed_in(client)


def test_a_session_ends_after_thirty_days_whatever_its_use(client, sign_in, at):
    at(NOON)
    a_user()
    sign_in(client, "sam@engage.example")
    for day in range(5, 30, 5):
        at(NOON + timedelta(days=day))
        assert signed_in(client)
    at(NOON + timedelta(days=30))
    assert not signed_in(client)


def test_use_is_noted_once_an_hour_and_reading_writes_nothing_between(client, sign_in, at, query_log):
    at(NOON)
    a_user()
    sign_in(client, "sam@engage.example")
    at(NOON + timedelta(minutes=59))
    query_log.clear()
    client.get("/manage/account")
    assert all(statement.startswith("SELECT") for statement in query_log)
    at(NOON + timedelta(minutes=60))
    client.get("/manage/account")
    row = db.session.scalars(sa.select(SignedInSession)).one()
    assert row.seen_at == NOON + timedelta(minutes=60)


def test_a_role_that_was_taken_back_is_gone_with_the_next_request(client, sign_in):
    sam = a_user(roles={7: Role.SECRETARY})
    token = None
    with saving():
        who, _next = service.sign_in(service.sign_in_link_for(sam.email).rpartition("/")[2])
        token = who.token
    assert service.user_of_session(token).roles == {7: frozenset({Role.SECRETARY})}
    with saving():
        service.revoke(sam, programme_id=7, role=Role.SECRETARY, by=SYSTEM)
    assert service.user_of_session(token).roles == {}


def test_finding_out_who_asks_takes_one_statement_however_many_roles(app, query_log):
    a_user(roles={1: Role.CONVENOR, 2: Role.SECRETARY, 3: Role.REVIEWER})
    with saving():
        who, _next = service.sign_in(service.sign_in_link_for("sam@engage.example").rpartition("/")[2])
    query_log.clear()
    assert len(service.user_of_session(who.token).roles) == 3
    assert len(query_log) == 1


def test_public_answers_set_no_cookie_for_whoever_is_signed_in(client, sign_in):
    a_user()
    sign_in(client, "sam@engage.example")
    assert client.get("/health/live").headers.getlist("Set-Cookie") == []


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605 Version/18.0 Mobile Safari/604", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140 Safari/537 Edg/140", "Edge on Windows"),
        ("curl/8", "A browser that doesn’t say its name"),
        ("", "A browser that doesn’t say its name"),
    ],
)
def test_browsers_are_named_in_words(app, agent, said):
    assert browser_words(agent) == said
