"""Adding a paper, correcting it with a new version, changing its words. Who saves second sees both texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.core import files
from engage.core.access import current_principal, requires
from engage.core.db import db, saving
from engage.core.errors import NotFound, RuleBroken, StaleVersion
from engage.core.pages import differences, version_of
from engage.core.text import _
from engage.events import queries as events
from engage.events.models import AgendaItem, Event
from engage.papers import policy, queries, service
from engage.papers.forms import AddForm, EditForm, PaperForm, VersionForm
from engage.papers.models import Paper
from engage.papers.views import bp
from engage.papers.views.reading import back_of
from engage.programmes import queries as programmes
from engage.programmes.models import Programme
from engage.themes import queries as themes
from engage.themes.models import ThemeGroup

UNPROCESSABLE, CLASH = 422, 409
V = TypeVar("V", bound=Callable[..., Any])


def takes_a_file(view: V) -> V:
    """Let a request be as large as a file may be. Below `@requires`: nobody else's request is read so far."""

    @wraps(view)
    def through(*args: Any, **kwargs: Any) -> Any:
        request.max_content_length = files.MOST_SENT
        return view(*args, **kwargs)

    return through  # type: ignore[return-value]


@bp.route("/manage/events/<slug:event>/papers/add", methods=["GET", "POST"])
@requires(policy.may_run, on=events.by_slug)
@takes_a_file
def add(event: Event) -> ResponseReturnValue:
    """A paper for an event."""
    back = {"href": url_for(".of_event", event=event.slug), "text": _("Papers of %(event)s", event=event.title)}
    return _add(event.programme, event, back)


@bp.route("/manage/programmes/<slug:programme>/papers/add", methods=["GET", "POST"])
@requires(policy.may_run, on=programmes.by_slug)
@takes_a_file
def add_to_programme(programme: Programme) -> ResponseReturnValue:
    """A paper for a programme and no event of it."""
    back = {
        "href": url_for(".of_programme", programme=programme.slug),
        "text": _("Papers of %(programme)s", programme=programme.name),
    }
    return _add(programme, None, back)


def _add(programme: Programme, event: Event | None, back: dict[str, str]) -> ResponseReturnValue:
    form = AddForm()
    items = events.agenda_of(event.id) if event else ()
    form.offer(items, themes.open_of(programme.id))
    if form.validate_on_submit():
        try:
            file = files.keep(form.file.data.stream, form.file.data.filename)
            with saving():
                paper = service.add_paper(
                    programme, event=event, file=file, **_typed(form, programme, event), by=current_principal()
                )
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("Added, as a draft. Only staff of the programme can read it."), "done")
            return redirect(url_for(".show", reference=paper.reference))
    name = event.title if event else programme.name
    page = render_template("papers/add.html", form=form, items=items, name=name, back=back)
    return page, UNPROCESSABLE if form.has_errors else 200


@bp.route("/manage/papers/<ref:reference>/versions/add", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_reference)
@takes_a_file
def add_version(paper: Paper) -> ResponseReturnValue:
    """A correction."""
    form = VersionForm()
    if form.validate_on_submit():
        try:
            file = files.keep(form.file.data.stream, form.file.data.filename)
            with saving():
                version = service.add_version(paper, file=file, note=form.note.data, by=current_principal())
                number = version.number
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("Version %(number)d is added, as a draft.", number=number), "done")
            return redirect(url_for(".show", reference=paper.reference))
    return render_template("papers/version.html", form=form, paper=paper), UNPROCESSABLE if form.has_errors else 200


@bp.route("/manage/papers/<ref:reference>/edit", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_reference)
def edit(paper: Paper) -> ResponseReturnValue:
    """What it is called and what it is for."""
    items, groups = _offered(paper)
    form = _filled(paper, items, groups)
    clash: list[dict[str, str]] | None = None
    status = 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate_on_submit():
            version = version_of(form.version.data)
            try:
                with saving():
                    typed = _typed(form, paper.programme, paper.event, paper)
                    service.edit(paper, version=version, **typed, by=current_principal())
            except StaleVersion:
                db.session.refresh(paper)
                clash, status = differences(_filled(paper, items, groups, formdata=None), form), CLASH
                form.version.data = str(paper.version)
            except RuleBroken as no:
                form.attach(no)
            else:
                flash(_("Saved."), "done")
                return redirect(url_for(".show", reference=paper.reference))
    page = render_template("papers/edit.html", form=form, paper=paper, items=items, clash=clash, back=back_of(paper))
    return page, status


def _filled(paper: Paper, items: Sequence[AgendaItem], groups: Sequence[ThemeGroup], **sent: Any) -> EditForm:
    """The form as the paper stands, under what was sent."""
    stored = {name: getattr(paper, name) for name in ("title", "kind", "description")}
    more = {"version": str(paper.version), "item": paper.item.key if paper.item else None}
    form = EditForm(data=stored | more | {"themes": [link.theme_id for link in paper.themes]}, **sent)
    form.offer(items, groups)
    return form


def _offered(paper: Paper) -> tuple[list[AgendaItem], list[ThemeGroup]]:
    """What is on offer, and what the paper is for already, whatever became of that."""
    items = list(events.agenda_of(paper.event_id)) if paper.event_id else []
    if paper.item is not None and paper.item not in items:
        items.append(paper.item)
    groups = list(themes.open_of(paper.programme_id))
    known = {group.id for group in groups}
    return items, groups + [link.theme for link in paper.themes if link.theme_id not in known]


def _typed(form: PaperForm, programme: Programme, event: Event | None, paper: Paper | None = None) -> dict[str, Any]:
    """What was typed, as the service takes it; read afresh inside the unit of work."""
    if paper is not None:
        items, groups = _offered(paper)
    else:
        items, groups = list(events.agenda_of(event.id)) if event else [], list(themes.open_of(programme.id))
    by_key, by_id = {item.key: item for item in items}, {group.id: group for group in groups}
    if (form.item.data and form.item.data not in by_key) or any(ident not in by_id for ident in form.themes.data):
        raise NotFound
    return {
        "title": form.title.data,
        "kind": form.kind.data,
        "description": form.description.data,
        "item": by_key.get(form.item.data),
        "themes": [by_id[ident] for ident in form.themes.data],
    }
