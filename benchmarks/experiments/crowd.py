"""A crowd before a form: several server processes on one store, many people at once over HTTP.

The processes are real (`create_app`, threads, their own connections); the people are threads with a plain HTTP client.
`without_lock` is for the control of an experiment: it takes the lock out, here and nowhere else, so that the
experiment proves that it can see the race.
"""

from __future__ import annotations

import http.client
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
import structlog
from sqlalchemy import event as hooks
from sqlalchemy.engine import Engine
from werkzeug.serving import make_server

from engage.app import create_app
from engage.config import Settings
from engage.core import db as core
from engage.core.errors import NotFound
from engage.events.service import due

HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
NOTHING = 50  # above every error: what goes wrong is counted, not told
KEY = "a-key-for-experiments-only-a-key-for-experiments"


@dataclass(frozen=True)
class Store:
    """Where the experiment happens. `url` "": SQLite in `folder`."""

    folder: Path
    url: str = ""
    key: str = KEY

    def settings(self) -> Settings:
        return Settings(
            data_dir=self.folder,
            database_url=self.url,
            base_url="http://127.0.0.1",
            secret_key=self.key,
            mail_from="engage <desk@engage.example>",
        )


@dataclass(frozen=True)
class Sent:
    """One POST: who sent it, what came back (0: nothing), and when it began and ended on one clock."""

    who: str
    status: int
    began: float
    ended: float


@contextmanager
def servers(store: Store, *, processes: int, locked: bool = True) -> Iterator[Sequence[int]]:
    """Server processes on this store; gives their ports and ends them."""
    context = multiprocessing.get_context("spawn")
    running, ports = [], []
    for _ in range(processes):
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=_serve, args=(store, locked, there), daemon=True)
        process.start()
        there.close()
        running.append((process, here))
    try:
        for _process, here in running:
            ports.append(_port(here))
        yield ports
    finally:
        for process, _here in running:
            process.terminate()
            process.join(10)


def _port(here: Connection) -> int:
    try:
        if here.poll(120):
            return int(here.recv())
    except EOFError:
        pass
    raise RuntimeError("a server process did not start")


def _serve(store: Store, locked: bool, tell: Connection) -> None:
    """The body of a server process."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, sys.stdout.fileno())
    os.dup2(quiet, sys.stderr.fileno())
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(NOTHING))
    if not locked:
        without_lock()
    server = make_server("127.0.0.1", 0, create_app(store.settings()), threaded=True)
    tell.send(server.server_port)
    server.serve_forever()


def without_lock() -> None:
    """Take the lock out of this process: no FOR UPDATE; on SQLite no turn, and a writer begins like any reader."""

    def unlocked(model: Any, ident: int) -> Any:
        row = core.db.session.scalar(
            sa.select(model).where(model.id == ident).execution_options(populate_existing=True)
        )
        if row is None:
            raise NotFound
        return row

    due.lock = unlocked
    core._turn = nullcontext
    hooks.remove(Engine, "begin", core._begin)
    hooks.listen(Engine, "begin", _plain_begin)


def _plain_begin(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")


def post(port: int, path: str, form: dict[str, str], who: str) -> Sent:
    """One person sends a form."""
    began = time.monotonic()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        connection.request("POST", path, urlencode(form), HEADERS)
        answer = connection.getresponse()
        answer.read()
        status = answer.status
        connection.close()
    except OSError:
        status = 0
    return Sent(who, status, began, time.monotonic())


def at_once(sends: Sequence[Callable[[], Sent]], *, hands: int) -> list[Sent]:
    """All of these, `hands` at a time, beginning together."""
    start = threading.Barrier(min(hands, len(sends)))

    def ready() -> None:
        start.wait()

    with ThreadPoolExecutor(max_workers=min(hands, len(sends)), initializer=ready) as pool:
        return [future.result() for future in [pool.submit(send) for send in sends]]
