"""Fixtures for all: two stores, one application each, a strict client, the clock, the query log, the post."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings
from sqlalchemy.engine import Engine

from engage.app import create_app
from engage.config import Settings
from engage.core import clock, worker
from engage.core.db import db, pending
from engage.core.limits import limiter
from tests import stores
from tests.reader import StrictClient

if os.access("/dev/shm", os.W_OK):  # every commit waits for the disk; a test's store need not outlive the machine
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", "/dev/shm")

hypothesis_settings.register_profile("engage", deadline=None)  # speed is measured in benchmarks/, never in a test
hypothesis_settings.load_profile("engage")

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
NEEDS = {"browser": "browser", "java": "java", "redis": "redis"}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: needs Chromium")
    config.addinivalue_line("markers", "java: needs Java")
    config.addinivalue_line("markers", "redis: needs Redis")
    config.addinivalue_line("markers", "one_store: depends on nothing that the stores do differently")


def pytest_report_header(config: pytest.Config) -> list[str]:
    return [f"not here, so deselected: {name} ({why})" for name, why in stores.missing().items()]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "store" in metafunc.fixturenames:
        here = stores.stores_here()
        one = metafunc.definition.get_closest_marker("one_store")
        metafunc.parametrize("store", here[:1] if one else here, indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    gone = stores.missing()
    out = [i for i in items if any(i.get_closest_marker(mark) and need in gone for mark, need in NEEDS.items())]
    if out:
        if os.environ.get("CI"):
            pytest.exit(f"CI must run everything, but: {gone}", returncode=3)
        config.hook.pytest_deselected(items=out)
        items[:] = [i for i in items if i not in out]


@pytest.fixture(scope="session")
def store(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def _application(store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, stores.Reset]]:
    folder = tmp_path_factory.mktemp(f"data-{store}")
    url = "" if store == "sqlite" else stores.postgres_database(WORKER)
    app = create_app(
        Settings(
            data_dir=folder,
            database_url=url,
            base_url="http://localhost",
            secret_key="a-key-for-tests-only-a-key-for-tests-only",
            mail_from="engage <desk@engage.example>",
            testing=True,
        )
    )
    app.test_client_class = StrictClient
    app.after_request(_no_unsaved_write)
    yield app, stores.Reset(app, folder)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    if store == "postgres":
        stores.drop_postgres_database(WORKER)


def _no_unsaved_write(response: Any) -> Any:
    unsaved = pending(db.session())
    assert not unsaved, f"wrap this write in saving(): {unsaved}"
    return response


@pytest.fixture
def app(_application: tuple[Flask, stores.Reset]) -> Iterator[Flask]:
    """The application on an empty store, with a context pushed so that services can be called."""
    app, reset = _application
    reset()
    limiter.enabled = False  # one limiter serves every application of the process: another may have switched it on
    for old in (Path(app.config["DATA_DIR"]) / "mail").glob("*"):
        old.unlink()
    with app.app_context():
        yield app
        db.session.rollback()


@pytest.fixture
def emptied(_application: tuple[Flask, stores.Reset]) -> stores.Reset:
    """Empties the store again, for a test that begins afresh many times."""
    return _application[1]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def at() -> Iterator[Callable[[datetime], None]]:
    """`at(instant)` holds the clock there until the test ends (or the next call)."""
    held: list[Any] = []

    def hold(instant: datetime) -> None:
        if held:
            held.pop().__exit__(None, None, None)
        manager = clock.at(instant)
        manager.__enter__()
        held.append(manager)

    yield hold
    if held:
        held.pop().__exit__(None, None, None)


@pytest.fixture
def sign_in(app: Flask) -> Callable[[FlaskClient, str], FlaskClient]:
    """`sign_in(client, email)`: through a real one-time link."""

    def through_link(client: FlaskClient, email: str) -> FlaskClient:
        from engage.accounts import service
        from engage.core.db import saving

        with saving():
            url = service.sign_in_link_for(email)
        answer = client.post(url.removeprefix(app.config["BASE_URL"]))
        assert answer.status_code == 302, answer.status_code
        return client

    return through_link


class QueryLog(list[str]):
    """The SQL statements of one stretch, without the transaction's own, and without what the pages' cache asks for the
    first page after a write: its guard, and the next instant for which a publication is set."""


@pytest.fixture
def query_log() -> Iterator[QueryLog]:
    """Every statement run from here on; `query_log.clear()` starts afresh."""
    log = QueryLog()

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        own = statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK"))
        if not own and "next_announcement" not in statement:
            log.append(statement)

    sa.event.listen(Engine, "before_cursor_execute", note)
    yield log
    sa.event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def post(app: Flask) -> Callable[[], list[EmailMessage]]:
    """`post()`: do all the work that is due, deliver what waits, and return every message delivered in this test."""

    def deliver() -> list[EmailMessage]:
        db.session.rollback()
        worker.run_all()
        folder = Path(app.config["DATA_DIR"]) / "mail"
        read = BytesParser(policy=default)
        return [read.parsebytes(f.read_bytes()) for f in sorted(folder.glob("*.eml"))]  # type: ignore[misc]

    return deliver
