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
from engage.site.queries.lines import ThemeLine
from engage.site.views import bp, cards
from engage.themes.models import ThemeState

PAST_SIZE = 30
MOST_THEMES = 6


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
        programmes=cards.programme_cards(page.programmes),
        themes=cards.theme_cards(_themes(page)),
        progress=[_step(step) for step in page.progress],
    )


def _themes(page: Front) -> list[ThemeLine]:
    """Some of the theme groups at work."""
    return [theme for theme in page.themes if theme.state is not ThemeState.CLOSED][:MOST_THEMES]


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
    """What is coming, then what is past, latest first, a page at a time."""
    number = page_number(request.args.get("page"))
    found = queries.list_events(limit=PAST_SIZE, offset=Page.offset(number, PAST_SIZE))
    if number > 1 and not found.past:
        raise NotFound
    page = Page(items=found.past, number=number, total=found.total, size=PAST_SIZE)
    return render_template(
        "site/events.html",
        coming=cards.event_cards(found.coming, found.event_themes, found.event_dates) if number == 1 else [],
        past=cards.event_cards(found.past, found.event_themes, found.event_dates),
        page=page,
        href=lambda number: url_for("site.events", page=number),
    )
