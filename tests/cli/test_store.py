"""Migrations: up from nothing, no drift, down and up again, twice at once; on both stores."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from engage.cli import store as migrations
from engage.config import Settings, WrongSetting
from tests import stores

NAME = f"migrations_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


@pytest.fixture
def settings(store: str, tmp_path: Path) -> Iterator[Settings]:
    """An empty store of its own."""
    url = "" if store == "sqlite" else stores.postgres_database(NAME)
    yield Settings(data_dir=tmp_path / "data", database_url=url)
    if url:
        stores.drop_postgres_database(NAME)


def test_an_empty_store_is_refused_and_the_cure_named(settings: Settings) -> None:
    assert migrations.standing(settings) == ""
    with pytest.raises(WrongSetting, match="engage db upgrade"):
        migrations.refuse_unless_current(settings)
    assert not settings.data_dir.exists(), "looking makes no file"


def test_migrations_bring_exactly_what_the_models_say(settings: Settings) -> None:
    assert migrations.upgrade(settings) == migrations.head()
    migrations.refuse_unless_current(settings)
    assert migrations.drift(settings) == []


def test_migrations_go_down_and_up_again(settings: Settings) -> None:
    migrations.upgrade(settings)
    migrations.downgrade(settings)
    assert migrations.standing(settings) == ""
    migrations.upgrade(settings)
    assert migrations.drift(settings) == []


def test_drift_is_seen_in_columns_indexes_and_the_values_of_a_state(settings: Settings) -> None:
    migrations.upgrade(settings)
    engine = sa.create_engine(settings.database)
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE user_account ADD COLUMN shoe_size INTEGER"))
        connection.execute(sa.text("DROP INDEX ix_job_waiting"))
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("ALTER TABLE job DROP CONSTRAINT ck_job_jobstate"))
    engine.dispose()
    found = "\n".join(migrations.drift(settings))
    assert "shoe_size" in found
    assert "ix_job_waiting" in found
    if settings.database_url:
        assert "CHECK ck_job_jobstate of job is only in the models" in found


def test_two_upgrades_at_once_end_as_one(settings: Settings) -> None:
    line = [sys.executable, "-c", "from engage.cli import main; main()", "db", "upgrade"]
    address = {"ENGAGE_DATA_DIR": str(settings.data_dir), "ENGAGE_DATABASE_URL": settings.database_url}
    both = [subprocess.Popen(line, env={**os.environ, **address}) for _ in range(2)]
    assert [one.wait(60) for one in both] == [0, 0]
    assert migrations.drift(settings) == []


@pytest.mark.parametrize("change", ["UPDATE history SET actor = 'user:1'", "DELETE FROM history"])
def test_a_migrated_store_refuses_to_change_history(settings: Settings, change: str) -> None:
    migrations.upgrade(settings)
    engine = sa.create_engine(settings.database)
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO history (at, actor, fact, subject, subject_id, reason, changes, data) "
                "VALUES ('2027-05-12 10:00:00', 'system', 'Something', 'thing', 7, '', '[]', '{}')"
            )
        )
    with engine.connect() as connection, pytest.raises(sa.exc.DatabaseError, match="history only grows"):
        connection.execute(sa.text(change))
    engine.dispose()
