"""The pages of feedback: staff build, open, close, publish and link; whoever attended answers by link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engage.attendance.models import Registration
from engage.core import links
from engage.core.access import SYSTEM, Role
from engage.core.db import db, saving
from engage.events.models import Event
from engage.feedback import queries, service
from engage.feedback.models import FeedbackForm, FormState, QuestionKind
from engage.feedback.service import Ask
from engage.outcomes import service as outcomes
from tests.conftest import QueryLog
from tests.factories.accounts import a_user
from tests.factories.events import an_event
from tests.factories.feedback import (
    QUESTIONS,
    a_closed_form,
    a_comment,
    a_form,
    a_published_form,
    an_attended_event,
    an_open_form,
    answered,
    those_asked,
)
from tests.factories.outcomes import an_action
from tests.reader import words

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
HOSTILE = '<script>alert(1)</script> =HYPERLINK("x")\r\nBcc: a@b.org \u202e {{ 7*7 }}'


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> None:
    at(NOW)


@pytest.fixture
def sign_in_as(app: Flask, sign_in: Callable[[FlaskClient, str], FlaskClient]) -> Callable[[Event, Role], FlaskClient]:
    """A client of somebody with this role in the event's programme."""

    def signed_in(event: Event, role: Role = Role.CONVENOR) -> FlaskClient:
        email = f"{role.value}.{event.programme_id}@engage.example"
        a_user(email, name="Sam Staff", roles={event.programme_id: role})
        return sign_in(app.test_client(), email)

    return signed_in


def at_feedback(event: Event, rest: str = "") -> str:
    return f"/manage/events/{event.slug}/feedback{rest}"


def send(client: FlaskClient, path: str, *, page: str = "", **data: Any) -> TestResponse:
    """POST what a page's form would."""
    html = client.get(page or path).get_data(as_text=True)
    token = html.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    return client.post(path, data={"csrf_token": token, **data})


def link_of(registration: Registration) -> str:
    return f"/q/{links.token_of('feedback', registration.id)}"


def typed(form: FeedbackForm, *values: object) -> dict[str, object]:
    return {q.field: value for q, value in zip(form.questions, values, strict=False) if value is not None}


def now_of(form: FeedbackForm) -> FeedbackForm:
    db.session.rollback()
    found = queries.by_event(form.event_id)
    assert found is not None
    return found


# --- building ----------------------------------------------------------------------------------------------------


def test_a_form_is_made_with_one_click_and_shows_what_comes_next(app: Flask, sign_in_as: Any) -> None:
    event = an_event()
    staff = sign_in_as(event)
    assert "No feedback form yet" in words(staff.get(at_feedback(event)))
    assert send(staff, at_feedback(event), usual="1").location == at_feedback(event)
    page = words(staff.get(at_feedback(event)))
    assert "6. What should we do differently next time?" in page
    assert "When the event is under way or over you can open the form" in page
    again = send(staff, at_feedback(event), page=at_feedback(event, "/introduction"), usual="1")
    assert "This event has its feedback form already." in words(staff.get(again.location))


def test_questions_are_added_changed_moved_and_removed_on_pages(app: Flask, sign_in_as: Any) -> None:
    event = an_event()
    form = a_form(event, questions=())
    staff = sign_in_as(event, Role.SECRETARY)
    new = at_feedback(event, "/questions/new")
    assert send(staff, new, text="Worth it?", kind="scale").status_code == 302
    offered = "Too short\r\n\r\n About right \r\nToo long"
    assert send(staff, new, text="How long?", kind="choice", options=offered, required="yes").status_code == 302
    first, second = now_of(form).questions
    assert (second.text, second.options, second.required) == (
        "How long?",
        ["Too short", "About right", "Too long"],
        True,
    )
    assert send(staff, at_feedback(event, "/order"), page=at_feedback(event), up=second.key).status_code == 302
    page = words(staff.get(at_feedback(event)))
    assert page.index("1. How long?") < page.index("2. Worth it?")
    edit = at_feedback(event, f"/questions/{first.key}")
    version = str(now_of(form).version)
    assert send(staff, edit, text="Was it worth it?", kind="scale", version=version).status_code == 302
    assert "Remove this question?" in words(staff.get(f"{edit}/remove"))
    assert send(staff, f"{edit}/remove").location == at_feedback(event)
    assert [q.text for q in now_of(form).questions] == ["How long?"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"text": "", "kind": "text"}, "Enter the question"),
        ({"text": "x" * 301, "kind": "text"}, "Question must be 300 characters or fewer"),
        ({"text": "a\x00b", "kind": "text"}, "Question holds characters that can’t be shown"),
        ({"text": "Which?", "kind": "multiple"}, "Choose how it is answered"),
        ({"text": "Which?"}, "Choose how it is answered"),
        ({"text": "Which?", "kind": "choice", "options": "One"}, "Offer between 2 and 10 answers"),
        ({"text": "Which?", "kind": "choice", "options": "One\nONE"}, "must differ from the others"),
    ],
)
def test_a_question_that_cannot_be_is_answered_in_words(
    app: Flask, sign_in_as: Any, data: dict[str, str], said: str
) -> None:
    form = a_form(an_event(), questions=())
    answer = send(sign_in_as(form.event), at_feedback(form.event, "/questions/new"), **data)
    assert answer.status_code == 422
    assert said in words(answer)
    assert now_of(form).questions == []


def test_who_saves_a_question_second_sees_both_texts(app: Flask, sign_in_as: Any) -> None:
    form = a_form(an_event())
    staff, question = sign_in_as(form.event), form.questions[0]
    read = str(form.version)
    with saving():
        service.edit_question(question, Ask(kind=QuestionKind.SCALE, text="Theirs?"), version=form.version, by=SYSTEM)
    path = at_feedback(form.event, f"/questions/{question.key}")
    answer = send(staff, path, text="Mine?", kind="scale", version=read)
    page = words(answer)
    assert answer.status_code == 409
    assert "Somebody else saved this while you were writing" in page
    assert "Theirs?" in page
    assert "Mine?" in page
    assert now_of(form).questions[0].text == "Theirs?"
    intro = send(staff, at_feedback(form.event, "/introduction"), introduction="Mine.", version="x")
    assert intro.status_code == 409


def test_hostile_words_are_shown_as_words(app: Flask, sign_in_as: Any, client: FlaskClient) -> None:
    form = a_form(questions=(Ask(kind=QuestionKind.CHOICE, text=HOSTILE, options=(HOSTILE, "Fine")),), people=5)
    staff = sign_in_as(form.event)
    send(staff, at_feedback(form.event, "/introduction"), introduction=HOSTILE, version=str(form.version))
    with saving():
        service.open_form(form, by=SYSTEM)
    for client_, path in (
        (staff, at_feedback(form.event, "/preview")),
        (client, link_of(those_asked(form)[0])),
    ):
        page = client_.get(path)
        assert "alert(1)" in words(page)
        assert "<script>alert" not in page.get_data(as_text=True)
        assert "49" not in words(page)


# --- opening, closing, publishing --------------------------------------------------------------------------------


def test_opening_asks_first_names_whom_it_tells_and_tells_them(app: Flask, sign_in_as: Any, post: Any) -> None:
    form = a_form(an_attended_event(2))
    staff = sign_in_as(form.event)
    page = words(staff.get(at_feedback(form.event, "/open")))
    assert "2 people who attended get a link each" in page
    assert all(registration.name in page for registration in those_asked(form))
    assert now_of(form).state is FormState.DRAFT
    assert send(staff, at_feedback(form.event, "/open")).location == at_feedback(form.event)
    assert "0 of 2 have answered" in words(staff.get(at_feedback(form.event)))
    assert len([mail for mail in post() if mail["Subject"].startswith("How was")]) == 2


def test_opening_too_early_says_why(app: Flask, sign_in_as: Any) -> None:
    form = a_form(an_event())
    answer = send(sign_in_as(form.event), at_feedback(form.event, "/open"))
    assert answer.status_code == 422
    assert "Open the form when the event is under way or over" in words(answer)


def test_staff_see_numbers_while_it_is_open_and_answers_once_it_is_closed(app: Flask, sign_in_as: Any) -> None:
    form = an_open_form(people=6)
    for number, registration in enumerate(those_asked(form)):
        answered(form, registration, 4, "Too long", f"Comment {number}")
    staff = sign_in_as(form.event)
    page = words(staff.get(at_feedback(form.event)))
    assert "6 of 6 have answered" in page
    assert "Comment" not in page
    assert "can’t be opened again" in words(staff.get(at_feedback(form.event, "/close")))
    send(staff, at_feedback(form.event, "/close"))
    page = words(staff.get(at_feedback(form.event)))
    assert "On average 4.0 of 5." in page
    assert "Too long 6 (100%)" in page
    assert all(f"Comment {number}" in page for number in range(6))


def test_fewer_than_five_are_answered_with_a_sentence(app: Flask, sign_in_as: Any) -> None:
    few = a_closed_form(people=4)
    page = words(sign_in_as(few.event).get(at_feedback(few.event)))
    assert "Fewer than 5 people answered, so nothing of it is shown" in page
    assert "Comment" not in page
    assert "On average" not in page
    some = an_open_form(people=5)
    for registration in those_asked(some):
        answered(some, registration, 4)
    with saving():
        service.close_form(some, by=SYSTEM)
    page = words(sign_in_as(some.event).get(at_feedback(some.event)))
    assert page.count("Fewer than 5 people answered this, so nothing of it is shown.") == 2


def test_publishing_asks_first(app: Flask, sign_in_as: Any) -> None:
    form = a_closed_form(people=5)
    staff = sign_in_as(form.event)
    assert "Comments are not published as they were written." in words(staff.get(at_feedback(form.event, "/publish")))
    send(staff, at_feedback(form.event, "/publish"))
    assert now_of(form).state is FormState.PUBLISHED
    assert "Published on 1 March 2027" in words(staff.get(at_feedback(form.event)))


def test_those_added_later_are_asked_on_a_page(app: Flask, sign_in_as: Any) -> None:
    from engage.attendance import service as attending

    form = an_open_form(an_attended_event(1, held=False))
    with saving():
        attending.walk_in(form.event, name="Wendy Walker", email="w@x.org", reason="Came", by=SYSTEM)
    staff = sign_in_as(form.event)
    assert "1 person was marked as attending after the form opened" in words(staff.get(at_feedback(form.event)))
    assert "Wendy Walker" in words(staff.get(at_feedback(form.event, "/ask-more")))
    send(staff, at_feedback(form.event, "/ask-more"))
    assert now_of(form).asked == 2


# --- linking -----------------------------------------------------------------------------------------------------


def test_a_comment_is_linked_to_an_action_and_the_link_taken_back(app: Flask, sign_in_as: Any) -> None:
    form = a_published_form(people=5)
    action = an_action(form.event, agreed=True)
    with saving():
        outcomes.publish_action(action, by=SYSTEM)
    staff, comment = sign_in_as(form.event), a_comment(form)
    path = at_feedback(form.event, f"/comments/{comment.key}/link")
    assert action.reference in words(staff.get(path))
    answer = send(staff, path, action=action.reference.lower(), words="Please publish it.")
    assert answer.location == at_feedback(form.event, f"#comment-{comment.key}")
    page = words(staff.get(at_feedback(form.event)))
    assert f"Led to {action.reference}, shown as “Please publish it.”" in page
    [link] = queries.links_of_form(form.id)
    withdraw = at_feedback(form.event, f"/links/{link.key}/withdraw")
    assert send(staff, withdraw, reason="").status_code == 422
    assert send(staff, withdraw, reason="The wrong one.").location == at_feedback(form.event)
    assert "Led to" not in words(staff.get(at_feedback(form.event)))
    assert staff.get(withdraw).status_code == 404


@pytest.mark.parametrize("reference", ["", "HCS-A999999", "=1+1", "x" * 21, "of another programme"])
def test_an_action_that_is_none_of_the_programmes_is_refused(app: Flask, sign_in_as: Any, reference: str) -> None:
    form = a_closed_form(people=5)
    given = an_action().reference if reference == "of another programme" else reference
    path = at_feedback(form.event, f"/comments/{a_comment(form).key}/link")
    answer = send(sign_in_as(form.event), path, action=given, words="Words.")
    assert answer.status_code == 422
    assert queries.links_of_form(form.id) == []


# --- who may -----------------------------------------------------------------------------------------------------


def test_any_role_reads_and_only_those_who_run_events_change(app: Flask, sign_in_as: Any, client: FlaskClient) -> None:
    form = a_closed_form(people=5)
    event, key = form.event, a_comment(form).key
    reads = [at_feedback(event), at_feedback(event, "/preview")]
    changes = [
        at_feedback(event, rest)
        for rest in (
            "/introduction", "/questions/new", f"/questions/{form.questions[0].key}", "/open", "/ask-more", "/close",
            "/publish", f"/questions/{form.questions[0].key}/remove", f"/comments/{key}/link",
        )
    ]  # fmt: skip
    observer, secretary = sign_in_as(event, Role.OBSERVER), sign_in_as(event, Role.SECRETARY)
    stranger = sign_in_as(an_event(), Role.CONVENOR)
    assert [observer.get(path).status_code for path in [*reads, *changes]] == [200] * 2 + [403] * 9
    assert [secretary.get(path).status_code for path in [*reads, *changes]] == [200] * 11
    assert {stranger.get(path).status_code for path in [*reads, *changes]} == {404}
    assert {client.get(path).location.split("?")[0] for path in [*reads, *changes]} == {"/sign-in"}
    assert "Link to an action" not in words(observer.get(reads[0]))
    for path in (at_feedback(event), at_feedback(event, "/order")):
        assert (observer.post(path).status_code, stranger.post(path).status_code) == (403, 404)


# --- by link -----------------------------------------------------------------------------------------------------


def test_somebody_answers_by_link_without_an_account_or_a_cookie(app: Flask, client: FlaskClient) -> None:
    form = an_open_form(people=1)
    [registration] = those_asked(form)
    page = client.get(link_of(registration))
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    said = words(page)
    assert "How was" in said
    assert "Three short questions." in said
    assert "What “anonymous” means here" in said
    assert f"This link was sent to {registration.name}." in said
    sent = client.post(link_of(registration), data=typed(form, "4", "Too long", "Publish it."))
    assert (sent.status_code, sent.location) == (303, link_of(registration))
    assert "Set-Cookie" not in sent.headers
    assert "Thank you: you have answered" in words(client.get(sent.location))
    [response] = now_of(form).answers
    assert list(response["answers"].values()) == [4, "Too long", "Publish it."]


def test_answering_twice_is_said_kindly_and_changes_nothing(app: Flask, client: FlaskClient) -> None:
    form = an_open_form(people=1)
    [registration] = those_asked(form)
    for scale in ("5", "1"):
        client.post(link_of(registration), data=typed(form, scale))
    assert "Each person answers once" in words(client.get(link_of(registration)))
    [response] = now_of(form).answers
    assert list(response["answers"].values()) == [5]


def test_a_closed_form_says_so(app: Flask, client: FlaskClient) -> None:
    form = an_open_form(people=2)
    one, two = those_asked(form)
    answered(form, one, 3)
    with saving():
        service.close_form(form, by=SYSTEM)
    for answer in (client.get(link_of(two)), client.post(link_of(two), data=typed(form, "3"))):
        assert answer.status_code == 410
        assert "This feedback form is closed" in words(answer)
        assert "It took answers until 1 March 2027" in words(answer)
    assert "Thank you: you have answered" in words(client.get(link_of(one)))


def test_a_link_that_was_never_given_is_unknown(client: FlaskClient) -> None:
    assert client.get("/q/" + "x" * 24).status_code == 404


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((None, None, None), "Answer at least one question"),
        (("6", None, None), "Answer this question"),
        (("four", None, None), "Answer this question"),
        (("9" * 5000, None, None), "Answer this question"),
        ((None, "Much too long", None), "Answer this question"),
        ((None, None, "x" * 2001), "must be 2000 characters or fewer"),
        ((None, None, "a\x00b"), "holds characters that can’t be shown"),
    ],
)
def test_what_cannot_be_read_is_said_and_what_was_typed_is_kept(
    app: Flask, client: FlaskClient, values: tuple[str | None, ...], said: str
) -> None:
    form = an_open_form(people=1)
    [registration] = those_asked(form)
    answer = client.post(link_of(registration), data=typed(form, *values))
    assert answer.status_code == 422
    assert said in words(answer)
    assert answer.get_data(as_text=True).count("<title>") == 1
    assert "Error:" in answer.get_data(as_text=True).split("<title", 1)[1].split("</title>")[0]
    assert now_of(form).answers == []


def test_a_hostile_comment_is_stored_as_typed_and_shown_as_words(
    app: Flask, client: FlaskClient, sign_in_as: Any
) -> None:
    form = an_open_form(people=5)
    for registration in those_asked(form):
        client.post(link_of(registration), data=typed(form, None, None, HOSTILE))
    with saving():
        service.close_form(form, by=SYSTEM)
    page = sign_in_as(form.event).get(at_feedback(form.event))
    assert words(page).count("<script>alert(1)</script>") == 5
    assert "<script>alert" not in page.get_data(as_text=True)


def test_answers_from_another_site_are_refused(app: Flask, client: FlaskClient) -> None:
    form = an_open_form(people=1)
    [registration] = those_asked(form)
    sent = client.post(link_of(registration), data=typed(form, "3"), headers={"Sec-Fetch-Site": "cross-site"})
    assert sent.status_code == 403
    assert now_of(form).answers == []


# --- costs -------------------------------------------------------------------------------------------------------


def test_the_number_of_statements_does_not_grow(app: Flask, sign_in_as: Any, query_log: QueryLog) -> None:
    def counts(people: int, questions: int) -> list[int]:
        form = a_form(an_attended_event(people), questions=QUESTIONS[-1:] * questions)
        staff, found = sign_in_as(form.event), []
        registration = those_asked(form)[0]
        for verb in (None, service.open_form, service.close_form, service.publish_form):
            if verb is not None:
                with saving():
                    verb(form, by=SYSTEM)
            if verb is service.open_form:
                query_log.clear()
                client = app.test_client()
                assert client.get(link_of(registration)).status_code == 200
                found.append(len(query_log))
                for asked in those_asked(form):
                    answered(form, asked, *["Words."] * questions)
            query_log.clear()
            assert staff.get(at_feedback(form.event)).status_code == 200
            found.append(len(query_log))
            if verb is None:
                query_log.clear()
                assert staff.get(at_feedback(form.event, "/open")).status_code == 200
                found.append(len(query_log))
        return found

    assert counts(5, 1) == counts(8, 3)


def test_the_form_reads_as_one_page_of_questions(app: Flask, client: FlaskClient) -> None:
    form = an_open_form(people=1)
    tree = html5lib.parse(client.get(link_of(those_asked(form)[0])).get_data(), namespaceHTMLElements=False)
    legends = [" ".join("".join(e.itertext()).split()) for e in tree.iter("legend")]
    assert legends == ["The day was worth my time", "How was the length?"]
