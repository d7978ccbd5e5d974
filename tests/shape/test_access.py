"""Route × role × programme: who may reach which page, as a table. A change of policy is a change of this file."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.globals import _cv_app
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from engage.core import links
from engage.core.access import Role, declared
from engage.core.db import db, saving
from engage.core.facts import History
from tests.factories.accounts import a_user, an_administrator
from tests.factories.world import World, a_public_world, a_world

SignIn = Callable[[FlaskClient, str], FlaskClient]

CONVENOR, SECRETARY, REVIEWER, OBSERVER = "convenor", "secretary", "reviewer", "observer"
LEAD, OTHER_LEAD = "lead of the group", "lead of another group"
ROLES: Mapping[str, Role] = {
    CONVENOR: Role.CONVENOR,
    SECRETARY: Role.SECRETARY,
    LEAD: Role.THEME_LEAD,
    OTHER_LEAD: Role.THEME_LEAD,
    REVIEWER: Role.REVIEWER,
    OBSERVER: Role.OBSERVER,
}
ANY_ROLE = frozenset(ROLES)
RUNS = frozenset({CONVENOR, SECRETARY})
CONVENES = frozenset({CONVENOR})
NOBODY: frozenset[str] = frozenset()


def each(prefix: str, names: str, who: frozenset[str]) -> dict[str, frozenset[str]]:
    return {f"{prefix}.{name}": who for name in names.split()}


TABLE: Mapping[str, frozenset[str]] = {
    # accounts and the site's machinery are the administrator's (below), and nobody's by a role
    **each("accounts", "add deactivate edit reactivate sign_out_user user users end", NOBODY),
    **each("operations", "health message messages overview retry_failed retry_job", NOBODY),
    # programmes
    "programmes.create": NOBODY,
    **each("programmes", "show history", ANY_ROLE),
    **each("programmes", "edit close reopen publish roles revoke", CONVENES),
    # theme groups
    **each("themes", "show people history", ANY_ROLE),
    "themes.edit": frozenset({CONVENOR, LEAD}),
    **each("themes", "propose activate rest close publish appoint end hand_over", CONVENES),
    # events
    **each("events", "overview agenda sessions", ANY_ROLE),
    **each("events", "copy series edit_series defaults", RUNS),
    **each("events", "create edit schedule publish open_registration close_registration", RUNS),
    **each("events", "postpone reschedule cancel go_live hold no_record_needed archive", RUNS),
    **each("events", "add_agenda_item edit_agenda_item move_agenda_item remove_agenda_item", RUNS),
    **each("events", "add_session cancel_session publish_timetable rename_room rename_track", RUNS),
    "events.edit_session": frozenset({CONVENOR, SECRETARY, LEAD}),
    # invitations, registrations, the door
    **each(
        "attendance",
        "invitations board_part invitation_staff registrations registration tickets",
        frozenset({CONVENOR, SECRETARY, OBSERVER}),
    ),
    **each("attendance", "add_kind edit_kind raise_kind retire_kind limits requests", RUNS),
    **each("attendance", "add_invitation import_invitations import_list import_columns import_rows import_csv", RUNS),
    **each("attendance", "stop_import go_on_importing discard_import undo_import tell_imported", RUNS),
    **each("attendance", "send_invitations remind_invitees withdraw_invitation", RUNS),
    **each("attendance", "approve_substitute refuse_substitute write badges", RUNS),
    **each("attendance", "approve_registration refuse_registration cancel_registration", RUNS),
    "attendance.session_sign_ups": frozenset({CONVENOR, SECRETARY, OBSERVER}),
    **each("attendance", "session_sign_ups_csv move_sign_up remove_sign_up session_check_in tick_at_session", RUNS),
    **each("attendance", "registrations_csv needs check_in check_in_asking tick walk_in", RUNS),
    **each("attendance", "questions preview_questions add_question edit_question move_question retire_question", RUNS),
    **each("attendance", "fill_in_answers answers_csv", RUNS),
    **each("attendance", "answers answers_to answer_file", frozenset({CONVENOR, SECRETARY, OBSERVER})),
    # papers
    **each("papers", "of_event of_programme pack show file", ANY_ROLE),
    **each("papers", "add add_to_programme add_version edit circulate circulate_all", RUNS),
    **each("papers", "agree publish withdraw", CONVENES),
    # records, outcomes, actions
    **each("outcomes", "record version of_event action register", ANY_ROLE),
    **each("outcomes", "open_record save_note add_note attendance take_attendance set_presence interest", RUNS),
    **each("outcomes", "circulate take_back new_outcome edit_outcome strike new_action edit_action action_tell", RUNS),
    **each("outcomes", "publish supersede action_agree action_drop action_publish action_reassign", CONVENES),
    **each("outcomes", "action_redate action_reopen action_supersede", CONVENES),
    "outcomes.action_progress": frozenset({CONVENOR, SECRETARY, LEAD}),
    **each("outcomes", "action_verify action_return", frozenset({CONVENOR, REVIEWER})),
    # feedback
    **each("feedback", "show preview", ANY_ROLE),
    **each("feedback", "make introduction add_question edit_question remove_question order", RUNS),
    **each("feedback", "open_form close publish ask_more link withdraw", RUNS),
}
ADMINISTERS = frozenset({
    *each("accounts", "add deactivate edit reactivate sign_out_user user users", NOBODY),
    *each("operations", "health message messages overview retry_failed retry_job", NOBODY),
    *each("programmes", "create roles revoke", NOBODY),
})  # fmt: skip
WITHOUT_A_THING = frozenset({
    *each("accounts", "add users", NOBODY),
    *each("operations", "health messages overview retry_failed", NOBODY),
    "programmes.create",
    "outcomes.register",
})  # fmt: skip
"""Nothing is loaded from the address, so there is nothing to hide: who may not gets 403."""
OF_NO_PROGRAMME = (ADMINISTERS - WITHOUT_A_THING - {"programmes.roles", "programmes.revoke"}) | {"accounts.end"}
"""What is loaded belongs to no programme: to who may not, it does not exist."""
NEEDS_WORDS = frozenset({"outcomes.set_presence", "feedback.order"})
"""A POST that does not say what to do finds nothing: 404 once one is let in, 403 before."""
FROM_ELSEWHERE = frozenset({"following.leave"})
"""One-click unsubscribe: mail programs send it from anywhere (RFC 8058)."""
ELSEWISE: Mapping[str, set[int]] = {
    "accounts.follow": {404},
    "operations.demo_mail": {404},
    "operations.demo_message": {404},
    "operations.ready": {200, 503},
    "site.favicon": {301, 302, 308},
}
"""Public pages that answer something else than 200 here."""


def guarded(app: Flask, how: str) -> list[Rule]:
    """The rules of all endpoints that declared this access, by endpoint."""
    return sorted(
        (rule for rule in app.url_map.iter_rules() if access_of(app, rule).rule == how), key=lambda r: r.endpoint
    )


def access_of(app: Flask, rule: Rule) -> Any:
    found = declared(app.view_functions[rule.endpoint])
    assert found is not None, rule.endpoint
    return found


def asked(client: FlaskClient, method: str, url: str, headers: dict[str, str] | None = None) -> TestResponse:
    """One request, from our own page unless said otherwise. What it answers is not parsed: there are too many."""
    if headers is None:
        headers = {"Sec-Fetch-Site": "same-origin"} if method == "POST" else {}
    db.session.rollback()

    def alone() -> TestResponse:
        _cv_app.set(None)  # type: ignore[arg-type]
        return FlaskClient.open(client, url, method=method, headers=headers)

    answer = contextvars.copy_context().run(alone)
    db.session.rollback()
    return answer


def methods(rule: Rule) -> list[str]:
    """One view answers both, behind one guard: it is let in by the first, refused at the last."""
    return [method for method in ("GET", "POST") if method in (rule.methods or ())]


def to_sign_in(answer: TestResponse) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in")


def outcome(answer: TestResponse) -> str:
    """ "reached", "sign in", or the code of the refusal."""
    if to_sign_in(answer):
        return "sign in"
    code = answer.status_code
    return "reached" if code < 400 or code == 422 else str(code)


@pytest.fixture
def world(app: Flask) -> World:
    return a_world()


def test_the_table_names_every_guarded_endpoint(app: Flask) -> None:
    assert {rule.endpoint for rule in guarded(app, "requires")} == set(TABLE)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_of_the_programme_reaches_what_the_table_says(
    app: Flask, world: World, sign_in: SignIn, role: str
) -> None:
    address = f"{role.replace(' ', '.')}@engage.example"
    a_user(address, name="Somebody", roles={world.programme_id: ROLES[role]})
    if role in (LEAD, OTHER_LEAD):
        world.appoint(address, world.theme if role == LEAD else world.other_theme)
    client = sign_in(app.test_client(), address)
    expected, found = {}, {}
    for rule in guarded(app, "requires"):
        allowed = role in TABLE[rule.endpoint]
        reached = "404" if rule.endpoint in NEEDS_WORDS else "reached"
        refusal = "404" if rule.endpoint in OF_NO_PROGRAMME else "403"
        method = methods(rule)[0 if allowed else -1]
        key = f"{method} {rule.endpoint}"
        found[key] = outcome(asked(client, method, world.url(rule)))
        expected[key] = reached if allowed else refusal
    assert found == expected


@pytest.mark.parametrize("who", ["nobody", "administrator", "convenor elsewhere"])
def test_without_a_role_in_the_programme_nothing_of_it_exists(
    app: Flask, world: World, sign_in: SignIn, who: str
) -> None:
    client = app.test_client()
    reaches: frozenset[str] = NOBODY
    if who == "administrator":
        reaches = ADMINISTERS
        sign_in(client, an_administrator().email)
    elif who == "convenor elsewhere":
        reaches = frozenset({"outcomes.register"})
        a_user("con@engage.example", roles={world.elsewhere.programme_id: Role.CONVENOR})
        sign_in(client, "con@engage.example")
    expected, found = {}, {}
    for rule in guarded(app, "requires"):
        refusal = "403" if rule.endpoint in WITHOUT_A_THING else "404"
        for method in methods(rule)[:1] if rule.endpoint in reaches else methods(rule):
            key = f"{method} {rule.endpoint}"
            found[key] = outcome(asked(client, method, world.url(rule)))
            expected[key] = "reached" if rule.endpoint in reaches else "sign in" if who == "nobody" else refusal
    assert found == expected


def test_a_thing_is_not_found_under_another_programmes_event(app: Flask, world: World, sign_in: SignIn) -> None:
    """An invitation of theirs at an event of mine: the address has to fit together."""
    a_user("con@engage.example", roles={world.elsewhere.programme_id: Role.CONVENOR, world.programme_id: Role.CONVENOR})
    client = sign_in(app.test_client(), "con@engage.example")
    nested = [r for r in guarded(app, "requires") if {"event", "theme"} & r.arguments and len(r.arguments) > 1]
    found = {r.endpoint: asked(client, methods(r)[0], world.crossed(r)).status_code for r in nested}
    assert found == dict.fromkeys(found, 404)
    assert len(found) > 15


def test_who_is_signed_out_is_sent_to_sign_in_everywhere(app: Flask, world: World) -> None:
    client = app.test_client()
    strays = {
        f"{method} {rule.endpoint}": asked(client, method, world.url(rule)).status_code
        for rule in guarded(app, "signed_in")
        for method in methods(rule)
        if not to_sign_in(asked(client, method, world.url(rule)))
    }
    assert strays == {}


def test_a_post_without_its_token_does_nothing(app: Flask, world: World, sign_in: SignIn) -> None:
    """Not even for who may do everything: another site could have sent it."""
    user = a_user("all@engage.example", is_admin=True, roles={world.programme_id: Role.CONVENOR})
    client = sign_in(app.test_client(), user.email)
    wrote = {}
    for rule in [*guarded(app, "requires"), *guarded(app, "signed_in")]:
        if "POST" in methods(rule):
            before = db.session.scalar(sa.select(sa.func.count(History.id)))
            answer = asked(client, "POST", world.url(rule))
            after = db.session.scalar(sa.select(sa.func.count(History.id)))
            if before != after or answer.status_code >= 500:
                wrote[rule.endpoint] = answer.status_code
    assert wrote == {}
    assert asked(client, "GET", "/desk").status_code == 200, "still signed in"


# --- by link ------------------------------------------------------------------------------------------------------


def test_a_link_opens_its_own_page_and_gives_no_cookie(app: Flask) -> None:
    world = a_public_world()
    strays = {}
    asking = [(rule, method) for rule in guarded(app, "by_link") for method in methods(rule)]
    for rule, method in sorted(asking, key=lambda one: one[1]):  # what is read first: an answer may close a page
        answer = asked(app.test_client(), method, world.url(rule, access_of(app, rule).detail))
        if answer.status_code not in (200, 302, 303, 422) or "Set-Cookie" in answer.headers:
            strays[f"{method} {rule.endpoint}"] = (answer.status_code, answer.headers.get("Set-Cookie"))
    assert strays == {}


def test_an_unknown_link_is_not_found_and_a_revoked_one_is_gone(app: Flask) -> None:
    world = a_public_world()
    rules = [(rule, method) for rule in guarded(app, "by_link") for method in methods(rule)]
    unknown = {
        f"{method} {rule.endpoint}": asked(app.test_client(), method, world.url(rule, token="x" * 24)).status_code
        for rule, method in rules
    }
    urls = {rule.endpoint: world.url(rule, access_of(app, rule).detail) for rule, _method in rules}
    with saving():
        for purpose, subject in world.subjects.items():
            links.revoke(purpose, subject)
    revoked = {
        f"{method} {rule.endpoint}": asked(app.test_client(), method, urls[rule.endpoint]).status_code
        for rule, method in rules
    }
    assert (unknown, revoked) == (dict.fromkeys(unknown, 404), dict.fromkeys(unknown, 410))


def test_another_site_cannot_post_through_a_link_or_a_public_form(app: Flask) -> None:
    world = a_public_world()
    headers: list[dict[str, str]] = [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Referer": "https://evil.example/"},
    ]
    found = {}
    for rule in [*guarded(app, "by_link"), *guarded(app, "public")]:
        if "POST" in methods(rule) and rule.endpoint not in FROM_ELSEWHERE:
            url = world.url(rule, access_of(app, rule).detail)
            found[rule.endpoint] = sorted({asked(app.test_client(), "POST", url, said).status_code for said in headers})
    assert found == {endpoint: [403] for endpoint in found}
    assert len(found) > 12


# --- public -------------------------------------------------------------------------------------------------------


def test_public_pages_are_the_same_for_everybody_and_give_no_cookie(app: Flask, sign_in: SignIn) -> None:
    world = a_public_world()
    a_user("con@engage.example", roles={world.programme_id: Role.CONVENOR})
    known = sign_in(app.test_client(), "con@engage.example")
    strays = {}
    for rule in guarded(app, "public"):
        if "GET" in methods(rule) and rule.endpoint != "static":
            url = world.url(rule)
            answer, theirs = asked(app.test_client(), "GET", url), asked(known, "GET", url)
            same = rule.endpoint.startswith("accounts.") or answer.get_data() == theirs.get_data()
            expected = answer.status_code in ELSEWISE.get(rule.endpoint, {200})
            if not (same and expected) or "Set-Cookie" in answer.headers:
                strays[rule.endpoint] = (answer.status_code, answer.headers.get("Set-Cookie"), same)
    assert strays == {}
