"""What is typed: taken, refused in plain words, and never lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from werkzeug.datastructures import FileStorage

from engage.core.forms import EmailField, EngageForm, HiddenField, NumberField, SubmitButton, TextArea, TextField
from tests.core.forms_bench import attributes, bench, said, sent, text_of


class Typed(EngageForm):
    title = TextField("Title", max_length=20, missing="Enter the title of the event")
    notes = TextArea("Notes", max_length=40, optional=True, rows=3)
    mail = EmailField("E-mail address", optional=True)
    seats = NumberField("Seats", min=1, max=500, optional=True)
    back = HiddenField(max_length=10)


@pytest.fixture(autouse=True)
def _at_work() -> Iterator[None]:
    with bench().test_request_context():
        yield


def test_a_line_is_stripped_and_in_one_unicode_form() -> None:
    form = sent(Typed, {"title": "  Cafe\u0301 "})
    assert (form.title.data, said(form)) == ("Café", {})


def test_an_empty_line_is_asked_for_in_the_forms_own_words() -> None:
    assert said(sent(Typed, {"title": "   "})) == {"#title": "Enter the title of the event"}
    assert said(sent(Typed, {})) == {"#title": "Enter the title of the event"}


def test_a_field_without_words_of_its_own_asks_for_its_label() -> None:
    class Plain(EngageForm):
        place = TextField("Place", max_length=5)
        nhs = TextField("NHS number", max_length=5)

    assert said(sent(Plain, {})) == {"#place": "Enter the place", "#nhs": "Enter the NHS number"}


@pytest.mark.parametrize("bad", ["a\0b", "a\rb", "a\nBcc: x@y.z", "a\x07b", "a\x7fb", "a\x85b", "a\u2028b", "a\ud800b"])
def test_a_line_holds_no_control_characters(bad: str) -> None:
    form = sent(Typed, {"title": bad})
    assert said(form) == {"#title": "Title holds characters that can’t be shown. Type it again"}
    assert form.title.data is None


@pytest.mark.parametrize("text", ["a\0b", "a\x07b", "a\x85b"])
def test_many_lines_hold_no_control_characters_but_line_ends(text: str) -> None:
    assert list(said(sent(Typed, {"title": "x", "notes": text}))) == ["#notes"]
    assert sent(Typed, {"title": "x", "notes": " a\r\nb\rc\td\n"}).notes.data == "a\nb\nc\td"


def test_length_is_counted_after_stripping_and_what_is_too_long_stays_in_the_box() -> None:
    assert said(sent(Typed, {"title": " " * 50 + "x" * 20})) == {}
    form = sent(Typed, {"title": "x" * 21})
    assert said(form) == {"#title": "Title must be 20 characters or fewer"}
    (box,) = attributes(form.title(), "input")
    assert box["value"] == "x" * 21


def test_what_was_typed_is_escaped_and_shown_without_what_html_cannot_hold() -> None:
    form = sent(Typed, {"title": '"><script>\0\x07', "notes": "</textarea><b>" + "x" * 50})
    (box,) = attributes(form.title(), "input")
    assert box["value"] == '"><script>'
    assert attributes(form.notes(), "b") == []
    assert "</textarea><b>x" in text_of(form.notes())


def test_an_upload_in_a_lines_place_is_no_answer() -> None:
    assert said(sent(Typed, {"title": FileStorage(filename="x")})) == {"#title": "Enter the title of the event"}


@pytest.mark.parametrize(
    "good", ["a@b.org", "first.last+tag@sub.example.co.uk", "o'hara@example.org", "x" * 64 + "@example.org"]
)
def test_real_addresses_are_taken(good: str) -> None:
    form = sent(Typed, {"title": "x", "mail": f" {good} "})
    assert (form.mail.data, said(form)) == (good, {})


@pytest.mark.parametrize(
    "bad",
    ["a", "a@b", "a b@c.org", "a@b..org", ".a@b.org", "a.@b.org", "a@-b.org", "a@b.org,c@d.org", "<a@b.org>"],
)
def test_other_addresses_are_refused_in_plain_words(bad: str) -> None:
    words = "Enter an e-mail address in the correct format, like name@example.org"
    assert said(sent(Typed, {"title": "x", "mail": bad})) == {"#mail": words}


@pytest.mark.parametrize("bad", ["a@b.1", "x" * 65 + "@example.org", "é@example.org", "a@exämple.org"])
def test_addresses_that_few_servers_take_are_refused(bad: str) -> None:
    assert list(said(sent(Typed, {"title": "x", "mail": bad}))) == ["#mail"]


def test_an_address_longer_than_mail_allows_is_refused() -> None:
    long = "a@" + ".".join(["x" * 60] * 5) + ".org"
    assert said(sent(Typed, {"title": "x", "mail": long})) == {
        "#mail": "E-mail address must be 254 characters or fewer"
    }


@pytest.mark.parametrize(("typed", "number"), [("30", 30), (" 500 ", 500), ("+5", 5), ("", None)])
def test_whole_numbers(typed: str, number: int | None) -> None:
    form = sent(Typed, {"title": "x", "seats": typed})
    assert (form.seats.data, said(form)) == (number, {})


@pytest.mark.parametrize("typed", ["3.5", "thirty", "٣", "1e3", "9" * 5000, "0x10", "1 0"])
def test_what_is_no_whole_number_is_said_to_be_none(typed: str) -> None:
    assert said(sent(Typed, {"title": "x", "seats": typed})) == {"#seats": "Seats must be a whole number, like 30"}


@pytest.mark.parametrize("typed", ["0", "-1", "501", "1,000", "999999999999"])
def test_a_number_keeps_its_bounds(typed: str) -> None:
    assert said(sent(Typed, {"title": "x", "seats": typed})) == {"#seats": "Seats must be between 1 and 500"}


def test_a_hidden_field_never_complains() -> None:
    assert sent(Typed, {"title": "x", "back": "/desk"}).back.data == "/desk"
    for odd in ("x" * 11, "a\nb"):
        form = sent(Typed, {"title": "x", "back": odd})
        assert (form.back.data, said(form)) == ("", {})


def test_a_button_knows_whether_it_was_pressed() -> None:
    class Buttons(EngageForm):
        save = SubmitButton("Save")
        send = SubmitButton("Send now", kind="warning")

    form = sent(Buttons, {"send": "1"})
    assert (form.save.data, form.send.data) == (False, True)
    (button,) = attributes(form.send(), "button")
    assert (button["name"], button["class"]) == ("send", "govuk-button govuk-button--warning")


def test_a_line_says_what_it_is_what_helps_and_what_is_wrong() -> None:
    class Helped(EngageForm):
        title = TextField("Title", max_length=5, hint="As on the page", width=10, autocomplete="off", suffix="!")

    form = sent(Helped, {"title": "longer"})
    (box,) = attributes(form.title(), "input")
    assert box == {
        "aria-describedby": "title-hint title-error",
        "autocomplete": "off",
        "class": "govuk-input govuk-input--width-10 govuk-input--error",
        "id": "title",
        "name": "title",
        "type": "text",
        "value": "longer",
    }
    assert text_of(form.title()) == "Title As on the page Error: Title must be 5 characters or fewer !"


def test_counted_lines_say_how_many_characters_are_left() -> None:
    class Counted(EngageForm):
        notes = TextArea("Notes", max_length=500, count=True, markdown=True)

    form = Counted(data={"notes": "kept"}, public=True)
    (group, *_rest) = [a for a in attributes(form.notes(), "div") if "data-maxlength" in a]
    assert (group["data-maxlength"], group["data-threshold"]) == ("500", "75")
    assert "You can enter up to 500 characters" in text_of(form.notes())
    assert "You can use Markdown" in text_of(form.notes())
