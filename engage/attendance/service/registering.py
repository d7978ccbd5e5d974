"""Registering by oneself, requests, and what the booking link can do (docs/domain.md#registration)."""

from __future__ import annotations

from datetime import timedelta

from engage.attendance import queries
from engage.attendance.facts import BookingChanged, InvitationAnswered
from engage.attendance.models import (
    LIVE_REGISTRATION,
    TAKES_SEAT,
    AccessNeed,
    Invitation,
    InvitationState,
    Registration,
    RegistrationState,
)
from engage.attendance.queries import Replies, Seats
from engage.attendance.service import lineage, moves, replies, telling
from engage.attendance.service.answering import give_back
from engage.attendance.service.places import Places, pool_for
from engage.core import addresses, clock, links
from engage.core.access import Principal
from engage.core.db import db
from engage.core.errors import RuleBroken
from engage.core.facts import record
from engage.core.text import _
from engage.events.models import Admission, Event, EventState
from engage.events.queries import EventRef
from engage.people import queries as known_people
from engage.people import service as people

I = InvitationState  # noqa: E741 -- reads as in the models
S = RegistrationState


LETTERS = 6
"""How many letters within an hour the public form may cause to one address, whoever fills it in for how many events."""


class RegistrationClosed(RuleBroken):
    """The event takes no registrations now."""


class TooManyLetters(RuleBroken):
    """The form has caused enough letters to this address for now."""


def is_open(event: Event) -> bool:
    """Whether registration is open at this instant, whatever the minute job has got round to."""
    now = clock.now()
    return (
        event.state is EventState.OPEN
        and (event.registration_opens_at is None or event.registration_opens_at <= now)
        and (event.registration_closes_at is None or now < event.registration_closes_at)
        and (event.starts_at is None or now < event.starts_at)
    )


def register(
    event: Event | EventRef,
    *,
    email: str,
    name: str,
    role: str = "",
    organisation: str = "",
    access: str = "",
    dietary: str = "",
    answers: Replies | None = None,
    pool: str = "",
    by: Principal,
) -> Registration:
    """Take a place, or a place in the line; where admission is by approval, ask for one. The mail says which.

    `pool`: the kind of ticket; needed where there is more than one to choose from. Whoever was invited to a kind has
    that one. Somebody who has a live registration keeps it as it is and is sent its link again: nothing typed on a
    public form changes or reveals what is held of a person. Raises `RegistrationClosed`, `BadAddress`,
    `TooManyLetters`, `RuleBroken` for a kind that cannot be had.
    """
    address = addresses.normalise(email)
    event, seats = moves.enter(event)
    if not is_open(event):
        raise RegistrationClosed(_("Registration for this event is closed."))
    answers = replies.checked(event, answers, by=by)
    pool = pool_for(seats, pool, by=by)
    person_id = known_people.person_id_by_email(address)
    if person_id is not None:
        _refuse_too_many(person_id)
    before = queries.of_person(event.id, person_id) if person_id is not None else []
    standing = next((known for known in before if known.state in LIVE_REGISTRATION), None)
    if standing is not None:
        telling.again(event, standing)
        return standing
    invitation = queries.live_invitation(event.id, person_id) if person_id is not None else None
    newcomer = person_id is None
    if person_id is None:
        person_id = people.newcomer(address, by=by)
    if invitation is not None and queries.successor(invitation) is not None:
        invitation = None  # somebody else comes in that place: this is one more
    held = moves.holds_seat(event, invitation)
    was_asked = invitation is not None and invitation.state is not I.DRAFT
    if invitation is not None and was_asked:
        pool = invitation.pool
    asks = event.admission is Admission.BY_APPROVAL and not was_asked
    places = Places(event, seats, [organisation])
    registration = Registration(
        event_id=event.id,
        person_id=person_id,
        invitation_id=take_up(event, invitation, by),
        pool=pool,
        queue_number=places.number(),
        state=S.REQUESTED if asks else places.newcomer(pool, organisation, seat_held=held),
        name=name,
        role=role,
        organisation=organisation,
        registered_at=clock.now(),
    )
    moved = moves.begin(registration, by=by)
    _keep_needs(registration, access, dietary)
    replies.keep(registration, answers, by=by)
    links.issue("booking", registration.id, expires_at=telling.link_end(event))
    moves.record_registered(event, registration, by)
    telling.of_move(
        event, registration, moved, to=(address, "") if newcomer else None, called_off=0 if newcomer else None
    )
    return registration


def _refuse_too_many(person_id: int) -> None:
    if queries.letters_by_form(person_id, clock.now() - timedelta(hours=1)) >= LETTERS:
        raise TooManyLetters(_("This address was registered very often in the last hour. Try again in an hour."))


def take_up(event: Event, invitation: Invitation | None, by: Principal) -> int | None:
    """Registering answers an invitation; one that was never sent is needed no longer."""
    if invitation is None:
        return None
    if invitation.state is I.DRAFT:
        moves.move_invitation(invitation, I.WITHDRAWN)
        return None
    if invitation.state is not I.ACCEPTED:
        lineage.take_back(event, invitation, by=by)
        moves.move_invitation(invitation, I.ACCEPTED)
        invitation.answered_at = clock.now()
        invitation.apology = ""
        record(
            InvitationAnswered(
                subject_id=invitation.id, programme_id=event.programme_id, event_id=event.id, answer="accepted"
            ),
            by=by,
        )
    return invitation.id


def approve(registration: Registration, *, by: Principal) -> Registration:
    """Say yes to a request: a place if one is free and nobody waits, else the end of the line. Twice is harmless."""
    event, seats = moves.enter_with(registration)
    if registration.state is not S.REQUESTED and registration.state in LIVE_REGISTRATION:
        return registration
    moves.refuse_after_start(event)
    places = Places(event, seats, [registration.organisation])
    new = places.newcomer(registration.pool, registration.organisation)
    if new is S.WAITLISTED:
        registration.queue_number = places.number()
    moved = moves.move(registration, new, by=by)
    telling.of_move(event, registration, moved)
    return registration


def refuse(registration: Registration, *, reason: str, by: Principal) -> Registration:
    """Say no to a request, and why: the person reads it. Raises `RuleBroken` without a reason."""
    event, _seats = moves.enter_with(registration)
    if registration.state is S.REFUSED:
        return registration
    if not reason.strip():
        raise RuleBroken(_("Say why: the person reads it."), field="reason")
    moved = moves.move(registration, S.REFUSED, by=by, reason=reason.strip())
    telling.of_move(event, registration, moved)
    return registration


def take_offer(registration: Registration, *, by: Principal) -> Registration:
    """Take the place on offer. Twice changes nothing. Raises `RuleBroken` when the offer has run out."""
    event, _seats = moves.enter_with(registration)
    people.heard_from(by)
    if registration.state is S.CONFIRMED:
        return registration
    if registration.state is not S.OFFERED:
        raise RuleBroken(_("There is no offer to take: it has run out or was given back."))
    moves.refuse_after_start(event)
    registration.offer_expires_at = None
    moved = moves.move(registration, S.CONFIRMED, by=by)
    telling.of_move(event, registration, moved)
    return registration


def decline_offer(registration: Registration, *, by: Principal) -> Registration:
    """Give the place on offer back: it goes to the next in line at once. Twice changes nothing."""
    event, _seats = moves.enter_with(registration)
    people.heard_from(by)
    if registration.state in (S.CANCELLED, S.LAPSED):
        return registration
    if registration.state is not S.OFFERED:
        raise RuleBroken(_("There is no offer to give back."))
    return give_back(event, registration, reason=_("The offer was declined."), by=by)


def change(
    registration: Registration,
    *,
    name: str,
    role: str = "",
    organisation: str = "",
    access: str = "",
    dietary: str = "",
    forget_needs: bool = False,
    contact: str = "",
    answers: Replies | None = None,
    by: Principal,
) -> Registration:
    """Change what the registration says. Empty needs leave those told before; `forget_needs` deletes them, and the
    answers to questions about needs."""
    event, seats = moves.enter_with(registration)
    if registration.state not in LIVE_REGISTRATION:
        raise RuleBroken(_("This booking has ended: there is nothing to change."))
    moves.refuse_after_start(event)
    _refuse_share_taken(event, seats, registration, organisation)
    people.heard_from(by, name=name)
    new = {"name": name, "role": role, "organisation": organisation}
    changed = [field for field, value in new.items() if getattr(registration, field) != value]
    for field in changed:
        setattr(registration, field, new[field])
    if contact:
        registration.contact_email = addresses.normalise(contact)
        changed.append("contact")
    if (forget_needs and _forget(registration)) or _keep_needs(registration, access, dietary):
        changed.append("needs")
    if forget_needs and answers is not None:
        answers = answers.without_needs()
    changed += replies.change(registration, answers, by=by)
    if changed:
        fact = BookingChanged(
            subject_id=registration.id,
            programme_id=event.programme_id,
            event_id=event.id,
            fields=tuple(changed),
        )
        record(fact, by=by)
    if "organisation" in changed and event.per_organisation is not None:
        moves.settle(event)
    return registration


def _refuse_share_taken(event: Event, seats: Seats, registration: Registration, organisation: str) -> None:
    """A seat does not pass to an organisation that has its places; whoever waits may say what they like."""
    old = registration.organisation
    if event.per_organisation is None or registration.state not in TAKES_SEAT or organisation == old:
        return
    places = Places(event, seats, [old, organisation])
    if places.share_taken(organisation) and not places.same_organisation(old, organisation):
        raise RuleBroken(places.share_words(), field="organisation")


def _keep_needs(registration: Registration, access: str, dietary: str) -> bool:
    if not access and not dietary:
        return False
    need = queries.need_of(registration.id) or AccessNeed(registration_id=registration.id)
    need.access = access or need.access or ""
    need.dietary = dietary or need.dietary or ""
    db.session.add(need)
    db.session.flush()
    return True


def _forget(registration: Registration) -> bool:
    answered = replies.forget(registration)
    need = queries.need_of(registration.id)
    if need is None:
        return answered
    db.session.delete(need)
    db.session.flush()
    return True
