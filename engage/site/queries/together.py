"""Several lists in one statement: each comes back as JSON in a column of its own, read into rows of its own type.

A public page shows a dozen short lists of one thing. Asked for one by one they cost a dozen round trips; asked for
together, one, whatever the number of rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from engage.core.db import UtcDateTime, db

Query = sa.Select[*tuple[Any, ...]]
"""A select of any columns."""
Part = tuple[Callable[..., Any], Query]
Read = Callable[[Any], Any]


class _Row(FunctionElement[str]):
    """The values of one row as a JSON array."""

    type = sa.Text()
    inherit_cache = True


class _Rows(FunctionElement[str]):
    """Those of all rows, in the order in which they come."""

    type = sa.Text()
    inherit_cache = True


def together(**parts: Part) -> dict[str, Sequence[Any]]:
    """Each part's rows, in the order of its own ORDER BY, made by the part's type from its columns' values."""
    wanted = {name: query.subquery(name=f"{name}_") for name, (_make, query) in parts.items()}
    columns = [
        sa.select(sa.cast(_Rows(_Row(*rows.c)), sa.Text)).select_from(rows).scalar_subquery().label(name)
        for name, rows in wanted.items()
    ]
    found = db.session.execute(sa.select(*columns)).one()
    return {
        name: _read(text, [_reader(column.type) for column in wanted[name].c], parts[name][0])
        for name, text in found._mapping.items()
    }


def _read(text: str | None, readers: Sequence[Read | None], make: Callable[..., Any]) -> Sequence[Any]:
    rows = json.loads(text) if text else []
    return [
        make(*(read(value) if read and value is not None else value for read, value in zip(readers, row, strict=True)))
        for row in rows
    ]


def _reader(kind: sa.types.TypeEngine[Any]) -> Read | None:
    """What turns a JSON value back into the column's own; None where it is the same."""
    if isinstance(kind, UtcDateTime):
        return _instant
    if isinstance(kind, sa.DateTime):
        return datetime.fromisoformat
    if isinstance(kind, sa.Date):
        return date.fromisoformat
    if isinstance(kind, sa.Boolean):
        return bool
    if isinstance(kind, sa.JSON):
        return _json
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        return kind.enum_class
    return None


def _json(value: Any) -> Any:
    """SQLite keeps JSON as text, PostgreSQL as what it is."""
    return json.loads(value) if isinstance(value, str) else value


def _instant(written: str) -> datetime:
    """SQLite writes instants as naive UTC, PostgreSQL with an offset."""
    when = datetime.fromisoformat(written)
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


@compiles(_Row, "sqlite")
def _row_sqlite(element: _Row, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_array({compiler.process(element.clauses, **kw)})"


@compiles(_Row, "postgresql")
def _row_postgresql(element: _Row, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_build_array({compiler.process(element.clauses, **kw)})"


@compiles(_Rows, "sqlite")
def _rows_sqlite(element: _Rows, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_group_array({compiler.process(element.clauses, **kw)})"


@compiles(_Rows, "postgresql")
def _rows_postgresql(element: _Rows, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_agg({compiler.process(element.clauses, **kw)})"
