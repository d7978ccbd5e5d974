"""The scenes of the whole story: accounts, programmes, theme groups and followers; an event's own stand in `events`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from engage.accounts import service as accounts
from engage.core.access import ANONYMOUS, SYSTEM, Role, act_as_link
from engage.demo import crowd
from engage.demo.loader import events, papers
from engage.demo.loader.actions import successions
from engage.demo.loader.playing import Scene
from engage.demo.loader.stage import Stage
from engage.demo.plans import Defaults
from engage.demo.story import Follower, Lead, Programme, Theme
from engage.events import service as planning
from engage.events.models import Admission, EventKind
from engage.following import service as following
from engage.following.queries import follower_by_address
from engage.people import service as people
from engage.programmes import service as programmes
from engage.themes import service as themes

TO_CONFIRM = timedelta(minutes=4)
STAYED = timedelta(days=14)
"""How long those who left again had followed."""


def scenes(stage: Stage, now: datetime) -> Iterator[Scene]:
    """All of the story, in no order of time; scenes of one instant stand as they must be played."""
    story = stage.story
    yield Scene(min(p.created for p in story.programmes), partial(_opening, stage))
    for programme in story.programmes:
        yield Scene(programme.created, partial(_create, stage, programme))
        yield Scene(programme.published, partial(_publish, stage, programme))
        for defaults in programme.defaults:
            yield Scene(defaults.on, partial(_set_defaults, stage, programme, defaults))
        for theme in programme.themes:
            yield from _theme(stage, programme, theme)
        for follower in programme.followers:
            yield from _follower(stage, follower)
        for paper in programme.papers:
            yield from papers.scenes(stage, programme, paper)
        earlier: Sequence[crowd.Member] = ()
        for event in programme.events:
            registrants = events.crowd_of(story, programme, event, earlier=earlier, now=now)
            yield from events.scenes(stage, programme, event, registrants)
            earlier = [each.who for each in registrants] or earlier
    yield from successions(stage)


def _opening(stage: Stage) -> None:
    """The site is set up: its administrator, and the organisations that everybody knows."""
    for user in stage.story.users:
        if user.admin:
            person = stage.told(user.person)
            accounts.add_user(email=person.email, name=person.name, is_admin=True, by=SYSTEM)
    for known in stage.story.organisations:
        organisation = people.organisation_named(known.name, short_name=known.short_name, by=SYSTEM)
        for alias in known.aliases:
            people.add_alias(organisation, name=alias, by=SYSTEM)


def _set_defaults(stage: Stage, told: Programme, defaults: Defaults) -> None:
    planning.set_defaults(
        stage.programmes[told.slug],
        EventKind(defaults.kind),
        admission=Admission(defaults.admission),
        holds_seats=True,
        capacity=defaults.capacity,
        agenda=defaults.agenda,
        papers=defaults.papers,
        headings=defaults.headings,
        feedback_from=stage.events[defaults.feedback_from],
        papers_days=7,
        answers_days=14,
        version=0,
        by=stage.holder(told.slug, Role.CONVENOR),
    )


def _create(stage: Stage, told: Programme) -> None:
    by = stage.administrator()
    programme = programmes.create(
        name=told.name,
        prefix=told.prefix,
        slug=told.slug,
        convening_body=stage.organisation(told.convened_by).name,
        zone=told.zone,
        summary=told.summary,
        purpose=told.purpose,
        starts_on=told.starts,
        ends_on=told.ends,
        by=by,
    )
    stage.programmes[told.slug] = programme
    for user in stage.story.users:
        if user.programme == told.slug and user.role:
            stage.person(user.person)
            holder = stage.told(user.person)
            programmes.give_role(programme, email=holder.email, name=holder.name, role=Role(user.role), by=by)


def _publish(stage: Stage, told: Programme) -> None:
    programmes.publish(stage.programmes[told.slug], by=stage.holder(told.slug, Role.CONVENOR))


# --- theme groups ------------------------------------------------------------------------------------------------


def _theme(stage: Stage, programme: Programme, told: Theme) -> Iterator[Scene]:
    yield Scene(told.created, partial(_propose, stage, programme, told))
    if told.published:
        yield Scene(told.published, partial(_move_theme, stage, programme, told, themes.publish))
    if told.activated:
        yield Scene(told.activated, partial(_move_theme, stage, programme, told, themes.activate))
    for before, lead in zip((None, *told.leads), told.leads, strict=False):
        begins = datetime.combine(lead.since, time(9), ZoneInfo(programme.zone))
        at = max(begins, told.activated) if told.activated else begins
        yield Scene(at, partial(_lead, stage, programme, told, lead, before))
    last = told.leads[-1] if told.leads else None
    if last and last.until:
        ends = datetime.combine(last.until, time(16), ZoneInfo(programme.zone))
        yield Scene(ends, partial(_end, stage, programme, told, last))


def _propose(stage: Stage, programme: Programme, told: Theme) -> None:
    stage.themes[told.slug] = themes.propose(
        stage.programmes[programme.slug],
        title=told.title,
        slug=told.slug,
        scope=told.scope,
        plan=told.plan,
        contact=told.contact,
        by=stage.holder(programme.slug, Role.CONVENOR),
    )


def _move_theme(stage: Stage, programme: Programme, told: Theme, verb: Callable[..., object]) -> None:
    verb(stage.themes[told.slug], by=stage.holder(programme.slug, Role.CONVENOR))


def _lead(stage: Stage, programme: Programme, told: Theme, lead: Lead, before: Lead | None) -> None:
    by, person = stage.holder(programme.slug, Role.CONVENOR), stage.person(lead.person)
    organisation = stage.organisation_of(lead.person)
    if before is None:
        term = themes.appoint(
            stage.themes[told.slug],
            person=person,
            starts_on=lead.since,
            organisation=organisation,
            by=by,
        )
    else:
        term = stage.terms[told.slug]
        term = themes.hand_over(term, person=person, on=lead.since, organisation=organisation, by=by)
    stage.terms[told.slug] = term


def _end(stage: Stage, programme: Programme, told: Theme, last: Lead) -> None:
    assert last.until is not None  # noqa: S101 -- asked for above
    themes.end_term(stage.terms[told.slug], ends_on=last.until, by=stage.holder(programme.slug, Role.CONVENOR))


# --- followers ---------------------------------------------------------------------------------------------------


def _follower(stage: Stage, told: Follower) -> Iterator[Scene]:
    yield Scene(told.on, partial(_ask, stage, told))
    if told.state != "pending":
        yield Scene(told.on + TO_CONFIRM, partial(_confirm, told))
    if told.state == "ended":
        yield Scene(told.on + STAYED, partial(_leave, told))


def _ask(stage: Stage, told: Follower) -> None:
    for slug in told.themes:
        page = f"/themes/{slug}/follow"
        following.ask(address=told.email, theme=stage.themes[slug], page=page, by=ANONYMOUS)


def _confirm(told: Follower) -> None:
    follower = follower_by_address(told.email)
    for interest in follower.interests if follower else ():
        following.confirm(interest, by=act_as_link(None))


def _leave(told: Follower) -> None:
    if follower := follower_by_address(told.email):
        following.leave_all(follower, by=act_as_link(None))
