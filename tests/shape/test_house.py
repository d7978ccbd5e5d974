"""The rules of the house, as tests: where a thing stands, how long it may be, what may not be silent."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from flask import Flask

from engage.core.access import declared
from engage.core.db import db
from engage.core.links import PATHS
from engage.core.outbox import NOTICES

ROOT = Path(__file__).parents[2]
ENGAGE = ROOT / "engage"
DOMAINS = (
    "accounts", "people", "programmes", "themes", "events", "attendance", "papers", "outcomes", "feedback", "following",
    "operations", "insight", "site",
)  # fmt: skip
ROOMS = {
    "__init__", "models", "facts", "queries", "policy", "notices", "service", "forms", "parts", "jobs", "views",
}  # fmt: skip
MOST_LINES = 400


def python_files() -> list[Path]:
    return sorted(p for p in ENGAGE.rglob("*.py"))


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_domain_holds_the_rooms_and_no_others(domain: str) -> None:
    rooms = {p.stem for p in (ENGAGE / domain).iterdir() if p.name != "__pycache__"}
    assert rooms <= ROOMS, f"no such room: {sorted(rooms - ROOMS)}"


def test_every_folder_is_a_domain_or_named_in_the_floors() -> None:
    folders = {p.name for p in ENGAGE.iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert folders <= {*DOMAINS, "core", "cli", "demo", "static"}


@pytest.mark.parametrize("path", python_files(), ids=relative)
def test_a_file_has_one_subject(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("*.py")), ids=relative)
def test_a_test_file_has_one_subject_too(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES + 100


def test_templates_mirror_the_domains() -> None:
    folders = {p.name for p in (ROOT / "templates").iterdir()}
    assert folders <= {*DOMAINS, "layouts", "components", "emails", "errors"}
    mails = {p.name for p in (ROOT / "templates" / "emails").iterdir() if p.is_dir()}
    assert mails <= set(DOMAINS)


def test_tests_mirror_the_domains() -> None:
    folders = {p.name for p in (ROOT / "tests").iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert folders <= {*DOMAINS, "core", "cli", "demo", "journeys", "factories", "shape", "experiments", "nu"}


def test_every_endpoint_declares_its_access(app: Flask) -> None:
    silent = [name for name, view in app.view_functions.items() if declared(view) is None]
    assert silent == []


def test_no_address_carries_an_internal_key(app: Flask) -> None:
    numbered = [r.rule for r in app.url_map.iter_rules() if "<int" in r.rule]
    assert numbered == []


def test_every_link_has_a_page(app: Flask) -> None:
    rules = {r.rule for r in app.url_map.iter_rules()}
    homeless = [p for p, letter in PATHS.items() if not any(r.startswith(f"/{letter}/<token:") for r in rules)]
    assert homeless == []


def test_every_mail_has_its_template_and_says_why(app: Flask) -> None:
    for name, notice in NOTICES.items():
        assert str(notice.why).strip(), name
        if "/" in name:
            assert (ROOT / "templates" / "emails" / f"{name}.md").is_file(), name


def test_every_constraint_is_named() -> None:
    unnamed = [
        f"{table.name}: {constraint}"
        for table in db.metadata.tables.values()
        for constraint in (*table.constraints, *table.indexes)
        if not constraint.name
    ]
    assert unnamed == []


def test_no_name_is_longer_than_postgresql_keeps() -> None:
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.schema import CreateTable

    dialect = postgresql.dialect()
    for table in db.metadata.tables.values():
        str(CreateTable(table).compile(dialect=dialect))  # raises IdentifierError for a name that is too long


def test_nothing_is_deleted_by_cascade() -> None:
    cascades = [
        f"{table.name}.{key.parent.name}"
        for table in db.metadata.tables.values()
        for key in table.foreign_keys
        if key.ondelete
    ]
    assert cascades == []


def calls(path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_only_saving_commits() -> None:
    found = [
        f"{relative(path)}:{call.lineno}"
        for path in python_files()
        for call in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit" and relative(path) != "engage/core/db.py"
    ]
    assert found == []


def test_services_know_no_request() -> None:
    knowing = [
        relative(path)
        for path in python_files()
        if ("/service" in relative(path) or path.stem in {"models", "policy", "facts"})
        and any(word in path.read_text(encoding="utf-8") for word in ("url_for", "import request", "render_template"))
    ]
    assert knowing == []
