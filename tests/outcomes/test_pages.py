"""Pages of records and actions, through the strict reader: what each person sees and may do."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engage.core import links
from engage.core.access import SYSTEM, Role
from engage.core.db import db, saving
from engage.events.models import Event
from engage.outcomes import queries, service
from engage.outcomes.models import ActionState, RecordState
from tests.factories.accounts import a_user
from tests.factories.outcomes import a_meeting, a_record, an_action, an_agreed_record, an_outcome
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
    assert "What Ann wrote" in shown and "What Bob wrote" in shown and f'name="{prefix}version" value="2"' in shown
    again = post_form(convenor, f"{page}/notes/{note.key}", page, **{f"{prefix}text": "Both", f"{prefix}version": "2"})
    assert again.status_code == 302


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
    from engage.outcomes.models import Presence
    from tests.factories.outcomes import a_person

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
def test_the_register_asks_a_fixed_number_of_queries(
    convenor: FlaskClient, event: Event, query_log: list[str], n: int
) -> None:
    for _ in range(n):
        an_action(event, agreed=True)
    convenor.get("/manage/actions")
    query_log.clear()
    convenor.get("/manage/actions")
    assert len(query_log) <= 14
    assert len(query_log) == _seen.setdefault("register", len(query_log))


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
