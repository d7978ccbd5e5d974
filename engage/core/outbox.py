"""The outbox: a mail is a row until its act is committed; a worker sends it later; its key makes it once.

The row is written in the same transaction as the act that causes it and fixes who gets it, why, and the calendar
SEQUENCE and DTSTAMP. Its bytes are rendered at the first claim and never change after, so that a crash between DATA
and 250 sends the same octets with the same Message-ID again (docs/domain.md#message).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as data_field
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engage.core import clock, leases
from engage.core.db import Model, choice, db, lock
from engage.core.errors import RuleBroken
from engage.core.text import _

ATTEMPTS = 8


class MailState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    ABANDONED = "abandoned"


class OutboxMail(leases.Leased, Model):
    """One message to one address. `once` is occasion:subject[:person], unique for ever."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        sa.UniqueConstraint("once"),
        leases.waiting_index("outbox_mail"),
    )

    once: Mapped[str] = mapped_column(sa.String(200))
    mail: Mapped[str] = mapped_column(sa.String(80))
    args: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    to_address: Mapped[str] = mapped_column(sa.String(254))
    to_name: Mapped[str] = mapped_column(sa.String(200), default="")
    person_id: Mapped[int | None]
    state: Mapped[MailState] = mapped_column(choice(MailState), default=MailState.QUEUED)
    sequence: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    subject: Mapped[str] = mapped_column(sa.String(300), default="")
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary)

    @property
    def message_id(self) -> str:
        """The local part of the deterministic Message-ID."""
        return hashlib.sha256(self.once.encode()).hexdigest()[:32]

    @property
    def why(self) -> str:
        """Why this person got it, in words."""
        known = NOTICES.get(self.mail)
        return str(known.why) if known else self.mail


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a notice gives to be rendered: the template's context, and parts beside the words.

    `calendar`: (iCalendar bytes, METHOD). `unsubscribe`: the https address for one-click leaving; given for
    subscription mail only. `reply_to`: an address.
    """

    context: dict[str, Any] = data_field(default_factory=dict)
    calendar: tuple[bytes, str] | None = None
    unsubscribe: str = ""
    reply_to: str = ""


@dataclass(frozen=True)
class Notice:
    """A kind of mail: how to make it, and the sentence that says why somebody gets it."""

    name: str
    why: Any
    make: Callable[..., Letter | None]


NOTICES: dict[str, Notice] = {}


def notice(name: str, *, why: Any) -> Callable[[Callable[..., Letter | None]], Callable[..., Letter | None]]:
    """Register a mail. The function gets the row's `args` when the worker first claims it, and returns a `Letter`,
    or None where the reason to send has gone meanwhile."""

    def declare(make: Callable[..., Letter | None]) -> Callable[..., Letter | None]:
        NOTICES[name] = Notice(name, why, make)
        return make

    return declare


def put(
    *,
    mail: str,
    key: str,
    to: str,
    args: dict[str, Any],
    name: str = "",
    person_id: int | None = None,
    sequence: int = 0,
    due_at: datetime | None = None,
    sent: bool = False,
) -> OutboxMail | None:
    """Queue one message, once per `key` for ever: a second call with the same key writes nothing and returns None.

    `mail` must be a registered notice. The caller commits. `sent=True` is for the demonstration's past.
    """
    message = Message(key=key, to=to, args=args, name=name, person_id=person_id, sequence=sequence)
    new = put_all(mail, [message], due_at=due_at, sent=sent)
    return new[0] if new else None


@dataclass(frozen=True, kw_only=True)
class Message:
    """One of many: see `put`."""

    key: str
    to: str
    args: dict[str, Any]
    name: str = ""
    person_id: int | None = None
    sequence: int = 0


def put_all(
    mail: str, messages: Iterable[Message], *, due_at: datetime | None = None, sent: bool = False
) -> list[OutboxMail]:
    """Queue many of one kind, each once for ever, in few statements. Returns those that are new, in their order."""
    if mail not in NOTICES:
        raise LookupError(f"no notice is called {mail}")
    wanted = {message.key: message for message in messages}
    known = _known(wanted)
    now = clock.now()
    past = sent or born_sent()
    rows = [
        OutboxMail(
            once=message.key,
            mail=mail,
            args=message.args,
            to_address=message.to,
            to_name=message.name,
            person_id=message.person_id,
            state=MailState.SENT if past else MailState.QUEUED,
            queued_at=now,
            due_at=due_at or now,
            sequence=message.sequence,
            sent_at=now if past else None,
        )
        for message in wanted.values()
        if message.key not in known
    ]
    db.session.add_all(rows)
    db.session.flush()
    return rows


def _known(keys: Collection[str]) -> set[str]:
    if len(keys) == 1:
        return set(db.session.scalars(_IS_KNOWN, {"key": next(iter(keys))}))
    wanted = sorted(keys)
    found: set[str] = set()
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        found.update(db.session.scalars(sa.select(OutboxMail.once).where(OutboxMail.once.in_(part))))
    return found


_IS_KNOWN = sa.select(OutboxMail.once).where(OutboxMail.once == sa.bindparam("key"))


def forget(keys: Collection[str]) -> None:
    """Blank who got these messages, once whoever it was is forgotten; what still waits is given up."""
    db.session.execute(
        sa.update(OutboxMail)
        .where(OutboxMail.once.in_(keys))
        .values(
            to_address="",
            to_name="",
            content=None,
            claimed_until=None,
            state=sa.case((OutboxMail.state == MailState.SENT, MailState.SENT), else_=MailState.ABANDONED),
        )
    )


def born_sent() -> bool:
    """Whether rows are written as already sent (the demonstration telling its past, which mails nobody)."""
    return bool(db.session.info.get("mail_born_sent"))


def mark_sent(row_id: int) -> None:
    """It was accepted by the server: links in the kept copy are blanked."""
    row = lock(OutboxMail, row_id)
    row.state = MailState.SENT
    row.sent_at = clock.now()
    row.claimed_until = None
    row.last_error = ""
    row.content = None


def retry(row_id: int) -> OutboxMail:
    """Queue a failed or delayed message again, now. Raises `RuleBroken` for one already sent, or one whose
    address was forgotten."""
    row = lock(OutboxMail, row_id)
    if row.state is MailState.SENT:
        raise RuleBroken(_("This message was sent already; it is not sent twice."))
    if not row.to_address:
        raise RuleBroken(_("Its address was forgotten: there is nobody to send it to."))
    leases.queue_again(row)
    return row


def abandon(row_id: int) -> OutboxMail:
    """Give a message up: it stays in the list as abandoned. Raises `RuleBroken` for one already sent."""
    row = lock(OutboxMail, row_id)
    if row.state is MailState.SENT:
        raise RuleBroken(_("This message was sent already."))
    row.state = MailState.ABANDONED
    row.claimed_until = None
    return row


def by_key(key: str) -> OutboxMail | None:
    """The row with this public key."""
    return db.session.scalar(sa.select(OutboxMail).where(OutboxMail.key == key))


def counts() -> dict[MailState, int]:
    """How many messages stand in each state."""
    rows = db.session.execute(sa.select(OutboxMail.state, sa.func.count()).group_by(OutboxMail.state))
    found = {state: int(n) for state, n in rows}
    return {state: found.get(state, 0) for state in MailState}


def messages(state: MailState | None = None, *, limit: int = 50, offset: int = 0) -> Sequence[OutboxMail]:
    """The outbox's rows, newest first, optionally of one state."""
    query = sa.select(OutboxMail).order_by(OutboxMail.id.desc()).limit(limit).offset(offset)
    return db.session.scalars(query.where(OutboxMail.state == state) if state else query).all()


def oldest_waiting() -> datetime | None:
    """Since when the oldest unsent message waits."""
    return db.session.scalar(sa.select(sa.func.min(OutboxMail.queued_at)).where(OutboxMail.state == MailState.QUEUED))
