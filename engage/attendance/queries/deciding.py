"""Reads for deciding who comes: requests, reasons given before, how invitations and seats fall on organisations."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engage.attendance.models import (
    TAKES_SEAT,
    Invitation,
    InvitationState,
    Registration,
    RegistrationState,
)
from engage.core.db import db
from engage.events.models import Event
from engage.people import queries as people

S = RegistrationState
I = InvitationState  # noqa: E741 -- reads as in the models
KEPT_REASONS = 5


def requests_by_keys(event: Event, keys: Collection[str]) -> Sequence[Registration]:
    """The undecided requests of the event with these public keys, in the order in which they were made; others are
    left out."""
    return db.session.scalars(
        sa.select(Registration)
        .where(Registration.event_id == event.id, Registration.state == S.REQUESTED, Registration.key.in_(keys))
        .order_by(Registration.queue_number, Registration.id)
    ).all()


def reasons_given(programme_id: int) -> Sequence[str]:
    """The words with which requests were refused in this programme before, newest first: to be used again."""
    last = sa.func.max(Registration.id)
    return db.session.scalars(
        sa.select(Registration.state_reason)
        .join(Event, Event.id == Registration.event_id)
        .where(Event.programme_id == programme_id, Registration.state == S.REFUSED)
        .group_by(Registration.state_reason)
        .order_by(last.desc())
        .limit(KEPT_REASONS)
    ).all()


@dataclass(frozen=True, kw_only=True)
class Share:
    """One organisation at an event, by the name that most wrote: how many were invited, accepted, declined, are silent,
    and how many seats it has. `name` "": those who named none."""

    name: str
    invited: int
    accepted: int
    declined: int
    seats: int

    @property
    def silent(self) -> int:
        return self.invited - self.accepted - self.declined


def balance(event: Event) -> Sequence[Share]:
    """How invitations and seats fall on organisations, most seats first; one by any of its names is one. A constant
    number of statements."""
    invited = db.session.execute(
        sa.select(Invitation.organisation, Invitation.state, sa.func.count())
        .where(
            Invitation.event_id == event.id,
            Invitation.state.in_((I.SENT, I.ACCEPTED, I.DECLINED, I.RECONFIRM)),
        )
        .group_by(Invitation.organisation, Invitation.state)
    ).all()
    seated = db.session.execute(
        sa.select(Registration.organisation, sa.func.count())
        .where(Registration.event_id == event.id, Registration.state.in_(TAKES_SEAT))
        .group_by(Registration.organisation)
    ).all()
    keys = people.organisation_keys({row[0] for row in invited} | {row[0] for row in seated})
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name, state, many in invited:
        names[keys[name]][name] += many
        found[keys[name]]["invited"] += many
        if state in (I.ACCEPTED, I.DECLINED):
            found[keys[name]][state.value] += many
    for name, many in seated:
        names[keys[name]][name] += many
        found[keys[name]]["seats"] += many
    shares = [
        Share(
            name=min(names[key], key=lambda name: (-names[key][name], name)),
            invited=count["invited"],
            accepted=count["accepted"],
            declined=count["declined"],
            seats=count["seats"],
        )
        for key, count in found.items()
    ]
    return sorted(shares, key=lambda share: (-share.seats, -share.invited, share.name))
