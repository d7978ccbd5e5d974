"""Signing in by a one-time link: through the pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from engage.accounts import queries, service
from engage.accounts.models import SignedInSession, SignInLink
from engage.app import create_app
from engage.config import Settings
from engage.core import worker
from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.core.errors import RuleBroken
from engage.core.jobs import Job
from engage.core.limits import limiter
from engage.core.outbox import OutboxMail
from tests.factories.accounts import a_user, an_administrator
from tests.reader import StrictClient, words

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)


def link_for(email: str) -> str:
    with saving():
        return service.sign_in_link_for(email).removeprefix("http://localhost")


def link_in(mail) -> str:
    return re.search(r"http://localhost(/sign-in/[\w-]+)", mail.get_body(("plain",)).get_content())[1]


def test_from_asking_to_the_desk(client, post):
    a_user()
    asked = client.post("/sign-in", data={"email": " Sam@Engage.example"})
    assert asked.status_code == 200
    assert "Look at your mail" in words(asked)
    (mail,) = post()
    assert (mail["To"], mail["Subject"]) == ("Sam Secretary <sam@engage.example>", "Your link to sign in to engage")
    link = link_in(mail)
    shown = client.get(link)
    assert "You are about to sign in as Sam Secretary" in words(shown)
    assert "Set-Cookie" not in shown.headers
    answer = client.post(link)
    assert (answer.status_code, answer.location) == (302, "/desk")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Sam Secretary" in words(client.get("/manage/account"))


def test_looking_at_a_link_does_not_use_it(client):
    a_user()
    link = link_for("sam@engage.example")
    for _look in range(3):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
    assert client.post(link).status_code == 302


def test_a_link_works_once(client, app):
    a_user()
    link = link_for("sam@engage.example")
    assert client.post(link).status_code == 302
    other = app.test_client()
    for answer in (other.post(link), other.get(link)):
        assert answer.status_code == 410
        assert "was used already" in words(answer)
    assert other.get("/manage/account").status_code == 302


def test_using_one_link_ends_the_others(client, app):
    a_user()
    first, second = link_for("sam@engage.example"), link_for("sam@engage.example")
    assert client.post(second).status_code == 302
    assert app.test_client().post(first).status_code == 410


def test_a_link_works_for_ten_minutes(client, at):
    at(NOON)
    a_user()
    link = link_for("sam@engage.example")
    at(NOON + timedelta(minutes=10))
    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 410
        assert "has run out" in words(answer)
    at(NOON + timedelta(minutes=9, seconds=59))
    assert client.post(link).status_code == 302


@pytest.mark.parametrize("token", ["A" * 32, "-" * 16, "x" * 64])
def test_an_unknown_link_says_how_to_get_another(client, token):
    for answer in (client.get(f"/sign-in/{token}"), client.post(f"/sign-in/{token}")):
        assert answer.status_code == 404
        assert "Get a new link" in words(answer)


def test_only_hashes_are_stored(client):
    a_user()
    link = link_for("sam@engage.example")
    client.post(link)
    rows = [
        *db.session.execute(sa.select(SignInLink.token_hash)),
        *db.session.execute(sa.select(SignedInSession.token_hash)),
    ]
    assert len(rows) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", row[0]) and link.rpartition("/")[2] not in row[0] for row in rows)


def test_the_mails_link_is_not_kept_once_it_was_sent(client, post):
    a_user()
    client.post("/sign-in", data={"email": "sam@engage.example"})
    token = link_in(post()[0]).rpartition("/")[2]
    row = db.session.scalars(sa.select(OutboxMail)).one()
    assert row.content is None
    assert token not in f"{row.args}{row.subject}{row.once}"


def test_a_link_that_was_used_before_its_mail_was_made_is_not_sent(client, post):
    a_user()
    client.post("/sign-in", data={"email": "sam@engage.example"})
    db.session.rollback()
    worker.run_one_job()
    client.post(link_for("sam@engage.example"))
    assert post() == []


# --- nobody can be probed for ------------------------------------------------------------------------------------


def test_known_unknown_and_closed_addresses_are_answered_alike(client, query_log, post):
    an_administrator()
    a_user()
    closed = a_user("kim@engage.example", name="Kim")
    with saving():
        service.deactivate(closed, by=SYSTEM)
    seen = []
    for email in ("sam@engage.example", "nob@engage.example", "kim@engage.example"):
        query_log.clear()
        answer = client.post("/sign-in", data={"email": email, "next": "/desk"})
        body = answer.get_data(as_text=True).replace(email, "ADDRESS")
        seen.append((answer.status_code, sorted(answer.headers.keys()), body, list(query_log)))
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0][3]) == 2  # one look at an index, one job
    assert [mail["To"] for mail in post()] == ["Sam Secretary <sam@engage.example>"]


def test_the_job_of_an_unknown_address_keeps_no_address(client):
    client.post("/sign-in", data={"email": "nob@engage.example"})
    row = db.session.scalars(sa.select(Job)).one()
    assert (row.kind, row.args) == ("accounts/send_link", {"user": 0, "next_url": ""})


def test_asking_sets_no_cookie_and_needs_no_token(client):
    assert "Set-Cookie" not in client.get("/sign-in").headers
    assert "Set-Cookie" not in client.post("/sign-in", data={"email": "x@x.org"}).headers


def test_another_site_cannot_ask_or_sign_in(client):
    a_user()
    link = link_for("sam@engage.example")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        assert client.post("/sign-in", data={"email": "x@x.org"}, headers=headers).status_code == 403
        assert client.post(link, headers=headers).status_code == 403
    assert client.post(link).status_code == 302


@pytest.mark.parametrize("email", ["", "x", "x@", "a@b", "x" * 300 + "@x.org", "x@x.org\r\nBcc: y@y.org", "a\0@x.org"])
def test_what_is_no_address_is_answered_beside_the_field(client, email):
    answer = client.post("/sign-in", data={"email": email})
    assert answer.status_code == 422
    assert "There is a problem" in words(answer)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Job)) == 0


def test_a_script_in_the_address_stays_text(client):
    answer = client.post("/sign-in", data={"email": "<script>alert(1)</script>@x.org"})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.get_data(as_text=True)


@pytest.fixture
def limited(tmp_path, monkeypatch):
    """A client of an application that counts tries, as in production."""
    monkeypatch.setattr(limiter, "enabled", True)
    app = create_app(Settings(data_dir=tmp_path, base_url="http://localhost", testing=False))
    app.test_client_class = StrictClient
    limiter.reset()
    with app.app_context():
        db.create_all()
        yield app.test_client()
        db.session.remove()
        db.engine.dispose()
    limiter.reset()


def test_too_many_tries_for_one_address_are_refused_known_or_not(limited):
    a_user()
    for email in ("sam@engage.example", "nob@engage.example"):
        codes = [limited.post("/sign-in", data={"email": e}).status_code for e in [email, f" {email.upper()}"] * 3]
        assert codes == [200] * 5 + [429]
    refused = limited.post("/sign-in", data={"email": "nob@engage.example"})
    assert "Too many tries" in words(refused)
    assert 1 <= int(refused.headers["Retry-After"]) <= 3600


def test_too_many_tries_from_one_network_are_refused(limited):
    codes = [limited.post("/sign-in", data={"email": f"n{n}@x.org"}).status_code for n in range(41)]
    assert codes == [200] * 40 + [429]


def test_links_cannot_be_guessed_for_long(limited):
    codes = [limited.get(f"/sign-in/{n:032}").status_code for n in range(101)]
    assert codes == [404] * 100 + [429]


# --- where to go next --------------------------------------------------------------------------------------------


def asked_with(client, post, next_url: str) -> str:
    client.post("/sign-in", data={"email": "sam@engage.example", "next": next_url})
    return client.post(link_in(post()[-1])).location


def test_signing_in_goes_on_to_what_was_asked_for(client, post):
    a_user()
    first = client.get("/manage/account")
    assert first.location == "/sign-in?next=/manage/account"
    assert 'value="/manage/account"' in client.get(first.location).get_data(as_text=True)
    assert asked_with(client, post, "/manage/account?x=1") == "/manage/account?x=1"


@pytest.mark.parametrize(
    "evil",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nX: y"],
)
def test_signing_in_never_leads_off_the_site(client, post, evil):
    a_user()
    assert asked_with(client, post, evil) == "/desk"
    assert client.get("/sign-in", query_string={"next": evil}).location == "/desk"


def test_a_very_long_way_back_is_forgotten(client, post):
    a_user()
    assert asked_with(client, post, "/" + "x" * 600) == "/desk"


def test_whoever_is_signed_in_goes_straight_on(client, sign_in):
    a_user()
    sign_in(client, "sam@engage.example")
    assert client.get("/sign-in?next=/manage/account").location == "/manage/account"
    assert client.get("/sign-in?next=//evil.example").location == "/desk"


# --- who may -----------------------------------------------------------------------------------------------------


def test_a_closed_account_gets_no_link_and_its_link_stops(client, post):
    an_administrator()
    sam = a_user()
    link = link_for("sam@engage.example")
    with saving():
        service.deactivate(sam, by=SYSTEM)
    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 410
    with pytest.raises(RuleBroken), saving():
        service.sign_in_link_for("sam@engage.example")
    client.post("/sign-in", data={"email": "sam@engage.example"})
    assert post() == []


def test_the_command_makes_no_link_for_nobody(app):
    with pytest.raises(RuleBroken), saving():
        service.sign_in_link_for("nob@x.org")


def test_what_ended_a_month_ago_is_taken_away(client, at, query_log):
    at(NOON)
    a_user()
    client.post(link_for("sam@engage.example"))
    at(NOON + timedelta(days=59))
    worker.run_minutely(force=True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignedInSession)) == 1
    at(NOON + timedelta(days=61))
    worker.run_minutely(force=True)
    assert queries.ended_links(NOON + timedelta(days=99)) == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignedInSession)) == 0
    query_log.clear()
    from engage.accounts.jobs import tidy

    tidy()
    assert all(statement.startswith("SELECT") for statement in query_log)


def test_without_the_limits_store_signing_in_goes_on_and_is_still_limited(tmp_path, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    for held in ("_storage", "_limiter", "_storage_dead", "_fallback_limiter", "_fallback_storage"):
        monkeypatch.setattr(limiter, held, getattr(limiter, held, None), raising=False)
    settings = Settings(data_dir=tmp_path, base_url="http://localhost", redis_url="redis://127.0.0.1:1/0")
    app = create_app(settings)
    app.test_client_class = StrictClient
    with app.app_context():
        db.create_all()
        client = app.test_client()
        codes = [client.post("/sign-in", data={"email": "x@x.org"}).status_code for _ in range(6)]
        assert codes == [200] * 5 + [429]
        assert client.get("/health/ready").json["limits"] == "unavailable"
        db.session.remove()
        db.engine.dispose()
