"""Writing to many: one letter each, however many groups somebody is in (docs/domain.md#message)."""

from __future__ import annotations

from collections.abc import Collection

from engage.attendance import queries
from engage.attendance.facts import PeopleWrittenTo
from engage.attendance.models import Circular
from engage.attendance.service import moves
from engage.core import clock, jobs, outbox
from engage.core.access import Principal
from engage.core.db import db
from engage.core.errors import RuleBroken
from engage.core.facts import record
from engage.core.text import _
from engage.events.models import Event
from engage.people import queries as people

BATCH = 100


def write(event: Event, *, subject: str, body: str, groups: Collection[str], once: str, by: Principal) -> Circular:
    """Write to whoever is in these groups now; the messages are queued in batches by one job. The same `once` again
    makes nothing. Raises `RuleBroken` where no group is chosen: that means nobody, never everybody."""
    event, _seats = moves.enter(event)
    known = queries.circular_once(event.id, once)
    if known is not None:
        return known
    to = queries.addressees(queries.groups(event.id), groups)
    if not to:
        raise RuleBroken(_("Choose at least one group with somebody in it: no group means nobody"), field="groups")
    circular = Circular(
        event_id=event.id,
        once=once,
        subject=subject,
        body=body,
        groups=sorted(groups),
        people=[(one.person_id, one.invitation_id, one.registration_id) for one in to],
        actor=by.actor,
        written_at=clock.now(),
    )
    db.session.add(circular)
    db.session.flush()
    jobs.put("attendance/circular", args={"circular": circular.id}, key=f"circular:{circular.id}")
    fact = PeopleWrittenTo(
        subject_id=event.id, programme_id=event.programme_id, count=len(to), groups=tuple(sorted(groups))
    )
    record(fact, by=by)
    return circular


def queue_batch(circular: Circular, start: int) -> bool:
    """Queue the messages of one batch, each once for ever. False where there is none left."""
    batch = circular.people[start : start + BATCH]
    ids = [person_id for person_id, _invitation, _registration in batch]
    addresses, names = people.addresses(ids), people.names(ids)
    outbox.put_all(
        "attendance/circular",
        [
            outbox.Message(
                key=f"circular:{circular.id}:{person_id}",
                to=addresses[person_id],
                name=names.get(person_id, ""),
                person_id=person_id,
                args={"circular": circular.id, "invitation": invitation_id, "registration": registration_id},
            )
            for person_id, invitation_id, registration_id in batch
            if person_id in addresses
        ],
    )
    return bool(batch)


def write_test(event: Event, *, subject: str, body: str, to: str, name: str) -> None:
    """The letter to oneself, as the others would get it."""
    outbox.put(
        mail="attendance/circular_test",
        key=f"circular_test:{event.id}:{clock.now().isoformat()}:{to}",
        to=to,
        name=name,
        args={"event": event.id, "subject": subject, "body": body},
    )
