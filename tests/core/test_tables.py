"""Tables that people bring: read as text whatever wrote them, refused in words where no row can be trusted."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from engage.core.files import Line, Sheet, Unreadable, read_table

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def a_book(*sheets: Sequence[Sequence[Any]], hidden: int = 0) -> bytes:
    """An Excel file of these sheets; the first `hidden` ones are hidden."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if number < hidden else "visible"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def rewritten(data: bytes, parts: dict[str, bytes]) -> bytes:
    """An archive with other parts in the place of these, or beside them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in [*old.namelist(), *(set(parts) - set(old.namelist()))]:
            new.writestr(name, parts[name] if name in parts else old.read(name))
    return out.getvalue()


def a_sheet_of(xml: bytes) -> bytes:
    whole = b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (SHEET.encode(), xml)
    return rewritten(a_book([["a"]]), {"xl/worksheets/sheet1.xml": whole})


def cells(sheet: Sheet) -> list[tuple[str, ...]]:
    return [sheet.headings, *(line.cells for line in sheet.lines)]


@pytest.mark.parametrize(
    "data",
    [
        "Name,E-mail\nSiân,s@x.org\n".encode(),
        "\ufeffName,E-mail\r\nSiân,s@x.org\r\n".encode(),
        "Name;E-mail\rSiân;s@x.org\r".encode(),
        "Name|E-mail\nSiân|s@x.org\n".encode(),
        "Name\tE-mail\nSiân\ts@x.org".encode("utf-16"),
        "\ufeffName,E-mail\nSiân,s@x.org".encode("utf-16-be"),
        "Name,E-mail\nSiân,s@x.org".encode("utf-16-le"),
        'sep=;\r\n" Name ";"E-mail"\r\n"Siân";"s@x.org"\r\n'.encode(),
        "\n\nName,E-mail,,\n\n Sia\u0302n , s@x.org,,\n,,\n".encode(),
        "Name,E-mail\nSiân,s@x.org".encode("cp1252"),
        "Those who come to the Round Table\nName,E-mail\nSiân,s@x.org".encode(),
        a_book([["Name", "E-mail"], ["Siân", "s@x.org"]]),
        a_book([], [["Name", "E-mail", None], [None], [" Siân", "s@x.org"]]),
        a_book([["not", "this"], ["1", "2"]], [["Name", "E-mail"], ["Siân", "s@x.org"]], hidden=1),
    ],
)
def test_every_usual_way_of_writing_a_table_is_read_alike(data: bytes) -> None:
    assert cells(read_table(data)) == [("Name", "E-mail"), ("Siân", "s@x.org")]


def test_rows_keep_their_number_and_their_own_problem() -> None:
    data = b'name,email\n"Lee,\nAnn",a@x.org\n\nBob\nJo,j@x.org,extra\n\xef\xbf\xbd,x@x.org\n'
    assert read_table(data).lines == (
        Line(number=2, cells=("Lee,\nAnn", "a@x.org")),
        Line(number=4, cells=("Bob", "")),
        Line(number=5, cells=("Jo", "j@x.org"), problem="More cells than headings"),
        Line(
            number=6,
            cells=("\ufffd", "x@x.org"),
            problem="Wrong encoding: some letters were lost before the file came here",
        ),
    )


def test_a_guessed_encoding_is_said_where_it_could_have_spoilt_a_row() -> None:
    lines = read_table("name,x\nSiân,1\nAnn,2".encode("cp1252")).lines
    assert [line.doubt for line in lines] == ["The file is not UTF-8: check that the accented letters are right", ""]


def test_headings_that_come_twice_or_are_missing_get_a_name_of_their_own() -> None:
    assert read_table(b"Name,name,,Name\n1,2,3,4").headings == ("Name", "name (2)", "Column 3", "Name (3)")


def test_what_a_careful_program_defused_is_the_name_again() -> None:
    assert cells(read_table(b"name,phone\n'=1+1,'+44 20\n'Ann',O'Neil"))[1:] == [
        ("=1+1", "+44 20"),
        ("'Ann'", "O'Neil"),
    ]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Ann Lee <ann@x.org>\nbob@x.org", [("Ann Lee", "ann@x.org"), ("", "bob@x.org")]),
        ("ann@x.org; Bob <bob@x.org>", [("", "ann@x.org"), ("Bob", "bob@x.org")]),
        ("ann@x.org\nbob@x.org\n", [("", "ann@x.org"), ("", "bob@x.org")]),
        ('"Lee, Ann" <ann@x.org>, bob@x.org', [("Lee, Ann", "ann@x.org"), ("", "bob@x.org")]),
    ],
)
def test_a_list_of_addresses_is_a_table_of_two_columns(text: str, rows: list[tuple[str, str]]) -> None:
    sheet = read_table(text.encode())
    assert (sheet.listed, cells(sheet)) == (True, [("Name", "E-mail"), *rows])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_without_headings_numbers_its_columns(separator: str) -> None:
    text = "\n".join(separator.join(row) for row in (("Ann Lee", "ann@x.org", "ONS"), ("Bob", "bob@x.org", "HSE")))
    assert cells(read_table(text.encode()))[:2] == [
        ("Column 1", "Column 2", "Column 3"),
        ("Ann Lee", "ann@x.org", "ONS"),
    ]


def test_what_a_workbook_holds_is_read_as_text() -> None:
    rows = [
        ["Day", "When", "Hour", "Number", "Part", "Yes", "Sum", "Broken"],
        [date(2026, 3, 4), datetime.fromisoformat("2026-03-04 14:05"), time(9, 30), 7, 2.5, True, "=1+1", "#N/A"],
    ]
    (line,) = read_table(a_book(rows)).lines
    assert line.cells == ("2026-03-04", "2026-03-04 14:05:00", "09:30:00", "7", "2.5", "yes", "", "")


def test_of_a_formula_the_last_value_is_read_and_nothing_is_run() -> None:
    xml = b'<row r="1"><c r="A1" t="str"><v>n</v></c><c r="B1" t="str"><v>m</v></c></row>'
    xml += b'<row r="2"><c r="A2"><f>WEBSERVICE("http://evil")</f><v>42</v></c><c r="B2"><f>1+1</f></c></row>'
    assert cells(read_table(a_sheet_of(xml))) == [("n", "m"), ("42", "")]


def test_a_workbook_that_says_it_is_endless_is_read_to_its_end() -> None:
    rows = b"".join(b'<row r="%d"/>' % number for number in range(2, 100_000))
    xml = b'<row r="1"><c r="A1" t="str"><v>n</v></c></row>' + rows
    with pytest.raises(Unreadable, match="headings but no rows"):
        read_table(a_sheet_of(xml))
    far = b'<row r="1"><c r="A1" t="str"><v>n</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    far += b'<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    assert cells(read_table(a_sheet_of(far))) == [("n",), ("1",)]


ENCODING = "The file is not text, or its encoding is unknown. Save it as “CSV UTF-8” and choose that file"
DAMAGED = "The file is damaged, holds macros, or is no spreadsheet. Save it as .xlsx without macros, or as CSV"
BROKEN = "The file is damaged. Open it in its program, save it again, or save it as CSV"
TOO_MANY = "The file has more than 20000 rows, or very many columns. Split it, or leave columns out"
LISTLESS = "There is no e-mail address in this. Nor are there headings with rows under them"
ENTITY = (
    b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet xmlns="x"><sheetData>&e;</sheetData></worksheet>'
)
LAUGH = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet><sheetData>&b;</sheetData></worksheet>'


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "The file is empty"),
        (b" \n\n", "The file is empty"),
        (b",,\n,,\n", LISTLESS),
        (b"name,email\n", "The file has headings but no rows under them"),
        (b"name\n\x81\x8d", ENCODING),
        (b"\xff\xfen\x00a", ENCODING),
        (b"name\nA\x00nn", ENCODING),
        ("name\nAnn".encode("utf-32"), ENCODING),
        (b"%PDF-1.7", "This is a “PDF” file, and no table. Choose CSV or Excel"),
        (b"<html><table>", "This is a page for a browser, and no table. Choose CSV or Excel"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old",
            "The file is protected by a password, or in the older .xls format. Save it without, as .xlsx or CSV",
        ),
        (b"PK\x03\x04xlsx", DAMAGED),
        (b'name,x\n"Ann\nBob', "Line 3 cannot be read: look for a quotation mark too many or too few"),
        (b'name,x\n"An"n,1\n', "Line 2 cannot be read: look for a quotation mark too many or too few"),
        (b"a,b\n" + b"1,2\n" * 20_001, TOO_MANY),
        (b"a" * 10_000_001, "The file is larger than 10 MB"),
        (b"a," * 200 + b"b\n" + b"1," * 200, "The file has more than 200 columns"),
        (rewritten(a_book([["a"]]), {"xl/vbaProject.bin": b"x"}), DAMAGED),
        (rewritten(a_book([["a"]]), {"xl/worksheets/sheet1.xml": ENTITY}), BROKEN),
        (rewritten(a_book([["a"]]), {"xl/worksheets/sheet1.xml": LAUGH}), BROKEN),
        (rewritten(a_book([["a"]]), {"xl/workbook.xml": b"<no"}), BROKEN),
        (
            rewritten(a_book([["a"]]), {"xl/media/zeros": bytes(90_000_000)}),
            "Unpacked, the file would be far larger than it looks. Save it as CSV",
        ),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_trusted_is_refused_in_words(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_table(data)
    assert refused.value.message == why


def test_one_cell_that_is_far_too_long_spoils_its_row_alone() -> None:
    long = b"x" * 2_000_000
    lines = read_table(b"name,email\n" + long + b",a@x.org\nBob,b@x.org").lines
    assert [(len(line.cells[0]), line.problem) for line in lines] == [
        (5_000, "A cell is longer than 5000 characters"),
        (3, ""),
    ]


@given(st.binary(max_size=200) | st.text(alphabet="a,;@\"\t\r\n=é\0'", max_size=80).map(str.encode))
def test_no_upload_crashes_the_reader(data: bytes) -> None:
    try:
        sheet = read_table(data)
    except Unreadable:
        return
    assert sheet.lines
    assert len({heading.casefold() for heading in sheet.headings}) == len(sheet.headings)
    assert all(len(line.cells) == len(sheet.headings) for line in sheet.lines)
