"""An event's own staff page: where it stands, what to do next, what it is, what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from engage.core import clock, slots
from engage.core.access import current_principal, requires
from engage.core.facts import History
from engage.core.pages import event_tabs, history_rows
from engage.core.slots import Readiness
from engage.core.text import _, _l, ago, day, local_time, moment
from engage.events import policy, queries, service
from engage.events.models import (
    ADMISSION_WORDS,
    BEFORE_LIVE,
    KIND_WORDS,
    PRECISION_WORDS,
    STATE_WORDS,
    Admission,
    Event,
    EventState,
)
from engage.events.views import bp

S = EventState
RECENT = 6
NEVER = datetime.max.replace(tzinfo=UTC)
NEAR = timedelta(days=30)
VALUES: Mapping[str, Mapping[Any, object]] = {
    "kind": KIND_WORDS,
    "state": STATE_WORDS,
    "admission": ADMISSION_WORDS,
    "precision": PRECISION_WORDS,
    **{name: {"True": _l("Yes"), "False": _l("No")} for name in ("holds_seats", "non_attributed")},
}
LABELS = {
    "state": _l("State"),
    "title": _l("Title"),
    "kind": _l("Kind"),
    "summary": _l("Summary"),
    "description": _l("Description"),
    "admission": _l("Who may come"),
    "non_attributed": _l("Nobody is named"),
    "capacity": _l("Places"),
    "reserved": _l("Places set aside"),
    "per_organisation": _l("Places for one organisation"),
    "holds_seats": _l("Invitations hold places"),
    "precision": _l("Known of the date"),
    "starts_local": _l("Start"),
    "ends_local": _l("End"),
    "zone": _l("Time zone"),
    "registration_opens_at": _l("Registration opens"),
    "registration_closes_at": _l("Registration closes"),
    "reconfirm_by": _l("To be reconfirmed by"),
    "town": _l("Town"),
    "place": _l("Address"),
    "online_link": _l("Online link"),
    "access_information": _l("Access information"),
    "announce_at": _l("Published on"),
    "source": _l("Copied from"),
    "series": _l("In its series"),
    "owner": _l("Owned by"),
    "themes": _l("Other theme groups"),
    "order": _l("Place"),
    "groups": _l("Theme groups"),
    "minutes": _l("Minutes"),
    "presenter": _l("Who presents"),
    "name": _l("Name"),
    "room": _l("Room"),
    "track": _l("Track"),
}


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing that can be done with the event now."""

    text: str
    url: str
    kind: str = "secondary"


@bp.get("/manage/events/<slug:event>")
@requires(policy.may_see, on=queries.by_slug)
def overview(event: Event) -> ResponseReturnValue:
    """Where the event stands and what it needs, for anybody with a role; the acts for who runs it."""
    principal = current_principal()
    runs = policy.may_run(principal, event)
    ready = sorted(slots.event_readiness.collect(event), key=lambda part: (part.ready, part.by or NEVER))
    sections = sorted(slots.event_sections.collect(event, principal), key=lambda part: part.order)
    rows = history_rows("event", event.id, zone=event.zone, labels=LABELS, values=VALUES, details=_items)
    todo = [_to_do(part, event) | {"href": part.url if runs else ""} for part in ready]
    return render_template(
        "events/overview.html",
        event=event,
        tabs=event_tabs(event),
        beside=queries.beside(event),
        called=service.called(event),
        runs=runs,
        acts=acts(event) if runs else [],
        todo=[line for line in todo if not line["done"]],
        done=[line for line in todo if line["done"]],
        before=event.state in BEFORE_LIVE,
        public=queries.is_public(event),
        until=_until(event),
        dates=key_dates(event),
        agenda=queries.timed_agenda(event, internal=True),
        sections=sections,
        recent=rows[:RECENT],
        older=rows[RECENT:],
    )


def _to_do(part: Readiness, event: Event) -> dict[str, Any]:
    """One thing that the event needs, with the day by which it is to be done, and whether that has passed."""
    line: dict[str, Any] = {"text": part.text, "done": part.ready}
    if part.ready or part.by is None:
        return line
    on = local_time(part.by, event.zone).date()
    if part.by <= clock.now():
        return line | {"due": _("was due on %(day)s", day=day(on)), "tone": "bad"}
    return line | {"due": _("by %(day)s", day=day(on))}


def _items(rows: Sequence[History]) -> dict[int, str]:
    """Which agenda item or session was added, taken off or changed, by the words that it had."""
    said: dict[int, str] = {}
    for row in rows:
        for change in row.changes:
            if change["field"] == "item":
                said[row.id] = change["new"] or change["old"]
    return said


def _until(event: Event) -> str:
    """How long until it starts, where that is known and near."""
    if event.starts_at is None or not event.dated or event.state not in BEFORE_LIVE:
        return ""
    return ago(event.starts_at) if timedelta(0) < event.starts_at - clock.now() < NEAR else ""


def key_dates(event: Event) -> list[dict[str, Any]]:
    """The dates that matter, each with those that it had before; in the order in which they come."""
    was = [had.when for had in event.earlier_dates]
    dates: list[dict[str, Any]] = [{"what": _("Held") if event.held_at else _("When"), "when": event.when, "was": was}]
    for at, past, ahead in (
        (event.registration_opens_at, _("Registration opened"), _("Registration opens")),
        (event.registration_closes_at, _("Registration closed"), _("Registration closes")),
        (event.reconfirm_by, _("Reconfirmed by"), _("To be reconfirmed by")),
        (event.public_from, _("Published"), _("Public from")),
    ):
        if at is not None:
            dates.append({"what": past if at <= clock.now() else ahead, "when": moment(at, event.zone)})
    return dates


def acts(event: Event) -> list[Act]:
    """What can be done with the event in its state: the step forward first, the way out last."""

    def act(endpoint: str, text: str, kind: str = "secondary") -> Act:
        return Act(text=text, url=url_for(f"events.{endpoint}", event=event.slug), kind=kind)

    def step(endpoint: str, text: str) -> Act:
        return act(endpoint, text, "primary")

    publishing = _("Publish") if event.announce_at is None else _("Change when it is published")
    publish = [step("publish", publishing)] if event.published_at is None else []
    by_invitation = event.admission is Admission.BY_INVITATION
    opening = [] if by_invitation else [step("open_registration", _("Open registration"))]
    live = [step("go_live", _("Begin now"))] if _is_today(event) else []
    away = [act("postpone", _("Postpone")), act("cancel", _("Cancel the event"), "warning")]
    offered = {
        S.DRAFT: [step("schedule", _("Schedule")), act("cancel", _("Cancel the event"), "warning")],
        S.SCHEDULED: [*live, *publish, *opening, *away],
        S.OPEN: [*live, *publish, act("close_registration", _("Close registration")), *away],
        S.CLOSED: [*live, *publish, act("open_registration", _("Open registration again")), *away],
        S.POSTPONED: [
            step("reschedule", _("Set the new date")),
            *publish,
            act("cancel", _("Cancel the event"), "warning"),
        ],
        S.LIVE: [step("hold", _("It is over")), *publish],
        S.HELD: [*publish, act("no_record_needed", _("No record needed"))],
        S.RECORD_AGREED: [*publish, step("archive", _("Archive"))],
        S.ARCHIVED: publish,
        S.CANCELLED: [],
    }
    found = offered[event.state]
    rest = [replace(one, kind="secondary") if one.kind == "primary" else one for one in found[1:]]
    return found[:1] + rest


def _is_today(event: Event) -> bool:
    """Its first local day has come: it may be begun by hand."""
    return event.dated and event.day is not None and event.day <= clock.today(event.zone)
