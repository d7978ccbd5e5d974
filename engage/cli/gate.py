"""Stands between the server and the application, so that a slow visitor holds up nobody but themselves.

The server reads slow headers and writes slow answers without a thread; a slow body needs one. So bodies are read
here, whole, before the application starts (no transaction ever waits for a network), and only so many at once.
Numbers and the experiment: docs/decisions/server.md.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, BinaryIO, Final, cast

AT_WORK: Final = 16
"""Requests inside the application at once: what the store's connections serve, and one interpreter can use."""
READING: Final = 64
"""Bodies being read at once; the next one is asked to come again."""
IN_MEMORY: Final = 1_000_000
"""Bytes of a body that are held in memory; the rest of a larger one waits on disk."""
CHUNK: Final = 256 * 1024
THREADS: Final = AT_WORK + READING + 16
"""What the server must give one web process, so that a page is answered while every reader is slow."""

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Gate:
    """WSGI middleware. Bodies over `most` bytes are left unread for the application to refuse (413).

    `larger`: beginnings of addresses under which files may come, each with its own limit.
    """

    def __init__(self, app: Wsgi, *, most: int, larger: Mapping[str, int] | None = None) -> None:
        self.app = app
        self.most = most
        self.larger = larger or {}
        self._work = threading.BoundedSemaphore(AT_WORK)
        self._read = threading.BoundedSemaphore(READING)

    def __call__(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        most = self._most(environ.get("PATH_INFO", ""))
        if chunked or (length.isascii() and length.isdigit() and 0 < int(length) <= most):
            if not self._read.acquire(blocking=False):
                return _come_again(start)
            try:
                body, size = _whole(environ["wsgi.input"], most + 1 if chunked else int(length))
            except OSError:  # the sender is gone, or there is no room on the disk
                return _come_again(start)
            finally:
                self._read.release()
            environ["wsgi.input"] = body
            environ["CONTENT_LENGTH"] = str(size)
            environ.pop("HTTP_TRANSFER_ENCODING", None)
        with self._work:
            return self.app(environ, start)

    def _most(self, path: str) -> int:
        return next((most for beginning, most in self.larger.items() if path.startswith(beginning)), self.most)


def _whole(sent: BinaryIO, most: int) -> tuple[BinaryIO, int]:
    """The body, at its beginning, and how long it is; no more than `most` of it."""
    body, size = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY), 0  # noqa: SIM115 -- ends with the request
    while size < most and (chunk := sent.read(min(CHUNK, most - size))):
        body.write(chunk)
        size += len(chunk)
    body.seek(0)
    return cast("BinaryIO", body), size


def _come_again(start: Callable[..., Any]) -> list[bytes]:
    words = b"Too many people are sending something at this moment. Please try again in a few seconds.\n"
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(words))),
        ("Retry-After", "5"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    start("503 Service Unavailable", headers)
    return [words]
