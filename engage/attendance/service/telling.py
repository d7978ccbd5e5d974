"""Who is written to, about what: every mail's key says the occasion, so that each person hears of it once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from engage.attendance import queries
from engage.attendance.models import (
    Invitation,
    InvitationState,
    Registration,
    RegistrationState,
    SignUp,
    Substitute,
)
from engage.core import clock, links, outbox
from engage.core.facts import Effect
from engage.core.text import _, ngettext
from engage.events.models import Event
from engage.people import queries as people

S = RegistrationState
LINK_OUTLIVES = timedelta(days=60)
"""How long after the event an invitation's or a booking's link still shows what was said."""
CALLS_OFF = frozenset({S.CANCELLED, S.LAPSED})
MOVE_MAILS = {
    S.REQUESTED: "requested",
    S.CONFIRMED: "booked",
    S.WAITLISTED: "waiting",
    S.OFFERED: "offer",
    S.REFUSED: "refused",
    S.LAPSED: "lapsed",
    S.CANCELLED: "called_off",
}


@dataclass(frozen=True)
class Moved:
    """A dated move that was just written."""

    id: int
    state: RegistrationState


def link_end(event: Event) -> datetime | None:
    """When the links of an event stop working; None while its date is not known."""
    return event.ends_at + LINK_OUTLIVES if event.ends_at else None


def invitee(event: Event, invitation: Invitation, mail: str, key: str) -> bool:
    """Write to an invitee. False where this occasion was written about before, or no address is known."""
    address = queries.address_of(invitation.person_id)
    args = {"invitation": invitation.id, "sequence": _sequence(event, invitation.person_id)}
    return _put(mail, key, (address, invitation.name), invitation, args)


def about_substitute(event: Event, substitute: Substitute, original: Invitation) -> bool:
    """Tell whoever named a substitute that it is refused, and why."""
    args = {"substitute": substitute.id, "sequence": event.sequence}
    to = (queries.address_of(original.person_id), original.name)
    return _put("substitute_refused", f"substitute:{substitute.id}", to, original, args)


def asked(event: Event, invitations: Sequence[Invitation]) -> int:
    """Write to all of them at once, each once, with the link that answers. Returns how many were written to."""
    addresses = people.addresses([each.person_id for each in invitations])
    off = queries.called_off_by_person(event.id)
    messages = []
    for each in invitations:
        sequence = event.sequence + 2 * off.get(each.person_id, 0)
        if to := addresses.get(each.person_id):
            messages.append(
                outbox.Message(
                    key=f"ask:{each.id}",
                    to=to,
                    name=each.name,
                    person_id=each.person_id,
                    sequence=sequence,
                    args={"invitation": each.id, "sequence": sequence},
                )
            )
    return len(outbox.put_all("attendance/ask", messages))


def of_move(
    event: Event,
    registration: Registration,
    moved: Moved,
    *,
    to: tuple[str, str] | None = None,
    called_off: int | None = None,
) -> bool:
    """Tell the person what became of the registration; once per move.

    `to`, `called_off`: address and name, and how often the entry was called off, where the caller knows them already.
    """
    if called_off is None:
        sequence = _sequence(event, registration.person_id) - (moved.state in CALLS_OFF)
    else:
        sequence = event.sequence + 2 * called_off
    args = {"registration": registration.id, "sequence": sequence}
    return _put(
        MOVE_MAILS[moved.state], f"move:{moved.id}", to or queries.reach(registration.person_id), registration, args
    )


def again(event: Event, registration: Registration) -> bool:
    """Somebody registered with this address again: the link once more, at most once a day."""
    args = {"registration": registration.id, "sequence": event.sequence}
    to = queries.reach(registration.person_id)
    return _put("again", queries.again_key(registration.id), to, registration, args)


def my_bookings(registration: Registration) -> bool:
    """Mail the links of all their bookings to the person whose booking this is, to the address that we hold; at most
    once an hour."""
    hour = clock.now().strftime("%Y-%m-%dT%H")
    address, name = queries.reach(registration.person_id)
    key = f"my_bookings:{registration.person_id}:{hour}"
    if not address:
        return False
    row = outbox.put(
        mail="attendance/my_bookings",
        key=key,
        to=address,
        name=name,
        person_id=registration.person_id,
        args={"person": registration.person_id},
    )
    return row is not None


def _put(mail: str, key: str, to: tuple[str, str], about: Invitation | Registration, args: dict[str, int]) -> bool:
    """`to`: address, and the name that is known to be the person's: a letter repeats nothing that a stranger typed."""
    address, name = to
    if not address:
        return False
    row = outbox.put(
        mail=f"attendance/{mail}",
        key=key,
        to=address,
        name=name,
        person_id=about.person_id,
        sequence=args["sequence"],
        args=args,
    )
    return row is not None


def _sequence(event: Event, person_id: int) -> int:
    """The event's SEQUENCE, raised by two for each time that the entry was called off for this person alone: one for
    the CANCEL, one for a REQUEST after it. It never goes back."""
    return event.sequence + 2 * queries.times_called_off(event.id, person_id)


# --- sessions -------------------------------------------------------------------------------------------------


def of_session(mail: str, key: str, sign_up: SignUp, **said: str) -> None:
    """Tell somebody what became of their sign-up; `said`: what the letter must know besides."""
    of_sessions(mail, {key: sign_up}, **said)


def of_sessions(mail: str, sign_ups: Mapping[str, SignUp], **said: str) -> None:
    """The same to several, by key of the occasion."""
    to = queries.reach_all({one.registration.person_id for one in sign_ups.values()})
    _to_all(mail, to, ((key, one.registration, {"sign_up": one.id, **said}) for key, one in sign_ups.items()))


def of_programme(event: Event, concerned: Sequence[tuple[Registration, list[str]]], *, number: int) -> None:
    """Tell each of them, once for this version of the programme, which of their sessions (keys) moved."""
    to = queries.reach_all({registration.person_id for registration, _keys in concerned})
    _to_all(
        "programme_changed",
        to,
        (
            (f"programme:{event.id}:{number}:{one.id}", one, {"registration": one.id, "sessions": keys})
            for one, keys in concerned
        ),
    )


def _to_all(
    mail: str, to: Mapping[int, tuple[str, str]], each: Iterable[tuple[str, Registration, dict[str, Any]]]
) -> None:
    messages = [
        outbox.Message(
            key=key,
            to=to[about.person_id][0],
            name=to[about.person_id][1],
            person_id=about.person_id,
            args=args,
        )
        for key, about, args in each
        if about.person_id in to
    ]
    outbox.put_all(f"attendance/{mail}", messages)


# --- all at once ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Concerned:
    """Somebody whom an event's move concerns, by invitation, by registration, or both. `name` is for the page that asks
    first; `known_name` for the letter. `state`: of the registration, or of the invitation where there is none."""

    person_id: int
    address: str
    name: str
    known_name: str
    invitation_id: int | None
    registration_id: int | None
    state: InvitationState | RegistrationState


def everybody(event: Event, mail: str, concerned: Iterable[Concerned]) -> int:
    """Tell each of them once of what just happened to the event, at its present SEQUENCE. Returns how many."""
    off = queries.called_off_by_person(event.id)
    messages = []
    for one in concerned:
        sequence = event.sequence + 2 * off.get(one.person_id, 0)
        messages.append(
            outbox.Message(
                key=f"{mail}:{event.id}:{event.sequence}:{one.person_id}",
                to=one.address,
                name=one.known_name,
                person_id=one.person_id,
                sequence=sequence,
                args={
                    "invitation": one.invitation_id,
                    "registration": one.registration_id,
                    "sequence": sequence,
                },
            )
        )
    return len(outbox.put_all(f"attendance/{mail}", messages))


def concerned_by(event_id: int) -> list[Concerned]:
    """Everybody with a live invitation that was sent, or a live registration, each once, by name."""
    found: dict[int, Concerned] = {}
    for person_id, address, name, known_name, invitation_id, registration_id, state in queries.concerned(event_id):
        known = found.get(person_id)
        found[person_id] = Concerned(
            person_id=person_id,
            address=address,
            name=known.name if known else name,
            known_name=known.known_name if known else known_name,
            invitation_id=invitation_id or (known.invitation_id if known else None),
            registration_id=registration_id or (known.registration_id if known else None),
            state=state,
        )
    return sorted(found.values(), key=lambda one: (one.name, one.person_id))


STANDS: tuple[tuple[frozenset[str], Callable[[int], str]], ...] = (
    (
        frozenset({S.CONFIRMED, S.RECONFIRM, S.OFFERED, S.ATTENDED}),
        lambda n: ngettext("%(num)d has a place", "%(num)d have a place", n),
    ),
    (frozenset({S.WAITLISTED}), lambda n: ngettext("%(num)d waits for one", "%(num)d wait for one", n)),
    (frozenset({S.REQUESTED}), lambda n: ngettext("%(num)d asked for one", "%(num)d asked for one", n)),
    (
        frozenset({InvitationState.SENT}),
        lambda n: ngettext("%(num)d has not answered yet", "%(num)d have not answered yet", n),
    ),
    (frozenset({InvitationState.DECLINED}), lambda n: ngettext("%(num)d declined", "%(num)d declined", n)),
)


def effect(concerned: list[Concerned]) -> list[Effect]:
    """For the page that asks first: how many are told, and how they stand."""
    found = told([one.name for one in concerned])
    many = [(words, sum(one.state in states for one in concerned)) for states, words in STANDS]
    said = ", ".join(words(count) for words, count in many if count)
    return [replace(one, what=_("%(what)s: %(said)s", what=one.what, said=said)) for one in found]


def told(names: list[str]) -> list[Effect]:
    """That these people are written to."""
    what = ngettext("person will be told by mail", "people will be told by mail", len(names))
    return [Effect(len(names), what, tuple(names))] if names else []


def prolong(event: Event, concerned: Iterable[Concerned]) -> None:
    """Let the links live as long after the new date as they would have after the old one."""
    end, everyone = link_end(event), list(concerned)
    invited = [one.invitation_id for one in everyone if one.invitation_id is not None]
    booked = [one.registration_id for one in everyone if one.registration_id is not None]
    links.issue_all("invitation", invited, expires_at=end)
    links.issue_all("booking", booked, expires_at=end)
