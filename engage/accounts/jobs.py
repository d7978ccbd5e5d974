"""Background work of accounts: mail a sign-in link, take away what ended long ago."""

from __future__ import annotations

from engage.accounts import queries, service
from engage.core import clock, jobs
from engage.core.db import db, saving


@jobs.job("accounts/send_link")
def send_link(user: int, next_url: str = "") -> None:
    """Somebody asked for a link; `user` is 0 where the address had no account, and then nothing follows."""
    with saving():
        service.send_link(user=user, next_url=next_url)


@jobs.every_minute("accounts/tidy")
def tidy() -> None:
    """Reads first: where nothing ended, nothing is written."""
    ended = clock.now() - service.KEPT
    anything = queries.ended_links(ended, most=1) or queries.ended_sessions(ended, most=1)
    db.session.rollback()
    if anything:
        with saving():
            service.tidy()
