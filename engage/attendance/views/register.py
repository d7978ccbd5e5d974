"""The public registration form. No account, no cookie; the same words whether the address is known or not."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.attendance import queries, service
from engage.attendance.forms import RegisterForm
from engage.attendance.forms.asking import asking
from engage.attendance.forms.kinds import offer_kinds
from engage.attendance.views import bp
from engage.core import clock
from engage.core.access import ANONYMOUS, public
from engage.core.db import saving
from engage.core.errors import NotFound, RuleBroken
from engage.core.limits import limiter
from engage.core.text import _, moment
from engage.events import queries as events
from engage.events.models import Admission, Event, EventState

PER_NETWORK = "4000 per hour"
"""Forms from one network: a whole conference may register from behind one address. How often one *typed* address may be
written to is the service's rule."""
FILES_PER_NETWORK = "300 per hour"
"""Of those, with a file: they are kept, and disks are finite."""


@bp.get("/events/<slug:event>/register")
@public
def register(event: str) -> ResponseReturnValue:
    found = _public_event(event)
    return _page(found, asking(RegisterForm, queries.sheet(found.id), formdata=None))


@bp.post("/events/<slug:event>/register")
@public
@limiter.limit(lambda: PER_NETWORK)
@limiter.limit(lambda: FILES_PER_NETWORK, exempt_when=lambda: not any(file.filename for file in request.files.values()))
def registered(event: str) -> ResponseReturnValue:
    found = events.published_ref(event)
    if found is None:
        raise NotFound
    form = asking(RegisterForm, queries.sheet(found.id))
    chosen = _chosen(form)
    if form.validate_on_submit():
        try:
            with saving():
                service.register(
                    found,
                    email=form.email.data,
                    name=form.name.data,
                    role=form.role.data,
                    organisation=form.organisation.data,
                    access=form.access.data,
                    dietary=form.dietary.data,
                    answers=form.replies,
                    pool=chosen,
                    by=ANONYMOUS,
                )
        except service.TooManyLetters:
            return render_template("errors/429.html"), 429, {"Retry-After": "3600"}
        except RuleBroken as no:
            form.attach(no)
        else:
            return redirect(url_for(".register_done", event=event), 303)
    return _page(_public_event(event), form), 422


@bp.get("/events/<slug:event>/register/done")
@public
def register_done(event: str) -> ResponseReturnValue:
    """What happens next: the mail says whether there is a place. Says nothing about anybody."""
    return render_template("attendance/register_done.html", event=_public_event(event))


def _chosen(form: RegisterForm) -> str:
    """The kind asked for, as typed: the service, which reads the kinds under the event's lock, says whether it can be
    had. The form reads them only to be drawn."""
    chosen = request.form.get("pool", "")
    form.pool.choices = [(chosen, chosen)]
    return chosen


def _public_event(slug: str) -> Event:
    found = events.published_by_slug(slug)
    if found is None:
        raise NotFound
    return found


def _closed_words(event: Event) -> str:
    """Why nobody can register now."""
    if service.is_open(event):
        return _("There are no places that anybody can take by registering.")
    opens = event.registration_opens_at
    if event.admission is Admission.BY_INVITATION:
        return _("This event is by invitation only.")
    if event.state is EventState.CANCELLED:
        return _("This event is cancelled.")
    if event.state is EventState.SCHEDULED and opens is not None and opens > clock.now():
        return _("Registration opens on %(when)s.", when=moment(opens, event.zone))
    if event.state in (EventState.SCHEDULED, EventState.POSTPONED):
        return _("Registration is not open yet.")
    return _("Registration is closed.")


def _page(event: Event, form: RegisterForm) -> str:
    seats = queries.seats(event)
    form.pool.optional = False  # the service asks for it wherever there is a choice
    offer_kinds(form, seats, seats.open_kinds, hints=event.admission is not Admission.BY_APPROVAL)
    return render_template(
        "attendance/register.html",
        event=event,
        form=form,
        open=service.is_open(event) and bool(seats.open_kinds or not seats.kinds),
        closed_words=_closed_words(event),
        seats=seats,
    )
