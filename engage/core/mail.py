"""From an outbox row to octets, and the two ways that octets leave: files under the data folder, or SMTP.

One Markdown template per mail gives the plain part (its text) and the HTML part (its rendering), so that both say the
same. Built with `policy.SMTP`, since with `policy.default` a base64 calendar part has bare LF (RFC 5322, RFC 6047).
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from flask import current_app, render_template

from engage.core import clock
from engage.core.outbox import NOTICES, Letter, OutboxMail
from engage.core.text import _, markdown

_MARKS = str.maketrans(dict.fromkeys("[]<>`*_\\|!#", " "))


class NotSent(Exception):
    """The message did not leave. `final`: no later try can help (5xx for this recipient)."""

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


def render(row: OutboxMail) -> bytes | None:
    """The message's octets, or None where the reason to send has gone. Reads the store; writes nothing."""
    letter = NOTICES[row.mail].make(**row.args)
    if letter is None:
        return None
    return compose(row, letter).as_bytes()


def compose(row: OutboxMail, letter: Letter) -> EmailMessage:
    """The whole message: multipart/alternative of plain, HTML and, where given, text/calendar plus its attachment."""
    base = current_app.config["BASE_URL"]
    told = render_template(
        f"emails/{row.mail}.md",
        name=as_greeted(row.to_name),
        why=row.why,
        unsubscribe=letter.unsubscribe,
        **letter.context,
    )
    first, body = told.lstrip().split("\n", 1)
    subject = first.removeprefix("Subject:").strip()
    body = body.strip()
    message = EmailMessage(policy=SMTP)
    name, address = parseaddr(current_app.config["MAIL_FROM"])
    domain = address.rpartition("@")[2] or "localhost"
    message["From"] = _address(name, address)
    message["To"] = _address(row.to_name, row.to_address)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{row.message_id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(f"{body}\n\n-- \n{footer(row, letter, base)}\n")
    message.add_alternative(
        render_template(
            "emails/_layout.html",
            subject=subject,
            body=markdown(body),
            why=row.why,
            unsubscribe=letter.unsubscribe,
            base_url=base,
        ),
        subtype="html",
    )
    if letter.calendar:
        _add_calendar(message, *letter.calendar)
    return message


def as_greeted(name: str) -> str:
    """A name as it may stand in a mail's Markdown: whoever typed it writes no link, picture or emphasis by it."""
    return " ".join(name.translate(_MARKS).split())


def footer(row: OutboxMail, letter: Letter, base: str) -> str:
    """The plain part's last lines: why this person got it, and how to leave where leaving is possible."""
    lines = [row.why, base]
    if letter.unsubscribe:
        lines.insert(1, _("Stop these messages: %(url)s", url=letter.unsubscribe))
    return "\n".join(lines)


def _address(name: str, address: str) -> Address:
    local, _at, domain = address.rpartition("@")
    return Address(display_name=" ".join(name.split()), username=local, domain=domain)


def _add_calendar(message: EmailMessage, ics: bytes, method: str) -> None:
    message.add_alternative(ics, maintype="text", subtype="calendar", cte="base64")
    part = message.get_payload()[-1]  # type: ignore[index]
    part.set_param("charset", "UTF-8")  # type: ignore[union-attr]
    part.set_param("method", method)  # type: ignore[union-attr]
    message.add_attachment(ics, maintype="application", subtype="ics", filename="invite.ics")


class Transport(Protocol):
    """A way out for octets, one message after another, by one thread."""

    def send(self, *, sender: str, to: str, octets: bytes, name: str) -> None:
        """Raises `NotSent`; the next message can be sent nevertheless."""

    def close(self) -> None:
        """After the last one."""


class Files:
    """Each message becomes `NAME.eml` in a folder; written aside and renamed, so that a reader sees whole files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, *, sender: str, to: str, octets: bytes, name: str) -> None:  # noqa: ARG002 -- a Transport
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            aside = self.folder / f".{name}.part"
            aside.write_bytes(octets)
            aside.replace(self.folder / f"{name}.eml")
        except OSError as why:
            raise NotSent(f"cannot write the mail file: {why.strerror}") from why

    def close(self) -> None:
        pass


class Smtp:
    """A real SMTP server: `smtp://user:pass@host:587?starttls=1` or `smtps://…`.

    One connection for many messages (TLS and sign-in cost more than most messages); a new one after `MOST_A_TURN`,
    and wherever the old one does not answer or something went wrong on it.
    """

    MOST_A_TURN = 100

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host = parts.hostname or "localhost"
        self.tls = parts.scheme == "smtps"
        self.port = parts.port or (465 if self.tls else 25)
        self.starttls = parse_qs(parts.query).get("starttls", ["0"])[0] == "1"
        self.user = unquote(parts.username or "")
        self.password = unquote(parts.password or "")
        self._server: smtplib.SMTP | None = None
        self._sent = 0

    def send(self, *, sender: str, to: str, octets: bytes, name: str) -> None:  # noqa: ARG002 -- a Transport
        try:
            self._ready().sendmail(sender, [to], octets)
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()))
            raise NotSent(f"{code} {said.decode('utf-8', 'replace')}", final=500 <= code < 600) from refused
        except smtplib.SMTPResponseException as refused:
            self._drop()
            answer = refused.smtp_error
            words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
            final = refused.smtp_code in {550, 552, 553, 554}
            raise NotSent(f"{refused.smtp_code} {words}", final=final) from refused
        except (smtplib.SMTPException, OSError) as why:
            self._drop()
            raise NotSent(str(why) or type(why).__name__) from why

    def close(self) -> None:
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
        self._drop()

    def _drop(self) -> None:
        """Without a goodbye, for which a server that hangs would make us wait."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _ready(self) -> smtplib.SMTP:
        """The connection of the last message while it answers, else a new one."""
        if self._server is not None and not _answers(self._server):
            self._drop()
        elif self._sent >= self.MOST_A_TURN:
            self.close()
        if self._server is None:
            self._server = self._open()
            self._sent = 0
        self._sent += 1
        return self._server

    def _open(self) -> smtplib.SMTP:
        context = ssl.create_default_context() if self.tls or self.starttls else None
        server: smtplib.SMTP
        if self.tls:
            server = smtplib.SMTP_SSL(self.host, self.port, timeout=20, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=20)
        try:
            if self.starttls:
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


def _answers(server: smtplib.SMTP) -> bool:
    try:
        return server.noop()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def subject_of(octets: bytes) -> str:
    """The subject line of a rendered message."""
    return str(BytesParser(policy=SMTP).parsebytes(octets, headersonly=True)["Subject"])


def sender() -> str:
    """The envelope's sender: the bare address that the site mails from."""
    return parseaddr(current_app.config["MAIL_FROM"])[1]


def transport() -> Transport:
    """The configured way out."""
    url = current_app.config["SMTP_URL"]
    return Smtp(url) if url else Files(Path(current_app.config["DATA_DIR"]) / "mail")
