"""The mail files of the demonstration, as somebody who got them would read them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path

from flask import current_app

NAME = re.compile(r"[0-9]{8}T[0-9]{6}-[0-9]{6,12}-[a-z0-9_-]{1,80}")
BARE_LINK = re.compile(r"(?<![<(\[\"'\w])https?://[^\s<>()\[\]\"']+[^\s<>()\[\]\"'.,;:!?]")
FOOT = "\n-- \n"


@dataclass(frozen=True, kw_only=True)
class MailLine:
    """One line of the list."""

    name: str
    to: str
    subject: str
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class MailFile:
    """One message: its headers, its words (Markdown, as its plain part has them), its foot, its calendar part."""

    name: str
    to: str
    sender: str
    subject: str
    at: datetime | None
    words: str
    foot: str
    calendar: str


def mail_files(*, limit: int, offset: int = 0) -> tuple[Sequence[MailLine], int]:
    """Some of the messages, newest first, and how many there are."""
    names = sorted((path.stem for path in _folder().glob("*.eml") if NAME.fullmatch(path.stem)), reverse=True)
    return [_line(name) for name in names[offset : offset + limit]], len(names)


def mail_file(name: str) -> MailFile | None:
    """One message; None for anything but the name of one. No name leads out of the folder."""
    path = _folder() / f"{name}.eml"
    if not NAME.fullmatch(name) or not path.is_file():
        return None
    message = _read(path)
    words, _foot, foot = _part(message, "plain").partition(FOOT)
    return MailFile(
        name=name,
        to=str(message["To"]),
        sender=str(message["From"]),
        subject=str(message["Subject"]),
        at=_date(message),
        words=BARE_LINK.sub(lambda found: f"<{found[0]}>", words),
        foot=BARE_LINK.sub(lambda found: f"<{found[0]}>", foot.replace("\n", "  \n")),
        calendar=_calendar(message),
    )


def _folder() -> Path:
    return Path(current_app.config["DATA_DIR"]) / "mail"


def _line(name: str) -> MailLine:
    message = _read(_folder() / f"{name}.eml", headers_only=True)
    return MailLine(name=name, to=str(message["To"]), subject=str(message["Subject"]), at=_date(message))


def _read(path: Path, *, headers_only: bool = False) -> EmailMessage:
    with path.open("rb") as file:
        return BytesParser(policy=default).parse(file, headersonly=headers_only)


def _date(message: EmailMessage) -> datetime | None:
    try:
        return parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return None


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return "" if body is None else str(body.get_content()).replace("\r\n", "\n")


def _calendar(message: EmailMessage) -> str:
    found = next((part for part in message.walk() if part.get_content_type() == "text/calendar"), None)
    return "" if found is None else str(found.get_content()).replace("\r\n", "\n")
