"""What outcomes puts into slots: the desk's actions and records, an event's tabs, and history in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import joinedload

from engage.core import clock, slots
from engage.core.access import Principal, Role
from engage.core.db import db
from engage.core.facts import History
from engage.core.slots import DeskItem, Readiness, Tab
from engage.core.text import _, excerpt, moment
from engage.events.models import Event, EventState
from engage.outcomes import queries
from engage.outcomes.models import PAST_DUE, Action, Record, RecordState

SOON_DAYS = 14


def event_tabs(event: Event, principal: Principal) -> Iterable[Tab]:
    """Record and actions, for anybody with a role."""
    if not principal.knows(event.programme_id):
        return
    yield Tab(
        text=_("Record"),
        url=url_for("outcomes.record", event=event.slug),
        endpoint="outcomes.record",
        order=60,
    )
    yield Tab(
        text=_("Actions"),
        url=url_for("outcomes.of_event", event=event.slug),
        endpoint="outcomes.of_event",
        order=70,
    )


def readiness(event: Event) -> Iterable[Readiness]:
    """After the event: a record, and what it waits for."""
    if event.state is not EventState.HELD:
        return
    record = queries.by_event(event.id)
    url = url_for("outcomes.record", event=event.slug)
    if record is None:
        yield Readiness(text=_("There is no record yet"), url=url, ready=bool(event.no_record_reason))
    elif record.state is RecordState.DRAFT:
        yield Readiness(text=_("The record is a draft: circulate it"), url=url, ready=False)
    elif record.state is RecordState.CIRCULATED:
        yield Readiness(text=_("The record waits for the chair to agree it"), url=url, ready=False)


def desk_items(principal: Principal) -> Iterator[DeskItem]:
    """What waits for this person: to verify, overdue and due soon, records to write, circulate or publish."""
    yield from _to_verify(principal)
    yield from _late_and_soon(principal)
    yield from _records(principal)


def _programmes(principal: Principal, *roles: Role) -> list[int]:
    return [p for p in principal.roles if principal.has(*roles, in_=p)]


def _to_verify(principal: Principal) -> Iterator[DeskItem]:
    mine = _programmes(principal, Role.REVIEWER, Role.CONVENOR)
    marks = {f"user:{principal.user_id}", f"person:{principal.person_id}"}
    for action in queries.to_verify(mine) if mine else ():
        if action.reported_by not in marks:
            yield DeskItem(
                group=_("To verify"),
                text=_("%(reference)s was reported complete", reference=action.reference),
                detail=excerpt(action.text, 120),
                url=url_for("outcomes.action", reference=action.reference),
            )


def _late_and_soon(principal: Principal) -> Iterator[DeskItem]:
    mine = _programmes(principal, Role.CONVENOR, Role.SECRETARY)
    leads = principal.leads
    if not mine and not leads:
        return
    rows = db.session.scalars(
        sa.select(Action)
        .options(joinedload(Action.event), joinedload(Action.organisation))
        .where(
            sa.or_(Action.programme_id.in_(mine), Action.theme_id.in_(leads)),
            Action.state.in_(PAST_DUE),
            Action.due.is_not(None),
        )
        .order_by(Action.due, Action.id)
        .limit(40)
    ).all()
    for action in rows:
        today = clock.today(action.event.programme.zone)
        if action.due is None or (action.due - today).days > SOON_DAYS:
            continue
        late = queries.is_overdue(action, today)
        yield DeskItem(
            group=_("Actions overdue") if late else _("Actions due soon"),
            text=f"{action.reference} · {action.organisation.label}",
            detail=excerpt(action.text, 120),
            url=url_for("outcomes.action", reference=action.reference),
            due=action.due,
            urgent=late,
        )


def _records(principal: Principal) -> Iterator[DeskItem]:
    mine = _programmes(principal, Role.CONVENOR, Role.SECRETARY)
    if not mine:
        return
    rows = db.session.execute(
        sa.select(Event, Record)
        .outerjoin(Record, Record.event_id == Event.id)
        .where(
            Event.programme_id.in_(mine),
            sa.or_(
                sa.and_(Event.state == EventState.HELD, Event.no_record_reason == ""),
                sa.and_(Record.state == RecordState.AGREED, Event.published_at.is_not(None)),
            ),
        )
        .order_by(Event.starts_at, Event.id)
    ).all()
    for event, record in rows:
        yield DeskItem(
            group=_("Records"),
            text=_record_words(event, record),
            url=url_for("outcomes.record", event=event.slug),
        )


def _record_words(event: Event, record: Record | None) -> str:
    if record is None:
        return _("Write the record of %(title)s", title=event.title)
    if record.state is RecordState.DRAFT:
        return _("Finish and circulate the record of %(title)s", title=event.title)
    if record.state is RecordState.CIRCULATED:
        return _("The chair has still to agree the record of %(title)s", title=event.title)
    return _("Publish the record of %(title)s", title=event.title)


def history_lines(rows: Sequence[History], zone: str = "Europe/London") -> list[dict[str, Any]]:
    """History rows as the component takes them, with names for marks that are still known."""
    names = slots.names_of({r.actor for r in rows})
    return [
        {
            "when": moment(r.at, zone),
            "who": names.get(r.actor, _("engage itself") if r.actor == "system" else _("somebody")),
            "what": r.says,
            "why": r.reason,
            "changes": [(c["field"], c["old"], c["new"]) for c in r.changes],
        }
        for r in rows
    ]
