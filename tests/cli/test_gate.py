"""The gate before the application: bodies arrive whole, too many slow ones are turned away, pages still answer."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable
from typing import Any

from engage.cli.gate import READING, Gate


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [])
    return [f"{environ.get('CONTENT_LENGTH')}:".encode(), environ["wsgi.input"].read()]


def ask(gate: Gate, **environ: Any) -> tuple[str, bytes]:
    status: list[str] = []
    body = gate({"wsgi.input": io.BytesIO(), **environ}, lambda s, h: status.append(s))
    return status[0], b"".join(body)


def test_a_body_arrives_whole_with_its_length() -> None:
    assert ask(Gate(echo, most=10), CONTENT_LENGTH="3", **{"wsgi.input": io.BytesIO(b"abc")}) == ("200 OK", b"3:abc")


def test_a_chunked_body_gets_its_length() -> None:
    sent = {"wsgi.input": io.BytesIO(b"abcd"), "HTTP_TRANSFER_ENCODING": "chunked"}
    assert ask(Gate(echo, most=10), **sent) == ("200 OK", b"4:abcd")


def test_a_chunked_body_over_the_limit_shows_that_it_is() -> None:
    sent = {"wsgi.input": io.BytesIO(b"x" * 50), "HTTP_TRANSFER_ENCODING": "chunked"}
    assert ask(Gate(echo, most=10), **sent) == ("200 OK", b"11:" + b"x" * 11)


def test_a_body_over_the_limit_is_left_unread_for_the_application_to_refuse() -> None:
    class Untouched(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("read")

    def refuse(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("413 Too Large", [])
        return []

    sent = {"wsgi.input": Untouched(), "CONTENT_LENGTH": "11"}
    assert ask(Gate(refuse, most=10), **sent) == ("413 Too Large", b"")


def test_where_files_may_come_a_larger_body_arrives_whole_by_way_of_the_disk() -> None:
    body = bytes(range(256)) * 8_000
    sent = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), "PATH_INFO": "/manage/papers"}
    assert ask(Gate(echo, most=10, larger={"/manage/": len(body)}), **sent)[1] == str(len(body)).encode() + b":" + body


def test_elsewhere_and_beyond_its_own_limit_it_is_left_unread() -> None:
    def length_and_first(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("413 Too Large", [])
        return [environ["wsgi.input"].read(1)]

    gate = Gate(length_and_first, most=10, larger={"/manage/": 20})
    for path, length in (("/sign-in", "11"), ("/manage/papers", "21")):
        body = io.BytesIO(b"x")
        ask(gate, CONTENT_LENGTH=length, PATH_INFO=path, **{"wsgi.input": body})
        assert body.tell() == 1, "the application was the first to read"


def test_slow_senders_are_turned_away_beyond_a_number_and_pages_still_answer() -> None:
    release, inside = threading.Event(), threading.Semaphore(0)

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            inside.release()
            release.wait(20)
            return b"late"

    gate = Gate(echo, most=10)
    slow = [threading.Thread(target=ask, args=(gate,), kwargs=_sending(Slow()), daemon=True) for _ in range(READING)]
    for thread in slow:
        thread.start()
    for _ in slow:
        assert inside.acquire(timeout=20)
    status, words = ask(gate, **_sending(io.BytesIO(b"more")))
    assert status == "503 Service Unavailable"
    assert b"try again" in words
    assert ask(gate) == ("200 OK", b"None:")
    release.set()
    for thread in slow:
        thread.join(20)
    assert ask(gate, **_sending(io.BytesIO(b"more"))) == ("200 OK", b"4:more")


def _sending(body: io.BytesIO) -> dict[str, Any]:
    return {"wsgi.input": body, "CONTENT_LENGTH": "4"}
