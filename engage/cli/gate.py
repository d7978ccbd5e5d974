"""Stands between the server and the application, so that a slow visitor holds up nobody but themselves.

The server reads slow headers and writes slow answers without a thread; a slow body needs one. So bodies are read
here, whole, before the application starts (no transaction ever waits for a network), and only so many at once.
Numbers and the experiment: docs/decisions/server.md.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable
from typing import Any, Final

AT_WORK: Final = 16
"""Requests inside the application at once: what the store's connections serve, and one interpreter can use."""
READING: Final = 64
"""Bodies being read at once; the next one is asked to come again."""
THREADS: Final = AT_WORK + READING + 16
"""What the server must give one web process, so that a page is answered while every reader is slow."""

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Gate:
    """WSGI middleware. Bodies over `most` bytes are left unread for the application to refuse (413)."""

    def __init__(self, app: Wsgi, *, most: int) -> None:
        self.app = app
        self.most = most
        self._work = threading.BoundedSemaphore(AT_WORK)
        self._read = threading.BoundedSemaphore(READING)

    def __call__(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        if chunked or (length.isdigit() and 0 < int(length) <= self.most):
            if not self._read.acquire(blocking=False):
                return _come_again(start)
            try:
                body = environ["wsgi.input"].read(self.most + 1)
            finally:
                self._read.release()
            environ["wsgi.input"] = io.BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
            environ.pop("HTTP_TRANSFER_ENCODING", None)
        with self._work:
            return self.app(environ, start)


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
