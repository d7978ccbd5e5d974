"""Papers as their service makes them, each in a unit of work of its own; the file is kept first, as pages do."""

from __future__ import annotations

import io
from itertools import count
from typing import Any

from engage.core import files
from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.events.models import Event
from engage.papers import queries, service
from engage.papers.models import Paper, PaperKind, PaperVersion
from engage.programmes.models import Programme
from tests.factories.events import an_event

_numbers = count(1)


def a_file(content: bytes | str = "", name: str = "paper.txt") -> files.Kept:
    """A text that nobody sent before, unless it is given."""
    words = content or f"Paper {next(_numbers)}\n"
    return files.keep(io.BytesIO(words.encode() if isinstance(words, str) else words), name)


def a_paper(event: Event | None = None, *, programme: Programme | None = None, **given: Any) -> Paper:
    """A draft with one version: for an event, or with `programme` for that alone."""
    if programme is None:
        event = event or an_event()
        programme = event.programme
    words = {"title": f"Paper {next(_numbers)}", "kind": PaperKind.DISCUSSION_PAPER, **given}
    words.setdefault("file", a_file())
    with saving():
        return service.add_paper(programme, event=event, **words, by=SYSTEM)


def a_version(paper: Paper, note: str = "Figures corrected", file: files.Kept | None = None) -> PaperVersion:
    kept = file or a_file()
    with saving():
        return service.add_version(paper, file=kept, note=note, by=SYSTEM)


def circulated(paper: Paper) -> Paper:
    with saving():
        return service.circulate(paper, by=SYSTEM)


def agreed(paper: Paper) -> Paper:
    circulated(paper)
    with saving():
        return service.agree(paper, by=SYSTEM)


def published(paper: Paper) -> Paper:
    agreed(paper)
    with saving():
        return service.publish(paper, by=SYSTEM)


def withdrawn(paper: Paper, reason: str = "The figures were wrong") -> Paper:
    with saving():
        return service.withdraw(paper, reason=reason, by=SYSTEM)


def again(paper: Paper) -> Paper:
    """The paper as it is stored now."""
    db.session.rollback()
    found = queries.by_reference(paper.reference)
    assert found is not None
    return found
