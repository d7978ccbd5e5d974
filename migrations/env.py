"""Alembic's environment: the whole upgrade is one transaction, on both databases.

`engage.cli.store` gives the engine and the metadata. On SQLite foreign keys are switched off before BEGIN
(inside a transaction the pragma is ignored, and rebuilding a table then deletes its children in silence) and
every row is checked before COMMIT. A start beside another one waits for it and finds nothing left to do.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context
from sqlalchemy.engine import Connection

LOCK = 0x656E67616765
"""PostgreSQL's advisory lock for upgrades: "engage"."""


def plain_types(kind: str, thing: Any, _autogen: Any) -> str | bool:
    """Migrations stand alone: they name the column's own type, never a class of ours."""
    if kind == "type" and type(thing).__name__ == "UtcDateTime":
        return "sa.DateTime(timezone=True)"
    return False


def refuse_dangling(ctx: Any, **_: Any) -> None:
    """After each step on SQLite: no row may point nowhere. Raises, and so undoes the upgrade."""
    if ctx.dialect.name == "sqlite":
        dangling = ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if dangling:
            raise RuntimeError(f"the migration left rows that point nowhere: {dangling[:5]}")


def run(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        connection = connection.execution_options(engage_write=True)  # BEGIN IMMEDIATE
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes["metadata"],
        render_as_batch=True,  # SQLite rebuilds a table to change it; PostgreSQL just alters
        render_item=plain_types,
        compare_type=True,
        compare_server_default=True,
        transactional_ddl=True,
        on_version_apply=refuse_dangling,
    )
    with context.begin_transaction():
        if not sqlite:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        context.run_migrations()


with context.config.attributes["engine"].connect() as opened:
    run(opened)
