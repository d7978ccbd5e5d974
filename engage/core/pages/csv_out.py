"""CSV that spreadsheets open rightly (BOM, CRLF) and that runs nothing in them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from flask import Response
from werkzeug.http import dump_options_header

BOM = "\ufeff"
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
FORMULA = re.compile(r"[\t\r]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")


def csv_bytes(headings: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with BOM. What a spreadsheet would take for a formula gets an apostrophe; numbers stay."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_cell(heading) for heading in headings])
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return (BOM + text.getvalue()).encode()


def csv_response(filename: str, headings: Sequence[object], rows: Iterable[Sequence[object]]) -> Response:
    """The same as a download. `filename` is ASCII, ending in .csv."""
    response = Response(csv_bytes(headings, rows), content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = dump_options_header("attachment", {"filename": filename})
    return response


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = CONTROLS.sub("", str(value))
    return f"'{text}" if FORMULA.match(text) else text
