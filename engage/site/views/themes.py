"""A theme group's page answers in one look: who leads, what was promised, where, by when, and did it happen."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for

from engage.core.access import public
from engage.core.cache import cached
from engage.core.errors import NotFound
from engage.core.text import _, day
from engage.outcomes.models import ActionState
from engage.site import queries
from engage.site.queries.lines import ActionLine, EventLine
from engage.site.queries.themes import ThemePage
from engage.site.queries.visible import COMING
from engage.site.views import bp, cards
from engage.themes.models import ThemeState


@bp.get("/themes/<slug:theme>")
@public
@cached
def theme(theme: str) -> str:
    """404 for a private theme group, as for one that doesn't exist."""
    page = queries.theme(theme)
    if page is None:
        raise NotFound
    facts = page.theme
    more = url_for("site.actions", theme=facts.slug) if page.tally.actions > len(page.actions) else ""
    return render_template(
        "site/theme.html",
        theme=facts,
        vacant=page.vacant,
        tally=page.tally,
        promises=_promises(page),
        more_promises=more,
        leads=[_lead(term.name, term.organisation, _("since %(day)s", day=day(term.starts_on))) for term in page.leads],
        led_before=[_lead(term.name, term.organisation, _span(term)) for term in page.led_before],
        next=next(iter(cards.event_cards(page.next, (), page.dates)), None),
        events=[_met(event) for event in page.events],
        more_events=url_for("site.events", theme=facts.slug) if page.tally.events > len(page.events) else "",
        follow=url_for("site.theme", theme=facts.slug) + "/follow" if facts.state in FOLLOWED else "",
        papers=cards.paper_cards(page.papers),
        closing=_closing(page),
        predecessors=[(title, url_for("site.theme", theme=slug)) for slug, title in page.predecessors],
    )


def _met(event: EventLine) -> dict[str, Any]:
    """An event of the group as `timeline` takes it, newest first."""
    known = event.starts if event.precise else None
    return {
        "year": event.day.year if event.day else "",
        "when": " · ".join(filter(None, (day(known) if known else event.when, event.kind_words))),
        "title": event.title,
        "href": url_for("site.event", event=event.slug),
        "kind": "event",
        "state": event.state if event.state in cards.TOLD else "",
        "ahead": event.state in COMING,
    }


FOLLOWED = (ThemeState.PROPOSED, ThemeState.ACTIVE, ThemeState.DORMANT)


def _lead(name: str, organisation: str, note: str) -> dict[str, Any]:
    return {"name": name, "organisation": organisation, "note": note}


def _span(term: Any) -> str:
    return _("%(start)s to %(end)s", start=day(term.starts_on), end=day(term.ends_on))


def _promises(page: ThemePage) -> list[dict[str, Any]]:
    """The actions in the order in which one asks: what is late, what is due, what was kept, what came to nothing."""
    groups: list[tuple[str, str, list[ActionLine]]] = [
        (_("Overdue"), "overdue", []),
        (_("Still to come"), "open", []),
        (_("Kept"), "kept", []),
        (_("Dropped or replaced"), "ended", []),
        (_("Helped with, owned by another theme group"), "helped", []),
    ]
    by_name = {name: lines for _title, name, lines in groups}
    for action in page.actions:
        by_name[_group(action.owned, action.line)].append(action.line)
    return [{"title": title, "id": name, "cards": cards.action_cards(lines)} for title, name, lines in groups if lines]


def _group(owned: bool, line: ActionLine) -> str:
    if not owned:
        return "helped"
    if line.state is ActionState.VERIFIED:
        return "kept"
    if line.state in (ActionState.DROPPED, ActionState.SUPERSEDED):
        return "ended"
    return "overdue" if line.overdue else "open"


def _closing(page: ThemePage) -> dict[str, str] | None:
    """What became of a closed group."""
    if page.theme.state is not ThemeState.CLOSED:
        return None
    successor, slug = page.theme.successor, page.theme.successor_slug
    return {
        "reason": page.theme.closing_reason,
        "successor": successor or "",
        "href": url_for("site.theme", theme=slug) if slug else "",
    }
