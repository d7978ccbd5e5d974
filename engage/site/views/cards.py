"""Lines of lists as the components take them: words, addresses and dates, nothing left to compute."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import url_for

from engage.core.files import KINDS
from engage.core.text import _, day, excerpt, month, size_words
from engage.events.models import EventState, Precision
from engage.papers.models import KIND_WORDS
from engage.site.queries.lines import ActionLine, EventLine, PlannedDate, ProgrammeLine, ThemeLine, ThemeLink
from engage.site.queries.papers import PaperLine
from engage.site.queries.visible import HELD

Card = dict[str, Any]
SCOPE_LENGTH = 130
MOST_CHIPS = 3


def event_cards(
    events: Iterable[EventLine], themes: Iterable[ThemeLink] = (), dates: Iterable[PlannedDate] = (), level: int = 3
) -> list[Card]:
    """For `event_card`; `themes` and `dates` are of all these events."""
    under: defaultdict[int, list[str]] = defaultdict(list)
    for theme in themes:
        under[theme.of].append(theme.title)
    had = dates_by_event(dates)
    return [_event_card(line, under[line.id], had.get(line.id, ()), level) for line in events]


def _event_card(line: EventLine, themes: list[str], dates: Sequence[PlannedDate], level: int) -> Card:
    more = len(themes) - MOST_CHIPS
    return {
        "href": url_for("site.event", event=line.slug),
        "title": line.title,
        "on": line.day,
        "precise": line.precise,
        "when": line.when,
        "where": line.town,
        "kind": line.kind_words,
        "state": line.state if line.state in TOLD else "",
        "themes": themes if more <= 1 else [*themes[:MOST_CHIPS], _("and %(count)d more", count=more)],
        "note": first_planned(line, dates),
        "level": level,
    }


TOLD = (EventState.OPEN, EventState.LIVE, EventState.POSTPONED, EventState.CANCELLED)
"""States that a reader of a list needs to know; the others follow from the date."""


def public_state(state: EventState) -> EventState:
    """An event's state as a public page says it: what became of its record is no part of that."""
    return EventState.HELD if state in HELD else state


def dates_by_event(dates: Iterable[PlannedDate]) -> Mapping[int, list[PlannedDate]]:
    """Every date that each event had, first to last."""
    found: defaultdict[int, list[PlannedDate]] = defaultdict(list)
    for planned in dates:
        found[planned.event_id].append(planned)
    return found


def first_planned(line: EventLine, dates: Sequence[PlannedDate]) -> str:
    """ "First planned for March 2017", where the day has moved since; else nothing."""
    first = next((d for d in dates if d.starts is not None and d.precision is not Precision.TO_BE_CONFIRMED), None)
    if first is None or first.starts is None or first.starts.date() == line.day:
        return ""
    return _("First planned for %(when)s", when=roughly(first))


def roughly(planned: PlannedDate) -> str:
    """A planned date without its hours."""
    if planned.starts is None or planned.precision is Precision.TO_BE_CONFIRMED:
        return planned.when
    return month(planned.starts) if planned.precision is Precision.MONTH else day(planned.starts)


def theme_cards(themes: Iterable[ThemeLine], level: int = 3) -> list[Card]:
    """For `theme_card`."""
    return [
        {
            "href": url_for("site.theme", theme=line.slug),
            "title": line.title,
            "scope": excerpt(line.scope, SCOPE_LENGTH),
            "lead": line.lead or "",
            "promised": line.promised,
            "kept": line.kept,
            "overdue": line.overdue,
            "state": line.state,
            "level": level,
        }
        for line in themes
    ]


def action_cards(actions: Iterable[ActionLine], level: int = 3, *, event: bool = True) -> list[Card]:
    """For `action_card`; without `event` where the page is about that event."""
    return [
        {
            "href": url_for("site.action", reference=line.reference),
            "ref": line.reference,
            "text": line.text,
            "owner": line.organisation,
            "due": line.due,
            "state": line.state,
            "overdue": line.overdue,
            "slips": line.slips,
            "event": line.event if event else "",
            "level": level,
        }
        for line in actions
    ]


def programme_cards(programmes: Iterable[ProgrammeLine]) -> list[Card]:
    """For the programmes' own list."""
    return [
        {
            "href": url_for("site.programme", programme=line.slug),
            "name": line.name,
            "summary": line.summary,
            "body": line.convening_body,
            "state": line.state,
            "years": years(line),
            "held": line.held,
            "promised": line.promised,
            "kept": line.kept,
        }
        for line in programmes
    ]


def paper_cards(papers: Iterable[PaperLine]) -> list[Card]:
    """For `papers`: the kind of paper, the kind of file and how large it is."""
    return [
        {
            "href": url_for("site.paper", reference=line.reference),
            "title": line.title,
            "facts": " · ".join((str(KIND_WORDS[line.kind]), str(KINDS[line.type].words), size_words(line.size))),
        }
        for line in papers
    ]


def years(line: Any) -> str:
    """From when to when a programme runs, as far as that is known."""
    if line.starts_on and line.ends_on:
        return _("%(start)s to %(end)s", start=month(line.starts_on), end=month(line.ends_on))
    if line.starts_on:
        return _("since %(start)s", start=month(line.starts_on))
    return _("until %(end)s", end=month(line.ends_on)) if line.ends_on else ""
