"""Files as they are kept: by the SHA-256 of their bytes, written whole or not at all, never changed."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from flask import current_app
from sqlalchemy.exc import OperationalError

from engage.core.files.kinds import CHUNK, MOST, Unfit, kind_of
from engage.core.files.names import safe_name
from engage.core.text import _

CHECKSUM = re.compile(r"[0-9a-f]{64}")


class Lost(RuntimeError):
    """A file that the store names is not under the data folder: it was not restored with the store."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A file that is safely on disk. `kind`: a key of `KINDS`; `name`: the safe one to give it out under."""

    checksum: str
    size: int
    kind: str
    name: str


def keep(stream: BinaryIO, name: str) -> Kept:
    """Look at a file and keep it; what is kept already is not written twice. Called before a unit of work begins.

    Raises `Unfit` in plain words; where the disk refuses (it is full, say), what a store that refuses raises.
    """
    size = stream.seek(0, os.SEEK_END)
    if size == 0:
        raise Unfit(_("The file is empty"))
    if size > MOST:
        raise Unfit(_("The file is too large"))
    kind = kind_of(stream, name)
    stream.seek(0)
    try:
        checksum = _put(stream)
    except OSError as why:
        raise OperationalError("keep a file", None, why) from why
    return Kept(checksum=checksum, size=size, kind=kind, name=safe_name(name, kind))


def path_of(checksum: str) -> Path:
    """Where a file is. Raises `Lost` where it should be and is not."""
    path = _place(checksum)
    if not path.is_file():
        raise Lost(f"{path} is missing: restore the data folder's files together with the store")
    return path


def _place(checksum: str) -> Path:
    if not CHECKSUM.fullmatch(checksum):
        raise ValueError(checksum)
    return Path(current_app.config["DATA_DIR"]) / "files" / checksum[:2] / checksum


def _put(stream: BinaryIO) -> str:
    """Written aside, made durable, then named: a reader sees all of it or nothing."""
    root = Path(current_app.config["DATA_DIR"]) / "files"
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    handle, name = tempfile.mkstemp(prefix="incoming-", dir=root)
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        aside.chmod(0o400)
        place = _place(digest.hexdigest())
        place.parent.mkdir(mode=0o700, exist_ok=True)
        aside.replace(place)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    for folder in (place.parent, root):
        _settle(folder)
    return digest.hexdigest()


def _settle(folder: Path) -> None:
    """Make the names in a folder durable, where the system lets a folder be opened."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
