"""The demonstration, told to an empty store: what the story promises is there, and nobody is written to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from flask import Flask

from engage.accounts import queries as accounts
from engage.attendance import queries as attendance
from engage.attendance.models import AccessNeed, RegistrationState
from engage.core import clock, files, outbox
from engage.core.db import db
from engage.core.facts import History, history_of
from engage.core.jobs import Job, JobState
from engage.core.outbox import MailState
from engage.demo import loader
from engage.events import queries as events
from engage.events.models import Event, EventKind, EventState, Precision
from engage.feedback import queries as feedback
from engage.feedback.models import FormState
from engage.following.models import Follower, Interest, InterestState
from engage.outcomes import queries as outcomes
from engage.outcomes.models import PAST_DUE, Action, ActionRedate, ActionState, OutcomeState, RecordState
from engage.papers import queries as papers
from engage.papers.models import Paper, PaperState
from engage.programmes import queries as programmes
from engage.site import queries as public
from engage.themes import queries as themes
from tests import stores

PAST, LIVE = "health-and-care-statistics", "housing-and-homelessness-statistics"


@pytest.fixture(scope="module")
def loaded(_application: tuple[Flask, stores.Reset]) -> Iterator[Flask]:
    """Told once for all of these tests, which only read."""
    app, reset = _application
    reset()
    loader.load(app)
    yield app
    reset()


@pytest.fixture
def app(loaded: Flask) -> Iterator[Flask]:
    with loaded.app_context():
        yield loaded
        db.session.rollback()


def count(query: sa.Select[int]) -> int:
    return db.session.scalar(query) or 0


def actions_of(slug: str) -> list[Action]:
    programme = programmes.by_slug(slug)
    assert programme is not None
    return list(db.session.scalars(sa.select(Action).where(Action.programme_id == programme.id).order_by(Action.id)))


def event(slug: str) -> Event:
    found = events.by_slug(slug)
    assert found is not None
    return found


def test_eight_theme_groups_of_which_one_is_vacant(app: Flask) -> None:
    programme = programmes.by_slug(PAST)
    assert programme is not None
    found = themes.published_of(programme.id)
    assert len(found) == 8
    assert [theme.slug for theme in found if themes.is_vacant(theme)] == ["workforce"]


def test_a_past_page_knows_who_led_then(app: Flask) -> None:
    theme = themes.by_slug("adult-social-care")
    assert theme is not None
    assert [term.person.name for term in themes.terms_of(theme.id)] == ["Margit Hollowell", "Dorothea Pennyroyal"]


def test_three_round_tables_one_of_which_had_two_dates(app: Flask) -> None:
    programme = programmes.by_slug(PAST)
    assert programme is not None
    tables = [e for e in events.of_programme(programme.id) if e.kind is EventKind.ROUND_TABLE]
    dates = {table.slug: [date.precision for date in table.dates] for table in tables}
    assert dates == {
        "health-statistics-round-table-1": [Precision.TIME],
        "health-statistics-round-table-2": [Precision.TIME],
        "health-statistics-round-table-3": [Precision.MONTH, Precision.TO_BE_CONFIRMED, Precision.TIME],
    }


def test_round_table_2_had_20_present_2_of_them_secretariat_and_3_apologies(app: Flask) -> None:
    record = outcomes.by_event(event("health-statistics-round-table-2").id)
    assert record is not None
    told = outcomes.counts_of(record)
    assert (told.present, told.secretariat, told.apologies) == (20, 2, 3)


def test_what_the_chair_asked_for_stands_in_the_second_version_of_the_record(app: Flask) -> None:
    record = outcomes.by_event(event("health-statistics-round-table-2").id)
    assert record is not None
    first, second = (str(outcomes.version_of(record.id, number).content) for number in (1, 2))  # type: ignore[union-attr]
    assert "One of the two counts of admissions is wrong" in first
    assert "One of the two counts of admissions is wrong" not in second


def test_records_are_as_far_as_the_story_tells(app: Flask) -> None:
    states = {
        e.slug: record.state
        for e in db.session.scalars(sa.select(Event).order_by(Event.id))
        if (record := outcomes.by_event(e.id))
    }
    waiting = {slug for slug, state in states.items() if state is RecordState.CIRCULATED}
    assert waiting == {"steering-group-march-2019", "workshop-measuring-crowding"}
    assert {state for slug, state in states.items() if slug not in waiting} == {RecordState.PUBLISHED}
    assert len(states) == 10


def test_forty_actions_in_every_state_some_overdue_some_re_dated(app: Flask) -> None:
    found = actions_of(PAST)
    assert Counter(action.state for action in found) == {
        ActionState.VERIFIED: 25,
        ActionState.IN_PROGRESS: 3,
        ActionState.AGREED: 2,
        ActionState.REPORTED_COMPLETE: 3,
        ActionState.PROPOSED: 3,
        ActionState.DROPPED: 3,
        ActionState.SUPERSEDED: 1,
    }
    late = [a for a in found if a.state in PAST_DUE and a.due and a.due < clock.today("Europe/London")]
    moved = sa.select(ActionRedate.action_id).distinct().where(ActionRedate.action_id.in_([a.id for a in found]))
    assert len(late) == 5
    assert len(db.session.scalars(moved).all()) == 10
    assert [a.reference for a in found] == [f"HCS-A{n}" for n in range(1, 41)]


def test_nobody_verified_what_they_reported(app: Flask) -> None:
    for action in actions_of(PAST) + actions_of(LIVE):
        moves = outcomes.moves_of(action.id)
        for reported, after in pairwise(moves):
            if (reported.state, after.state) == (ActionState.REPORTED_COMPLETE, ActionState.VERIFIED):
                assert reported.actor != after.actor


def test_duties_that_were_open_passed_to_the_successor(app: Flask) -> None:
    by_name = {a.text[:30]: a.organisation.label for a in actions_of(PAST)}
    assert by_name["Publish healthy life expectanc"] == "OHID"


def test_papers_stand_in_versions_and_in_every_state(app: Flask) -> None:
    found = list(db.session.scalars(sa.select(Paper).order_by(Paper.id)))
    by_title = {paper.title: paper for paper in found}
    travel = by_title["Health Statistics – Direction of Travel"]
    assert (travel.reference, travel.event_id, len(travel.versions)) == ("HCS-P5", None, 2)
    assert [f"{version.published_at:%Y-%m}" for version in travel.versions] == ["2016-03", "2016-04"]
    assert {paper.state for paper in found} == set(PaperState) - {PaperState.AGREED}
    assert [p.title for p in papers.of_event(event("health-statistics-round-table-1").id)] == [
        "Summary of Round Table 1",
        "The landscape of producers",
        "List of statistics published",
        "Who looks after the whole?",
    ]
    assert all(files.path_of(version.checksum).is_file() for paper in found for version in paper.versions)
    count = by_title["One count of homelessness: the proposal"]
    assert (count.newest.number, count.shared and count.shared.number) == (2, 1)


def test_the_chain_from_a_comment_to_the_verified_action(app: Flask) -> None:
    summit = event("health-and-care-statistics-summit")
    page = public.event(summit.slug)
    assert page is not None
    (led_to,) = page.led_to
    assert "UK Health Accounts" in led_to.words
    assert "UK Health Accounts" in led_to.text
    action = outcomes.action_by_reference(led_to.reference)
    assert action is not None and action.outcome is not None
    assert (action.state, action.event_id) == (ActionState.VERIFIED, summit.id)
    assert action.outcome.state is OutcomeState.CONFIRMED


def test_feedback_of_two_events_is_published_and_one_form_is_open(app: Flask) -> None:
    states = {
        slug: form.state
        for slug in ("health-and-care-statistics-summit", "users-conference-2017", "workshop-measuring-crowding")
        if (form := feedback.by_event(event(slug).id))
    }
    assert list(states.values()) == [FormState.PUBLISHED, FormState.PUBLISHED, FormState.OPEN]


def test_summit_and_conference_were_attended_by_120_and_152(app: Flask) -> None:
    slugs = ("health-and-care-statistics-summit", "users-conference-2017")
    assert [len(attendance.attended(event(slug))) for slug in slugs] == [120, 152]


def test_twelve_reconfirmed_for_the_new_date(app: Flask) -> None:
    table = event("health-statistics-round-table-3")
    asked_again = [
        r
        for r in attendance.attended(table)
        if RegistrationState.RECONFIRM in {m.state for m in attendance.moves_of(r)}
    ]
    assert len(asked_again) == 11  # twelve were asked; one of them declined
    assert len(attendance.attended(table)) == 12  # and one came who had not answered before


def test_the_live_programme_can_be_worked_in_at_once(app: Flask) -> None:
    states = {
        slug: event(slug).state
        for slug in (
            "temporary-accommodation-working-meeting",
            "housing-round-table-2",
            "housing-users-day",
            "housing-summit",
        )
    }
    assert list(states.values()) == [EventState.LIVE, EventState.SCHEDULED, EventState.OPEN, EventState.DRAFT]
    assert event("housing-summit").published_at is None
    seats = attendance.seats(event("housing-users-day"))
    assert (seats.taken, seats.waiting, seats.free) == (20, 4, 2)
    door = attendance.door_list(event("temporary-accommodation-working-meeting"))
    assert Counter(line.registration.state for line in door) == {
        RegistrationState.ATTENDED: 5,
        RegistrationState.CONFIRMED: 5,
    }


@pytest.mark.one_store
def test_those_who_registered_for_the_open_event_answered_its_questions(app: Flask) -> None:
    open_event = event("housing-users-day")
    told = {one.question.label: (one.question.kind, one.answered) for one in attendance.summaries(open_event)}
    counts = attendance.seats(open_event)
    assert told.pop("At which table would you like to begin?") == ("choice", counts.taken + counts.waiting)
    assert told.pop("Badge printed?") == ("choice", 0)
    assert {kind for kind, many in told.values() if many} == {"choice", "text", "long_text", "consent"}


@pytest.mark.one_store
def test_one_event_appears_by_itself_in_the_coming_days(app: Flask) -> None:
    coming = event("housing-round-table-3")
    assert coming.published_at is None
    assert coming.announce_at is not None
    assert clock.now() < coming.announce_at < clock.now() + timedelta(days=6)
    assert app.test_client().get("/events/housing-round-table-3").status_code == 404


def test_followers_confirmed_left_or_were_only_just_asked(app: Flask) -> None:
    states = Counter(db.session.scalars(sa.select(Interest.state)))
    assert set(states) == set(InterestState)
    assert states[InterestState.PENDING] == 1
    assert count(sa.select(sa.func.count()).select_from(Follower)) == 44


def test_needs_that_were_told_for_past_events_are_gone(app: Flask) -> None:
    left = db.session.scalars(sa.select(AccessNeed)).all()
    assert left
    events = {attendance.registration_by_id(need.registration_id).event.slug for need in left}  # type: ignore[union-attr]
    assert events == {"housing-users-day", "housing-data-clinic"}


def test_nothing_waits_to_be_sent_or_done(app: Flask) -> None:
    counts = outbox.counts()
    assert counts[MailState.SENT] > 0
    assert sum(number for state, number in counts.items() if state is not MailState.SENT) == 0
    assert set(db.session.scalars(sa.select(Job.state))) == {JobState.DONE}


def test_history_was_written_then_by_those_who_did_it(app: Flask) -> None:
    table = history_of("event", event("health-statistics-round-table-3").id)
    assert {row.fact for row in table} >= {"EventCreated", "EventPostponed", "EventRescheduled", "EventHeld"}
    postponed = next(row for row in table if row.fact == "EventPostponed")
    assert (f"{postponed.at:%Y-%m-%d}", postponed.actor.partition(":")[0]) == ("2017-02-27", "user")
    order = db.session.scalars(sa.select(History.at).order_by(History.id)).all()
    assert order[0].year == 2015
    assert max(order) <= clock.now()


def test_every_role_has_an_account_whose_address_is_told(app: Flask) -> None:
    told = loader.accounts()
    assert told[0][0] == "Administrator"
    assert len(told) == 11
    assert all(accounts.user_by_email(address) for _role, address in told)


def test_every_page_of_the_public_tree_answers(app: Flask) -> None:
    client = app.test_client()
    listed = re.findall(r"<loc>http://localhost(.*?)</loc>", client.get("/sitemap.xml").get_data(as_text=True))
    actions = [f"/actions/{a.reference}" for a in actions_of(PAST) + actions_of(LIVE) if a.published_at]
    assert len(actions) == 37 + 7
    assert {f"/programmes/{PAST}", f"/programmes/{LIVE}", "/themes/workforce"} <= set(listed)
    answers = {page: client.get(page).status_code for page in ["/", *listed, *actions]}
    assert {page: status for page, status in answers.items() if status != 200} == {}
    assert client.get("/events/housing-summit").status_code == 404


def test_it_is_told_to_an_empty_store_only(app: Flask) -> None:
    before = count(sa.select(sa.func.count()).select_from(History))
    db.session.rollback()
    assert not loader.is_empty(app)
    with pytest.raises(loader.NotEmpty):
        loader.load(app)
    assert count(sa.select(sa.func.count()).select_from(History)) == before
