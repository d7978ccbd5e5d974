"""Files on their way out: attachments that no browser runs or shows in our name, one by one or packed into one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from flask import Response, send_file

from engage.core.files.keeping import path_of
from engage.core.files.kinds import CHUNK, KINDS

HEADERS = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}
PLAIN = tuple(ending for kind in ("csv", "txt", "md") for ending in KINDS[kind].endings)
"""Endings of files that packing makes smaller: the other kinds are packed already, and packing again costs much."""
FOR_ALL, FOR_ONE = "public, max-age=0, must-revalidate", "no-store"


class Packed(NamedTuple):
    """One file of a pack: its name there, and since when it is."""

    name: str
    checksum: str
    at: datetime


def send(checksum: str, *, kind: str, name: str, at: datetime, public: bool) -> Response:
    """The file as an attachment; its ETag is its checksum, so parts and "if changed" are answered (RFC 9110)."""
    response = send_file(
        path_of(checksum),
        mimetype=KINDS[kind].type,
        as_attachment=True,
        download_name=name,
        conditional=True,
        etag=checksum,
        last_modified=at,
        max_age=0,
    )
    return _guarded(response, public=public)


def send_pack(files: Sequence[Packed], *, name: str, public: bool) -> Response:
    """All of these in one archive, made while it is sent; `name` is ASCII, such as a slug with an ending."""
    found = [(file, path_of(file.checksum)) for file in files]
    response = Response(_zipped(found), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return _guarded(response, public=public)


def _guarded(response: Response, *, public: bool) -> Response:
    response.headers.update(HEADERS)
    response.headers["Cache-Control"] = FOR_ALL if public else FOR_ONE
    return response


class _Taken(io.RawIOBase):
    """What an archive writes, until the next reader takes it."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        octets = bytes(piece)  # type: ignore[call-overload]
        self._pieces.append(octets)
        return len(octets)

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def _zipped(files: Sequence[tuple[Packed, Path]]) -> Iterator[bytes]:
    out = _Taken()
    with zipfile.ZipFile(out, "w") as archive:
        for file, path in files:
            entry = zipfile.ZipInfo(file.name, date_time=file.at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED if file.name.endswith(PLAIN) else zipfile.ZIP_STORED
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w") as into, path.open("rb") as source:
                while chunk := source.read(CHUNK):
                    into.write(chunk)
                    if piece := out.take():
                        yield piece
    yield out.take()
