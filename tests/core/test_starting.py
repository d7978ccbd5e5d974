"""What an earlier start leaves behind for the next: compiled templates, under the data folder."""

from __future__ import annotations

import errno
from pathlib import Path

import jinja2
import pytest
from flask import Flask

from engage.app import create_app
from engage.config import Settings


def start(data_dir: Path) -> Flask:
    return create_app(Settings(data_dir=data_dir, base_url="http://localhost", testing=True))


def test_a_second_start_compiles_no_template_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start(tmp_path).jinja_env.get_template("errors/404.html")
    again = start(tmp_path).jinja_env

    def compile_(*_given: object) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr(again, "compile", compile_)
    assert again.get_template("errors/404.html").name == "errors/404.html"
    assert (tmp_path / "templates").stat().st_mode & 0o777 == 0o700


def test_a_full_disk_stops_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(jinja2.FileSystemBytecodeCache, "dump_bytecode", full)
    assert start(tmp_path).jinja_env.get_template("errors/404.html").name == "errors/404.html"
