"""The set-up's promises: locked, hashed, addressless, and a bootstrap that needs nothing but Python."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock")
REGISTRIES = [
    ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
]


def entries(lock: str) -> list[tuple[Requirement, int]]:
    """Each requirement of a lock with how many hashes it carries."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        words, *hashes = line.split("--hash=sha256:")
        assert all(re.fullmatch(r"[0-9a-f]{64}\s*", one) for one in hashes), line
        found.append((Requirement(words.strip()), len(hashes)))
    return found


def pins(lock: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for requirement, _ in entries(lock):
        found.setdefault(canonicalize_name(requirement.name), set()).add(str(requirement.specifier))
    return found


def group(name: str) -> list[Requirement]:
    found = []
    for entry in PROJECT["dependency-groups"][name]:
        found += group(entry["include-group"]) if isinstance(entry, dict) else [Requirement(entry)]
    return found


def tracked() -> list[Path]:
    """The repository's files; of an unpacked archive: all that `.gitignore` does not leave out."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
        return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    patterns = [line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()]
    found = []
    for folder, names, files in os.walk(ROOT):
        here = Path(folder)
        names[:] = [name for name in names if not _ignored(here / name, patterns)]
        found += [here / name for name in files if not _ignored(here / name, patterns)]
    return found


def _ignored(path: Path, patterns: list[str]) -> bool:
    return any(fnmatch(name, p) for name in (path.name, path.relative_to(ROOT).as_posix()) for p in patterns)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_is_pinned_and_hashed(lock: str) -> None:
    for requirement, hashes in entries(lock):
        assert [s.operator for s in requirement.specifier] == ["=="], requirement
        assert not requirement.url, requirement
        assert hashes, requirement


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert re.findall(r"://|^-", text, re.MULTILINE) == []


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.lock", [*map(Requirement, PROJECT["project"]["dependencies"]), *group("build")]),
        ("requirements-dev.lock", [*map(Requirement, PROJECT["project"]["dependencies"]), *group("dev")]),
    ],
    ids=LOCKS,
)
def test_a_lock_covers_what_the_project_asks_for(lock: str, wanted: list[Requirement]) -> None:
    locked = pins(lock)
    for requirement in wanted:
        found = locked.get(canonicalize_name(requirement.name), set())
        assert found, f"{requirement} is not in {lock}: run `make lock`"
        versions = [Version(pin.removeprefix("==")) for pin in found]
        assert all(requirement.specifier.contains(v, prereleases=True) for v in versions), requirement


def test_the_development_lock_holds_the_other_pin_for_pin() -> None:
    development = pins("requirements-dev.lock")
    assert {name: development.get(name) for name in pins("requirements.lock")} == pins("requirements.lock")


@pytest.mark.parametrize("folder", ["assets", "tests/nu"])
def test_npm_packages_are_exact_hashed_and_addressless(folder: str) -> None:
    wanted = json.loads((ROOT / folder / "package.json").read_text(encoding="utf-8"))
    exact = {**wanted["dependencies"], **wanted.get("devDependencies", {})}
    assert [v for v in exact.values() if not re.fullmatch(r"\d+\.\d+\.\d+", v)] == []
    locked = json.loads((ROOT / folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, entry in locked.items() if "resolved" in entry] == []
    assert [name for name, entry in locked.items() if name and "integrity" not in entry] == []


def test_no_file_names_a_package_registry() -> None:
    named = re.compile("|".join(map(re.escape, REGISTRIES)))
    found = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix not in {".png", ".woff2", ".webp"} and named.search(path.read_text("utf-8", "replace"))
    ]
    assert found == []


@pytest.mark.parametrize("name", ["__init__", "__main__", "bootstrap", "bootstrap_assets"])
def test_the_bootstrap_imports_the_standard_library_only(name: str) -> None:
    tree = ast.parse((ROOT / "engage" / f"{name}.py").read_text(encoding="utf-8"))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    own = {"engage", "engage.cli"} if name == "__main__" else {"engage"}
    strange = {m for m in modules if m not in own and m.partition(".")[0] not in sys.stdlib_module_names}
    assert strange == set()


def test_built_files_are_not_tracked() -> None:
    built = ("engage/static/", "assets/node_modules/", "instance/", ".venv/", ".engage/")
    names = [path.relative_to(ROOT).as_posix() for path in tracked()]
    assert [name for name in names if name.startswith(built)] == []
