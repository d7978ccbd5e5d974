"""What else always holds of who comes to an event: letters, ticks at the door, sessions (docs/domain.md#sign-up).

`broken(event)` reads everything afresh and says in sentences what does not hold; nothing where all does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

import sqlalchemy as sa

from engage.attendance.models import (
    LIVE_SIGN_UP,
    CheckIn,
    Invitation,
    Registration,
    RegistrationMove,
    RegistrationState,
    SignUp,
    SignUpState,
)
from engage.core import clock
from engage.core.db import db
from engage.core.outbox import OutboxMail
from engage.events.models import BEFORE_LIVE, Event, Session

S = RegistrationState
U = SignUpState
TOLD = {S.REQUESTED: "requested", S.WAITLISTED: "waiting", S.OFFERED: "offer", S.REFUSED: "refused"}
"""Moves that are always told of, each by a letter of its own."""
ABOUT_SESSIONS = ("attendance/session_", "attendance/programme_", "attendance/again")
"""Letters without an entry for calendars."""


def broken(event: Event) -> list[str]:
    """What does not hold of this event now."""
    registrations = db.session.scalars(
        sa.select(Registration).where(Registration.event_id == event.id).order_by(Registration.id)
    ).all()
    moves = db.session.scalars(
        sa.select(RegistrationMove)
        .join(Registration, Registration.id == RegistrationMove.registration_id)
        .where(Registration.event_id == event.id)
        .order_by(RegistrationMove.id)
    ).all()
    return [*_letters(event, moves), *_doors(registrations), *_sessions(event, registrations)]


def _letters(event: Event, made: Sequence[RegistrationMove]) -> Iterator[str]:
    """One letter for each occasion; what calendars are told of never goes back."""
    mails = db.session.scalars(
        sa.select(OutboxMail).where(OutboxMail.mail.startswith("attendance/")).order_by(OutboxMail.id)
    ).all()
    ours = {one.registration_id for one in made}
    about = Counter(
        (mail.once, mail.mail) for mail in mails if mail.args.get("registration") in ours and mail.once[:5] == "move:"
    )
    reached = {row.person_id for row in mails}
    people = dict(db.session.execute(sa.select(Registration.id, Registration.person_id)).all())
    for move in made:
        if move.state in TOLD and people[move.registration_id] in reached:
            many = about[f"move:{move.id}", f"attendance/{TOLD[move.state]}"]
            if many != 1:
                yield f"{many} letters say that registration {move.registration_id} is {move.state}"
    last: dict[int | None, int] = {}
    for mail in mails:
        concerns = mail.args.get("registration") in ours or mail.args.get("invitation") in _invitations(event)
        if not concerns or mail.mail.startswith(ABOUT_SESSIONS):
            continue
        if mail.sequence < last.get(mail.person_id, 0):
            yield f"{mail.once} has SEQUENCE {mail.sequence} after {last[mail.person_id]}"
        last[mail.person_id] = mail.sequence


def _invitations(event: Event) -> set[int]:
    return set(db.session.scalars(sa.select(Invitation.id).where(Invitation.event_id == event.id)))


def _doors(registrations: Sequence[Registration]) -> Iterator[str]:
    ticked = Counter(
        db.session.scalars(
            sa.select(CheckIn.registration_id).where(
                CheckIn.undone_at.is_(None), CheckIn.registration_id.in_([one.id for one in registrations])
            )
        )
    )
    for one in registrations:
        if ticked[one.id] != (one.state is S.ATTENDED):
            yield f"registration {one.id} is {one.state} with {ticked[one.id]} ticks"


def _sessions(event: Event, registrations: Sequence[Registration]) -> Iterator[str]:
    sign_ups = db.session.scalars(
        sa.select(SignUp).where(SignUp.event_id == event.id, SignUp.state.in_(LIVE_SIGN_UP)).order_by(SignUp.id)
    ).all()
    by_id = {one.id: one for one in registrations}
    for sign_up in sign_ups:
        if by_id[sign_up.registration_id].state not in (S.CONFIRMED, S.RECONFIRM, S.ATTENDED, S.NO_SHOW):
            yield f"registration {sign_up.registration_id} has no place, but one in session {sign_up.session_id}"
    for session in db.session.scalars(sa.select(Session).where(Session.event_id == event.id).order_by(Session.id)):
        mine = [one for one in sign_ups if one.session_id == session.id]
        placed = [one.queue_number for one in mine if one.state is U.PLACED]
        line = [one.queue_number for one in mine if one.state is U.WAITING]
        if session.capacity is not None and len(placed) > session.capacity:
            yield f"{len(placed)} of {session.capacity} places taken in session {session.id}"
        begun = session.starts_at is not None and session.starts_at <= clock.now()
        free = session.capacity is None or len(placed) < session.capacity
        if line and free and not begun and event.state in BEFORE_LIVE:
            yield f"{len(line)} wait for session {session.id}, which has places"
        if line and placed and max(placed) > min(line):
            yield f"number {max(placed)} overtook number {min(line)} in session {session.id}"
    chosen = defaultdict(list)
    for sign_up in sign_ups:
        chosen[sign_up.registration_id].append(sign_up.session)
    for who, sessions in chosen.items():
        spans = sorted((one.starts_local, one.ends_local) for one in sessions)
        if any(after[0] < before[1] for before, after in pairwise(spans)):
            yield f"registration {who} is in two sessions at once"
