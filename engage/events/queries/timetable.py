"""How a programme is laid out: times down, rooms (or tracks) across, one table for each day. Pure, over `Line`s."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from engage.core.text import _, time_of_day, weekday
from engage.events.queries.sessions import Line


class Cell(NamedTuple):
    """What is in one column from one row on: usually one session; several where they clash; none where nothing is.
    What stands across all columns is in none: ""."""

    column: str
    lines: tuple[Line, ...]
    rowspan: int = 1
    colspan: int = 1


class Row(NamedTuple):
    """What begins at one time. `ends`: when all of it ends at once, else None."""

    begins: datetime
    ends: datetime | None
    cells: tuple[Cell, ...]


class Day(NamedTuple):
    on: date
    rows: tuple[Row, ...]


class Grid(NamedTuple):
    """`by_room`: the columns are rooms, else tracks. `columns`: "" is what has none. `unplaced`: without a time."""

    by_room: bool
    columns: tuple[str, ...]
    days: tuple[Day, ...]
    unplaced: tuple[Line, ...]


def grid(lines: Sequence[Line]) -> Grid:
    """The programme of these sessions. One that nothing else goes on beside stands across all columns."""
    by_room = any(line.room for line in lines)
    placed = sorted((line for line in lines if line.starts and line.ends), key=lambda line: _hours(line)[0])
    alone = {line.key for line in placed if not any(_at_once(line, other) for other in placed if other is not line)}
    columns: dict[str, None] = {}
    for line in placed:
        if line.key not in alone:
            columns.setdefault(_column(line, by_room))
    names = tuple(sorted(columns, key=lambda name: not name)) or ("",)  # what has none comes last
    days: dict[date, list[Line]] = {}
    for line in placed:
        days.setdefault(_hours(line)[0].date(), []).append(line)
    return Grid(
        by_room=by_room,
        columns=names,
        days=tuple(Day(on, _rows(own, names, alone, by_room)) for on, own in days.items()),
        unplaced=tuple(line for line in lines if not (line.starts and line.ends)),
    )


def _hours(line: Line) -> tuple[datetime, datetime]:
    assert line.starts is not None  # noqa: S101 -- only sessions with a time are laid out
    assert line.ends is not None  # noqa: S101
    return line.starts, line.ends


def _at_once(one: Line, other: Line) -> bool:
    (starts, ends), (begins, over) = _hours(one), _hours(other)
    return starts < over and begins < ends


def _column(line: Line, by_room: bool) -> str:
    return line.room if by_room else line.track


def _rows(lines: list[Line], columns: tuple[str, ...], alone: set[str], by_room: bool) -> tuple[Row, ...]:
    times = sorted({_hours(line)[0] for line in lines})
    rows = []
    taken: dict[str, datetime] = {}
    for begins in times:
        new = [line for line in lines if _hours(line)[0] == begins]
        if new[0].key in alone:
            cells = [Cell("", (new[0],), colspan=len(columns))]
        else:
            cells = []
            for column in columns:
                if taken.get(column, begins) > begins:
                    continue
                cell = _cell(column, begins, times, [one for one in lines if _column(one, by_room) == column])
                taken[column] = max((_hours(one)[1] for one in cell.lines), default=begins)
                cells.append(cell)
        ends = {_hours(line)[1] for line in new}
        rows.append(Row(begins, ends.pop() if len(ends) == 1 else None, tuple(cells)))
    return tuple(rows)


def _cell(column: str, begins: datetime, times: list[datetime], lines: list[Line]) -> Cell:
    """From what begins now on: all that overlaps, one after another, is in one cell."""
    found: list[Line] = []
    until = begins
    for line in lines:
        starts, ends = _hours(line)
        if starts == begins or (found and begins < starts < until):
            found.append(line)
            until = max(until, ends)
    return Cell(column, tuple(found), rowspan=max(1, sum(begins <= time < until for time in times)))


def hours(starts: datetime, ends: datetime) -> str:
    """10am to 11:30am; with the day of the end where that is another one."""
    if starts.date() == ends.date():
        return _("%(start)s to %(end)s", start=time_of_day(starts), end=time_of_day(ends))
    return _("%(start)s to %(day)s, %(end)s", start=time_of_day(starts), day=weekday(ends), end=time_of_day(ends))


def drawn(laid_out: Grid, say: Callable[[Line], Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The tables as `components/timetable.html` takes them; `say` tells what it shows of one session besides its time,
    and its room or track where the column does not say it."""
    nothing = _("No room yet") if laid_out.by_room else _("Other sessions")
    names = {column: column or (nothing if len(laid_out.columns) > 1 else _("Session")) for column in laid_out.columns}

    def cell(row: Row, one: Cell) -> dict[str, Any]:
        shown = []
        for line in one.lines:
            starts, ends = _hours(line)
            own = "" if (starts, ends) == (row.begins, row.ends) else hours(starts, ends)
            said = {**say(line), "time": own, "room": "" if one.column == line.room else line.room}
            shown.append(said | {"track": ""} if one.column == line.track else said)
        label = names.get(one.column, "") if one.colspan == 1 and len(names) > 1 else ""
        return {"label": label, "rowspan": one.rowspan, "colspan": one.colspan, "sessions": shown}

    return [
        {
            "caption": weekday(day.on),
            "columns": list(names.values()),
            "rows": [
                {
                    "time": hours(row.begins, row.ends) if row.ends else time_of_day(row.begins),
                    "cells": [cell(row, one) for one in row.cells],
                }
                for row in day.rows
            ],
        }
        for day in laid_out.days
    ]
