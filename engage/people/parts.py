"""What people puts into slots."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from engage.people import queries

MARK = "person:"


def actor_names(actors: Collection[str]) -> Iterator[tuple[str, str]]:
    """The names behind the marks "person:7"."""
    idents = {int(mark.removeprefix(MARK)) for mark in actors if mark.startswith(MARK)}
    for ident, name in queries.names(idents).items():
        yield f"{MARK}{ident}", name
