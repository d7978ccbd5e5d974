"""A programme's page: purpose, figures, theme groups, and its story as a timeline."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for

from engage.core.access import public
from engage.core.cache import cached
from engage.core.errors import NotFound
from engage.core.text import _, ngettext
from engage.outcomes.models import ActionState
from engage.site import queries
from engage.site.queries.front import NEXT
from engage.site.queries.programmes import ProgrammePage
from engage.site.queries.visible import COMING
from engage.site.views import bp, cards
from engage.site.views.story import since, told


@bp.get("/programmes/<slug:programme>")
@public
@cached
def programme(programme: str) -> str:
    """404 for a private programme, as for one that doesn't exist."""
    page = queries.programme(programme)
    if page is None:
        raise NotFound
    coming = [event for event in page.events if event.state in COMING]
    return render_template(
        "site/programme.html",
        programme=page.programme,
        years=cards.years(page.programme),
        figures=_figures(page),
        coming=cards.event_cards(coming[:NEXT], (), page.dates),
        themes=cards.theme_cards(page.themes),
        series=[
            {
                "href": url_for("site.events", series=one.slug),
                "name": one.name,
                "many": ngettext("%(num)d event", "%(num)d events", one.many),
            }
            for one in page.series
        ],
        story=told(page),
        since=since(page),
        events=url_for("site.events", programme=page.programme.slug),
        kept=url_for("site.actions", programme=page.programme.slug, state=ActionState.VERIFIED),
    )


def _figures(page: ProgrammePage) -> list[dict[str, Any]]:
    slug = page.programme.slug
    late = sum(theme.overdue for theme in page.themes)
    register = url_for("site.actions", programme=slug)
    return [
        {"number": page.totals.held, "label": _("events held"), "href": "#story"},
        {"number": page.totals.promised, "label": _("promises made"), "href": register},
        {
            "number": page.totals.kept,
            "label": _("kept"),
            "href": url_for("site.actions", programme=slug, state=ActionState.VERIFIED),
            "tone": "kept",
        },
        {
            "number": late,
            "label": _("overdue"),
            "href": url_for("site.actions", programme=slug, overdue="yes"),
            "tone": "bad" if late else "",
        },
        {"number": len(page.themes), "label": _("theme groups"), "href": "#themes"},
    ]
