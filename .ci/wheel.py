"""Proves an installed `engage`: it migrates, makes an account, serves and answers, and shows its demonstration.

Usage: python wheel.py ENGAGE-COMMAND EMPTY-FOLDER
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ENGAGE, FOLDER = sys.argv[1], Path(sys.argv[2])
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith(("ENGAGE_", "PYTHON", "VIRTUAL_"))
}


def run(*arguments: str) -> str:
    done = subprocess.run(
        [ENGAGE, *arguments], cwd=FOLDER, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    print(f"$ engage {' '.join(arguments)}\n{done.stdout}{done.stderr}", end="")
    if done.returncode:
        sys.exit(f"engage {arguments[0]} failed")
    return done.stdout


def get(address: str) -> tuple[str, bytes]:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return answer.headers["Content-Type"], answer.read()


def wait_for(address: str, seconds: float = 60) -> None:
    """All parts answer, the worker too: its first round comes a moment after the first page."""
    end = time.monotonic() + seconds
    while True:
        try:
            assert get(address)[0].startswith("application/json")
            return
        except urllib.error.HTTPError as not_yet:
            if time.monotonic() > end:
                sys.exit(f"{address} says {not_yet.code}: {not_yet.read().decode()}")
            time.sleep(0.2)


def serve(*arguments: str) -> None:
    """Start, wait for the line, look at what a visitor's browser would, stop, and expect a clean end."""
    began = time.monotonic()
    server = subprocess.Popen(
        [ENGAGE, *arguments], cwd=FOLDER, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        ready = next((line for line in server.stdout or () if line.startswith("Ready: ")), "")
        if not ready:
            sys.exit(f"engage {arguments[0]} ended without becoming ready")
        base = ready.removeprefix("Ready: ").strip()
        print(f"$ engage {' '.join(arguments)}\n{ready.strip()} after {time.monotonic() - began:.1f} s")
        assert get(base + "/health/live")[0].startswith("application/json")
        wait_for(base + "/health/ready")
        kind, page = get(base + "/")
        assert kind.startswith("text/html"), kind
        files = set(re.findall(rb'(?:href|src)="(/static/[^"]+)"', page))
        assert any(name.endswith(b".css") for name in files), "the page names no style sheet"
        for name in sorted(files):
            _, content = get(base + name.decode())
            assert content, name
        print(f"the home page and its {len(files)} files answer")
        server.send_signal(signal.SIGTERM)
        code = server.wait(timeout=30)
        assert code == 0, f"stopped with exit code {code}"
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


run("--version")
run("db", "upgrade")
run("db", "check")
run("user", "add", "admin@example.org", "--admin")
assert "/sign-in/" in run("sign-in-link", "admin@example.org")
run("check")
port = free_port()
ENVIRONMENT["ENGAGE_BASE_URL"] = f"http://127.0.0.1:{port}"
serve("serve", "--port", port, "--workers", "2")
serve("demo", "--port", free_port())
serve("demo", "--port", free_port())
