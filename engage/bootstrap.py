"""A checkout sets itself up: `.venv` from the locked requirements, built assets, and on inside.

Standard library only: this runs before anything is installed. Every step is skipped when its stamp says that
it is done, so a second start costs milliseconds; a changed lock or file of `assets/` outdates its stamp.
See docs/decisions/bootstrap.md.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, NoReturn

from engage import bootstrap_assets

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "engage-stamp.json"
STATE = ROOT / ".engage"

RUN_LOCK = "requirements.lock"
DEVELOPMENT_LOCK = "requirements-dev.lock"
WITHOUT_ASSETS = {"assets", "db", "user", "sign-in-link"}
"""Commands that serve no page: they do not wait for style sheets (`assets` builds them itself)."""


class SetUpFailed(RuntimeError):
    """A step of the set-up went wrong; the message is one sentence that says which and what to do."""


def in_checkout() -> bool:
    """Whether this package lies in its repository; an installed wheel has all that it needs already."""
    return (ROOT / RUN_LOCK).is_file() and (ROOT / "pyproject.toml").is_file()


def prepare(arguments: Sequence[str]) -> None:
    """Make the checkout ready for this command; return inside `.venv`, or replace this process by one inside.

    Ends the process with a sentence when a step fails.
    """
    command = next((word for word in arguments if not word.startswith("-")), "")
    lock = DEVELOPMENT_LOCK if command == "test" else RUN_LOCK
    try:
        _requirements(lock)
        if not _inside():
            _go_on_inside(arguments)
        sys.dont_write_bytecode = False  # `__pycache__` is ours here, and halves the time of every start
        if command == "assets" or (command and command not in WITHOUT_ASSETS and "--help" not in arguments):
            _assets()
    except SetUpFailed as failed:
        sys.exit(f"engage: {failed}")
    except KeyboardInterrupt:
        sys.exit("engage: set-up was stopped; the next start goes on from there.")


def _requirements(lock: str) -> None:
    """Have the packages of a lock in `.venv`. Raises `SetUpFailed`."""
    if _installed(lock) and _python().exists():
        return
    with _one_at_a_time():
        if _installed(lock) and _python().exists():  # the start that we waited for has done it
            return
        _make_venv()
        _install(lock)


def _assets() -> None:
    if bootstrap_assets.current():
        return
    with _one_at_a_time():
        if not bootstrap_assets.current():
            _say("building the style sheets and scripts …")
            try:
                bootstrap_assets.build()
            except bootstrap_assets.BuildFailed as failed:
                raise SetUpFailed(str(failed)) from failed


def _python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _inside() -> bool:
    return Path(sys.prefix).resolve() == VENV.resolve()


def _go_on_inside(arguments: Sequence[str]) -> NoReturn:
    line = [str(_python()), "-m", "engage", *arguments]
    if os.name == "nt":  # exec on Windows detaches from the console
        sys.exit(subprocess.call(line))
    sys.stdout.flush()
    os.execv(line[0], line)  # noqa: S606 -- no shell is wanted


def _fingerprint(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def _stamps() -> dict[str, str]:
    try:
        found = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _installed(lock: str) -> bool:
    return _stamps().get(lock) == _fingerprint(lock)


def _make_venv() -> None:
    """A virtual environment whose Python runs and has pip; a broken one is made anew."""
    if VENV.exists() and not _runs("-c", "pass"):
        _say("the virtual environment no longer runs: making it anew …")
        _run([sys.executable, "-m", "venv", "--clear", str(VENV)], _NO_VENV)
    elif not VENV.exists():
        _say("first start: making a virtual environment in .venv …")
        _run([sys.executable, "-m", "venv", str(VENV)], _NO_VENV)
    if not _runs("-m", "pip", "--version"):
        _run([str(_python()), "-m", "ensurepip"], _NO_VENV)


_NO_VENV = (
    "the virtual environment could not be made (Python said why above); "
    "on Debian or Ubuntu, apt install python3-venv may be the cure."
)


def _install(lock: str) -> None:
    packages = sum(1 for line in (ROOT / lock).read_text(encoding="utf-8").splitlines() if "==" in line)
    _say(f"installing {packages} locked packages from {lock} …")
    began = time.monotonic()
    pip = [str(_python()), "-m", "pip", "-qq", "--disable-pip-version-check", "--no-input", "install"]
    # The lock is the whole, resolved set; modules are compiled as they are first used.
    options = ["--require-hashes", "--only-binary=:all:", "--no-deps", "--no-compile", "--requirement", lock]
    _run(pip + options, f"installing {lock} failed (pip said why above); mend that and start again.")
    done = {lock: _fingerprint(lock)}
    if lock == DEVELOPMENT_LOCK:  # it holds the other one, pin for pin
        done[RUN_LOCK] = _fingerprint(RUN_LOCK)
    stamps = {**_stamps(), **done}
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps(stamps, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    fresh.replace(STAMP)
    _say(f"installed in {time.monotonic() - began:.0f} s")


def _runs(*arguments: str) -> bool:
    try:
        done = subprocess.run([str(_python()), *arguments], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def _run(line: Sequence[str], complaint: str) -> None:
    astray = {"PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PYTHONHOME"}  # would install elsewhere
    clean = {name: value for name, value in os.environ.items() if name not in astray}
    if subprocess.run(line, cwd=ROOT, env=clean, stdout=sys.stderr, check=False).returncode:
        raise SetUpFailed(complaint)


def _say(what: str) -> None:
    print(f"engage: {what}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold the set-up's lock: a second start waits for the first. A holder that dies frees it."""
    STATE.mkdir(exist_ok=True)
    with (STATE / "set-up.lock").open("a+b") as file:
        if not try_lock(file):
            _say("another start is setting up: waiting for it …")
            while not try_lock(file):
                time.sleep(0.2)
        yield


def try_lock(file: IO[bytes]) -> bool:
    """Take the file's lock if nobody holds it; it is given back when the file is closed."""
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
