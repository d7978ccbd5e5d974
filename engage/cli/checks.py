"""`engage check`: what would keep the site from serving, one sentence each, with its cure."""

from __future__ import annotations

import os
import shutil
import smtplib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import redis
import sqlalchemy as sa

from engage.app import folder
from engage.cli import sentences, store
from engage.config import Settings, WrongSetting, load_settings
from engage.core.db import engine_options

ROOM = 200 * 1024 * 1024
SECONDS = 5


def run() -> list[str]:
    """Every finding; none where all is well. A wrong setting is found alone: all else depends on it."""
    try:
        settings = load_settings(demo=False, testing=False)
        settings.secret()
    except WrongSetting as wrong:
        return [str(wrong)]
    return [sentence for look in LOOKS for sentence in look(settings)]


def _address(settings: Settings) -> Iterator[str]:
    parts = urlsplit(settings.base_url)
    if parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        yield "ENGAGE_BASE_URL is not https: sign-in cookies would travel unprotected; put TLS in front."


def _data_folder(settings: Settings) -> Iterator[str]:
    place = settings.data_dir
    if not os.access(place, os.W_OK):
        yield f"{place} cannot be written to: give it to the user that runs engage, or set ENGAGE_DATA_DIR."
    elif shutil.disk_usage(place).free < ROOM:
        yield f"Less than {ROOM // 1024**2} MB are free under {place}: make room."


def _assets(_settings: Settings) -> Iterator[str]:
    if not Path(folder("templates")).is_dir():
        yield "The templates are missing: install engage again."
    if not (Path(store.__file__).parent.parent / "static" / "manifest.json").is_file():
        yield "The style sheets are not built: run `python3 -m engage assets`, or install the wheel."


def _store(settings: Settings) -> Iterator[str]:
    try:
        store.refuse_unless_current(settings)
    except WrongSetting as wrong:
        yield str(wrong)
        return
    except sa.exc.SQLAlchemyError as wrong:
        yield f"{sentences.of(wrong)}: look at ENGAGE_DATABASE_URL, and whether it runs."
        return
    if settings.database.startswith("sqlite"):
        yield from _sqlite(settings)


def _sqlite(settings: Settings) -> Iterator[str]:
    engine = sa.create_engine(settings.database, **engine_options(settings.database))
    with engine.connect() as connection:
        if connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
            yield "The SQLite file is damaged: restore the newest backup."
        elif connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            yield "The SQLite file holds rows that point nowhere: restore the newest backup."
    engine.dispose()


def _mail(settings: Settings) -> Iterator[str]:
    if not settings.smtp_url:
        return
    parts = urlsplit(settings.smtp_url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(parts.hostname or "", parts.port or 0, timeout=SECONDS) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as wrong:
        yield f"ENGAGE_SMTP_URL does not answer ({wrong}): mail waits in the outbox until it does."


def _redis(settings: Settings) -> Iterator[str]:
    if not settings.redis_url:
        return
    try:
        redis.Redis.from_url(settings.redis_url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS).ping()
    except (redis.RedisError, ValueError) as wrong:
        yield f"ENGAGE_REDIS_URL does not answer ({wrong}): start Redis, or unset it with one web process."


LOOKS: tuple[Callable[[Settings], Iterator[str]], ...] = (
    _address,
    _data_folder,
    _assets,
    _store,
    _mail,
    _redis,
)
