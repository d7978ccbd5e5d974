"""The demonstration's data files: what the story must hold, and that they do not contradict themselves."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from engage.demo import crowd, reading
from engage.demo.checking import faults
from engage.demo.story import Event, Programme, Story

NOW = datetime(2026, 3, 4, 11, 20, tzinfo=UTC)  # a Wednesday
RESERVED = re.compile(r"@([a-z0-9-]+\.)*(example|example\.(org|com|net))$")


@pytest.fixture(scope="module")
def story() -> Story:
    return reading.read(now=NOW)


@pytest.fixture(scope="module")
def past(story: Story) -> Programme:
    return story.programmes[0]


@pytest.fixture(scope="module")
def live(story: Story) -> Programme:
    return story.programmes[1]


def event(programme: Programme, slug: str) -> Event:
    return next(e for e in programme.events if e.slug == slug)


def test_the_story_has_its_programme_themes_and_events(past: Programme) -> None:
    assert (past.prefix, past.starts.year, past.ends and past.ends.year) == ("HCS", 2015, 2019)
    assert len(past.themes) == 8
    assert Counter(e.kind for e in past.events) == {
        "round_table": 3,
        "meeting": 3,
        "summit": 1,
        "conference": 1,
    }
    assert [e.starts.date().isoformat() for e in past.events if e.kind == "round_table"] == [
        "2016-02-22",
        "2016-12-06",
        "2017-05-16",
    ]


def test_one_theme_group_is_vacant_and_two_changed_hands(past: Programme) -> None:
    vacant = [t.title for t in past.themes if all(lead.until for lead in t.leads)]
    handed_over = [t.title for t in past.themes if len(t.leads) > 1]
    assert (vacant, handed_over) == (["Workforce"], ["Adult social care", "Public health"])


def test_round_table_2_had_20_present_of_whom_2_secretariat_and_3_apologies(past: Programme) -> None:
    table = event(past, "health-statistics-round-table-2")
    secretariat = [g for g in table.present if g.part == "secretariat"]
    assert (len(table.present), len(secretariat), len(table.apologies)) == (20, 2, 3)
    assert table.record is not None
    assert table.record.recirculated is not None


def test_round_table_3_was_first_planned_for_march_with_12_acceptances_to_reconfirm(past: Programme) -> None:
    table = event(past, "health-statistics-round-table-3")
    moved = table.postponed
    assert moved is not None
    accepted_by_then = [g for g in table.guests if g.on and g.on < moved.on and g.answer == "accepted"]
    assert (moved.first_planned, table.starts.month, len(accepted_by_then)) == ("2017-03", 5, 12)


def test_forty_actions_end_in_every_state_with_some_re_dated(past: Programme) -> None:
    ends = {
        "start": "in_progress",
        "progress": "in_progress",
        "return": "in_progress",
        "reopen": "in_progress",
    }
    ends |= {
        "report": "reported_complete",
        "verify": "verified",
        "drop": "dropped",
        "supersede": "superseded",
    }
    agreed = {a.key for e in past.events if e.record and e.record.agreed for a in e.actions}
    states: Counter[str] = Counter()
    for action in past.actions:
        acts = [ends[step.act] for step in action.steps if step.act != "redate"]
        states[acts[-1] if acts else "agreed" if action.key in agreed else "proposed"] += 1
    assert states == {
        "verified": 25,
        "in_progress": 3,
        "agreed": 2,
        "reported_complete": 3,
        "proposed": 3,
        "dropped": 3,
        "superseded": 1,
    }
    assert sum(any(step.act == "redate" for step in a.steps) for a in past.actions) == 10


def test_every_kind_of_outcome_is_there_and_every_theme_owns_actions(past: Programme) -> None:
    kinds = {o.type for e in past.events for o in e.outcomes}
    assert kinds == {"decision", "agreement", "finding", "commitment", "issue"}
    assert {a.theme for a in past.actions} == {t.slug for t in past.themes}


def test_the_conference_has_a_table_for_every_theme(past: Programme) -> None:
    conference = event(past, "users-conference-2017")
    tables = [item.themes for item in conference.agenda if item.key.startswith("table-")]
    assert sorted(tables) == sorted((t.slug,) for t in past.themes)


def test_summit_and_conference_are_well_attended_and_never_over_capacity(story: Story, past: Programme) -> None:
    earlier: list[crowd.Member] = []
    attended = []
    for occasion in (e for e in past.events if e.crowd and e.opened and e.closed):
        assert occasion.crowd is not None
        assert occasion.opened is not None
        assert occasion.closed is not None
        people = crowd.made(
            occasion.crowd,
            names=story.names,
            places=story.names.audiences[past.slug],
            opened=occasion.opened,
            until=occasion.closed,
            earlier=earlier,
        )
        assert len({p.who.email for p in people}) == len(people)
        assert [p.registered for p in people] == sorted(p.registered for p in people)
        assert all(RESERVED.search(p.who.email) for p in people)
        assert len(people) + len(occasion.guests) <= occasion.capacity
        earlier = [p.who for p in people]
        attended.append(len(occasion.present) + sum(p.checked_in is not None for p in people))
    assert attended == [120, 152]


def test_a_crowd_is_the_same_at_every_load(story: Story, live: Programme) -> None:
    occasion = event(live, "housing-users-day")
    assert occasion.crowd is not None
    assert occasion.opened is not None

    def make() -> list[crowd.Registrant]:
        assert occasion.crowd is not None
        assert occasion.opened is not None
        places = story.names.audiences[live.slug]
        return crowd.made(occasion.crowd, names=story.names, places=places, opened=occasion.opened, until=NOW)

    assert make() == make()
    participant, press = occasion.kinds
    waiting = len(make()) - occasion.crowd.cancelled - len(press.taken_by) - participant.capacity
    assert waiting == 4


def test_feedback_has_five_answers_or_more_and_one_that_led_to_uk_health_accounts(past: Programme) -> None:
    forms = {e.slug: e.feedback for e in past.events if e.feedback}
    assert set(forms) == {"health-and-care-statistics-summit", "users-conference-2017"}
    assert all(len(form.responses) >= 5 for form in forms.values())
    summit = forms["health-and-care-statistics-summit"]
    assert [link.action for link in summit.links] == ["ons-health-accounts"]
    assert "UK Health Accounts" in str(summit.responses[summit.links[0].response - 1]["change"])


def test_the_live_programme_has_something_to_try_at_once(live: Programme) -> None:
    local = NOW.replace(tzinfo=None)
    table, day = event(live, "housing-round-table-2"), event(live, "housing-users-day")
    now_live = event(live, "temporary-accommodation-working-meeting")
    workshop = event(live, "workshop-measuring-crowding")
    assert timedelta(days=10) < table.starts - local < timedelta(days=14)
    assert sum(g.answer is None for g in table.guests) == 5
    assert [(g.sends, bool(g.approved)) for g in table.guests if g.sends] == [
        ("steeplejack", True),
        ("thatcher-vale", False),
    ]
    assert timedelta(weeks=4) < day.starts - local < timedelta(weeks=6)
    assert now_live.starts <= local < now_live.ends
    assert 0 < len(now_live.present) < len(now_live.guests)
    assert timedelta(days=6) < local - workshop.starts < timedelta(days=8)
    assert workshop.record is not None
    assert (workshop.record.circulated is not None, workshop.record.agreed) == (True, None)
    due = {a.key: (a.due - NOW.date()).days for a in live.actions}
    assert due["h-rents-paid"] < 0 < due["h-guide"] <= 7


@pytest.mark.parametrize("hours", range(0, 24 * 8, 11))
def test_the_story_can_be_told_on_every_day_and_at_every_hour(hours: int) -> None:
    told = reading.read(now=NOW + timedelta(hours=hours))
    assert all(e.starts.weekday() < 5 for e in told.programmes[1].events if not e.live)


def test_every_role_can_sign_in_to_each_programme(story: Story) -> None:
    roles = {(u.programme, u.role) for u in story.users if not u.admin}
    wanted = {"convenor", "secretary", "theme_lead", "reviewer", "observer"}
    assert roles == {(p.slug, role) for p in story.programmes for role in wanted}
    assert sum(u.admin for u in story.users) == 1
    assert all(story.email(u.person).endswith("@engage.example") for u in story.users)


def test_no_address_in_any_file_is_outside_the_reserved_domains() -> None:
    for path in reading.DATA.rglob("*.*"):
        found = re.findall(r"[\w.+-]+@[\w.-]+\w", path.read_text(encoding="utf-8"))
        assert [address for address in found if not RESERVED.search(address.lower())] == []
        links = re.findall(r"https?://([^/\"\s]+)", path.read_text(encoding="utf-8"))
        assert set(links) <= {"example.org"}


def test_only_public_bodies_of_the_story_are_real_and_the_rest_say_so(story: Story) -> None:
    real = {o.short_name or o.name for o in story.organisations if o.real}
    assert real == {
        "OSR", "ONS", "DH", "DHSC", "HSCIC", "NHS Digital", "PHE", "OHID", "UKHSA", "NHS England", "EHSSG",
    }  # fmt: skip
    assert all("fictional" in o.name for o in story.organisations if not o.real)
    audiences = [place for places in story.names.audiences.values() for place in places]
    assert all("fictional" in place.organisation for place in audiences if place.organisation)


def test_what_is_not_public_is_marked_on_its_page(story: Story) -> None:
    marks = ("illustrative", "fictional")
    for programme in story.programmes:
        texts = {programme.slug: programme.purpose}
        texts |= {theme.slug: theme.scope for theme in programme.themes}
        texts |= {f"plan of {theme.slug}": theme.plan for theme in programme.themes}
        texts |= {occasion.slug: occasion.description for occasion in programme.events}
        assert [name for name, text in texts.items() if not any(m in text.lower() for m in marks)] == []


def test_paragraphs_of_a_record_are_numbered_through(past: Programme) -> None:
    for occasion in past.events:
        notes = occasion.record.notes if occasion.record else ()
        text = "\n".join(note.text for note in notes if not note.private)
        numbers = [int(number) for number in re.findall(r"^(\d+)\. ", text, flags=re.MULTILINE)]
        assert numbers[0] == 1
        assert all(later == earlier + 1 for earlier, later in pairwise(numbers))


def test_the_delegate_list_has_its_flaws() -> None:
    lines = Path(reading.DELEGATES).read_text(encoding="utf-8").splitlines()
    assert lines[0] == "Name,Email,Role,Organisation"
    assert 24 <= len(lines) - 1 <= 28


def test_a_reference_that_leads_nowhere_is_told(story: Story) -> None:
    user = replace(story.users[0], person="nobody")
    assert faults(replace(story, users=(user,)), now=NOW) == ["users: no person “nobody”"]


def test_a_story_from_the_future_is_told(story: Story) -> None:
    found = faults(story, now=datetime(2019, 4, 1, tzinfo=UTC))
    assert "steering-group-march-2019: 01 Apr 2019 00:00 comes before 02 Apr 2019 09:00" in found
