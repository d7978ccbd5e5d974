"""The staff list of events."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.core.access import Role, current_principal, signed_in
from engage.core.pages import page_number
from engage.events import queries
from engage.events.forms import FilterForm
from engage.events.views import bp
from engage.programmes import queries as programmes


@bp.get("/manage/events")
@signed_in
def manage() -> ResponseReturnValue:
    """The events of one's programmes, narrowed by programme, state and words."""
    principal = current_principal()
    mine = [p for p in programmes.all_for(principal) if principal.knows(p.id)]
    runs = [p for p in mine if principal.has(Role.CONVENOR, Role.SECRETARY, in_=p.id)]
    form = FilterForm(request.args, public=True)
    form.programme.choices = [(p.slug, p.name) for p in mine]
    form.validate()
    chosen = next((p for p in mine if p.slug == form.programme.data), None)
    state = form.state.data if not form.state.errors else None
    words = form.q.data if form.q.data and not form.q.errors else ""
    page = queries.of_mine(
        [p.id for p in mine],
        programme_id=chosen.id if chosen else None,
        state=state,
        words=words,
        number=page_number(request.args.get("page")),
    )
    narrowed: dict[str, Any] = {"programme": chosen and chosen.slug, "state": state and state.value, "q": words or None}
    labels = {choice.value: str(choice.label) for choice in form.state.offered()}
    return render_template(
        "events/manage.html",
        page=page,
        href=lambda number: url_for(".manage", page=number, **narrowed),
        form=form,
        active=[word for word in (chosen and chosen.name, state and labels[state], words) if word],
        runs=runs,
        create_in=chosen if chosen in runs else runs[0] if len(runs) == 1 else None,
        any_programme=bool(mine),
        many=len(mine) > 1,
    )
