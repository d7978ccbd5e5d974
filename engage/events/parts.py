"""What events puts into slots: its tabs, what an event still lacks, what its people must do, lists on other pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask import url_for

from engage.core import clock
from engage.core.access import Principal, Role
from engage.core.slots import DeskItem, Line, Readiness, Section, Tab
from engage.core.text import _
from engage.events import queries
from engage.events.models import BEFORE_LIVE, KIND_WORDS, Admission, Event, EventKind, EventState, Precision
from engage.programmes.models import Programme
from engage.themes.models import ThemeGroup

S = EventState
LONGEST_LIST = 8


def event_tabs(event: Event, principal: Principal) -> Iterable[Tab]:
    """Overview, agenda and sessions, for anybody with a role."""
    if not principal.knows(event.programme_id):
        return
    slug = event.slug
    yield Tab(
        text=_("Overview"),
        url=url_for("events.overview", event=slug),
        endpoint="events.overview",
        order=10,
    )
    yield Tab(text=_("Agenda"), url=url_for("events.agenda", event=slug), endpoint="events.agenda", order=20)
    yield Tab(text=_("Sessions"), url=url_for("events.sessions", event=slug), endpoint="events.sessions", order=25)


def readiness(event: Event) -> Iterator[Readiness]:
    """What an event needs before it begins, done or not, in the order in which people do it."""
    if event.state not in BEFORE_LIVE:
        return
    edit = url_for("events.edit", event=event.slug)
    starts = event.starts_at if event.dated else None

    def said(text: str, ready: bool, url: str = "", *, where: str = "") -> Readiness:
        return Readiness(text=text, url=url or f"{edit}{where}", ready=ready, by=starts)

    if event.state is S.POSTPONED:
        yield said(_("Set the new date"), ready=False, url=url_for("events.reschedule", event=event.slug))
    else:
        yield said(_("Set day and time"), event.precision is Precision.TIME, where="#date")
    yield said(_("Say where it is"), bool(event.town or event.place or event.online_link), where="#where")
    yield said(_("Choose the theme group that owns it"), event.owning_theme is not None, where="#groups")
    yield said(_("Name a chair"), event.chair_id is not None, where="#people")
    yield said(_("Name a secretary"), event.secretary_id is not None, where="#people")
    yield said(_("Write a summary"), bool(event.summary), where="#words")
    yield said(_("Draw up the agenda"), bool(event.agenda), url=url_for("events.agenda", event=event.slug))
    if sessions := [session for session in event.sessions if session.cancelled_at is None]:
        page = url_for("events.sessions", event=event.slug)
        yield said(_("Clear the clashes between sessions"), not queries.clashes(event, sessions), url=page)
        if event.kind is EventKind.CONFERENCE:
            yield said(_("Put each session under a theme group"), all(s.themes for s in sessions), url=page)
        changed = event.timetable is None or bool(
            queries.changes_since(event.sessions, queries.published_lines(event.timetable, event))
        )
        yield said(_("Publish the programme"), not changed, url=page)
    if event.state is S.DRAFT:
        yield said(
            _("Schedule it, then publish its page"), ready=False, url=url_for("events.schedule", event=event.slug)
        )
    else:
        publish = url_for("events.publish", event=event.slug)
        yield said(_("Publish its page"), event.public_from is not None, url=publish)
    if event.state is S.SCHEDULED and event.admission is not Admission.BY_INVITATION:
        yield said(
            _("Open registration"),
            event.registration_opens_at is not None,
            url=url_for("events.open_registration", event=event.slug),
        )


def desk_items(principal: Principal) -> Iterator[DeskItem]:
    """For convenors and secretaries: what is live today, and what each event to come still lacks."""
    mine = [
        programme_id
        for programme_id in principal.roles
        if principal.has(Role.CONVENOR, Role.SECRETARY, in_=programme_id)
    ]
    if not mine:
        return
    for event in queries.on_the_desk(mine):
        yield from _needs(event)


def _needs(event: Event) -> Iterator[DeskItem]:
    url = url_for("events.overview", event=event.slug)
    today = clock.today(event.zone)
    if event.state is S.LIVE:
        text = _("%(event)s is live", event=event.title)
        yield DeskItem(group=_("Today"), text=text, url=url, due=today, urgent=True, detail=event.when)
        return
    day = event.day if event.dated else None
    if day == today:
        text = _("%(event)s is today", event=event.title)
        yield DeskItem(group=_("Today"), text=text, url=url, due=day, urgent=True, detail=event.when)
    missing = [part.text for part in readiness(event) if not part.ready]
    if not missing:
        return
    soon = day is not None and (day - today).days <= 14
    yield DeskItem(
        group=_("Events"),
        text=_("Prepare %(event)s", event=event.title),
        url=url,
        due=day,
        urgent=soon,
        detail=" · ".join(missing),
    )


def programme_section(programme: Programme, principal: Principal) -> Iterable[Section]:
    """The programme's events, and the way to the next one."""
    if not principal.knows(programme.id):
        return
    runs = principal.has(Role.CONVENOR, Role.SECRETARY, in_=programme.id)
    found = queries.of_mine([programme.id])
    yield Section(
        title=_("Events"),
        order=20,
        lines=[_line(event) for event in found.items[:LONGEST_LIST]],
        nothing=_("No events yet"),
        more_url=url_for("events.manage", programme=programme.slug),
        more=_("All events (%(count)d)", count=found.total) if found.total > LONGEST_LIST else _("All events"),
        act_url=url_for("events.create", programme=programme.slug) if runs else "",
        act=_("Plan an event"),
    )


def series_section(programme: Programme, principal: Principal) -> Iterable[Section]:
    """The programme's series, for who plans its events."""
    if not principal.has(Role.CONVENOR, Role.SECRETARY, in_=programme.id):
        return
    page = url_for("events.series", programme=programme.slug)
    yield Section(
        title=_("Series"),
        order=25,
        lines=[
            Line(text=one.name, url=page, note=_("The next one is number %(next)d", next=one.next_number))
            for one in queries.series_of(programme.id)
        ],
        nothing=_("No series yet: in one, events are counted, such as Round Table 1, 2 and 3"),
        more_url=page,
        more=_("All series"),
        act_url=f"{page}#new",
        act=_("Begin a series"),
    )


def defaults_section(programme: Programme, principal: Principal) -> Iterable[Section]:
    """What the programme's events begin with, for who plans them."""
    if principal.has(Role.CONVENOR, Role.SECRETARY, in_=programme.id):
        yield Section(
            title=_("What events begin with"),
            order=26,
            lines=[
                Line(text=str(words), url=url_for("events.defaults", programme=programme.slug, kind=kind))
                for kind, words in KIND_WORDS.items()
            ],
        )


def theme_section(theme: ThemeGroup, principal: Principal) -> Iterable[Section]:
    """The events that stand under a theme group."""
    if not principal.knows(theme.programme_id):
        return
    yield Section(
        title=_("Events"),
        order=20,
        lines=[_line(event) for event in queries.of_theme(theme.id)[:LONGEST_LIST]],
        nothing=_("No event stands under this theme group yet"),
    )


def _line(event: Event) -> Line:
    return Line(
        text=event.title,
        url=url_for("events.overview", event=event.slug),
        note=event.when,
        tag=("event", event.state.value),
    )
