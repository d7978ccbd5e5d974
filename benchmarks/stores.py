"""Stores for one run: a folder of its own with SQLite in it, or a database of its own beside that folder."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from engage.config import Settings

POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"
KEY = "a-key-for-benchmarks-only-a-key-for-benchmarks"


@dataclass(frozen=True)
class Store:
    """`url` "": SQLite in `folder`."""

    name: str
    folder: Path
    url: str = ""

    def settings(self, port: int) -> Settings:
        return Settings(
            data_dir=self.folder, database_url=self.url, base_url=f"http://127.0.0.1:{port}", secret_key=KEY
        )

    def environment(self) -> dict[str, str]:
        """The same, for a server process."""
        clean = {name: "" for name in os.environ if name.startswith("ENGAGE_SMTP") or name == "ENGAGE_REDIS_URL"}
        return {
            **clean,
            "ENGAGE_DATA_DIR": str(self.folder),
            "ENGAGE_DATABASE_URL": self.url,
            "ENGAGE_SECRET_KEY": KEY,
        }


@contextlib.contextmanager
def sqlite() -> Iterator[Store]:
    with tempfile.TemporaryDirectory(prefix="engage-benchmarks-", ignore_cleanup_errors=True) as folder:
        yield Store("SQLite", Path(folder))


@contextlib.contextmanager
def postgres(server: str) -> Iterator[Store]:
    """A new database on this server, dropped afterwards."""
    name = f"engage_benchmarks_{os.getpid()}"
    with tempfile.TemporaryDirectory(prefix="engage-benchmarks-", ignore_cleanup_errors=True) as folder:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield Store("PostgreSQL", Path(folder), f"{server.rpartition('/')[0]}/{name}")
        finally:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def postgres_here(asked: str | None) -> str | None:
    """The server to use: the one asked for, the tests', or one on this machine if it answers."""
    server = asked or os.environ.get("ENGAGE_TEST_POSTGRES_URL") or POSTGRES
    try:
        psycopg.connect(server, connect_timeout=3).close()
    except psycopg.OperationalError:
        if asked:
            raise
        return None
    return server
