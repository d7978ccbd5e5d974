"""Bare Flask, served just as the product is: the yardstick that makes figures of one machine mean something elsewhere.

    python -m benchmarks.bare PORT WORKERS

One route that answers a few words, one that reads a form. No store, no templates, no security headers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask, Response, request
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from engage.app import MOST_BYTES
from engage.cli import gate


def application() -> Flask:
    """A trivial Flask application."""
    app = Flask("bare")
    app.add_url_rule("/", "words", lambda: "Hello.")
    app.add_url_rule("/form", "form", lambda: Response(status=303 if request.form["name"] else 422), methods=["POST"])
    return app


def _loaded(app: Flask) -> Callable[..., Any]:
    return gate.Gate(app, most=MOST_BYTES)


def main(port: str, workers: str) -> None:
    server = MPServer(
        "bare",
        address="127.0.0.1",
        port=int(port),
        interface=Interfaces.WSGI,
        workers=int(workers),
        blocking_threads=gate.THREADS,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=partial(_loaded, application()), wrap_loader=False)


if __name__ == "__main__":
    main(*sys.argv[1:3])
