"""The staff pages of sessions: the programme with its warnings, one session, renaming, publishing."""

from __future__ import annotations

from datetime import datetime

import html5lib
import pytest

from engage.core.access import SYSTEM, Role
from engage.core.db import saving
from engage.core.facts import history_of
from engage.events import queries, service
from engage.events.models import EventKind
from engage.people.queries import person_by_email
from tests.events.filling import fields, send, wall
from tests.factories.accounts import a_user
from tests.factories.events import a_session, a_theme, again, an_event
from tests.reader import words


def on(hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 5, 12, hour, minute)  # noqa: DTZ001 -- a wall time


@pytest.fixture
def event(programme):
    return an_event(programme, kind=EventKind.CONFERENCE)


def page_of(event) -> str:
    return f"/manage/events/{event.slug}/sessions"


def only(event):
    (session,) = queries.sessions_of(event.id)
    return session


def table(response) -> list[list[str]]:
    """The words of each row of the page's first table, cell by cell."""
    tree = html5lib.parse(response.get_data(as_text=True), namespaceHTMLElements=False)
    first = next(tree.iter("table"))
    return [[" ".join(" ".join(cell.itertext()).split()) for cell in row] for row in first.iter("tr")]


def test_a_time_alone_is_on_the_events_day_and_names_make_rooms_and_people(convenor, programme, event):
    theme = a_theme(programme, title="Cancer")
    assert "Add a session" in words(convenor.get(page_of(event)))
    answer = send(
        convenor,
        f"{page_of(event)}/new",
        title="Waiting times",
        description="What they leave out.",
        **{"starts-time": "10:30am", "ends-time": "noon"},
        room="Library",
        track="Care",
        chair="Carol Chair",
        speakers="Ann Lee, Department for Levelling Up, Housing and Communities, Ann@Example.org\n\n Bo , ONS\nCy",
        themes=[str(theme.id)],
        capacity="30",
    )
    assert answer.status_code == 302, words(answer)
    session = only(event)
    assert (session.starts, session.ends, session.room.name, session.track.name, session.capacity) == (
        on(10, 30),
        on(12),
        "Library",
        "Care",
        30,
    )
    assert [(p.name, p.organisation, p.person and p.person.email) for p in session.people] == [
        ("Carol Chair", "", None),
        ("Ann Lee", "Department for Levelling Up, Housing and Communities", "ann@example.org"),
        ("Bo", "ONS", None),
        ("Cy", "", None),
    ]
    assert person_by_email("ann@example.org").name == "Ann Lee"
    shown = words(convenor.get(page_of(event)))
    for said in (
        "Added. It stays a draft",
        "Waiting times",
        "10:30am to midday",
        "Library",
        "Chair: Carol Chair",
        "Cancer",
    ):
        assert said in shown


def test_saving_what_is_shown_changes_nothing_and_a_known_person_stays_who_they_are(convenor, event):
    send(convenor, f"{page_of(event)}/new", title="One", **{"starts-time": "10am", "ends-time": "11am"},
         speakers="Ann Lee, ONS, ann@example.org")  # fmt: skip
    url = f"{page_of(event)}/{only(event).key}"
    assert send(convenor, url).status_code == 302
    assert only(event).version == 1
    assert send(convenor, url, speakers="Another Name, ONS, ann@example.org").status_code == 302
    assert (only(event).speakers[0].name, person_by_email("ann@example.org").name) == ("Another Name", "Ann Lee")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": ""}, "Enter the title of the session"),
        ({"starts-time": "25 o'clock"}, "Starts"),
        ({"starts-time": "10am", "ends-time": ""}, "Enter when the session ends"),
        ({"starts-time": "10am", "ends-time": "9am"}, "The end must be after the start"),
        ({"speakers": ", ONS"}, "Begin with the name"),
        ({"speakers": "ann@example.org"}, "Begin with the name"),
        ({"chair": "Ann, ann@"}, "is no e-mail address"),
        ({"speakers": "Ann\x07"}, "characters that can’t be shown"),
        ({"capacity": "0"}, "Places"),
        ({"capacity": "-1"}, "Places"),
        ({"themes": ["x"]}, "Theme groups"),
        ({"room": "x" * 81}, "80 characters"),
        ({"title": "<script>alert(1)</script>" * 20}, "200 characters"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(convenor, event, typed, said):
    given = {"title": "One", "starts-time": "10am", "ends-time": "11am", **typed}
    answer = send(convenor, f"{page_of(event)}/new", **given)
    assert answer.status_code == 422
    assert said in words(answer)
    assert queries.sessions_of(event.id) == []


def test_hostile_words_are_shown_as_words(convenor, event):
    evil = "<img src=x onerror=alert(1)>"
    a_session(event, title=evil, room=evil, track=evil, description=evil, speakers=[service.Speaker(name=evil)])
    with saving():
        service.publish_timetable(again(event), by=SYSTEM)
    for url in (page_of(event), f"{page_of(event)}/publish", f"/events/{event.slug}", f"/manage/events/{event.slug}"):
        html = convenor.get(url).get_data(as_text=True)
        assert "<img src=x" not in html, url


def test_an_ambiguous_time_is_asked_about(convenor, programme):
    autumn = an_event(programme, starts=datetime(2027, 10, 31, 0), ends=datetime(2027, 10, 31, 6))  # noqa: DTZ001
    given = {"title": "Twice", "starts-time": "1:30am", "ends-time": "3am"}
    answer = send(convenor, f"{page_of(autumn)}/new", **given)
    assert answer.status_code == 422
    assert "This time comes twice" in words(answer)
    assert send(convenor, f"{page_of(autumn)}/new", **given, **{"starts-fold": "1"}).status_code == 302
    assert only(autumn).starts.fold == 1


def test_who_saves_second_sees_both_texts(convenor, event):
    session = a_session(event, title="One", room="Library")
    url = f"{page_of(event)}/{session.key}"
    stale = fields(convenor.get(url))
    assert send(convenor, url, title="Hers", room="Hall").status_code == 302
    answer = convenor.post(url, data=stale | {"title": ["Mine"]})
    assert answer.status_code == 409
    shown = words(answer)
    assert "Somebody else saved this while you were writing" in shown
    assert "Saved now Hers Yours Mine" in shown
    assert "Saved now Hall Yours Library" in shown
    assert only(event).title == "Hers"


def test_the_grid_has_times_down_rooms_across_and_warnings_beside_the_session(convenor, programme, event):
    theme = a_theme(programme)
    bo = [service.Speaker(name="Bo")]
    a_session(event, title="Welcome", room="Hall", starts=on(9), ends=on(10), themes=[theme])
    a_session(event, title="One", room="Hall", starts=on(10), ends=on(12), themes=[theme], speakers=bo)
    a_session(event, title="Two", room="Library", starts=on(10), ends=on(11), speakers=bo, themes=[theme])
    a_session(event, title="Three", room="Library", starts=on(11), ends=on(12), themes=[theme])
    a_session(event, title="Some time", starts=None, ends=None)
    page = convenor.get(page_of(event))
    title = theme.title
    assert table(page) == [
        ["Time", "Hall", "Library"],
        ["9am to 10am", f"Welcome Hall {title} Look It lies outside the hours of the event. Change Welcome"],
        [
            "10am",
            f"Hall One 10am to midday Bo {title} Look Bo is in “Two” at the same time. Change One",
            f"Library Two 10am to 11am Bo {title} Look Bo is in “One” at the same time. Change Two",
        ],
        ["11am to midday", f"Library Three {title} Change Three"],
    ]
    assert "Without a time Some time Look It stands under no theme group yet." in words(page)
    assert "4 sessions have a warning" in words(page)


def test_publishing_asks_first_with_what_changed_and_the_page_lists_changes_since(convenor, event):
    session = a_session(event, title="One", room="Library")
    assert "It is not published yet" in words(convenor.get(page_of(event)))
    asks = words(convenor.get(f"{page_of(event)}/publish"))
    assert "What changes One: new" in asks
    assert send(convenor, f"{page_of(event)}/publish").status_code == 302
    assert "Nothing has changed since" in words(convenor.get(page_of(event)))
    new = {"title": "Two", "room": "Hall", **wall("ends", on(12)), "speakers": "Bo", "capacity": "9"}
    assert send(convenor, f"{page_of(event)}/{session.key}", **new).status_code == 302
    said = (
        "One: One → Two, Wednesday 12 May 2027, 10am to 11am → Wednesday 12 May 2027, 10am to midday, Library → Hall, "
        "other speakers, – → 9"
    )
    assert f"Changes since: {said}" in words(convenor.get(page_of(event)))
    assert said in words(convenor.get(f"{page_of(event)}/publish"))
    assert send(convenor, f"{page_of(event)}/publish").status_code == 302
    again_ = send(convenor, f"{page_of(event)}/publish")
    assert (again_.status_code, "Nothing has changed since" in words(again_)) == (422, True)
    history = words(convenor.get(f"/manage/events/{event.slug}"))
    assert "Programme published" in history
    assert "Session changed: Two" in history


def test_cancelling_asks_why_and_strikes_it_through(convenor, event):
    session = a_session(event, title="One")
    url = f"{page_of(event)}/{session.key}/cancel"
    assert send(convenor, url).status_code == 422
    assert send(convenor, url, reason="The speaker is ill.").status_code == 302
    page = convenor.get(page_of(event))
    assert "<s>One</s>" in page.get_data(as_text=True)
    assert "Cancelled The speaker is ill." in words(page)
    assert f"{session.key}/cancel" not in page.get_data(as_text=True)


def test_a_room_and_a_track_are_renamed_on_a_page_of_their_own(convenor, event):
    session = a_session(event, room="Library", track="Care")
    a_session(event, room="Hall")
    base = f"/manage/events/{event.slug}"
    room, track = session.room.key, session.track.key
    assert send(convenor, f"{base}/rooms/{room}", name="Reading Room").status_code == 302
    assert send(convenor, f"{base}/tracks/{track}", name="Costs").status_code == 302
    answer = send(convenor, f"{base}/rooms/{room}", name="hall")
    assert (answer.status_code, "Another one has this name" in words(answer)) == (422, True)
    shown = words(convenor.get(page_of(event)))
    assert "Reading Room" in shown
    assert "Costs" in shown


def test_who_leads_a_theme_group_changes_its_sessions_and_no_others(client, sign_in, programme, event):
    from engage.core import clock
    from engage.people import service as people
    from engage.themes import service as themes

    mine, other = a_theme(programme), a_theme(programme)
    a_user("lea@engage.example", roles={programme.id: Role.THEME_LEAD})
    with saving():
        lea = people.person_for(email="lea@engage.example", name="Lea", by=SYSTEM)
        themes.appoint(mine, person=lea, starts_on=clock.today("UTC"), by=SYSTEM)
    ours, theirs = a_session(event, title="Ours", themes=[mine]), a_session(event, title="Theirs", themes=[other])
    sign_in(client, "lea@engage.example")
    assert send(client, f"{page_of(event)}/{ours.key}", title="Ours, better").status_code == 302
    assert client.get(f"{page_of(event)}/{theirs.key}").status_code == 403
    assert client.get(f"{page_of(event)}/{ours.key}/cancel").status_code == 403
    html = client.get(page_of(event)).get_data(as_text=True)
    assert [ours.key in html.split("/sessions/")[1], f"/sessions/{theirs.key}" in html] == [True, False]


def test_an_observer_reads_and_sees_no_buttons(client, sign_in, programme, event):
    a_session(event, room="Library", track="Care")
    a_user("who@engage.example", roles={programme.id: Role.OBSERVER})
    sign_in(client, "who@engage.example")
    html = client.get(page_of(event)).get_data(as_text=True)
    for verb in ("/new", "/publish", "/rooms/", "/tracks/", 'method="post"', "Change"):
        assert verb not in html, verb


def test_without_a_csrf_token_nothing_is_done(convenor, event):
    session = a_session(event, room="Library")
    base = f"/manage/events/{event.slug}"
    for url in ("/sessions/new", f"/sessions/{session.key}", f"/sessions/{session.key}/cancel", "/sessions/publish",
                f"/rooms/{session.room.key}"):  # fmt: skip
        before = len(history_of("event", event.id))
        answer = convenor.post(f"{base}{url}", data={"title": "X", "reason": "Y", "name": "Z"})
        assert (url, answer.status_code) == (url, 422)
        assert len(history_of("event", event.id)) == before


def test_pages_ask_a_fixed_number_of_queries(convenor, programme, event, query_log):
    counts = []
    for n in (1, 3):
        while len(queries.sessions_of(event.id)) < n:
            many = len(queries.sessions_of(event.id))
            bo = [service.Speaker(name=f"Bo {many}", person=None)]
            a_session(event, room=f"R{many}", track=f"T{many}", speakers=bo, themes=[a_theme(programme)])
        with saving():
            service.publish_timetable(again(event), by=SYSTEM)
        asked = []
        for url in (
            page_of(event),
            f"{page_of(event)}/publish",
            f"/manage/events/{event.slug}",
            f"/events/{event.slug}",
        ):
            query_log.clear()
            assert convenor.get(url).status_code == 200
            asked.append(len(query_log))
        counts.append(asked)
    assert counts[0] == counts[1], counts


def test_what_a_programme_lacks_stands_on_the_overview_and_the_desk(app, convenor, programme, event, query_log):
    def lacks() -> list[str]:
        from engage.events.parts import readiness

        with app.test_request_context():
            return [part.text for part in readiness(again(event)) if not part.ready and "/sessions" in part.url]

    assert lacks() == []
    one = a_session(event, room="Library")
    other = a_session(event, room="Library", themes=[a_theme(programme)])
    assert lacks() == [
        "Clear the clashes between sessions",
        "Put each session under a theme group",
        "Publish the programme",
    ]
    with saving():
        service.cancel_session(one, reason="A slip", by=SYSTEM)
    with saving():
        service.publish_timetable(again(event), by=SYSTEM)
    assert (lacks(), other.title in words(convenor.get(page_of(event)))) == ([], True)
