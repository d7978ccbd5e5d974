"""Background work of following: telling in batches, and forgetting what nobody confirmed."""

from __future__ import annotations

from datetime import datetime

from engage.core.db import db, saving
from engage.core.jobs import every_minute, job
from engage.following import queries, service


@job("following/tell")
def tell(what: str, thing: int, themes: list[int], at: str, after: int) -> None:
    """One batch of one occasion; it queues the next itself."""
    with saving():
        service.tell(what=what, thing=thing, themes=themes, at=datetime.fromisoformat(at), after=after)


@job("following/actions")
def tell_of_actions(event: int, minute: str) -> None:
    """The actions of an event that were published within one minute."""
    with saving():
        service.tell_of_actions(event_id=event, minute=datetime.fromisoformat(minute))


@job("following/move_on")
def move_on(theme: int, successor: int | None, at: str) -> None:
    """Everybody who follows a closed theme group, batch by batch."""
    moved = True
    while moved:
        with saving():
            moved = bool(service.move_on(theme_id=theme, successor_id=successor, at=datetime.fromisoformat(at)))


@every_minute("following/purge")
def purge() -> None:
    """Looks first: an idle minute writes nothing."""
    while queries.unconfirmed(limit=1):
        db.session.rollback()
        with saving():
            service.purge()
    db.session.rollback()
