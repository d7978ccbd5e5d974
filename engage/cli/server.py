"""Serves the application with granian: web processes forked from one that has the application already.

Why granian, and the experiment with slow clients: docs/decisions/server.md.
"""

from __future__ import annotations

import errno
import gc
import http.client
import logging
import multiprocessing
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from flask import Flask
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from engage.app import MOST_BYTES, create_app
from engage.cli import gate
from engage.config import Settings, WrongSetting
from engage.core import files
from engage.core.db import db
from engage.core.worker import Worker

PATIENCE: Final = 60.0
"""Seconds to wait for the first answer before saying that there is none."""
UPLOADS: Final = "/manage/"
"""Files come to staff pages only; a view that takes one allows so much itself."""

log = logging.getLogger("engage.server")
_made: dict[Settings, Flask] = {}


def serve(
    settings: Settings,
    *,
    host: str,
    port: int,
    workers: int = 1,
    ready: Callable[[], None],
) -> None:
    """Serve until stopped (SIGINT, SIGTERM). `ready` is called once the site truly answers.

    Raises `WrongSetting` where the address is taken or no such address is ours.
    """
    refuse_taken(host, port)
    if multiprocessing.get_start_method() == "fork":
        with prepared(settings).app_context():
            db.session.remove()
            db.engine.dispose()  # an open connection must not cross a fork
    server = _Server(
        "engage",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=gate.THREADS,
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        respawn_failed_workers=True,
        workers_kill_timeout=15,
        log_level=LogLevels.error,
    )
    server.announce = partial(_announce, settings, host, port, ready)
    server.serve(target_loader=partial(_application, settings), wrap_loader=False)


def prepared(settings: Settings) -> Flask:
    """The application, made once in this process; web processes forked from here share it."""
    if settings not in _made:
        _made[settings] = create_app(settings)
        gc.freeze()  # what was made so far lives on: never look at it again, and share it with every fork
        gc.enable()
    return _made[settings]


def _application(settings: Settings) -> Callable[..., Any]:
    """What a web process runs: the application, and the embedded executor as a thread beside it."""
    app = prepared(settings)
    Worker(app).start()
    return gate.Gate(app, most=MOST_BYTES, larger={UPLOADS: files.MOST_SENT})


class _Server(MPServer):
    """Granian's, with one more moment: after its web processes were started."""

    announce: Callable[[], None]

    def startup(self, spawn_target: Any, target_loader: Any) -> None:
        super().startup(spawn_target, target_loader)  # type: ignore[no-untyped-call]
        threading.Thread(target=self.announce, name="announce", daemon=True).start()


def refuse_taken(host: str, port: int) -> None:
    """Raises `WrongSetting` for a port in use: granian would share it with the other (SO_REUSEPORT)."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if sys.platform != "win32":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as wrong:
        why = "it is in use" if wrong.errno == errno.EADDRINUSE else wrong.strerror
        told = f"Cannot serve on {host} port {port}: {why}. Choose another with --port."
        raise WrongSetting(told) from wrong


def _announce(settings: Settings, host: str, port: int, ready: Callable[[], None]) -> None:
    """Ask the site until it answers, then say so."""
    asked = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- compared, not bound
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        try:
            connection = http.client.HTTPConnection(asked, port, timeout=5)
            connection.request("GET", "/health/live", headers={"Host": settings.host})
            answer = connection.getresponse()
            connection.close()
            if answer.status == http.client.OK:
                ready()
                return
        except OSError:
            pass
        time.sleep(0.02)
    log.error("the site did not answer within %d seconds", PATIENCE)
