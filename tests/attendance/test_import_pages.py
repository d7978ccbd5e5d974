"""The pages of an import: a file in, its columns said, every row's fate looked at, made, stopped and undone."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engage.attendance import queries
from engage.attendance.models import Import, ImportState, Makes
from engage.core import worker
from engage.core.db import db
from engage.events.models import Event
from tests.attendance.steps import send, url
from tests.factories.attendance import a_registration, again, answers, states
from tests.factories.events import a_programme, an_event, an_open_event
from tests.factories.imports import fates, prepared, started
from tests.reader import words

FILES = Path(__file__).parent / "files"
FORMULA = "Begins as a formula does. It is kept as plain text, and defused in every file taken from here"
LIST = b"""Name,E-mail,Role,Organisation
Ann Lee,ann@example.org,Analyst,ONS
Ann Lee,ANN@example.org,Analyst,ONS
Ben,ben(at)example.org,,
"=cmd()",fx@example.org,,
"""


def upload(
    client: FlaskClient, event: Event, data: bytes, *, makes: str = "invitees", name: str = "l.csv"
) -> TestResponse:
    return send(client, url(event, "import"), makes=makes, file=(io.BytesIO(data), name))


def taken_in(client: FlaskClient, event: Event, data: bytes, **given: str) -> tuple[Import, str]:
    """The import that an upload made, and the address of its page."""
    answer = upload(client, event, data, **given)
    assert answer.status_code == 303, words(answer)
    db.session.rollback()
    import_ = queries.imports_of(event)[0][0]
    address = url(event, f"import/{import_.key}")
    assert answer.location == f"{address}/columns"
    return import_, address


def proposal(client: FlaskClient, address: str) -> dict[str, str]:
    """What the mapping page proposes, by the name of its select."""
    html = client.get(address).get_data(as_text=True)
    chosen = {}
    for name, options in re.findall(r'<select[^>]*name="(column_\d+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        found = re.search(r'value="([^"]*)" selected', options)
        chosen[name] = found[1] if found else ""
    return chosen


def looked_at(client: FlaskClient, address: str, **changes: str) -> TestResponse:
    """Send the mapping page as it is proposed, with these changes."""
    return send(client, f"{address}/columns", **{**proposal(client, f"{address}/columns"), **changes})


def test_a_file_goes_from_its_columns_to_its_rows_to_the_list(
    staff: Any, post: Callable[[], list[EmailMessage]]
) -> None:
    event = an_event()
    client = staff(event)
    post()
    _import, address = taken_in(client, event, LIST)
    assert proposal(client, f"{address}/columns") == {
        "column_0": "name",
        "column_1": "email",
        "column_2": "role",
        "column_3": "organisation",
    }
    assert looked_at(client, address).location == address
    page = words(client.get(address))
    for said in (
        "Nothing is made yet. Nobody is written to",
        "The same person as in row 2",
        "An e-mail address looks like name@example.org",
        "Begins as a formula does",
        "Put 2 people on the list",
    ):
        assert page.count(said) == 1, said
    assert answers(event) == {}
    assert send(client, address).status_code == 303
    assert answers(event) == {"=cmd()": "draft", "Ann Lee": "draft"}
    done = words(client.get(address))
    assert "Nobody is written to by this" in done
    assert "Undo the import" in done
    assert post() == []


def test_what_each_row_became_is_a_file_that_runs_nothing(staff: Any) -> None:
    event = an_event()
    client = staff(event)
    import_ = started(prepared(event, "=cmd(),fx@example.org,", "Bad,no,"))
    answer = client.get(url(event, f"import/{import_.key}/rows.csv"))
    assert answer.get_data().decode("utf-8-sig").splitlines() == [
        "Row,Name,E-mail,Role,Organisation,Kind of ticket,What becomes of it,Why",
        f'2,\'=cmd(),fx@example.org,,,,Added,"{FORMULA}"',
        "3,Bad,no,,,,Cannot be used,An e-mail address looks like name@example.org",
    ]


def test_a_pasted_list_goes_the_same_way(staff: Any) -> None:
    event = an_event()
    client = staff(event)
    text = "Ann Lee <ann@example.org>; Ben Ox <ben(at)example.org>\nCy Doe <cy@example.org>\nann@example.org"
    answer = send(client, url(event, "import"), makes="invitees", people=text)
    address = answer.location.removesuffix("/columns")
    looked_at(client, address)
    send(client, address)
    assert answers(event) == {"Ann Lee": "draft", "Cy Doe": "draft"}


def test_a_workbook_is_known_by_its_content_whatever_its_name(staff: Any) -> None:
    event = an_open_event()
    client = staff(event)
    _import, address = taken_in(client, event, (FILES / "indico.xlsx").read_bytes(), makes="registrants", name="a.csv")
    assert "This looks like an export of Indico" in words(client.get(f"{address}/columns"))
    looked_at(client, address)
    send(client, address)
    assert states(event) == {"Ann Smith": "confirmed", "Bo O'Neil": "confirmed", "Di Kaya": "confirmed"}


def test_those_whom_the_file_calls_cancelled_are_left_out_unless_staff_say_so(staff: Any) -> None:
    event = an_open_event()
    client = staff(event)
    import_, address = taken_in(client, event, (FILES / "indico.csv").read_bytes())
    looked_at(client, address)
    assert [fate for _n, fate, _why in fates(import_)] == ["added", "added", "left_out", "added"]
    looked_at(client, address, with_cancelled="yes")
    assert [fate for _n, fate, _why in fates(import_)] == ["added"] * 4


def test_which_number_of_a_date_is_the_month_is_asked_and_remembered(staff: Any) -> None:
    event = an_open_event()
    client = staff(event)
    data = b"Name,E-mail,Registered on\nAnn,ann@x.example,03/04/2020\n"
    import_, address = taken_in(client, event, data, makes="registrants")
    refused = looked_at(client, address)
    assert (refused.status_code, "Say whether the day or the month comes first" in words(refused)) == (422, True)
    assert looked_at(client, address, date_order="month").status_code == 303
    assert [f"{row.registered_at:%d %B}" for row in queries.rows_of(again(import_))] == ["04 March"]
    _second, other = taken_in(client, an_open_event(event.programme), data, makes="registrants")
    assert "set as they were then" in words(client.get(f"{other}/columns"))
    assert 'value="month" checked' in client.get(f"{other}/columns").get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"column_1": ""}, "Say which column holds the e-mail addresses"),
        ({"column_2": "name"}, "Another column holds this already"),
        ({"column_2": "no such field"}, "Select the"),
    ],
)
def test_columns_that_cannot_be_are_said_and_nothing_is_lost(staff: Any, changes: dict[str, str], said: str) -> None:
    event = an_event()
    client = staff(event)
    import_, address = taken_in(client, event, LIST)
    refused = looked_at(client, address, **changes)
    assert (refused.status_code, said in words(refused)) == (422, True)
    assert again(import_).state is ImportState.UPLOADED


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04zip", "damaged, holds macros, or is no spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "protected by a password, or in the older .xls format"),
        (b"\xff\xfe\x00", "The file is not text"),
        (b"Name,E-mail\n", "no rows under them"),
        (b"Name,E-mail\nA\x00,b@x.example", "The file is not text"),
        (b"x" * 10_000_001, "must be smaller than 10 MB"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(staff: Any, data: bytes, said: str) -> None:
    event = an_event()
    answer = upload(staff(event), event, data)
    assert (answer.status_code, said in words(answer)) == (422, True)


def test_a_request_beyond_every_file_is_refused_unread(staff: Any) -> None:
    event = an_event()
    assert upload(staff(event), event, b"x" * 11_000_001).status_code == 413


def test_a_cell_as_long_as_a_file_spoils_its_row_alone(staff: Any) -> None:
    event = an_event()
    client = staff(event)
    import_, address = taken_in(client, event, b"Name,E-mail\n" + b"x" * 2_000_000 + b",a@x.example\nBob,b@x.example")
    looked_at(client, address)
    assert fates(import_) == [(2, "bad", "A cell is longer than 5000 characters"), (3, "added", "")]


def test_neither_a_file_nor_a_list_or_both_are_no_answer(staff: Any) -> None:
    event = an_event()
    client = staff(event)
    neither = send(client, url(event, "import"), makes="invitees")
    both = send(client, url(event, "import"), makes="invitees", people="a@x.org", file=(io.BytesIO(LIST), "l.csv"))
    nothing = send(client, url(event, "import"), people="a@x.org")
    assert [answer.status_code for answer in (neither, both, nothing)] == [422, 422, 422]
    assert "Choose a file, or paste a list" in words(neither)
    assert "Say what the people on the list become" in words(nothing)


def test_registrants_beyond_capacity_are_said_and_may_be_let_in_with_a_reason(staff: Any) -> None:
    event = an_open_event(capacity=1)
    client = staff(event)
    import_ = prepared(event, "A,a@x.example,", "B,b@x.example,", makes=Makes.REGISTRANTS)
    address = url(event, f"import/{import_.key}")
    assert "will wait: beyond capacity 1" in words(client.get(address))
    send(client, address, override_reason="A larger room")
    assert states(event) == {"A": "confirmed", "B": "confirmed"}


def test_a_long_list_shows_how_far_it_is_and_is_stopped_and_gone_on_with(staff: Any) -> None:
    event = an_open_event()
    client = staff(event)
    import_ = started(prepared(event, *(f"P{n:03},p{n:03}@x.example," for n in range(250))))
    address = url(event, f"import/{import_.key}")
    page = client.get(address)
    assert "0 of 250 rows are done" in words(page)
    assert 'data-engage-follow="import-progress"' in page.get_data(as_text=True)
    assert "Rows 1 to 100 of 250" in words(page)
    assert "Rows 201 to 250 of 250" in words(client.get(f"{address}?page=3"))
    assert send(client, f"{address}/stop", page=address).status_code == 303
    worker.run_all()
    assert "Stopped" in words(client.get(address))
    assert send(client, f"{address}/go-on", page=address).status_code == 303
    worker.run_all()
    assert len(answers(event)) == 250


def test_undoing_asks_first_with_counts(staff: Any) -> None:
    event = an_open_event()
    client = staff(event)
    import_ = started(prepared(event, "A,a@x.example,", "B,b@x.example,", makes=Makes.REGISTRANTS))
    address = url(event, f"import/{import_.key}")
    asked = words(client.get(f"{address}/undo"))
    assert "2 bookings are cancelled" in asked
    assert "Nobody is written to" in asked
    assert states(event) == {"A": "confirmed", "B": "confirmed"}
    assert send(client, f"{address}/undo").status_code == 302
    assert set(states(event).values()) == {"cancelled"}
    assert "Taken back" in words(client.get(address))
    assert send(client, f"{address}/undo").status_code == 422


def test_telling_asks_first_with_how_many(staff: Any, post: Callable[[], list[EmailMessage]]) -> None:
    event = an_open_event()
    client = staff(event)
    post()
    import_ = started(prepared(event, "A,a@x.example,", "B,b@x.example,", makes=Makes.REGISTRANTS))
    address = url(event, f"import/{import_.key}")
    assert "Tell 2 registrants" in words(client.get(address))
    assert "2 people get one mail each" in words(client.get(f"{address}/tell"))
    assert post() == []
    assert send(client, f"{address}/tell").status_code == 302
    assert len(post()) == 2
    assert "Tell 2 registrants" not in words(client.get(address))
    assert send(client, f"{address}/tell").status_code == 422


def test_a_list_is_thrown_away_after_asking(staff: Any) -> None:
    event = an_event()
    client = staff(event)
    import_, address = taken_in(client, event, LIST)
    assert send(client, f"{address}/discard").status_code == 302
    assert again(import_).state is ImportState.DISCARDED
    assert queries.imports_of(event) == []
    assert "is deleted" in words(client.get(address))


def test_the_rows_are_narrowed_to_one_fate(staff: Any) -> None:
    event = an_event()
    a_registration(an_open_event(event.programme), name="x")
    client = staff(event)
    import_ = prepared(event, "Ann,ann@x.example,", "Bad,no,")
    address = url(event, f"import/{import_.key}")
    narrowed = words(client.get(f"{address}?fate=bad"))
    assert ("Rows 1 to 1 of 1" in narrowed, "ann@x.example" in narrowed) == (True, False)
    for hostile in ("fate=%00", "fate=nothing", "page=99999999999", "page=²", "fate=doubtful&page=-1"):
        assert client.get(f"{address}?{hostile}").status_code == 200


def test_an_import_is_found_under_its_own_event_alone(staff: Any) -> None:
    programme = a_programme()
    event, other = an_event(programme), an_event(programme)
    client = staff(event)
    import_ = prepared(event, "Ann,ann@x.example,")
    assert client.get(url(event, f"import/{import_.key}")).status_code == 200
    for page in ("", "/columns", "/rows.csv", "/undo", "/discard"):
        assert client.get(url(other, f"import/{import_.key}{page}")).status_code == 404


def test_the_old_addresses_lead_here(staff: Any) -> None:
    event = an_event()
    client = staff(event)
    for old in ("invitations/import", "invitations/paste"):
        assert client.get(url(event, old)).location == url(event, "import?as=invitees")


@pytest.mark.parametrize("page", ["import", "import/KEY", "import/KEY/columns"])
def test_pages_ask_as_many_statements_for_one_row_as_for_three(staff: Any, query_log: list[str], page: str) -> None:
    event = an_event()
    client = staff(event)
    counts = []
    for rows in (1, 3):
        import_ = prepared(event, *(f"P{n},p{n}@x.example," for n in range(rows)))
        address = url(event, page.replace("KEY", import_.key))
        client.get(address)
        query_log.clear()
        assert client.get(address).status_code == 200
        counts.append(len(query_log))
    assert counts[0] == counts[1]
