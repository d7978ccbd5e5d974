"""Somebody else in one's place: proposed by the invitee, decided by staff, one seat (docs/domain.md#invitation)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from engage.attendance import queries, service
from engage.attendance.models import Invitation, Registration, Substitute, SubstituteState
from engage.core.access import SYSTEM, act_as_link
from engage.core.db import db, saving
from engage.core.errors import RuleBroken
from engage.core.facts import history_of
from engage.events import service as events
from engage.events.models import Event
from engage.papers import policy as papers
from engage.people import queries as people
from tests.factories.attendance import (
    a_draft_invitation,
    a_person,
    a_registration,
    a_substitute,
    accepted,
    again,
    an_invitation,
    answers,
    states,
)
from tests.factories.events import an_event, an_open_event

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
Post = Callable[[], list[EmailMessage]]
At = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def now(at: At) -> None:
    at(NOW)


def approve(substitute: Substitute, **given: str) -> Invitation:
    with saving():
        invitation = service.approve_substitute(substitute, by=SYSTEM, **given)
    return again(invitation)


def accept(invitation: Invitation) -> Registration:
    with saving():
        return service.accept(invitation, by=act_as_link(invitation.person_id))


def taken(event: Event) -> int:
    db.session.rollback()
    return queries.seats(again(event)).taken


def test_a_director_declines_and_names_a_deputy(app: Flask, post: Post) -> None:
    """Golden case 4: when approved, one seat, lineage shown, no further papers to the director."""
    event = an_event(title="Round Table 2", capacity=1)
    director = accepted(event, name="Ewan Sandpiper", email="director@phe.example")
    assert papers.takes_part(director)
    proposed = a_substitute(director, name="Nadia Rosethorn", email="deputy@phe.example")
    assert (answers(event), taken(event)) == ({"Ewan Sandpiper": "declined"}, 1)

    deputy = approve(proposed)
    assert answers(event) == {"Ewan Sandpiper": "declined", "Nadia Rosethorn": "sent"}
    assert (taken(event), deputy.in_place_of) == (1, director.id)
    assert not papers.takes_part(again(director))
    accept(deputy)
    assert (states(event), taken(event)) == ({"Ewan Sandpiper": "cancelled", "Nadia Rosethorn": "confirmed"}, 1)

    lines = {line.invitation.name: (line.original, line.substitute) for line in queries.board(event).lines}
    assert lines == {"Ewan Sandpiper": ("", "Nadia Rosethorn"), "Nadia Rosethorn": ("Ewan Sandpiper", "")}
    told = [row.fact for row in history_of("invitation", director.id)]
    assert told[:3] == ["SubstituteApproved", "SubstituteProposed", "InvitationAnswered"]

    before = len(post())
    with saving():
        events.edit(event, version=again(event).version, place="2 Marsham Street", by=SYSTEM)
    assert [mail["To"].addresses[0].addr_spec for mail in post()[before:]] == ["deputy@phe.example"]


def test_the_letter_to_the_substitute_says_in_whose_place(app: Flask, post: Post) -> None:
    event = an_event()
    approve(a_substitute(an_invitation(event, name="Ann Lee"), name="Ben Ox", email="ben@example.org"))
    letter = post()[-1]
    assert (letter["To"].addresses[0].addr_spec, letter["Subject"]) == ("ben@example.org", f"Invitation: {event.title}")
    words = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Ann Lee cannot come, and named you to come instead." in words


def test_a_proposal_names_nobody_and_writes_to_nobody(app: Flask, post: Post) -> None:
    event = an_event()
    invitation = an_invitation(event)
    before = len(post())
    a_substitute(invitation, email="new@example.org")
    assert (people.person_by_email("new@example.org"), len(post())) == (None, before)


def test_the_seat_is_kept_until_staff_decide_and_never_two(app: Flask) -> None:
    event = an_open_event(capacity=1, holds_seats=False)
    ann = an_invitation(event, name="Ann")
    accept(ann)
    a_registration(event, name="Wim")
    proposed = a_substitute(again(ann), name="Ben")
    assert (states(event), taken(event)) == ({"Ann": "cancelled", "Wim": "waitlisted"}, 1)
    ben = approve(proposed)
    assert (states(event)["Wim"], taken(event)) == ("waitlisted", 1)
    accept(ben)
    assert (states(event), taken(event)) == ({"Ann": "cancelled", "Wim": "waitlisted", "Ben": "confirmed"}, 1)


def test_a_substitute_who_declines_frees_the_seat(app: Flask) -> None:
    event = an_open_event(capacity=1, holds_seats=False)
    ann = accepted(event, name="Ann")
    a_registration(event, name="Wim")
    ben = approve(a_substitute(ann, name="Ben"))
    with saving():
        service.decline(ben, by=act_as_link(ben.person_id))
    assert (states(event)["Wim"], taken(event)) == ("offered", 1)


def test_refusing_says_why_and_frees_the_seat(app: Flask, post: Post) -> None:
    event = an_open_event(capacity=1, holds_seats=True)
    ann = an_invitation(event, name="Ann", email="ann@example.org")
    a_registration(event, name="Wim")
    proposed = a_substitute(ann, name="Ben")
    with pytest.raises(RuleBroken, match="Say why") as no, saving():
        service.refuse_substitute(proposed, reason=" ", by=SYSTEM)
    assert no.value.field == "reason"
    for _ in range(2):
        with saving():
            service.refuse_substitute(proposed, reason="Your colleague is invited already.", by=SYSTEM)
    assert (states(event), answers(event)) == ({"Wim": "offered"}, {"Ann": "declined"})
    letters = [mail for mail in post() if mail["Subject"] == f"Your substitute: {event.title}"]
    assert [mail["To"].addresses[0].addr_spec for mail in letters] == ["ann@example.org"]
    assert "Your colleague is invited already." in letters[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_whoever_comes_after_all_takes_the_proposal_back(app: Flask) -> None:
    event = an_event(capacity=1)
    ann = accepted(event, name="Ann")
    proposed = a_substitute(ann, name="Ben")
    accept(again(ann))
    assert (again(proposed).state, states(event), taken(event)) == (SubstituteState.TAKEN_BACK, {"Ann": "confirmed"}, 1)
    with pytest.raises(RuleBroken), saving():
        service.approve_substitute(proposed, by=SYSTEM)


def test_whoever_was_replaced_cannot_come_too(app: Flask) -> None:
    event = an_event(capacity=5)
    ann = accepted(event, name="Ann")
    ben = approve(a_substitute(ann, name="Ben"))
    with pytest.raises(RuleBroken, match="Ben is invited in your place"):
        accept(again(ann))
    with saving():
        service.withdraw(ben, by=SYSTEM)
    accept(again(ann))
    assert (answers(event), taken(event)) == ({"Ann": "accepted", "Ben": "withdrawn"}, 1)


def test_a_substitute_may_send_somebody_too(app: Flask) -> None:
    event = an_event(capacity=1)
    ann = accepted(event, name="Ann")
    ben = approve(a_substitute(ann, name="Ben"))
    cat = approve(a_substitute(ben, name="Cat"))
    accept(cat)
    assert answers(event) == {"Ann": "declined", "Ben": "declined", "Cat": "accepted"}
    assert (taken(event), cat.in_place_of, ben.in_place_of) == (1, ben.id, ann.id)
    for one in (ann, ben):
        with pytest.raises(RuleBroken, match="invited in your place"):
            accept(again(one))


def test_another_name_takes_the_place_of_the_first(app: Flask) -> None:
    event = an_event(capacity=1)
    ann = accepted(event, name="Ann")
    first = a_substitute(ann, name="Ben", email="ben@example.org")
    assert a_substitute(again(ann), name="Ben", email="Ben@example.org").id == first.id, "twice changes nothing"
    second = a_substitute(again(ann), name="Cat", email="cat@example.org")
    assert (again(first).state, again(second).state, taken(event)) == ("taken_back", "proposed", 1)


def test_who_is_on_the_list_already_is_said_to_staff_alone(app: Flask) -> None:
    event = an_event()
    an_invitation(event, name="Ben", email="ben@example.org")
    proposed = a_substitute(an_invitation(event, name="Ann"), email="ben@example.org")
    assert [(name, state.value) for name, state in queries.stands_as(event.id, proposed.email)] == [("Ben", "sent")]
    with pytest.raises(service.AlreadyInvited), saving():
        service.approve_substitute(proposed, by=SYSTEM)
    assert again(proposed).state is SubstituteState.PROPOSED


def test_nobody_is_their_own_substitute(app: Flask) -> None:
    invitation = an_invitation(an_event(), email="ann@example.org")
    with pytest.raises(RuleBroken, match="your own address"):
        a_substitute(invitation, email="ANN@example.org")
    assert again(invitation).state == "sent"


def test_a_substitute_without_a_kept_seat_needs_a_free_one(app: Flask) -> None:
    event = an_event(capacity=1)
    ann = an_invitation(event, name="Ann")
    with saving():
        service.decline(ann, by=SYSTEM)
    an_invitation(event, name="Zoe")
    proposed = a_substitute(again(ann), name="Ben")
    with pytest.raises(service.BeyondCapacity), saving():
        service.approve_substitute(proposed, by=SYSTEM)
    approve(proposed, override_reason="The table seats two")
    row = next(row for row in history_of("event", event.id) if row.fact == "InvitationsSent")
    assert (row.reason, row.data["beyond"]) == ("The table seats two", 1)


def test_approving_twice_asks_once(app: Flask, post: Post) -> None:
    event = an_event()
    proposed = a_substitute(an_invitation(event), name="Ben", email="ben@example.org")
    assert approve(proposed).id == approve(proposed).id
    assert sum("ben@example.org" in str(mail["To"]) for mail in post()) == 1


def test_what_nobody_decided_lapses_when_it_begins(app: Flask, at: At) -> None:
    event = an_event()
    proposed = a_substitute(accepted(event))
    at(datetime(2027, 5, 12, 9, tzinfo=UTC))
    with saving():
        events.apply_due(event)
    assert (again(proposed).state, again(proposed.invitation).keeps_seat) == ("lapsed", False)
    with pytest.raises(RuleBroken):
        a_substitute(accepted_before(event))


def accepted_before(event: Event) -> Invitation:
    return queries.board(event).lines[0].invitation


def test_a_withdrawn_invitee_sends_nobody(app: Flask) -> None:
    event = an_event(capacity=1)
    ann = accepted(event, name="Ann")
    proposed = a_substitute(ann)
    with saving():
        service.withdraw(again(ann), by=SYSTEM)
    assert (again(proposed).state, taken(event)) == ("taken_back", 0)
    with pytest.raises(RuleBroken):
        a_substitute(again(ann))


def test_at_an_open_event_whoever_was_replaced_registers_as_anybody(app: Flask) -> None:
    event = an_open_event(capacity=1, holds_seats=True)
    ann = an_invitation(event, name="Ann", email="ann@example.org")
    approve(a_substitute(ann, name="Ben"))
    a_registration(event, name="Ann", email="ann@example.org")
    assert (states(event), taken(event)) == ({"Ann": "waitlisted"}, 1)


def test_the_store_refuses_two_in_one_place_and_one_of_another_event(app: Flask) -> None:
    event, other = an_event(), an_event()
    ann = an_invitation(event)
    approve(a_substitute(ann))
    for where in (event, other):
        second = a_draft_invitation(where)
        with pytest.raises(IntegrityError), saving():
            second.in_place_of = ann.id


def test_a_list_with_both_addresses_of_one_person_asks_them_once(app: Flask) -> None:
    """Decidim #16898: inviting somebody twice failed the whole list."""
    event = an_event()
    person = a_person("Ann", "ann@example.org")
    with saving():
        db.session.add(type(person.emails[0])(person_id=person.id, address="ann@work.example", is_primary=False))
    both = [service.Invitee(email=e, name="Ann") for e in ("ann@work.example", "ann@example.org")]
    with saving():
        made = service.invite_all(
            event, invitees=[*both, service.Invitee(email="b@example.org", name="Ben")], by=SYSTEM
        )
        assert [one.name for one in made] == ["Ann", "Ben"]
