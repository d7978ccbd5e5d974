"""Whether the parts that the site stands on answer: the store, the way out for mail, the worker, the limits' store."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from engage.core import clock
from engage.core.db import db
from engage.core.limits import limiter
from engage.core.text import _, _l, ago
from engage.core.worker import Beat

LABELS = {"store": _l("the store"), "mail": _l("mail"), "worker": _l("the worker"), "limits": _l("the limits’ store")}
LATE = timedelta(minutes=3)
"""A worker whose newest beat is older than this has stopped."""
REMEMBERED = 30.0
"""Seconds for which the answer of a mail server stands."""
PATIENCE = 3.0
"""Seconds to wait for a mail server."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part: its name in `/health/ready`, whether it answers, and a sentence for the administrator."""

    name: str
    ok: bool
    said: str

    @property
    def label(self) -> str:
        """The part in words."""
        return str(LABELS[self.name])


def ready() -> Sequence[Part]:
    """Each part and whether it answers. Never raises; a mail server is asked at most every half minute."""
    store, newest = _store()
    parts = [store, _mail(), _worker(store.ok, newest)]
    if not str(current_app.config["RATELIMIT_STORAGE_URI"]).startswith("memory:"):
        parts.append(_limits())
    return parts


def beats() -> Sequence[Beat]:
    """When each piece of the minute clock last ran, by name."""
    return db.session.scalars(sa.select(Beat).order_by(Beat.name)).all()


def _store() -> tuple[Part, datetime | None]:
    try:
        newest = db.session.scalar(sa.select(sa.func.max(Beat.at)))
    except SQLAlchemyError as why:
        db.session.rollback()
        return Part(name="store", ok=False, said=_("It does not answer: %(why)s", why=type(why).__name__)), None
    return Part(name="store", ok=True, said=_("It answers.")), newest


def _worker(store: bool, newest: datetime | None) -> Part:
    if not store:
        return Part(name="worker", ok=False, said=_("Not known while the store does not answer."))
    if newest is None:
        return Part(name="worker", ok=False, said=_("It has never run: start engage with its worker."))
    ok = clock.now() - newest <= LATE
    return Part(name="worker", ok=ok, said=_("It last ran %(when)s.", when=ago(newest)))


def _limits() -> Part:
    try:
        ok = bool(limiter.storage.check())
    except Exception:
        ok = False
    said = _("It answers.") if ok else _("It does not answer: each process counts tries for itself until it does.")
    return Part(name="limits", ok=ok, said=said)


# --- the way out for mail ----------------------------------------------------------------------------------------


class _Remembered:
    """The last answer to each question, for a while; one thread at a time asks anew, the others take the old one."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, str]] = {}
        self._asking = threading.Lock()

    def get(self, key: str, ask: Callable[[str], str]) -> str:
        known = self._known.get(key)
        if known is not None and (time.monotonic() - known[0] < REMEMBERED or self._asking.locked()):
            return known[1]
        with self._asking:
            answer = ask(key)
            self._known[key] = (time.monotonic(), answer)
        return answer

    def forget(self) -> None:
        self._known.clear()


remembered = _Remembered()


def _mail() -> Part:
    url = current_app.config["SMTP_URL"]
    if url:
        wrong = remembered.get(url, _server_wrong)
        said = wrong or _("The mail server answers.")
    else:
        wrong = _folder_wrong(Path(current_app.config["DATA_DIR"]))
        said = wrong or _("Mail goes to files under the data folder.")
    return Part(name="mail", ok=not wrong, said=said)


def _server_wrong(url: str) -> str:
    """ "" where something listens at the mail server's address, else what is wrong. Says nothing to the server."""
    parts = urlsplit(url)
    port = parts.port or (465 if parts.scheme == "smtps" else 25)
    try:
        socket.create_connection((parts.hostname or "localhost", port), timeout=PATIENCE).close()
    except OSError as why:
        return _("The mail server does not answer: %(why)s", why=why.strerror or type(why).__name__)
    return ""


def _folder_wrong(data: Path) -> str:
    folder = data / "mail" if (data / "mail").exists() else data
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return ""
    return _("The folder for mail cannot be written to.")
