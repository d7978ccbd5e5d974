"""The desk: what needs this person today, from the parts of every domain; then what comes, and where to begin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, render_template

from engage.core import clock, slots
from engage.core.access import Principal, Role, current_principal, signed_in
from engage.core.slots import DeskItem
from engage.core.text import _, day, ngettext, time_of_day
from engage.events.models import EventState
from engage.insight import queries
from engage.insight.queries import MyEvent, MyProgramme
from engage.programmes.models import ProgrammeState

bp = Blueprint("insight", __name__)

SHOWN = 5
"""Lines of a group that stand open; the others unfold."""
COMING = 5
FALLBACK_ZONE = "Europe/London"


@bp.get("/desk")
@signed_in
def desk() -> str:
    """Urgent and overdue things first, whatever domain they come from; then each domain's own, by due date."""
    principal = current_principal()
    programmes = queries.my_programmes(principal)
    today = clock.today(programmes[0].zone if programmes else FALLBACK_ZONE)
    items = slots.desk_items.collect(principal)
    now = [item for item in items if _presses(item, today)]
    later = [item for item in items if not _presses(item, today)]
    return render_template(
        "insight/desk.html",
        first=principal.name.split()[0] if principal.name else "",
        lede=_lede(len(now), len(later)),
        now=_group(_("Needs you now"), now, today) if now else None,
        groups=[_group(name, some, today) for name, some in _by_group(later)],
        coming=[_coming(event, principal) for event in queries.coming_events(principal, COMING)],
        links=_links(principal, programmes),
        begin=_begin(principal),
    )


def _presses(item: DeskItem, today: date) -> bool:
    return item.urgent or (item.due is not None and item.due <= today)


def _lede(now: int, later: int) -> str:
    """How the day stands, in a sentence."""
    if now and later:
        needs = ngettext("%(num)d thing needs you now", "%(num)d things need you now", now)
        waits = ngettext("%(num)d more can wait.", "%(num)d more can wait.", later)
        return f"{needs}; {waits}"
    if now:
        return ngettext("%(num)d thing needs you now.", "%(num)d things need you now.", now)
    if later:
        return _("Nothing presses.") + " " + ngettext("%(num)d thing waits.", "%(num)d things wait.", later)
    return _("Nothing waits for you.")


def _by_group(items: Iterable[DeskItem]) -> list[tuple[str, list[DeskItem]]]:
    """The groups in the order in which the domains gave them."""
    groups: dict[str, list[DeskItem]] = {}
    for item in items:
        groups.setdefault(item.group, []).append(item)
    return list(groups.items())


def _group(title: str, items: Sequence[DeskItem], today: date) -> dict[str, Any]:
    lines = [_line(item, today) for item in sorted(items, key=lambda item: _order(item, today))]
    keep = len(lines) if len(lines) <= SHOWN + 1 else SHOWN
    more = len(lines) - keep
    return {
        "title": title,
        "count": len(lines),
        "lines": lines[:keep],
        "rest": lines[keep:],
        "more": ngettext("Show %(num)d more", "Show %(num)d more", more) if more else "",
    }


def _order(item: DeskItem, today: date) -> tuple[int, date]:
    """What is today's first, then what is urgent without a day, then by due date; what has none comes last."""
    if item.due == today:
        return 0, today
    if item.due is None:
        return 1 if item.urgent else 3, today
    return 2, item.due


def _line(item: DeskItem, today: date) -> dict[str, Any]:
    """As `todo` takes it."""
    words, tone = _due(item.due, today)
    return {"href": item.url, "text": item.text, "note": item.detail, "due": words, "tone": tone}


def _due(due: date | None, today: date) -> tuple[str, str]:
    if due is None:
        return "", ""
    if due < today:
        return _("overdue since %(day)s", day=day(due)), "bad"
    if due == today:
        return _("today"), "warn"
    days = (due - today).days
    if days <= 7:
        return ngettext("tomorrow", "in %(num)d days", days), "wait"
    return _("by %(day)s", day=day(due)), "rest"


def _coming(event: MyEvent, principal: Principal) -> dict[str, Any]:
    """As `event_card` takes it; leads to the staff page where the reader may open it."""
    known = principal.knows(event.programme_id)
    return {
        "href": f"/manage/events/{event.slug}" if known else f"/events/{event.slug}",
        "title": event.title,
        "on": event.day,
        "when": f"{day(event.starts)}, {time_of_day(event.starts)}" if event.timed and event.starts else event.when,
        "kind": event.kind_words,
        "state": event.state if event.state is not EventState.SCHEDULED else "",
        "level": 3,
    }


def _begin(principal: Principal) -> tuple[str, str]:
    """Where an empty desk leads: address and words, both "" for who may open nothing yet."""
    if principal.roles:
        return "/manage/events", _("Go to the events")
    return ("/manage/programmes", _("Go to the programmes")) if principal.is_admin else ("", "")


def _links(principal: Principal, programmes: Sequence[MyProgramme]) -> list[dict[str, Any]]:
    """Where to begin: per programme what its roles let one do, then the site's own pages for an administrator."""
    links = [_of_programme(programme, principal) for programme in programmes]
    if principal.is_admin:
        ways = [
            (_("Accounts"), "/admin/users"),
            (_("Messages"), "/admin/messages"),
            (_("Health"), "/admin/health"),
            (_("Programmes"), "/manage/programmes"),
        ]
        links.append({"title": _("The site"), "href": "/admin", "ways": ways})
    return links


def _of_programme(programme: MyProgramme, principal: Principal) -> dict[str, Any]:
    home = f"/manage/programmes/{programme.slug}"
    ways: list[tuple[str, str]] = []
    if programme.state is ProgrammeState.ACTIVE:
        if principal.has(Role.CONVENOR, Role.SECRETARY, in_=programme.id):
            ways.append((_("Create an event"), f"{home}/events/new"))
        if principal.has(Role.CONVENOR, in_=programme.id):
            ways.append((_("Propose a theme group"), f"{home}/themes/new"))
    ways.append((_("Its public page"), f"/programmes/{programme.slug}"))
    return {"title": programme.name, "href": home, "ways": ways}
