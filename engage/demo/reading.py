"""Reads the story's files (TOML, CSV, Markdown under `data/`) into one `Story`, checked."""

from __future__ import annotations

import csv
import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from engage.demo.checking import faults
from engage.demo.dates import Present
from engage.demo.story import Story

DATA = Path(__file__).parent / "data"
DELEGATES = DATA / "delegates.csv"
"""A list to try the import of invitees on; flawed on purpose."""
_FOLDERS = ("hcs", "hhs")


class StoryBroken(Exception):
    """The data files contradict themselves; says where."""


def _toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _theme(folder: Path, raw: dict[str, Any]) -> dict[str, Any]:
    plan = folder / "plans" / f"{raw['slug']}.md"
    return {**raw, "plan": plan.read_text(encoding="utf-8")}


def _event(path: Path) -> dict[str, Any]:
    raw = _toml(path)
    return {**raw.pop("event"), **raw}


def _follower(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "themes": row["themes"].split(";")}


def _paper(folder: Path, raw: dict[str, Any]) -> dict[str, Any]:
    """With the words of its files."""
    versions = [
        {**version, "content": (folder / "papers" / version["file"]).read_text(encoding="utf-8")}
        for version in raw["versions"]
    ]
    return {**raw, "versions": versions}


def _programme(folder: Path) -> dict[str, Any]:
    return {
        **_toml(folder / "programme.toml")["programme"],
        "themes": [_theme(folder, raw) for raw in _toml(folder / "themes.toml")["themes"]],
        "events": [_event(path) for path in sorted((folder / "events").glob("*.toml"))],
        "papers": [_paper(folder, raw) for raw in _toml(folder / "papers.toml")["papers"]],
        "followers": [_follower(row) for row in _rows(folder / "followers.csv")],
    }


@cache
def _adapter() -> TypeAdapter[Story]:
    return TypeAdapter(Story)


def _names() -> dict[str, Any]:
    raw = _toml(DATA / "crowd.toml")
    return {**raw, "audiences": {slug: part["places"] for slug, part in raw["audiences"].items()}}


def read(*, now: datetime, zone: str = "Europe/London") -> Story:
    """The whole story, the live programme's dates counted from the aware instant `now`.

    Raises pydantic's ValidationError where a value has the wrong shape, `StoryBroken` where a reference leads
    nowhere or the order of events is impossible.
    """
    raw = {
        "organisations": _toml(DATA / "organisations.toml")["organisations"],
        "people": _rows(DATA / "people.csv"),
        "users": _toml(DATA / "users.toml")["users"],
        "names": _names(),
        "programmes": [_programme(DATA / name) for name in _FOLDERS],
    }
    story = _adapter().validate_python(raw, context=Present(now=now, zone=zone))
    if found := faults(story, now=now):
        raise StoryBroken("; ".join(found))
    return story
