"""CSV out (nothing runs in a spreadsheet) and in (whatever a spreadsheet program writes)."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.core.pages import Row, Table, Unreadable, csv_bytes, csv_response, read_csv

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


def cells(table: Table) -> list[dict[str, str]]:
    return [row.cells for row in table.rows]


@pytest.mark.parametrize(
    "data",
    [
        "Name,E-mail\nSiân,s@x.org\n".encode(),
        "\ufeffName,E-mail\r\nSiân,s@x.org\r\n".encode(),
        "Name;E-mail\rSiân;s@x.org\r".encode(),
        "Name\tE-mail\nSiân\ts@x.org".encode("utf-16"),
        "\ufeffName,E-mail\nSiân,s@x.org".encode("utf-16-be"),
        'sep=;\r\n" Name ";"E-mail"\r\n"Siân";"s@x.org"\r\n'.encode(),
        "\n\nName,E-mail,,\n\n Sia\u0302n , s@x.org,,\n,,\n".encode(),
        "NAME,e-mail\nSiân,s@x.org".encode("cp1252"),
    ],
)
def test_every_usual_way_of_writing_csv_is_read_alike(data: bytes) -> None:
    assert cells(read_csv(data)) == [{"name": "Siân", "e-mail": "s@x.org"}]


def test_rows_keep_their_line_and_their_own_problem() -> None:
    data = b'name,email\n"Lee,\nAnn",a@x.org\nBob\nJo,j@x.org,extra\n\xef\xbf\xbd,x@x.org\n'
    assert read_csv(data).rows == (
        Row(line=3, cells={"name": "Lee,\nAnn", "email": "a@x.org"}),
        Row(line=4, cells={"name": "Bob", "email": ""}),
        Row(line=5, cells={"name": "Jo", "email": "j@x.org"}, problem="More cells than headings"),
        Row(
            line=6,
            cells={"name": "\ufffd", "email": "x@x.org"},
            problem="Wrong encoding: some letters were lost before the file came here",
        ),
    )


def test_a_guessed_encoding_is_said_where_it_could_have_spoilt_a_row() -> None:
    table = read_csv("name\nSiân\nAnn".encode("cp1252"))
    assert table.guessed
    assert [row.doubt for row in table.rows] == [
        "The file is not UTF-8: check that the accented letters are right",
        "",
    ]


WRONG_ENCODING = "Wrong encoding: the file is not UTF-8 text. Save it as “CSV UTF-8” and choose that file"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "The file is empty"),
        (b" \n\n", "The file is empty"),
        (b",,\n,,\n", "The file is empty"),
        (b"name,email\n", "The file has headings but no rows under them"),
        (b"name\n\x81\x8d", WRONG_ENCODING),
        ("name\nAnn".encode("utf-16-le"), WRONG_ENCODING),
        (b"\xff\xfen\x00a", WRONG_ENCODING),
        (b"name\nA\x00nn", WRONG_ENCODING),
        ("name\nAnn".encode("utf-32"), WRONG_ENCODING),
        (
            b"PK\x03\x04xlsx",
            "This is a spreadsheet, not a CSV file. Save it as “CSV UTF-8” and choose that file",
        ),
        (b'name\n"Ann\nBob', "Line 3 cannot be read: look for a quotation mark too many or too few"),
        (b'name,x\n"An"n,1\n', "Line 2 cannot be read: look for a quotation mark too many or too few"),
        (b"name,Name\nAnn,Bob", "Two columns are called “name”. Rename one"),
        (b"ann@x.org\nbob@x.org", "The first line must name the columns, such as “name” and “e-mail”"),
        (b"name\n" + b"a\n" * 5_001, "The file has more than 5000 rows. Split it"),
        (b"a" * 2_000_001, "The file is larger than 2 MB"),
        (b"a,b" * 61 + b"\n1", "The file has more than 60 columns"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_in_words(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_csv(data)
    assert refused.value.message == why


@given(st.binary(max_size=200) | st.text(alphabet='a,;"\t\r\n=é\0', max_size=60).map(str.encode))
def test_no_upload_crashes_the_reader(data: bytes) -> None:
    try:
        table = read_csv(data)
    except Unreadable:
        return
    assert all(tuple(row.cells) == table.headings for row in table.rows)
