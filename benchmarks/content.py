"""What is measured: the demonstration as anybody sees it, and a programme with many rows, made by the services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask

from engage.accounts import service as accounts
from engage.attendance import service as attendance
from engage.attendance.models import Registration
from engage.core import clock
from engage.core.access import ANONYMOUS, SYSTEM, Role
from engage.core.db import db, saving
from engage.demo import loader
from engage.events import service as events
from engage.events.models import Event, EventKind
from engage.outcomes import service as outcomes
from engage.people import service as people
from engage.programmes import service as programmes
from engage.programmes.models import Programme
from engage.themes import service as themes
from engage.themes.models import ThemeGroup

PROGRAMME = "/programmes/health-and-care-statistics"
EVENT = "/events/health-statistics-round-table-2"
THEME = "/themes/mental-health"
STAFF = "staff@benchmarks.example"
LIST, FEW = 500, 20
ACTIONS = 1_000
BATCH = 100


@dataclass(frozen=True)
class Content:
    """Slugs of the events: `book` and `queue` take bookings, `many` and `few` are listed; `tickets` are of `many`."""

    book: str
    queue: str
    many: str
    few: str
    tickets: tuple[str, ...]


def fill(app: Flask) -> Content:
    """Load all of it into an empty, migrated store."""
    loader.load(app)
    with app.app_context():
        made = _many()
        db.session.remove()
    return made


def _many() -> Content:
    with saving():
        programme = programmes.create(
            name="Benchmarks",
            slug="benchmarks",
            prefix="BEN",
            convening_body="Benchmarks",
            zone="Europe/London",
            summary="Many rows.",
            purpose="To be measured.",
            by=SYSTEM,
        )
        programmes.publish(programme, by=SYSTEM)
        user = accounts.add_user(email=STAFF, name="Staff", by=SYSTEM)
        accounts.grant(user, programme_id=programme.id, role=Role.CONVENOR, by=SYSTEM)
        groups = [_theme(programme, n) for n in range(4)]
    many = _summit(programme, groups[1], "Many", starts_in=timedelta(hours=5))  # the doors are open
    few = _summit(programme, groups[1], "Few")
    _book(many, LIST)
    _book(few, FEW)
    _invite(many, LIST)
    _invite(few, FEW)
    _promise(programme, groups)
    return Content(
        book=_summit(programme, groups[2], "Book").slug,
        queue=_summit(programme, groups[2], "Queue").slug,
        many=many.slug,
        few=few.slug,
        tickets=_tickets(many),
    )


def _theme(programme: Programme, number: int) -> ThemeGroup:
    group = themes.propose(programme, title=f"Group {number + 1}", scope="Rows.", by=SYSTEM)
    themes.activate(group, by=SYSTEM)
    themes.publish(group, by=SYSTEM)
    return group


def _wall(ahead: timedelta) -> datetime:
    return (clock.now() + ahead).replace(tzinfo=None, minute=0, second=0, microsecond=0)


def _summit(programme: Programme, theme: ThemeGroup, title: str, *, starts_in: timedelta = timedelta(days=60)) -> Event:
    """A public summit with registration open."""
    starts = _wall(starts_in)
    with saving():
        event = events.create(
            programme,
            title=f"Summit {title}",
            kind=EventKind.SUMMIT,
            starts=starts,
            ends=starts + timedelta(hours=6),
            capacity=50_000,
            by=SYSTEM,
        )
        events.set_themes(event, theme, by=SYSTEM)
        events.schedule(event, by=SYSTEM)
        events.publish(event, by=SYSTEM)
        events.open_registration(event, by=SYSTEM)
    return event


def _book(event: Event, count: int) -> None:
    for start in range(0, count, BATCH):
        with saving():
            db.session.info["mail_born_sent"] = True  # what is measured later is the mail of its own bookings
            for n in range(start, min(start + BATCH, count)):
                attendance.register(
                    event,
                    email=f"guest{n}-{event.slug}@example.org",
                    name=f"Guest {n:04}",
                    organisation=f"Organisation {n % 40}",
                    by=ANONYMOUS,
                )
            db.session.info.pop("mail_born_sent")


def _invite(event: Event, count: int) -> None:
    """So many were asked, and a third of them answered."""
    for start in range(0, count, BATCH):
        with saving():
            db.session.info["mail_born_sent"] = True
            invitees = [
                attendance.Invitee(email=f"asked{n}-{event.slug}@example.org", name=f"Asked {n:04}")
                for n in range(start, min(start + BATCH, count))
            ]
            asked = attendance.send(
                event, invitations=attendance.invite_all(event, invitees=invitees, by=SYSTEM), by=SYSTEM
            )
            for invitation in asked[::3]:
                attendance.decline(invitation, by=SYSTEM)
            db.session.info.pop("mail_born_sent")


def _tickets(event: Event) -> tuple[str, ...]:
    return tuple(db.session.scalars(db.select(Registration.key).where(Registration.event_id == event.id)))


def _promise(programme: Programme, groups: list[ThemeGroup]) -> None:
    """A thousand actions of twenty organisations; half agreed, of those some overdue."""
    held = _meeting(programme, groups[0])
    for start in range(0, ACTIONS, BATCH):
        with saving():
            for n in range(start, start + BATCH):
                action = outcomes.add_action(
                    held,
                    text=f"Publish the list of releases number {n}",
                    theme=groups[n % 4],
                    organisation=people.organisation_named(f"Organisation {n % 20}", by=SYSTEM),
                    due=_due(n),
                    by=SYSTEM,
                )
                if n % 2:
                    outcomes.agree_action(action, by=SYSTEM)


def _due(n: int) -> date:
    return (clock.now() + timedelta(days=n % 300 - 100)).date()


def _meeting(programme: Programme, theme: ThemeGroup) -> Event:
    starts = _wall(timedelta(days=-30))
    given: dict[str, Any] = {"title": "Meeting", "kind": EventKind.MEETING, "starts": starts}
    with saving():
        event = events.create(programme, **given, ends=starts + timedelta(hours=2), by=SYSTEM)
        events.set_themes(event, theme, by=SYSTEM)
        events.schedule(event, by=SYSTEM)
    return event
