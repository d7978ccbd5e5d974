"""What a programme begins its events of a kind with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from engage.core.db import db
from engage.events.models import ANSWERS_DAYS, PAPERS_DAYS, Event, EventKind, KindDefaults


def defaults_of(programme_id: int, kind: EventKind) -> KindDefaults | None:
    """What the programme set for this kind; None where it set nothing."""
    return db.session.scalar(
        sa.select(KindDefaults).where(KindDefaults.programme_id == programme_id, KindDefaults.kind == kind)
    )


class Expected(NamedTuple):
    """What an event is to have before it begins, and by when: None while it has no day. `papers`: their titles."""

    papers: Sequence[str]
    papers_by: datetime | None
    answers_by: datetime | None


def expected(event: Event) -> Expected:
    """As its programme set it for the kind, else a week for papers and two for answers."""
    found = defaults_of(event.programme_id, event.kind)
    papers, answers = (found.papers_days, found.answers_days) if found else (PAPERS_DAYS, ANSWERS_DAYS)
    starts = event.starts_at if event.dated else None
    return Expected(
        found.papers if found else (),
        starts and starts - timedelta(days=papers),
        starts and starts - timedelta(days=answers),
    )


def titled_in(programme_id: int) -> Sequence[tuple[int, str]]:
    """The events of a programme to choose from (id, title), the latest first."""
    rows = db.session.execute(
        sa.select(Event.id, Event.title)
        .options(lazyload("*"))
        .where(Event.programme_id == programme_id)
        .order_by(Event.id.desc())
        .limit(200)
    )
    return [(ident, title) for ident, title in rows]
