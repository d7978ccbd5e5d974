"""The stores that the suite runs on: SQLite always, PostgreSQL where it answers (with CI set it must)."""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from engage.core.db import db

POSTGRES = os.environ.get("ENGAGE_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("ENGAGE_TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


@cache
def missing() -> dict[str, str]:
    """What cannot be reached here, and why: those tests are deselected with a printed line."""
    import redis

    gone: dict[str, str] = {}
    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.OperationalError as why:
        gone["postgres"] = str(why).splitlines()[0]
    try:
        redis.Redis.from_url(REDIS, socket_connect_timeout=3).ping()
    except redis.RedisError as why:
        gone["redis"] = str(why)
    if chromium() is None:
        gone["browser"] = "no Chromium on this machine"
    if shutil.which("java") is None:
        gone["java"] = "no Java on this machine"
    return gone


def chromium() -> str | None:
    """Where Chromium is, if it is."""
    return os.environ.get("ENGAGE_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def postgres_database(worker: str) -> str:
    """A fresh, empty database of this worker's own; returns its address."""
    name = f"engage_test_{worker}"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"')
        server.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')  # as the SQLite file, in memory
    return POSTGRES.rsplit("/", 1)[0] + f"/{name}"


def drop_postgres_database(worker: str) -> None:
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "engage_test_{worker}" WITH (FORCE)')


class Reset:
    """Puts a store back to empty: SQLite by copying an empty file over it, PostgreSQL by emptying its tables."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app = app
        with app.app_context():
            self.sqlite = db.engine.dialect.name == "sqlite"
            db.create_all()
            if self.sqlite:
                self.path = Path(str(db.engine.url.database))
                with db.engine.connect() as live:
                    live.exec_driver_sql("COMMIT")
                    live.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                    live.exec_driver_sql("BEGIN")
                db.engine.dispose()
                self.empty = folder / "empty.sqlite3"
                shutil.copyfile(self.path, self.empty)
            else:
                names = ", ".join(f'DELETE FROM "{t}"' for t in db.metadata.tables).replace(", DELETE", "; DELETE")
                self.script = f"SET session_replication_role = replica; {names}; SET session_replication_role = origin"

    def __call__(self) -> None:
        with self.app.app_context():
            db.session.remove()
            self.app.extensions["engage_pages"].clear()
            if self.sqlite:
                db.engine.dispose()
                for tail in ("", "-wal", "-shm"):
                    Path(f"{self.path}{tail}").unlink(missing_ok=True)
                shutil.copyfile(self.empty, self.path)
            else:
                with db.engine.begin() as connection:
                    connection.execute(sa.text(self.script))


def stores_here() -> list[str]:
    """The names that the `store` fixture takes."""
    gone = missing()
    if os.environ.get("CI") and gone:
        pytest.exit(f"CI must run everything, but: {gone}", returncode=3)
    return ["sqlite"] if "postgres" in gone else ["sqlite", "postgres"]
