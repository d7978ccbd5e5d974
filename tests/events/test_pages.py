"""The staff pages of events, through the client, as convenor, observer and stranger."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import html5lib
import pytest

from engage.core.access import SYSTEM, Role
from engage.core.db import saving
from engage.core.facts import history_of
from engage.events import queries, service
from engage.events.models import AgendaKind, EventKind, EventState, Precision
from engage.people.queries import person_by_email
from tests.factories.accounts import a_user
from tests.factories.events import (
    STARTS,
    a_draft,
    a_programme,
    a_theme,
    again,
    an_agenda_item,
    an_event,
    an_open_event,
)
from tests.reader import words

S = EventState
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def programme(app, at):
    at(NOW)
    return a_programme()


@pytest.fixture
def convenor(client, sign_in, programme):
    a_user("cora@engage.example", name="Cora Convenor", roles={programme.id: Role.CONVENOR})
    return sign_in(client, "cora@engage.example")


def fields(response) -> dict[str, list[str]]:
    """What a browser would send back of the page's longest form, unchanged."""
    tree = html5lib.parse(response.get_data(as_text=True), namespaceHTMLElements=False)
    form = max(tree.iter("form"), key=lambda one: len(list(one.iter())))
    sent: dict[str, list[str]] = {}
    for element in form.iter():
        name = element.get("name")
        if not name:
            continue
        if element.tag == "input" and element.get("type") in ("radio", "checkbox"):
            if element.get("checked") is None:
                continue
            sent.setdefault(name, []).append(element.get("value"))
        elif element.tag == "input":
            sent.setdefault(name, []).append(element.get("value") or "")
        elif element.tag == "textarea":
            sent.setdefault(name, []).append((element.text or "").removeprefix("\n"))
        elif element.tag == "select":
            chosen = [o.get("value") for o in element.iter("option") if o.get("selected") is not None]
            sent.setdefault(name, []).extend(chosen or [next(element.iter("option")).get("value")])
    return sent


def send(client, url, **changes):
    """Open a page, fill in what is given, send its form."""
    page = client.get(url)
    assert page.status_code == 200, page.status_code
    data = fields(page) | {name: value if isinstance(value, list) else [value] for name, value in changes.items()}
    return client.post(url, data=data)


def wall(name: str, when: datetime) -> dict[str, str]:
    return {
        f"{name}-day": str(when.day),
        f"{name}-month": str(when.month),
        f"{name}-year": str(when.year),
        f"{name}-time": f"{when:%H:%M}",
    }


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


@pytest.mark.parametrize(("name", "value"), HOSTILE)
def test_hostile_input_is_answered_in_words_and_saves_nothing(convenor, programme, name, value):
    event = a_draft(programme)
    answer = send(convenor, f"/manage/events/{event.slug}/edit", **{name: value})
    assert answer.status_code == 422
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


# --- agenda -------------------------------------------------------------------------------------------------------


def titles(event) -> list[str]:
    return [item.title for item in queries.agenda_of(event.id)]


def test_an_agenda_is_written_put_in_order_and_cut_by_plain_forms(convenor, programme):
    event = a_draft(programme)
    url = f"/manage/events/{event.slug}/agenda"
    theme = again(event).owning_theme
    for title in ("Welcome", "Plan", "Close"):
        answer = send(convenor, url, title=title, minutes="30", presenter="Ada", themes=str(theme.id))
        assert answer.status_code == 302
    plan = queries.agenda_of(event.id)[1]
    page = words(convenor.get(url))
    assert "10:30am" in page
    assert "90 minutes in all" in page
    moved = convenor.post(f"{url}/{plan.key}/move", data={**_token(convenor, url), "way": "up"})
    assert moved.location.endswith(f"/agenda#item-{plan.key}")
    assert titles(event) == ["Plan", "Welcome", "Close"]
    for _twice in range(2):
        convenor.post(f"{url}/{plan.key}/move", data={**_token(convenor, url), "way": "up"})
    assert titles(event) == ["Plan", "Welcome", "Close"]
    assert send(convenor, f"{url}/{plan.key}", title="The plan", kind="internal", minutes="").status_code == 302
    item = queries.agenda_of(event.id)[0]
    assert (item.title, item.kind, item.minutes, [link.theme_id for link in item.themes]) == (
        "The plan",
        AgendaKind.INTERNAL,
        None,
        [theme.id],
    )
    convenor.post(f"{url}/{plan.key}/remove", data=_token(convenor, url))
    assert titles(event) == ["Welcome", "Close"]
    assert queries.item_by_key(plan.key).removed_at == NOW
    assert convenor.get(f"{url}/{plan.key}").status_code == 404


def _token(client, url) -> dict[str, str]:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(url).get_data(as_text=True))
    assert found
    return {"csrf_token": found[1]}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", ""),
        ("title", "x" * 201),
        ("minutes", "0"),
        ("minutes", "1441"),
        ("kind", "secret"),
        ("themes", "77777"),
    ],
)
def test_an_agenda_item_that_cannot_be_is_refused(convenor, programme, name, value):
    event = a_draft(programme)
    answer = send(convenor, f"/manage/events/{event.slug}/agenda", **{"title": "Plan", name: value})
    assert answer.status_code == 422
    assert titles(event) == []


def test_an_item_of_another_event_is_not_found_at_this_address(convenor, programme):
    mine, other = a_draft(programme), a_draft(programme)
    item = an_agenda_item(other)
    assert convenor.get(f"/manage/events/{mine.slug}/agenda/{item.key}").status_code == 404


def test_without_a_csrf_token_nothing_is_done(convenor, programme):
    event = an_event(programme)
    for verb, data in (("cancel", {"reason": "Flood"}), ("publish", {}), ("agenda", {"title": "X", "kind": "open"})):
        before = again(event).state, len(history_of("event", event.id))
        assert convenor.post(f"/manage/events/{event.slug}/{verb}", data=data).status_code == 422
        assert (again(event).state, len(history_of("event", event.id))) == before


# --- who may ------------------------------------------------------------------------------------------------------

PAGES = (
    "",
    "/agenda",
    "/edit",
    "/schedule",
    "/publish",
    "/open",
    "/close",
    "/postpone",
    "/reschedule",
    "/cancel",
    "/live",
    "/hold",
    "/no-record",
    "/archive",
)
READS = frozenset({"", "/agenda"})


@pytest.mark.parametrize("role", [*Role, None])
def test_convenor_and_secretary_run_events_others_read_and_strangers_find_nothing(client, sign_in, programme, role):
    event = an_event(programme)
    home = programme if role else a_programme()
    a_user("who@engage.example", roles={home.id: role or Role.CONVENOR})
    sign_in(client, "who@engage.example")
    runs = role in (Role.CONVENOR, Role.SECRETARY)
    for page in PAGES:
        wanted = 404 if role is None else 200 if runs or page in READS else 403
        assert (page, client.get(f"/manage/events/{event.slug}{page}").status_code) == (page, wanted)
    new = client.get(f"/manage/programmes/{programme.slug}/events/new").status_code
    assert new == (404 if role is None else 200 if runs else 403)


def test_without_an_account_everything_leads_to_sign_in(client, programme):
    event = an_event(programme)
    for page in PAGES:
        answer = client.get(f"/manage/events/{event.slug}{page}")
        assert (page, answer.status_code) == (page, 302)
        assert answer.location.startswith("/sign-in")
    assert client.get("/manage/events/no-such-event").status_code == 302


def test_an_observer_sees_no_buttons(client, sign_in, programme):
    event = an_event(programme)
    an_agenda_item(event)
    a_user("who@engage.example", roles={programme.id: Role.OBSERVER})
    sign_in(client, "who@engage.example")
    for page in ("", "/agenda"):
        html = client.get(f"/manage/events/{event.slug}{page}").get_data(as_text=True)
        for verb in ("/cancel", "/postpone", "/edit", "/move", 'method="post"'):
            assert verb not in html, verb


# --- lists --------------------------------------------------------------------------------------------------------


def test_the_list_holds_ones_own_programmes_and_narrows(convenor, programme):
    mine = an_event(programme, title="Round Table of mine")
    draft = a_draft(programme, title="A draft")
    an_event(a_programme(), title="Of another programme")
    page = words(convenor.get("/manage/events"))
    assert "Round Table of mine" in page
    assert "A draft" in page
    assert "Of another programme" not in page
    assert "A draft" not in words(convenor.get("/manage/events?state=scheduled"))
    assert mine.title not in words(convenor.get(f"/manage/events?q=draft&programme={programme.slug}"))
    assert draft.title in words(convenor.get("/manage/events?q=DRAFT"))
    assert "No event fits" in words(convenor.get("/manage/events?q=100%25"))
    for nonsense in (
        "?state=party",
        "?programme=elsewhere",
        "?page=-1",
        "?page=9999999999",
        f"?q={'x' * 500}",
        "?q=%00",
    ):
        assert convenor.get(f"/manage/events{nonsense}").status_code == 200, nonsense


def test_empty_lists_say_what_to_do(client, sign_in, convenor, programme):
    assert "Plan the first one" in words(convenor.get("/manage/events"))
    a_user("nobody@engage.example")
    sign_in(client, "nobody@engage.example")
    assert "You have no role" in words(client.get("/manage/events"))


def test_what_is_lacking_and_what_is_live_stands_on_the_desk(app, at, programme):
    from engage.core.access import Kind, Principal
    from engage.events.parts import desk_items

    an_event(programme, title="Later", published=False)
    an_event(programme, title="Now", starts=datetime(2027, 3, 1, 9), ends=datetime(2027, 3, 1, 12))  # noqa: DTZ001
    me = Principal(kind=Kind.USER, user_id=1, roles={programme.id: frozenset({Role.SECRETARY})})
    observer = Principal(kind=Kind.USER, user_id=2, roles={programme.id: frozenset({Role.OBSERVER})})
    with app.test_request_context():
        items = [(item.group, item.text, item.urgent) for item in desk_items(me)]
        assert items == [("Today", "Now is live", True), ("Events", "Prepare Later", False)]
        assert list(desk_items(observer)) == []
        detail = next(item.detail for item in desk_items(me) if item.text == "Prepare Later")
    assert detail == ("Name a chair · Name a secretary · Write a summary · Draw up the agenda · Publish its page")


@pytest.mark.parametrize("address", ["/manage/events", "/manage/events/{slug}", "/manage/events/{slug}/agenda"])
def test_pages_ask_a_fixed_number_of_queries(convenor, programme, query_log, address):
    counts = []
    event = an_event(programme)
    for n in (1, 3):
        while len(titles(event)) < n:
            an_agenda_item(event, themes=[a_theme(programme)])
            an_event(programme)
            with saving():
                service.edit(event, version=again(event).version, summary=f"Again {n} {len(titles(event))}", by=SYSTEM)
        url = address.format(slug=again(event).slug)
        query_log.clear()
        assert convenor.get(url).status_code == 200
        counts.append(len(query_log))
    assert counts[0] == counts[1], counts


def test_the_desk_part_asks_a_fixed_number_of_queries(app, programme, query_log):
    from engage.core.access import Kind, Principal
    from engage.events.parts import desk_items

    me = Principal(kind=Kind.USER, user_id=1, roles={programme.id: frozenset({Role.SECRETARY})})
    counts = []
    for _n in (1, 3):
        an_open_event(programme)
        an_agenda_item(an_event(programme))
        with app.test_request_context():
            query_log.clear()
            list(desk_items(me))
            counts.append(len(query_log))
    assert counts[0] == counts[1], counts
