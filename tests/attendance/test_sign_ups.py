"""Signing up to sessions: places, each session's line, what frees a place, who is told (docs/domain.md#sign-up)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from engage.attendance import queries, service
from engage.attendance.models import Registration, SignUp
from engage.core.access import SYSTEM, act_as_link
from engage.core.db import saving
from engage.core.errors import NotFound, RuleBroken
from engage.core.facts import history_of
from engage.events import service as events
from engage.events.models import Event, Precision, Session, SignUps
from tests.factories.attendance import a_registration, again, an_invitation
from tests.factories.events import STARTS, a_session
from tests.factories.sign_ups import a_conference, lined, published, signed_up
from tests.journeys.steps import sent

At = Callable[[datetime], None]
Post = Callable[[], list[EmailMessage]]
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(at: At) -> None:
    at(NOW)


@pytest.fixture
def conference(app: Flask) -> Event:
    return a_conference()


def offered(event: Event, **given: Any) -> Session:
    """A published session that is chosen, from ten to eleven unless said otherwise."""
    session = a_session(event, **{"sign_up": SignUps.OPTIONAL, "capacity": 2, **given})
    published(event)
    return again(session)


def at_one(event: Event, **given: Any) -> Session:
    starts = STARTS + timedelta(hours=3)
    return offered(event, starts=starts, ends=starts + timedelta(hours=1), **given)


def choose(registration: Registration, session: Session, **given: Any) -> SignUp:
    with saving():
        return service.sign_up(registration, session, by=act_as_link(registration.person_id), **given)


def leave(sign_up: SignUp) -> None:
    with saving():
        service.leave(sign_up, by=SYSTEM)


def edited(session: Session, **new: Any) -> None:
    kept = {name: getattr(session, name) for name in ("title", "starts", "ends", "capacity", "sign_up")}
    room = {"room": session.room.name if session.room else ""}
    with saving():
        events.edit_session(again(session), version=session.version, **{**kept, **room, **new}, by=SYSTEM)


def test_places_are_given_until_none_is_left_then_one_waits_in_order(conference: Event) -> None:
    session = offered(conference)
    people = [a_registration(conference, name=name) for name in ("Ann", "Bob", "Cat", "Dan")]
    for one in people:
        choose(one, session)
    assert lined(session) == [("Ann", "placed", 0), ("Bob", "placed", 0), ("Cat", "waiting", 1), ("Dan", "waiting", 2)]
    assert [one.place for one in queries.chosen(people[3])] == [2]


def test_choosing_twice_changes_nothing(conference: Event) -> None:
    session, ann = offered(conference), a_registration(conference)
    assert choose(ann, session).id == choose(ann, session).id
    assert len(lined(session)) == 1


def test_who_leaves_makes_room_for_the_first_in_line_who_is_told_once(conference: Event, post: Post) -> None:
    session = offered(conference, title="Waiting times", capacity=1)
    ann, bob, _cat = (signed_up(conference, session, name=name, email=f"{name}@example.org") for name in "abc")
    post()
    leave(ann)
    leave(ann)
    assert lined(session) == [("b", "placed", 0), ("c", "waiting", 1)]
    new = post()[3:]
    assert sent(new) == {"b@example.org": ["You have a place in “Waiting times”"]}
    said = new[0].get_body(("plain",)).get_content()
    assert "Wednesday 12 May 2027, 10am to 11am (UK time)" in said
    assert "/sessions" in said
    assert [row.says for row in history_of("registration", bob.registration_id)][:2] == [
        "Moved up from a session’s waiting list",
        "Signed up to a session",
    ]


def test_a_newcomer_waits_while_anybody_does(conference: Event) -> None:
    session = offered(conference, capacity=1)
    for name in ("Ann", "Bob"):
        signed_up(conference, session, name=name)
    edited(session, capacity=3)
    assert [state for _name, state, _place in lined(session)] == ["placed", "placed"]
    signed_up(conference, session, name="Cat")
    signed_up(conference, session, name="Dan")
    assert lined(session)[-1] == ("Dan", "waiting", 1)


def test_who_chose_anew_goes_to_the_end(conference: Event) -> None:
    session = offered(conference, capacity=1)
    ann, _bob, cat = (signed_up(conference, session, name=name) for name in ("Ann", "Bob", "Cat"))
    leave(again(cat))
    signed_up(conference, session, name="Dan")
    choose(again(cat).registration, session)
    assert [name for name, _state, _place in lined(session)] == ["Ann", "Bob", "Dan", "Cat"]
    assert ann.queue_number == 1


def test_a_session_without_a_limit_takes_everybody(conference: Event) -> None:
    session = offered(conference, capacity=None)
    for _ in range(5):
        signed_up(conference, session)
    assert {state for _name, state, _place in lined(session)} == {"placed"}


# --- who may, and what takes nobody -------------------------------------------------------------------------------


def test_only_who_has_a_place_at_the_event_chooses(app: Flask) -> None:
    event = a_conference(capacity=1)
    session = offered(event)
    a_registration(event)
    with pytest.raises(RuleBroken, match="those who have a place at the event"):
        choose(a_registration(event), session)


def test_a_place_to_be_reconfirmed_keeps_what_was_chosen_and_chooses_nothing_new(conference: Event) -> None:
    session, other = offered(conference), at_one(conference)
    mine = signed_up(conference, session, name="Ann")
    with saving():
        events.postpone(
            conference,
            precision=Precision.TIME,
            starts=STARTS + timedelta(days=7),
            ends=STARTS + timedelta(days=7, hours=6),
            reason="The room is flooded.",
            by=SYSTEM,
        )
    assert lined(session) == [("Ann", "placed", 0)]
    with pytest.raises(RuleBroken, match="whether the new date suits you"):
        choose(again(mine).registration, again(other))


@pytest.mark.parametrize("why", ["not published", "nobody signs up", "cancelled", "begun", "no time", "event over"])
def test_what_takes_nobody(conference: Event, at: At, why: str) -> None:
    ann = a_registration(conference)
    given: dict[str, Any] = {"sign_up": SignUps.NONE if why == "nobody signs up" else SignUps.OPTIONAL}
    if why == "no time":
        given |= {"starts": None, "ends": None}
    session = a_session(conference, title="Cancer", **given)
    if why != "not published":
        published(conference)
    if why == "cancelled":
        with saving():
            events.cancel_session(session, reason="No speaker.", by=SYSTEM)
    if why == "begun":
        at(datetime(2027, 5, 12, 9, tzinfo=UTC))
    if why == "event over":
        at(datetime(2027, 5, 14, 9, tzinfo=UTC))
    said = {
        "cancelled": "“Cancer” is cancelled",
        "begun": "“Cancer” has begun",
        "no time": "“Cancer” has no time yet",
        "event over": "sessions of this event is closed",
    }
    with pytest.raises(RuleBroken, match=said.get(why, "Nobody signs up to “Cancer”")):
        choose(ann, session)
    assert lined(session) == []


def test_a_session_of_another_event_is_not_there(conference: Event) -> None:
    session = offered(a_conference())
    with pytest.raises(NotFound):
        choose(a_registration(conference), session)


def test_once_it_has_begun_nobody_leaves_or_moves_up(conference: Event, at: At) -> None:
    session = offered(conference, capacity=1)
    ann, bob = (signed_up(conference, session, name=name) for name in ("Ann", "Bob"))
    at(datetime(2027, 5, 12, 9, 0, tzinfo=UTC))
    with pytest.raises(RuleBroken, match="has begun"):
        leave(ann)
    with saving():
        service.remove_sign_up(again(ann), reason="By mistake.", by=SYSTEM)
    assert again(bob).state.value == "waiting"


# --- at the same time ---------------------------------------------------------------------------------------------


def test_two_sessions_at_once_are_refused_by_name_or_swapped_on_request(conference: Event) -> None:
    cancer = offered(conference, title="Cancer", capacity=1)
    workforce = offered(
        conference, title="Workforce", starts=STARTS + timedelta(minutes=30), ends=STARTS + timedelta(minutes=90)
    )
    ann = a_registration(conference, name="Ann")
    choose(ann, cancer)
    signed_up(conference, cancer, name="Bob")
    with pytest.raises(service.AtOnce, match="“Workforce” goes on at the same time as “Cancer”"):
        choose(ann, workforce)
    assert lined(workforce) == []
    choose(ann, workforce, instead=True)
    assert (lined(workforce), lined(cancer)) == ([("Ann", "placed", 0)], [("Bob", "placed", 0)])


def test_waiting_for_one_counts_too_and_one_after_the_other_is_no_overlap(conference: Event) -> None:
    first = offered(conference, title="First", capacity=1)
    at_once = offered(conference, title="At once")
    later = offered(conference, starts=STARTS + timedelta(hours=1), ends=STARTS + timedelta(hours=2))
    signed_up(conference, first)
    ann = signed_up(conference, first).registration
    with pytest.raises(service.AtOnce):
        choose(ann, at_once)
    choose(ann, later)
    assert [one.line.key for one in queries.chosen(again(ann))] == [first.key, later.key]


# --- what follows from elsewhere ----------------------------------------------------------------------------------


def test_a_cancelled_booking_frees_its_sessions(conference: Event, post: Post) -> None:
    morning, noon = offered(conference, title="Morning", capacity=1), at_one(conference, title="Noon", capacity=1)
    ann = signed_up(conference, morning, name="Ann").registration
    choose(ann, noon)
    bob = signed_up(conference, morning, name="Bob", email="bob@example.org").registration
    choose(bob, noon)
    post()
    with saving():
        service.cancel_registration(ann, by=SYSTEM)
    assert (lined(morning), lined(noon)) == ([("Bob", "placed", 0)], [("Bob", "placed", 0)])
    assert sent(post()[2:])["bob@example.org"] == ["You have a place in “Morning”", "You have a place in “Noon”"]


def test_declining_the_invitation_frees_them_too(conference: Event) -> None:
    session = offered(conference, capacity=1)
    invitation = an_invitation(conference, name="Ann")
    with saving():
        registration = service.accept(invitation, by=act_as_link(invitation.person_id))
    choose(registration, session)
    signed_up(conference, session, name="Bob")
    with saving():
        service.decline(invitation, by=act_as_link(invitation.person_id))
    assert lined(session) == [("Bob", "placed", 0)]


def test_a_cancelled_event_tells_its_people_once_and_nobody_of_sessions(conference: Event, post: Post) -> None:
    session = offered(conference, capacity=1)
    for name in "ab":
        signed_up(conference, session, email=f"{name}@example.org")
    before = len(post())
    with saving():
        events.cancel(conference, reason="Strike.", by=SYSTEM)
    title = f"Cancelled: {conference.title}"
    assert sent(post()[before:]) == {"a@example.org": [title], "b@example.org": [title]}
    assert lined(session) == []


def test_a_cancelled_session_tells_its_people_once_also_those_who_wait(conference: Event, post: Post) -> None:
    session = offered(conference, title="Cancer", capacity=1)
    for name in "ab":
        signed_up(conference, session, email=f"{name}@example.org")
    before = len(post())
    for _ in range(2):
        with saving():
            events.cancel_session(session, reason="No speaker.", by=SYSTEM)
    new = post()[before:]
    assert sent(new) == {"a@example.org": ["Cancelled: “Cancer”"], "b@example.org": ["Cancelled: “Cancer”"]}
    assert "No speaker." in new[0].get_body(("plain",)).get_content()
    assert lined(session) == []


def test_a_moved_session_tells_its_people_once_when_that_is_published(conference: Event, post: Post) -> None:
    session, other = offered(conference, title="Cancer"), at_one(conference, title="Noon")
    ann = signed_up(conference, session, email="ann@example.org").registration
    choose(ann, other)
    signed_up(conference, other, email="bob@example.org")
    before = len(post())
    for minutes in (15, 30):
        starts = STARTS + timedelta(minutes=minutes)
        edited(session, starts=starts, ends=starts + timedelta(hours=1))
    edited(other, title="Midday")
    assert len(post()) == before
    published(conference)
    new = post()[before:]
    assert sent(new) == {"ann@example.org": [f"Changed: sessions that you chose at {conference.title}"]}
    said = new[0].get_body(("plain",)).get_content()
    assert "**Cancer**: Wednesday 12 May 2027, 10:30am to 11:30am (UK time)" in said
    assert "Midday" not in said


def test_fewer_places_than_are_taken_are_refused_with_the_figure(conference: Event) -> None:
    session = offered(conference, capacity=3)
    for _ in range(3):
        signed_up(conference, session)
    with pytest.raises(RuleBroken, match="3 people have a place in this session already") as no:
        edited(session, capacity=2)
    assert no.value.field == "capacity"
    with pytest.raises(RuleBroken, match="3 people have chosen this session") as no:
        edited(session, sign_up=SignUps.NONE)
    assert no.value.field == "sign_up"


def test_more_places_and_no_limit_move_the_line_up(conference: Event) -> None:
    session = offered(conference, capacity=1)
    for name in ("Ann", "Bob", "Cat", "Dan"):
        signed_up(conference, session, name=name)
    edited(session, capacity=2)
    assert [place for _name, _state, place in lined(session)] == [0, 0, 1, 2]
    edited(session, capacity=None)
    assert [place for _name, _state, place in lined(session)] == [0, 0, 0, 0]


# --- by staff -----------------------------------------------------------------------------------------------------


def test_staff_move_somebody_who_is_told_once(conference: Event, post: Post) -> None:
    session, other = offered(conference, title="Cancer", capacity=1), offered(conference, title="Care", capacity=1)
    ann = signed_up(conference, session, name="Ann", email="ann@example.org")
    signed_up(conference, session, name="Bob")
    signed_up(conference, other, name="Cat")
    before = len(post())
    with saving():
        service.move_sign_up(ann, to=other, by=SYSTEM)
    assert (lined(session), lined(other)) == ([("Bob", "placed", 0)], [("Cat", "placed", 0), ("Ann", "waiting", 1)])
    (mine,) = [m for m in post()[before:] if "ann@example.org" in m["To"]]
    assert mine["Subject"] == "Another session for you: “Care”"
    assert "you wait for a place" in mine.get_body(("plain",)).get_content()


def test_a_move_keeps_the_rules(conference: Event) -> None:
    session, other = offered(conference, title="Cancer"), at_one(conference, title="Noon")
    same = at_one(conference, title="Beside noon")
    ann = signed_up(conference, session)
    choose(ann.registration, other)
    with pytest.raises(RuleBroken, match="“Beside noon” goes on at the same time as “Noon”"), saving():
        service.move_sign_up(ann, to=same, by=SYSTEM)
    with pytest.raises(RuleBroken, match="has chosen “Noon” already"), saving():
        service.move_sign_up(ann, to=other, by=SYSTEM)


def test_staff_take_somebody_out_and_say_why(conference: Event, post: Post) -> None:
    session = offered(conference, title="Cancer")
    ann = signed_up(conference, session, email="ann@example.org")
    with pytest.raises(RuleBroken, match="Say why"), saving():
        service.remove_sign_up(ann, reason=" ", by=SYSTEM)
    before = len(post())
    for _ in range(2):
        with saving():
            service.remove_sign_up(again(ann), reason="For members only.", by=SYSTEM)
    new = post()[before:]
    assert sent(new) == {"ann@example.org": ["No place any more: “Cancer”"]}
    assert "For members only." in new[0].get_body(("plain",)).get_content()


# --- at the session's door ----------------------------------------------------------------------------------------


def test_who_was_there_is_a_fact_of_its_own_and_twice_is_harmless(conference: Event, at: At) -> None:
    session = offered(conference)
    ann, bob = signed_up(conference, session).registration, a_registration(conference)
    at(datetime(2027, 5, 12, 8, tzinfo=UTC))
    for registration, already in ((ann, False), (ann, True), (bob, False)):
        with saving():
            assert service.check_in_to_session(registration, session, by=SYSTEM).already is already
    assert again(ann).state.value == "confirmed"
    assert queries.at_session_count(session, everybody=False) == (2, 2)
    for _ in range(2):
        with saving():
            service.undo_session_check_in(ann, session, by=SYSTEM)
    assert queries.at_session_count(session, everybody=False) == (2, 1)
    with saving():
        assert service.check_in_to_session(ann, session, by=SYSTEM).already is False


def test_the_door_of_a_session_is_shut_before_the_day_and_to_who_has_no_place(conference: Event, at: At) -> None:
    session, ann = offered(conference), a_registration(conference, name="Ann")
    with pytest.raises(RuleBroken, match="doors open 12 hours"), saving():
        service.check_in_to_session(ann, session, by=SYSTEM)
    with saving():
        service.cancel_registration(ann, by=SYSTEM)
    at(datetime(2027, 5, 12, 8, tzinfo=UTC))
    with pytest.raises(RuleBroken, match="Ann has no place"), saving():
        service.check_in_to_session(again(ann), session, by=SYSTEM)
    elsewhere = offered(a_conference())
    with pytest.raises(NotFound), saving():
        service.check_in_to_session(ann, elsewhere, by=SYSTEM)
