"""Tables that people bring (CSV, XLSX, plain lists of addresses): read as text, or refused in words that help.

What is in the file decides, never its name. Nothing in it is run: of a formula its last value is read. Why so, and what
was measured: docs/decisions/imports.md.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from engage.core import addresses
from engage.core.errors import RuleBroken
from engage.core.files import xlsx
from engage.core.files.kinds import KINDS, OLE, SIGNATURES, ZIP
from engage.core.text import _, _l

MAX_BYTES = 10_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELLS = 500_000
MAX_CELL = 5_000
SEPARATORS = (",", ";", "\t", "|")
SAMPLE = 64_000
LOOKED_AT = 30
"""Rows from which separator and headings are told."""
MARKUP = re.compile(r"\s*<(!doctype|html|\?xml|table|svg|body|head)\b", re.IGNORECASE)
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
DEFUSED = re.compile(r"'(?=\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])")
"""The apostrophe that a careful program put before what a spreadsheet would run: it belongs to no name."""

csv.field_size_limit(MAX_BYTES)


class Unreadable(RuleBroken):
    """The file as a whole cannot be read as a table; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row: its `number` as a spreadsheet shows it; `cells`, as many as there are headings; `problem` and `doubt`
    are words or ""."""

    number: int
    cells: tuple[str, ...]
    problem: str = ""
    doubt: str = ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """`headings` as written, no two alike; `lines` without the empty ones. `listed`: it was a list of addresses, and
    its columns are the name and the address."""

    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    listed: bool = False


Rows = list[tuple[int, list[str]]]


def read_table(data: bytes) -> Sheet:
    """The table in a file. Raises `Unreadable` where no row of it can be trusted."""
    if len(data) > MAX_BYTES:
        raise Unreadable(_l("The file is larger than %(size)d MB", size=MAX_BYTES // 1_000_000))
    if not data.strip():
        raise Unreadable(_l("The file is empty"))
    for mark, kind in SIGNATURES:
        if data.startswith(mark):
            raise Unreadable(_l("This is a “%(kind)s” file, and no table. Choose CSV or Excel", kind=KINDS[kind].words))
    if data.startswith(OLE):
        raise Unreadable(
            _l("The file is protected by a password, or in the older .xls format. Save it without, as .xlsx or CSV")
        )
    if data.startswith(ZIP):
        return _of_rows(_from_xlsx(data), guessed=False)
    text, guessed = _decode(data)
    return read_text(text, guessed=guessed)


def read_text(text: str, *, guessed: bool = False) -> Sheet:
    """The table, or list, in a text. `guessed`: its encoding was, so rows that this could have spoilt have a doubt."""
    if MARKUP.match(text):
        raise Unreadable(_l("This is a page for a browser, and no table. Choose CSV or Excel"))
    text, separator = _separator(text)
    first = next((line for line in text.splitlines() if line.strip()), "")
    if "<" in first and "@" in first:
        return _listed(text, guessed=guessed)
    rows = _parse(text, separator)
    if not _headed(rows) and _address_column(rows) is None:
        return _listed(text, guessed=guessed)
    return _of_rows(rows, guessed=guessed)


# --- from bytes to rows of text -------------------------------------------------------------------------------


def _from_xlsx(data: bytes) -> Rows:
    """The filled rows of the first sheet that has any."""
    try:
        with xlsx.opened(data) as book:
            return _kept(xlsx.rows(book, columns=MAX_COLUMNS + 1, gap=MAX_ROWS))
    except xlsx.Unfit as no:
        raise Unreadable(no.message) from no


def _decode(data: bytes) -> tuple[str, bool]:
    """The text, and whether its encoding was a guess."""
    wide = _wide(data)
    try:
        text, guessed = data.decode(wide or "utf-8-sig"), False
    except UnicodeDecodeError:
        if wide or b"\x00" in data:
            raise _wrong_encoding() from None
        try:
            text, guessed = data.decode("cp1252"), True
        except UnicodeDecodeError:
            raise _wrong_encoding() from None
    if "\x00" in text:
        raise _wrong_encoding()
    return text.removeprefix("\ufeff"), guessed


def _wide(data: bytes) -> str:
    """The name of a two-byte encoding, by its mark, or by where the empty bytes of plain letters stand."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = data[:2_000]
    for empty, name in ((head[1::2], "utf-16-le"), (head[::2], "utf-16-be")):
        if len(empty) > 3 and empty.count(0) * 10 > len(empty) * 9:
            return name
    return ""


def _wrong_encoding() -> Unreadable:
    return Unreadable(
        _l("The file is not text, or its encoding is unknown. Save it as “CSV UTF-8” and choose that file")
    )


def _separator(text: str) -> tuple[str, str]:
    """The text without Excel's `sep=` line, and what stands between its cells: what gives most rows of one width."""
    first, _end, rest = text.partition("\n")
    named = first.strip("\r")
    if named.lower().startswith("sep=") and len(named) == 5 and named[4] in SEPARATORS:
        return rest, named[4]
    return text, max(SEPARATORS, key=lambda separator: _evenness(text[:SAMPLE], separator))


def _evenness(sample: str, separator: str) -> tuple[int, int]:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
    try:
        widths = Counter(len(cells) for cells in islice(reader, LOOKED_AT) if any(cell.strip() for cell in cells))
    except csv.Error:
        return 0, 0
    width, many = max(
        ((width, many) for width, many in widths.items() if width > 1),
        key=lambda one: (one[1], one[0]),
        default=(0, 0),
    )
    return many, width


def _parse(text: str, separator: str) -> Rows:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return _kept(enumerate(reader, start=1))
    except csv.Error:
        raise Unreadable(
            _l(
                "Line %(line)d cannot be read: look for a quotation mark too many or too few",
                line=max(1, reader.line_num),
            )
        ) from None


def _kept(rows: Iterable[tuple[int, list[str]]]) -> Rows:
    """The rows that hold anything, cleaned, within the limits."""
    kept: Rows = []
    many = 0
    for number, cells in rows:
        clean = [_clean(cell) for cell in cells]
        while clean and not clean[-1]:
            clean.pop()
        if not clean:
            continue
        many += len(clean)
        if len(clean) > MAX_COLUMNS:
            raise Unreadable(_l("The file has more than %(count)d columns", count=MAX_COLUMNS))
        if len(kept) > MAX_ROWS or many > MAX_CELLS:
            raise Unreadable(
                _l(
                    "The file has more than %(count)d rows, or very many columns. Split it, or leave columns out",
                    count=MAX_ROWS,
                )
            )
        kept.append((number, clean))
    return kept


def _clean(cell: str) -> str:
    """One form of a cell: trimmed, NFC, without what cannot be seen and without a defusing apostrophe."""
    if cell.isascii() and cell.isprintable():  # most are, and there are many
        text = cell.strip()
    else:
        text = unicodedata.normalize("NFC", UNSEEN.sub("", addresses.UNSEEN.sub("", cell))).strip()
    if len(text) > MAX_CELL:
        text = text[: MAX_CELL + 1]  # one more than fits, so that the row says so
    return text[1:] if DEFUSED.match(text) else text


# --- from rows to a sheet -------------------------------------------------------------------------------------


def _headed(rows: Rows) -> bool:
    at = _heading_row(rows)
    return bool(rows) and not any("@" in cell for cell in rows[at][1])


def _heading_row(rows: Rows) -> int:
    """Where the headings stand: below a title, which fills no more than half of the cells that the table does."""
    filled = [sum(1 for cell in cells if cell) for _number, cells in rows[:LOOKED_AT]]
    widest = max(filled, default=0)
    return next((at for at, many in enumerate(filled) if many * 2 > widest), 0)


def _address_column(rows: Rows) -> int | None:
    """The one column of a table without headings that holds addresses, and nothing else than one a cell."""
    if not rows or min(len(cells) for _number, cells in rows[:LOOKED_AT]) < 2:
        return None
    columns = Counter(at for _n, cells in rows[:LOOKED_AT] for at, cell in enumerate(cells) if "@" in cell)
    return next(iter(columns)) if len(columns) == 1 else None


def _of_rows(rows: Rows, *, guessed: bool) -> Sheet:
    if _headed(rows):
        at = _heading_row(rows)
        headings, body = _headings(rows[at][1]), rows[at + 1 :]
    elif _address_column(rows) is not None:
        widest = max(len(cells) for _number, cells in rows)
        headings, body = _headings([""] * widest), rows
    else:
        return _listed("\n".join("; ".join(cells) for _number, cells in rows), guessed=guessed)
    if not body:
        raise Unreadable(_l("The file has headings but no rows under them"))
    lines = tuple(_line(number, cells, len(headings), guessed=guessed) for number, cells in body)
    return Sheet(headings=headings, lines=lines)


def _headings(cells: Sequence[str]) -> tuple[str, ...]:
    """Each with a name of its own."""
    given: list[str] = []
    taken: set[str] = set()
    for number, cell in enumerate(cells, start=1):
        name = base = " ".join(cell.split())[:100] or _("Column %(number)d", number=number)
        again = 1
        while name.casefold() in taken:
            again += 1
            name = f"{base} ({again})"
        taken.add(name.casefold())
        given.append(name)
    return tuple(given)


def _line(number: int, cells: list[str], width: int, *, guessed: bool) -> Line:
    filled = (*cells[:width], *[""] * (width - len(cells)))
    spoilt = guessed and not all(cell.isascii() for cell in filled)
    return Line(
        number=number,
        cells=tuple(cell[:MAX_CELL] for cell in filled),
        problem=_problem(cells, width),
        doubt=_("The file is not UTF-8: check that the accented letters are right") if spoilt else "",
    )


def _problem(cells: list[str], width: int) -> str:
    if len(cells) > width:
        return _("More cells than headings")
    if any(len(cell) > MAX_CELL for cell in cells):
        return _("A cell is longer than %(count)d characters", count=MAX_CELL)
    if any("\ufffd" in cell for cell in cells):
        return _("Wrong encoding: some letters were lost before the file came here")
    return ""


def _listed(text: str, *, guessed: bool) -> Sheet:
    """Addresses as a mail program copies them, one entry a row."""
    entries = addresses.parse_list(text, most=MAX_ROWS)
    if not any("@" in entry.given for entry in entries):
        raise Unreadable(_l("There is no e-mail address in this. Nor are there headings with rows under them"))
    lines = tuple(
        _line(number, [_clean(entry.name), _clean(entry.address or entry.given)], 2, guessed=guessed)
        for number, entry in enumerate(entries, start=1)
    )
    return Sheet(headings=(_("Name"), _("E-mail")), lines=lines, listed=True)
