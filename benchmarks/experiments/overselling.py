"""500 people for 50 places, through the form, four processes: never one seat too many, nobody lost, nobody overtaken.

    python -m benchmarks.experiments.overselling                        # SQLite, in a temporary folder
    python -m benchmarks.experiments.overselling postgresql://…/NAME    # an empty database of one's own

Each run is followed by its control: the same with the lock taken out on purpose, which must fail. Then one person 60
times at once (one booking), and a place freed with 20 waiting, 50 times (one offer each).
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

from benchmarks.experiments.crowd import Sent, Store, at_once, post, servers
from engage.app import create_app
from engage.attendance.models import AskedKind, Registration, RegistrationState
from engage.attendance.service import Ask, add_question
from engage.core import clock, links
from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.core.outbox import OutboxMail
from engage.events import service as events
from engage.events.models import Event, EventKind
from engage.programmes import queries as all_programmes
from engage.programmes import service as programmes
from engage.themes import service as themes

S = RegistrationState
HANDS = 40


@dataclass(frozen=True)
class Found:
    """What the store holds after the crowd."""

    confirmed: int
    waiting: tuple[int, ...]
    rows: int
    mails: int
    numbers: dict[str, int]


def an_event(title: str, capacity: int) -> Event:
    """A public summit with registration open, in a programme of its own or the one that is there."""
    programme = all_programmes.by_slug("experiment")
    with saving():
        if programme is None:
            programme = programmes.create(
                name="Experiment",
                slug="experiment",
                prefix="EXP",
                convening_body="Benchmarks",
                zone="Europe/London",
                summary="Crowds.",
                purpose="To be sure.",
                by=SYSTEM,
            )
            programmes.publish(programme, by=SYSTEM)
        theme = themes.propose(programme, title=f"Theme of {title}", scope="Crowds.", by=SYSTEM)
        starts = (clock.now() + timedelta(days=60)).replace(tzinfo=None, hour=10, minute=0, second=0, microsecond=0)
        event = events.create(
            programme,
            title=title,
            kind=EventKind.SUMMIT,
            starts=starts,
            ends=starts + timedelta(hours=6),
            capacity=capacity,
            by=SYSTEM,
        )
        events.set_themes(event, theme, by=SYSTEM)
        events.schedule(event, by=SYSTEM)
        events.publish(event, by=SYSTEM)
        events.open_registration(event, by=SYSTEM)
    return event


def three_questions(event: Event) -> dict[str, str]:
    """Ask three things of whoever registers; what the form says in answer."""
    asked = (
        (Ask(kind=AskedKind.CHOICE, label="Which table?", options=("One", "Two"), required=True), "One"),
        (Ask(kind=AskedKind.TEXT, label="Why?"), "To be sure"),
        (Ask(kind=AskedKind.CONSENT, label="I agree", required=True), "1"),
    )
    with saving():
        return {f"q-{add_question(event, ask, by=SYSTEM).key}": answer for ask, answer in asked}


def register(
    ports: Sequence[int],
    slug: str,
    people: Sequence[str],
    *,
    hands: int = HANDS,
    answers: Mapping[str, str] | None = None,
) -> list[Sent]:
    """Each of these addresses once, spread over the processes."""
    sends = [
        partial(
            post,
            ports[n % len(ports)],
            f"/events/{slug}/register",
            {"name": who, "email": who, "role": "", "organisation": "", "access": "", "dietary": "", **(answers or {})},
            who,
        )
        for n, who in enumerate(people)
    ]
    return at_once(sends, hands=hands)


def found(event: Event) -> Found:
    """Read afresh what came of it."""
    db.session.rollback()
    rows = db.session.execute(
        sa.select(Registration.name, Registration.state, Registration.queue_number)
        .where(Registration.event_id == event.id)
        .order_by(Registration.queue_number)
    ).all()
    mails = db.session.scalar(
        sa.select(sa.func.count()).where(OutboxMail.mail.in_(("attendance/booked", "attendance/waiting")))
    )
    return Found(
        confirmed=sum(state is S.CONFIRMED for _name, state, _n in rows),
        waiting=tuple(n for _name, state, n in rows if state is S.WAITLISTED),
        rows=len(rows),
        mails=int(mails or 0),
        numbers={name: n for name, _state, n in rows},
    )


def overtaken(sent: Sequence[Sent], numbers: dict[str, int]) -> int:
    """How many got a later number than somebody who only began after they had their answer."""
    ended = sorted((s.ended, numbers[s.who]) for s in sent if s.who in numbers)
    highest, at, count = 0, 0, 0
    for one in sorted((s for s in sent if s.who in numbers), key=lambda s: s.began):
        while at < len(ended) and ended[at][0] < one.began:
            highest = max(highest, ended[at][1])
            at += 1
        count += numbers[one.who] < highest
    return count


def problems(sent: Sequence[Sent], came: Found, *, people: int, places: int) -> list[str]:
    """What is wrong, in sentences; nothing where all holds."""
    statuses = Counter(s.status for s in sent)
    wrong = []
    if set(statuses) != {303}:
        wrong.append(f"answers were {dict(statuses)}")
    if came.confirmed != places:
        wrong.append(f"{came.confirmed} confirmed for {places} places")
    if came.rows != people:
        wrong.append(f"{people - came.rows} of {people} lost")
    if came.mails != people:
        wrong.append(f"{came.mails} mails for {people} people")
    if came.waiting != tuple(range(places + 1, people + 1)):
        wrong.append("the line is not 1…n without a gap")
    if behind := overtaken(sent, came.numbers):
        wrong.append(f"{behind} were overtaken")
    return wrong


def oversell(
    store: Store, *, people: int, places: int, processes: int, locked: bool = True, asks: bool = False
) -> list[str]:
    """The experiment itself, on an empty store in the current application context. `asks`: with questions."""
    event = an_event("500 for 50" if locked else "Control", places)
    answers = three_questions(event) if asks else {}
    before = found(event).mails
    with servers(store, processes=processes, locked=locked) as ports:
        sent = register(ports, event.slug, [f"p{n}-{event.id}@example.org" for n in range(people)], answers=answers)
    came = found(event)
    return problems(sent, Found(**{**vars(came), "mails": came.mails - before}), people=people, places=places)


def one_person(store: Store, *, times: int, processes: int) -> list[str]:
    """One address many times at once: one booking."""
    event = an_event("One person", 100)
    with servers(store, processes=processes) as ports:
        sent = register(ports, event.slug, ["again@example.org"] * times, hands=times)
    came = found(event)
    wrong = [] if came.rows == 1 else [f"{came.rows} bookings of one person"]
    return wrong + ([] if {s.status for s in sent} == {303} else ["not every answer was 303"])


def one_offer(store: Store, *, rounds: int, waiting: int, processes: int) -> list[str]:
    """A place freed while others wait, its holder pressing ten times at once: one offer, to the first in line."""
    wrong = []
    with servers(store, processes=processes) as ports:
        for n in range(rounds):
            event = an_event(f"Freed {n}", 1)
            register(ports, event.slug, [f"w{k}-{n}@example.org" for k in range(waiting + 1)], hands=1)
            db.session.rollback()
            holder = _of(event, S.CONFIRMED)[0]
            path = urlsplit(links.url("booking", holder.id)).path
            db.session.rollback()
            at_once([partial(post, ports[k % len(ports)], f"{path}/cancel", {}, "holder") for k in range(10)], hands=10)
            db.session.rollback()
            offers = [r.queue_number for r in _of(event, S.OFFERED)]
            if offers != [2] or len(_of(event, S.WAITLISTED)) != waiting - 1:
                wrong.append(f"round {n}: offers to {offers}")
    return wrong


def _of(event: Event, state: RegistrationState) -> Sequence[Registration]:
    return db.session.scalars(
        sa.select(Registration)
        .where(Registration.event_id == event.id, Registration.state == state)
        .order_by(Registration.queue_number)
    ).all()


def main(url: str = "") -> int:
    """Run all on one store; 0 where all holds and the control failed as it must."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), url)
        with create_app(store.settings()).app_context():
            db.create_all()
            runs = {
                "500 people, 50 places, 4 processes": oversell(store, people=500, places=50, processes=4),
                "one person 60 times at once": one_person(store, times=60, processes=4),
                "a place freed with 20 waiting, 50 times": one_offer(store, rounds=50, waiting=20, processes=4),
            }
            control = oversell(store, people=500, places=50, processes=4, locked=False)
            db.session.remove()
            db.engine.dispose()
    for name, wrong in runs.items():
        print(f"{'holds' if not wrong else 'FAILS'}  {name}{''.join(f'; {w}' for w in wrong)}")
    print(f"{'fails, as it must' if control else 'HOLDS WITHOUT THE LOCK'}  control: {'; '.join(control)}")
    return 0 if control and not any(runs.values()) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
