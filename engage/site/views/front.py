"""The front page, and the lists that the navigation leads to."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from engage.core.access import public
from engage.core.cache import cached
from engage.core.errors import NotFound
from engage.core.pages import Page, page_number
from engage.core.text import _, day, local_time
from engage.outcomes.models import ActionState
from engage.site import queries
from engage.site.queries.front import Front, Step
from engage.site.views import bp, cards

EVENTS_SIZE = 30
MOST_PROGRAMMES = 6


@bp.get("/")
@public
@cached
def front() -> str:
    """What this is, what is coming, what was promised, what happened last."""
    page = queries.front()
    return render_template(
        "site/front.html",
        figures=_figures(page),
        coming=cards.event_cards(page.coming, page.event_themes, page.event_dates),
        programmes=cards.programme_cards(page.programmes[:MOST_PROGRAMMES]),
        themes=cards.theme_cards(page.themes),
        progress=[_step(step) for step in page.progress],
    )


def _figures(page: Front) -> list[dict[str, Any]]:
    totals, register = page.totals, url_for("site.actions")
    kept = url_for("site.actions", state=ActionState.VERIFIED)
    late = url_for("site.actions", overdue="yes")
    return [
        {"number": totals.held, "label": _("events held"), "href": url_for("site.events")},
        {"number": totals.promised, "label": _("promises made"), "href": register},
        {"number": totals.kept, "label": _("kept"), "href": kept, "tone": "kept"},
        {"number": totals.overdue, "label": _("overdue"), "href": late, "tone": "bad" if totals.overdue else ""},
    ]


def _step(step: Step) -> dict[str, Any]:
    """One line of the latest progress, as `timeline` takes it."""
    at = local_time(step.at, step.zone)
    if step.kind == "record":
        said, href, kind = _("Record published"), url_for("site.event", event=step.address), "record"
    else:
        verified = step.kind == ActionState.VERIFIED
        said = _("Kept") if verified else _("Reported complete")
        href, kind = url_for("site.action", reference=step.address), "action" if verified else "note"
    when = f"{day(at)} · {said}" + (f" · {step.organisation}" if step.organisation else "")
    return {"year": at.year, "when": when, "title": step.title, "href": href, "kind": kind}


@bp.get("/programmes")
@public
@cached
def programmes() -> str:
    """Every public programme."""
    return render_template("site/programmes.html", programmes=cards.programme_cards(queries.list_programmes()))


@bp.get("/themes")
@public
@cached
def themes() -> str:
    """Every public theme group, by programme."""
    found = queries.list_themes()
    groups: dict[tuple[str, str], list[Any]] = {}
    for theme in found:
        groups.setdefault((theme.programme, theme.programme_slug), []).append(theme)
    return render_template(
        "site/themes.html",
        groups=[
            {"name": name, "slug": slug, "cards": cards.theme_cards(lines)} for (name, slug), lines in groups.items()
        ],
    )


@bp.get("/events")
@public
@cached
def events() -> str:
    """What is coming, then what is past, a page at a time; of one programme, theme group or series, where asked."""
    number = page_number(request.args.get("page"))
    narrowed = ("programme", "theme", "series")
    asked: dict[str, Any] = {name: request.args[name] for name in narrowed if request.args.get(name)}
    found = queries.list_events(**asked, limit=EVENTS_SIZE, offset=Page.offset(number, EVENTS_SIZE))
    if found is None or (number > 1 and not found.events):
        raise NotFound

    def shown(*, coming: bool) -> list[cards.Card]:
        chosen = [event.line for event in found.events if event.coming is coming]
        return cards.event_cards(chosen, found.event_themes, found.event_dates)

    return render_template(
        "site/events.html",
        of=found.of,
        coming=shown(coming=True),
        past=shown(coming=False),
        page=Page(items=found.events, number=number, total=found.total, size=EVENTS_SIZE),
        href=lambda number: url_for("site.events", **asked, page=number),
    )
