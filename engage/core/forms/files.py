"""A file, sent whole: size and kind by name are looked at here; what is in it is the reader's to judge."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from werkzeug.datastructures import FileStorage

from engage.core.forms.base import KitField, Params, Refused
from engage.core.text import _, size_words

MEGABYTE = 1_000_000


class FileField(KitField):
    """One file. Data: werkzeug's `FileStorage`, at its beginning; None when optional and empty.

    extensions  the endings that are taken, with dots, in lower case: (".csv",)
    lenient     other endings are taken too: what is in the file decides
    max_bytes   the largest size that is taken
    """

    component, macro = "file-upload", "govukFileUpload"
    sends_file = True

    def __init__(
        self,
        label: object,
        *,
        extensions: Sequence[str],
        max_bytes: int = 5 * MEGABYTE,
        lenient: bool = False,
        **rest: Any,
    ) -> None:
        super().__init__(label, **rest)
        self.extensions, self.max_bytes, self.lenient = tuple(extensions), max_bytes, lenient

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        files = [value for value in valuelist if isinstance(value, FileStorage) and value.filename]
        if not files:
            self.refuse_empty()
            return
        self.data = self._looked_at(files[0])

    def _looked_at(self, file: FileStorage) -> FileStorage:
        ending = PurePath(file.filename or "").suffix.lower()
        if not self.lenient and ending not in self.extensions:
            raise Refused(_("The file must be one of: %(endings)s", endings=", ".join(self.extensions)))
        size = file.stream.seek(0, os.SEEK_END)
        file.stream.seek(0)
        if size == 0:
            raise Refused(_("The file is empty"))
        if size > self.max_bytes:
            raise Refused(_("The file must be smaller than %(max)s", max=size_words(self.max_bytes)))
        return file

    def missing_words(self) -> str:
        return super().missing_words() if self._missing else _("Choose a file")

    def params(self) -> Params:
        return super().params() | {"attributes": {"accept": ",".join(self.extensions)}}
