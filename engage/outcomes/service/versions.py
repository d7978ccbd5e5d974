"""Kept texts of a record: what was circulated or agreed, whole and unchanging (docs/domain.md#record)."""

from __future__ import annotations

from typing import Any

from engage.core import clock
from engage.core.access import Principal
from engage.core.db import db
from engage.outcomes import queries
from engage.outcomes.models import Record, RecordVersion


def content_of(record: Record) -> dict[str, Any]:
    """The whole text of a record as it stands, to be kept: persons by key, so that they can be erased."""
    counts = queries.counts_of(record)
    return {
        "notes": [
            {"heading": n.heading, "item": n.agenda_item_id, "text": n.text, "private": n.private} for n in record.notes
        ],
        "people": [
            {"person": p.person_id, "presence": p.presence.value, "secretariat": p.secretariat} for p in record.people
        ],
        "counts": {
            "present": counts.present,
            "secretariat": counts.secretariat,
            "apologies": counts.apologies,
        },
        "outcomes": [
            {
                "reference": o.reference,
                "kind": o.kind.value,
                "text": o.text,
                "state": o.state.value,
                "private": o.private,
            }
            for o in queries.outcomes_of_event(record.event_id)
        ],
        "actions": [
            {
                "reference": a.reference,
                "text": a.text,
                "state": a.state.value,
                "organisation": a.organisation_id,
                "owner": a.owner_id,
                "due": a.due.isoformat() if a.due else None,
                "private": a.private,
            }
            for a in queries.actions_of_event(record.event_id)
        ],
    }


def keep(record: Record, *, by: Principal) -> RecordVersion:
    """Keep the text as it stands now, under the next number."""
    db.session.flush()
    db.session.refresh(record, ["notes", "people"])
    version = RecordVersion(
        record_id=record.id,
        number=queries.last_version(record.id) + 1,
        state=record.state,
        content=content_of(record),
        made_at=clock.now(),
        made_by=by.actor,
    )
    db.session.add(version)
    db.session.flush()
    return version
