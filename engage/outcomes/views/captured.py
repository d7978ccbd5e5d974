"""Capturing what was concluded and agreed: outcomes and actions of one event, and changing them while one may."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.core.access import current_principal, requires
from engage.core.db import saving
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.pages import differences, version_of
from engage.core.text import _
from engage.events import queries as events
from engage.events.models import AgendaItem, Event
from engage.outcomes import policy, queries, service
from engage.outcomes.forms import ActionForm, OutcomeForm, ReasonForm, ReassignForm, SupersedeForm, theme_choices
from engage.outcomes.models import Action, Outcome
from engage.outcomes.views import bp
from engage.people import queries as people_queries
from engage.people import service as people
from engage.people.models import Organisation, Person
from engage.themes import queries as themes
from engage.themes.models import ThemeGroup

UNPROCESSABLE = 422


def _offer(form: OutcomeForm | ActionForm, event: Event) -> dict[int, ThemeGroup]:
    """Set the choices of this event's programme; returns its theme groups by id."""
    groups = {t.id: t for t in themes.open_of(event.programme_id)}
    form.theme.choices = theme_choices(list(groups.values()))
    if isinstance(form, OutcomeForm):
        form.agenda_item.choices = [(i.id, i.title) for i in events.agenda_of(event.id)]
    else:
        form.other_themes.choices = form.theme.choices
        form.outcome.choices = [(o.id, f"{o.reference} {o.text[:80]}") for o in queries.outcomes_of_event(event.id)]
    return groups


def _default_theme(event: Event) -> int | None:
    return event.owning_theme.id if event.owning_theme else None


def _asked(name: str) -> int | None:
    """An id that a link on the record page passed along; the form's choices decide whether it is one of them."""
    given = request.args.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


@bp.route("/manage/events/<slug:event>/outcomes/new", methods=["GET", "POST"])
@requires(policy.may_record, on=events.by_slug)
def new_outcome(event: Event) -> ResponseReturnValue:
    """Record a conclusion of the room."""
    return _outcome_page(event, OutcomeForm(data={"theme": _default_theme(event), "agenda_item": _asked("item")}))


@bp.route("/manage/outcomes/<ref:reference>/edit", methods=["GET", "POST"])
@requires(policy.may_record, on=queries.outcome_by_reference)
def edit_outcome(outcome: Outcome) -> ResponseReturnValue:
    """Reword a provisional outcome; who saved second sees both texts."""
    return _outcome_page(outcome.event, OutcomeForm(data=_stored_outcome(outcome)), outcome)


def _outcome_page(event: Event, form: OutcomeForm, outcome: Outcome | None = None) -> ResponseReturnValue:
    groups = _offer(form, event)
    clash: list[dict[str, str]] | None = None
    if form.validate_on_submit():
        try:
            with saving():
                given: dict[str, Any] = {
                    "kind": form.kind.data,
                    "text": form.text.data,
                    "theme": groups.get(form.theme.data),
                    "agenda_item": _item_of(event, form.agenda_item.data),
                    "private": form.private.data,
                    "by": current_principal(),
                }
                if outcome is None:
                    kept = service.add_outcome(event, **given)
                else:
                    kept = service.edit_outcome(outcome, version=version_of(form.version.data), **given)
            if outcome is None:
                flash(_("Recorded as %(reference)s.", reference=kept.reference), "done")
            return redirect(url_for(".record", event=event.slug, _anchor=kept.reference))
        except RuleBroken as no:
            form.attach(no)
            if outcome is not None and isinstance(no, StaleVersion):
                clash = _clash(form, OutcomeForm(formdata=None, data=_stored_outcome(outcome)), event)
    return render_template(
        "outcomes/outcome_form.html", form=form, event=event, outcome=outcome, clash=clash
    ), UNPROCESSABLE if form.errors else 200


def _stored_outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "kind": outcome.kind,
        "text": outcome.text,
        "theme": outcome.theme_id,
        "agenda_item": outcome.agenda_item_id,
        "private": outcome.private,
        "version": str(outcome.version),
    }


@bp.route("/manage/outcomes/<ref:reference>/strike", methods=["GET", "POST"])
@requires(policy.may_record, on=queries.outcome_by_reference)
def strike(outcome: Outcome) -> ResponseReturnValue:
    """Strike a provisional outcome out, with a reason."""
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            with saving():
                service.strike(outcome, reason=form.reason.data, by=current_principal())
            return redirect(url_for(".record", event=outcome.event.slug))
        except RuleBroken as no:
            form.attach(no)
    return render_template(
        "outcomes/reason.html",
        form=form,
        heading=_("Strike out %(reference)s", reference=outcome.reference),
        lede=outcome.text,
        button_text=_("Strike it out"),
        back=url_for(".record", event=outcome.event.slug),
        caption=outcome.event.title,
    ), UNPROCESSABLE if form.errors else 200


@bp.route("/manage/outcomes/<ref:reference>/supersede", methods=["GET", "POST"])
@requires(policy.may_convene, on=queries.outcome_by_reference)
def supersede(outcome: Outcome) -> ResponseReturnValue:
    """Name the later outcome that replaces a confirmed one."""
    form = SupersedeForm()
    if form.validate_on_submit():
        try:
            with saving():
                successor = queries.outcome_by_reference(form.successor.data.upper())
                if successor is None:
                    raise RuleBroken(_("There is no outcome with this reference."), field="successor")
                service.supersede(outcome, successor=successor, reason=form.reason.data, by=current_principal())
            return redirect(url_for(".record", event=outcome.event.slug))
        except RuleBroken as no:
            form.attach(no)
    return render_template(
        "outcomes/supersede.html", form=form, thing=outcome, back=url_for(".record", event=outcome.event.slug)
    ), UNPROCESSABLE if form.errors else 200


@bp.route("/manage/events/<slug:event>/actions/new", methods=["GET", "POST"])
@requires(policy.may_record, on=events.by_slug)
def new_action(event: Event) -> ResponseReturnValue:
    """Capture an action: proposed until the record, or the convenor, agrees it."""
    return _action_page(event, ActionForm(data={"theme": _default_theme(event), "outcome": _asked("outcome")}))


@bp.route("/manage/actions/<ref:reference>/edit", methods=["GET", "POST"])
@requires(policy.may_record, on=queries.action_by_reference)
def edit_action(action: Action) -> ResponseReturnValue:
    """Change a proposed action, whose wording is not agreed yet; who saved second sees both texts."""
    return _action_page(action.event, ActionForm(data=_stored_action(action)), action)


def _action_page(event: Event, form: ActionForm, action: Action | None = None) -> ResponseReturnValue:
    groups = _offer(form, event)
    clash: list[dict[str, str]] | None = None
    if form.validate_on_submit():
        try:
            with saving():
                service.hold(event)
                owner, organisation = named(form)
                given: dict[str, Any] = {
                    "text": form.text.data,
                    "theme": groups.get(form.theme.data),
                    "organisation": organisation,
                    "owner": owner,
                    "due": form.due.data,
                    "outcome": _outcome_of(event, form.outcome.data),
                    "other_themes": [groups[i] for i in form.other_themes.data or []],
                    "private": form.private.data,
                    "by": current_principal(),
                }
                if action is None:
                    kept = service.add_action(event, **given)
                else:
                    kept = service.edit_action(action, version=version_of(form.version.data), **given)
            if action is None:
                flash(_("Recorded as %(reference)s.", reference=kept.reference), "done")
                return redirect(url_for(".record", event=event.slug, _anchor=kept.reference))
            return redirect(url_for(".action", reference=kept.reference))
        except RuleBroken as no:
            form.attach(no)
            if action is not None and isinstance(no, StaleVersion):
                clash = _clash(form, ActionForm(formdata=None, data=_stored_action(action)), event)
    return render_template(
        "outcomes/action_form.html", form=form, event=event, action=action, clash=clash
    ), UNPROCESSABLE if form.errors else 200


def _stored_action(action: Action) -> dict[str, Any]:
    return {
        "text": action.text,
        "organisation": action.organisation.name,
        "owner_email": action.owner.email if action.owner else "",
        "owner_name": action.owner.name if action.owner else "",
        "due": action.due,
        "theme": action.theme_id,
        "other_themes": [link.theme_id for link in action.other_themes],
        "outcome": action.outcome_id,
        "private": action.private,
        "version": str(action.version),
    }


def _clash(form: OutcomeForm | ActionForm, saved: OutcomeForm | ActionForm, event: Event) -> list[dict[str, str]]:
    """Where what is saved now differs from what this person typed, who may now save over it."""
    _offer(saved, event)
    form.version.data = saved.version.data
    return differences(saved, form)


def named(form: ActionForm | ReassignForm) -> tuple[Person | None, Organisation]:
    """Owner and organisation, found or made: the person first, as everywhere, so that no two who name the same new
    ones wait for each other."""
    owner = owner_typed(form.owner_email.data, form.owner_name.data, form.organisation.data)
    return owner, people.organisation_named(form.organisation.data, by=current_principal())


def owner_typed(email: str, name: str, organisation: str) -> Person | None:
    """The person at this address, found or made; None where no address was typed."""
    if not email:
        if name:
            raise RuleBroken(_("Enter the owner’s e-mail address too, or leave both empty."), field="owner_email")
        return None
    if people_queries.person_by_email(email) is None and not name:
        raise RuleBroken(_("Enter the owner’s full name: this address is new here."), field="owner_name")
    return people.person_for(email=email, name=name, organisation=organisation, role="", by=current_principal())


def _outcome_of(event: Event, ident: int | None) -> Outcome | None:
    return next((o for o in queries.outcomes_of_event(event.id) if o.id == ident), None)


def _item_of(event: Event, ident: int | None) -> AgendaItem | None:
    return next((i for i in events.agenda_of(event.id) if i.id == ident), None)
