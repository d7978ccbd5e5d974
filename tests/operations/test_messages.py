"""What the outbox holds and why; trying again and giving up, with a reason in the history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engage.core import leases, outbox, worker
from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.core.errors import RuleBroken
from engage.core.facts import history_of
from engage.core.outbox import MailState, OutboxMail
from engage.operations import service
from tests.factories.accounts import a_user, an_administrator
from tests.factories.principals import administrator
from tests.reader import words

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)


def a_message(number: int = 1, *, state: MailState = MailState.QUEUED) -> OutboxMail:
    with saving():
        row = outbox.put(
            mail="accounts/added",
            key=f"test:{number}",
            to=f"n{number}@x.org",
            name=f"N {number}",
            args={"user": number},
        )
        row.state = state
        row.last_error = "450 try later" if state is MailState.FAILED else ""
        row.attempts = 8 if state is MailState.FAILED else 0
    return row


@pytest.fixture
def admin(client, sign_in):
    an_administrator()
    return sign_in(client, "ada@engage.example")


def token_of(client) -> str:
    page = client.get("/sign-out").get_data(as_text=True)
    return page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]


def send(client, path: str, **data: str):
    return client.post(path, data={"csrf_token": token_of(client), **data})


# --- the rules ---------------------------------------------------------------------------------------------------


def test_a_failed_message_is_tried_again_afresh(app, at):
    at(NOON)
    row = a_message(state=MailState.FAILED)
    at(NOON + timedelta(hours=1))
    with saving():
        service.retry(row, reason="  The server \n was down ", by=administrator())
    assert (row.state, row.attempts, row.due_at) == (MailState.QUEUED, 0, NOON + timedelta(hours=1))
    told = history_of("message", row.id)
    assert [(h.fact, h.reason, h.actor) for h in told] == [("MessageRetried", "The server was down", "user:9")]


def test_a_message_given_up_is_not_sent(app, post):
    row = a_message()
    with saving():
        service.abandon(row, reason="Wrong person", by=administrator())
    assert post() == []
    assert row.state is MailState.ABANDONED
    assert [h.fact for h in history_of("message", row.id)] == ["MessageAbandoned"]


@pytest.mark.parametrize("verb", [service.retry, service.abandon])
def test_a_message_that_was_sent_stays_sent(app, verb):
    row = a_message(state=MailState.SENT)
    with pytest.raises(RuleBroken), saving():
        verb(row, reason="Again", by=SYSTEM)
    assert row.state is MailState.SENT
    assert history_of("message", row.id) == []


def test_a_message_whose_address_was_forgotten_is_not_tried_again(app):
    row = a_message()
    with saving():
        outbox.forget([row.once])
    with pytest.raises(RuleBroken, match="nobody to send it to"), saving():
        service.retry(row, reason="Again", by=SYSTEM)
    assert row.state is MailState.ABANDONED


@pytest.mark.parametrize("verb", [service.retry, service.abandon])
def test_a_message_that_is_being_sent_is_left_alone(app, verb, at):
    at(NOON)
    row = a_message()
    with saving():
        leases.claim(OutboxMail)
    with pytest.raises(RuleBroken), saving():
        verb(row, reason="Again", by=SYSTEM)
    at(NOON + timedelta(minutes=6))
    with saving():
        verb(row, reason="Again", by=SYSTEM)


@pytest.mark.parametrize("verb", [service.retry, service.abandon])
def test_a_reason_is_needed(app, verb):
    row = a_message(state=MailState.FAILED)
    with pytest.raises(RuleBroken) as refusal, saving():
        verb(row, reason=" \n ", by=SYSTEM)
    assert refusal.value.field == "reason"


def test_everything_that_failed_is_tried_again_and_nothing_else(app):
    rows = [a_message(n, state=state) for n, state in enumerate(MailState)]
    with saving():
        assert service.retry_failed(reason="Server is back", by=SYSTEM) == 1
    assert [row.state for row in rows] == [
        MailState.QUEUED,
        MailState.SENT,
        MailState.QUEUED,
        MailState.ABANDONED,
    ]


# --- the pages ---------------------------------------------------------------------------------------------------


def test_only_administrators_see_messages(app, client, sign_in):
    a_user()
    row = a_message()
    paths = ("/admin", "/admin/messages", f"/admin/messages/{row.key}", "/admin/health")
    for path in paths:
        assert app.test_client().get(path).location.startswith("/sign-in?next=/admin")
    sign_in(client, "sam@engage.example")
    assert [client.get(path).status_code for path in paths] == [403, 403, 404, 403]
    assert client.post(f"/admin/messages/{row.key}", data={"reason": "x"}).status_code == 404
    assert client.post("/admin/messages/retry-failed", data={"reason": "x"}).status_code == 403
    assert row.state is MailState.QUEUED


def test_the_list_says_to_whom_why_and_how_it_stands(admin):
    a_message(1)
    a_message(2, state=MailState.FAILED)
    page = words(admin.get("/admin/messages"))
    assert "N 1" in page
    assert "You get this message because an account was made for you." in page
    assert "Waiting (1)" in page
    narrowed = words(admin.get("/admin/messages?state=failed"))
    assert "N 2" in narrowed
    assert "N 1" not in narrowed
    assert "1 message is queued again" in narrowed
    assert "No message is in this state" in words(admin.get("/admin/messages?state=abandoned"))
    assert admin.get("/admin/messages?state=nonsense&page=-1").status_code == 200


def test_an_empty_outbox_says_what_will_come(admin):
    assert "No messages yet" in words(admin.get("/admin/messages"))


def test_one_message_and_stepping_in(admin):
    row = a_message(state=MailState.FAILED)
    path = f"/admin/messages/{row.key}"
    page = words(admin.get(path))
    assert "450 try later" in page
    assert "Nobody has stepped in." in page
    refused = send(admin, path, reason="", act="retry")
    assert refused.status_code == 422
    assert "Say why" in words(refused)
    assert send(admin, path, reason="Server is back", act="retry").location == path
    after = words(admin.get(path))
    assert "Tried again" in after
    assert "Server is back" in after
    assert "Ada Administrator" in after
    assert send(admin, path, reason="No longer wanted", act="abandon").location == path
    assert row.state is MailState.ABANDONED
    assert admin.post(path, data={"reason": "x", "act": "retry"}).status_code == 422  # no token


def test_a_sent_message_offers_nothing(admin):
    row = a_message(state=MailState.SENT)
    assert "Try again" not in words(admin.get(f"/admin/messages/{row.key}"))
    refused = send(admin, f"/admin/messages/{row.key}", reason="x", act="retry")
    assert refused.status_code == 422
    assert "sent already" in words(refused)


def test_the_words_of_a_message_are_never_shown(admin):
    sam = a_user()
    with saving():
        outbox.put(mail="accounts/added", key="k", to=sam.email, args={"user": sam.id})
    db.session.rollback()
    row = db.session.query(OutboxMail).one()
    with saving():
        db.session.get(OutboxMail, row.id).content = b"secret-link"
    assert "secret-link" not in admin.get(f"/admin/messages/{row.key}").get_data(as_text=True)


def test_trying_all_again_from_the_page(admin, post):
    row = a_message(a_user().id, state=MailState.FAILED)
    answer = send(admin, "/admin/messages/retry-failed", reason="Server is back")
    assert answer.location == "/admin/messages?state=failed"
    assert "1 message is tried again." in words(admin.get(answer.location))
    assert len(post()) == 1
    assert row.state is MailState.SENT
    send(admin, "/admin/messages/retry-failed", reason="")
    assert "Say why" in words(admin.get("/admin/messages"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_a_fixed_number_of_queries(admin, query_log, count):
    for n in range(count):
        a_message(n)
    query_log.clear()
    admin.get("/admin/messages")
    assert len(query_log) == 4  # session; person; counts; messages


def test_the_list_is_paged(admin):
    for n in range(51):
        a_message(n)
    assert "N 0" in words(admin.get("/admin/messages?page=2&state=queued"))


def test_the_administrators_desk_names_what_failed(app):
    from engage.operations.parts import desk_items

    a_message(state=MailState.FAILED)
    assert [item.text for item in desk_items(administrator())] == ["Look at 1 message that failed"]
    assert list(desk_items(SYSTEM)) == []


def test_hostile_words_stay_words(admin):
    row = a_message(state=MailState.FAILED)
    with saving():
        db.session.get(OutboxMail, row.id).last_error = "<script>alert(1)</script>"
    send(admin, f"/admin/messages/{row.key}", reason="<img src=x onerror=alert(1)>", act="retry")
    page = admin.get(f"/admin/messages/{row.key}").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert worker.run_all() >= 0
