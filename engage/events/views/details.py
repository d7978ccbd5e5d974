"""Making an event and changing its details. Who saves second sees both texts, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engage.core.access import current_principal, requires
from engage.core.db import db, lock, saving
from engage.core.errors import NotFound, RuleBroken, StaleVersion
from engage.core.pages import differences, version_of
from engage.core.text import _, local_time
from engage.events import policy, queries, service
from engage.events.forms import CreateForm, EditForm
from engage.events.models import BEFORE_LIVE, Event, Precision
from engage.events.views import bp
from engage.events.views.dates import date_data
from engage.people.models import Person
from engage.people.service import person_for
from engage.programmes import queries as programmes
from engage.programmes.models import Programme
from engage.themes import queries as themes
from engage.themes.models import ThemeGroup, ThemeState

CLASH, UNPROCESSABLE = 409, 422
PLAIN = ("title", "kind", "summary", "description", "town", "place", "online_link", "access_information", "admission")
WHEN = ("precision", "starts", "ends", "first_day", "last_day", "in_month", "zone")


@bp.route("/manage/programmes/<slug:programme>/events/new", methods=["GET", "POST"])
@requires(policy.may_create, on=programmes.by_slug)
def create(programme: Programme) -> ResponseReturnValue:
    """The first words; what else is needed stands on the event's own page."""
    form = CreateForm(zone=programme.zone)
    groups = themes.open_of(programme.id)
    form.offer(groups)
    series = {one.slug: one for one in queries.series_of(programme.id)}
    form.offer_series(series.values())
    status = 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate_on_submit():
            try:
                with saving():
                    event = service.create(
                        programme,
                        title=form.title.data,
                        kind=form.kind.data,
                        slug=form.slug.data,
                        summary=form.summary.data,
                        **form.when,
                        by=current_principal(),
                    )
                    owner, others = chosen_themes(form, themes.open_of(programme.id))
                    if owner is not None or others:
                        service.set_themes(event, owner, others, by=current_principal())
                    service.put_in_series(event, series.get(form.series.data), by=current_principal())
            except RuleBroken as no:
                form.attach(no)
            else:
                flash(_created(event), "done")
                return redirect(url_for(".overview", event=event.slug))
    return render_template("events/create.html", form=form, programme=programme, groups=groups, series=series), status


@bp.route("/manage/events/<slug:event>/edit", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_slug)
def edit(event: Event) -> ResponseReturnValue:
    """All that can be said of the event, on one page."""
    form = EditForm(data=stored(event))
    form.offer(offered(event))
    form.offer_series(queries.series_of(event.programme_id))
    clash: list[dict[str, str]] | None = None
    status = 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate_on_submit():
            try:
                with saving():
                    _save(event, form)
            except StaleVersion:
                db.session.refresh(event)
                clash, status = _clash(event, form), CLASH
                form.version.data = str(event.version)
            except RuleBroken as no:
                form.attach(no)
            else:
                flash(_("Saved."), "done")
                return redirect(url_for(".overview", event=event.slug))
    return render_template(
        "events/edit.html", form=form, event=event, clash=clash, before=event.state in BEFORE_LIVE
    ), status


def _created(event: Event) -> str:
    if queries.defaults_of(event.programme_id, event.kind) is None:
        return _("Created, as a draft. It stays private until you publish it.")
    return _(
        "Created, as a draft, with what your programme set for this kind (%(kind)s). It stays private until you "
        "publish it.",
        kind=event.kind_words,
    )


def _save(event: Event, form: EditForm) -> None:
    by = current_principal()
    lock(Event, event.id)  # before anybody new is named: parents first
    new: dict[str, Any] = {name: getattr(form, name).data for name in PLAIN}
    new |= {
        "capacity": form.capacity.data,
        "reserved": form.reserved.data or 0,
        "holds_seats": form.holds_seats.data,
        "non_attributed": form.non_attributed.data,
        "registration_opens": _window(form.registration_opens, event.registration_opens_at, form.zone.data),
        "registration_closes": _window(form.registration_closes, event.registration_closes_at, form.zone.data),
        "chair": _person(form, "chair"),
        "secretary": _person(form, "secretary"),
    }
    version = version_of(form.version.data)
    service.edit(event, version=version, **new, **form.when, by=by)
    owner, others = chosen_themes(form, offered(event))
    service.set_themes(event, owner, others, by=by)
    service.put_in_series(event, queries.series_by_slug(form.series.data) if form.series.data else None, by=by)


def _window(field: Any, before: Any, zone: str) -> Any:
    """A window's end keeps its very instant where nothing else was typed: opening by hand sets one with seconds."""
    if before is not None and field.data == local_time(before, zone).replace(second=0, microsecond=0):
        return before
    return field.data


def _person(form: EditForm, role: str) -> Person | None:
    """Who was named, found or new. Nobody who is known is changed by what was typed."""
    name, email = getattr(form, f"{role}_name"), getattr(form, f"{role}_email")
    if not name.data and not email.data:
        return None
    if not email.data:
        raise RuleBroken(_("Enter the e-mail address too: it says who this is"), field=email.name)
    try:
        return person_for(email=email.data, name=name.data, by=current_principal())
    except RuleBroken as no:
        no.field = name.name if no.field == "name" else email.name
        raise


def chosen_themes(form: Any, groups: Sequence[ThemeGroup]) -> tuple[ThemeGroup | None, list[ThemeGroup]]:
    """The owner and the others, as chosen among those on offer; the owner is not named twice."""
    by_id = {group.id: group for group in groups}
    wanted = [form.owner.data] if form.owner.data is not None else []
    if any(ident not in by_id for ident in [*wanted, *form.themes.data]):
        raise NotFound
    owner = by_id[form.owner.data] if wanted else None
    return owner, [by_id[ident] for ident in form.themes.data if ident not in wanted]


def offered(event: Event) -> list[ThemeGroup]:
    """The theme groups of its programme that are not closed, and those under which it stands already."""
    mine = {link.theme_id for link in event.themes}
    return [
        group
        for group in themes.of_programme(event.programme_id)
        if group.state is not ThemeState.CLOSED or group.id in mine
    ]


def stored(event: Event) -> dict[str, Any]:
    """The event as the form's fields take it."""
    data: dict[str, Any] = {
        name: getattr(event, name) for name in (*PLAIN, "capacity", "holds_seats", "non_attributed")
    }
    owner = event.owning_theme
    return (
        data
        | date_data(event)
        | {
            "version": str(event.version),
            "series": event.series.slug if event.series else None,
            "reserved": event.reserved or None,
            "registration_opens": _local(event.registration_opens_at, event.zone),
            "registration_closes": _local(event.registration_closes_at, event.zone),
            "owner": owner.id if owner else None,
            "themes": [theme.id for theme in event.other_themes],
            "chair_name": event.chair.name if event.chair else "",
            "chair_email": event.chair.email if event.chair else "",
            "secretary_name": event.secretary.name if event.secretary else "",
            "secretary_email": event.secretary.email if event.secretary else "",
        }
    )


def _local(instant: Any, zone: str) -> Any:
    return instant and local_time(instant, zone).replace(second=0, microsecond=0)


def _clash(event: Event, form: EditForm) -> list[dict[str, str]]:
    """Where what is saved now differs from what this person typed; of the date, only fields that are shown."""
    saved = EditForm(formdata=None, data=stored(event))
    saved.offer(offered(event))
    saved.offer_series(queries.series_of(event.programme_id))
    shown = {Precision.TIME: WHEN[1:3], Precision.DAY: WHEN[3:5], Precision.MONTH: WHEN[5:6]}
    relevant = {*shown.get(form.precision.data, ()), *shown.get(saved.precision.data, ())}
    return differences(saved, form, without={*WHEN[1:6]} - relevant)
