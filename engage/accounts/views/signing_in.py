"""Sign in by a one-time link, sign out. Asking answers the same words, with the same work, for every address."""

from __future__ import annotations

import hashlib

import structlog
from flask import g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from sqlalchemy.exc import SQLAlchemyError

from engage.accounts import queries, service
from engage.accounts.forms import AskForm, PressForm
from engage.accounts.models import User
from engage.accounts.service import SignedIn
from engage.accounts.views import bp
from engage.core.access import current_principal, public
from engage.core.addresses import BadAddress, normalise
from engage.core.db import db, saving
from engage.core.errors import Gone, NotFound, RuleBroken
from engage.core.limits import limiter
from engage.core.pages import safe_next
from engage.core.text import _

log = structlog.get_logger()
PER_ADDRESS = "5 per 15 minutes"
PER_NETWORK = "40 per 15 minutes"
LINKS_PER_NETWORK = "100 per 15 minutes"


def _asked_address() -> str:
    """The key of the limit per address: a hash, so that no address stands in the limits' store."""
    typed = request.form.get("email", "")
    try:
        typed = normalise(typed[:300])
    except BadAddress:
        typed = typed[:300]
    return "address:" + hashlib.sha256(typed.encode("utf-8", "replace")).hexdigest()[:32]


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Ask for a link. Whoever is signed in already goes on."""
    next_url = safe_next(request.args.get("next"), "")
    if current_principal().signed_in:
        return redirect(next_url or "/desk")
    return render_template("accounts/sign_in.html", form=AskForm(data={"next": next_url}))


@bp.post("/sign-in")
@public
@limiter.limit(PER_NETWORK)
@limiter.limit(PER_ADDRESS, key_func=_asked_address)
def ask() -> ResponseReturnValue:
    """The same answer for every address that could be one."""
    form = AskForm()
    if form.validate_on_submit():
        try:
            with saving():
                service.ask_for_link(email=form.email.data, next_url=form.next.data or "")
        except RuleBroken as refusal:
            refusal.field = "email"
            form.attach(refusal)
        else:
            return render_template("accounts/link_sent.html", email=form.email.data)
    return render_template("accounts/sign_in.html", form=form), 422


@bp.get("/sign-in/<token:token>")
@public
@limiter.limit(LINKS_PER_NETWORK)
def follow(token: str) -> ResponseReturnValue:
    """Shows whose link it is and a button: what opens links by itself (scanners, previews) signs nobody in."""
    link = queries.link_by_token(token)
    if link is None:
        return _no_link(_("We don’t know this link. It may have been cut short on its way to you."), 404)
    user = db.session.get_one(User, link.user_id)
    try:
        service.check_usable(link, user)
    except Gone as gone:
        return _no_link(gone.why, 410)
    return render_template("accounts/follow.html", user=user)


@bp.post("/sign-in/<token:token>")
@public
@limiter.limit(LINKS_PER_NETWORK)
def use(token: str) -> ResponseReturnValue:
    """Uses the link up. Whoever was signed in before in this browser is signed out."""
    before = current_user if isinstance(current_user._get_current_object(), SignedIn) else None
    try:
        with saving():
            who, next_url = service.sign_in(token, agent=request.headers.get("User-Agent", ""))
            if before is not None:
                service.end_session(before.session_id)
    except NotFound:
        return _no_link(_("We don’t know this link. It may have been cut short on its way to you."), 404)
    except Gone as gone:
        return _no_link(gone.why, 410)
    session.clear()
    session.permanent = True
    login_user(who)
    log.info("signed in", user=who.user_id)
    return redirect(next_url)


@bp.get("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """A button, since a link must not sign anybody out; afterwards it says that it is done."""
    if not current_principal().signed_in:
        return render_template("accounts/signed_out.html")
    return render_template("accounts/sign_out.html", form=PressForm())


@bp.post("/sign-out")
@public
def leave() -> ResponseReturnValue:
    """Ends the session itself, not only the cookie."""
    if not current_principal().signed_in:
        return redirect(url_for(".sign_out"))
    form = PressForm()
    if not form.validate_on_submit():
        return render_template("accounts/sign_out.html", form=form), 422
    with saving():
        service.end_session(current_user.session_id)
    logout_user()
    session.clear()
    return redirect(url_for(".sign_out"))


def note_use() -> None:
    """After a request of somebody signed in: note that the session was used. A store that is busy does no harm."""
    who = g.get("_login_user")
    if not isinstance(who, SignedIn):
        return
    try:
        service.seen(who)
    except SQLAlchemyError as why:
        db.session.rollback()
        log.warning("session's use not noted", why=type(why).__name__)


def _no_link(why: object, code: int) -> ResponseReturnValue:
    return render_template("accounts/no_link.html", why=why), code
