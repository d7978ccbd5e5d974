"""Two who work on one paper at the same time: versions are counted without a gap, and a file is kept once."""

from __future__ import annotations

import threading
from collections.abc import Callable

from flask import Flask

from engage.core import files
from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.core.errors import RuleBroken
from engage.papers import queries, service
from engage.papers.models import PaperKind, PaperState
from engage.programmes import queries as programmes
from tests.factories.events import a_programme
from tests.factories.papers import a_file, a_paper, again

MANY = 6


def at_once(app: Flask, work: Callable[[int], object]) -> None:
    """Each in a thread and a unit of its own, all begun together. Whatever one raises is raised here."""
    gate = threading.Barrier(MANY)
    wrong: list[BaseException] = []

    def run(n: int) -> None:
        with app.app_context():
            try:
                gate.wait(20)
                work(n)
            except BaseException as why:
                wrong.append(why)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(MANY)]
    db.session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for why in wrong:
        raise why


def test_versions_added_at_once_are_counted_without_a_gap(app: Flask) -> None:
    paper = a_paper()
    reference = paper.reference

    def correct(n: int) -> None:
        file = a_file(f"Version of {n}\n")
        found = queries.by_reference(reference)
        assert found is not None
        with saving():
            service.add_version(found, file=file, note=f"By {n}", by=SYSTEM)

    at_once(app, correct)
    versions = again(paper).versions
    assert [version.number for version in versions] == list(range(1, MANY + 2))
    assert {version.note for version in versions} == {"", *(f"By {n}" for n in range(MANY))}


def test_papers_added_at_once_have_references_of_their_own_and_one_file(app: Flask) -> None:
    programme = a_programme()
    slug, prefix = programme.slug, programme.prefix

    def add(n: int) -> None:
        file = a_file("The same words.\n")
        found = programmes.by_slug(slug)
        assert found is not None
        with saving():
            service.add_paper(found, title=f"Paper {n}", kind=PaperKind.OTHER, file=file, by=SYSTEM)

    at_once(app, add)
    papers = queries.of_programme(programme.id, limit=50)
    assert sorted(paper.reference for paper in papers) == [f"{prefix}-P{n}" for n in range(1, MANY + 1)]
    (checksum,) = {paper.newest.checksum for paper in papers}
    assert files.path_of(checksum).read_bytes() == b"The same words.\n"


def test_of_those_who_circulate_at_once_one_does_and_the_rest_are_told(app: Flask) -> None:
    paper = a_paper()
    reference = paper.reference
    told: list[str] = []

    def circulate(_n: int) -> None:
        found = queries.by_reference(reference)
        assert found is not None
        try:
            with saving():
                service.circulate(found, by=SYSTEM)
        except RuleBroken as no:
            told.append(no.message)

    at_once(app, circulate)
    assert again(paper).state is PaperState.CIRCULATED
    assert told == ["A paper that is circulated cannot become circulated."] * (MANY - 1)
