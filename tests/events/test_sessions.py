"""Sessions: made, changed, cancelled, moved along with their event, warned of, published (docs/domain.md#session)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import history_of
from engage.core.text import NonexistentTime
from engage.events import queries, service
from engage.events.models import EventKind, EventState, SessionState, SessionTheme
from engage.events.queries import Changed, Clash, ClashKind, Line
from tests.factories.events import STARTS, a_draft, a_programme, a_session, a_theme, again, an_event
from tests.factories.outcomes import a_person

TEN = STARTS
HOUR = timedelta(hours=1)


def on(hour: int, minute: int = 0, day: int = 12) -> datetime:
    return datetime(2027, 5, day, hour, minute)  # noqa: DTZ001 -- a wall time


def afresh(session):
    db.session.expire_all()
    found = queries.session_by_key(session.event.slug, session.key)
    assert found is not None
    return found


def edit(session, **new):
    """Save the session as it stands, but for what is given."""
    session = afresh(session)
    stored = {
        "title": session.title,
        "description": session.description,
        "starts": session.starts,
        "ends": session.ends,
        "room": session.room.name if session.room else "",
        "track": session.track.name if session.track else "",
        "chair": said(session.chair),
        "speakers": [said(person) for person in session.speakers],
        "themes": [link.theme for link in session.themes],
        "capacity": session.capacity,
        "version": session.version,
    }
    with saving():
        return service.edit_session(session, **{**stored, **new}, by=SYSTEM)


def said(person):
    if person is None:
        return None
    return service.Speaker(name=person.name, organisation=person.organisation, person=person.person)


def names(session) -> list[str]:
    return [person.name for person in afresh(session).people]


def facts(event) -> list[str]:
    return [row.fact for row in history_of("event", event.id)][::-1]


def publish(event):
    with saving():
        return service.publish_timetable(event, by=SYSTEM)


@pytest.fixture
def event(programme):
    return an_event(programme, kind=EventKind.CONFERENCE)


# --- made and changed ---------------------------------------------------------------------------------------------


def test_a_session_says_what_when_where_who_and_for_which_theme_groups(programme, event):
    theme, ada = a_theme(programme, title="Cancer"), a_person("Ada Ashdown")
    session = a_session(
        event,
        title=" Waiting times ",
        description="What they leave out.",
        starts=on(10),
        ends=on(11, 30),
        room="Library",
        track="Care",
        chair=service.Speaker(name="Carol Chair"),
        speakers=[service.Speaker(name="A. Ashdown", organisation="ONS", person=ada), service.Speaker(name="Bo")],
        themes=[theme],
        capacity=30,
    )
    session = afresh(session)
    assert (session.title, session.room.name, session.track.name, session.capacity, session.state) == (
        "Waiting times",
        "Library",
        "Care",
        30,
        SessionState.PLANNED,
    )
    assert (session.starts_at, session.ends_at) == (
        datetime(2027, 5, 12, 9, tzinfo=UTC),
        datetime(2027, 5, 12, 10, 30, tzinfo=UTC),
    )
    assert session.chair.name == "Carol Chair"
    assert [(p.name, p.organisation, p.person_id) for p in session.speakers] == [
        ("A. Ashdown", "ONS", ada.id),
        ("Bo", "", None),
    ]
    assert [link.theme.title for link in session.themes] == ["Cancer"]


def test_two_sessions_share_a_room_and_a_track_however_they_are_typed_and_both_are_renamed_at_once(event):
    one = a_session(event, room="Great Hall", track="Care")
    other = a_session(event, room=" great  HALL ", track="care", starts=on(12), ends=on(13))
    assert (one.room_id, one.track_id) == (other.room_id, other.track_id)
    with saving():
        service.rename_room(afresh(one).room, name="Small Hall", by=SYSTEM)
    with saving():
        service.rename_track(afresh(one).track, name="Costs", by=SYSTEM)
    assert [(s.room.name, s.track.name) for s in queries.sessions_of(event.id)] == [("Small Hall", "Costs")] * 2
    a_session(event, room="Library")
    with pytest.raises(RuleBroken, match="Another one has this name"), saving():
        service.rename_room(afresh(one).room, name="LIBRARY", by=SYSTEM)
    assert facts(event)[-3:] == ["RoomRenamed", "TrackRenamed", "SessionAdded"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"description": "x" * 601}, "description"),
        ({"ends": None}, "ends"),
        ({"starts": None}, "starts"),
        ({"ends": on(10)}, "ends"),
        ({"ends": on(9)}, "ends"),
        ({"capacity": 0}, "capacity"),
        ({"room": "x" * 81}, "room"),
        ({"track": "x" * 81}, "track"),
        ({"chair": service.Speaker(name=" ")}, "chair"),
        ({"speakers": [service.Speaker(name="x" * 201)]}, "speakers"),
        ({"speakers": [service.Speaker(name="Bo")] * 41}, "speakers"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(event, given, field):
    session = a_session(event)
    with pytest.raises(RuleBroken) as no:
        a_session(event, **given)
    assert no.value.field == field
    with pytest.raises(RuleBroken):
        edit(session, **given)
    assert len(queries.sessions_of(event.id)) == 1


def test_a_time_that_the_clocks_skip_is_refused_and_one_that_comes_twice_keeps_which(programme):
    spring = an_event(programme, starts=datetime(2027, 3, 28, 0), ends=datetime(2027, 3, 28, 6))  # noqa: DTZ001
    with pytest.raises(NonexistentTime) as no:
        a_session(spring, starts=datetime(2027, 3, 28, 1, 30), ends=datetime(2027, 3, 28, 3))  # noqa: DTZ001
    assert no.value.field == "starts"
    autumn = an_event(programme, starts=datetime(2027, 10, 31, 0), ends=datetime(2027, 10, 31, 6))  # noqa: DTZ001
    second = datetime(2027, 10, 31, 1, 30, fold=1)  # noqa: DTZ001
    session = afresh(a_session(autumn, starts=second, ends=datetime(2027, 10, 31, 2)))  # noqa: DTZ001
    assert (session.starts_at, session.starts.fold) == (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), 1)
    session = edit(session, starts=second.replace(fold=0))
    assert afresh(session).starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_theme_groups_of_another_programme_are_refused_by_the_verb_and_by_the_store(event):
    strange, session = a_theme(a_programme()), a_session(event)
    with pytest.raises(RuleBroken, match="own programme"):
        a_session(event, themes=[strange])
    with pytest.raises(IntegrityError), saving():
        db.session.add(
            SessionTheme(
                session_id=session.id,
                event_id=event.id,
                theme_id=strange.id,
                programme_id=event.programme_id,
            )
        )


def test_a_room_of_another_event_is_refused_by_the_store(programme, event):
    theirs = a_session(an_event(programme), room="Library")
    session = a_session(event)
    with pytest.raises(IntegrityError), saving():
        afresh(session).room_id = theirs.room_id


def test_who_saves_second_is_told_and_nothing_is_lost(event):
    session = a_session(event)
    edit(session, title="First")
    with pytest.raises(StaleVersion):
        edit(session, title="Second", version=1)
    assert afresh(session).title == "First"
    edit(session)
    assert (afresh(session).version, facts(event).count("SessionChanged")) == (2, 1)


def test_a_row_of_who_speaks_stays_while_it_says_the_same_and_history_names_nobody(event):
    bo, cy = service.Speaker(name="Bo Quill"), service.Speaker(name="Cy Thorn", organisation="ONS")
    session = a_session(event, speakers=[bo, cy])
    before = {person.name: person.key for person in afresh(session).people}
    edit(session, chair=bo, speakers=[cy, service.Speaker(name="Bo Quill-Smith")])
    after = {(person.part.value, person.name): person.key for person in afresh(session).people}
    assert names(session) == ["Bo Quill", "Cy Thorn", "Bo Quill-Smith"]
    assert after["speaker", "Cy Thorn"] == before["Cy Thorn"]
    assert before["Bo Quill"] not in after.values()
    told = db.session.execute(sa.text("SELECT changes, data FROM history")).all()
    assert not any("Quill" in str(row) or "Thorn" in str(row) for row in told)


# --- cancelled, live, over ----------------------------------------------------------------------------------------


def test_a_cancelled_session_keeps_its_row_with_the_reason_and_changes_no_more(event):
    session = a_session(event)
    with pytest.raises(RuleBroken, match="Say why"), saving():
        service.cancel_session(session, reason=" ", by=SYSTEM)
    for _twice in range(2):
        with saving():
            service.cancel_session(session, reason="The speaker is ill.", by=SYSTEM)
    session = afresh(session)
    assert (session.state, session.cancel_reason) == (SessionState.CANCELLED, "The speaker is ill.")
    with pytest.raises(RuleBroken, match="stays as it was"):
        edit(session, title="Another")
    assert facts(event)[-2:] == ["SessionAdded", "SessionCancelled"]


def test_a_session_begins_and_ends_by_the_clock_once_its_event_is_live(event, at):
    session = a_session(event, starts=on(11), ends=on(12))
    unplaced = a_session(event, starts=None, ends=None)
    seen = []
    for hour, minute in ((8, 0), (9, 30), (10, 0), (11, 0)):  # UTC: an hour behind
        at(datetime(2027, 5, 12, hour, minute, tzinfo=UTC))
        with saving():
            service.apply_due(again(event))
        seen.append((afresh(session).state.value, afresh(unplaced).state.value))
    assert seen == [("planned", "planned"), ("planned", "planned"), ("live", "planned"), ("ended", "planned")]
    with pytest.raises(RuleBroken, match="cannot become cancelled"), saving():
        service.cancel_session(afresh(session), reason="Too late", by=SYSTEM)
    with saving():
        service.hold(again(event), by=SYSTEM)
    assert afresh(unplaced).state is SessionState.ENDED


def test_the_sessions_of_a_cancelled_event_stay_as_they_were(event):
    session = a_session(event)
    with saving():
        service.cancel(again(event), reason="Flood", by=SYSTEM)
    for act in (
        lambda: edit(session, title="X"),
        lambda: a_session(again(event)),
        lambda: publish(again(event)),
    ):
        with pytest.raises(RuleBroken, match="stays as it was"):
            act()


# --- when the event gets another date ------------------------------------------------------------------------------


def hours(event) -> list[tuple[str, str | None]]:
    db.session.expire_all()
    return [
        (f"{s.starts_local:%d %H:%M}" if s.starts_local else "", s.starts_at and f"{s.starts_at:%d %H:%M}")
        for s in queries.sessions_of(event.id)
    ]


def test_postponed_to_another_day_its_sessions_keep_their_distance_from_the_start(event):
    a_session(event, starts=on(10, 30), ends=on(11))
    a_session(event, starts=None, ends=None)
    with saving():
        service.postpone(again(event), reason="Flood", starts=on(13, day=20), ends=on(19, day=20), by=SYSTEM)
    assert hours(event) == [("20 13:30", "20 12:30"), ("", None)]


def test_postponed_without_a_day_they_have_no_time_until_it_has_one_again(event):
    session = a_session(event, starts=on(10, 30), ends=on(11))
    publish(event)
    with saving():
        service.postpone(again(event), reason="Flood", by=SYSTEM)
    assert hours(event) == [("12 10:30", None)]
    with pytest.raises(RuleBroken, match="no day yet"):
        edit(session, starts=on(9), ends=on(10))
    edit(session, title="Still the same hours")
    assert [line.starts for line in queries.published_lines(again(event).timetable, again(event))] == [None]
    with saving():
        service.reschedule(again(event), starts=on(9, day=26), ends=on(15, day=26), by=SYSTEM)
    assert hours(event) == [("26 09:30", "26 08:30")]
    lines = queries.published_lines(again(event).timetable, again(event))
    assert [(line.starts, line.ends) for line in lines] == [(on(9, 30, day=26), on(10, day=26))]


def test_other_hours_of_the_same_day_move_no_session(programme, event):
    session = a_session(event, starts=on(10), ends=on(11))
    with saving():
        service.edit(again(event), version=again(event).version, starts=on(10, 30), ends=on(16), by=SYSTEM)
    assert hours(event) == [("12 10:00", "12 09:00")]
    assert queries.clashes(again(event), [afresh(session)]) == {session.id: [Clash(ClashKind.HOURS, "", None)]}


def test_an_event_planned_by_the_day_moves_its_sessions_by_days(programme):
    draft = a_draft(programme, starts=on(0).date(), ends=None)
    a_session(draft, starts=on(10), ends=on(11))
    with saving():
        service.edit(again(draft), version=1, starts=on(13, day=14), ends=on(18, day=14), by=SYSTEM)
    assert hours(draft) == [("14 10:00", "14 09:00")]


def test_another_zone_keeps_the_wall_times_and_derives_new_instants(event):
    a_session(event, starts=on(10), ends=on(11))
    with saving():
        service.edit(again(event), version=again(event).version, zone="Europe/Paris", by=SYSTEM)
    assert hours(event) == [("12 10:00", "12 08:00")]


def test_new_zone_rules_move_the_instants_of_sessions_ahead(event):
    session = a_session(event, starts=on(10), ends=on(11))
    with saving():
        afresh(session).starts_at = datetime(2027, 5, 12, 8, tzinfo=UTC)
    with saving():
        service.refresh_instants()
    assert hours(event) == [("12 10:00", "12 09:00")]


# --- clashes ------------------------------------------------------------------------------------------------------


def warned(event) -> dict[str, list[tuple[str, str, str]]]:
    db.session.expire_all()
    sessions = queries.sessions_of(event.id)
    titles = {session.id: session.title for session in sessions}
    return {
        titles[ident]: sorted((c.kind.value, c.what, c.with_.title if c.with_ else "") for c in found)
        for ident, found in queries.clashes(again(event), sessions).items()
    }


def test_one_room_twice_and_one_person_in_two_places_warn_both_sessions(event):
    ada = a_person("Ada")
    by_name, by_key = service.Speaker(name="Bo Lee"), service.Speaker(name="A. A.", person=ada)
    a_session(event, title="One", room="Library", speakers=[by_name], chair=by_key)
    a_session(event, title="Two", room="Library", starts=on(10, 30), ends=on(12), speakers=[by_key])
    a_session(event, title="Three", room="Hall", starts=on(10, 59), ends=on(12), chair=service.Speaker(name="bo  LEE"))
    assert warned(event) == {
        "One": [("person", "A. A.", "Two"), ("person", "Bo Lee", "Three"), ("room", "Library", "Two")],
        "Two": [("person", "A. A.", "One"), ("room", "Library", "One")],
        "Three": [("person", "Bo Lee", "One")],
    }


def test_what_follows_at_once_is_cancelled_or_has_no_time_clashes_with_nothing(event):
    bo = service.Speaker(name="Bo")
    a_session(event, room="Library", speakers=[bo])
    a_session(event, room="Library", speakers=[bo], starts=on(11), ends=on(12))
    a_session(event, room="Library", speakers=[bo], starts=None, ends=None)
    called_off = a_session(event, room="Library", speakers=[bo])
    a_session(event, room="")
    a_session(event, room="")
    with saving():
        service.cancel_session(called_off, reason="Ill", by=SYSTEM)
    assert warned(event) == {}


def test_two_people_of_one_name_who_are_known_apart_clash_with_nothing(event):
    one, other = a_person("Jo Smith"), a_person("Jo Smith")
    a_session(event, speakers=[service.Speaker(name="Jo Smith", person=one)])
    a_session(event, speakers=[service.Speaker(name="Jo Smith", person=other)])
    assert warned(event) == {}


def test_outside_the_hours_of_the_event_warns_before_its_start_and_after_its_end(event):
    for title, starts, ends in (
        ("Early", on(9, 59), on(10, 30)),
        ("From first to last", on(10), on(16)),
        ("Late", on(15), on(16, 1)),
    ):
        a_session(event, title=title, starts=starts, ends=ends)
    assert warned(event) == {"Early": [("hours", "", "")], "Late": [("hours", "", "")]}


# --- draft and published ------------------------------------------------------------------------------------------


def test_publishing_keeps_the_programme_as_it_stands_and_says_who_and_when(event):
    with pytest.raises(RuleBroken, match="Add the first session"):
        publish(event)
    session = a_session(event, title="One", room="Library", speakers=[service.Speaker(name="Bo")])
    publish(event)
    edit(session, title="Two", room="Hall", speakers=[])
    published = queries.published_lines(again(event).timetable, again(event))
    key = next(person.key for person in queries.people_by_key(event.id).values())
    before = Line(key=session.key, title="One", starts=on(10), ends=on(11), room="Library", speakers=(key,))
    assert published == [before]
    changes = queries.changes_since(queries.sessions_of(event.id), published)
    assert changes == [Changed(Line.of(afresh(session)), before, ("title", "room", "speakers"))]
    assert again(event).timetable.actor == "system"
    publish(event)
    with pytest.raises(RuleBroken, match="Nothing has changed"):
        publish(event)
    kept = db.session.execute(sa.text("SELECT number, superseded_at IS NULL FROM timetable ORDER BY number")).all()
    assert [(number, bool(standing)) for number, standing in kept] == [(1, False), (2, True)]
    assert facts(event)[-4:] == ["SessionAdded", "TimetablePublished", "SessionChanged", "TimetablePublished"]


def test_a_new_session_is_a_change_and_a_cancelled_one_is_shown_without_publishing(event):
    one = a_session(event, title="One")
    publish(event)
    new = a_session(event, title="New", starts=on(12), ends=on(13))
    with saving():
        service.cancel_session(afresh(one), reason="Ill", by=SYSTEM)
    never = a_session(event, title="Never heard of")
    with saving():
        service.cancel_session(never, reason="A slip", by=SYSTEM)
    sessions, published = queries.sessions_of(event.id), queries.published_lines(again(event).timetable, again(event))
    assert [(c.now.title, c.before) for c in queries.changes_since(sessions, published)] == [("New", None)]
    assert [s.title for s in queries.to_publish(sessions)] == ["One", "New"]
    publish(event)
    lines = queries.published_lines(again(event).timetable, again(event))
    assert [line.key for line in lines] == [one.key, new.key]


def test_an_event_that_moved_is_no_change_of_its_programme(event):
    a_session(event)
    publish(event)
    with saving():
        service.postpone(again(event), reason="Flood", starts=on(13, day=20), ends=on(19, day=20), by=SYSTEM)
    published = queries.published_lines(again(event).timetable, again(event))
    assert queries.changes_since(queries.sessions_of(event.id), published) == []
    assert again(event).state is EventState.POSTPONED
