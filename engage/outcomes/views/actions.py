"""The register for staff, one action's page, and a page for each verb that an action knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.core import clock
from engage.core.access import Principal, current_principal, requires
from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.core.forms import EngageForm
from engage.core.pages import Page, event_tabs, history_rows, page_number
from engage.core.text import _, _l
from engage.events import queries as events
from engage.events.models import Event
from engage.outcomes import policy, queries, service
from engage.outcomes.forms import (
    EmptyForm,
    ProgressForm,
    ReasonForm,
    ReassignForm,
    RedateForm,
    RegisterFilter,
    SupersedeForm,
    VerifyForm,
)
from engage.outcomes.models import OPEN_ACTION, PAST_DUE, Action, ActionState
from engage.outcomes.views import bp
from engage.outcomes.views.captured import named

UNPROCESSABLE = 422
SIZE = 50
ACTION_LABELS = {"text": _l("Wording"), "due": _l("Due date"), "private": _l("Private")}


@bp.get("/manage/actions")
@requires(lambda principal, _thing: bool(principal.roles))
def register() -> ResponseReturnValue:
    """All actions of one's programmes; the filters live in the address."""
    mine = current_principal().roles
    form = RegisterFilter(request.args)
    form.theme.choices = queries.themes_in(mine)
    form.validate()
    number = page_number(request.args.get("page"))
    rows, total = queries.register(
        programme_ids=mine,
        theme_id=form.theme.data,
        states=[form.state.data] if form.state.data else (),
        overdue=bool(form.overdue.data),
        words=form.q.data or "",
        limit=SIZE,
        offset=Page.offset(number, SIZE),
    )
    return render_template(
        "outcomes/register.html",
        page_href=lambda n: url_for(".register", **{**request.args.to_dict(), "page": n}),
        form=form,
        page=Page(items=rows, number=number, total=total, size=SIZE),
        filtered=any(request.args.get(k) for k in ("q", "theme", "state", "overdue")),
    )


@bp.get("/manage/events/<slug:event>/actions")
@requires(policy.may_read, on=events.by_slug)
def of_event(event: Event) -> ResponseReturnValue:
    """What was agreed at one event."""
    return render_template(
        "outcomes/of_event.html",
        event=event,
        tabs=event_tabs(event),
        actions=queries.lines_of_event(event.id),
        writes=policy.may_record(current_principal(), event),
    )


@dataclass(frozen=True)
class Verb:
    """One thing that can be done to an action: when, by whom, with what form, and what then."""

    name: str
    button: Any
    heading: Any
    lede: Any
    form: type[EngageForm]
    may: Callable[[Principal, Action], bool]
    when: frozenset[ActionState]
    run: Callable[[Action, Any], object]
    kind: str = "secondary"


def _progress(action: Action, form: ProgressForm) -> None:
    by = current_principal()
    if form.complete.data:
        service.report_complete(action, words=form.words.data, evidence_url=form.evidence_url.data, by=by)
    else:
        service.update_progress(
            action, words=form.words.data, percent=form.percent.data, evidence_url=form.evidence_url.data, by=by
        )


def _reassign(action: Action, form: ReassignForm) -> None:
    service.hold(action.event)
    owner, organisation = named(form)
    service.reassign(action, organisation=organisation, owner=owner, reason=form.reason.data, by=current_principal())


def _supersede(action: Action, form: SupersedeForm) -> None:
    successor = queries.action_by_reference(form.successor.data.upper())
    if successor is None:
        raise RuleBroken(_("There is no action with this reference."), field="successor")
    service.supersede_action(action, successor=successor, reason=form.reason.data, by=current_principal())


S = ActionState
RUNNING = frozenset({S.AGREED, S.IN_PROGRESS})
VERBS = (
    Verb(
        "agree", _l("Agree it now"), _l("Agree this action"),
        _l("From here the wording and the first due date never change. Its owner is told, with a link to report by."),
        EmptyForm, policy.may_convene, frozenset({S.PROPOSED}),
        lambda a, _f: service.agree_action(a, by=current_principal()), "primary",
    ),
    Verb(
        "progress", _l("Report progress"), _l("How is it going?"), "",
        ProgressForm, policy.may_progress, RUNNING, _progress, "primary",
    ),
    Verb(
        "verify", _l("Verify it"), _l("Verify that it was done"),
        _l("Look at the evidence first. Who reported it complete can’t verify it."),
        VerifyForm, policy.may_judge, frozenset({S.REPORTED_COMPLETE}),
        lambda a, f: service.verify(a, reason=f.reason.data, by=current_principal()), "primary",
    ),
    Verb(
        "return", _l("Return it"), _l("Return it to its owner"), _l("Say what is still missing. The owner is told."),
        ReasonForm, policy.may_judge, frozenset({S.REPORTED_COMPLETE}),
        lambda a, f: service.return_(a, reason=f.reason.data, by=current_principal()),
    ),
    Verb(
        "redate", _l("Move the due date"), _l("Move the due date"),
        _l("The first date stays visible, with how often and how far it moved."),
        RedateForm, policy.may_convene, RUNNING,
        lambda a, f: service.redate(a, due=f.due.data, reason=f.reason.data, by=current_principal()),
    ),
    Verb(
        "tell", _l("Send the owner’s link again"), _l("Send the owner their link again"),
        _l("They get a message with all that they need to report progress."),
        EmptyForm, policy.may_record, frozenset(OPEN_ACTION - {S.PROPOSED}),
        lambda a, _f: service.tell_again(a, by=current_principal()),
    ),
    Verb(
        "reassign", _l("Change the owner"), _l("Change who answers for it"), _l("The old owner’s link ends."),
        ReassignForm, policy.may_convene, frozenset(OPEN_ACTION), _reassign,
    ),
    Verb(
        "publish", _l("Publish it"), _l("Publish this action"),
        _l("Everybody can read it, with its dates and what came of it. Followers of its theme group are told."),
        EmptyForm, policy.may_convene, frozenset(set(S) - {S.PROPOSED}),
        lambda a, _f: service.publish_action(a, by=current_principal()),
    ),
    Verb(
        "reopen", _l("Reopen it"), _l("Reopen this action"), _l("It goes back to in progress, with your reason."),
        ReasonForm, policy.may_convene, frozenset({S.VERIFIED}),
        lambda a, f: service.reopen(a, reason=f.reason.data, by=current_principal()),
    ),
    Verb(
        "supersede", _l("Supersede it"), _l("Replace it by another action"), "",
        SupersedeForm, policy.may_convene, frozenset(OPEN_ACTION), _supersede,
    ),
    Verb(
        "drop", _l("Drop it"), _l("Drop this action"), _l("It stays readable as dropped, with your reason."),
        ReasonForm, policy.may_convene, frozenset(OPEN_ACTION),
        lambda a, f: service.drop(a, reason=f.reason.data, by=current_principal()), "warning",
    ),
)  # fmt: skip


FIRST = frozenset({"agree", "progress", "verify", "return", "publish"})
"""What one comes to the page for; the rest stands beside it."""


def offered(action: Action, principal: Principal) -> list[Verb]:
    """The verbs that this person may use on this action now."""
    return [v for v in VERBS if _fits(v, action) and v.may(principal, action)]


def _fits(verb: Verb, action: Action) -> bool:
    if verb.name == "publish" and (action.private or action.published_at or action.event.published_at is None):
        return False
    return action.state in verb.when


@bp.get("/manage/actions/<ref:reference>")
@requires(policy.may_read, on=queries.action_by_reference)
def action(action: Action) -> ResponseReturnValue:
    """One action: its chain, its dates, what was said of it, and what can be done now."""
    principal = current_principal()
    verbs = offered(action, principal)
    return render_template(
        "outcomes/action.html",
        action=action,
        event=action.event,
        first_verbs=[v for v in verbs if v.name in FIRST],
        more_verbs=[v for v in verbs if v.name not in FIRST],
        reporter=policy.is_reporter(principal, action),
        may_edit=action.state is ActionState.PROPOSED and policy.may_record(principal, action),
        overdue=queries.is_overdue(action, clock.today(action.event.programme.zone)),
        slip=queries.slip_of(action),
        redates=queries.history_of_dates(action.id),
        updates=queries.updates_of(action.id),
        history=history_rows("action", action.id, zone=action.event.zone, labels=ACTION_LABELS),
        past_due_states=PAST_DUE,
    )


def _page_for(verb: Verb) -> Callable[[Action], ResponseReturnValue]:
    def page(action: Action) -> ResponseReturnValue:
        start = {"organisation": action.organisation.name} if verb.form is ReassignForm else {}
        form = verb.form(data=start)
        back = url_for("outcomes.action", reference=action.reference)
        if form.validate_on_submit():
            try:
                with saving():
                    verb.run(action, form)
                flash(_("Done: %(what)s", what=verb.heading), "done")
                return redirect(back)
            except RuleBroken as no:
                form.attach(no)
        return render_template(
            "outcomes/verb.html", form=form, verb=verb, action=action, back=back
        ), UNPROCESSABLE if form.errors else 200

    page.__doc__ = f"{verb.name} an action: asks, then does."
    return page


for _verb in VERBS:
    _view = requires(_verb.may, on=queries.action_by_reference)(_page_for(_verb))
    bp.add_url_rule(
        f"/manage/actions/<ref:reference>/{_verb.name}",
        endpoint=f"action_{_verb.name}",
        view_func=_view,
        methods=["GET", "POST"],
    )
