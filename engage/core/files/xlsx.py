"""The cells of an Excel file as text, read by openpyxl a row at a time, with its XML read by defusedxml.

Judged before it is opened by the same table as other office files (no macros, no lying archive, nothing that unpacks
to more than a reader can bear).
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from engage.core.errors import RuleBroken
from engage.core.files import kinds
from engage.core.text import _l

if TYPE_CHECKING:
    from openpyxl import Workbook

MOST_INFLATED = 80_000_000
"""Bytes of the parts of a workbook, unpacked."""
ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})


class Unfit(RuleBroken):
    """This is no workbook that is read; the message says what to do."""


@contextmanager
def opened(data: bytes) -> Iterator[Workbook]:
    """The workbook; whatever fails in it, until it is closed, is `Unfit`: what is in such a file is anybody's."""
    stream = io.BytesIO(data)
    try:
        kind = kinds.in_archive(stream)
    except kinds.Unfit as no:
        raise Unfit(
            _l("The file is damaged, holds macros, or is no spreadsheet. Save it as .xlsx without macros, or as CSV")
        ) from no
    if kind != "xlsx":
        raise Unfit(_l("This is a “%(kind)s” file. Save it as Excel (.xlsx) or as CSV", kind=kinds.KINDS[kind].words))
    with zipfile.ZipFile(stream) as archive:
        if sum(part.file_size for part in archive.infolist()) > MOST_INFLATED:
            raise Unfit(_l("Unpacked, the file would be far larger than it looks. Save it as CSV"))
    from openpyxl import load_workbook  # noqa: PLC0415 -- a fifth of a second, which no other page needs

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            try:
                yield book
            finally:
                book.close()
    except RuleBroken:
        raise
    except Exception as why:
        raise Unfit(_l("The file is damaged. Open it in its program, save it again, or save it as CSV")) from why


def rows(book: Workbook, *, columns: int, gap: int) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each row of the first visible sheet that holds any; a gap of so many empty rows ends it."""
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()  # what the file says of its size may be wrong
        empty, found = 0, False
        for number, values in enumerate(sheet.iter_rows(max_col=columns, values_only=True), start=1):
            cells = [_text(value) for value in values]
            empty = 0 if any(cells) else empty + 1
            if not empty:
                found = True
                yield number, cells
            elif empty > gap:
                break
        if found:
            return


def _text(value: Any) -> str:
    """What a cell says. Days and instants as ISO 8601, in no zone; errors ("#N/A") say nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return "" if value in ERRORS else value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        whole = value.replace(microsecond=0)
        return whole.date().isoformat() if whole.time() == time() else whole.isoformat(" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value)
