"""The scenes of one event: planned, announced, invited to, moved, opened, live, over; and who came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from engage.attendance import service as attendance
from engage.attendance.models import OpenTo, Substitute
from engage.core.access import ANONYMOUS, Role, act_as_link
from engage.core.db import db
from engage.demo import crowd
from engage.demo.loader import feedback, lists, questions, records, sessions
from engage.demo.loader.playing import Scene
from engage.demo.loader.stage import Stage
from engage.demo.plans import Announced, Postponed
from engage.demo.story import Event, Guest, Programme, Story
from engage.events import service as events
from engage.events.models import Admission, AgendaKind, EventKind, Precision

APART = timedelta(seconds=15)
"""Those who were invited come through the door one after another."""

NEEDS_KEPT = timedelta(days=30, minutes=1)
"""The minute job would have done it then (docs/domain.md#registration)."""


def crowd_of(
    story: Story, programme: Programme, event: Event, *, earlier: Sequence[crowd.Member], now: datetime
) -> list[crowd.Registrant]:
    """Who registered for an event, and when; nobody for one without a crowd."""
    if event.crowd is None or event.opened is None:
        return []
    return crowd.made(
        event.crowd,
        names=story.names,
        places=story.names.audiences[programme.slug],
        opened=event.opened,
        until=event.closed or now,
        earlier=earlier,
    )


def scenes(
    stage: Stage, programme: Programme, event: Event, registrants: Sequence[crowd.Registrant]
) -> Iterator[Scene]:
    """Everything that happens to one event; `registrants` is its crowd."""
    yield Scene(event.created, partial(_create, stage, programme, event))
    yield from sessions.scenes(stage, programme, event)
    if event.published:
        yield Scene(event.published, partial(_publish, stage, programme, event))
    if event.announced:
        yield Scene(event.announced.on, partial(_announce, stage, programme, event, event.announced))
    if event.opened:
        yield Scene(event.opened, partial(_open, stage, programme, event))
    yield from _guests(stage, programme, event)
    if event.postponed:
        yield from _moved(stage, programme, event, event.postponed)
    for number, registrant in enumerate(registrants):
        yield from _registrant(stage, programme, event, number, registrant)
    if event.closed:
        yield Scene(event.closed, partial(_close, stage, programme, event))
    if event.live:
        yield Scene(event.live, partial(_begin, stage, programme, event))
        yield from _arrivals(stage, programme, event, event.live)
    if event.held:
        yield Scene(event.held, partial(_end, stage, programme, event))
        if event.crowd:
            yield Scene(event.held + NEEDS_KEPT, partial(_forget_needs, stage, event))
    yield from records.scenes(stage, programme, event)
    yield from feedback.scenes(stage, programme, event)


# --- its course --------------------------------------------------------------------------------------------------


def _create(stage: Stage, programme: Programme, told: Event) -> None:
    by = stage.holder(programme.slug, Role.SECRETARY)
    event = events.create(
        stage.programmes[programme.slug],
        title=told.title,
        kind=EventKind(told.kind),
        slug=told.slug,
        by=by,
        **_details(stage, told),
    )
    owner, *others = (stage.themes[slug] for slug in told.themes)
    events.set_themes(event, owner, others, by=by)
    if told.series:
        if (programme.slug, told.series) not in stage.series:
            made = events.make_series(stage.programmes[programme.slug], name=told.series, by=by)
            stage.series[programme.slug, told.series] = made
        events.put_in_series(event, stage.series[programme.slug, told.series], by=by)
    stage.events[told.slug] = event
    for kind in told.kinds:
        stage.kinds[told.slug, kind.name] = attendance.add_kind(
            event,
            told=attendance.KindTold(
                name=kind.name,
                capacity=kind.capacity,
                open_to=OpenTo(kind.open_to),
                reserved=kind.reserved,
                reserved_note=kind.reserved_note,
            ),
            by=by,
        ).pool
    questions.ask(stage, event, told, by=by)
    for item in told.agenda:
        stage.agenda[told.slug, item.key] = events.add_agenda_item(
            event,
            title=item.title,
            minutes=item.minutes,
            presenter=stage.told(item.presenter).name,
            kind=AgendaKind(item.kind),
            themes=[stage.themes[slug] for slug in item.themes],
            by=by,
        )


def _details(stage: Stage, told: Event) -> events.Details:
    details: events.Details = {
        "admission": Admission(told.admission),
        "summary": told.summary,
        "description": told.description,
        "town": told.town,
        "place": told.place,
        "online_link": told.online or "",
        "access_information": told.access_information,
        "capacity": told.capacity,
        "per_organisation": told.per_organisation,
        "non_attributed": told.non_attributed,
        "chair": stage.person(told.chair),
        "secretary": stage.person(told.secretary),
    }
    if told.postponed is None:
        return {**details, "starts": told.starts, "ends": told.ends}
    month = datetime.strptime(told.postponed.first_planned, "%Y-%m")  # noqa: DTZ007 -- a wall time
    return {**details, "precision": Precision.MONTH, "starts": month}


def _announce(stage: Stage, programme: Programme, told: Event, announced: Announced) -> None:
    convenor = stage.holder(programme.slug, Role.CONVENOR)
    events.schedule(stage.events[told.slug], by=convenor)
    events.publish_at(stage.events[told.slug], at=announced.public_from, by=convenor)


def _publish(stage: Stage, programme: Programme, told: Event) -> None:
    events.schedule(stage.events[told.slug], by=stage.holder(programme.slug, Role.SECRETARY))
    events.publish(stage.events[told.slug], by=stage.holder(programme.slug, Role.CONVENOR))


def _moved(stage: Stage, programme: Programme, told: Event, moved: Postponed) -> Iterator[Scene]:
    yield Scene(moved.on, partial(_postpone, stage, programme, told, moved))
    yield Scene(moved.new_date_on, partial(_reschedule, stage, programme, told, moved))


def _postpone(stage: Stage, programme: Programme, told: Event, moved: Postponed) -> None:
    convenor = stage.holder(programme.slug, Role.CONVENOR)
    events.postpone(stage.events[told.slug], reason=moved.reason, by=convenor)


def _reschedule(stage: Stage, programme: Programme, told: Event, moved: Postponed) -> None:
    events.reschedule(
        stage.events[told.slug],
        starts=told.starts,
        ends=told.ends,
        reconfirm_by=moved.reconfirm_by,
        by=stage.holder(programme.slug, Role.CONVENOR),
    )


def _open(stage: Stage, programme: Programme, told: Event) -> None:
    secretary = stage.holder(programme.slug, Role.SECRETARY)
    events.open_registration(stage.events[told.slug], closes=told.closes, by=secretary)


def _close(stage: Stage, programme: Programme, told: Event) -> None:
    events.close_registration(stage.events[told.slug], by=stage.holder(programme.slug, Role.SECRETARY))


def _begin(stage: Stage, programme: Programme, told: Event) -> None:
    events.go_live(stage.events[told.slug], by=stage.holder(programme.slug, Role.SECRETARY))


def _end(stage: Stage, programme: Programme, told: Event) -> None:
    events.hold(stage.events[told.slug], by=stage.holder(programme.slug, Role.SECRETARY))


def _forget_needs(stage: Stage, told: Event) -> None:
    attendance.purge_needs(stage.events[told.slug])


# --- who was asked -----------------------------------------------------------------------------------------------


def _guests(stage: Stage, programme: Programme, told: Event) -> Iterator[Scene]:
    if told.listed:
        yield Scene(told.listed.on, partial(lists.take_in, stage, programme, told, told.listed))
    if told.invited is None:
        return
    yield Scene(told.invited.sent, partial(_invite, stage, programme, told))
    for guest in told.guests:
        if guest.on:
            yield Scene(guest.on, partial(_answer, stage, told, guest, guest.answer, guest.words))
        if guest.approved:
            yield Scene(guest.approved, partial(_approve, stage, programme, told, guest))
        if guest.sent_answer_on:
            sent = partial(_answer_of, stage, told, guest.sends, guest.sent_answer)
            yield Scene(guest.sent_answer_on, sent)
        if guest.then_on:
            yield Scene(guest.then_on, partial(_answer, stage, told, guest, guest.then, guest.then_words))


def _invite(stage: Stage, programme: Programme, told: Event) -> None:
    event, by = stage.events[told.slug], stage.holder(programme.slug, Role.SECRETARY)
    invitees = [_invitee(stage, guest.person) for guest in told.guests]
    invitations = attendance.invite_all(event, invitees=invitees, by=by)
    for invitee, invitation in zip(invitees, invitations, strict=True):
        stage.invitations[told.slug, invitee.email] = invitation.id
    attendance.send(event, invitations=invitations, by=by)


def _invitee(stage: Stage, person: str) -> attendance.Invitee:
    known = stage.told(person)
    stage.person(person)
    return attendance.Invitee(
        email=known.email, name=known.name, role=known.role, organisation=stage.organisation_of(person)
    )


def _answer(stage: Stage, told: Event, guest: Guest, answer: str | None, words: str) -> None:
    if not guest.sends or answer == "accepted":
        _answer_of(stage, told, guest.person, answer, words)
        return
    invitation = stage.invitation(told.slug, stage.told(guest.person).email)
    proposed = attendance.propose(
        invitation, substitute=_invitee(stage, guest.sends), apology=words, by=stage.by_link(guest.person)
    )
    stage.substitutes[told.slug, guest.sends] = proposed.id


def _answer_of(stage: Stage, told: Event, person: str, answer: str | None, words: str = "") -> None:
    email, by = stage.told(person).email, stage.by_link(person)
    invitation = stage.invitation(told.slug, email)
    if answer == "accepted":
        stage.registrations[told.slug, email] = attendance.accept(invitation, by=by).id
    else:
        attendance.decline(invitation, apology=words, by=by)


def _approve(stage: Stage, programme: Programme, told: Event, guest: Guest) -> None:
    proposed = db.session.get_one(Substitute, stage.substitutes[told.slug, guest.sends])
    by = stage.holder(programme.slug, Role.SECRETARY)
    invitation = attendance.approve_substitute(proposed, by=by)
    stage.invitations[told.slug, stage.told(guest.sends).email] = invitation.id


# --- who registered, who came ------------------------------------------------------------------------------------


def _registrant(
    stage: Stage, programme: Programme, told: Event, number: int, registrant: crowd.Registrant
) -> Iterator[Scene]:
    email = registrant.who.email
    yield Scene(registrant.registered, partial(_register, stage, told, number, registrant.who))
    if registrant.cancelled:
        yield Scene(registrant.cancelled, partial(_cancel, stage, told, email))
    if registrant.checked_in:
        yield Scene(registrant.checked_in, partial(_check_in, stage, programme, told, email))


def _register(stage: Stage, told: Event, number: int, who: crowd.Member) -> None:
    kind = next((kind for kind in told.kinds if number in kind.taken_by), told.kinds[0] if told.kinds else None)
    stage.registrations[told.slug, who.email] = attendance.register(
        stage.events[told.slug],
        email=who.email,
        name=who.name,
        role=who.role,
        organisation=who.organisation,
        access=who.access,
        dietary=who.dietary,
        pool=stage.kinds[told.slug, kind.name] if kind else "",
        answers=questions.answers(stage, told, number),
        by=ANONYMOUS,
    ).id


def _cancel(stage: Stage, told: Event, email: str) -> None:
    registration = stage.registration(told.slug, email)
    attendance.cancel_registration(registration, by=act_as_link(registration.person_id))


def _arrivals(stage: Stage, programme: Programme, told: Event, live: datetime) -> Iterator[Scene]:
    """Where many come a door list is kept, and at the meeting that is live; else the record says who was there."""
    at_the_door = told.present if told.crowd else [guest for guest in told.present if guest.arrived]
    for number, guest in enumerate(at_the_door):
        at = guest.arrived or live + number * APART
        yield Scene(at, partial(_check_in, stage, programme, told, stage.told(guest.person).email))


def _check_in(stage: Stage, programme: Programme, told: Event, email: str) -> None:
    by = stage.holder(programme.slug, Role.SECRETARY)
    attendance.check_in(stage.registration(told.slug, email), by=by)
