"""Readers and senders: a few processes, each with one kept-alive connection, that ask as fast as they are answered.

A lean client on a bare socket (`http.client` alone would take as long as the server): it sends prepared octets, reads
one answer whole by its Content-Length, and counts what came back.
"""

from __future__ import annotations

import multiprocessing
import socket
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from urllib.parse import urlencode

NO_BODY = frozenset({204, 304})


@dataclass(frozen=True)
class Came:
    """What the clients got in one stretch. `seconds` is the longest that one of them was at it."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def answers(self) -> int:
        return self.statuses.total()

    @property
    def rate(self) -> float:
        return self.answers / self.seconds if self.seconds else 0.0

    def __add__(self, other: Came) -> Came:
        return Came(self.statuses + other.statuses, self.seconds + other.seconds)


@dataclass(frozen=True)
class Task:
    """`requests` are sent in turn until `seconds` are over; `again`: from the first one on, over and over."""

    port: int
    requests: Sequence[bytes]
    seconds: float
    again: bool


def get(port: int, path: str, **headers: str) -> bytes:
    """The octets of a GET. Header names with `_` for `-`."""
    return _request("GET", port, path, headers)


def post(port: int, path: str, form: dict[str, str], **headers: str) -> bytes:
    """The octets of a form that a browser on this site's own page sends."""
    body = urlencode(form).encode("ascii")
    said = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
        "Sec-Fetch-Site": "same-origin",
    }
    return _request("POST", port, path, {**said, **headers}) + body


def _request(method: str, port: int, path: str, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


class Clients:
    """The processes: started once, before anything else has threads, and used for the whole run."""

    def __init__(self, count: int) -> None:
        context = multiprocessing.get_context("fork")
        self._lines: list[Connection] = []
        for _ in range(count):
            here, there = context.Pipe()
            context.Process(target=_client, args=(there,), daemon=True).start()
            there.close()
            self._lines.append(here)

    def read(self, port: int, request: bytes, *, seconds: float, connections: int) -> Came:
        """Everybody asks for the same, over and over."""
        return self._run([Task(port, [request], seconds, True)] * connections)

    def send(self, port: int, requests: Sequence[bytes], *, seconds: float, connections: int) -> Came:
        """Each of these once, dealt out among the connections, for as long as the time allows."""
        return self._run([Task(port, requests[n::connections], seconds, False) for n in range(connections)])

    def _run(self, tasks: Sequence[Task]) -> Came:
        for line, task in zip(self._lines, tasks, strict=False):
            line.send(task)
        found: list[Came] = []
        for line, task in zip(self._lines, tasks, strict=False):
            if not line.poll(task.seconds + 90):
                raise RuntimeError("the server stopped answering")
            came = line.recv()
            if isinstance(came, str):
                raise RuntimeError(came)
            found.append(came)
        statuses = sum((one.statuses for one in found), Counter())
        return Came(statuses, max(one.seconds for one in found))

    def close(self) -> None:
        for line in self._lines:
            line.send(None)


def _client(line: Connection) -> None:
    """The body of a client process."""
    while (task := line.recv()) is not None:
        try:
            line.send(_ask(task))
        except (OSError, ValueError) as why:
            line.send(f"a client failed: {type(why).__name__}: {why}")


def _ask(task: Task) -> Came:
    statuses: Counter[int] = Counter()
    with socket.create_connection(("127.0.0.1", task.port), timeout=60) as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        began = time.perf_counter()
        until, turn = began + task.seconds, 0
        while (task.again or turn < len(task.requests)) and time.perf_counter() < until:
            wire.sendall(task.requests[turn % len(task.requests)])
            statuses[_answer(wire)] += 1
            turn += 1
        return Came(statuses, time.perf_counter() - began)


def _answer(wire: socket.socket) -> int:
    """Read one answer whole; its status."""
    got = wire.recv(65_536)
    while (end := got.find(b"\r\n\r\n")) < 0:
        more = wire.recv(65_536)
        if not more:
            raise ValueError("the server closed the connection")
        got += more
    status = int(got[9:12])
    if status not in NO_BODY:
        head = got[:end].lower()
        at = head.find(b"content-length:")
        if at < 0:
            raise ValueError("an answer without Content-Length")
        missing = int(head[at + 15 :].split(b"\r\n", 1)[0]) - (len(got) - end - 4)
        while missing > 0:
            more = wire.recv(min(missing, 262_144))
            if not more:
                raise ValueError("the server closed the connection")
            missing -= len(more)
    return status
