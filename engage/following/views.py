"""Following a theme group, and the page of one's interests behind its own link. No cookie, no account."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engage.core import access, links
from engage.core.access import by_link, public
from engage.core.db import saving
from engage.core.errors import NotFound, RuleBroken
from engage.core.limits import limiter
from engage.core.web import any_origin
from engage.following import queries, service
from engage.following.forms import NOW_SHOWN, ConfirmForm, FollowForm, LeaveForm
from engage.following.models import Follower, Interest
from engage.themes import queries as themes
from engage.themes.models import ThemeGroup, ThemeState

bp = Blueprint("following", __name__)


@bp.get("/themes/<slug:theme>/follow")
@public
def follow(theme: str) -> ResponseReturnValue:
    """The question for an address."""
    return _follow_page(_public_theme(theme), FollowForm())


@bp.post("/themes/<slug:theme>/follow")
@public
@limiter.limit("10 per minute; 60 per hour")
def ask(theme: str) -> ResponseReturnValue:
    """Always the same words, whether the address follows already or not, so that nobody can find out."""
    group = _public_theme(theme)
    form = FollowForm()
    if form.validate_on_submit():
        try:
            with saving():
                service.ask(
                    address=form.address.data,
                    theme=group,
                    page=url_for(".follow", theme=group.slug),
                    by=access.ANONYMOUS,
                )
        except RuleBroken as no:
            form.attach(no)
        else:
            return render_template("following/asked.html", theme=group)
    return _follow_page(group, form), 422


@bp.get("/n/<token:token>")
@by_link("interests", on=queries.follower_by_id)
def interests(follower: Follower) -> ResponseReturnValue:
    """What this address follows, and what it was asked to confirm."""
    return _interests_page(follower, ConfirmForm())


@bp.post("/n/<token:token>")
@by_link("interests", on=queries.follower_by_id)
def confirm(follower: Follower) -> ResponseReturnValue:
    """Yes to the questions that were on the page."""
    form = ConfirmForm()
    if form.validate_on_submit():
        seen = set(form.keys.data.split())
        try:
            with saving():
                for interest in queries.pending_of(follower):
                    if interest.key in seen:
                        service.confirm(interest, by=_holder())
        except RuleBroken as no:
            form.attach(no)
        else:
            return _back_to(follower, "confirmed")
    return _interests_page(follower, form), 422


@bp.get("/n/<token:token>/leave/<key:key>")
@by_link("interests", on=queries.follower_by_id)
def leaving(follower: Follower, key: str) -> ResponseReturnValue:
    """Where the link at the end of each message leads: one button."""
    return render_template("following/leave.html", interest=_own(follower, key), left=False, **_addresses(follower))


@bp.post("/n/<token:token>/leave/<key:key>")
@any_origin
@by_link("interests", on=queries.follower_by_id)
def leave(follower: Follower, key: str) -> ResponseReturnValue:
    """One click, from the page or straight from a mail program (RFC 8058): answered with a page, never a redirect."""
    with saving():
        interest = service.leave(_own(follower, key), by=_holder())
    return render_template("following/leave.html", interest=interest, left=True, **_addresses(follower))


@bp.post("/n/<token:token>/leave-all")
@by_link("interests", on=queries.follower_by_id)
def leave_all(follower: Follower) -> ResponseReturnValue:
    """No more of anything."""
    with saving():
        service.leave_all(follower, by=_holder())
    return _back_to(follower, "left")


def _public_theme(slug: str) -> ThemeGroup:
    theme = themes.published_by_slug(slug)
    if theme is None:
        raise NotFound
    return theme


def _own(follower: Follower, key: str) -> Interest:
    interest = queries.interest_by_key(follower, key)
    if interest is None:
        raise NotFound
    return interest


def _holder() -> access.Principal:
    return access.act_as_link(None)


def _follow_page(theme: ThemeGroup, form: FollowForm) -> str:
    closed = theme.state is ThemeState.CLOSED
    successor = themes.by_id(theme.successor_id) if closed and theme.successor_id else None
    return render_template(
        "following/follow.html",
        theme=theme,
        form=None if closed else form,
        closed=closed,
        successor=successor if successor and themes.is_public(successor) else None,
        consent=NOW_SHOWN,
    )


def _interests_page(follower: Follower, form: ConfirmForm) -> str:
    pending = queries.pending_of(follower)
    form.keys.data = " ".join(interest.key for interest in pending)
    return render_template(
        "following/interests.html",
        form=form,
        leave_form=LeaveForm(),
        follower=follower,
        pending=pending,
        active=queries.active_of(follower),
        done=request.args.get("done", ""),
        **_addresses(follower),
    )


def _addresses(follower: Follower) -> dict[str, Any]:
    """The link's own pages; the token is in the address already."""
    token = links.token_of("interests", follower.id)
    return {"home": url_for(".interests", token=token), "all_url": url_for(".leave_all", token=token)}


def _back_to(follower: Follower, done: str) -> ResponseReturnValue:
    return redirect(url_for(".interests", token=links.token_of("interests", follower.id), done=done), 303)
