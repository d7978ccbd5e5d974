"""What accounts puts into slots."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from engage.accounts import queries

MARK = "user:"


def actor_names(actors: Collection[str]) -> Iterator[tuple[str, str]]:
    """The names behind the marks "user:4"."""
    idents = {int(mark.removeprefix(MARK)) for mark in actors if mark.startswith(MARK)}
    for ident, name in queries.names(idents).items():
        yield f"{MARK}{ident}", name
