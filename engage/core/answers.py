"""An answer kept whole, ready to be sent again: its final headers, its body plain and packed, ETags and 304.

Plain and packed are two representations, so each has a strong ETag of its own (RFC 9110, section 8.8.3.3). Only what
is kept is ever packed: kept answers hold nothing private, so their length gives no secret away (BREACH).
"""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from typing import NamedTuple
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.http import parse_accept_header, remove_entity_headers

LEAST = 1_000
"""Bytes below which packing a body saves nothing worth a second copy."""

Headers = list[tuple[str, str]]


class Form(NamedTuple):
    """One representation; `unchanged`: the headers of its 304."""

    etag: str
    headers: Headers
    unchanged: Headers
    body: bytes


class Answer:
    """A 200 in its forms. `headers` are those that the application sent, whatever made them."""

    def __init__(self, headers: Headers, body: bytes) -> None:
        mark = hashlib.sha256(body).hexdigest()[:32]
        common = [(name, value) for name, value in headers if name.lower() not in {"content-length", "etag", "vary"}]
        packed = gzip.compress(body, 6, mtime=0) if _worth_packing(common, body) else None
        if packed is not None:
            common.append(("Vary", "Accept-Encoding"))
        self.plain = _form(common, mark, body)
        self.packed = _form([*common, ("Content-Encoding", "gzip")], f"{mark}-gzip", packed) if packed else None
        self.size = len(body) + len(packed or b"")

    def send(self, environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        """Answer a GET or HEAD: 304 where the reader has this very form."""
        form = self.plain
        if self.packed is not None and takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            form = self.packed
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known and (form.etag in known or known.strip() == "*"):
            start("304 NOT MODIFIED", form.unchanged.copy())
            return []
        start("200 OK", form.headers.copy())
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [form.body]


def _form(common: Headers, mark: str, body: bytes) -> Form:
    etag = f'"{mark}"'
    headers = [*common, ("Content-Length", str(len(body))), ("ETag", etag)]
    unchanged = headers.copy()
    remove_entity_headers(unchanged)
    return Form(etag, headers, unchanged, body)


def _worth_packing(headers: Headers, body: bytes) -> bool:
    said = next((value for name, value in headers if name.lower() == "content-type"), "")
    mimetype = said.partition(";")[0]
    return len(body) >= LEAST and (mimetype.startswith("text/") or mimetype.endswith(("json", "xml", "javascript")))


@lru_cache(maxsize=64)
def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding names gzip and likes it no less than the plain form."""
    liked = parse_accept_header(accepted)
    return liked.quality("gzip") > 0 and liked.quality("gzip") >= liked.quality("identity")
