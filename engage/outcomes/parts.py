"""What outcomes puts into slots: the desk's actions and records, an event's tabs, sections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import joinedload

from engage.core import clock
from engage.core.access import Principal, Role
from engage.core.db import db
from engage.core.facts import Effect
from engage.core.slots import DeskItem, Line, Readiness, Section, Tab
from engage.core.text import _, excerpt, ngettext
from engage.events.models import Event, EventState
from engage.outcomes import queries
from engage.outcomes.models import OPEN_ACTION, PAST_DUE, Action, Record, RecordState
from engage.programmes.models import Programme
from engage.themes.facts import LeadHandedOver, ThemeClosed
from engage.themes.models import ThemeGroup

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


def programme_sections(programme: Programme, _principal: Principal) -> Iterable[Section]:
    """A programme's open actions, the overdue first."""
    rows, total = queries.register(programme_ids=[programme.id], states=OPEN_ACTION, limit=6)
    yield _section(rows, total, url_for("outcomes.register"))


def theme_sections(theme: ThemeGroup, _principal: Principal) -> Iterable[Section]:
    """The open actions that a theme group owns or helps with."""
    rows, total = queries.register(theme_id=theme.id, states=OPEN_ACTION, limit=6)
    yield _section(rows, total, url_for("outcomes.register", theme=theme.id))


def duties_passed_on(fact: LeadHandedOver) -> Iterable[Effect]:
    """Before a lead hands over: the open actions in the theme group that go along."""
    count = len(queries.owned_in_theme(fact.subject_id, fact.from_person_id))
    if count:
        yield Effect(
            count,
            ngettext(
                "open action goes to the new lead, who is told",
                "open actions go to the new lead, who is told",
                count,
            ),
        )


def actions_passed_on(fact: ThemeClosed) -> Iterable[Effect]:
    """Before a theme group closes: the open actions that move to its successor, or stay behind."""
    count = len(queries.open_of_theme(fact.subject_id))
    if count and fact.successor_id:
        yield Effect(
            count,
            ngettext("open action moves to the successor", "open actions move to the successor", count),
        )
    elif count:
        yield Effect(
            count,
            ngettext(
                "open action stays open under the closed group", "open actions stay open under the closed group", count
            ),
        )


def _section(rows: Sequence[queries.Line], total: int, more_url: str) -> Section:
    return Section(
        title=_("Open actions"),
        order=40,
        lines=[
            Line(
                text=f"{a.reference} {excerpt(a.text, 100)}",
                url=url_for("outcomes.action", reference=a.reference),
                note=a.organisation,
                tag=("action", "overdue" if a.overdue else a.state.value),
            )
            for a in rows
        ],
        nothing=_("No open actions."),
        more_url=more_url if total > len(rows) else "",
        more=_("All open actions"),
    )
