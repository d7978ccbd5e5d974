"""Pages that ask first: an act, what will follow from it, and the button that does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.core.facts import Effect, Fact, preview
from engage.core.forms import EngageForm

UNPROCESSABLE = 422


@dataclass(frozen=True, kw_only=True)
class Place:
    """The page that an act starts from and comes back to: its address, what it is about, its part of the navigation."""

    href: str
    name: str
    section: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """One act before it is done: its words, its form, what it does. `fact` is previewed, unless its `effects` are
    given; `warn` must not be missed; `changes`: what will be different, a sentence each. `done` may depend on what was
    answered."""

    title: str
    button: str
    done: str | Callable[[Any], str]
    form: EngageForm
    act: Callable[[Any], object]
    lede: str = ""
    fact: Fact | None = None
    effects: Sequence[Effect] | None = None
    warn: str = ""
    dangerous: bool = False
    nothing: str = ""
    notes: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


def ask(question: Question, *, place: Place) -> ResponseReturnValue:
    """Show what will follow; on POST do it, and go back to its place. A refusal stands at the form, with 422."""
    form = question.form
    status = 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate_on_submit():
            try:
                with saving():
                    question.act(form)
            except RuleBroken as no:
                form.attach(no)
            else:
                flash(question.done(form) if callable(question.done) else question.done, "done")
                return redirect(place.href)
    effects = preview(question.fact) if question.fact else question.effects
    return render_template(
        "layouts/act.html", question=question, place=place, form=form, effects=effects, fields=_drawn(form)
    ), status


def _drawn(form: EngageForm) -> list[Any]:
    """The fields of a form in its order, without the hidden ones and those that another field shows."""
    if order := getattr(form, "order", ()):
        return [form[name] for name in order]
    inner = {field.name for fields in getattr(form, "revealed", {}).values() for field in fields}
    return [field for field in form if field.type not in ("CSRFTokenField", "HiddenField") and field.name not in inner]
