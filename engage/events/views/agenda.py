"""The agenda: one page to read it, add to it, and put it in order with plain buttons."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.core import slots
from engage.core.access import current_principal, requires
from engage.core.db import db, saving
from engage.core.errors import NotFound, RuleBroken, StaleVersion
from engage.core.pages import differences, event_tabs, version_of
from engage.core.slots import Line
from engage.core.text import _
from engage.events import policy, queries, service
from engage.events.forms import AgendaItemForm, EditAgendaItemForm, PlainForm
from engage.events.models import AgendaItem, Event
from engage.events.service.agenda import FIXED
from engage.events.views import bp
from engage.events.views.details import CLASH, UNPROCESSABLE, offered
from engage.themes.models import ThemeGroup

PLACE = re.compile(r"[0-9]{1,4}")


@bp.get("/manage/events/<slug:event>/agenda")
@requires(policy.may_see, on=queries.by_slug)
def agenda(event: Event) -> ResponseReturnValue:
    """The whole agenda, internal items too."""
    form = AgendaItemForm(formdata=None)
    form.offer(offered(event))
    return _page(event, form)


@bp.post("/manage/events/<slug:event>/agenda")
@requires(policy.may_run, on=queries.by_slug)
def add_agenda_item(event: Event) -> ResponseReturnValue:
    """One more item, at the end."""
    form = AgendaItemForm()
    form.offer(offered(event))
    if form.validate_on_submit():
        try:
            with saving():
                item = service.add_agenda_item(event, **_typed(form, event), by=current_principal())
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("Added to the agenda."), "done")
            return _back(item)
    return _page(event, form, UNPROCESSABLE)


@bp.route("/manage/events/<slug:event>/agenda/<key:item>", methods=["GET", "POST"])
@requires(policy.may_run_item, on=queries.agenda_item_by_key)
def edit_agenda_item(item: AgendaItem) -> ResponseReturnValue:
    """Change one item, or take it off."""
    event = item.event
    form = _filled(item)
    clash: list[dict[str, str]] | None = None
    status = 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate_on_submit():
            version = version_of(form.version.data)
            try:
                with saving():
                    service.edit_agenda_item(item, version=version, **_typed(form, event, item), by=current_principal())
            except StaleVersion:
                db.session.refresh(item)
                clash, status = differences(_filled(item, formdata=None), form), CLASH
                form.version.data = str(item.version)
            except RuleBroken as no:
                form.attach(no)
            else:
                flash(_("Saved."), "done")
                return _back(item)
    return render_template(
        "events/agenda_item.html", event=event, item=item, form=form, clash=clash, plain=PlainForm(formdata=None)
    ), status


@bp.post("/manage/events/<slug:event>/agenda/<key:item>/move")
@requires(policy.may_run_item, on=queries.agenda_item_by_key)
def move_agenda_item(item: AgendaItem) -> ResponseReturnValue:
    """One place up or down, or to the place where it was dropped; the page comes back to the item, so that the key can
    be pressed again."""
    way = request.form.get("way", "")
    if PlainForm().validate_on_submit():
        try:
            with saving():
                if PLACE.fullmatch(way):
                    service.place_agenda_item(item, place=int(way), by=current_principal())
                else:
                    service.move_agenda_item(item, up=way == "up", by=current_principal())
        except RuleBroken as no:
            flash(no.message, "warn")
    return _back(item)


@bp.post("/manage/events/<slug:event>/agenda/<key:item>/remove")
@requires(policy.may_run_item, on=queries.agenda_item_by_key)
def remove_agenda_item(item: AgendaItem) -> ResponseReturnValue:
    """Off the agenda."""
    event = item.event
    if PlainForm().validate_on_submit():
        try:
            with saving():
                service.remove_agenda_item(item, by=current_principal())
        except RuleBroken as no:
            flash(no.message, "warn")
        else:
            flash(_("Taken off the agenda."), "done")
    return redirect(url_for(".agenda", event=event.slug))


def _page(event: Event, form: AgendaItemForm, status: int = 200) -> ResponseReturnValue:
    runs = policy.may_run(current_principal(), event) and event.state not in FIXED
    planned = queries.timed_agenda(event, internal=True)
    minutes = [line.item.minutes for line in planned if line.item.minutes]
    under: defaultdict[int, list[Line]] = defaultdict(list)
    for item_id, line in slots.agenda_lines.collect(event, current_principal()):
        under[item_id].append(line)
    return render_template(
        "events/agenda.html",
        event=event,
        tabs=event_tabs(event),
        planned=planned,
        under=under,
        total=sum(minutes),
        untimed=len(planned) - len(minutes),
        runs=runs,
        form=form,
        plain=PlainForm(formdata=None),
    ), status


def _filled(item: AgendaItem, **sent: Any) -> EditAgendaItemForm:
    """The form as the item stands, under what was sent."""
    stored = {name: getattr(item, name) for name in ("title", "minutes", "presenter", "kind")}
    form = EditAgendaItemForm(
        data=stored | {"version": str(item.version), "themes": [link.theme_id for link in item.themes]}, **sent
    )
    form.offer(_offered(item))
    return form


def _typed(form: AgendaItemForm, event: Event, item: AgendaItem | None = None) -> dict[str, Any]:
    """What was typed, as the service takes it."""
    by_id = {group.id: group for group in (_offered(item) if item else offered(event))}
    if any(ident not in by_id for ident in form.themes.data):
        raise NotFound
    return {
        "title": form.title.data,
        "minutes": form.minutes.data,
        "presenter": form.presenter.data,
        "kind": form.kind.data,
        "themes": [by_id[ident] for ident in form.themes.data],
    }


def _offered(item: AgendaItem) -> list[ThemeGroup]:
    """The groups on offer, and those under which the item stands already."""
    groups = offered(item.event)
    known = {group.id for group in groups}
    return groups + [link.theme for link in item.themes if link.theme_id not in known]


def _back(item: AgendaItem) -> ResponseReturnValue:
    return redirect(url_for(".agenda", event=item.event.slug, _anchor=f"item-{item.key}"))
