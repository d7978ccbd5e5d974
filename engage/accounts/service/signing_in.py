"""One-time sign-in links. Asking does the same work for every address, so that none can be probed for existence.

A token is an HMAC of its row under the site's key: only its hash is stored, and the mail derives it again when it is
rendered. The row makes it single use (docs/domain.md#access).
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from engage.accounts import queries
from engage.accounts.models import SignedInSession, SignInLink, User
from engage.accounts.service import sessions
from engage.accounts.service.sessions import SignedIn
from engage.core import clock, jobs, outbox
from engage.core.addresses import normalise
from engage.core.db import db, lock
from engage.core.errors import Gone, NotFound, RuleBroken
from engage.core.pages import safe_next
from engage.core.text import _

GOOD_FOR = timedelta(minutes=10)
KEPT = timedelta(days=30)
"""How long links and sessions that ended stay, before `tidy` takes them away."""
LONGEST_NEXT = 500


def ask_for_link(*, email: str, next_url: str = "") -> None:
    """Somebody asks to sign in: one read of an index and one job, whether the address is known or not.

    The job keeps no address, and does nothing where there was no open account. Raises `BadAddress`.
    """
    known = db.session.scalar(sa.select(User.id).where(User.email == normalise(email), User.active))
    jobs.put("accounts/send_link", args={"user": known or 0, "next_url": _next(next_url)})


def send_link(*, user: int, next_url: str = "") -> None:
    """Make a link for an open account and queue its mail; for any other account nothing."""
    found = db.session.get(User, user)
    if found is None or not found.active:
        return
    link, _url = _new_link(found, next_url)
    outbox.put(
        mail="accounts/sign_in",
        key=f"sign-in:{link.id}:{link.created_at:%Y%m%d%H%M%S%f}",
        to=found.email,
        name=found.name,
        args={"link": link.id},
    )


def sign_in_link_for(email: str) -> str:
    """The address of a new one-time link, for the command line. Raises `RuleBroken` where nobody can use it."""
    user = queries.user_by_email(email)
    if user is None or not user.active:
        raise RuleBroken(_("There is no open account with this e-mail address."), field="email")
    return _new_link(user, "")[1]


def sign_in(token: str, *, agent: str = "") -> tuple[SignedIn, str]:
    """Use a link up and begin a session; returns it and where to go. The account's other links die with it.

    Raises `NotFound` for an unknown token, `Gone` for one that was used, ran out, or whose account was closed.
    """
    found = queries.link_by_token(token)
    if found is None:
        raise NotFound
    user = lock(User, found.user_id)
    link = lock(SignInLink, found.id)
    check_usable(link, user)
    db.session.execute(
        sa.update(SignInLink)
        .where(SignInLink.user_id == user.id, SignInLink.used_at.is_(None))
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    return sessions.begin(user, agent=agent), safe_next(link.next_url, "/desk")


def check_usable(link: SignInLink, user: User) -> None:
    """Raises `Gone`, with the sentence for the page, unless the link signs this account in now."""
    if link.used_at is not None:
        raise Gone(_("This sign-in link was used already. Each one works once."))
    if link.expires_at <= clock.now() or not user.active:
        raise Gone(_("This sign-in link has run out. It worked for ten minutes."))


def tidy() -> int:
    """Take away links and sessions that ended a month ago; returns how many."""
    links, past = queries.ended_links(clock.now() - KEPT), queries.ended_sessions(clock.now() - KEPT)
    for model, idents in ((SignInLink, links), (SignedInSession, past)):
        if idents:
            db.session.execute(sa.delete(model).where(model.id.in_(idents)))
    return len(links) + len(past)


def _new_link(user: User, next_url: str) -> tuple[SignInLink, str]:
    now = clock.now()
    link = SignInLink(
        user_id=user.id,
        token_hash=f"new:{user.id}:{now:%Y%m%d%H%M%S%f}",
        created_at=now,
        expires_at=now + GOOD_FOR,
        next_url=_next(next_url),
    )
    db.session.add(link)
    db.session.flush()  # its id is part of the token
    link.token_hash = queries.hashed(queries.token_of(link))
    db.session.flush()
    return link, queries.url_of(link)


def _next(asked: str) -> str:
    path = safe_next(asked, "")
    return path if len(path) <= LONGEST_NEXT else ""
