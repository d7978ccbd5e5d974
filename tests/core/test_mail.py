"""From an outbox row to octets, and out: files, or a real SMTP server that refuses, hangs up or takes them."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

from engage.core import outbox, worker
from engage.core.db import db, saving
from engage.core.mail import Smtp, as_greeted
from engage.core.outbox import Letter, MailState, Notice, OutboxMail

ICS = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> str:
    """A kind of mail for these tests only."""
    words = {"emails/test/hello.md": "Subject: Hello {{ name }}\n\nDear {{ name }},\n\n[Look]({{ link }})\n"}
    monkeypatch.setattr(app.jinja_env, "loader", ChoiceLoader([DictLoader(words), app.jinja_env.loader]))
    letter = Letter(
        context={"link": "https://example.org/x"},
        calendar=(ICS, "REQUEST"),
        unsubscribe="https://example.org/n/token/leave/" + "k" * 60,
    )
    monkeypatch.setitem(outbox.NOTICES, "test/hello", Notice("test/hello", "You asked for it.", lambda: letter))
    return "test/hello"


def put(mail: str, *, key: str = "one", to: str = "ann@example.org", name: str = "Ann Lee") -> int:
    with saving():
        row = outbox.put(mail=mail, key=key, to=to, name=name, args={})
        assert row is not None
        return row.id


def row(ident: int) -> OutboxMail:
    db.session.rollback()
    return db.session.get_one(OutboxMail, ident)


def test_a_message_is_plain_html_and_calendar_with_the_headers_that_readers_need(
    mail: str, post: Callable[[], list[EmailMessage]]
) -> None:
    put(mail)
    message = post()[0]
    assert message["Subject"] == "Hello Ann Lee"
    assert [p.get_content_type() for p in message.walk() if not p.is_multipart()] == [
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] == "<https://example.org/n/token/leave/" + "k" * 60 + ">"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain = message.get_body(("plain",)).get_content()
    assert "You asked for it." in plain
    assert "https://example.org/n/token" in plain


def test_the_calendar_part_says_its_method_and_is_the_attachments_own_octets(mail: str, post: Any) -> None:
    put(mail)
    parts = {p.get_content_type(): p for p in post()[0].walk()}
    assert parts["text/calendar"].get_param("method") == "REQUEST"
    assert parts["text/calendar"].get_payload(decode=True) == parts["application/ics"].get_payload(decode=True) == ICS


@pytest.mark.parametrize("name", ["Eve\r\nBcc: all@example.org", "Eve\nSubject: Other", 'Eve" <x@example.org>, "'])
def test_a_name_injects_no_header(mail: str, post: Any, name: str) -> None:
    put(mail, name=name)
    message = post()[0]
    assert message["Bcc"] is None
    assert len(message.get_all("Subject")) == 1
    assert [a.addr_spec for a in message["To"].addresses] == ["ann@example.org"]


def test_a_name_writes_no_link() -> None:
    assert as_greeted("[Win](http://evil.example) <b>*now*</b>") == "Win (http://evil.example) b now /b"


def test_the_same_octets_and_message_id_go_again_after_a_failure(
    app: Flask, mail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ident = put(mail)
    sent: list[bytes] = []

    class Flaky:
        def send(self, *, octets: bytes, **_rest: object) -> None:
            sent.append(octets)
            if len(sent) == 1:
                from engage.core.mail import NotSent

                raise NotSent("450 later")

        def close(self) -> None: ...

    monkeypatch.setattr("engage.core.mail.transport", Flaky)
    worker.run_all()
    assert (row(ident).state, row(ident).last_error, row(ident).attempts) == (MailState.QUEUED, "450 later", 1)
    with saving():
        outbox.retry(ident)
    worker.run_all()
    assert row(ident).state is MailState.SENT
    assert sent[0] == sent[1]
    assert row(ident).content is None


class Server:
    """What a real SMTP server answers, and what it got. It hangs up in the middle of what holds one of `drop`."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.refuse: dict[str, str] = {}
        self.drop: set[str] = set()
        self.connections: set[int] = set()
        self.goodbyes = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.connections.add(session.peer[1])
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.drop & set(envelope.rcpt_tos):
            server.transport.abort()
            return "421 gone"
        self.got.append(envelope.content)
        return "250 OK"

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.goodbyes += 1
        return "221 Bye"


@pytest.fixture
def smtp(app: Flask) -> Iterator[Server]:
    handler = Server()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
    yield handler
    controller.stop()
    app.config["SMTP_URL"] = ""


def put_some(mail: str, *names: str) -> list[int]:
    return [put(mail, key=name, to=f"{name}@example.org") for name in names]


def states(idents: list[int]) -> list[MailState]:
    return [row(ident).state for ident in idents]


def test_a_message_leaves_by_real_smtp(mail: str, smtp: Server) -> None:
    ident = put(mail)
    worker.run_all()
    assert row(ident).state is MailState.SENT
    message = BytesParser(policy=default).parsebytes(smtp.got[0])
    assert message["To"] == "Ann Lee <ann@example.org>"


def test_one_refused_recipient_stops_no_other(mail: str, smtp: Server) -> None:
    smtp.refuse = {"gone@example.org": "550 no such user", "busy@example.org": "450 try later"}
    all_ = put_some(mail, "gone", "busy", "fine")
    worker.run_all()
    assert states(all_) == [MailState.FAILED, MailState.QUEUED, MailState.SENT]
    assert "550 no such user" in row(all_[0]).last_error
    assert len(smtp.connections) == 1


def test_what_waits_leaves_over_one_connection_that_ends_politely(mail: str, smtp: Server) -> None:
    all_ = put_some(mail, "ann", "bob", "cyd")
    worker.run_all()
    assert states(all_) == [MailState.SENT] * 3
    assert (len(smtp.got), len(smtp.connections), smtp.goodbyes) == (3, 1, 1)
    assert worker.run_all() == 0
    assert len(smtp.connections) == 1


def test_a_message_at_which_the_server_hangs_up_costs_no_other(mail: str, smtp: Server) -> None:
    smtp.drop = {"bad@example.org"}
    all_ = put_some(mail, "ann", "bad", "bob", "cyd")
    worker.run_all()
    assert states(all_) == [MailState.SENT, MailState.QUEUED, MailState.SENT, MailState.SENT]
    assert len(smtp.connections) == 2


def test_a_connection_that_the_server_ended_meanwhile_is_made_anew(mail: str, smtp: Server, app: Flask) -> None:
    way = Smtp(app.config["SMTP_URL"])
    letter = {"sender": "desk@engage.example", "octets": b"Subject: Hello\r\n\r\nHello.\r\n", "name": ""}
    way.send(to="ann@example.org", **letter)
    assert way._server is not None
    assert way._server.sock is not None
    way._server.sock.shutdown(socket.SHUT_RDWR)
    way.send(to="bob@example.org", **letter)
    way.close()
    assert (len(smtp.got), len(smtp.connections)) == (2, 2)


def test_a_connection_takes_so_many_messages_and_no_more(
    mail: str, smtp: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Smtp, "MOST_A_TURN", 2)
    all_ = put_some(mail, "ann", "bob", "cyd", "dan", "eve")
    worker.run_all()
    assert states(all_) == [MailState.SENT] * 5
    assert (len(smtp.connections), smtp.goodbyes) == (3, 3)


def test_a_server_that_is_gone_loses_nothing(app: Flask, mail: str) -> None:
    app.config["SMTP_URL"] = "smtp://127.0.0.1:1"
    try:
        ident = put(mail)
        worker.run_all()
    finally:
        app.config["SMTP_URL"] = ""
    assert row(ident).state is MailState.QUEUED
    assert row(ident).due_at > row(ident).queued_at


def test_a_mail_whose_reason_has_gone_is_given_up(mail: str, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(outbox.NOTICES, mail, Notice(mail, "why", lambda: None))
    ident = put(mail)
    worker.run_all()
    assert row(ident).state is MailState.ABANDONED


def test_a_poison_message_stops_no_other(mail: str, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def burst() -> Letter:
        raise ZeroDivisionError

    monkeypatch.setitem(outbox.NOTICES, "test/poison", Notice("test/poison", "why", burst))
    poison, fine = put("test/poison", key="p"), put(mail, key="f")
    worker.run_all()
    assert (row(poison).state, row(fine).state) == (MailState.QUEUED, MailState.SENT)
