"""Pages of records and actions, through the strict reader: what each person sees and may do."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engage.core import links
from engage.core.access import SYSTEM, Role
from engage.core.db import db, saving
from engage.events.models import Event
from engage.outcomes import queries, service
from engage.outcomes.models import ActionState, OutcomeKind, Presence, RecordState
from tests.factories.accounts import a_user
from tests.factories.events import a_theme
from tests.factories.outcomes import a_meeting, a_person, a_record, an_action, an_agreed_record, an_outcome
from tests.reader import words

TOKEN = re.compile(r'name="([\w-]*csrf_token)"[^>]*value="([^"]+)"')


def post_form(client: FlaskClient, url: str, page: str = "", **fields: object):
    """Send a form with the token of the page that shows it."""
    shown = client.get(page or url).get_data(as_text=True)
    tokens = dict(TOKEN.findall(shown))
    assert tokens, f"no form at {page or url}"
    return client.post(url, data={**tokens, "csrf_token": next(iter(tokens.values())), **fields})


@pytest.fixture
def event(app: Flask) -> Event:
    return a_meeting()


@pytest.fixture
def convenor(client: FlaskClient, sign_in, event: Event) -> FlaskClient:
    a_user("con@engage.example", roles={event.programme_id: Role.CONVENOR})
    return sign_in(client, "con@engage.example")


def test_the_secretary_records_a_meeting_from_the_first_word_to_circulation(
    convenor: FlaskClient, event: Event
) -> None:
    page = f"/manage/events/{event.slug}/record"
    assert "No record yet" in words(convenor.get(page))
    post_form(convenor, page)
    record = queries.by_event(event.id)
    assert record is not None
    note = record.notes[0]
    prefix = f"n{note.key}-"
    sent = post_form(
        convenor,
        f"{page}/notes/{note.key}",
        page,
        **{f"{prefix}text": "ONS spoke.", f"{prefix}version": "1", f"{prefix}private": "yes"},
    )
    assert sent.status_code == 302
    db.session.expire_all()
    assert (note.text, note.private) == ("ONS spoke.", True)
    new = post_form(
        convenor,
        f"/manage/events/{event.slug}/outcomes/new",
        kind="decision",
        text="Publish one list.",
        theme=str(event.owning_theme.id),
    )
    assert new.status_code == 302, words(new)
    outcome = queries.outcomes_of_event(event.id)[0]
    new = post_form(
        convenor,
        f"/manage/events/{event.slug}/actions/new?outcome={outcome.id}",
        text="Draw up the list",
        organisation="ONS",
        owner_name="Olu Owner",
        owner_email="olu@example.org",
        theme=str(event.owning_theme.id),
        outcome=str(outcome.id),
        **{"due-day": "30", "due-month": "6", "due-year": "2027"},
    )
    assert new.status_code == 302, words(new)
    action = queries.actions_of_event(event.id)[0]
    assert (action.text, action.outcome_id, action.organisation.name) == ("Draw up the list", outcome.id, "ONS")
    assert post_form(
        convenor,
        f"{page}/attendance",
        name="Carol Chair",
        email=event.chair.email,
        presence="present",
    ).status_code == 302  # fmt: skip
    assert post_form(convenor, f"{page}/circulate").status_code == 302
    db.session.expire_all()
    assert record.state is RecordState.CIRCULATED


def test_two_secretaries_at_once_the_second_sees_both_texts(convenor: FlaskClient, event: Event) -> None:
    record = a_record(event)
    note = record.notes[0]
    page, prefix = f"/manage/events/{event.slug}/record", f"n{note.key}-"
    convenor.get(page)
    with saving():
        service.save_note(note, text="What Ann wrote", private=False, version=1, by=SYSTEM)
    answer = post_form(
        convenor, f"{page}/notes/{note.key}", page, **{f"{prefix}text": "What Bob wrote", f"{prefix}version": "1"}
    )
    assert answer.status_code == 422
    shown = answer.get_data(as_text=True)
    assert _both(answer) == [("What Ann wrote", "What Bob wrote")]
    assert f'name="{prefix}version" value="2"' in shown
    again = post_form(convenor, f"{page}/notes/{note.key}", page, **{f"{prefix}text": "Both", f"{prefix}version": "2"})
    assert again.status_code == 302


SIDES = re.compile(r'<div class="engage-clash__text">(.*?)</div>', re.DOTALL)


def _both(answer) -> list[tuple[str, str]]:
    """Saved now, and yours, of each field in which the two differ."""
    sides = [html.unescape(side) for side in SIDES.findall(answer.get_data(as_text=True))]
    return list(zip(sides[::2], sides[1::2], strict=True))


def test_two_secretaries_at_one_interest_the_second_sees_both_texts(convenor: FlaskClient, event: Event) -> None:
    line = a_record(event).people[0]
    page = f"/manage/events/{event.slug}/record/attendance/{line.key}/interest"
    with saving():
        service.declare_interest(line, text="Adviser", version=1, by=SYSTEM)
    answer = post_form(convenor, page, interest="Trustee", version="1")
    assert (answer.status_code, _both(answer)) == (422, [("Adviser", "Trustee")])
    assert 'name="version" value="2"' in answer.get_data(as_text=True)
    assert post_form(convenor, page, interest="Adviser; trustee", version="2").status_code == 302


def test_two_secretaries_enter_one_person_the_second_sees_both_lines(convenor: FlaskClient, event: Event) -> None:
    record, person = a_record(event), a_person("Pat")
    page = f"/manage/events/{event.slug}/record/attendance"
    with saving():
        line = service.set_presence(record, person=person, presence=Presence.PRESENT, role="Director", by=SYSTEM)
    typed = {"name": "Pat", "email": person.email, "role": "Statistician", "presence": "apologies"}
    answer = post_form(convenor, page, **typed)
    assert (answer.status_code, _both(answer)) == (422, [("Director", "Statistician"), ("Present", "Sent apologies")])
    other = {**typed, "email": event.chair.email, "line": line.key, "version": "1"}
    assert post_form(convenor, page, **other).status_code == 422, "a version is good for the line that was shown only"
    assert post_form(convenor, page, **typed, line=line.key, version="1").status_code == 302
    db.session.expire_all()
    assert (line.role, line.presence) == ("Statistician", Presence.APOLOGIES)


def test_two_secretaries_at_one_outcome_the_second_sees_all_that_differs(convenor: FlaskClient, event: Event) -> None:
    outcome, theme = an_outcome(event), event.owning_theme
    with saving():
        service.edit_outcome(
            outcome, kind=OutcomeKind.FINDING, text="From Ann", theme=theme, private=False, version=1, by=SYSTEM
        )
    page = f"/manage/outcomes/{outcome.reference}/edit"
    typed = {"kind": "decision", "text": "From Bob", "theme": str(theme.id)}
    answer = post_form(convenor, page, **typed, version="1")
    assert (answer.status_code, _both(answer)) == (422, [("Finding", "Decision"), ("From Ann", "From Bob")])
    assert post_form(convenor, page, **typed, version="2").status_code == 302


def test_two_secretaries_at_one_action_the_second_sees_all_that_differs(convenor: FlaskClient, event: Event) -> None:
    action = an_action(event, text="From Ann")
    with saving():
        service.edit_action(
            action,
            text="From Ann",
            theme=action.theme,
            organisation=action.organisation,
            owner=None,
            due=date(2027, 7, 1),
            private=False,
            version=action.version,
            by=SYSTEM,
        )
    page = f"/manage/actions/{action.reference}/edit"
    typed = {"text": "From Bob", "organisation": action.organisation.name, "theme": str(action.theme_id)}
    answer = post_form(convenor, page, **typed, version="1")
    assert (answer.status_code, _both(answer)) == (422, [("From Ann", "From Bob"), ("2027-07-01", "–")])
    assert post_form(convenor, page, **typed, version="2").status_code == 302
    db.session.expire_all()
    assert (action.text, action.due) == ("From Bob", None)


def test_the_chair_agrees_by_link_without_an_account(client: FlaskClient, event: Event) -> None:
    record = a_record(event)
    with saving():
        service.circulate(record, by=SYSTEM)
    chair = record.people[0]
    address = f"/m/{links.token_of('record', chair.id)}"
    page = client.get(address)
    assert "I agree this record" in words(page) and "Set-Cookie" not in page.headers
    assert 'name="version" value="1"' in page.get_data(as_text=True)
    stale = client.post(f"{address}/agree", data={"version": "2"})
    assert stale.status_code == 422
    assert "Read it again" in words(stale)
    assert client.post(f"{address}/agree", data={"version": "1"}).status_code == 302
    db.session.expire_all()
    assert record.state is RecordState.AGREED
    assert client.post(f"{address}/agree").status_code == 302
    assert "agreed this record" in words(client.get(address))


def test_the_chairs_link_asks_for_changes_too(client: FlaskClient, event: Event) -> None:
    record = a_record(event)
    with saving():
        service.circulate(record, by=SYSTEM)
    address = f"/m/{links.token_of('record', record.people[0].id)}"
    assert client.post(f"{address}/changes", data={"words": ""}).status_code == 422
    assert client.post(f"{address}/changes", data={"words": "My title is wrong"}).status_code == 302
    db.session.expire_all()
    assert record.state is RecordState.DRAFT


def test_a_participants_link_shows_no_way_to_agree_and_a_post_is_refused(client: FlaskClient, event: Event) -> None:
    record = a_record(event)
    person = a_person("Pat Participant")
    with saving():
        row = service.set_presence(record, person=person, presence=Presence.PRESENT, by=SYSTEM)
        service.circulate(record, by=SYSTEM)
    address = f"/m/{links.token_of('record', row.id)}"
    assert "I agree this record" not in words(client.get(address))
    assert client.post(f"{address}/agree", data={"version": "1"}).status_code == 422
    changes = client.post(f"{address}/changes", data={"words": "Say less"})
    assert changes.status_code == 422
    assert "Only the chair" in words(changes)
    assert record.state is RecordState.CIRCULATED


def test_an_owner_reports_by_link_and_a_reviewer_verifies(
    app: Flask, client: FlaskClient, event: Event, sign_in
) -> None:
    action = an_action(event, agreed=True)
    address = f"/o/{links.token_of('action', action.id)}"
    assert "Say how it is going" in words(client.get(address))
    empty = client.post(address, data={"words": ""})
    assert empty.status_code == 422 and "Say in a sentence" in words(empty)
    kept = client.post(address, data={"words": "Nearly there", "evidence_url": "javascript:alert(1)"})
    assert kept.status_code == 422 and "Nearly there" in kept.get_data(as_text=True)
    assert client.post(address, data={"words": "Published", "complete": "yes"}).status_code == 302
    a_user("rev@engage.example", roles={event.programme_id: Role.REVIEWER})
    reviewer = sign_in(app.test_client(), "rev@engage.example")
    assert "Verify it" in words(reviewer.get(f"/manage/actions/{action.reference}"))
    assert post_form(reviewer, f"/manage/actions/{action.reference}/verify", reason="Seen").status_code == 302
    db.session.expire_all()
    assert action.state is ActionState.VERIFIED


def test_links_that_ran_out_say_so_and_whom_to_ask(client: FlaskClient, event: Event, at) -> None:
    at(datetime(2027, 3, 1, 12, tzinfo=UTC))
    action, record = an_action(event, agreed=True, due=None), a_record(event)
    with saving():
        service.circulate(record, by=SYSTEM)
    pages = [
        (f"/o/{links.token_of('action', action.id)}", "Ask the secretary of the meeting where the action was agreed"),
        (f"/m/{links.token_of('record', record.people[0].id)}", "Ask the secretary of the meeting to send you"),
    ]
    at(datetime(2027, 5, 30, 11, 59, tzinfo=UTC))
    assert [client.get(url).status_code for url, _said in pages] == [200, 200]
    at(datetime(2027, 5, 30, 12, tzinfo=UTC))
    for url, said in pages:
        answer = client.get(url)
        assert answer.status_code == 410
        assert f"This link has run out. {said}" in words(answer)
    assert client.post(pages[0][0], data={"words": "Late"}).status_code == 410
    with saving():
        service.ask_changes(record, words="Again", by=SYSTEM)
        service.circulate(record, by=SYSTEM)
        service.tell_again(action, by=SYSTEM)
    assert [client.get(url).status_code for url, _said in pages] == [200, 200]


def test_the_secretary_sends_the_owners_link_again(app: Flask, client: FlaskClient, event: Event, sign_in) -> None:
    action = an_action(event, agreed=True)
    a_user("sec@engage.example", roles={event.programme_id: Role.SECRETARY})
    secretary = sign_in(client, "sec@engage.example")
    page = f"/manage/actions/{action.reference}"
    assert "Send the owner’s link again" in words(secretary.get(page))
    assert post_form(secretary, f"{page}/tell").status_code == 302
    assert "Its link sent to its owner again" in words(secretary.get(page))


def test_link_pages_refuse_a_post_from_another_site(client: FlaskClient, event: Event) -> None:
    action = an_action(event, agreed=True)
    address = f"/o/{links.token_of('action', action.id)}"
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        assert client.post(address, data={"words": "Forged"}, headers=headers).status_code == 403
    db.session.expire_all()
    assert queries.updates_of(action.id) == []


VERBS = ["agree", "redate", "reassign", "drop", "supersede"]


@pytest.mark.parametrize("verb", VERBS)
def test_an_observer_reads_an_action_and_changes_nothing(client: FlaskClient, event: Event, sign_in, verb: str) -> None:
    action = an_action(event)
    a_user("obs@engage.example", roles={event.programme_id: Role.OBSERVER})
    observer = sign_in(client, "obs@engage.example")
    assert observer.get(f"/manage/actions/{action.reference}").status_code == 200
    assert observer.get(f"/manage/actions/{action.reference}/{verb}").status_code == 403


def test_nothing_of_another_programme_is_known_to_exist(client: FlaskClient, event: Event, sign_in) -> None:
    action = an_action(event)
    other = a_meeting()
    a_user("con2@engage.example", roles={other.programme_id: Role.CONVENOR})
    stranger = sign_in(client, "con2@engage.example")
    for address in (
        f"/manage/actions/{action.reference}",
        f"/manage/actions/{action.reference}/drop",
        f"/manage/events/{event.slug}/record",
        "/manage/actions/XX-A999",
    ):
        assert stranger.get(address).status_code == 404


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("filters", ["", "?overdue=y&q=list"])
def test_the_register_asks_at_most_eight_statements_however_many_programmes_and_actions(
    app: Flask, client: FlaskClient, sign_in, query_log: list[str], n: int, filters: str
) -> None:
    meetings = [a_meeting() for _ in range(n)]
    for meeting in meetings * n:
        an_action(meeting, agreed=True, due=date(2020, 1, 31), other_themes=[a_theme(meeting.programme)])
    a_user("con@engage.example", roles={meeting.programme_id: Role.CONVENOR for meeting in meetings})
    convenor = sign_in(client, "con@engage.example")
    convenor.get("/manage/actions")
    query_log.clear()
    page = convenor.get(f"/manage/actions{filters}")
    asked = len(query_log)
    assert f"{n * n} action" in words(page)
    assert asked <= 8
    assert asked == _seen.setdefault(f"register{filters}", asked)


def test_an_administrators_register_holds_only_the_programmes_in_which_they_have_a_role(
    client: FlaskClient, event: Event, sign_in
) -> None:
    mine, other = an_action(event), an_action(text="Nobody else’s business")
    a_user("ada@engage.example", is_admin=True, roles={event.programme_id: Role.OBSERVER})
    page = sign_in(client, "ada@engage.example").get("/manage/actions")
    assert mine.reference in words(page)
    assert other.reference not in words(page) and other.theme.title not in words(page)


_seen: dict[str, int] = {}


@pytest.mark.parametrize("n", [1, 3])
def test_the_record_page_asks_a_fixed_number_of_queries(
    convenor: FlaskClient, event: Event, query_log: list[str], n: int
) -> None:
    for _ in range(n):
        an_action(event, outcome=an_outcome(event))
    an_agreed_record(event)
    convenor.get(f"/manage/events/{event.slug}/record")
    query_log.clear()
    convenor.get(f"/manage/events/{event.slug}/record")
    assert len(query_log) == _seen.setdefault("record", len(query_log))


@pytest.mark.parametrize(
    "hostile",
    ["", "x" * 30_000, "<script>alert(1)</script>", "=1+1", "a\x00b", "line\r\nBcc: all@example.org", "\u202e\ud7ff"],
)
def test_hostile_words_are_kept_or_refused_never_run(convenor: FlaskClient, event: Event, hostile: str) -> None:
    answer = post_form(
        convenor,
        f"/manage/events/{event.slug}/actions/new",
        text=hostile,
        organisation=hostile,
        owner_email=hostile,
        theme="999999999999999999999999",
        **{"due-day": "31", "due-month": "2", "due-year": "2027"},
    )
    assert answer.status_code == 422
    assert "<script>alert(1)" not in answer.get_data(as_text=True)
    assert queries.actions_of_event(event.id) == []
