"""What the staff pages of feedback have in common."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from engage.core.forms import EngageForm
from engage.core.pages import Place
from engage.events.models import Event

UNPROCESSABLE = 422


def to_form(event: Event, anchor: str = "") -> ResponseReturnValue:
    """Back to the event's feedback page."""
    return redirect(url_for("feedback.show", event=event.slug, _anchor=anchor or None))


def status(form: EngageForm) -> int:
    """200, or 422 for a form that was refused."""
    return UNPROCESSABLE if form.has_errors else 200


def staff_place(event: Event) -> Place:
    """The event's feedback page, which its acts start from and come back to."""
    return Place(href=url_for("feedback.show", event=event.slug), name=event.title, section="events")
