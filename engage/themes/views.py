"""Staff pages of theme groups: overview, words, states, publication, who leads, history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engage.core import slots
from engage.core.access import current_principal, requires
from engage.core.db import db, lock, saving
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import History, preview
from engage.core.forms import EngageForm
from engage.core.pages import Place, Question, Verbs, ask, differences, history_rows, publishing, version_of
from engage.core.text import _, _l
from engage.people import queries as people_queries
from engage.people.models import Person
from engage.people.service import person_for
from engage.programmes import queries as programmes
from engage.programmes.models import Programme
from engage.themes import policy, queries, service
from engage.themes.facts import ThemePublished
from engage.themes.forms import (
    ROLE_NAMES,
    AppointForm,
    CloseForm,
    EditForm,
    EndForm,
    HandOverForm,
    PlainForm,
    ProposeForm,
    ReasonForm,
)
from engage.themes.models import MOVES, Term, TermRole, ThemeGroup, ThemeState

bp = Blueprint("themes", __name__)

LABELS = {
    "announce_at": _l("Published on"),
    "title": _l("Title"),
    "scope": _l("Scope"),
    "plan": _l("Plan"),
    "contact": _l("Public contact"),
    "state": _l("State"),
}
PERSON_KEYS = ("person_id", "from_person_id", "to_person_id")
WORDS = ("title", "scope", "plan", "contact")


@bp.route("/manage/programmes/<slug:programme>/themes/new", methods=["GET", "POST"])
@requires(policy.may_propose, on=programmes.by_slug)
def propose(programme: Programme) -> ResponseReturnValue:
    """A new theme group of this programme."""
    form = ProposeForm()
    if form.validate_on_submit():
        try:
            with saving():
                theme = service.propose(programme, slug=form.slug.data, by=current_principal(), **_typed(form))
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("Proposed. Appoint its lead, then activate and publish it."), "done")
            return redirect(url_for(".show", theme=theme.slug))
    return render_template("themes/propose.html", form=form, programme=programme), _status(form)


@bp.get("/manage/themes/<slug:theme>")
@requires(policy.may_see, on=queries.by_slug)
def show(theme: ThemeGroup) -> ResponseReturnValue:
    """What the group is and how it stands: the rest comes from higher floors through the slot."""
    principal = current_principal()
    sections = sorted(slots.theme_sections.collect(theme, principal), key=lambda section: section.order)
    leads = queries.leads_on([theme.id], queries.today_of(theme)).get(theme.id, ())
    successor = queries.by_id(theme.successor_id) if theme.successor_id else None
    return render_template(
        "themes/show.html", sections=sections, leads=leads, successor=successor, **_about(theme, "show")
    )


@bp.route("/manage/themes/<slug:theme>/edit", methods=["GET", "POST"])
@requires(policy.may_edit, on=queries.by_slug)
def edit(theme: ThemeGroup) -> ResponseReturnValue:
    """The page's words. Who saves second sees both texts, side by side."""
    form = EditForm(obj=theme)
    clash: list[dict[str, str]] | None = None
    if form.validate_on_submit():
        version = version_of(form.version.data)
        try:
            with saving():
                service.edit(theme, version=version, by=current_principal(), **_typed(form))
        except StaleVersion:
            db.session.refresh(theme)
            clash = differences(EditForm(formdata=None, obj=theme), form)
            form.version.data = str(theme.version)
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("Saved."), "done")
            return redirect(url_for(".show", theme=theme.slug))
    status = _status(form) if clash is None else 409
    return render_template("themes/edit.html", form=form, clash=clash, theme=theme), status


@bp.route("/manage/themes/<slug:theme>/activate", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_slug)
def activate(theme: ThemeGroup) -> ResponseReturnValue:
    """Proposed or resting → active."""
    return _ask(
        theme,
        Question(
            title=_("Make %(title)s active?", title=theme.title),
            lede=_("An active theme group works: somebody leads it, and it takes on actions."),
            button=_("Make it active"),
            done=_("The theme group is active."),
            form=PlainForm(),
            act=lambda _form: service.activate(theme, by=current_principal()),
        ),
    )


@bp.route("/manage/themes/<slug:theme>/rest", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_slug)
def rest(theme: ThemeGroup) -> ResponseReturnValue:
    """Active → dormant."""
    return _ask(
        theme,
        Question(
            title=_("Let %(title)s rest?", title=theme.title),
            lede=_("A resting theme group keeps its page, its actions and its followers. It can become active again."),
            button=_("Let it rest"),
            done=_("The theme group rests."),
            form=ReasonForm(),
            act=lambda form: service.rest(theme, reason=form.reason.data, by=current_principal()),
        ),
    )


@bp.route("/manage/themes/<slug:theme>/publish", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_slug)
def publish(theme: ThemeGroup) -> ResponseReturnValue:
    """Asks first, since a page that was public has been read."""
    return _ask(
        theme,
        publishing(
            theme,
            title=_("Publish %(title)s?", title=theme.title),
            lede=_(
                "Everybody can read its page from then on, see who leads it, and follow it by e-mail. Its actions and "
                "events are published one by one."
            ),
            done=_("Published. Everybody can read the page now, and follow the theme group."),
            zone=theme.programme.zone,
            fact=ThemePublished(subject_id=theme.id, programme_id=theme.programme_id),
            verbs=Verbs(
                now=lambda: service.publish(theme, by=current_principal()),
                at=lambda at: service.publish_at(theme, at=at, by=current_principal()),
                never=lambda: service.call_off_publication(theme, by=current_principal()),
            ),
        ),
    )


@bp.route("/manage/themes/<slug:theme>/close", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_slug)
def close(theme: ThemeGroup) -> ResponseReturnValue:
    """Closing moves actions and followers: first the question, then what it will do, then the act."""
    others = {str(other.id): other for other in queries.open_of(theme.programme_id) if other.id != theme.id}
    form = CloseForm()
    form.successor.choices = [(ident, other.title) for ident, other in others.items()]
    if not form.validate_on_submit():
        return render_template("themes/close.html", form=form, theme=theme), _status(form)
    successor, reason = others.get(form.successor.data or ""), form.reason.data
    try:
        if form.sure.data:
            with saving():
                service.close(theme, successor=successor, reason=reason, by=current_principal())
            flash(_("Closed. Its page stays as it was."), "done")
            return redirect(url_for(".show", theme=theme.slug))
        fact = service.closing(theme, successor=successor, reason=reason)
    except RuleBroken as no:
        form.attach(no)
        return render_template("themes/close.html", form=form, theme=theme), 422
    form.sure.data = "yes"
    return render_template("themes/close_sure.html", form=form, theme=theme, successor=successor, effects=preview(fact))


@bp.get("/manage/themes/<slug:theme>/people")
@requires(policy.may_see, on=queries.by_slug)
def people(theme: ThemeGroup) -> ResponseReturnValue:
    """Who leads and belongs, and who did."""
    rows = [_term_row(term) for term in queries.terms_of(theme.id)]
    return render_template("themes/people.html", rows=rows, **_about(theme, "people"))


@bp.route("/manage/themes/<slug:theme>/people/new", methods=["GET", "POST"])
@requires(policy.may_run, on=queries.by_slug)
def appoint(theme: ThemeGroup) -> ResponseReturnValue:
    """A new term of somebody."""
    form = AppointForm(role=TermRole.LEAD, starts_on=queries.today_of(theme))
    if form.validate_on_submit():
        try:
            with saving():
                service.appoint(
                    theme,
                    person=_person(theme, form),
                    role=form.role.data,
                    starts_on=form.starts_on.data,
                    ends_on=form.ends_on.data,
                    organisation=form.organisation.data,
                    by=current_principal(),
                )
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("Appointed."), "done")
            return redirect(url_for(".people", theme=theme.slug))
    return render_template("themes/appoint.html", form=form, theme=theme), _status(form)


@bp.route("/manage/themes/<slug:theme>/people/<key:term>/end", methods=["GET", "POST"])
@requires(policy.may_end, on=queries.term_by_key)
def end(term: Term) -> ResponseReturnValue:
    """A term's last day."""
    form = EndForm(ends_on=term.ends_on or max(queries.today_of(term.theme), term.starts_on))
    if form.validate_on_submit():
        try:
            with saving():
                service.end_term(term, ends_on=form.ends_on.data, by=current_principal())
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("Saved. The term stays on the page, with its dates."), "done")
            return redirect(url_for(".people", theme=term.theme.slug))
    return render_template("themes/end.html", form=form, term=term, theme=term.theme), _status(form)


@bp.route("/manage/themes/<slug:theme>/people/<key:term>/hand-over", methods=["GET", "POST"])
@requires(policy.may_end, on=queries.term_by_key)
def hand_over(term: Term) -> ResponseReturnValue:
    """One lead after another in one act; the page says what else moves."""
    today = queries.today_of(term.theme)
    form = HandOverForm(on=today)
    if form.validate_on_submit():
        try:
            with saving():
                service.hand_over(
                    term,
                    person=_person(term.theme, form),
                    on=form.on.data,
                    organisation=form.organisation.data,
                    by=current_principal(),
                )
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("Handed over."), "done")
            return redirect(url_for(".people", theme=term.theme.slug))
    effects = preview(service.handing_over(term, person_id=0, on=today))
    page = render_template("themes/hand_over.html", form=form, term=term, theme=term.theme, effects=effects)
    return page, _status(form)


@bp.get("/manage/themes/<slug:theme>/history")
@requires(policy.may_see, on=queries.by_slug)
def history(theme: ThemeGroup) -> ResponseReturnValue:
    """Who did what, when and why."""
    rows = history_rows("theme", theme.id, zone=theme.programme.zone, labels=LABELS, details=_who_was_meant)
    return render_template("themes/history.html", rows=rows, **_about(theme, "history"))


def _who_was_meant(rows: Sequence[History]) -> dict[int, str]:
    """Whose term began or ended, who handed over to whom: history keeps ids, so that a name can be erased."""
    names = people_queries.names({int(row.data[key]) for row in rows for key in PERSON_KEYS if key in row.data})
    said = {row.id: [names.get(int(row.data[key])) for key in PERSON_KEYS if key in row.data] for row in rows}
    return {ident: " → ".join(found for found in who if found) for ident, who in said.items() if any(who)}


def _person(theme: ThemeGroup, form: AppointForm | HandOverForm) -> Person:
    """Who was named, found or new, once the programme is locked: parents first."""
    lock(Programme, theme.programme_id)
    return person_for(
        email=form.email.data, name=form.name.data, organisation=form.organisation.data, by=current_principal()
    )


def _typed(form: Any) -> dict[str, Any]:
    return {name: form[name].data for name in WORDS}


def _status(form: EngageForm) -> int:
    return 422 if form.has_errors else 200


def _ask(theme: ThemeGroup, question: Question) -> ResponseReturnValue:
    """Ask on a page of the theme group, and come back to its overview."""
    place = Place(href=url_for(".show", theme=theme.slug), name=theme.title, section="programmes")
    return ask(question, place=place)


def _term_row(term: Term) -> dict[str, Any]:
    today = queries.today_of(term.theme)
    over = term.ends_on is not None and term.ends_on < today
    ahead = term.starts_on > today
    return {
        "term": term,
        "role": ROLE_NAMES[term.role],
        "over": over,
        "when": _("from then on") if ahead else _("over") if over else _("now"),
        "tone": "plan" if ahead else "done" if over else "go",
        "hands_over": term.role is TermRole.LEAD and not over and not ahead,
    }


def _about(theme: ThemeGroup, here: str) -> dict[str, Any]:
    """What every page about one theme group shows: tabs, state, and what this person may do."""
    principal = current_principal()
    run = policy.may_run(principal, theme)
    moves = MOVES[theme.state]
    tabs = [("show", _("Overview")), ("people", _("People")), ("history", _("History"))]
    return {
        "theme": theme,
        "public": queries.is_public(theme),
        "vacant": queries.is_vacant(theme),
        "knows": principal.knows(theme.programme_id),
        "may_edit": policy.may_edit(principal, theme) and theme.state is not ThemeState.CLOSED,
        "may_run": run,
        "may_appoint": run and theme.state is not ThemeState.CLOSED,
        "may_publish": run and theme.published_at is None,
        "can": {state.value: run and state in moves for state in ThemeState},
        "tabs": [
            {"href": url_for(f".{name}", theme=theme.slug), "text": text, "here": name == here} for name, text in tabs
        ],
    }
