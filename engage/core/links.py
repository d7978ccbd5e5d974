"""Capability links: an address that lets its holder do one thing to one subject, without an account.

A token is an HMAC-SHA-256 of purpose, subject and generation under the site's key, cut to 144 bits: stored as a hash
only, derived again for a reminder, void as soon as the generation moves on (docs/domain.md#invitation).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Collection, Iterator
from datetime import datetime

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Mapped, mapped_column

from engage.core import clock
from engage.core.db import Model, db
from engage.core.errors import Gone, NotFound
from engage.core.text import _, _l

PATHS = {
    "invitation": "i",
    "booking": "b",
    "action": "o",
    "feedback": "q",
    "interests": "n",
    "record": "m",
}
"""Purpose → the first part of its address (docs: addresses)."""
ASK = {
    "action": _l("Ask the secretary of the meeting where the action was agreed to send you a new one."),
    "record": _l("Ask the secretary of the meeting to send you its record again."),
}
"""Purpose → what to do where its link has run out; of the others, whoever sent it is asked."""


class CapabilityLink(Model):
    """One live link per purpose and subject; revoking or renewing moves the generation on."""

    __tablename__ = "capability_link"
    __table_args__ = (sa.UniqueConstraint("purpose", "subject_id"), sa.UniqueConstraint("token_hash"))

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(sa.String(20))
    subject_id: Mapped[int]
    generation: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[str] = mapped_column(sa.String(64))
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


def issue(purpose: str, subject_id: int, *, expires_at: datetime | None = None) -> str:
    """Make the link, or prolong the live one; a revoked one comes back under a new token. Returns the token."""
    link = _find(purpose, subject_id)
    if link is None:
        _add(purpose, [subject_id], expires_at)
        return _derive(purpose, subject_id, 1)
    token = _enliven(link, expires_at)
    db.session.flush()
    return token


def issue_all(purpose: str, subject_ids: Collection[int], *, expires_at: datetime | None = None) -> None:
    """The same as `issue` for many subjects, in few statements."""
    known = list(_find_all(purpose, subject_ids))
    for link in known:
        _enliven(link, expires_at)
    db.session.flush()
    _add(purpose, set(subject_ids) - {link.subject_id for link in known}, expires_at)


def prolong(purpose: str, subject_id: int, *, until: datetime) -> None:
    """Let a link that ends live until then at least; nothing happens where there is none, or it was revoked."""
    link = _find(purpose, subject_id)
    if link is not None and link.revoked_at is None and link.expires_at is not None:
        link.expires_at = max(link.expires_at, until)
        db.session.flush()


def revoke(purpose: str, subject_id: int) -> None:
    """Make the live link answer 410 from now on; nothing happens where there is none."""
    link = _find(purpose, subject_id)
    if link is not None and link.revoked_at is None:
        link.revoked_at = clock.now()
        db.session.flush()


def token_of(purpose: str, subject_id: int) -> str:
    """The live token again, for a reminder. Raises `NotFound` where none was issued, `Gone` where it is void."""
    link = _find(purpose, subject_id)
    if link is None:
        raise NotFound
    _check_live(link)
    return _derive(purpose, subject_id, link.generation)


def url(purpose: str, subject_id: int) -> str:
    """The absolute address of a live link."""
    return f"{current_app.config['BASE_URL']}/{PATHS[purpose]}/{token_of(purpose, subject_id)}"


def subject_of(purpose: str, token: str) -> int:
    """Whose link this is. Raises `NotFound` for an unknown token, `Gone` for an expired or revoked one."""
    link = db.session.scalar(
        sa.select(CapabilityLink).where(
            CapabilityLink.purpose == purpose, CapabilityLink.token_hash == _hash(token[:64])
        )
    )
    if link is None:
        raise NotFound
    _check_live(link)
    return link.subject_id


def _check_live(link: CapabilityLink) -> None:
    if link.revoked_at is not None:
        raise Gone(_("This link was withdrawn. Ask whoever sent it for a new one."))
    if link.expires_at is not None and link.expires_at <= clock.now():
        raise Gone(f"{_('This link has run out.')} {ASK.get(link.purpose) or _('Ask whoever sent it for a new one.')}")


def _find(purpose: str, subject_id: int) -> CapabilityLink | None:
    return db.session.scalar(_ONE, {"purpose": purpose, "subject": subject_id})


_ONE = sa.select(CapabilityLink).where(
    CapabilityLink.purpose == sa.bindparam("purpose"), CapabilityLink.subject_id == sa.bindparam("subject")
)


def _find_all(purpose: str, subject_ids: Collection[int]) -> Iterator[CapabilityLink]:
    wanted = sorted(set(subject_ids))
    for start in range(0, len(wanted), 500):
        yield from db.session.scalars(
            sa.select(CapabilityLink)
            .where(
                CapabilityLink.purpose == purpose,
                CapabilityLink.subject_id.in_(wanted[start : start + 500]),
            )
            .order_by(CapabilityLink.id)
        )


def _add(purpose: str, subject_ids: Collection[int], expires_at: datetime | None) -> None:
    """Written at once: nobody needs the new rows in memory."""
    rows = [
        {
            "purpose": purpose,
            "subject_id": subject_id,
            "generation": 1,
            "token_hash": _hash(_derive(purpose, subject_id, 1)),
            "expires_at": expires_at,
        }
        for subject_id in sorted(subject_ids)
    ]
    if rows:
        db.session.connection().execute(_NEW, rows)


_NEW = sa.insert(CapabilityLink.__table__).inline()


def _enliven(link: CapabilityLink, expires_at: datetime | None) -> str:
    """Let the link live until then; one that was revoked gets a new token. Returns the token."""
    if link.revoked_at is not None:
        link.generation += 1
        link.revoked_at = None
    link.expires_at = expires_at
    token = _derive(link.purpose, link.subject_id, link.generation)
    link.token_hash = _hash(token)
    return token


def _derive(purpose: str, subject_id: int, generation: int) -> str:
    key = current_app.config["SECRET_KEY"].encode()
    mac = hmac.new(key, f"link:{purpose}:{subject_id}:{generation}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac.digest()[:18]).decode("ascii")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
