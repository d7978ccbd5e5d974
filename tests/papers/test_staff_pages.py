"""Staff pages of papers: add, correct, circulate, publish, withdraw; hostile files and words are refused in words."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from flask import Flask

from engage.core import files
from engage.core.access import SYSTEM, Role
from engage.core.db import db, saving
from engage.events import service as events
from engage.papers import queries, service
from engage.papers.models import PaperState
from tests.conftest import QueryLog
from tests.factories.events import a_programme, a_theme, an_agenda_item, an_event
from tests.factories.files import FITTING, PDF, PNG
from tests.factories.papers import a_file, a_paper, a_version, again, circulated, published, withdrawn
from tests.reader import words

HOSTILE = '<script>alert(1)</script> =HYPERLINK("x")\r\nBcc: a@b.org \u202e {{ 7*7 }}'


def url(paper: Any, tail: str = "") -> str:
    return f"/manage/papers/{paper.reference}{tail}"


def test_a_paper_from_the_empty_list_to_everybody_and_back(app: Flask, staff: Any, send: Any) -> None:
    event = an_event()
    item, theme = an_agenda_item(event, title="Workforce"), a_theme(event.programme, title="Cancer")
    client = staff(event)
    home = f"/manage/events/{event.slug}/papers"
    empty = words(client.get(home))
    assert "No papers yet" in empty
    assert "Add a paper" in empty
    answer = send(
        client,
        f"{home}/add",
        file=(PDF, "Direction of travel.pdf"),
        title="Direction of travel",
        kind="discussion_paper",
        description="Where *we* go.",
        item=item.key,
        themes=str(theme.id),
    )
    reference = f"{event.programme.prefix}-P1"
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/manage/papers/{reference}")
    shown = words(client.get(answer.headers["Location"]))
    for said in ("Direction of travel.pdf", "PDF, 1 kB", "Workforce", "Cancer", "Draft", "Private", "Sam Staff"):
        assert said in shown, said
    paper = queries.by_reference(reference)
    assert paper is not None
    for act, state in (("circulate", "Circulated"), ("agree", "Agreed"), ("publish", "Published")):
        page = client.get(url(paper))
        assert url(paper, f"/{act}") in page.text
        assert send(client, url(paper, f"/{act}")).status_code == 302
        assert state in words(client.get(url(paper)))
    assert again(paper).state is PaperState.PUBLISHED
    refused = send(client, url(paper, "/withdraw"), reason="")
    assert (refused.status_code, "Say why the paper is withdrawn" in words(refused)) == (422, True)
    assert send(client, url(paper, "/withdraw"), reason="The figures were wrong").status_code == 302
    gone = words(client.get(url(paper)))
    assert "This paper was withdrawn. The figures were wrong" in gone
    assert "What you can do" not in gone


def test_a_correction_is_a_new_version_and_readers_keep_the_last(app: Flask, staff: Any, send: Any) -> None:
    paper = circulated(a_paper())
    client = staff(paper)
    page = url(paper, "/versions/add")
    assert send(client, page, file=(PDF, "two.pdf"), note="").status_code == 422
    assert send(client, page, file=(PDF, "two.pdf"), note="Table 2 corrected").status_code == 302
    shown = words(client.get(url(paper)))
    assert "Version 2 two.pdf PDF, 1 kB Table 2 corrected" in shown
    assert "New version: version 2" in shown
    listed = words(client.get(f"/manage/events/{paper.event.slug}/papers"))
    assert "participants read version 1" in listed
    assert "Circulate what is not out" in listed
    same = send(client, page, file=(PDF, "two.pdf"), note="Again")
    assert (same.status_code, "This is the very file of version 2" in words(same)) == (422, True)


def test_every_kind_of_file_is_taken_and_comes_back_as_it_was(app: Flask, staff: Any, send: Any) -> None:
    programme = a_programme()
    client = staff(programme)
    page = f"/manage/programmes/{programme.slug}/papers/add"
    for name, content in FITTING.values():
        answer = send(client, page, file=(content, name), title=name, kind="other")
        assert answer.status_code == 302, (name, words(answer))
    papers = queries.of_programme(programme.id, limit=50)
    assert {p.newest.type for p in papers} == set(FITTING)
    for paper in papers:
        version = paper.newest
        got = client.get(url(paper, f"/v1/{version.name}"))
        assert got.status_code == 200
        assert got.data == FITTING[version.type][1]
        assert got.mimetype == files.KINDS[version.type].type
        assert got.headers["Content-Disposition"].startswith("attachment")
        assert got.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (None, "Choose a file"),
        ((b"", "x.pdf"), "The file is empty"),
        ((b"<svg/>", "x.svg"), "must be one of"),
        ((b"<svg/>", "x.txt"), "SVG"),
        ((b"MZ\x90\0\3", "x.exe"), "must be one of"),
        ((b"MZ\x90\0\3", "x.pdf"), "none of the kinds"),
        ((PNG, "x.pdf"), "let it end in .png"),
        ((b"PK\x03\x04junk", "x.docx"), "damaged"),
        ((PDF, "x" * 300), "must be one of"),
        ((b"x" * (files.MOST + 1), "x.txt"), "smaller than 25 MB"),
    ],
)
def test_a_file_that_is_not_taken_is_refused_beside_its_field(
    app: Flask, staff: Any, send: Any, file: Any, said: str
) -> None:
    event = an_event()
    answer = send(staff(event), f"/manage/events/{event.slug}/papers/add", file=file, title="X", kind="other")
    assert answer.status_code == 422
    assert said in words(answer)
    assert 'href="#file"' in answer.text
    assert queries.of_event(event.id) == []


def test_hostile_words_and_names_are_kept_as_words(app: Flask, staff: Any, send: Any) -> None:
    event = an_event()
    client = staff(event)
    page = f"/manage/events/{event.slug}/papers/add"
    name = "x'; Set-Cookie: a=b; ../..\\\u202e" + "y" * 300 + ".pdf"
    refused = send(client, page, file=(PDF, "x.pdf"), title=HOSTILE, kind="other")
    assert refused.status_code in (302, 422)
    answer = send(client, page, file=(PDF, name), title="<script>alert(1)</script> {{ 7*7 }}", kind="other")
    assert answer.status_code == 302
    shown = client.get(answer.headers["Location"])
    assert "<script>alert(1)</script>" not in shown.text
    assert "{{ 7*7 }}" in words(shown)
    paper = queries.of_event(event.id)[-1]
    got = client.get(url(paper, f"/v1/{paper.newest.name}"))
    assert (got.status_code, "Set-Cookie" in got.headers, "\n" in got.headers["Content-Disposition"]) == (
        200,
        False,
        False,
    )
    for fields in (
        {"title": "x" * 201, "kind": "other"},
        {"title": "\0", "kind": "other"},
        {"title": "X", "kind": "nonsense"},
        {"title": "X", "kind": "other", "item": "nonsense"},
        {"title": "X", "kind": "other", "themes": "9" * 30},
        {"title": "X", "kind": "other", "description": "x" * 4001},
    ):
        assert send(client, page, file=(PDF, "x.pdf"), **fields).status_code == 422, fields


def test_what_belongs_to_another_event_or_programme_can_not_be_chosen(app: Flask, staff: Any, send: Any) -> None:
    event, other = an_event(), an_event()
    item, theme = an_agenda_item(other), other.owning_theme
    client = staff(event)
    page = f"/manage/events/{event.slug}/papers/add"
    for fields in ({"item": item.key}, {"themes": str(theme.id if theme else 0)}):
        assert send(client, page, file=(PDF, "x.pdf"), title="X", kind="other", **fields).status_code == 422
    assert queries.of_event(event.id) == []


def test_too_large_a_request_is_refused_unread_and_only_uploads_may_be_large(app: Flask, staff: Any) -> None:
    event = an_event()
    client = staff(event)
    for page, length in (
        (f"/manage/events/{event.slug}/papers/add", files.MOST_SENT + 1),
        (f"/manage/events/{event.slug}/edit", 8 * 1024 * 1024 + 1),
    ):
        body = io.BytesIO(b"title=x")
        answer = client.post(
            page,
            input_stream=body,
            content_type="application/x-www-form-urlencoded",
            environ_overrides={"CONTENT_LENGTH": str(length)},
        )
        assert (answer.status_code, body.tell()) == (413, 0), page
        assert "too large" in words(answer)


def test_who_saves_second_sees_both_texts(app: Flask, staff: Any, send: Any) -> None:
    paper = a_paper(title="First")
    client = staff(paper)
    page = url(paper, "/edit")
    assert send(client, page, title="Theirs", kind="other", version="1").status_code == 302
    clash = send(client, page, title="Yours", kind="other", version="1")
    assert clash.status_code == 409
    assert "Saved now Theirs Yours Yours" in words(clash)
    assert again(paper).title == "Theirs"
    assert send(client, page, title="Yours", kind="other", version="2").status_code == 302
    assert send(client, page, title="Nobody", kind="other", version="nonsense").status_code == 409
    assert again(paper).title == "Yours"


def test_all_in_one_file_lies_in_the_agendas_order(app: Flask, staff: Any) -> None:
    event = an_event()
    one, two = an_agenda_item(event), an_agenda_item(event)
    second = a_paper(event, item=two, file=a_file("second\n", "b.txt"))
    first = a_paper(event, item=one, file=a_file("first\n", "a.txt"))
    whole = a_paper(event, file=a_file("whole\n", "c.txt"))
    withdrawn(a_paper(event))
    a_version(second, file=a_file("second, corrected\n", "b2.txt"))
    answer = staff(event, Role.OBSERVER).get(f"/manage/events/{event.slug}/papers.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            f"00.1 {whole.reference} c.txt": b"whole\n",
            f"01.1 {first.reference} a.txt": b"first\n",
            f"02.1 {second.reference} b2.txt": b"second, corrected\n",
        }
    assert answer.headers["Content-Disposition"] == f"attachment; filename={event.slug}-papers.zip"


def test_all_that_is_not_out_is_circulated_at_once_after_asking(app: Flask, staff: Any, send: Any) -> None:
    event = an_event()
    papers = [a_paper(event, title=f"Paper {n}") for n in "AB"]
    client = staff(event, Role.SECRETARY)
    page = f"/manage/events/{event.slug}/papers/circulate"
    asked = words(client.get(page))
    assert "Paper A" in asked
    assert "Circulate 2 papers" in asked
    assert send(client, page).status_code == 302
    assert [again(p).state for p in papers] == [PaperState.CIRCULATED] * 2
    again_ = send(client, page)
    assert (again_.status_code, "circulated already" in words(again_)) == (422, True)


def test_the_agenda_shows_papers_and_the_overview_what_is_not_out(app: Flask, staff: Any) -> None:
    event = an_event()
    item = an_agenda_item(event)
    paper = a_paper(event, item=item, title="Read me first")
    client = staff(event)
    assert f"{paper.reference} Read me first Draft" in words(client.get(f"/manage/events/{event.slug}/agenda"))
    assert "1 paper is not out" in words(client.get(f"/manage/events/{event.slug}"))
    circulated(paper)
    assert "The papers are out" in words(client.get(f"/manage/events/{event.slug}"))
    withdrawn(paper)
    assert "Read me first" not in words(client.get(f"/manage/events/{event.slug}/agenda"))
    assert "The papers are out" not in words(client.get(f"/manage/events/{event.slug}"))


def test_a_programme_and_a_theme_group_show_their_papers(app: Flask, staff: Any) -> None:
    programme = a_programme()
    theme = a_theme(programme)
    client = staff(programme)
    page = f"/manage/programmes/{programme.slug}"
    assert "No papers yet" in words(client.get(page))
    assert "No papers yet" in words(client.get(f"{page}/papers"))
    paper = a_paper(programme=programme, title="Vision", themes=[theme])
    for shown in (page, f"{page}/papers", f"/manage/themes/{theme.slug}"):
        assert f"{paper.reference} Vision" in words(client.get(shown)), shown
    assert "Page 2" not in words(client.get(f"{page}/papers?page=9999999999"))


def test_a_file_is_at_its_own_name_only(app: Flask, staff: Any) -> None:
    paper = published(a_paper(file=a_file(name="a.txt")))
    client = staff(paper)
    found = [client.get(url(paper, tail)).status_code for tail in ("/v1/a.txt", "/v1/b.txt", "/v2/a.txt", "/v0/a.txt")]
    assert found == [200, 404, 404, 404]
    assert client.get(url(paper, "/v1/..%2f..%2fsecret_key")).status_code == 404


def test_pages_ask_the_same_number_of_questions_whatever_the_rows(app: Flask, staff: Any, query_log: QueryLog) -> None:
    event = an_event()
    theme = event.owning_theme
    assert theme is not None
    paper = a_paper(event, item=an_agenda_item(event), themes=[theme])
    client = staff(event)
    pages = {
        "event": f"/manage/events/{event.slug}/papers",
        "programme": f"/manage/programmes/{event.programme.slug}/papers",
        "paper": url(paper),
        "edit": url(paper, "/edit"),
        "agenda": f"/manage/events/{event.slug}/agenda",
        "pack": f"/manage/events/{event.slug}/papers.zip",
    }
    counts: list[dict[str, int]] = []
    for _ in (1, 3):
        found = {}
        for name, page in pages.items():
            query_log.clear()
            assert client.get(page).status_code == 200
            found[name] = len(query_log)
        counts.append(found)
        for _more in range(2):
            a_paper(event, item=an_agenda_item(event), themes=[theme])
            circulated(a_version(paper).paper)
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 14, counts[0]


def test_a_cancelled_events_papers_stay_where_they_are(app: Flask, staff: Any) -> None:
    paper = circulated(a_paper())
    with saving():
        events.cancel(paper.event, reason="Nobody can come", by=SYSTEM)
        service.withdraw(paper, reason="Not needed", by=SYSTEM)
    db.session.rollback()
    assert "Not needed" in words(staff(paper).get(url(paper)))
