"""What the public pages say, whole: event, theme group, action, the lists."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from engage.core.access import SYSTEM, act_as_link
from engage.core.db import db, saving
from engage.events import service as events
from engage.events.models import EventKind, Precision
from engage.outcomes import queries, service
from engage.themes import service as themes
from tests.factories.accounts import a_user
from tests.factories.attendance import a_registration
from tests.factories.events import a_programme, a_theme, an_agenda_item, an_event, an_open_event
from tests.factories.outcomes import a_person
from tests.factories.principals import acting
from tests.factories.site import a_published_meeting, a_recorded_meeting, promises_of, published, there
from tests.reader import words

NOW = datetime(2027, 5, 12, 8, 30, tzinfo=UTC)
SEPTEMBER = datetime(2027, 9, 1)  # noqa: DTZ001 -- a wall time


@pytest.fixture(autouse=True)
def _the_morning(at):
    at(NOW)


def main_of(response) -> str:
    """The words between navigation and foot."""
    return words(response).split("Menu", 1)[-1].split("Sign in", 1)[-1].rsplit("engage What was agreed", 1)[0].strip()


def test_an_empty_site_says_what_will_stand_where(app, client):
    assert main_of(client.get("/")) == (
        "Agreed in the room. Kept in the open. People who make public statistics meet the people who use them, "
        "and agree what will change. Each promise stands here on a page of its own: who made it, where, by when, "
        "and whether it was kept. Look for a promise Search At a glance events held 0 promises made 0 kept 0 "
        "overdue 0 Coming events All events Nothing is planned at present What was agreed at past events, and "
        "what came of it, is all here. Past events Theme groups All theme groups No theme group is public yet "
        "Theme groups stand here as soon as a programme publishes them. Latest progress All promises No progress "
        "to show yet Records that are published and promises that are kept stand here, newest first. Programmes "
        "All programmes No programme is public yet"
    )
    for path in ("/programmes", "/events", "/themes", "/actions"):
        assert client.get(path).status_code == 200


def test_an_event_page_shows_the_whole_record(app, client):
    programme = a_programme(name="Health statistics", slug="health")
    theme = a_theme(programme, title="Cancer")
    event = a_published_meeting(
        programme, theme=theme, title="Round Table 2", slug="rt2", summary="From vision to plan."
    )
    prefix = programme.prefix
    assert main_of(client.get("/events/rt2")) == (
        "Home Events Health statistics Round Table Round Table 2 From vision to plan. Held Record published "
        "Wednesday 12 May 2027, 10am to 4pm (UK time) · London "
        "The record present 1 apologies 0 outcomes 1 actions 1 Agreed by the chair on 12 May 2027, published on "
        f"12 May 2027. What was concluded Agreement {prefix}-O1 One calendar for all. Cancer Release dates "
        f"What was promised {prefix}-A1 Agreed Publish calendar 1 Office for National Statistics due 30 June 2027 "
        "Agenda 10am Release dates 30 minutes What was said Release dates The dates were read out. Who was there "
        "Carol Chair When and where Held Wednesday 12 May 2027, 10am to 4pm (UK time) London Add to calendar "
        "Chaired by Carol Chair Theme groups Cancer"
    )
    assert promises_of(event)


def test_the_counts_of_a_record_read_20_and_3(app, client):
    event = a_recorded_meeting(slug="rt2")
    record = queries.by_event(event.id)
    there(record, 19, apologies=3)
    published(event)
    shown = words(client.get("/events/rt2"))
    assert "present 20 apologies 3" in shown
    assert "Apologies Member 20 Member 21 Member 22" in shown


def test_who_came_to_an_open_event_is_counted_and_not_named(app, client):
    event = a_recorded_meeting(slug="day", kind=EventKind.CONFERENCE)
    there(queries.by_event(event.id), 4, apologies=1)
    published(event)
    page = client.get("/events/day")
    assert "present 5 apologies 1" in words(page)
    assert "Who was there" not in page.text
    assert "Member" not in page.text


def test_an_open_event_says_how_many_seats_are_left_and_how_many_wait(app, client):
    event = an_open_event(slug="summit", capacity=2)
    a_registration(event)
    page = client.get("/events/summit")
    assert "Registration is open 1 seat is left. 1 of 2 seats taken Register" in words(page)
    assert page.text.count('href="/events/summit/register"') == 2
    for _ in range(2):
        a_registration(event)
    shown = words(client.get("/events/summit"))
    assert (
        "Every seat is taken. Join the waiting list: freed seats are offered in order. 2 of 2 seats taken 1 waiting"
        in shown
    )


def test_a_closed_door_event_says_that_it_is_by_invitation(app, client):
    an_event(slug="rt")
    shown = client.get("/events/rt")
    assert "By invitation Places at this event go to those who are invited." in words(shown)
    assert "/register" not in shown.text


def test_an_internal_item_leaves_its_time_and_nothing_else(app, client):
    from engage.events.models import AgendaKind

    event = an_event(slug="rt")
    an_agenda_item(event, title="Welcome", minutes=15)
    an_agenda_item(event, title="SECRET", minutes=45, presenter="SECRET", kind=AgendaKind.INTERNAL)
    an_agenda_item(event, title="Plans", minutes=30)
    page = client.get("/events/rt")
    assert "Agenda 10am Welcome 15 minutes 11am Plans 30 minutes" in words(page)
    assert "SECRET" not in page.text


def test_a_postponed_event_keeps_every_date_that_it_had(app, client):
    event = an_event(slug="rt", title="Round Table 3")
    with saving():
        events.postpone(event, reason="The plan is late.", precision=Precision.MONTH, starts=SEPTEMBER, by=SYSTEM)
    shown = words(client.get("/events/rt"))
    assert "This event is postponed. It is now planned for September 2027. The plan is late." in shown
    assert "Planned for September 2027 earlier: Wednesday 12 May 2027, 10am to 4pm (UK time)" in shown
    assert "First planned for 12 May 2027" in words(client.get("/events"))
    story = words(client.get(f"/programmes/{event.programme.slug}"))
    assert "12 May 2027 Round Table 3 is moved to September 2027 The plan is late." in story


def test_a_cancelled_event_says_so_and_why(app, client):
    event = an_event(slug="rt")
    with saving():
        events.cancel(event, reason="The building is flooded.", by=SYSTEM)
    shown = words(client.get("/events/rt"))
    assert "This event is cancelled. The building is flooded." in shown
    assert "By invitation" not in shown


def test_a_theme_page_answers_in_one_look(app, client):
    programme = a_programme(name="Health statistics", slug="health")
    theme = a_theme(programme, title="Cancer", slug="cancer", scope="From screening to survival.")
    lead = a_person("Lena Lead")
    with saving():
        themes.appoint(theme, person=lead, starts_on=date(2027, 1, 2), organisation="ONS", by=SYSTEM)
    event = a_published_meeting(programme, theme=theme, title="Round Table 2", slug="rt2", promises=2)
    done, still = promises_of(event)
    with saving():
        service.report_complete(done, words="Done.", by=act_as_link(done.owner_id))
    with saving():
        service.verify(done, by=SYSTEM)
    an_event(programme, theme=theme, title="Round Table 4", slug="rt4")
    page = client.get("/themes/cancer")
    assert main_of(page) == (
        "Home Theme groups Health statistics Theme group Cancer From screening to survival. Active Follow by e-mail "
        "Who leads Lena Lead ONS, since 2 January 2027 What was promised, and was it kept 1 of 2 promises kept "
        "What comes next Round Table 4 Wednesday 12 May 2027, 10am to 4pm (UK time), London "
        f"Still to come {still.reference} Agreed {still.text} Office for National Statistics due 30 June 2027 agreed "
        f"at Round Table 2 Kept {done.reference} Kept {done.text} Office for National Statistics due 30 June 2027 "
        "agreed at Round Table 2 Where it was on the table 2027 12 May 2027 · Round Table Round Table 4 "
        "12 May 2027 · Round Table Round Table 2"
    )
    assert 'href="/themes/cancer/follow"' in page.text


def test_a_group_without_a_lead_is_said_to_have_none(app, client):
    a_theme(a_programme(), slug="cancer")
    assert "No lead at present" in words(client.get("/themes"))
    assert "Who leads Nobody at present" in words(client.get("/themes/cancer"))


def test_a_closed_group_names_its_successor(app, client):
    programme = a_programme()
    old, new = a_theme(programme, title="Old", slug="old"), a_theme(programme, title="New", slug="new")
    with saving():
        themes.close(old, successor=new, by=SYSTEM)
    page = client.get("/themes/old")
    assert "This theme group is closed. Its work goes on in New." in words(page)
    assert "/themes/old/follow" not in page.text
    assert "Took over from Old" in words(client.get("/themes/new"))
    assert "The theme group Old is closed Its work goes on in New" in words(client.get(f"/programmes/{programme.slug}"))


def test_an_action_page_shows_its_whole_chain_and_how_it_slipped(app, client, at):
    programme = a_programme(name="Health statistics", slug="health")
    theme = a_theme(programme, title="Cancer", slug="cancer")
    event = a_published_meeting(programme, theme=theme, title="Round Table 2", slug="rt2")
    (action,) = promises_of(event)
    con = a_user("con@engage.example", name="Con Venor")
    at(datetime(2027, 6, 1, 9, tzinfo=UTC))
    with saving():
        service.redate(
            action, due=date(2027, 7, 14), reason="The data are late.", by=acting(programme.id, user_id=con.id)
        )
    at(datetime(2027, 7, 10, 9, tzinfo=UTC))
    with saving():
        service.report_complete(
            action, words="It is out.", evidence_url="https://example.org/out", by=act_as_link(action.owner_id)
        )
    at(datetime(2027, 7, 12, 9, tzinfo=UTC))
    with saving():
        service.verify(action, reason="Read and found whole.", by=acting(programme.id, user_id=con.id))
    ref = action.reference
    assert main_of(client.get(f"/actions/{ref}")) == (
        f"Home Actions {ref} Publish calendar 1 Kept Office for National Statistics due 14 July 2027 "
        "Where this promise comes from Programme Health statistics Theme group Cancer Event Round Table 2 12 May 2027 "
        f"Agenda item Release dates Agreement One calendar for all. {programme.prefix}-O1 Action Office for National "
        f"Statistics {ref} Kept Verified 12 July 2027 What happened 2027 12 May 2027 Agreed 1 June 2027 · approved by "
        "Con Venor Due date moved from 30 June 2027 to 14 July 2027 The data are late. 10 July 2027 · Olu Owner "
        "Reported complete It is out. Evidence 12 July 2027 · Con Venor Verified: the promise is kept Read and found "
        "whole. Promised by Office for National Statistics Olu Owner Due 14 July 2027 earlier: 30 June 2027 "
        "Re-dated once, 14 days later than first promised."
    )
    db.session.rollback()


def test_the_machines_are_told_whom_to_ask_and_what_there_is(app, client):
    a_published_meeting(a_programme(slug="health"), slug="rt2")
    assert client.get("/.well-known/security.txt").text == (
        "Contact: mailto:desk@engage.example\nExpires: 2028-12-31T23:59:59Z\nPreferred-Languages: en\n"
        "Canonical: http://localhost/.well-known/security.txt\n"
    )
    robots = client.get("/robots.txt")
    assert robots.mimetype == "text/plain"
    assert "Disallow: /manage/\n" in robots.text
    assert "Sitemap: http://localhost/sitemap.xml\n" in robots.text
    there = client.get("/sitemap.xml")
    assert there.mimetype == "application/xml"
    for path in ("/programmes/health", "/events/rt2"):
        assert f"<loc>http://localhost{path}</loc>" in there.text
    assert client.get("/favicon.ico").status_code == 302
