"""What a programme begins its events of a kind with (docs/domain.md#event)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engage.core.access import Principal
from engage.core.db import db, lock
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import changed, record
from engage.core.text import _
from engage.events import queries
from engage.events.facts import KindDefaultsSet, KindDefaultsTaken
from engage.events.models import Admission, AgendaItem, AgendaKind, Event, EventKind, KindDefaults
from engage.events.service.effects import note
from engage.programmes.models import Programme

MOST_LINES = 30


def set_defaults(
    programme: Programme,
    kind: EventKind,
    *,
    admission: Admission,
    holds_seats: bool,
    capacity: int | None = None,
    agenda: Sequence[tuple[str, int | None]] = (),
    papers: Sequence[str] = (),
    headings: Sequence[str] = (),
    feedback_from: Event | None = None,
    papers_days: int,
    answers_days: int,
    version: int,
    by: Principal,
) -> KindDefaults:
    """Say all of what the programme's events of this kind begin with. `version`: the one that was read, 0 for none.

    Raises `StaleVersion` when somebody saved meanwhile, `RuleBroken` (with the field) for what no event could have.
    """
    programme = lock(Programme, programme.id)
    found = queries.defaults_of(programme.id, kind)
    if (found.version if found else 0) != version:
        raise StaleVersion(_("Somebody else changed these defaults while you were writing."))
    if capacity is not None and capacity < 0:
        raise RuleBroken(_("The number of places must be 0 or more"), field="capacity")
    if feedback_from is not None and feedback_from.programme_id != programme.id:
        raise RuleBroken(_("Choose an event of this programme"), field="feedback_from")
    for title, minutes in agenda:
        if len(title) > 200 or (minutes is not None and not 1 <= minutes <= 1_440):
            raise RuleBroken(
                _("“%(line)s”: a title of 200 characters at most, and between 1 and 1,440 minutes", line=title[:60]),
                field="agenda",
            )
    new: dict[str, Any] = {
        "admission": admission,
        "holds_seats": holds_seats,
        "capacity": capacity,
        "agenda": [list(line) for line in _few(agenda, "agenda")],
        "papers": list(_few(papers, "papers")),
        "headings": list(_few(headings, "headings")),
        "feedback_from_id": feedback_from.id if feedback_from else None,
        "papers_days": papers_days,
        "answers_days": answers_days,
    }
    if found is None:
        found = KindDefaults(programme_id=programme.id, kind=kind, version=1, **new)
        db.session.add(found)
    elif changed(found, **new):
        found.version += 1
    else:
        return found
    db.session.flush()
    record(KindDefaultsSet(subject_id=programme.id, programme_id=programme.id, kind=kind.value), by=by)
    return found


def take_defaults(event: Event, defaults: KindDefaults, *, by: Principal) -> None:
    """Give a new event the agenda that was set for its kind; what higher floors give it reacts to the fact."""
    for position, (title, minutes) in enumerate(defaults.agenda, start=1):
        db.session.add(
            AgendaItem(
                event_id=event.id, position=position, title=title, minutes=minutes, presenter="", kind=AgendaKind.OPEN
            )
        )
    note(
        KindDefaultsTaken(
            subject_id=event.id,
            programme_id=event.programme_id,
            kind=event.kind.value,
            feedback_from_id=defaults.feedback_from_id,
        ),
        by,
    )


def _few(lines: Sequence[Any], field: str) -> Sequence[Any]:
    if len(lines) > MOST_LINES:
        raise RuleBroken(_("Enter %(most)d lines at most", most=MOST_LINES), field=field)
    return lines
