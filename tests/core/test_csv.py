"""CSV out: nothing runs in a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from engage.core.pages import csv_bytes, csv_response

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def test_csv_opens_in_a_spreadsheet_and_runs_nothing() -> None:
    rows = [
        ["=1+1", "+44 20", -5, 2.5, None],
        ["@x", "\tx", "a,b", 'say "x"', date(2017, 5, 12)],
        [" =x", True, "é", "", ""],
    ]
    assert csv_bytes(["Name", "-", "n", "m", "day"], rows).decode() == (
        "\ufeffName,'-,n,m,day\r\n"
        "'=1+1,'+44 20,-5,2.5,\r\n"
        '\'@x,\'\tx,"a,b","say ""x""",2017-05-12\r\n'
        "' =x,True,é,,\r\n"
    )


def test_csv_is_a_download() -> None:
    response = csv_response("actions.csv", ["a"], [["b"]])
    assert (response.headers["Content-Disposition"], response.mimetype) == (
        "attachment; filename=actions.csv",
        "text/csv",
    )


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_no_cell_ever_starts_a_formula(rows: list[list[str]]) -> None:
    written = csv_bytes(["a", "b"], rows).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(written, newline="")))
    assert len(read) == len(rows) + 1
    assert not any(cell.lstrip(" \n").startswith(FORMULA_STARTS) for row in read for cell in row)
