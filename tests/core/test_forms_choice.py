"""What is chosen, and files."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from io import BytesIO

import pytest
from werkzeug.datastructures import FileStorage

from engage.core.forms import Choice, ChoiceField, ChoicesField, EngageForm, FileField, TickField, ZoneField
from tests.core.forms_bench import attributes, bench, said, sent, text_of


class Admission(StrEnum):
    OPEN = "open"
    INVITED = "by_invitation"


class Chosen(EngageForm):
    admission = ChoiceField(
        "Who may come?",
        choices=[Choice(Admission.OPEN, "Anybody", "All are welcome"), (Admission.INVITED, "Those whom you invite")],
        coerce=Admission,
        missing="Select who may come",
    )
    owner = ChoiceField("Owner", select=True, coerce=int, optional=True)
    themes = ChoicesField("Theme groups", choices=[(1, "Cancer"), (2, "Workforce")], coerce=int, optional=True)


class Filed(EngageForm):
    people = FileField("List of people", extensions=[".csv"], max_bytes=2_500_000, missing="Choose your list")


@pytest.fixture(autouse=True)
def _at_work() -> Iterator[None]:
    with bench().test_request_context():
        yield


def test_a_choice_is_a_member_of_its_enum() -> None:
    form = sent(Chosen, {"admission": "open"})
    assert (form.admission.data, form.owner.data, form.themes.data, said(form)) == (Admission.OPEN, None, [], {})


@pytest.mark.parametrize("typed", [{}, {"admission": ""}, {"admission": "nobody"}, {"admission": "x" * 10_000}])
def test_nothing_and_what_is_not_on_offer_are_asked_for_alike(typed: dict[str, str]) -> None:
    assert said(sent(Chosen, typed)) == {"#admission": "Select who may come"}


def test_choices_may_be_set_on_the_form() -> None:
    def form(owner: str) -> Chosen:
        made = sent(Chosen, {"admission": "open", "owner": owner})
        made.owner.choices = [(7, "ONS"), (9, "NHS Digital")]
        made.validate()
        return made

    assert (form("7").owner.data, said(form("7"))) == (7, {})
    for stranger in ("8", "seven", "9" * 5000):
        assert said(form(stranger)) == {"#owner": "Select the owner"}


def test_several_choices_come_back_once_each_in_their_own_order() -> None:
    form = sent(Chosen, {"admission": "open", "themes": ["2", "1", "2"]})
    assert (form.themes.data, said(form)) == ([1, 2], {})
    assert said(sent(Chosen, {"admission": "open", "themes": ["1", "3"]})) == {"#themes": "Select the theme groups"}


def test_radios_are_a_fieldset_whose_chosen_one_is_checked() -> None:
    form = Chosen(data={"admission": Admission.INVITED}, public=True)
    boxes = attributes(form.admission(), "input")
    assert [(box["id"], box["value"], "checked" in box) for box in boxes] == [
        ("admission", "open", False),
        ("admission-2", "by_invitation", True),
    ]
    assert text_of(form.admission()) == "Who may come? Anybody All are welcome Those whom you invite"


def test_a_select_offers_nothing_first_and_keeps_what_was_sent() -> None:
    form = sent(Chosen, {"owner": "9"})
    form.owner.choices = [(7, "ONS"), (9, "NHS Digital")]
    options = attributes(form.owner(), "option")
    assert [(option["value"], "selected" in option) for option in options] == [("", False), ("7", False), ("9", True)]
    assert text_of(form.owner()).startswith("Owner (optional)")


def test_a_tick_must_be_made_unless_optional() -> None:
    class Consent(EngageForm):
        agree = TickField("I agree", missing="Tick to say that you agree")
        news = TickField("News too", optional=True)

    assert said(sent(Consent, {})) == {"#agree": "Tick to say that you agree"}
    form = sent(Consent, {"agree": "yes"})
    assert (form.agree.data, form.news.data, said(form)) == (True, False, {})
    assert [("checked" in box) for box in attributes(form.agree(), "input")] == [True]


def test_a_zone_is_one_of_the_worlds() -> None:
    class Zoned(EngageForm):
        zone = ZoneField("Time zone")

    assert Zoned(public=True).zone.data == "Europe/London"
    assert sent(Zoned, {"zone": "America/Argentina/Buenos_Aires"}).zone.data == "America/Argentina/Buenos_Aires"
    for odd in ("Mars/Olympus", "../../etc/passwd", ""):
        assert said(sent(Zoned, {"zone": odd})) == {"#zone": "Select the time zone"}


def file(name: str, content: bytes) -> FileStorage:
    return FileStorage(stream=BytesIO(content), filename=name)


def test_a_file_is_handed_on_from_its_beginning() -> None:
    form = sent(Filed, {"people": file("List.CSV", b"name\n")})
    assert said(form) == {}
    assert form.people.data.read() == b"name\n"
    assert form.multipart


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Choose your list"),
        ({"people": "name.csv"}, "Choose your list"),
        ({"people": file("", b"x")}, "Choose your list"),
        ({"people": file("list.xlsx", b"x")}, "The file must be one of: .csv"),
        ({"people": file("list.csv.exe", b"x")}, "The file must be one of: .csv"),
        ({"people": file("list.csv", b"")}, "The file is empty"),
        ({"people": file("list.csv", b"x" * 2_500_001)}, "The file must be smaller than 2.5 MB"),
    ],
)
def test_what_is_no_such_file_is_refused_in_plain_words(typed: dict[str, object], words: str) -> None:
    assert said(sent(Filed, typed)) == {"#people": words}
