"""A programme's story: everything that happened, in order of time, told for a timeline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from flask import url_for

from engage.core.text import _, day, excerpt, local_time, month, ngettext
from engage.events.models import EventState, Precision
from engage.papers.models import KIND_WORDS
from engage.site.queries.lines import EventLine, PlannedDate
from engage.site.queries.programmes import NEWEST, Kept, ProgrammePage, ThemeTurn
from engage.site.queries.visible import COMING, HELD
from engage.site.views.cards import dates_by_event, first_planned, roughly

FAR = date.max
LINK_LENGTH = 130


@dataclass(frozen=True, kw_only=True)
class Told:
    """One thing that happened. `order` breaks ties on a day: events before what came of them."""

    on: date
    order: int
    when: str
    title: str
    kind: str
    href: str = ""
    text: str = ""
    links: Sequence[tuple[str, str]] = field(default=())
    listed: Sequence[tuple[str, str]] = field(default=())
    state: str = ""
    ahead: bool = False

    @property
    def year(self) -> object:
        """What stands in the margin; things without a date stand under none."""
        return "" if self.on == FAR else self.on.year


def told(page: ProgrammePage) -> list[Told]:
    """Oldest first, from `since` on; what is still to come stands at the end, what has no date last of all."""
    had = dates_by_event(page.dates)
    happened = [
        *_beginning(page),
        *(_event(line, had.get(line.id, ())) for line in page.events),
        *_moves(page.events, had, page.programme.zone),
        *_records(page),
        *_papers(page),
        *_theme_turns(page.theme_turns, page.programme.zone),
        *_kept(page.kept, page.programme.zone),
        *_turns(page),
    ]
    begins = since(page) or date.min
    return sorted((one for one in happened if one.on >= begins), key=lambda one: (one.ahead, one.on, one.order))


def since(page: ProgrammePage) -> date | None:
    """From which day on the story is told, where it is too long to be told whole: no list of it is cut after that."""
    zone = page.programme.zone
    dates = (
        [event.day or FAR for event in page.events],
        [_on(record.at, zone) for record in page.records],
        [_on(kept.at, zone) for kept in page.kept],
        [_on(paper.published_at, zone) for paper in page.papers],
    )
    return max((days[1] for days in dates if len(days) > NEWEST), default=None)


def _on(at: datetime, zone: str) -> date:
    return local_time(at, zone).date()


def _beginning(page: ProgrammePage) -> Iterator[Told]:
    start = page.programme.starts_on
    if start:
        title = _("The programme begins")
        yield Told(on=start, order=0, when=day(start), title=title, kind="note", text=page.programme.convening_body)


def _turns(page: ProgrammePage) -> Iterator[Told]:
    closed, reopened = _("The programme is closed"), _("The programme is opened again")
    for turn in page.turns:
        on = _on(turn.at, page.programme.zone)
        yield Told(
            on=on, order=9, when=day(on), title=closed if turn.fact == "ProgrammeClosed" else reopened, kind="note"
        )


def _event(line: EventLine, dates: Sequence[PlannedDate]) -> Told:
    address = url_for("site.event", event=line.slug)
    links = []
    if line.outcomes:
        links.append((ngettext("%(num)d outcome", "%(num)d outcomes", line.outcomes), f"{address}#outcomes"))
    if line.actions:
        links.append((ngettext("%(num)d promise made", "%(num)d promises made", line.actions), f"{address}#actions"))
    return Told(
        on=line.day or FAR,
        order=1,
        when=_when(line, first_planned(line, dates)),
        title=line.title,
        href=address,
        text=line.summary,
        kind="event",
        links=links,
        state="" if line.state in HELD or line.state is EventState.SCHEDULED else line.state,
        ahead=line.state in COMING,
    )


def _when(line: EventLine, moved: str) -> str:
    """The day, the kind, the town, and the day on which it should have been."""
    known = line.starts if line.precise else None
    date_words = day(known) if known else line.when
    return " · ".join(words for words in (date_words, line.kind_words, line.town, moved) if words)


def _moves(events: Iterable[EventLine], had: Mapping[int, list[PlannedDate]], zone: str) -> Iterator[Told]:
    """Each time that an event's day was moved, on the day on which that was said."""
    for event in events:
        for before, after in zip(had.get(event.id, []), had.get(event.id, [])[1:], strict=False):
            if roughly(before) == roughly(after):
                continue
            on = _on(after.recorded_at, zone)
            yield Told(
                on=on,
                order=2,
                when=day(on),
                title=_moved_to(event, after),
                text=after.reason,
                kind="note",
                href=url_for("site.event", event=event.slug),
            )


def _moved_to(event: EventLine, after: PlannedDate) -> str:
    if after.precision is Precision.TO_BE_CONFIRMED:
        return _("%(event)s is postponed", event=event.title)
    return _("%(event)s is moved to %(when)s", event=event.title, when=roughly(after))


def _records(page: ProgrammePage) -> Iterator[Told]:
    for record in page.records:
        on = _on(record.at, page.programme.zone)
        yield Told(
            on=on,
            order=3,
            when=day(on),
            title=_("The record of %(event)s is published", event=record.event),
            href=url_for("site.event", event=record.event_slug) + "#record",
            kind="record",
        )


def _papers(page: ProgrammePage) -> Iterator[Told]:
    """Papers, on the day on which each was first published; those of one day are told together."""
    for on, group in groupby(page.papers, key=lambda paper: _on(paper.published_at, page.programme.zone)):
        some = [(paper, url_for("site.paper", reference=paper.reference)) for paper in group]
        if len(some) == 1:
            paper, href = some[0]
            when = f"{day(on)} · {KIND_WORDS[paper.kind]}"
            yield Told(on=on, order=3, when=when, title=paper.title, href=href, kind="paper")
            continue
        yield Told(
            on=on,
            order=3,
            when=day(on),
            title=ngettext("%(num)d paper is published", "%(num)d papers are published", len(some)),
            kind="paper",
            listed=[(paper.title, href) for paper, href in some],
        )


def _theme_turns(turns: Iterable[ThemeTurn], zone: str) -> Iterator[Told]:
    """Theme groups that began on one day are told in one line."""
    begun: set[str] = set()

    def key(turn: ThemeTurn) -> tuple[date, bool]:
        return _on(turn.at, zone), turn.fact == "ThemeClosed"

    for (on, closed), group in groupby(sorted(turns, key=key), key=key):
        if closed:
            yield from (_closed(turn, on) for turn in group)
            continue
        new = [turn for turn in group if turn.slug not in begun]
        begun |= {turn.slug for turn in new}
        if new:
            links = [(turn.title, url_for("site.theme", theme=turn.slug)) for turn in new]
            title = ngettext("A theme group begins its work", "%(num)d theme groups begin their work", len(new))
            yield Told(on=on, order=4, when=day(on), title=title, kind="theme", links=links)


def _closed(turn: ThemeTurn, on: date) -> Told:
    links = []
    if turn.successor and turn.successor_slug:
        words = _("Its work goes on in %(theme)s", theme=turn.successor)
        links = [(words, url_for("site.theme", theme=turn.successor_slug))]
    return Told(
        on=on,
        order=4,
        when=day(on),
        title=_("The theme group %(theme)s is closed", theme=turn.title),
        href=url_for("site.theme", theme=turn.slug),
        text=turn.reason,
        links=links,
        kind="theme",
    )


def _kept(kept: Iterable[Kept], zone: str) -> Iterator[Told]:
    """Promises kept in one month are told together, at the last of them."""

    def key(one: Kept) -> tuple[int, int]:
        on = _on(one.at, zone)
        return on.year, on.month

    for _month, group in groupby(kept, key=key):
        some = list(group)
        last = _on(some[-1].at, zone)
        if len(some) == 1:
            yield _one_kept(some[0], last)
            continue
        yield Told(
            on=last,
            order=5,
            when=month(last),
            title=ngettext("%(num)d promise kept", "%(num)d promises kept", len(some)),
            kind="action",
            listed=[(f"{one.reference} {excerpt(one.text, LINK_LENGTH)}", _address(one)) for one in some],
        )


def _one_kept(one: Kept, on: date) -> Told:
    when = f"{day(on)} · {one.reference} · {one.organisation}"
    title = _("Kept: %(promise)s", promise=excerpt(one.text, LINK_LENGTH))
    return Told(on=on, order=5, when=when, title=title, kind="action", href=_address(one))


def _address(one: Kept) -> str:
    return url_for("site.action", reference=one.reference)
