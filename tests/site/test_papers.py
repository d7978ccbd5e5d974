"""Published papers: a page with its versions, files as attachments; what is not public does not exist."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from engage.core.access import SYSTEM
from engage.core.db import saving
from engage.events import service as events
from engage.events.models import AgendaKind
from engage.papers import service
from tests.factories.events import a_programme, a_theme, an_agenda_item, an_event
from tests.factories.files import PDF
from tests.factories.papers import a_file, a_paper, a_version, again, agreed, circulated, published, withdrawn
from tests.reader import words

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _the_morning(at):
    at(NOW)


def where(paper, tail: str = "") -> str:
    return f"/papers/{paper.reference}{tail}"


def same_as_nothing(client, path: str, nothing: str = "/papers/NO-P1") -> None:
    answer, other = client.get(path), client.get(nothing)
    assert (answer.status_code, answer.data) == (404, other.data), path


def test_a_published_paper_has_a_page_with_its_versions_and_their_files(app, client, at):
    event = an_event(title="Round Table 1", slug="rt1")
    item = an_agenda_item(event, title="Direction")
    theme = a_theme(event.programme, title="Cancer", slug="cancer")
    file = a_file(PDF, "direction.pdf")
    paper = published(
        a_paper(event, title="Direction of travel", description="Where *we* go.", item=item, themes=[theme], file=file)
    )
    at(NOW + timedelta(days=2))
    a_version(paper, note="Table 2 corrected", file=a_file(PDF + b"%", "direction 2.pdf"))
    published(paper)
    page = client.get(where(paper))
    told = words(page)
    assert "Round Table 1 Direction" in told
    assert "Version 2 PDF, 1 kB 3 March 2027 Table 2 corrected Version 1 PDF, 1 kB 1 March 2027 –" in told, told
    for link in (
        "/events/rt1",
        "/themes/cancer",
        where(paper, "/v1/direction.pdf"),
        where(paper, "/v2/direction%202.pdf"),
    ):
        assert f'href="{link}"' in page.text, link
    assert "<em>we</em>" in page.text
    first = client.get(where(paper, "/v1/direction.pdf"))
    assert (first.status_code, first.data, first.headers["Content-Disposition"]) == (
        200,
        PDF,
        "attachment; filename=direction.pdf",
    )
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Set-Cookie" not in first.headers
    same = client.get(where(paper, "/v1/direction.pdf"), headers={"If-None-Match": first.headers["ETag"]})
    part = client.get(where(paper, "/v1/direction.pdf"), headers={"Range": "bytes=0-4"})
    beyond = client.get(where(paper, "/v1/direction.pdf"), headers={"Range": "bytes=9999-"})
    head = client.head(where(paper, "/v1/direction.pdf"))
    assert (same.status_code, same.data) == (304, b"")
    assert (part.status_code, part.data) == (206, b"%PDF-")
    assert beyond.status_code == 416
    assert (head.status_code, head.data, head.content_length) == (200, b"", len(PDF))


def test_what_was_never_published_is_not_there(app, client):
    event = an_event(slug="rt1")
    for paper in (
        a_paper(event),
        circulated(a_paper(event)),
        agreed(a_paper(event)),
        withdrawn(circulated(a_paper(event))),
    ):
        same_as_nothing(client, where(paper))
        same_as_nothing(client, where(paper, "/v1/paper.txt"))
        for path in (
            "/events/rt1",
            f"/programmes/{event.programme.slug}",
            f"/themes/{event.owning_theme.slug}",
            "/sitemap.xml",
        ):
            assert paper.title not in client.get(path).text
            assert paper.reference not in client.get(path).text
    same_as_nothing(client, "/events/rt1/papers.zip")


def test_a_correction_is_not_there_until_it_is_published_too(app, client):
    paper = published(a_paper(file=a_file("first\n", "a.txt")))
    a_version(paper, note="SECRET note", file=a_file("second\n", "b.txt"))
    circulated(paper)
    assert "SECRET" not in client.get(where(paper)).text
    assert client.get(where(paper, "/v1/a.txt")).data == b"first\n"
    same_as_nothing(client, where(paper, "/v2/b.txt"))
    same_as_nothing(client, where(paper, "/v1/b.txt"))
    with zipfile.ZipFile(io.BytesIO(client.get(f"/events/{paper.event.slug}/papers.zip").data)) as archive:
        assert archive.namelist() == [f"00.1 {paper.reference} a.txt"]


def test_a_withdrawn_paper_says_so_and_its_files_are_gone(app, client):
    event = an_event(slug="rt1")
    paper = published(a_paper(event, title="Taken back", file=a_file("words\n", "a.txt")))
    assert "Taken back" in client.get("/events/rt1").text
    withdrawn(paper, "The figures were wrong")
    page = client.get(where(paper))
    assert page.status_code == 200
    assert "This paper was withdrawn on 1 March 2027. The figures were wrong" in words(page)
    assert "/v1/" not in page.text
    gone = client.get(where(paper, "/v1/a.txt"))
    assert (gone.status_code, "The figures were wrong" in words(gone)) == (410, True)
    for path in ("/events/rt1", f"/programmes/{event.programme.slug}", "/sitemap.xml"):
        assert paper.reference not in client.get(path).text, path
    same_as_nothing(client, "/events/rt1/papers.zip")


def test_nothing_is_public_under_an_event_that_is_not_nor_for_an_item_that_became_internal(app, client):
    event = an_event(slug="rt1")
    item = an_agenda_item(event, title="Direction")
    paper = published(a_paper(event, item=item))
    assert client.get(where(paper)).status_code == 200
    with saving():
        events.edit_agenda_item(item, version=1, title="SECRET item", kind=AgendaKind.INTERNAL, by=SYSTEM)
    same_as_nothing(client, where(paper))
    same_as_nothing(client, where(paper, "/v1/paper.txt"))
    assert paper.reference not in client.get("/events/rt1").text
    with saving():
        events.edit_agenda_item(item, version=2, title="Direction", kind=AgendaKind.OPEN, by=SYSTEM)
        events.remove_agenda_item(item, by=SYSTEM)
    assert client.get(where(paper)).status_code == 200, "its item was taken off, and the paper stands"
    with saving():
        again(paper).programme.published_at = NOW + timedelta(days=1)
    same_as_nothing(client, where(paper))
    same_as_nothing(client, where(paper, "/v1/paper.txt"))


def test_papers_stand_on_the_pages_of_what_they_are_for(app, client):
    programme = a_programme(slug="health")
    theme = a_theme(programme, slug="cancer")
    event = an_event(programme, theme=theme, slug="rt1")
    one, two = an_agenda_item(event, title="First item"), an_agenda_item(event, title="Second item")
    last = published(a_paper(event, item=two, title="For the second"))
    first = published(a_paper(event, item=one, title="For the first", themes=[theme]))
    alone = published(a_paper(programme=programme, title="Vision", themes=[theme]))
    page = words(client.get("/events/rt1"))
    assert "Papers All in one file For the first Discussion paper · Plain text · 1 kB For the second" in page
    assert "First item 30 minutes For the first" in page
    group = words(client.get("/themes/cancer"))
    assert ("Papers Vision" in group, "For the first" in group, "For the second" in group) == (True, True, False)
    story = client.get("/programmes/health").text
    sitemap = client.get("/sitemap.xml").text
    for paper in (last, first, alone):
        assert where(paper) in story
        assert f"http://localhost{where(paper)}</loc>" in sitemap


def test_the_story_tells_papers_of_one_day_together(app, client, at):
    programme = a_programme(slug="health")
    published(a_paper(programme=programme, title="One"))
    published(a_paper(programme=programme, title="Two"))
    at(NOW + timedelta(days=1))
    alone = published(a_paper(programme=programme, title="Three"))
    a_version(alone)
    at(NOW + timedelta(days=5))
    published(alone)
    story = words(client.get("/programmes/health")).split("The story so far", 1)[1]
    assert "1 March 2027 2 papers are published One Two 2 March 2027 · Discussion paper Three" in story
    assert "6 March" not in story, "a correction is no new paper"


def test_an_events_papers_come_in_one_file_along_the_open_agenda(app, client):
    event = an_event(slug="rt1")
    an_agenda_item(event, kind=AgendaKind.INTERNAL)
    item = an_agenda_item(event)
    later = published(a_paper(event, item=item, file=a_file("later\n", "b.txt")))
    whole = published(a_paper(event, file=a_file("whole\n", "a.txt")))
    answer = client.get("/events/rt1/papers.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            f"00.1 {whole.reference} a.txt": b"whole\n",
            f"01.1 {later.reference} b.txt": b"later\n",
        }
    assert answer.data == client.get("/events/rt1/papers.zip").data


def test_a_page_is_made_anew_once_a_paper_is_published_and_asks_little(app, client, query_log):
    event = an_event(slug="rt1")
    paper = agreed(a_paper(event))
    client.get("/events/rt1")
    with saving():
        service.publish(paper, by=SYSTEM)
    reference, page, programme = paper.reference, where(paper), event.programme.slug
    counts = []
    for _ in range(2):
        app.extensions["engage_pages"].clear()
        found = {}
        for path in ("/events/rt1", page, f"/programmes/{programme}", "/sitemap.xml"):
            query_log.clear()
            assert reference in client.get(path).text, path
            found[path] = len(query_log)
        for path in (f"{page}/v1/paper.txt", "/events/rt1/papers.zip"):
            query_log.clear()
            assert client.get(path).status_code == 200
            found[path] = len(query_log)
        counts.append(list(found.values()))
        for _more in range(2):
            published(a_paper(event, item=an_agenda_item(event), themes=[event.owning_theme]))
            published(a_version(paper).paper)
    assert counts == [[2, 2, 2, 1, 1, 1]] * 2
