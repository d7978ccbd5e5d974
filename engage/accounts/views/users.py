"""The administrator's pages of accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.accounts import policy, queries, service
from engage.accounts.forms import PressForm, UserForm, role_words
from engage.accounts.models import User
from engage.accounts.views import bp
from engage.accounts.views.mine import roles_in_words
from engage.core import slots
from engage.core.access import Role, current_principal, requires
from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.core.facts import History, history_of
from engage.core.pages import Page, page_number
from engage.core.text import _, ago


@dataclass(frozen=True, kw_only=True)
class UserLine:
    """One line of the list of accounts."""

    key: str
    name: str
    email: str
    is_admin: bool
    state: str
    roles: int
    seen_at: datetime | None


@bp.get("/admin/users")
@requires(policy.may_administer)
def users() -> ResponseReturnValue:
    """Every account, a page at a time."""
    number = page_number(request.args.get("page"))
    found = queries.users(limit=Page.size, offset=Page.offset(number))
    seen = queries.last_seen([user.id for user in found])
    lines = [
        UserLine(
            key=user.key,
            name=user.name,
            email=user.email,
            is_admin=user.is_admin,
            state=state_of(user),
            roles=len(user.grants),
            seen_at=seen.get(user.id),
        )
        for user in found
    ]
    page = Page(items=lines, number=number, total=queries.count())
    return render_template("accounts/users.html", page=page, href=lambda n: url_for(".users", page=n))


@bp.route("/admin/users/add", methods=["GET", "POST"])
@requires(policy.may_administer)
def add() -> ResponseReturnValue:
    """Make an account; its owner is told how to sign in."""
    form = UserForm()
    if form.validate_on_submit():
        try:
            with saving():
                user = service.add_user(
                    email=form.email.data,
                    name=form.name.data,
                    is_admin=form.is_admin.data,
                    tell=True,
                    by=current_principal(),
                )
                key = user.key
        except RuleBroken as refusal:
            form.attach(refusal)
        else:
            flash(_("The account is made, and a mail says how to sign in."), "done")
            return redirect(url_for(".user", user=key))
    return _form("accounts/add.html", form)


@bp.get("/admin/users/<key:user>")
@requires(policy.may_administer, on=queries.user_by_key)
def user(user: User) -> ResponseReturnValue:
    """One account: roles, sessions, history."""
    sessions = queries.live_sessions(user.id)
    return render_template(
        "accounts/user.html",
        user=user,
        state=state_of(user),
        roles=roles_in_words(_roles(user)),
        sessions=len(sessions),
        seen_at=sessions[0].seen_at if sessions else None,
        history=_history(user),
        form=PressForm(),
    )


@bp.route("/admin/users/<key:user>/edit", methods=["GET", "POST"])
@requires(policy.may_administer, on=queries.user_by_key)
def edit(user: User) -> ResponseReturnValue:
    """Change name, address, administration."""
    key, form = user.key, UserForm(obj=user)
    if form.validate_on_submit():
        try:
            with saving():
                service.edit_user(
                    user,
                    email=form.email.data,
                    name=form.name.data,
                    is_admin=form.is_admin.data,
                    by=current_principal(),
                )
        except RuleBroken as refusal:
            form.attach(refusal)
        else:
            flash(_("Saved."), "done")
            return redirect(url_for(".user", user=key))
    return _form("accounts/edit.html", form, key=key)


@bp.route("/admin/users/<key:user>/deactivate", methods=["GET", "POST"])
@requires(policy.may_administer, on=queries.user_by_key)
def deactivate(user: User) -> ResponseReturnValue:
    """Says what closing does, then does it."""
    key, form = user.key, PressForm()
    if form.validate_on_submit():
        try:
            with saving():
                service.deactivate(user, by=current_principal())
        except RuleBroken as refusal:
            form.attach(refusal)
        else:
            flash(_("The account is closed and signed out everywhere."), "done")
            return redirect(url_for(".user", user=key))
    return _form(
        "accounts/deactivate.html",
        form,
        key=key,
        name=user.name,
        sessions=len(queries.live_sessions(user.id)),
        oneself=user.id == current_principal().user_id,
    )


@bp.post("/admin/users/<key:user>/reactivate")
@requires(policy.may_administer, on=queries.user_by_key)
def reactivate(user: User) -> ResponseReturnValue:
    """Open a closed account again."""
    key = user.key
    if PressForm().validate_on_submit():
        with saving():
            service.reactivate(user, by=current_principal())
        flash(_("The account is open again, with the roles that it had."), "done")
    return redirect(url_for(".user", user=key))


@bp.post("/admin/users/<key:user>/sign-out")
@requires(policy.may_administer, on=queries.user_by_key)
def sign_out_user(user: User) -> ResponseReturnValue:
    """End every session of an account: a lost telephone."""
    key = user.key
    if PressForm().validate_on_submit():
        with saving():
            service.end_sessions_of(user, by=current_principal())
        flash(_("The account is signed out everywhere."), "done")
    return redirect(url_for(".user", user=key))


def state_of(user: User) -> str:
    """The word of the account's state, as components/tag.html knows it."""
    return "active" if user.active else "closed"


def _form(template: str, form: UserForm | PressForm, **context: object) -> ResponseReturnValue:
    page = render_template(template, form=form, **context)
    return (page, 422) if form.has_errors else page


def _roles(user: User) -> dict[int, frozenset[Role]]:
    scopes = {grant.programme_id for grant in user.grants}
    return {scope: frozenset(grant.role for grant in user.grants if grant.programme_id == scope) for scope in scopes}


def _history(user: User) -> Sequence[dict[str, object]]:
    rows = history_of("user", user.id)
    names = slots.names_of({row.actor for row in rows})
    scopes = dict(slots.scope_names.collect({row.programme_id for row in rows if row.programme_id}))
    return [
        {"when": ago(row.at), "who": names.get(row.actor, ""), "what": row.says, "why": _what_role(row, scopes)}
        for row in rows
    ]


def _what_role(row: History, scopes: Mapping[int, str]) -> str:
    """Of a role given or taken back: which, and where."""
    if "role" not in row.data:
        return ""
    role, programme = role_words(Role(row.data["role"])), scopes.get(row.programme_id or 0, "")
    return _("%(role)s in %(programme)s", role=role, programme=programme) if programme else role
