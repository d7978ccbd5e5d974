"""How a programme is laid out: pure, so tried on programmes of every shape."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engage.events.models import Precision
from engage.events.queries import Cell, Grid, Line, drawn, grid, moved_by

DAY = datetime(2027, 5, 12)  # noqa: DTZ001 -- wall times


def line(key: str, starts: int | None, ends: int | None, room: str = "", track: str = "") -> Line:
    """A session from one quarter of an hour of the day to another."""
    at = [None if quarter is None else DAY + quarter * timedelta(minutes=15) for quarter in (starts, ends)]
    return Line(key=key, title=key, starts=at[0], ends=at[1], room=room, track=track)


def shape(laid_out: Grid) -> list[list[list[tuple[str, str, int, int]]]]:
    return [
        [[("".join(one.key for one in c.lines), c.column, c.rowspan, c.colspan) for c in row.cells] for row in day.rows]
        for day in laid_out.days
    ]


def test_rooms_are_columns_and_what_stands_alone_goes_across_all():
    laid_out = grid([
        line("a", 40, 42, "Hall"), line("b", 44, 48, "Mill"), line("c", 44, 48, "Loom"), line("d", 60, 62),
    ])  # fmt: skip
    assert (laid_out.by_room, laid_out.columns) == (True, ("Mill", "Loom"))
    assert shape(laid_out) == [[[("a", "", 1, 2)], [("b", "Mill", 1, 1), ("c", "Loom", 1, 1)], [("d", "", 1, 2)]]]


def test_a_long_session_goes_down_over_the_rows_that_begin_during_it():
    laid_out = grid([line("a", 40, 48, "Mill"), line("b", 40, 44, "Loom"), line("c", 44, 48, "Loom")])
    assert shape(laid_out) == [[[("a", "Mill", 2, 1), ("b", "Loom", 1, 1)], [("c", "Loom", 1, 1)]]]
    assert [(row.begins.hour, row.ends and row.ends.hour) for row in laid_out.days[0].rows] == [(10, None), (11, 12)]


def test_two_in_one_room_at_once_share_a_cell_and_what_has_no_room_comes_last():
    laid_out = grid([line("a", 40, 44), line("b", 40, 44, "Mill"), line("c", 42, 48, "Mill")])
    assert laid_out.columns == ("Mill", "")
    assert shape(laid_out) == [[[("bc", "Mill", 2, 1), ("a", "", 2, 1)], []]]


def test_tracks_are_columns_where_there_are_no_rooms_and_days_have_tables_of_their_own():
    laid_out = grid([line("a", 40, 44, track="X"), line("b", 40, 44, track="Y"), line("c", 140, 144, track="X"),
                     line("d", None, None)])  # fmt: skip
    assert (laid_out.by_room, laid_out.columns) == (False, ("X", "Y"))
    assert [day.on.day for day in laid_out.days] == [12, 13]
    assert [one.key for one in laid_out.unplaced] == ["d"]


def test_nothing_is_an_empty_grid():
    assert grid([]) == Grid(by_room=False, columns=("",), days=(), unplaced=())
    assert drawn(grid([]), lambda _line: {}) == []


@st.composite
def programmes(draw) -> list[Line]:
    lines = []
    for n in range(draw(st.integers(0, 9))):
        starts = draw(st.integers(0, 180))
        ends = starts + draw(st.integers(1, 20))
        lines.append(line(str(n), starts, ends, draw(st.sampled_from(["", "Mill", "Loom", "Hall"]))))
    return lines


@given(programmes())
def test_every_session_stands_once_at_its_time_and_each_row_fills_the_table(lines):
    laid_out = grid(lines)
    cells: list[tuple[datetime, Cell]] = []
    for day in laid_out.days:
        covered = [0] * len(day.rows)
        for number, row in enumerate(day.rows):
            for cell in row.cells:
                cells.append((row.begins, cell))
                for below in range(number, number + cell.rowspan):
                    covered[below] += cell.colspan
        assert covered == [len(laid_out.columns)] * len(day.rows)
    assert sorted(one.key for _begins, cell in cells for one in cell.lines) == sorted(one.key for one in lines)
    for begins, cell in cells:
        assert not cell.lines or min(one.starts for one in cell.lines) == begins
        assert cell.colspan > 1 or all(one.room == cell.column or len(laid_out.columns) == 1 for one in cell.lines)


@given(st.integers(-500, 500), st.integers(0, 95), st.integers(0, 95), st.sampled_from([Precision.TIME, Precision.DAY]))
def test_moving_there_and_back_is_no_move(days, was, now, precision):
    """By the day an event begins at midnight."""
    quarter = timedelta(minutes=15)
    before = DAY + was * quarter if precision is Precision.TIME else DAY
    after = DAY + timedelta(days=days) + (now * quarter if precision is Precision.TIME else timedelta())
    there, back = moved_by(before, after, precision), moved_by(after, before, precision)
    assert there is not None
    assert back is not None
    if before.time() == after.time() or (was and now):
        assert there + back == timedelta()
    assert moved_by(before, None, Precision.TO_BE_CONFIRMED) is None
