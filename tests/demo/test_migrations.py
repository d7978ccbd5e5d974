"""Migrations down and up again with data in the tables: not a row is lost, and the models agree with the store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from engage.app import create_app
from engage.cli import store as migrations
from engage.config import Settings
from engage.core.db import db
from engage.demo import loader
from tests import stores

NAME = f"migrated_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
FIRST = "0001"


@pytest.fixture
def settings(store: str, tmp_path: Path) -> Iterator[Settings]:
    """A migrated store of its own that holds the demonstration."""
    url = "" if store == "sqlite" else stores.postgres_database(NAME)
    settings = Settings(data_dir=tmp_path / "data", database_url=url, testing=True)
    migrations.upgrade(settings)
    app = create_app(settings)
    loader.load(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    yield settings
    if url:
        stores.drop_postgres_database(NAME)


def counts(settings: Settings) -> dict[str, int]:
    engine = sa.create_engine(settings.database)
    with engine.connect() as connection:
        tables = sorted(set(sa.inspect(connection).get_table_names()) - {"alembic_version"})
        found = {t: connection.execute(sa.text(f'SELECT count(*) FROM "{t}"')).scalar_one() for t in tables}
    engine.dispose()
    return found


def test_not_a_row_is_lost_on_the_way_down_to_the_first_migration_and_up_again(settings: Settings) -> None:
    before = counts(settings)
    assert before["record_person"] > 0
    migrations.downgrade(settings, FIRST)
    kept = counts(settings)
    assert kept == {table: before[table] for table in kept}
    migrations.upgrade(settings)
    after = counts(settings)
    assert {table: after[table] for table in kept} == kept
    assert migrations.drift(settings) == []
