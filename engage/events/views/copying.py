"""Planning another event like one that is there, and the series in which events are counted."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engage.core.access import current_principal, requires
from engage.core.db import db, saving
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import preview
from engage.core.pages import differences, version_of
from engage.core.text import _
from engage.events import policy, queries, service
from engage.events.forms import CopyForm, SeriesForm
from engage.events.models import Event, Precision, Series
from engage.events.views import bp
from engage.programmes import queries as programmes
from engage.programmes.models import Programme

CLASH, UNPROCESSABLE = 409, 422


@bp.route("/manage/events/<slug:event>/copy", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_slug)
def copy(event: Event) -> ResponseReturnValue:
    """What is taken over, what is not, and what the copy is called and when."""
    form = CopyForm(
        data={"title": service.next_title(event), "zone": event.zone, "precision": Precision.TO_BE_CONFIRMED}
    )
    status = 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate_on_submit():
            try:
                with saving():
                    made = service.copy(
                        event, title=form.title.data, slug=form.slug.data, **form.when, by=current_principal()
                    )
            except RuleBroken as no:
                form.attach(no)
            else:
                flash(_("Copied, as a draft. It stays private until you publish it."), "done")
                return redirect(url_for(".overview", event=made.slug))
    sessions = [session for session in queries.sessions_of(event.id) if session.cancelled_at is None]
    return render_template(
        "events/copy.html",
        form=form,
        event=event,
        items=len(queries.agenda_of(event.id)),
        sessions=len(sessions),
        effects=preview(service.copying(event)),
    ), status


@bp.route("/manage/programmes/<slug:programme>/series", methods=["GET", "POST"])
@requires(policy.may_create, on=programmes.by_slug)
def series(programme: Programme) -> ResponseReturnValue:
    """The programme's series with their events, and a form for another one."""
    form = SeriesForm()
    status = 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate_on_submit():
            try:
                with saving():
                    service.make_series(
                        programme, name=form.name.data, next_number=form.next_number.data, by=current_principal()
                    )
            except RuleBroken as no:
                form.attach(no)
            else:
                flash(_("The series is there: choose it when you plan or change an event."), "done")
                return redirect(url_for(".series", programme=programme.slug))
    found = queries.series_of(programme.id)
    counted = queries.events_in([one.id for one in found])
    return render_template(
        "events/series.html", form=form, programme=programme, rows=[(one, counted[one.id]) for one in found]
    ), status


@bp.route("/manage/series/<slug:series>", methods=["GET", "POST"])
@requires(policy.may_run_series, on=queries.series_by_slug)
def edit_series(series: Series) -> ResponseReturnValue:
    """Its name and its next number."""
    form = SeriesForm(data=_stored(series))
    clash: list[dict[str, str]] | None = None
    back = url_for(".series", programme=series.programme.slug)
    status = 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate_on_submit():
            try:
                with saving():
                    service.edit_series(
                        series,
                        name=form.name.data,
                        next_number=form.next_number.data,
                        version=version_of(form.version.data),
                        by=current_principal(),
                    )
            except StaleVersion:
                db.session.refresh(series)
                clash, status = differences(SeriesForm(formdata=None, data=_stored(series)), form), CLASH
                form.version.data = str(series.version)
            except RuleBroken as no:
                form.attach(no)
            else:
                flash(_("Saved."), "done")
                return redirect(back)
    return render_template("events/series_edit.html", form=form, series=series, back=back, clash=clash), status


def _stored(series: Series) -> dict[str, object]:
    return {"name": series.name, "next_number": series.next_number, "version": str(series.version)}
