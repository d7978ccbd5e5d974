"""The bootstrap's stamps and its lock; the whole of it is proved by a fresh clone in `.ci/run`."""

from __future__ import annotations

from pathlib import Path

import pytest

from engage import bootstrap, bootstrap_assets


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(bootstrap, "STATE", tmp_path / ".engage")
    for lock in (bootstrap.RUN_LOCK, bootstrap.DEVELOPMENT_LOCK):
        (tmp_path / lock).write_text("one==1\n", encoding="utf-8")
    monkeypatch.setattr(bootstrap, "_run", lambda line, complaint: None)
    return tmp_path


def test_an_installed_lock_is_not_installed_again_until_it_changes(checkout: Path) -> None:
    assert not bootstrap._installed(bootstrap.RUN_LOCK)
    bootstrap._install(bootstrap.RUN_LOCK)
    assert bootstrap._installed(bootstrap.RUN_LOCK)
    assert not bootstrap._installed(bootstrap.DEVELOPMENT_LOCK)
    (checkout / bootstrap.RUN_LOCK).write_text("one==2\n", encoding="utf-8")
    assert not bootstrap._installed(bootstrap.RUN_LOCK)


def test_the_development_lock_brings_the_other_one(checkout: Path) -> None:
    bootstrap._install(bootstrap.DEVELOPMENT_LOCK)
    assert bootstrap._installed(bootstrap.RUN_LOCK)


def test_a_damaged_stamp_counts_as_none(checkout: Path) -> None:
    bootstrap._install(bootstrap.RUN_LOCK)
    bootstrap.STAMP.write_text('["half a', encoding="utf-8")
    assert not bootstrap._installed(bootstrap.RUN_LOCK)


def test_a_second_start_waits_for_the_first(checkout: Path) -> None:
    with bootstrap._one_at_a_time(), (bootstrap.STATE / "set-up.lock").open("a+b") as second:
        assert not bootstrap.try_lock(second)
    with (bootstrap.STATE / "set-up.lock").open("a+b") as third:
        assert bootstrap.try_lock(third)


def test_assets_are_built_again_only_when_a_file_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, built = tmp_path / "assets", tmp_path / "static"
    (source / "node_modules").mkdir(parents=True)
    built.mkdir()
    monkeypatch.setattr(bootstrap_assets, "ASSETS", source)
    monkeypatch.setattr(bootstrap_assets, "OUTPUT", built)
    monkeypatch.setattr(bootstrap_assets, "BUILT", tmp_path / "stamp")
    (source / "main.scss").write_text("a", encoding="utf-8")
    assert not bootstrap_assets.current()
    (built / "manifest.json").write_text("{}", encoding="utf-8")
    (tmp_path / "stamp").write_text(bootstrap_assets._fingerprint(), encoding="ascii")
    assert bootstrap_assets.current()
    (source / "node_modules" / "anything").write_text("not ours", encoding="utf-8")
    assert bootstrap_assets.current()
    (source / "main.scss").write_text("b", encoding="utf-8")
    assert not bootstrap_assets.current()
