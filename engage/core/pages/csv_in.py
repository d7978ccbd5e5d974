"""CSV that people upload, from any spreadsheet program: read, or refused in words that say what to do."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from engage.core.errors import RuleBroken
from engage.core.text import _, _l

MAX_BYTES = 2_000_000
MAX_ROWS = 5_000
MAX_COLUMNS = 60
MAX_CELL = 5_000
SEPARATORS = (",", ";", "\t")
ZIPPED = b"PK\x03\x04"


class Unreadable(RuleBroken):
    """The file as a whole cannot be read as CSV; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: `line` in the file (from 1), `cells` by heading; `problem` and `doubt` are words or ""."""

    line: int
    cells: dict[str, str]
    problem: str = ""
    doubt: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """`headings` in order, casefolded, with single spaces.

    `guessed`: not UTF-8, so read as Windows text (cp1252); rows that this could have spoilt have a `doubt`.
    """

    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    guessed: bool = False


def read_csv(data: bytes, *, max_rows: int = MAX_ROWS, max_bytes: int = MAX_BYTES) -> Table:
    """The rows, empty ones left out. Comma, semicolon or tab, whichever the first line uses most.

    Raises `Unreadable` where no row can be trusted: too big, not text, wrong encoding, a stray quote.
    """
    if len(data) > max_bytes:
        raise Unreadable(_l("The file is larger than %(size)d MB", size=max(1, max_bytes // 1_000_000)))
    text, guessed = _decode(data)
    text, separator = _separator(text)
    lines = _parse(text, separator)
    _line, first = next(lines, (0, []))
    headings = _headings(first)
    rows: list[Row] = []
    for line, cells in lines:
        if len(rows) == max_rows:
            raise Unreadable(_l("The file has more than %(count)d rows. Split it", count=max_rows))
        rows.append(_row(line, cells, headings, guessed=guessed))
    if not rows:
        raise Unreadable(_l("The file has headings but no rows under them"))
    return Table(headings=headings, rows=tuple(rows), guessed=guessed)


def _decode(data: bytes) -> tuple[str, bool]:
    """The text, and whether its encoding was a guess."""
    if not data.strip():
        raise Unreadable(_l("The file is empty"))
    if data.startswith(ZIPPED):
        raise Unreadable(_l("This is a spreadsheet, not a CSV file. Save it as “CSV UTF-8” and choose that file"))
    text, guessed = _decode_as(data)
    if "\x00" in text:
        raise _wrong_encoding()
    return text, guessed


def _decode_as(data: bytes) -> tuple[str, bool]:
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if wide else "utf-8-sig"), False
    except UnicodeDecodeError:
        if wide or b"\x00" in data:
            raise _wrong_encoding() from None
    try:
        return data.decode("cp1252"), True
    except UnicodeDecodeError:
        raise _wrong_encoding() from None


def _wrong_encoding() -> Unreadable:
    return Unreadable(_l("Wrong encoding: the file is not UTF-8 text. Save it as “CSV UTF-8” and choose that file"))


def _separator(text: str) -> tuple[str, str]:
    """The text without Excel's `sep=` line, and the separator."""
    first, _end, rest = text.partition("\n")
    named = first.strip("\r")
    if named.lower().startswith("sep=") and len(named) == 5 and named[4] in SEPARATORS:
        return rest, named[4]
    counts = _unquoted(text)
    return text, max(SEPARATORS, key=lambda separator: counts[separator])


def _unquoted(text: str) -> dict[str, int]:
    """How often each separator stands outside quotes in the first line that is not empty."""
    counts = dict.fromkeys(SEPARATORS, 0)
    quoted = False
    for character in text.lstrip()[:MAX_CELL]:
        if character == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif character in "\r\n":
            break
        elif character in counts:
            counts[character] += 1
    return counts


def _parse(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold anything, each with the number of the line on which it ends."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Unreadable(
                _l(
                    "Line %(line)d cannot be read: look for a quotation mark too many or too few",
                    line=max(1, reader.line_num),
                )
            ) from None
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells


def _headings(cells: list[str]) -> tuple[str, ...]:
    names = [" ".join(unicodedata.normalize("NFC", cell).split()).casefold() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise Unreadable(_l("The file is empty"))
    if any("@" in name for name in names):
        raise Unreadable(_l("The first line must name the columns, such as “name” and “e-mail”"))
    if len(names) > MAX_COLUMNS:
        raise Unreadable(_l("The file has more than %(count)d columns", count=MAX_COLUMNS))
    named = [name or _("column %(number)d", number=number) for number, name in enumerate(names, start=1)]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise Unreadable(_l("Two columns are called “%(name)s”. Rename one", name=twice[0]))
    return tuple(named)


def _row(line: int, cells: list[str], headings: tuple[str, ...], *, guessed: bool) -> Row:
    trimmed = [unicodedata.normalize("NFC", cell.strip()) for cell in cells]
    filled = trimmed[: len(headings)] + [""] * (len(headings) - len(trimmed))
    spoilt = guessed and not all(cell.isascii() for cell in filled)
    return Row(
        line=line,
        cells=dict(zip(headings, filled, strict=True)),
        problem=_problem(trimmed, len(headings)),
        doubt=_("The file is not UTF-8: check that the accented letters are right") if spoilt else "",
    )


def _problem(cells: list[str], columns: int) -> str:
    if any(cells[columns:]):
        return _("More cells than headings")
    if any(len(cell) > MAX_CELL for cell in cells):
        return _("A cell is longer than %(count)d characters", count=MAX_CELL)
    if any("\ufffd" in cell for cell in cells):
        return _("Wrong encoding: some letters were lost before the file came here")
    return ""
