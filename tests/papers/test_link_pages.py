"""What participants read behind their links: circulated papers, and nobody is watched."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from engage.attendance import service as attendance
from engage.attendance.models import Invitation, Registration
from engage.core import links
from engage.core.access import SYSTEM, act_as_link
from engage.core.db import db, saving
from engage.core.facts import History
from engage.events.models import AgendaKind
from tests.conftest import QueryLog
from tests.factories.attendance import a_registration, accepted, an_invitation
from tests.factories.events import an_agenda_item, an_event, an_open_event
from tests.factories.papers import a_file, a_paper, a_version, circulated, withdrawn
from tests.reader import words


def path(about: Invitation | Registration) -> str:
    purpose = "invitation" if isinstance(about, Invitation) else "booking"
    return links.url(purpose, about.id).removeprefix("http://localhost")


def test_who_is_invited_finds_circulated_papers_and_reads_them(app: Flask, client: FlaskClient) -> None:
    event = an_event()
    item = an_agenda_item(event, title="Workforce")
    paper = circulated(a_paper(event, item=item, title="Read me first", file=a_file("Words.\n", "read me.txt")))
    a_paper(event, title="Not yet")
    home = path(an_invitation(event))
    page = client.get(home)
    shown = words(page)
    assert "Papers For those who take part. Nobody learns who has read them. Read me first Workforce · " in shown
    assert "Discussion paper · Plain text · 1 kB" in shown
    assert "Not yet" not in shown
    address = f"{home}/papers/{paper.reference}/1"
    assert f'href="{address}"' in page.text
    got = client.get(address)
    assert (got.status_code, got.data, got.headers["Content-Disposition"]) == (
        200,
        b"Words.\n",
        'attachment; filename="read me.txt"',
    )
    assert (got.headers["Cache-Control"], "Set-Cookie" in got.headers) == ("no-store", False)


def test_nothing_is_kept_of_who_read_what(app: Flask, client: FlaskClient, query_log: QueryLog) -> None:
    event = an_event()
    paper = circulated(a_paper(event))
    home = path(accepted(event))
    before = db.session.scalar(sa.select(sa.func.count(History.id)))
    query_log.clear()
    for tail in (f"/papers/{paper.reference}/1", "/papers.zip"):
        assert client.get(home + tail).status_code == 200
    assert [statement for statement in query_log if not statement.startswith("SELECT")] == []
    assert db.session.scalar(sa.select(sa.func.count(History.id))) == before


def test_a_correction_reaches_them_once_it_is_circulated(app: Flask, client: FlaskClient) -> None:
    event = an_event()
    paper = circulated(a_paper(event))
    home = path(an_invitation(event))
    a_version(paper)
    found = [client.get(f"{home}/papers/{paper.reference}/{n}").status_code for n in (1, 2)]
    assert found == [200, 404]
    circulated(paper)
    assert "version 2" in words(client.get(home))
    found = [client.get(f"{home}/papers/{paper.reference}/{n}").status_code for n in (1, 2, 3)]
    assert found == [200, 200, 404]


def test_who_declined_or_was_withdrawn_gets_no_papers(app: Flask, client: FlaskClient) -> None:
    event = an_event()
    paper = circulated(a_paper(event, title="Read me first"))
    invitation = accepted(event)
    booking = attendance_of(invitation)
    homes = (path(invitation), path(booking))
    tails = (f"/papers/{paper.reference}/1", "/papers.zip")
    assert [client.get(home + tail).status_code for home in homes for tail in tails] == [200] * 4
    with saving():
        attendance.decline(invitation, by=act_as_link(invitation.person_id))
    assert [client.get(home + tail).status_code for home in homes for tail in tails] == [404] * 4
    assert all("Read me first" not in words(client.get(home)) for home in homes)
    gone = an_invitation(event)
    home = path(gone)
    with saving():
        attendance.withdraw(gone, by=SYSTEM)
    assert client.get(home + tails[0]).status_code in (404, 410)


def attendance_of(invitation: Invitation) -> Registration:
    from engage.attendance import queries

    booking = queries.of_invitation(invitation.id)
    assert booking is not None
    with saving():
        links.issue("booking", booking.id)
    return booking


def test_who_only_waits_for_a_place_gets_no_papers(app: Flask, client: FlaskClient) -> None:
    event = an_open_event(capacity=1)
    paper = circulated(a_paper(event))
    first, second = a_registration(event), a_registration(event)
    with saving():
        for one in (first, second):
            links.issue("booking", one.id)
    tail = f"/papers/{paper.reference}/1"
    assert [client.get(path(one) + tail).status_code for one in (first, second)] == [200, 404]


def test_another_events_papers_and_drafts_do_not_exist_for_them(app: Flask, client: FlaskClient) -> None:
    event = an_event()
    home = path(an_invitation(event))
    draft, elsewhere = a_paper(event), circulated(a_paper())
    for reference in (draft.reference, elsewhere.reference, "NO-P1"):
        assert client.get(f"{home}/papers/{reference}/1").status_code == 404, reference
    assert client.get(f"{home}/papers.zip").status_code == 404
    assert "Papers" not in words(client.get(home))


def test_a_withdrawn_paper_says_so_and_why(app: Flask, client: FlaskClient) -> None:
    event = an_event()
    paper = circulated(a_paper(event, title="Taken back"))
    home = path(an_invitation(event))
    withdrawn(paper, "The figures were wrong")
    page = client.get(home)
    assert "Taken back Withdrawn: The figures were wrong" in words(page)
    assert f"/papers/{paper.reference}" not in page.text
    gone = client.get(f"{home}/papers/{paper.reference}/1")
    assert (gone.status_code, "The figures were wrong" in words(gone)) == (410, True)
    never = a_paper(event)
    withdrawn(never)
    assert client.get(f"{home}/papers/{never.reference}/1").status_code == 404


def test_papers_of_an_internal_item_are_for_the_room_and_all_come_in_one_file(app: Flask, client: FlaskClient) -> None:
    event = an_event()
    internal = an_agenda_item(event, title="In the room", kind=AgendaKind.INTERNAL)
    whole = circulated(a_paper(event, file=a_file("whole\n", "a.txt")))
    inside = circulated(a_paper(event, item=internal, file=a_file("inside\n", "b.txt")))
    home = path(an_invitation(event))
    page = client.get(home)
    assert re.search(rf'href="{home}/papers\.zip"', page.text)
    with zipfile.ZipFile(io.BytesIO(client.get(f"{home}/papers.zip").data)) as archive:
        assert archive.namelist() == [f"00.1 {whole.reference} a.txt", f"01.1 {inside.reference} b.txt"]


@pytest.mark.parametrize("kind", ["invitation", "booking"])
def test_the_pages_ask_the_same_number_of_questions_whatever_the_rows(
    app: Flask, client: FlaskClient, query_log: QueryLog, kind: str
) -> None:
    event = an_event()
    invitation = accepted(event)
    home: Any = path(invitation if kind == "invitation" else attendance_of(invitation))
    counts = []
    for _ in range(2):
        for _more in range(1 + 2 * len(counts)):
            circulated(a_paper(event, item=an_agenda_item(event)))
        query_log.clear()
        assert client.get(home).status_code == 200
        counts.append(len(query_log))
    assert counts[0] == counts[1]
