"""What staff read: the papers of an event, of a programme, one with its versions and history, the files."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.core import files, slots
from engage.core.access import current_principal, requires
from engage.core.pages import Page, event_tabs, history_rows, page_number
from engage.core.pages.paging import PAGE_SIZE
from engage.core.states import can_move
from engage.core.text import _, _l, size_words
from engage.events import queries as events
from engage.events.models import Event
from engage.papers import policy, queries
from engage.papers.models import KIND_WORDS, MOVES, Paper, PaperState, PaperVersion
from engage.papers.views import bp
from engage.programmes import queries as programmes
from engage.programmes.models import Programme

LABELS = {
    "title": _l("Title"),
    "kind": _l("Kind"),
    "description": _l("What it is about"),
    "item": _l("Agenda item"),
    "themes": _l("Theme groups"),
}
VALUES = {"kind": KIND_WORDS}


@bp.get("/manage/events/<slug:event>/papers")
@requires(policy.may_read, on=events.by_slug)
def of_event(event: Event) -> ResponseReturnValue:
    """Every paper of an event, along its agenda."""
    papers = queries.of_event(event.id)
    return render_template(
        "papers/of_event.html",
        event=event,
        tabs=event_tabs(event),
        papers=papers,
        drafts=sum(paper.state is PaperState.DRAFT for paper in papers),
        standing=any(paper.state is not PaperState.WITHDRAWN for paper in papers),
        runs=policy.may_run(current_principal(), event),
    )


@bp.get("/manage/events/<slug:event>/papers.zip")
@requires(policy.may_read, on=events.by_slug)
def pack(event: Event) -> ResponseReturnValue:
    """The newest version of each paper that stands, in one file."""
    items = [item.id for item in events.agenda_of(event.id)]
    return files.send_pack(
        queries.pack(queries.staff_pack(event), items), name=f"{event.slug}-papers.zip", public=False
    )


@bp.get("/manage/programmes/<slug:programme>/papers")
@requires(policy.may_read, on=programmes.by_slug)
def of_programme(programme: Programme) -> ResponseReturnValue:
    """Every paper of a programme, with those that belong to no event."""
    number = page_number(request.args.get("page"))
    papers = queries.of_programme(programme.id, limit=PAGE_SIZE, offset=Page.offset(number))
    return render_template(
        "papers/of_programme.html",
        programme=programme,
        page=Page(items=papers, number=number, total=queries.count_of_programme(programme.id)),
        page_href=lambda n: url_for(".of_programme", programme=programme.slug, page=n),
        runs=policy.may_run(current_principal(), programme),
    )


@bp.get("/manage/papers/<ref:reference>")
@requires(policy.may_read, on=queries.by_reference)
def show(paper: Paper) -> ResponseReturnValue:
    """One paper: its versions, how far each came, what can be done, what happened."""
    names = slots.names_of({version.added_by for version in paper.versions})
    return render_template(
        "papers/show.html",
        paper=paper,
        back=back_of(paper),
        versions=[_shown(version, names.get(version.added_by, "")) for version in reversed(paper.versions)],
        acts=_acts(paper),
        stands=paper.state is not PaperState.WITHDRAWN,
        runs=policy.may_run(current_principal(), paper),
        history=history_rows("paper", paper.id, zone=paper.programme.zone, labels=LABELS, values=VALUES, details=_told),
    )


@bp.get("/manage/papers/<ref:reference>/v<number:number>/<name>")
@requires(policy.may_read, on=queries.version_at)
def file(version: PaperVersion) -> ResponseReturnValue:
    """The file of one version."""
    return files.send(version.checksum, kind=version.type, name=version.name, at=version.added_at, public=False)


def back_of(paper: Paper) -> dict[str, str]:
    """The list that a paper stands in: of its event, else of its programme."""
    if paper.event is not None:
        return {
            "href": url_for("papers.of_event", event=paper.event.slug),
            "text": _("Papers of %(event)s", event=paper.event.title),
        }
    return {
        "href": url_for("papers.of_programme", programme=paper.programme.slug),
        "text": _("Papers of %(programme)s", programme=paper.programme.name),
    }


def _shown(version: PaperVersion, added_by: str) -> dict[str, Any]:
    href = url_for("papers.file", reference=version.paper.reference, number=version.number, name=version.name)
    return {
        "version": version,
        "href": href,
        "facts": f"{files.KINDS[version.type].words}, {size_words(version.size)}",
        "added_by": added_by,
    }


def _acts(paper: Paper) -> list[dict[str, str]]:
    """What this person may do next, the first as the primary button."""
    principal = current_principal()
    next_steps = (
        (PaperState.CIRCULATED, "circulate", _("Circulate …"), policy.may_run),
        (PaperState.AGREED, "agree", _("Agreed …"), policy.may_convene),
        (PaperState.PUBLISHED, "publish", _("Publish …"), policy.may_convene),
    )
    found = [
        {"text": words, "href": url_for(f"papers.{name}", reference=paper.reference), "kind": "primary"}
        for state, name, words, may in next_steps
        if can_move(MOVES, paper.state, state) and may(principal, paper)
    ]
    if paper.state is not PaperState.WITHDRAWN:
        if policy.may_run(principal, paper):
            href = url_for("papers.add_version", reference=paper.reference)
            found.append({"text": _("Add a version"), "href": href, "kind": "secondary"})
        if policy.may_convene(principal, paper):
            href = url_for("papers.withdraw", reference=paper.reference)
            found.append({"text": _("Withdraw …"), "href": href, "kind": "secondary"})
    return found


def _told(rows: Any) -> dict[int, str]:
    """The version that each thing happened to."""
    return {row.id: _("version %(number)d", number=row.data["number"]) for row in rows if row.fact != "PaperChanged"}
