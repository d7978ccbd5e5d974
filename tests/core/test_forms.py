"""The form as a whole: its summary, refusals from services, CSRF, its tag."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, render_template_string
from wtforms import ValidationError

from engage.core.errors import RuleBroken
from engage.core.forms import DateField, EngageForm, FileField, HiddenField, NumberField, TextField
from tests.core.forms_bench import attributes, bench, said, sent, text_of


def no_shouting(_form: object, field: Any) -> None:
    if field.data.isupper():
        raise ValidationError("Write it in small letters")


class Event(EngageForm):
    title = TextField("Title", max_length=40, missing="Enter the title", checks=[no_shouting])
    due = DateField("Due", optional=True)
    seats = NumberField("Seats", min=1, max=9, optional=True)
    version = HiddenField()


PAGE = """
{% from "components/error_summary.html" import error_summary %}{% from "components/form_tag.html" import form_tag %}
{% from "components/field.html" import field %}
{{ error_summary(form) }}{% call form_tag(form) %}{{ field(form.title, classes="wide") }}{% endcall %}
"""


@pytest.fixture(autouse=True)
def app() -> Iterator[Flask]:
    made = bench()
    with made.test_request_context():
        yield made


def test_the_summary_lists_each_wrong_field_once_in_the_forms_order() -> None:
    form = sent(Event, {"seats": "x", "due-day": "1"})
    assert list(said(form).items()) == [
        ("#title", "Enter the title"),
        ("#due-month", "Due must include: month, year"),
        ("#seats", "Seats must be a whole number, like 30"),
    ]
    assert form.has_errors


def test_a_check_runs_when_the_shape_is_right() -> None:
    assert said(sent(Event, {"title": "AGM"})) == {"#title": "Write it in small letters"}
    assert not sent(Event, {"title": "Agm"}).has_errors


def test_a_services_refusal_stands_beside_the_field_that_it_names() -> None:
    form = sent(Event, {"title": "Agm"})
    form.attach(RuleBroken("The date has passed", field="due"))
    form.attach(RuleBroken("The programme is closed"))
    form.attach(RuleBroken("Somebody else saved it", field="version"))
    form.attach(RuleBroken("No such field", field="elsewhere"))
    assert [(item.text, item.href) for item in form.error_items] == [
        ("The programme is closed", ""),
        ("Somebody else saved it", ""),
        ("No such field", ""),
        ("The date has passed", "#due-day"),
    ]
    assert "The date has passed" in text_of(form.due())


def test_a_form_filled_from_a_thing_shows_the_thing() -> None:
    form = Event(obj=SimpleNamespace(title="Round Table", seats=5, version="3"), public=True)
    assert (attributes(form.title(), "input")[0]["value"], attributes(form.seats(), "input")[0]["value"]) == (
        "Round Table",
        "5",
    )


def test_an_empty_post_does_not_pass_for_what_is_stored(app: Flask) -> None:
    with app.test_request_context(method="POST"):
        form = Event(obj=SimpleNamespace(title="Round Table"), public=True)
        assert not form.validate_on_submit()
        assert said(form) == {"#title": "Enter the title"}


@pytest.mark.parametrize("body", ["[1, 2]", '"x"', "{", '{"title": "x"}'])
def test_json_is_no_form(app: Flask, body: str) -> None:
    with app.test_request_context(method="POST", data=body, content_type="application/json"):
        form = Event(public=True)
        assert not form.validate_on_submit()


def test_a_public_form_carries_no_token_and_sets_no_cookie(app: Flask) -> None:
    class Open(Event):
        public = True

    @app.get("/open")
    def page() -> str:
        return render_template_string(PAGE, form=Open())

    answer = app.test_client().get("/open")
    assert "Set-Cookie" not in answer.headers
    assert [box["name"] for box in attributes(answer.text, "input")] == ["version", "title"]


def test_a_staff_form_needs_its_token_and_keeps_what_was_typed(app: Flask) -> None:
    @app.route("/staff", methods=["GET", "POST"])
    def page() -> str:
        form = Event()
        return "saved" if form.validate_on_submit() else render_template_string(PAGE, form=form)

    client = app.test_client()
    blank = attributes(client.get("/staff").text, "input")
    token = next(box["value"] for box in blank if box["name"] == "csrf_token")
    refused = client.post("/staff", data={"title": "Agm"})
    assert "This page was open for too long. Send it again" in refused.text
    assert next(box for box in attributes(refused.text, "input") if box["name"] == "title")["value"] == "Agm"
    assert client.post("/staff", data={"title": "Agm", "csrf_token": token}).text == "saved"


def test_the_page_draws_summary_tag_and_field() -> None:
    form = sent(Event, {"title": ""})
    html = render_template_string(PAGE, form=form)
    assert [link["href"] for link in attributes(html, "a")] == ["#title"]
    (tag,) = attributes(html, "form")
    assert (tag["method"], "novalidate" in tag, "enctype" in tag) == ("post", True, False)
    assert attributes(html, "input")[-1]["class"].split() == ["govuk-input", "wide", "govuk-input--error"]


def test_a_form_with_a_file_is_sent_in_parts() -> None:
    class Filed(Event):
        people = FileField("People", extensions=[".csv"])

    (tag,) = attributes(render_template_string(PAGE, form=Filed(public=True)), "form")
    assert tag["enctype"] == "multipart/form-data"
