"""The store: base class, naming convention, column types, and `saving()`, the only commit.

SQLite is opened so that SQLAlchemy emits every BEGIN itself: plain for reads, IMMEDIATE for units of work, never
upgraded from one to the other (an upgrade of an old read fails at once with SQLITE_BUSY_SNAPSHOT).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, lazyload, mapped_column
from sqlalchemy.orm import registry as sa_registry
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from engage.core.errors import NotFound, UnsavedChanges
from engage.core.turns import NoTurn, turns_of

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the store on both databases. Naive values are refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time cannot be stored as an instant")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    registry = sa_registry(
        metadata=sa.MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UtcDateTime(),
            dict[str, Any]: sa.JSON(),
            list[Any]: sa.JSON(),
        },
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
if TYPE_CHECKING:

    class Model(Base):
        """The base of every table."""

        __abstract__ = True
        __table__: ClassVar[sa.Table]

else:
    Model = db.Model


def new_key() -> str:
    """A public, opaque, never reused identifier (128 bits, 22 characters)."""
    return secrets.token_urlsafe(16)


class Keyed:
    """`id` stays in the house; `key` may stand in an address where there is no slug or reference."""

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(22), default=new_key, unique=True, insert_sentinel=True)
    """The sentinel lets SQLAlchemy write many rows in one statement and still tell which is which."""


class Versioned:
    """Optimistic version: a verb that takes words compares `version` and raises `StaleVersion` on a clash."""

    version: Mapped[int] = mapped_column(default=1)


def choice(states: type[StrEnum]) -> sa.Enum:
    """A column type for a `StrEnum`: VARCHAR holding the values, with a named CHECK."""
    return sa.Enum(
        states,
        native_enum=False,
        create_constraint=True,
        name=states.__name__.lower(),
        values_callable=lambda e: [m.value for m in e],
        length=40,
    )


def one_of(condition: sa.ColumnElement[bool] | sa.TextClause) -> dict[str, Any]:
    """The WHERE of a partial unique index, for both databases."""
    return {"sqlite_where": condition, "postgresql_where": condition}


def one_true(column: str) -> dict[str, Any]:
    """The same for a yes-or-no column, in the words in which each database is asked: SQLite uses a partial index only
    where they are the query's own, and there SQLAlchemy asks for `= 1`."""
    return {"sqlite_where": sa.text(f"{column} = 1"), "postgresql_where": sa.text(column)}


# --- connections -------------------------------------------------------------------------------------------------

_WRITE = "engage_write"


def engine_options(url: str) -> dict[str, Any]:
    """What `create_engine` needs for this store. A statement's values are people's: no error or log line tells them."""
    if url.startswith("sqlite"):
        return {
            "connect_args": {"isolation_level": None, "timeout": 25, "check_same_thread": False},
            "hide_parameters": True,
        }
    return {
        "pool_size": 8,
        "max_overflow": 8,
        "pool_pre_ping": True,
        "isolation_level": "READ COMMITTED",
        "hide_parameters": True,
    }


@event.listens_for(Engine, "connect")
def _open(dbapi: Any, _entry: ConnectionPoolEntry) -> None:
    if type(dbapi).__module__.startswith("sqlite3"):
        cursor = dbapi.cursor()
        for pragma in (
            "busy_timeout=25000",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "cache_size=-16000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        write = connection.get_execution_options().get(_WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


# --- the only commit ---------------------------------------------------------------------------------------------

before_saving: list[Callable[[], None]] = []
"""Run inside each new unit of work before its body: the access declaration asks its policy again here."""
after_saving: list[Callable[[], None]] = []
"""Run after each commit: wakes the embedded worker."""


def pending(session: Session) -> list[object]:
    """What would be written: a change outside `saving()` is a programming error."""
    changed = [o for o in session.dirty if session.is_modified(o)]
    return [*session.new, *changed, *session.deleted]


@contextmanager
def saving() -> Iterator[None]:
    """One unit of work: begins afresh as a writer, commits at the end, rolls back whole on any exception.

    All that was loaded before expires, so the body reads what is true now. Refuses to start over unsaved changes,
    and refuses to nest.
    """
    session = db.session()
    if pending(session) or session.info.get(_WRITE):
        raise UnsavedChanges(f"saving() must not begin over unsaved work: {pending(session)!r}")
    session.rollback()
    session.info[_WRITE] = True
    try:
        with _turn(session):
            try:
                session.connection(execution_options={_WRITE: True})
                for check in before_saving:
                    check()
                yield
                session.commit()
            except BaseException:
                session.rollback()
                raise
    finally:
        session.info.pop(_WRITE, None)
    for wake in after_saving:
        wake()


@contextmanager
def _turn(session: Session) -> Iterator[None]:
    """Writers of an SQLite file queue; PostgreSQL's row locks do that by themselves."""
    engine = session.get_bind()
    path = engine.engine.url.database
    if engine.dialect.name != "sqlite" or not path:
        yield
        return
    try:
        with turns_of(path).take():
            yield
    except NoTurn as late:
        raise OperationalError("BEGIN IMMEDIATE", None, late) from late


def identity(thing: object) -> int:
    """The internal key of something loaded, without reading the row again (where `thing.id` might, once expired)."""
    key = sa.inspect(thing, raiseerr=True).identity_key
    return int(key[1][0])


_T = TypeVar("_T")


def lock(model: type[_T], ident: int) -> _T:
    """The row, locked for this unit of work and read afresh (`FOR UPDATE`; on SQLite the unit itself is the lock).

    What hangs on the row is read when it is asked for, whatever its mapping says: most verbs need little of it.
    Locks are taken parent first: programme, event, then the rest. Raises `NotFound`.
    """
    row: _T | None = db.session.scalar(_locking(model), {"ident": ident})
    if row is None:
        raise NotFound
    return row


_lockings: dict[type[Any], sa.Select[Any]] = {}


def _locking(model: type[_T]) -> sa.Select[_T]:
    """Made once for each table: verbs run it more often than anything else."""
    if model not in _lockings:
        _lockings[model] = (
            sa.select(model)
            .where(sa.inspect(model).primary_key[0] == sa.bindparam("ident"))
            .options(lazyload("*"))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    return _lockings[model]
