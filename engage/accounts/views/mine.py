"""One's own account: where one is signed in, and how to end that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from engage.accounts import policy, queries, service
from engage.accounts.forms import PressForm, role_words
from engage.accounts.models import SignedInSession
from engage.accounts.views import bp
from engage.core import slots
from engage.core.access import Role, current_principal, requires, signed_in
from engage.core.db import saving
from engage.core.text import _, ngettext

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, kw_only=True)
class SessionLine:
    """One line of the list."""

    key: str
    browser: str
    here: bool
    since: datetime
    seen_at: datetime


@bp.get("/manage/account")
@signed_in
def account() -> ResponseReturnValue:
    """Name, roles, and every place where one is signed in."""
    who = current_user
    lines = [
        SessionLine(
            key=row.key,
            browser=browser_words(row.agent),
            here=row.id == who.session_id,
            since=row.created_at,
            seen_at=row.seen_at,
        )
        for row in queries.live_sessions(who.user_id)
    ]
    return render_template(
        "accounts/account.html",
        who=who,
        roles=roles_in_words(who.roles),
        sessions=lines,
        elsewhere=len(lines) > 1,
        form=PressForm(),
    )


@bp.post("/manage/account/sessions/<key:session>/end")
@requires(policy.may_end_session, on=queries.session_by_key)
def end(row: SignedInSession) -> ResponseReturnValue:
    """Sign out in one other place."""
    if PressForm().validate_on_submit():
        with saving():
            service.end_session(row.id)
        flash(_("That session is signed out."), "done")
    return redirect(url_for(".account"))


@bp.post("/manage/account/sign-out-elsewhere")
@signed_in
def end_others() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    if PressForm().validate_on_submit():
        who = current_user
        with saving():
            count = service.end_other_sessions(who.user_id, but=who.session_id, by=current_principal())
        flash(ngettext("%(num)d other session is signed out.", "%(num)d other sessions are signed out.", count), "done")
    return redirect(url_for(".account"))


def roles_in_words(roles: dict[int, frozenset[Role]]) -> list[tuple[str, str]]:
    """Roles held, as (programme, roles in words), by the programme's name."""
    named = dict(slots.scope_names.collect(sorted(roles)))
    lines = [
        (named[scope], ", ".join(role_words(role) for role in Role if role in held))
        for scope, held in roles.items()
        if scope in named
    ]
    return sorted(lines)


def browser_words(agent: str) -> str:
    """ "Firefox on Windows", from what a browser calls itself; plain words where that says nothing."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("A browser that doesn’t say its name")
