"""Published papers: a page for each, with its versions; their files; an event's in one."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from engage.core import files
from engage.core.access import public
from engage.core.cache import cached
from engage.core.errors import NotFound
from engage.core.text import _, day, local_time, size_words
from engage.papers.models import KIND_WORDS, PaperState
from engage.papers.queries import pack
from engage.site import queries
from engage.site.queries.papers import PaperPage
from engage.site.views import bp


@bp.get("/papers/<ref:reference>")
@public
@cached
def paper(reference: str) -> str:
    """404 for a paper that was never published, as for one that doesn't exist."""
    page = queries.paper(reference)
    if page is None:
        raise NotFound
    return _page(page)


@bp.get("/papers/<ref:reference>/v<number:number>/<name>")
@public
def paper_file(reference: str, number: int, name: str) -> ResponseReturnValue:
    """The file of a published version; of a withdrawn paper its page, which says why, with 410."""
    file = queries.paper_file(reference, number, name)
    if file is None:
        raise NotFound
    if file.state is PaperState.WITHDRAWN:
        page = queries.paper(reference)
        if page is None:
            raise NotFound
        return _page(page), 410
    return files.send(file.checksum, kind=file.type, name=file.name, at=file.added_at, public=True)


@bp.get("/events/<slug:event>/papers.zip")
@public
def papers_pack(event: str) -> ResponseReturnValue:
    """An event's published papers in one file; 404 where there is none."""
    papers, items = queries.to_pack(event)
    if not papers:
        raise NotFound
    return files.send_pack(pack(papers, items), name=f"{event}-papers.zip", public=True)


def _page(page: PaperPage) -> str:
    facts = page.paper
    return render_template(
        "site/paper.html",
        paper=facts,
        kind=str(KIND_WORDS[facts.kind]),
        withdrawn=page.withdrawn,
        withdrawn_on=day(local_time(facts.withdrawn_at, facts.zone)) if facts.withdrawn_at else "",
        versions=_versions(page),
        chain=_chain(page),
        themes=[(theme.title, url_for("site.theme", theme=theme.slug)) for theme in page.themes],
    )


def _versions(page: PaperPage) -> list[dict[str, Any]]:
    """The newest first; without an address where the paper is withdrawn."""
    reference = page.paper.reference
    return [
        {
            "number": version.number,
            "href": ""
            if page.withdrawn
            else url_for("site.paper_file", reference=reference, number=version.number, name=version.name),
            "facts": f"{files.KINDS[version.type].words}, {size_words(version.size)}",
            "note": version.note,
            "published": day(local_time(version.published_at, page.paper.zone)),
            "newest": version is page.versions[0],
        }
        for version in page.versions
    ]


def _chain(page: PaperPage) -> list[dict[str, Any]]:
    """Where the paper stands: its theme group or programme, its event, its agenda item."""
    facts = page.paper
    first = page.themes[0] if page.themes else None
    href = url_for("site.programme", programme=facts.programme_slug)
    links: list[dict[str, Any]] = [{"kind": _("Programme"), "title": facts.programme, "href": href}]
    if first:
        links.append({"kind": _("Theme group"), "title": first.title, "href": url_for("site.theme", theme=first.slug)})
    if facts.event and facts.event_slug:
        href = url_for("site.event", event=facts.event_slug)
        links.append({"kind": _("Event"), "title": facts.event, "href": href, "note": facts.item or ""})
    return [*links, {"kind": str(KIND_WORDS[facts.kind]), "title": facts.title, "here": True, "note": facts.reference}]
