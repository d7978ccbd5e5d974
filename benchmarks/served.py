"""A server as a process of its own: started, watched (time of the processor, memory), ended. Linux's /proc is read."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

WORKERS = 2
PATIENCE = 120.0
TICKS = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Served:
    """A running server: its port, its first process, and how long it took to its first answer."""

    port: int
    pid: int
    cold: float

    def cpu(self) -> float:
        """Seconds of processor that it and its web processes have used so far."""
        return sum(_cpu(pid) for pid in self._family())

    def memory(self) -> tuple[float, float]:
        """The largest web process: MB resident (RSS), and MB with shared pages divided among their users (PSS)."""
        found = [(_kilobytes(pid, "status", "VmRSS:"), _kilobytes(pid, "smaps_rollup", "Pss:"), pid)
                 for pid in self._family() if pid != self.pid]  # fmt: skip
        rss, pss, _pid = max(found)
        return rss / 1024, pss / 1024

    def _family(self) -> list[int]:
        family, waiting = [], [self.pid]
        while waiting:
            pid = waiting.pop()
            family.append(pid)
            with contextlib.suppress(OSError):
                waiting += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        return family


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def _kilobytes(pid: int, file: str, name: str) -> int:
    for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    return 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(arguments: Sequence[str], environment: Mapping[str, str], *, port: int, path: str) -> Iterator[Served]:
    """Start `python ARGUMENTS`, wait until `path` answers 200, and end it afterwards with all that it started."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait(process, port, path)
        yield Served(port, process.pid, time.perf_counter() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def engage(environment: Mapping[str, str], *, port: int, path: str, sending: bool = True) -> contextlib.AbstractContextManager[Served]:  # fmt: skip # noqa: E501
    """The product's own server on this store. `sending=False`: without the executor that sends mail beside it."""
    module = ["-m", "engage", "serve"] if sending else ["-m", "benchmarks.quiet"]
    arguments = [*module, "--port", str(port), "--workers", str(WORKERS)]
    return running(arguments, {**environment, "ENGAGE_BASE_URL": f"http://127.0.0.1:{port}"}, port=port, path=path)


def bare() -> contextlib.AbstractContextManager[Served]:
    """Bare Flask, served the same way."""
    port = free_port()
    return running(["-m", "benchmarks.bare", str(port), str(WORKERS)], {}, port=port, path="/")


def _wait(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    until = time.perf_counter() + PATIENCE
    while time.perf_counter() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode} before it answered")
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", path)
            status = connection.getresponse().status
            connection.close()
            if status == http.client.OK:
                return
            raise RuntimeError(f"{path} answered {status}")
        time.sleep(0.01)
    raise RuntimeError("the server did not answer in time")
