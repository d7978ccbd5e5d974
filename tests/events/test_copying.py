"""A copy takes the structure of an event: never people, dates, answers or what was agreed (docs/domain.md#event)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engage.attendance import queries as attendance
from engage.attendance.models import AskedKind
from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.core.errors import RuleBroken
from engage.core.facts import history_of, preview
from engage.events import queries, service
from engage.events.models import AgendaKind, EventKind, EventState, Precision
from engage.events.service import Speaker
from engage.feedback import queries as feedback
from engage.programmes import service as programmes
from engage.themes import service as themes
from tests.events.filling import send, wall
from tests.factories.attendance import a_kind, accepted
from tests.factories.events import STARTS, a_draft, a_session, a_theme, again, an_agenda_item, an_event
from tests.factories.feedback import a_form
from tests.factories.outcomes import a_person
from tests.factories.questions import a_question
from tests.reader import words

NEXT = datetime(2028, 6, 14, 9, 30)  # noqa: DTZ001 -- wall time, in another month and at another hour


def a_full_event(programme, **given):
    """One with everything that can be copied, and much that cannot."""
    cancer, work = a_theme(programme, title="Cancer"), a_theme(programme, title="Workforce")
    event = an_event(
        programme,
        **{"kind": EventKind.CONFERENCE, "title": "Users' day 2027", "theme": cancer, **given},
        chair=a_person("Carol Chair"),
        secretary=a_person("Sam Secretary"),
        capacity=120,
        reserved=9,
        holds_seats=True,
        access_information="Step-free",
        summary="Of that day",
        online_link="https://meet.example.org/x",
    )
    with saving():
        service.set_themes(event, cancer, [work], by=SYSTEM)
    an_agenda_item(event, title="Opening", minutes=20, presenter="Pat Presenter", themes=[work])
    an_agenda_item(event, title="Cost", minutes=15, kind=AgendaKind.INTERNAL)
    for n, (room, title) in enumerate([("Library", "Beds"), ("Hall", "Staff"), ("Library", "Called off")]):
        starts = STARTS + timedelta(hours=1 + n)
        a_session(
            event,
            title=title,
            room=room,
            track="Care",
            starts=starts,
            ends=starts + timedelta(minutes=45),
            themes=[work],
            capacity=30,
            speakers=[Speaker(name="Sally Speaker")],
            chair=Speaker(name="Sally Speaker"),
        )
    with saving():
        service.cancel_session(queries.sessions_of(event.id)[2], reason="Ill", by=SYSTEM)
    a_form(event)
    a_question(event, AskedKind.CHOICE, "Will you speak?")
    a_kind(event, "Speaker", 10)
    accepted(event)
    return again(event)


def copied(source, **given):
    with saving():
        made = service.copy(source, **{"title": "Users' day 2028", **given}, by=SYSTEM)
    db.session.expire_all()
    return made


def test_the_structure_is_taken_and_nothing_of_people_and_dates(programme):
    source = a_full_event(programme)
    made = copied(source)
    assert (made.title, made.slug, made.state, made.kind, made.admission) == (
        "Users' day 2028",
        "users-day-2028",
        EventState.DRAFT,
        EventKind.CONFERENCE,
        source.admission,
    )
    assert (made.capacity, made.reserved, made.holds_seats, made.access_information) == (120, 9, True, "Step-free")
    assert (made.owning_theme.title, [t.title for t in made.other_themes]) == ("Cancer", ["Workforce"])
    assert [(i.title, i.minutes, i.kind, i.presenter, [t.theme.title for t in i.themes]) for i in made.agenda] == [
        ("Opening", 20, AgendaKind.OPEN, "", ["Workforce"]),
        ("Cost", 15, AgendaKind.INTERNAL, "", []),
    ]
    assert (made.precision, made.starts, made.published_at, made.chair, made.secretary, made.summary, made.place) == (
        Precision.TO_BE_CONFIRMED,
        None,
        None,
        None,
        None,
        "",
        "",
    )
    assert [(s.title, s.room.name, s.track.name, s.capacity, s.people, s.starts_at) for s in made.sessions] == [
        ("Beds", "Library", "Care", 30, [], None),
        ("Staff", "Hall", "Care", 30, [], None),
    ]
    assert source.sessions[0].room.id != made.sessions[0].room.id
    said = [(row.fact, row.data.get("source_id")) for row in history_of("event", made.id)]
    assert ("EventCopied", source.id) in said


def test_sessions_stand_as_far_from_the_start_as_before(programme):
    made = copied(a_full_event(programme), precision=Precision.TIME, starts=NEXT, ends=NEXT + timedelta(hours=6))
    assert [(s.starts - NEXT, s.ends - s.starts) for s in made.sessions] == [
        (timedelta(hours=1), timedelta(minutes=45)),
        (timedelta(hours=2), timedelta(minutes=45)),
    ]


def test_sessions_of_a_copy_without_a_date_get_their_times_with_it(programme):
    made = copied(a_full_event(programme))
    with saving():
        service.edit(made, version=made.version, starts=NEXT, ends=NEXT + timedelta(hours=6), by=SYSTEM)
    db.session.expire_all()
    assert [s.starts - NEXT for s in made.sessions] == [timedelta(hours=1), timedelta(hours=2)]


def test_the_feedback_form_is_copied_without_an_answer(programme):
    source = a_full_event(programme)
    asked = [(q.kind, q.text, q.options, q.required) for q in feedback.by_event(source.id).questions]
    form = feedback.by_event(copied(source).id)
    assert [(q.kind, q.text, q.options, q.required) for q in form.questions] == asked
    assert (form.state, form.answers, feedback.answered(form.id)) == ("draft", [], 0)


def test_questions_at_registration_are_copied_and_told_beforehand(programme):
    source = a_full_event(programme)
    told = [(effect.count, effect.what) for effect in preview(service.copying(source))]
    assert told == [
        (1, "question at registration is copied"),
        (1, "kind of ticket is copied"),
        (len(feedback.by_event(source.id).questions), "questions of the feedback form are copied"),
    ]
    made = copied(source)
    assert [question.label for question in attendance.standing(made.id)] == ["Will you speak?"]
    assert [(kind.name, kind.capacity) for kind in attendance.kinds_of(made.id)] == [("Speaker", 10)]


def test_what_stood_under_a_closed_group_is_copied_without_it(programme):
    source = a_full_event(programme)
    with saving():
        themes.close(source.owning_theme, reason="Done", by=SYSTEM)
    made = copied(again(source))
    assert (made.owning_theme, [t.theme.title for t in made.agenda[0].themes]) == (None, ["Workforce"])


def test_nothing_is_copied_in_a_closed_programme(programme):
    source = a_draft(programme)
    with saving():
        programmes.close(programme, reason="Done", by=SYSTEM)
    with saving(), pytest.raises(RuleBroken, match="closed"):
        service.copy(source, title="Again", by=SYSTEM)


def test_an_event_under_several_theme_groups_is_found_under_each_and_copied_under_each(client, programme):
    """Events that belong to several subjects had to be doubled by hand: Indico #2178 ("an event in several
    categories"). Here it stands under each of its groups, once."""
    source = a_full_event(programme, slug="shared")
    for theme in (source.owning_theme, *source.other_themes):
        assert 'href="/events/shared"' in client.get(f"/themes/{theme.slug}").text
        assert client.get(f"/events?theme={theme.slug}").text.count('href="/events/shared"') == 1
    assert client.get("/events").text.count('href="/events/shared"') == 1
    assert [link.theme_id for link in copied(source).themes] == [link.theme_id for link in source.themes]


def test_the_page_asks_for_title_and_date_and_leads_to_the_copy(convenor, programme):
    a_full_event(programme, slug="first")
    shown = convenor.get("/manage/events/first/copy").text
    assert "2 items of the agenda" in shown and "2 sessions" in shown and "questions of the feedback form" in shown
    refused = send(convenor, "/manage/events/first/copy", title="", precision="time", **wall("starts", NEXT))
    assert refused.status_code == 422
    taken = send(convenor, "/manage/events/first/copy", title="Another", slug="first")
    assert (taken.status_code, "Another event has this address" in taken.text) == (422, True)
    made = send(
        convenor,
        "/manage/events/first/copy",
        title="Another",
        precision="time",
        **wall("starts", NEXT),
        **{"ends-time": "4pm"},
    )
    assert made.location.endswith("/manage/events/another")
    assert queries.by_slug("another").starts == NEXT
    assert "Copied from – Users' day 2027" in words(convenor.get(made.location))
