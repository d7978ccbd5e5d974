"""Publication set for an instant to come (docs/domain.md#visibility): nothing before, everything from then on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engage.core import jobs
from engage.core.access import SYSTEM, Role
from engage.core.db import db, saving
from engage.core.errors import RuleBroken
from engage.core.facts import history_of
from engage.core.text import NonexistentTime
from engage.events import queries, service
from engage.events.models import EventKind
from engage.outcomes import queries as outcomes
from engage.outcomes import service as recording
from engage.programmes import service as programmes
from engage.themes import service as themes
from tests.events.conftest import NOW
from tests.events.filling import send
from tests.factories.accounts import a_user
from tests.factories.events import a_programme, a_session, a_theme, an_agenda_item, an_event, an_open_event
from tests.factories.following import a_follower
from tests.factories.outcomes import chair_of
from tests.factories.site import a_recorded_meeting

WALL = datetime(2027, 3, 4, 10, 7)  # noqa: DTZ001 -- wall time in London
THEN = datetime(2027, 3, 4, 10, 7, tzinfo=UTC)
JUST_BEFORE = THEN - timedelta(seconds=1)


def run_jobs() -> None:
    db.session.rollback()
    for work in jobs.MINUTELY.values():
        work()


def announced(event, at=WALL):
    with saving():
        return service.publish_at(event, at=at, by=SYSTEM)


def facts_of(event) -> list[str]:
    return [row.fact for row in history_of("event", event.id)]


def test_it_is_404_everywhere_until_the_instant_and_there_from_it_on(client, programme, at):
    event = an_open_event(programme, slug="later", title="Quiet summit", published=False)
    an_agenda_item(event)
    a_session(event)
    announced(event)
    gathering = ("/", "/events", "/sitemap.xml", f"/programmes/{programme.slug}", f"/themes/{event.owning_theme.slug}")
    feeds = (f"/programmes/{programme.slug}.ics", f"/programmes/{programme.slug}.atom")
    own = ("", ".ics", "/register")
    at(JUST_BEFORE)
    for tail in own:
        answer, nothing = client.get(f"/events/later{tail}"), client.get(f"/events/nothing{tail}")
        assert (answer.status_code, answer.data) == (404, nothing.data), tail
    for path in (*gathering, *feeds):
        assert "later" not in client.get(path).text and "Quiet summit" not in client.get(path).text, path
    at(THEN)  # no job has run: the pages made a second ago must not be served any more
    for tail in own:
        assert client.get(f"/events/later{tail}").status_code == 200, tail
    for path in gathering:
        assert "later" in client.get(path).text, path


def test_the_job_makes_it_an_ordinary_publication_at_the_due_instant(programme, at, post):
    event = an_event(programme, published=False)
    a_follower(event.owning_theme)
    announced(event)
    at(JUST_BEFORE)
    run_jobs()
    assert queries.by_id(event.id).published_at is None
    at(THEN + timedelta(hours=9))  # the machine was off meanwhile
    run_jobs()
    event = queries.by_id(event.id)
    assert (event.published_at, event.announce_at) == (THEN, None)
    newest = history_of("event", event.id)[0]
    assert (newest.fact, newest.actor, newest.data) == ("EventPublished", "system", {"effective_at": THEN.isoformat()})
    run_jobs()
    assert facts_of(event).count("EventPublished") == 1
    assert len([m for m in post() if event.title in m["Subject"]]) == 1


def test_a_verb_first_applies_what_is_due(programme, at):
    event = announced(an_event(programme, published=False))
    at(THEN + timedelta(seconds=20))
    with saving():
        service.edit(event, version=event.version, summary="New words", by=SYSTEM)
    assert queries.by_id(event.id).published_at == THEN


def test_it_is_the_wall_time_of_the_event_s_place_across_a_clock_change(programme, at):
    event = announced(an_event(programme, published=False), at=datetime(2027, 3, 29, 10))  # noqa: DTZ001
    assert event.announce_at == datetime(2027, 3, 29, 9, tzinfo=UTC)  # entered in winter, due in summer
    with saving(), pytest.raises(NonexistentTime) as no:
        service.publish_at(event, at=datetime(2027, 3, 28, 1, 30), by=SYSTEM)  # noqa: DTZ001
    assert no.value.field == "at"
    first, second = (datetime(2027, 10, 31, 1, 30, fold=fold) for fold in (0, 1))  # noqa: DTZ001
    assert announced(event, at=first).announce_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert announced(event, at=second).announce_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


def test_it_can_be_moved_and_called_off(programme, at):
    event = announced(an_event(programme, published=False))
    announced(event)
    announced(event, at=WALL + timedelta(days=1))
    for _ in range(2):
        with saving():
            service.call_off_publication(event, by=SYSTEM)
    at(THEN + timedelta(days=9))
    run_jobs()
    event = queries.by_id(event.id)
    assert not queries.is_public(event)
    assert facts_of(event)[:3] == ["EventNotAnnounced", "EventAnnounced", "EventAnnounced"]


def test_publishing_now_overtakes_what_was_set(programme, at):
    event = announced(an_event(programme, published=False))
    with saving():
        service.publish(event, by=SYSTEM)
    assert (event.published_at, event.announce_at) == (NOW, None)
    for verb in (
        lambda: service.publish_at(event, at=WALL, by=SYSTEM),
        lambda: service.call_off_publication(event, by=SYSTEM),
    ):
        with saving(), pytest.raises(RuleBroken, match="public already"):
            verb()


def test_only_a_time_to_come_is_taken(programme):
    event = an_event(programme, published=False)
    with saving(), pytest.raises(RuleBroken, match="still to come") as no:
        service.publish_at(event, at=NOW, by=SYSTEM)
    assert no.value.field == "at"


def test_a_cancelled_event_is_not_announced(client, programme, at):
    event = announced(an_event(programme, published=False, slug="off"))
    with saving():
        service.cancel(event, reason="Nobody can come", by=SYSTEM)
    at(THEN + timedelta(hours=1))
    run_jobs()
    assert client.get("/events/off").status_code == 404
    assert queries.by_id(event.id).public_from is None


def test_programme_groups_and_events_may_all_appear_at_one_instant(client, app, at):
    at(NOW)
    programme = a_programme(published=False, slug="health")
    theme = a_theme(programme, slug="cancer", published=False)
    event = an_event(programme, theme=theme, slug="first", published=False)
    with saving(), pytest.raises(RuleBroken, match="not public by then"):
        service.publish_at(event, at=WALL, by=SYSTEM)
    with saving():
        programmes.publish_at(programme, at=WALL, by=SYSTEM)
        themes.publish_at(theme, at=WALL, by=SYSTEM)
        service.publish_at(event, at=WALL, by=SYSTEM)
    with saving(), pytest.raises(RuleBroken, match="not public by then"):
        themes.publish_at(theme, at=WALL - timedelta(minutes=1), by=SYSTEM)
    places = ("/programmes/health", "/themes/cancer", "/events/first")
    at(JUST_BEFORE)
    assert [client.get(path).status_code for path in places] == [404] * 3
    at(THEN)
    assert [client.get(path).status_code for path in places] == [200] * 3
    at(THEN + timedelta(minutes=3))
    run_jobs()
    db.session.expire_all()
    assert {programme.published_at, theme.published_at, event.published_at} == {THEN}


def test_what_was_set_waits_for_a_programme_that_was_called_off(client, app, at):
    at(NOW)
    programme = a_programme(published=False)
    theme = a_theme(programme, slug="cancer", published=False)
    event = an_event(programme, theme=theme, slug="first", published=False)
    with saving():
        programmes.publish_at(programme, at=WALL, by=SYSTEM)
        themes.publish_at(theme, at=WALL, by=SYSTEM)
        service.publish_at(event, at=WALL, by=SYSTEM)
        programmes.call_off_publication(programme, by=SYSTEM)
    at(THEN + timedelta(hours=1))
    run_jobs()
    assert client.get("/events/first").status_code == client.get("/themes/cancer").status_code == 404
    with saving():
        programmes.publish(programme, by=SYSTEM)
    run_jobs()
    db.session.expire_all()
    assert client.get("/events/first").status_code == client.get("/themes/cancer").status_code == 200
    assert {event.published_at, theme.published_at} == {THEN + timedelta(hours=1)}


def test_nothing_is_published_under_an_event_that_is_only_set_to_be(app, at):
    at(datetime(2027, 5, 12, 8, 30, tzinfo=UTC))
    event = a_recorded_meeting(slug="rt", published=False)
    record = outcomes.by_event(event.id)
    with saving():
        recording.circulate(record, by=SYSTEM)
    with saving():
        recording.agree_record(record, by=chair_of(record))
    at(datetime(2027, 5, 20, 8, tzinfo=UTC))
    with saving():
        service.publish_at(event, at=datetime(2027, 6, 1, 8, tzinfo=UTC), by=SYSTEM)
    with saving(), pytest.raises(RuleBroken, match="Publish the event first"):
        recording.publish_record(record, by=SYSTEM)
    at(datetime(2027, 6, 1, 8, 0, 1, tzinfo=UTC))
    with saving():
        recording.publish_record(record, by=SYSTEM)


@pytest.mark.parametrize("where", ["programme", "theme", "event"])
def test_the_page_offers_now_or_later_shows_what_is_set_and_calls_it_off(client, sign_in, app, at, where):
    at(NOW)
    programme = a_programme(published=where != "programme", slug="health")
    theme = a_theme(programme, slug="cancer", published=where == "event")
    event = an_event(programme, theme=theme, slug="first", published=False)
    thing = {"programme": programme, "theme": theme, "event": event}[where]
    a_user("cora@engage.example", roles={programme.id: Role.CONVENOR})
    sign_in(client, "cora@engage.example")
    page = f"/manage/{where}s/{thing.slug}/publish"
    assert "call off what is set" not in client.get(page).text
    boxes = {"at-day": "31", "at-month": "10", "at-year": "2027", "at-time": "1:30"}
    asked = send(client, page, when="at", **boxes)
    assert (asked.status_code, "Which of the two?" in asked.text) == (422, True)
    assert send(client, page, when="at", **boxes, **{"at-fold": "1"}).status_code == 302
    db.session.expire_all()
    assert thing.announce_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    shown = client.get(page).text
    assert "It is set to be published: Sunday 31 October 2027, 1:30am" in shown
    for bad in (
        {"at-day": "29", "at-month": "2", "at-year": "2027", "at-time": "10"},
        {"at-day": "²"},
        {"at-time": "x" * 9_000},
        {"at-day": "", "at-month": "", "at-year": "", "at-time": ""},
    ):
        refused = send(client, page, when="at", **bad)
        assert refused.status_code == 422
    assert send(client, page, when="soon").status_code == 422
    assert send(client, page, when="never", **{"at-day": "99"}).status_code == 302
    db.session.expire_all()
    assert thing.announce_at is None
    assert send(client, page, when="now").status_code == 302
    db.session.expire_all()
    assert thing.published_at == NOW


def test_the_staff_pages_say_for_when_it_is_set(convenor, programme):
    event = announced(an_event(programme, published=False, kind=EventKind.MEETING))
    shown = convenor.get(f"/manage/events/{event.slug}").text
    assert "Public from" in shown and "Thursday 4 March 2027, 10:07am" in shown
    assert "Change when it is published" in shown
