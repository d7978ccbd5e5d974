"""What the story's files must keep among themselves: references that resolve, an order that can have been."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise

from engage.demo.paper import Paper
from engage.demo.story import Action, Event, Feedback, Programme, Story


def faults(story: Story, *, now: datetime) -> list[str]:
    """Everything that is wrong, in plain words; empty where nothing is."""
    return [
        *_people_faults(story),
        *(fault for programme in story.programmes for fault in _programme_faults(story, programme, now)),
    ]


def _unknown(where: str, what: str, keys: Iterable[str], known: frozenset[str]) -> Iterator[str]:
    return (f"{where}: no {what} “{key}”" for key in keys if key and key not in known)


def _twice(what: str, keys: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            yield f"{what} “{key}” stands twice"
        seen.add(key)


def _people_faults(story: Story) -> Iterator[str]:
    organisations = frozenset(o.key for o in story.organisations)
    people = frozenset(p.key for p in story.people)
    programmes = frozenset(p.slug for p in story.programmes)
    yield from _twice("organisation", (o.key for o in story.organisations))
    yield from _twice("person", (p.key for p in story.people))
    yield from _twice("address", (p.email for p in story.people))
    for organisation in story.organisations:
        yield from _unknown(organisation.key, "organisation", organisation.succeeded_by, organisations)
    for person in story.people:
        yield from _unknown(person.key, "organisation", [person.organisation], organisations)
    yield from _unknown("users", "person", (u.person for u in story.users), people)
    yield from _unknown("users", "programme", (u.programme for u in story.users), programmes)
    yield from _unknown("names", "programme", story.names.audiences, programmes)


def _programme_faults(story: Story, programme: Programme, now: datetime) -> Iterator[str]:
    people = frozenset(p.key for p in story.people)
    themes = frozenset(t.slug for t in programme.themes)
    actions = frozenset(a.key for a in programme.actions)
    organisations = frozenset(o.key for o in story.organisations)
    yield from _unknown(programme.slug, "organisation", [programme.convened_by], organisations)
    yield from _twice("theme group", (t.slug for t in programme.themes))
    yield from _twice("event", (e.slug for e in programme.events))
    yield from _twice("action", (a.key for a in programme.actions))
    for theme in programme.themes:
        yield from _unknown(theme.slug, "person", (lead.person for lead in theme.leads), people)
    for follower in programme.followers:
        yield from _unknown(follower.email, "theme group", follower.themes, themes)
        yield from _order(follower.email, [follower.on, now])
    yield from _twice("paper", (p.title for p in programme.papers))
    for paper in programme.papers:
        yield from _paper_faults(programme, paper, themes, now)
    for event in programme.events:
        yield from _event_references(event, people, themes)
        yield from _event_order(event, now)
        for action in event.actions:
            yield from _unknown(action.key, "organisation", [action.organisation], organisations)
            yield from _unknown(action.key, "person", [action.owner, *(s.by for s in action.steps)], people)
            yield from _action_order(event, action, now)
            yield from _unknown(action.key, "action", (s.instead for s in action.steps), actions)
        yield from _twice(f"{event.slug}: question", (q.key for q in event.questions))
        if event.feedback:
            yield from _feedback_faults(event.slug, event.feedback, actions)


def _paper_faults(programme: Programme, paper: Paper, themes: frozenset[str], now: datetime) -> Iterator[str]:
    event = next((e for e in programme.events if e.slug == paper.event), None)
    yield from _unknown(paper.title, "event", [paper.event], frozenset(e.slug for e in programme.events))
    items = frozenset(item.key for item in event.agenda) if event else frozenset()
    yield from _unknown(paper.title, "agenda item", [paper.item], items)
    yield from _unknown(paper.title, "theme group", paper.themes, themes)
    steps = [moment for v in paper.versions for moment in (v.added, v.circulated, v.agreed, v.published)]
    yield from _order(paper.title, [event.created if event else programme.created, *steps, paper.withdrawn, now])
    if bool(paper.withdrawn) != bool(paper.reason):
        yield f"{paper.title} is withdrawn without a reason, or has one without being so"
    for version in paper.versions:
        if (version.published and not version.agreed) or (version.agreed and not version.circulated):
            yield f"{paper.title}: {version.file} leaves out a step"


def _event_references(event: Event, people: frozenset[str], themes: frozenset[str]) -> Iterator[str]:
    items = frozenset(item.key for item in event.agenda)
    outcomes = frozenset(outcome.key for outcome in event.outcomes)
    interests = event.record.interests if event.record else {}
    notes = event.record.notes if event.record else ()
    named = [
        event.chair,
        event.secretary,
        *(i.presenter for i in event.agenda),
        *(key for session in event.sessions for key in (session.chair, *session.speakers)),
        *(key for g in event.guests for key in (g.person, g.sends)),
    ]
    cited = [*event.themes, *(theme for i in event.agenda for theme in i.themes)]
    cited += [theme for session in event.sessions for theme in session.themes]
    cited += [theme for action in event.actions for theme in (action.theme, *action.also)]
    cited += [outcome.theme for outcome in event.outcomes]
    yield from _unknown(event.slug, "person", named, people)
    yield from _unknown(event.slug, "guest", interests, frozenset(g.person for g in event.guests))
    yield from _unknown(event.slug, "theme group", cited, themes)
    yield from _unknown(event.slug, "agenda item", (note.item for note in notes), items)
    yield from _unknown(event.slug, "agenda item", (o.item for o in event.outcomes), items)
    yield from _unknown(event.slug, "agenda item", (a.item for a in event.actions), items)
    yield from _unknown(event.slug, "outcome", (a.outcome for a in event.actions), outcomes)
    yield from _twice(f"{event.slug}: guest", (g.person for g in event.guests))
    yield from _twice(f"{event.slug}: agenda item", (i.key for i in event.agenda))
    if not event.themes:
        yield f"{event.slug}: no theme group"


def _order(where: str, moments: Iterable[datetime | None]) -> Iterator[str]:
    known = [moment for moment in moments if moment]
    for earlier, later in pairwise(known):
        if later < earlier:
            yield f"{where}: {later:%d %b %Y %H:%M} comes before {earlier:%d %b %Y %H:%M}"


def _event_order(event: Event, now: datetime) -> Iterator[str]:
    record, sent = event.record, event.invited.sent if event.invited else None
    course = [event.created, event.published, event.opened, event.closed, event.live, event.held]
    if record:
        course += [
            record.circulated,
            record.changes_asked,
            record.recirculated,
            record.agreed,
            record.published,
        ]
    yield from _order(event.slug, [*course, now])
    for guest in event.guests:
        yield from _order(f"{event.slug}: {guest.person}", [sent, guest.on, guest.then_on, guest.arrived, now])
        yield from _order(f"{event.slug}: {guest.sends}", [guest.on, guest.approved, guest.sent_answer_on, now])
        if bool(guest.answer) != bool(guest.on) or bool(guest.then) != bool(guest.then_on):
            yield f"{event.slug}: {guest.person} answers without a date"
    for session in event.sessions:
        told = f"{event.slug}: {session.title}"
        yield from _order(told, [event.created, session.added, session.cancelled, now])
        yield from _order(told, [event.created, event.sessions_published, session.cancelled, now])
    if event.ends <= event.starts:
        yield f"{event.slug} ends before it starts"
    if (told_of := event.announced) and event.published:
        yield f"{event.slug} is published and set to be"
    elif told_of:
        yield from _order(event.slug, [event.created, told_of.on, now])
    if moved := event.postponed:
        yield from _order(event.slug, [sent, moved.on, moved.new_date_on, event.live])


def _action_order(event: Event, action: Action, now: datetime) -> Iterator[str]:
    agreed = event.record.agreed if event.record else None
    yield from _order(action.key, [event.held, agreed, *(step.on for step in action.steps), now])
    if action.steps and not agreed:
        yield f"{action.key} moves before it is agreed"
    for step in action.steps:
        if step.act == "redate" and not (step.to and step.reason):
            yield f"{action.key} is re-dated without a date or a reason"
        if step.act in {"return", "reopen", "drop", "supersede"} and not step.reason:
            yield f"{action.key}: {step.act} without a reason"


def _feedback_faults(where: str, feedback: Feedback, actions: frozenset[str]) -> Iterator[str]:
    keys = {question.key for question in feedback.questions}
    for number, response in enumerate(feedback.responses, start=1):
        if set(response) != keys:
            yield f"{where}: response {number} does not answer every question"
    for question in feedback.questions:
        if question.kind == "choice":
            given = {str(response.get(question.key)) for response in feedback.responses}
            yield from _unknown(where, "choice", given, frozenset(question.choices))
    yield from _unknown(where, "action", (link.action for link in feedback.links), actions)
    yield from _order(where, [feedback.opened, feedback.closed, feedback.published])
    for link in feedback.links:
        yield from _order(where, [feedback.closed, link.on])
