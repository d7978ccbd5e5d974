"""What papers put into slots: an event's tab, readiness, agenda; participants' links; programmes and theme groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask import url_for

from engage.attendance.models import Invitation, Registration
from engage.core.access import Principal
from engage.core.files import KINDS
from engage.core.slots import Line, Readiness, Section, Tab
from engage.core.text import _, ngettext, size_words
from engage.events import queries as events
from engage.events.models import BEFORE_LIVE, Event
from engage.papers import policy, queries
from engage.papers.models import KIND_WORDS, Paper, PaperState
from engage.papers.queries import Shared
from engage.programmes.models import Programme
from engage.themes.models import ThemeGroup

LONGEST_LIST = 6


def event_tabs(event: Event, principal: Principal) -> Iterable[Tab]:
    """Papers, for anybody with a role."""
    if policy.may_read(principal, event):
        url = url_for("papers.of_event", event=event.slug)
        yield Tab(text=_("Papers"), url=url, endpoint="papers.of_event", order=25)


def readiness(event: Event) -> Iterable[Readiness]:
    """Before the event: papers that nobody who takes part can read yet."""
    if event.state not in BEFORE_LIVE:
        return
    there = queries.standing_of(event.id)
    expected = events.expected(event)
    url = url_for("papers.of_event", event=event.slug)
    known = {title.casefold() for title, _state in there}
    for title in expected.papers:
        if title.casefold() not in known:
            said = _("Add the paper “%(title)s”", title=title)
            yield Readiness(text=said, url=url, ready=False, by=expected.papers_by)
    if drafts := sum(state is PaperState.DRAFT for _title, state in there):
        said = ngettext("%(num)d paper is not out", "%(num)d papers are not out", drafts)
        yield Readiness(text=said, url=url, ready=False, by=expected.papers_by)
    elif there:
        yield Readiness(text=_("The papers are out"), url=url, ready=True, by=expected.papers_by)


def agenda_lines(event: Event, principal: Principal) -> Iterator[tuple[int, Line]]:
    """The papers of each agenda item, on its staff page."""
    if not policy.may_read(principal, event):
        return
    for paper in queries.of_event(event.id):
        if paper.agenda_item_id is not None and paper.state is not PaperState.WITHDRAWN:
            yield paper.agenda_item_id, _line(paper)


def link_sections(holder: Invitation | Registration, home: str) -> Iterator[Section]:
    """What was circulated, on the page of an invitation or a booking, for whoever takes part."""
    if not policy.takes_part(holder):
        return
    papers = queries.shared_of_event(holder.event_id)
    if not papers:
        return
    standing = [paper for paper in papers if paper.state is not PaperState.WITHDRAWN]
    yield Section(
        title=_("Papers"),
        order=10,
        text=_("For those who take part. Nobody learns who has read them."),
        lines=[_shared_line(paper, home) for paper in papers],
        more_url=f"{home}/papers.zip" if len(standing) > 1 else "",
        more=_("All in one file"),
    )


def _shared_line(paper: Shared, home: str) -> Line:
    if paper.state is PaperState.WITHDRAWN:
        note = _("Withdrawn: %(reason)s", reason=paper.state_reason)
        return Line(text=paper.title, note=note, tag=("paper", paper.state.value))
    facts = [
        paper.item,
        str(KIND_WORDS[paper.kind]),
        str(KINDS[paper.type].words),
        size_words(paper.size),
        _("version %(number)d", number=paper.number) if paper.number > 1 else "",
    ]
    note = " · ".join(fact for fact in facts if fact)
    return Line(text=paper.title, url=f"{home}/papers/{paper.reference}/{paper.number}", note=note)


def programme_sections(programme: Programme, principal: Principal) -> Iterable[Section]:
    """A programme's newest papers, and the way to all of them."""
    if not policy.may_read(principal, programme):
        return
    papers = queries.of_programme(programme.id, limit=LONGEST_LIST)
    url = url_for("papers.of_programme", programme=programme.slug)
    runs = policy.may_run(principal, programme)
    yield Section(
        title=_("Papers"),
        order=50,
        lines=[_line(paper) for paper in papers],
        nothing=_("No papers yet"),
        more_url=url if papers else "",
        more=_("All papers"),
        act_url=url_for("papers.add_to_programme", programme=programme.slug) if runs else "",
        act=_("Add a paper"),
    )


def theme_sections(theme: ThemeGroup, principal: Principal) -> Iterable[Section]:
    """The newest papers for a theme group; nothing where there are none."""
    papers = queries.of_theme(theme.id, limit=LONGEST_LIST) if policy.may_read(principal, theme) else ()
    if papers:
        yield Section(title=_("Papers"), order=50, lines=[_line(paper) for paper in papers])


def _line(paper: Paper) -> Line:
    return Line(
        text=f"{paper.reference} {paper.title}",
        url=url_for("papers.show", reference=paper.reference),
        note=paper.kind_words,
        tag=("paper", paper.state.value),
    )
