"""Columns of somebody else's table → the fields of ours: recognised by their headings, proposed, and put together.

Generic: what can be filled (`Target`) and which programs' files are known (`Export`) is the domain's to say.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

AGAIN = re.compile(r" \(\d+\)$")


@dataclass(frozen=True, kw_only=True)
class Target:
    """A field that a column may fill. `headings`: what such a column is called anywhere, folded. `single`: one column
    at most; the others are joined."""

    key: str
    label: object
    headings: frozenset[str] = frozenset()
    single: bool = True


@dataclass(frozen=True, kw_only=True)
class Export:
    """A file that another program writes: `needs` are headings that tell it, `columns` what its headings fill."""

    key: str
    label: object
    needs: frozenset[str]
    columns: Mapping[str, str] = field(default_factory=dict)


def fold(heading: str) -> str:
    """The form in which two spellings of one heading are equal: no case, no punctuation, single spaces."""
    plain = unicodedata.normalize("NFKC", AGAIN.sub("", heading)).casefold()
    return " ".join("".join(c if c.isalnum() or c in "#:" else " " for c in plain.replace("e-mail", "email")).split())


def signature(headings: Sequence[str]) -> str:
    """The same for two files with the same columns in the same order: 64 characters."""
    folded = "\x1f".join(fold(heading) for heading in headings)
    return hashlib.sha256(folded.encode()).hexdigest()


def recognised(headings: Sequence[str], exports: Sequence[Export]) -> Export | None:
    """The first program whose telling headings are all here."""
    folded = {fold(heading) for heading in headings}
    return next((export for export in exports if export.needs <= folded), None)


def proposed(
    headings: Sequence[str], targets: Sequence[Target], export: Export | None, samples: Sequence[Sequence[str]] = ()
) -> list[str]:
    """The key of a target for each column, "" for what is left out. A column that nobody named is told by its cells."""
    known = {name: target.key for target in targets for name in target.headings}
    if export is not None:
        known = {name: key for name, key in known.items() if key not in export.columns.values()} | dict(export.columns)
    chosen = [known.get(fold(heading), "") for heading in headings]
    if "email" not in chosen:
        chosen = _told_by_addresses(chosen, samples)
    return _without_second(chosen, {target.key for target in targets if target.single})


def _told_by_addresses(chosen: list[str], samples: Sequence[Sequence[str]]) -> list[str]:
    """The column whose cells are addresses; without any headings the one beside it holds the names."""
    at = next((at for at, cells in enumerate(samples) if any("@" in cell for cell in cells)), None)
    if at is None:
        return chosen
    told = [*chosen]
    told[at] = "email"
    if not any(chosen) and len(told) > 1:
        told[at - 1 if at else 1] = "name"
    return told


def _without_second(chosen: list[str], single: Collection[str]) -> list[str]:
    seen: set[str] = set()
    kept = []
    for key in chosen:
        kept.append("" if key in seen and key in single else key)
        seen.add(key)
    return kept


def picked(cells: Sequence[str], chosen: Sequence[str]) -> dict[str, str]:
    """What a row says of each target; what several columns say of one stands side by side."""
    said: dict[str, str] = {}
    for key, cell in zip(chosen, cells, strict=False):
        if key and cell:
            said[key] = f"{said[key]} {cell}" if key in said else cell
    return said
