"""What a programme's events of each kind begin with."""

from __future__ import annotations

import re
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.core.access import current_principal, requires
from engage.core.db import saving
from engage.core.errors import NotFound, RuleBroken, StaleVersion
from engage.core.pages import differences, version_of
from engage.core.text import _
from engage.events import policy, queries, service
from engage.events.forms import DefaultsForm
from engage.events.models import (
    ANSWERS_DAYS,
    DEFAULT_ADMISSION,
    HOLDS_SEATS,
    KIND_WORDS,
    PAPERS_DAYS,
    EventKind,
    KindDefaults,
)
from engage.events.views import bp
from engage.programmes import queries as programmes
from engage.programmes.models import Programme

CLASH, UNPROCESSABLE = 409, 422
ITEM = re.compile(r"(?P<title>.*\S)\s*\|\s*(?P<minutes>[0-9]{1,4})")


@bp.route("/manage/programmes/<slug:programme>/defaults", methods=["GET", "POST"])
@requires(policy.may_create, on=programmes.by_slug)
def defaults(programme: Programme) -> ResponseReturnValue:
    """Of one kind at a time: `?kind=`."""
    kind = _kind(request.args.get("kind", EventKind.ROUND_TABLE.value))
    found = queries.defaults_of(programme.id, kind)
    form = _form(programme, kind, found)
    clash: list[dict[str, str]] | None = None
    status = 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate_on_submit():
            try:
                with saving():
                    _save(programme, kind, form)
            except StaleVersion:
                now = queries.defaults_of(programme.id, kind)
                clash, status = differences(_form(programme, kind, now, formdata=None), form), CLASH
                form.version.data = str(now.version if now else 0)
            except RuleBroken as no:
                form.attach(no)
            else:
                flash(_("Saved. Events that are planned from now on begin with it."), "done")
                return redirect(url_for(".defaults", programme=programme.slug, kind=kind))
    tabs = [
        {
            "href": url_for(".defaults", programme=programme.slug, kind=one),
            "text": str(words),
            "here": one is kind,
        }
        for one, words in KIND_WORDS.items()
    ]
    return render_template(
        "events/defaults.html",
        form=form,
        programme=programme,
        kind=str(KIND_WORDS[kind]),
        tabs=tabs,
        is_set=found is not None,
        clash=clash,
    ), status


def _kind(value: str) -> EventKind:
    try:
        return EventKind(value)
    except ValueError:
        raise NotFound from None


def _form(programme: Programme, kind: EventKind, found: KindDefaults | None, **more: Any) -> DefaultsForm:
    data: dict[str, Any] = {
        "version": "0",
        "admission": DEFAULT_ADMISSION[kind],
        "holds_seats": kind in HOLDS_SEATS,
        "papers_days": PAPERS_DAYS,
        "answers_days": ANSWERS_DAYS,
    }
    if found is not None:
        names = ("admission", "holds_seats", "capacity", "papers_days", "answers_days")
        data = {name: getattr(found, name) for name in names} | {
            "version": str(found.version),
            "agenda": "\n".join(f"{title} | {minutes}" if minutes else title for title, minutes in found.agenda),
            "papers": "\n".join(found.papers),
            "headings": "\n".join(found.headings),
            "feedback_from": found.feedback_from_id,
        }
    form = DefaultsForm(data=data, **more)
    form.feedback_from.choices = queries.titled_in(programme.id)
    return form


def _save(programme: Programme, kind: EventKind, form: DefaultsForm) -> None:
    service.set_defaults(
        programme,
        kind,
        admission=form.admission.data,
        holds_seats=form.holds_seats.data,
        capacity=form.capacity.data,
        agenda=[_item(line) for line in _lines(form.agenda.data)],
        papers=_lines(form.papers.data),
        headings=_lines(form.headings.data),
        feedback_from=queries.by_id(form.feedback_from.data) if form.feedback_from.data else None,
        papers_days=form.papers_days.data,
        answers_days=form.answers_days.data,
        version=version_of(form.version.data),
        by=current_principal(),
    )


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _item(line: str) -> tuple[str, int | None]:
    """“Welcome | 10” is ten minutes of welcome; a line without a bar has no minutes."""
    found = ITEM.fullmatch(line)
    return (found["title"], int(found["minutes"])) if found else (line, None)
