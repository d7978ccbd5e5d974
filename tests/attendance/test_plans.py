"""Addresses and bookings are found by an index: their lists must not read every person for every line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from engage.attendance import queries
from engage.core.db import db
from engage.events.models import Event
from tests.factories.attendance import a_registration
from tests.factories.events import an_open_event

READS: dict[str, Callable[[Event], object]] = {
    "address": lambda event: queries.address_of(event.id),
    "registrations": queries.registrations,
    "count": queries.count_of,
    "board": queries.board,
    "door": queries.door_list,
}


@pytest.mark.parametrize("name", READS)
def test_no_list_reads_a_whole_table_for_each_line(app: Flask, name: str) -> None:
    event = an_open_event()
    a_registration(event)
    asked: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: object, _x: object, _many: bool) -> None:
        asked.append((statement, parameters))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    READS[name](event)
    sa.event.remove(db.engine, "before_cursor_execute", note)
    assert asked
    assert [line for statement, parameters in asked for line in whole(statement, parameters)] == []


def whole(statement: str, parameters: object) -> list[str]:
    """The lines of the plan that read a stored table from end to end."""
    if not statement.startswith("SELECT"):
        return []
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]  # type: ignore[arg-type]
        return [line for line in plan if line.startswith("SCAN ") and not line.startswith(("SCAN (", "SCAN anon"))]
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]  # type: ignore[arg-type]
    return [line for line in plan if "Seq Scan" in line]
