"""What a file is, told by what is in it: a table of a dozen kinds. What stands in no row is refused, in plain words.

Office files are archives: they are judged by their directory and one small part of it, and never unpacked.
"""

from __future__ import annotations

import codecs
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePath
from typing import BinaryIO, NamedTuple

from engage.core.errors import RuleBroken
from engage.core.text import _, _l

MOST = 25_000_000
"""Bytes of the largest file that is taken."""
MOST_SENT = MOST + 1_000_000
"""Bytes of the largest request that may carry one."""
MOST_INFLATED = 250_000_000
"""Bytes that the parts of an office file may come to, unpacked: what a reader's machine must bear."""
MOST_DIRECTORY = 1_000_000
"""Bytes of an archive's directory: some ten thousand parts."""
MOST_PART = 1_000_000
CHUNK = 64 * 1024


class Unfit(RuleBroken):
    """The file is of no kind that is taken, or not what its name says; the message tells what to do."""

    def __init__(self, message: object) -> None:
        super().__init__(message, field="file")


class Kind(NamedTuple):
    """`type`: the media type it is served with; `endings`: those of names, the first being the one it is given."""

    type: str
    endings: tuple[str, ...]
    words: object


OPEN_XML = "application/vnd.openxmlformats-officedocument"
ODF = "application/vnd.oasis.opendocument"
KINDS: Mapping[str, Kind] = {
    "pdf": Kind("application/pdf", (".pdf",), _l("PDF")),
    "docx": Kind(f"{OPEN_XML}.wordprocessingml.document", (".docx",), _l("Word")),
    "xlsx": Kind(f"{OPEN_XML}.spreadsheetml.sheet", (".xlsx",), _l("Excel")),
    "pptx": Kind(f"{OPEN_XML}.presentationml.presentation", (".pptx",), _l("PowerPoint")),
    "odt": Kind(f"{ODF}.text", (".odt",), _l("OpenDocument text")),
    "ods": Kind(f"{ODF}.spreadsheet", (".ods",), _l("OpenDocument spreadsheet")),
    "odp": Kind(f"{ODF}.presentation", (".odp",), _l("OpenDocument presentation")),
    "csv": Kind("text/csv", (".csv",), _l("CSV")),
    "txt": Kind("text/plain", (".txt",), _l("Plain text")),
    "md": Kind("text/markdown", (".md",), _l("Markdown")),
    "png": Kind("image/png", (".png",), _l("PNG picture")),
    "jpeg": Kind("image/jpeg", (".jpg", ".jpeg"), _l("JPEG picture")),
}
ENDINGS = tuple(ending for kind in KINDS.values() for ending in kind.endings)

SIGNATURES = ((b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"))
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
END, END_64 = b"PK\x05\x06", b"PK\x06\x07"
END_SIZE, LONGEST_COMMENT = 22, 65_535
MAIN_PARTS = {
    "docx": f"{OPEN_XML}.wordprocessingml.document.main+xml".encode(),
    "xlsx": f"{OPEN_XML}.spreadsheetml.sheet.main+xml".encode(),
    "pptx": f"{OPEN_XML}.presentationml.presentation.main+xml".encode(),
}
MACROS = re.compile(r"vbaproject|vbadata|/macrosheets/|/activex/|^basic/|^scripts/", re.IGNORECASE)
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What the standard library raises for archives that are broken, or made to break readers."""


def kind_of(stream: BinaryIO, name: str) -> str:
    """The key in `KINDS` of what is in the file. Text kinds, which hold the same, are told apart by the name's ending.

    Raises `Unfit` for what is not taken, and where the name's ending says something else than the content.
    """
    ending = PurePath(name).suffix.lower()
    stream.seek(0)
    head = stream.read(16)
    found = next((key for mark, key in SIGNATURES if head.startswith(mark)), "")
    if head.startswith(ZIP):
        found = in_archive(stream)
    elif head.startswith(OLE):
        raise Unfit(_("The file is in an older Office format, which can hide macros. Save it as .docx, .xlsx or .pptx"))
    elif not found:
        _check_text(stream)
        found = next((key for key in ("csv", "md") if ending in KINDS[key].endings), "txt")
    kind = KINDS[found]
    if ending not in kind.endings:
        raise Unfit(
            _(
                "What is in the file is “%(kind)s”, and its name says something else: let it end in %(ending)s",
                kind=kind.words,
                ending=kind.endings[0],
            )
        )
    return found


def _check_text(stream: BinaryIO) -> None:
    """UTF-8 words to the end, and no page of a browser: no file that begins as markup does."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    stream.seek(0)
    begun = False
    try:
        while chunk := stream.read(CHUNK):
            words = decoder.decode(chunk)
            if UNSEEN.search(words):
                raise Unfit(_not_taken())
            if not begun and words.strip():
                begun = True
                if words.lstrip()[0] == "<":
                    raise Unfit(_("Pages and pictures made of markup (HTML, XML, SVG) are not taken. Save it as PDF"))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Unfit(_not_taken()) from None


def _not_taken() -> str:
    return _("What is in the file is none of the kinds that are taken. If it is plain text or CSV, save it as UTF-8")


def in_archive(stream: BinaryIO) -> str:
    """The key in `KINDS` of an office file, which begins as every archive does. Raises `Unfit`."""
    try:
        _check_directory(stream)
        with zipfile.ZipFile(stream) as archive:
            return _office(archive)
    except BROKEN:
        raise Unfit(_("The file is damaged. Open it in its program, save it again, and send that")) from None


def _check_directory(stream: BinaryIO) -> None:
    """Refuse a directory that costs much to read, before it is read. Office files never need the 64-bit form."""
    size = stream.seek(0, io.SEEK_END)
    start = stream.seek(max(0, size - END_SIZE - LONGEST_COMMENT - 20))
    tail = stream.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < END_SIZE:
        raise zipfile.BadZipFile
    directory = struct.unpack("<L", tail[at + 12 : at + 16])[0]
    if tail[max(0, at - 20) : at].startswith(END_64) or directory > min(MOST_DIRECTORY, start + at):
        raise zipfile.BadZipFile


def _office(archive: zipfile.ZipFile) -> str:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names) or any(name.startswith(("/", "\\")) or ".." in name for name in names):
        raise zipfile.BadZipFile
    if sum(entry.file_size for entry in entries) > MOST_INFLATED:
        raise Unfit(_("Unpacked, the file would be far larger than it looks. Save it as PDF"))
    if any(MACROS.search(name) for name in names):
        raise Unfit(_macros())
    if "mimetype" in names:
        return _open_document(_part(archive, "mimetype"))
    if "[Content_Types].xml" in names:
        return _open_xml(_part(archive, "[Content_Types].xml"))
    raise Unfit(_("Archives are not taken. Send the files in it one by one"))


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A small part, whatever size its directory claims."""
    with archive.open(name) as part:
        found = part.read(MOST_PART + 1)
    if len(found) > MOST_PART:
        raise zipfile.BadZipFile
    return found


def _open_document(mimetype: bytes) -> str:
    for key in ("odt", "ods", "odp"):
        if mimetype.strip() == KINDS[key].type.encode():
            return key
    raise Unfit(_not_taken())


def _open_xml(types: bytes) -> str:
    if b"macroenabled" in types.lower():
        raise Unfit(_macros())
    found = [key for key, main in MAIN_PARTS.items() if main in types]
    if len(found) != 1:
        raise Unfit(_not_taken())
    return found[0]


def _macros() -> str:
    return _("The file holds macros, which are not taken. Save it without them, or as PDF")
