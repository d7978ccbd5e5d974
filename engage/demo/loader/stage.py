"""Who and what has appeared in the story so far: keys of its files → the things that the services made of them."""

from __future__ import annotations

from datetime import timedelta

from engage.accounts import queries as accounts
from engage.attendance.models import Invitation, Registration
from engage.attendance.queries import Sheet
from engage.core import clock
from engage.core.access import SYSTEM, Principal, Role, act_as_link
from engage.core.db import db, identity
from engage.demo.story import Organisation as Body
from engage.demo.story import Person as Told
from engage.demo.story import Story
from engage.events.models import AgendaItem, Event, Series
from engage.outcomes.models import Action, Outcome
from engage.papers.models import Paper
from engage.people import service as people
from engage.people.models import Organisation, Person
from engage.programmes.models import Programme
from engage.themes.models import Term, ThemeGroup
from engage.wiring import principal_of


class Stage:
    """The things that exist by now, by the story's keys."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.programmes: dict[str, Programme] = {}
        self.themes: dict[str, ThemeGroup] = {}
        self.terms: dict[str, Term] = {}
        """By theme group: of whoever leads it."""
        self.events: dict[str, Event] = {}
        self.series: dict[tuple[str, str], Series] = {}
        """By programme and name."""
        self.agenda: dict[tuple[str, str], AgendaItem] = {}
        self.kinds: dict[tuple[str, str], str] = {}
        """The pool of a kind of ticket, by event and the kind's name."""
        self.invitations: dict[tuple[str, str], int] = {}
        self.registrations: dict[tuple[str, str], int] = {}
        self.substitutes: dict[tuple[str, str], int] = {}
        """By event and address (or person), by their internal keys: many, and each needed but now and then."""
        self.sheets: dict[str, Sheet] = {}
        """By event: what is asked of those who register."""
        self.question_keys: dict[str, dict[str, str]] = {}
        """By event: the story's keys of its questions → their own."""
        self.outcomes: dict[str, Outcome] = {}
        self.actions: dict[str, Action] = {}
        self.papers: dict[str, Paper] = {}
        """By title."""
        self._people: dict[str, Person] = {}
        self._organisations: dict[str, Organisation] = {}
        self._known = {person.key: person for person in story.people}
        self._principals: dict[str, Principal] = {}

    # --- people and organisations --------------------------------------------------------------------------------

    def told(self, key: str) -> Told:
        """What the story says of a person."""
        return self._known[key]

    def person(self, key: str) -> Person:
        """The person, entered into the books at first mention with the organisations that they belong to."""
        if key not in self._people:
            known = self._known[key]
            person = people.person_for(email=known.email, name=known.name, by=SYSTEM)
            self._affiliate(person, known)
            self._people[key] = person
        return self._people[key]

    def organisation_of(self, person: str) -> str:
        """The name, today, of the organisation that somebody belongs to."""
        return self.story.organisation_at(self._known[person].organisation, clock.now().date()).name

    def organisation(self, key: str) -> Organisation:
        """The organisation that stands under a key today."""
        return self._organisation(self.story.organisation_at(key, clock.now().date()))

    def _organisation(self, told: Body) -> Organisation:
        if told.key not in self._organisations:
            made = people.organisation_named(told.name, short_name=told.short_name, by=SYSTEM)
            self._organisations[told.key] = made
        return self._organisations[told.key]

    def _affiliate(self, person: Person, known: Told) -> None:
        """A body that was succeeded is left the day before, and its one successor joined."""
        key, since = known.organisation, None
        while True:
            at = next(o for o in self.story.organisations if o.key == key)
            last = at.succeeded_on - timedelta(days=1) if at.succeeded_on else None
            people.affiliate(
                person,
                organisation=self._organisation(at),
                role=known.role,
                starts_on=since,
                ends_on=last,
                by=SYSTEM,
            )
            if at.succeeded_on is None or len(at.succeeded_by) != 1:
                return
            key, since = at.succeeded_by[0], at.succeeded_on

    # --- who was asked, who comes -------------------------------------------------------------------------------

    def invitation(self, event: str, email: str) -> Invitation:
        """Somebody's invitation."""
        return db.session.get_one(Invitation, self.invitations[event, email])

    def registration(self, event: str, email: str) -> Registration:
        """Somebody's booking."""
        return db.session.get_one(Registration, self.registrations[event, email])

    # --- who acts ------------------------------------------------------------------------------------------------

    def holder(self, programme: str, role: Role) -> Principal:
        """The user who holds a role in a programme."""
        user = next(u for u in self.story.users if (u.programme, u.role) == (programme, role.value))
        return self._user(user.person)

    def administrator(self) -> Principal:
        """The administrator of the site."""
        return self._user(next(user.person for user in self.story.users if user.admin))

    def by_link(self, person: str) -> Principal:
        """Somebody without an account, through a link of their own."""
        return act_as_link(identity(self.person(person)))

    def _user(self, person: str) -> Principal:
        """Who a user is. Roles are given as a programme is made, so that this is found out once."""
        if person not in self._principals:
            user = accounts.user_by_email(self.story.email(person))
            assert user is not None, person  # noqa: S101 -- the story opens accounts first
            roles: dict[int, set[Role]] = {}
            for grant in user.grants:
                roles.setdefault(grant.programme_id, set()).add(grant.role)
            principal = principal_of(
                user_id=user.id,
                email=user.email,
                name=user.name,
                is_admin=user.is_admin,
                roles={programme: frozenset(held) for programme, held in roles.items()},
            )
            self._principals[person] = principal
        return self._principals[person]
