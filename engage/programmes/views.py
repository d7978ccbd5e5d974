"""Staff pages of programmes: list, overview, words, publication, closing, roles, history."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engage.accounts import queries as accounts
from engage.accounts.forms import ROLES
from engage.core import slots
from engage.core.access import current_principal, requires, signed_in
from engage.core.db import db, saving
from engage.core.errors import NotFound, RuleBroken, StaleVersion
from engage.core.forms import EngageForm
from engage.core.pages import Place, Question, Verbs, ask, differences, history_rows, publishing, version_of
from engage.core.text import _, _l
from engage.programmes import policy, queries, service
from engage.programmes.facts import ProgrammePublished
from engage.programmes.forms import CreateForm, EditForm, GrantForm, ReasonForm, RevokeForm
from engage.programmes.models import Programme, ProgrammeState

bp = Blueprint("programmes", __name__)

LABELS = {
    "next_number": _l("Next number"),
    "announce_at": _l("Published on"),
    "name": _l("Name"),
    "convening_body": _l("Convening body"),
    "summary": _l("Summary"),
    "purpose": _l("Purpose"),
    "zone": _l("Time zone"),
    "starts_on": _l("Start"),
    "ends_on": _l("End"),
    "state": _l("State"),
}
WORDS = ("name", "convening_body", "summary", "purpose", "zone", "starts_on", "ends_on")
ROLE_NAMES = {role: name for role, name, _hint in ROLES}


@bp.get("/manage/programmes")
@signed_in
def manage() -> ResponseReturnValue:
    """The programmes in which one holds a role; for administrators all."""
    principal = current_principal()
    rows = [
        {
            "programme": programme,
            "href": url_for(".show" if policy.may_see(principal, programme) else ".roles", programme=programme.slug),
            "roles": ", ".join(str(name) for role, name, _hint in ROLES if principal.has(role, in_=programme.id)),
            "visibility": "public" if queries.is_public(programme) else "private",
        }
        for programme in queries.all_for(principal)
    ]
    return render_template("programmes/manage.html", rows=rows, may_create=policy.may_create(principal, None))


@bp.route("/manage/programmes/new", methods=["GET", "POST"])
@requires(policy.may_create)
def create() -> ResponseReturnValue:
    """A new programme, and on to its first convenor."""
    form = CreateForm(zone="Europe/London")
    if form.validate_on_submit():
        try:
            with saving():
                programme = service.create(
                    prefix=form.prefix.data.upper(), slug=form.slug.data, by=current_principal(), **_typed(form)
                )
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("Created. It stays private until its convenor publishes it."), "done")
            return redirect(url_for(".roles", programme=programme.slug))
    return render_template("programmes/create.html", form=form), _status(form)


@bp.get("/manage/programmes/<slug:programme>")
@requires(policy.may_see, on=queries.by_slug)
def show(programme: Programme) -> ResponseReturnValue:
    """What the programme is and what goes on in it: the rest comes from higher floors through the slot."""
    principal = current_principal()
    sections = sorted(slots.programme_sections.collect(programme, principal), key=lambda section: section.order)
    return render_template("programmes/show.html", sections=sections, **_about(programme, "show"))


@bp.route("/manage/programmes/<slug:programme>/edit", methods=["GET", "POST"])
@requires(policy.may_edit, on=queries.by_slug)
def edit(programme: Programme) -> ResponseReturnValue:
    """Its words and dates. Who saves second sees both texts, side by side."""
    form = EditForm(obj=programme)
    clash: list[dict[str, str]] | None = None
    if form.validate_on_submit():
        version = version_of(form.version.data)
        try:
            with saving():
                service.edit(programme, version=version, by=current_principal(), **_typed(form))
        except StaleVersion:
            db.session.refresh(programme)
            clash = differences(EditForm(formdata=None, obj=programme), form)
            form.version.data = str(programme.version)
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("Saved."), "done")
            return redirect(url_for(".show", programme=programme.slug))
    status = _status(form) if clash is None else 409
    return render_template("programmes/edit.html", form=form, clash=clash, programme=programme), status


@bp.route("/manage/programmes/<slug:programme>/publish", methods=["GET", "POST"])
@requires(policy.may_edit, on=queries.by_slug)
def publish(programme: Programme) -> ResponseReturnValue:
    """Asks first, since a page that was public has been read."""
    return _ask(
        programme,
        publishing(
            programme,
            title=_("Publish %(name)s?", name=programme.name),
            lede=_(
                "Everybody can read its page from then on: name, purpose, dates, and what is published under it. "
                "Theme groups and events are published one by one."
            ),
            done=_("Published. Everybody can read the programme’s page now."),
            zone=programme.zone,
            fact=ProgrammePublished(subject_id=programme.id, programme_id=programme.id),
            verbs=Verbs(
                now=lambda: service.publish(programme, by=current_principal()),
                at=lambda at: service.publish_at(programme, at=at, by=current_principal()),
                never=lambda: service.call_off_publication(programme, by=current_principal()),
            ),
        ),
    )


@bp.route("/manage/programmes/<slug:programme>/close", methods=["GET", "POST"])
@requires(policy.may_edit, on=queries.by_slug)
def close(programme: Programme) -> ResponseReturnValue:
    """With a reason."""
    return _ask(
        programme,
        Question(
            title=_("Close %(name)s?", name=programme.name),
            lede=_(
                "The programme has done its work. Its pages stay as they are, and no new theme groups are proposed."
            ),
            button=_("Close the programme"),
            done=_("Closed. Its pages stay as they are."),
            form=ReasonForm(),
            act=lambda form: service.close(programme, reason=form.reason.data, by=current_principal()),
        ),
    )


@bp.route("/manage/programmes/<slug:programme>/reopen", methods=["GET", "POST"])
@requires(policy.may_edit, on=queries.by_slug)
def reopen(programme: Programme) -> ResponseReturnValue:
    """With a reason."""
    return _ask(
        programme,
        Question(
            title=_("Reopen %(name)s?", name=programme.name),
            lede=_("The programme works again."),
            button=_("Reopen the programme"),
            done=_("The programme is active again."),
            form=ReasonForm(),
            act=lambda form: service.reopen(programme, reason=form.reason.data, by=current_principal()),
        ),
    )


@bp.route("/manage/programmes/<slug:programme>/roles", methods=["GET", "POST"])
@requires(policy.may_give_roles, on=queries.by_slug)
def roles(programme: Programme) -> ResponseReturnValue:
    """Who may do what here; a role is given by e-mail address."""
    form = GrantForm()
    if form.validate_on_submit():
        try:
            with saving():
                service.give_role(
                    programme,
                    email=form.email.data,
                    name=form.name.data,
                    role=form.role.data,
                    by=current_principal(),
                )
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("The role is given."), "done")
            return redirect(url_for(".roles", programme=programme.slug))
    return _roles_page(programme, form), _status(form)


@bp.post("/manage/programmes/<slug:programme>/roles/revoke")
@requires(policy.may_give_roles, on=queries.by_slug)
def revoke(programme: Programme) -> ResponseReturnValue:
    """Take one role back."""
    form = RevokeForm()
    if form.validate_on_submit():
        held = accounts.grant_in(programme.id, form.user.data, form.role.data)
        user = accounts.user_by_key(form.user.data)
        if held is None or user is None:
            raise NotFound
        try:
            with saving():
                service.take_role(programme, user=user, role=held.role, by=current_principal())
        except RuleBroken as no:
            form.attach(no)
        else:
            flash(_("The role is taken back. It ends with the next page that they open."), "done")
            return redirect(url_for(".roles", programme=programme.slug))
    return _roles_page(programme, GrantForm(formdata=None), refused=form), 422


@bp.get("/manage/programmes/<slug:programme>/history")
@requires(policy.may_see, on=queries.by_slug)
def history(programme: Programme) -> ResponseReturnValue:
    """Who did what, when and why."""
    rows = history_rows("programme", programme.id, zone=programme.zone, labels=LABELS)
    return render_template("programmes/history.html", rows=rows, **_about(programme, "history"))


def _typed(form: Any) -> dict[str, Any]:
    return {name: form[name].data for name in WORDS}


def _status(form: EngageForm) -> int:
    return 422 if form.has_errors else 200


def _ask(programme: Programme, question: Question) -> ResponseReturnValue:
    """Ask on a page of the programme, and come back to its overview."""
    place = Place(href=url_for(".show", programme=programme.slug), name=programme.name, section="programmes")
    return ask(question, place=place)


def _roles_page(programme: Programme, form: GrantForm, refused: RevokeForm | None = None) -> str:
    rows = [
        {
            "user": user,
            "role": ROLE_NAMES[grant.role],
            "form": RevokeForm(formdata=None, data={"user": user.key, "role": grant.role.value}),
            "since": grant.granted_at,
        }
        for user, grant in accounts.grants_in(programme.id)
    ]
    return render_template("programmes/roles.html", rows=rows, form=form, refused=refused, **_about(programme, "roles"))


def _about(programme: Programme, here: str) -> dict[str, Any]:
    """What every page about one programme shows: tabs, state, and what this person may do."""
    principal = current_principal()
    tabs: list[tuple[str, str, bool]] = [
        ("show", _("Overview"), policy.may_see(principal, programme)),
        ("roles", _("Roles"), policy.may_give_roles(principal, programme)),
        ("history", _("History"), policy.may_see(principal, programme)),
    ]
    return {
        "programme": programme,
        "public": queries.is_public(programme),
        "may_edit": policy.may_edit(principal, programme),
        "active": programme.state is ProgrammeState.ACTIVE,
        "tabs": [
            {"href": url_for(f".{name}", programme=programme.slug), "text": text, "here": name == here}
            for name, text, allowed in tabs
            if allowed
        ],
    }
