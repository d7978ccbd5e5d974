"""The staff pages on which an event is made, changed, and moved from state to state."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from engage.core.access import SYSTEM
from engage.core.db import saving
from engage.events import queries, service
from engage.events.models import EventKind, EventState, Precision
from engage.people.queries import person_by_email
from tests.events.filling import fields, send, wall
from tests.factories.events import (
    STARTS,
    a_draft,
    a_programme,
    a_theme,
    again,
    an_event,
    an_open_event,
)
from tests.reader import words

S = EventState


# --- making and changing ------------------------------------------------------------------------------------------


def test_a_title_a_kind_and_a_date_make_a_draft(convenor, programme):
    theme, other = a_theme(programme, title="Cancer"), a_theme(programme, title="Workforce")
    answer = send(
        convenor,
        f"/manage/programmes/{programme.slug}/events/new",
        title="Round Table 4: one year on",
        kind="round_table",
        precision="time",
        **wall("starts", STARTS),
        **{"ends-time": "4pm"},
        owner=str(theme.id),
        themes=[str(theme.id), str(other.id)],
    )
    assert answer.status_code == 302
    event = queries.by_slug("round-table-4-one-year-on")
    assert event is not None
    assert (event.state, event.when, event.zone) == (
        S.DRAFT,
        "Wednesday 12 May 2027, 10am to 4pm (UK time)",
        "Europe/London",
    )
    assert (event.owning_theme.title, [t.title for t in event.other_themes]) == ("Cancer", ["Workforce"])
    page = words(convenor.get(answer.location))
    assert "Created, as a draft" in page
    assert "What to do next" in page


@pytest.mark.parametrize(
    ("precision", "given", "when"),
    [
        ("day", {"first_day-day": "3", "first_day-month": "June", "first_day-year": "2027"}, "3 June 2027"),
        ("month", {"in_month": "2027-06"}, "June 2027"),
        ("to_be_confirmed", {"starts-day": "99"}, "Date to be confirmed"),
    ],
)
def test_a_date_may_be_less_than_exact(convenor, programme, precision, given, when):
    url = f"/manage/programmes/{programme.slug}/events/new"
    answer = send(convenor, url, title="Summit", kind="summit", precision=precision, **given)
    assert answer.status_code == 302, words(answer)
    assert queries.by_slug("summit").when == when


def test_everything_can_be_changed_and_saving_what_is_shown_changes_nothing(convenor, programme):
    event = an_event(
        programme,
        kind=EventKind.SUMMIT,
        capacity=150,
        registration_opens=datetime(2027, 4, 1, 9),  # noqa: DTZ001
        online_link="https://example.org/room",
    )
    before = again(event).version, again(event).sequence
    url = f"/manage/events/{event.slug}/edit"
    assert send(convenor, url).status_code == 302
    assert (again(event).version, again(event).sequence) == before
    answer = send(
        convenor,
        url,
        title="A better title",
        town="Leeds",
        capacity="200",
        reserved="10",
        chair_name="Ada Ashdown",
        chair_email="Ada@Example.org",
        description="**Bold** words",
        admission="by_approval",
    )
    assert answer.status_code == 302
    event = again(event)
    assert (event.title, event.town, event.capacity, event.reserved, event.chair.name, event.version) == (
        "A better title",
        "Leeds",
        200,
        10,
        "Ada Ashdown",
        2,
    )
    assert person_by_email("ada@example.org").id == event.chair_id
    assert "Ada Ashdown" in words(convenor.get(f"/manage/events/{event.slug}"))


def test_naming_a_known_address_never_changes_the_person(convenor, programme):
    first, second = a_draft(programme), a_draft(programme)
    for event, name in ((first, "Ada Ashdown"), (second, "Somebody Else")):
        send(convenor, f"/manage/events/{event.slug}/edit", chair_name=name, chair_email="ada@example.org")
    assert again(second).chair.name == "Ada Ashdown"
    answer = send(convenor, f"/manage/events/{first.slug}/edit", secretary_name="Nobody Known", secretary_email="")
    assert answer.status_code == 422
    assert "Enter the e-mail address too" in words(answer)


def test_the_loser_of_two_edits_sees_both_texts_and_loses_nothing(convenor, programme):
    event = a_draft(programme, summary="As it was")
    url = f"/manage/events/{event.slug}/edit"
    mine = fields(convenor.get(url)) | {"summary": ["My careful words"], "town": ["Leeds"]}
    with saving():
        service.edit(event, version=1, summary="Her careful words", by=SYSTEM)
    answer = convenor.post(url, data=mine)
    assert answer.status_code == 409
    page = words(answer)
    assert "Her careful words" in page
    assert "My careful words" in page
    assert again(event).summary == "Her careful words"
    again_sent = fields(answer)
    assert again_sent["summary"] == ["My careful words"]
    assert convenor.post(url, data=again_sent).status_code == 302
    assert (again(event).summary, again(event).town) == ("My careful words", "Leeds")


def test_an_hour_that_comes_twice_is_asked_and_one_that_is_skipped_is_refused(convenor, programme):
    event = a_draft(programme)
    url = f"/manage/events/{event.slug}/edit"
    twice = wall("starts", datetime(2027, 10, 31, 1, 30)) | wall("ends", datetime(2027, 10, 31, 9))  # noqa: DTZ001
    asked = send(convenor, url, **twice)
    assert asked.status_code == 422
    assert "Which of the two?" in words(asked)
    assert convenor.post(url, data=fields(asked) | {"starts-fold": ["1"]}).status_code == 302
    assert again(event).starts_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    assert send(convenor, url).status_code == 302, "the answer is remembered"
    skipped = send(convenor, url, **wall("starts", datetime(2027, 3, 28, 1, 30)))  # noqa: DTZ001
    assert skipped.status_code == 422
    assert "does not exist" in words(skipped)


HOSTILE = [
    ("title", "x" * 201),
    ("title", ""),
    ("title", "nul\x00here"),
    ("kind", "party"),
    ("precision", "whenever"),
    ("starts-day", "32"),
    ("starts-time", "25:00"),
    ("zone", "Europe/Atlantis"),
    ("capacity", "-1"),
    ("capacity", "9" * 30),
    ("capacity", "lots"),
    ("online_link", "javascript:alert(1)"),
    ("chair_email", "not an address"),
    ("chair_email", "a@b.example\r\nBcc: all@example.org"),
    ("owner", "999999"),
    ("themes", "zero"),
    ("admission", "everyone"),
    ("summary", "s" * 401),
]


def test_hostile_input_is_answered_in_words_and_saves_nothing(convenor, programme):
    event = a_draft(programme)
    url = f"/manage/events/{event.slug}/edit"
    shown = fields(convenor.get(url))
    for name, value in HOSTILE:
        answer = convenor.post(url, data=shown | {name: [value]})
        assert (name, value, answer.status_code) == (name, value, 422)
        assert "There is a problem" in words(answer)
    assert again(event).version == 1


def test_what_is_typed_is_shown_as_text(convenor, programme):
    event = a_draft(programme, title="<script>alert(1)</script> =1+1", summary="<b>x</b>")
    for page in ("", "/edit", "/agenda", "/cancel"):
        html = convenor.get(f"/manage/events/{event.slug}{page}").get_data(as_text=True)
        assert "<script>alert(1)" not in html
        assert "<b>x</b>" not in html


def test_theme_groups_of_another_programme_are_not_on_offer(convenor, programme):
    stranger = a_theme(a_programme())
    event = a_draft(programme)
    answer = send(convenor, f"/manage/events/{event.slug}/edit", owner=str(stranger.id))
    assert answer.status_code == 422
    assert stranger.title not in words(answer)


# --- acts ---------------------------------------------------------------------------------------------------------


def test_the_whole_life_of_an_event_by_its_buttons(convenor, sign_in, programme, at):
    old, new = datetime(2027, 3, 12, 10), datetime(2027, 3, 19, 10)  # noqa: DTZ001
    event = a_draft(programme, kind=EventKind.SUMMIT, starts=old, ends=old + timedelta(hours=6))
    base = f"/manage/events/{event.slug}"

    def go(verb: str, state: EventState, **data: str) -> None:
        assert verb in convenor.get(base).get_data(as_text=True)
        answer = send(convenor, f"{base}/{verb}", **data)
        assert (verb, answer.status_code) == (verb, 302), words(answer)
        assert again(event).state is state

    go("schedule", S.SCHEDULED)
    go("publish", S.SCHEDULED)
    go("open", S.OPEN)
    go("close", S.CLOSED)
    go("postpone", S.POSTPONED, reason="Snow", precision="to_be_confirmed")
    go("reschedule", S.SCHEDULED, precision="time", **wall("starts", new), **{"ends-time": "4pm"})
    at(datetime(2027, 3, 19, 8, tzinfo=UTC))
    sign_in(convenor, "cora@engage.example")
    go("live", S.LIVE)
    go("hold", S.HELD)
    go("no-record", S.RECORD_AGREED, reason="A rehearsal")
    go("archive", S.ARCHIVED)
    page = words(convenor.get(base))
    assert "Snow" in page
    assert "Friday 12 March 2027, 10am to 4pm (UK time)" in page
    assert "Friday 19 March 2027, 10am to 4pm (UK time)" in page


def test_cancelling_asks_first_and_says_what_it_will_do(convenor, programme):
    event = an_event(programme)
    url = f"/manage/events/{event.slug}/cancel"
    page = words(convenor.get(url))
    assert "What this will do" in page
    assert "can’t be opened again" in page
    assert send(convenor, url, reason="").status_code == 422
    assert again(event).state is S.SCHEDULED
    assert send(convenor, url, reason="Flood").status_code == 302
    assert "Cancelled: Flood" in words(convenor.get(f"/manage/events/{event.slug}"))


def test_postponing_to_another_day_keeps_what_was_typed_when_it_is_refused(convenor, programme):
    event = an_event(programme)
    url = f"/manage/events/{event.slug}/postpone"
    past = wall("starts", datetime(2027, 2, 1, 9)) | wall("ends", datetime(2027, 2, 1, 10))  # noqa: DTZ001
    answer = send(convenor, url, reason="Snow", precision="time", **past)
    assert answer.status_code == 422
    assert fields(answer)["reason"] == ["Snow"]
    assert "must be still to come" in words(answer)
    month = send(convenor, url, reason="Snow", precision="month", in_month="2027-06")
    assert month.status_code == 302
    assert (again(event).when, again(event).reconfirm_by) == ("June 2027", None)


def test_a_month_that_a_postponement_named_can_be_made_a_day(convenor, programme):
    event = an_event(programme)
    with saving():
        service.postpone(event, reason="Snow", precision=Precision.MONTH, starts=date(2027, 6, 1), by=SYSTEM)
    answer = send(
        convenor,
        f"/manage/events/{event.slug}/reschedule",
        precision="time",
        **wall("starts", datetime(2027, 6, 9, 10)),  # noqa: DTZ001
        **{"ends-time": "noon"},
    )
    assert answer.status_code == 302, words(answer)
    assert again(event).when == "Wednesday 9 June 2027, 10am to midday (UK time)"


def test_a_refused_act_says_why_on_its_page(convenor, programme):
    event = an_event(programme)
    for verb, why in (
        ("open", "by invitation only"),
        ("hold", "cannot become held"),
        ("archive", "cannot become archived"),
    ):
        answer = send(convenor, f"/manage/events/{event.slug}/{verb}")
        assert (verb, answer.status_code) == (verb, 422)
        assert why in words(answer)


def test_the_history_says_of_a_state_what_states_are_called(convenor, programme):
    event = an_open_event(programme)
    assert "State Scheduled Registration open" in words(convenor.get(f"/manage/events/{event.slug}"))
