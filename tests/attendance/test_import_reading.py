"""Files of other programs, in their real shapes: what is recognised, and what each row says."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from engage.attendance.forms.exports import EXPORTS, TARGETS
from engage.attendance.forms.reading import read_rows, spoken
from engage.attendance.queries import Said
from engage.core.columns import proposed, recognised, signature
from engage.core.files import read_table
from engage.core.text.instants import Order

FILES = Path(__file__).parent / "files"


def read(name: str, *, with_cancelled: bool = False) -> tuple[str, list[Said]]:
    """Which program's file it is, and its rows as they are read by what is proposed."""
    sheet = read_table((FILES / name).read_bytes())
    export = recognised(sheet.headings, EXPORTS)
    held = [[*cells] for cells in zip(*(line.cells for line in sheet.lines), strict=True)]
    columns = proposed(sheet.headings, TARGETS, export, held)
    said = read_rows(sheet.lines, columns=columns, order=Order.DAY, zone="Europe/London", with_cancelled=with_cancelled)
    return export.key if export else "", said


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


INDICO = [
    Said(
        number=2,
        email="ann.smith@health.example",
        name="Ann Smith",
        role="Statistician",
        organisation="Health Board",
        registered_at=at(2026, 3, 4, 9, 12, 44),
    ),
    Said(
        number=3,
        email="bo.oneil@ons.example",
        name="Bo O'Neil",
        role="Head of branch",
        organisation="Office for Statistics",
        registered_at=at(2026, 3, 4, 9, 0, 2),
    ),
    Said(
        number=4,
        email="cy@uni.example",
        name="Cy Jones",
        role="Professor",
        organisation="University",
        registered_at=at(2026, 3, 5, 8),
        leave_out="The file says: Withdrawn",
    ),
    Said(
        number=5,
        email="di@charity.example",
        name="Di Kaya",
        organisation="=Charity",
        registered_at=at(2026, 3, 5, 8, 30),
        doubt="Begins as a formula does. It is kept as plain text, and defused in every file taken from here",
    ),
]


def test_indico_s_registrations() -> None:
    assert read("indico.csv") == ("indico", INDICO)


def test_indico_s_registrations_as_a_workbook() -> None:
    program, said = read("indico.xlsx")
    assert program == "indico"
    assert [(one.email, one.name, one.leave_out) for one in said] == [
        (one.email, one.name, one.leave_out) for one in INDICO
    ]
    assert said[0].registered_at == at(2026, 3, 4, 9, 12, 44)


def test_pretix_s_attendees_with_the_buyer_s_address_where_they_have_none() -> None:
    when = at(2026, 2, 11, 14, 5, 9)
    both, first = "Summit Both days", "Summit First day"
    assert read("pretix-attendees.csv") == (
        "pretix",
        [
            Said(number=2, email="ann@firm.example", name="Ann Lee", organisation="Firm", ticket=both,
                 registered_at=when),
            Said(number=3, email="buyer@firm.example", name="Bob Lee", organisation="Firm", ticket=first,
                 registered_at=when),
            Said(number=4, email="cy@x.example", name="Cy Roe", ticket="Dinner", registered_at=when,
                 leave_out="The file says: canceled"),
            Said(number=5, email="di@x.example", name="Di Poe", ticket=both, registered_at=when),
        ],
    )  # fmt: skip


def test_pretix_s_check_in_list_and_orders() -> None:
    program, said = read("pretix-check-in.csv")
    assert (program, [(one.email, one.name, one.ticket) for one in said]) == (
        "pretix",
        [
            ("ann@firm.example", "Ann Lee", "Summit – Both days"),
            ("bob@firm.example", "Bob Lee", "Summit – First day"),
        ],
    )
    program, said = read("pretix-orders.csv")
    assert (program, [(one.email, one.name, one.organisation, one.leave_out) for one in said]) == (
        "pretix",
        [("ann@firm.example", "Ann Lee", "Firm", ""), ("cy@x.example", "Cy Roe", "", "The file says: expired")],
    )


def test_pretalx_s_speakers_and_sessions() -> None:
    program, said = read("pretalx-speakers.csv")
    assert (program, [(one.email, one.name) for one in said]) == (
        "pretalx",
        [("ann@firm.example", "Ann Lee"), ("sian@x.example", "Siân Roe")],
    )
    program, said = read("pretalx-sessions.csv")
    assert (program, [(one.email, one.name, one.doubt, one.leave_out) for one in said]) == (
        "pretalx",
        [
            ("ann@firm.example", "Ann Lee", "", ""),
            ("bo@x.example", "Bo Roe", "Several addresses: bo@x.example is used, not cy@x.example", ""),
            ("di@x.example", "Di Kaya", "", "The file says: withdrawn"),
        ],
    )


def test_eventbrite_s_attendees_with_its_line_of_totals() -> None:
    program, said = read("eventbrite.csv")
    assert (program, [(one.email, one.name, one.ticket, one.leave_out) for one in said]) == (
        "eventbrite",
        [
            ("ann@firm.example", "Ann Lee", "General Admission", ""),
            ("bob@x.example", "bob roe", "General Admission", "The file says: Not Attending"),
            ("ann@firm.example", "Ann Lee", "Concession", ""),
            ("", "", "", "A line of totals"),
        ],
    )
    assert said[0].registered_at == at(2026, 2, 11, 19, 5, 9)
    assert not any(one.leave_out for one in read("eventbrite.csv", with_cancelled=True)[1][:3])


def test_a_plain_list() -> None:
    program, said = read("list.txt")
    assert (program, [(one.email, one.name, bool(one.wrong)) for one in said]) == (
        "",
        [
            ("ann@firm.example", "Ann Lee", False),
            ("sian@x.example", "Siân Roe", False),
            ("bo@x.example", "bo", False),
            ("nobody at all", "nobody at all", True),
        ],
    )
    assert said[1].doubt == "The file is not UTF-8: check that the accented letters are right"
    assert said[2].doubt == "There is no name: what stands before the @ is shown instead"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("SMITH, Ann", "Ann Smith"),
        ("Ann SMITH", "Ann Smith"),
        ("Smith, Ann", "Ann Smith"),
        ("ANN SMITH", "ANN SMITH"),
        ("Ann O'NEIL-MCDONALD", "Ann O'Neil-Mcdonald"),
        ("Ann MCDONALD", "Ann McDonald"),
        ("Ann de VRIES", "Ann de Vries"),
        ("Ann Smith OBE", "Ann Smith OBE"),
        ("Ann Smith, PhD", "Ann Smith, PhD"),
        ("J.R. Smith", "J.R. Smith"),
        ("JP Smith", "JP Smith"),
        ("Smith", "Smith"),
        ("李明", "李明"),
    ],
)
def test_a_name_is_in_the_order_in_which_it_is_spoken(written: str, said: str) -> None:
    assert spoken(written) == said


def test_headings_in_another_case_or_with_spaces_are_the_same_ones() -> None:
    headings = [" e-MAIL  address ", "First   Name", "LAST NAME", "Company/Organisation"]
    assert proposed(headings, TARGETS, None) == ["email", "given", "family", "organisation"]
    assert signature(headings) == signature(["E-mail Address", "first name", "Last name", "company organisation"])


def test_a_table_without_headings_is_told_by_its_cells() -> None:
    sheet = read_table(b"Ann Lee,ann@x.org,ONS\nBob Roe,bob@x.org,HSE")
    held = [[*cells] for cells in zip(*(line.cells for line in sheet.lines), strict=True)]
    assert proposed(sheet.headings, TARGETS, None, held) == ["name", "email", ""]
