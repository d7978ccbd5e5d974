"""The shape of the demonstration's story: frozen dataclasses, checked as they are read (see `reading`).

Persons, organisations, theme groups, outcomes and actions refer to each other by the short keys of the files.
Names of kinds are the domain's own words (docs/domain.md). What happened carries the instant at which it did.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from engage.demo.asked import Asked
from engage.demo.dates import Day, Instant, Wall
from engage.demo.paper import Listed, Paper
from engage.demo.plans import Announced, Defaults, Postponed
from engage.demo.tickets import Crowd, TicketKind
from engage.demo.words import Address, Clock, EventKind, Evidence, OutcomeKind, Part, Reason, Role, Short


@dataclass(frozen=True, kw_only=True)
class Organisation(Part):
    key: str
    name: Short
    short_name: Annotated[str, Field(max_length=40)] = ""
    aliases: tuple[Short, ...] = ()
    real: bool = False
    succeeded_by: tuple[str, ...] = ()
    succeeded_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Person(Part):
    key: str
    name: Short
    email: Address
    organisation: str
    role: Short


@dataclass(frozen=True, kw_only=True)
class User(Part):
    person: str
    programme: str = ""
    role: Role | None = None
    admin: bool = False


@dataclass(frozen=True, kw_only=True)
class Lead(Part):
    person: str
    since: Day
    until: Day | None = None


@dataclass(frozen=True, kw_only=True)
class Theme(Part):
    """A theme group. `plan` is the Markdown of its file; not activated: proposed still."""

    slug: str
    title: Annotated[str, Field(min_length=1, max_length=120)]
    scope: Reason
    contact: Address
    plan: str
    created: Instant
    activated: Instant | None = None
    published: Instant | None = None
    leads: tuple[Lead, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Follower(Part):
    email: Address
    themes: tuple[str, ...]
    on: Instant
    state: Literal["pending", "active", "ended"]


@dataclass(frozen=True, kw_only=True)
class AgendaItem(Part):
    key: str
    title: Short
    minutes: int
    presenter: str
    kind: Literal["open", "internal"] = "open"
    themes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Session(Part):
    """A session on the event's first day, in the event's programme as `sessions_published` or, `added` later, in the
    next one."""

    title: Short
    starts: Clock
    ends: Clock
    themes: tuple[str, ...]
    description: Annotated[str, Field(max_length=600)] = ""
    room: Annotated[str, Field(max_length=80)] = ""
    chair: str = ""
    speakers: tuple[str, ...] = ()
    capacity: int | None = None
    sign_up: bool = False
    chosen: Instant | None = None
    choosers: int = 0
    added: Instant | None = None
    cancelled: Instant | None = None
    cancelled_because: Reason = ""


@dataclass(frozen=True, kw_only=True)
class Guest(Part):
    """One invitee. `answer` is the first reply, `then` a later one: a change of mind or a reconfirmation.

    `sends`: whom somebody who declined named to come instead; `approved`: when that was agreed; `sent_answer`: what the
    substitute said.
    """

    person: str
    part: Literal["chair", "secretariat", ""] = ""
    answer: Literal["accepted", "declined"] | None = None
    on: Instant | None = None
    words: Reason = ""
    then: Literal["accepted", "declined"] | None = None
    then_on: Instant | None = None
    then_words: Reason = ""
    arrived: Instant | None = None
    sends: str = ""
    approved: Instant | None = None
    sent_answer: Literal["accepted", "declined"] | None = None
    sent_answer_on: Instant | None = None

    @property
    def final(self) -> str | None:
        """What the invitee said last."""
        return self.then or self.answer


@dataclass(frozen=True, kw_only=True)
class Invited(Part):
    sent: Instant
    guests: tuple[Guest, ...]


@dataclass(frozen=True, kw_only=True)
class Note(Part):
    """Numbered paragraphs under an agenda item, or under a heading of their own.

    `first`: some words of the text, and what stood in their place in the draft that was circulated first.
    """

    text: Annotated[str, Field(min_length=1)]
    first: tuple[str, str] | None = None
    item: str = ""
    heading: str = ""
    private: bool = False


@dataclass(frozen=True, kw_only=True)
class Record(Part):
    """The record's life; what is missing has not happened yet. `interests` are by person."""

    notes: tuple[Note, ...]
    circulated: Instant | None = None
    changes_asked: Instant | None = None
    changes_words: Reason = ""
    recirculated: Instant | None = None
    agreed: Instant | None = None
    published: Instant | None = None
    interests: dict[str, Reason] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Outcome(Part):
    key: str
    type: OutcomeKind
    theme: str
    text: Annotated[str, Field(min_length=1)]
    item: str = ""


@dataclass(frozen=True, kw_only=True)
class Step(Part):
    """One thing that happened to an action; `instead` is the action that supersedes it.

    Without `by`: the owner starts and reports, a reviewer verifies, returns and reopens, the convenor
    does the rest.
    """

    on: Instant
    act: Literal["start", "progress", "redate", "report", "return", "verify", "reopen", "drop", "supersede"]
    by: str = ""
    words: str = ""
    percent: Annotated[int, Field(ge=0, le=100)] | None = None
    evidence: Evidence | None = None
    to: Day | None = None
    instead: str = ""
    reason: Reason = ""


@dataclass(frozen=True, kw_only=True)
class Action(Part):
    key: str
    theme: str
    text: Annotated[str, Field(min_length=1)]
    organisation: str
    owner: str
    due: Day
    steps: tuple[Step, ...]
    item: str = ""
    outcome: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Question(Part):
    key: str
    kind: Literal["scale", "choice", "text"]
    text: Annotated[str, Field(max_length=300)]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FeedbackLink(Part):
    """Response number `response` (from 1) led to an action."""

    response: int
    on: Instant
    action: str


@dataclass(frozen=True, kw_only=True)
class Feedback(Part):
    introduction: str
    opened: Instant
    questions: tuple[Question, ...]
    responses: tuple[dict[str, int | str], ...]
    closed: Instant | None = None
    published: Instant | None = None
    links: tuple[FeedbackLink, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Event(Part):
    """One event with all that belongs to it. `themes`: the first owns it. `draft`: it stays one."""

    slug: str
    title: Short
    kind: EventKind
    admission: Literal["by_invitation", "by_approval", "open"]
    capacity: int
    summary: Annotated[str, Field(min_length=1, max_length=400)]
    description: str
    starts: Wall
    ends: Wall
    chair: str
    secretary: str
    themes: tuple[str, ...]
    created: Instant
    series: str = ""
    non_attributed: bool = False
    draft: bool = False
    per_organisation: int | None = None
    kinds: tuple[TicketKind, ...] = ()
    town: Annotated[str, Field(max_length=120)] = ""
    place: Annotated[str, Field(max_length=300)] = ""
    online: Evidence | None = None
    access_information: str = ""
    published: Instant | None = None
    announced: Announced | None = None
    opened: Instant | None = None
    closed: Instant | None = None
    closes: Wall | None = None
    live: Instant | None = None
    held: Instant | None = None
    postponed: Postponed | None = None
    agenda: tuple[AgendaItem, ...] = ()
    sessions: tuple[Session, ...] = ()
    sessions_published: Instant | None = None
    questions: tuple[Asked, ...] = ()
    invited: Invited | None = None
    listed: Listed | None = None
    crowd: Crowd | None = None
    record: Record | None = None
    outcomes: tuple[Outcome, ...] = ()
    actions: tuple[Action, ...] = ()
    feedback: Feedback | None = None

    @property
    def guests(self) -> tuple[Guest, ...]:
        """Who was invited by name."""
        return self.invited.guests if self.invited else ()

    @property
    def present(self) -> tuple[Guest, ...]:
        """The invitees who were there: all who said yes last; at a live event, those who arrived."""
        if self.held:
            return tuple(guest for guest in self.guests if guest.final == "accepted")
        return tuple(guest for guest in self.guests if guest.arrived)

    @property
    def apologies(self) -> tuple[Guest, ...]:
        """The invitees who sent their apologies."""
        return tuple(guest for guest in self.guests if guest.final == "declined")


@dataclass(frozen=True, kw_only=True)
class Programme(Part):
    slug: str
    name: Short
    prefix: Annotated[str, Field(pattern=r"^[A-Z]{2,8}$")]
    convened_by: str
    zone: str
    starts: Day
    created: Instant
    published: Instant
    summary: Annotated[str, Field(min_length=1, max_length=400)]
    purpose: str
    themes: tuple[Theme, ...]
    events: tuple[Event, ...]
    followers: tuple[Follower, ...]
    papers: tuple[Paper, ...]
    ends: Day | None = None
    defaults: tuple[Defaults, ...] = ()

    @property
    def actions(self) -> tuple[Action, ...]:
        """Every action, in the order in which they were promised."""
        return tuple(action for event in self.events for action in event.actions)


@dataclass(frozen=True, kw_only=True)
class Audience(Part):
    """Where registrations of a programme's open events come from: an organisation, its roles, how often."""

    organisation: Annotated[str, Field(max_length=200)]
    roles: tuple[Short, ...]
    weight: Annotated[int, Field(ge=1)]


@dataclass(frozen=True, kw_only=True)
class Names(Part):
    """Name lists from which registrations are made; `audiences` by programme."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    access_needs: tuple[str, ...]
    dietary_needs: tuple[str, ...]
    audiences: dict[str, tuple[Audience, ...]]


@dataclass(frozen=True, kw_only=True)
class Story(Part):
    organisations: tuple[Organisation, ...]
    people: tuple[Person, ...]
    users: tuple[User, ...]
    names: Names
    programmes: tuple[Programme, ...]

    def organisation_at(self, key: str, day: date) -> Organisation:
        """The organisation that stood under `key` on a day: itself, or its only successor by then."""
        found = next(o for o in self.organisations if o.key == key)
        if found.succeeded_on and found.succeeded_on <= day and len(found.succeeded_by) == 1:
            return self.organisation_at(found.succeeded_by[0], day)
        return found

    def email(self, person: str) -> str:
        """The address of a person by key."""
        return next(p.email for p in self.people if p.key == person)
