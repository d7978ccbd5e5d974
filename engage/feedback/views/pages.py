"""What the staff pages of feedback have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.core.facts import Effect
from engage.core.forms import EngageForm
from engage.core.pages import event_tabs
from engage.events.models import Event

UNPROCESSABLE = 422


def to_form(event: Event, anchor: str = "") -> ResponseReturnValue:
    """Back to the event's feedback page."""
    return redirect(url_for("feedback.show", event=event.slug, _anchor=anchor or None))


def status(form: EngageForm) -> int:
    """200, or 422 for a form that was refused."""
    return UNPROCESSABLE if form.has_errors else 200


def ask_first(
    event: Event,
    form: EngageForm,
    act: Callable[[], object],
    *,
    title: str,
    button: str,
    done: str,
    effects: Sequence[Effect] = (),
    **shown: Any,
) -> ResponseReturnValue:
    """A page that says what an act will do, and does it on POST."""
    if form.validate_on_submit():
        try:
            with saving():
                act()
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(done, "done")
            return to_form(event)
    return render_template(
        "feedback/act.html",
        event=event,
        tabs=event_tabs(event),
        form=form,
        title=title,
        button_text=button,
        effects=effects,
        **shown,
    ), status(form)
