"""Asking, confirming, leaving: what a follower does, and what time does with what nobody confirmed."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.exc import IntegrityError

from engage.core import clock, links, outbox
from engage.core.access import ANONYMOUS, Principal
from engage.core.addresses import normalise
from engage.core.db import db, lock
from engage.core.errors import RuleBroken
from engage.core.facts import record
from engage.core.states import check_move
from engage.core.text import _
from engage.following import queries
from engage.following.facts import InterestAsked, InterestConfirmed, InterestEnded
from engage.following.models import CONSENT, MOVES, Follower, Interest, InterestState
from engage.themes.models import ThemeGroup, ThemeState
from engage.themes.queries import is_public

BATCH = 200
RESEND_HOURS = 1
"""An address is sent the question again at most once in this time, however often somebody types it."""


def ask(*, address: str, theme: ThemeGroup, page: str, wording: str = CONSENT, by: Principal = ANONYMOUS) -> Interest:
    """Somebody wants to be told about a theme group: a pending interest, and a mail with the question.

    What the asker sees never depends on whether the address follows already; the mail does. Asking again sends the
    mail again, at most once an hour. `page`: where the consent was given. Raises `BadAddress`, `RuleBroken` for a
    theme group that is closed or not public.
    """
    if not is_public(theme):
        raise RuleBroken(_("Only a public theme group can be followed."))
    if theme.state is ThemeState.CLOSED:
        raise RuleBroken(_("This theme group is closed. There will be no more news of it."))
    follower = _follower(normalise(address))
    interest = queries.live_interest(follower.id, theme.id)
    if interest is None:
        interest = Interest(
            follower_id=follower.id,
            follower=follower,
            theme_id=theme.id,
            theme=theme,
            consent_wording=wording,
            consent_page=page[:200],
            asked_at=clock.now(),
        )
        db.session.add(interest)
        db.session.flush()
        fact = InterestAsked(subject_id=interest.id, programme_id=theme.programme_id, theme_id=theme.id)
        record(fact, by=by)
    links.issue("interests", follower.id)
    outbox.put(
        mail="following/already" if interest.state is InterestState.ACTIVE else "following/confirm",
        key=_question_key(interest, _hours_since_asked(interest)),
        to=follower.address,
        args={"interest": interest.id},
    )
    return interest


def confirm(interest: Interest, *, by: Principal) -> Interest:
    """The address says yes through its own link: from now on it is told. Twice changes nothing.

    Raises `RuleBroken` when it was left meanwhile or the theme group has closed.
    """
    lock(Follower, interest.follower_id)
    interest = lock(Interest, interest.id)
    if interest.state is InterestState.ACTIVE:
        return interest
    check_move(MOVES, interest.state, InterestState.ACTIVE, what=_("An interest"))
    if interest.theme.state is ThemeState.CLOSED:
        raise RuleBroken(_("This theme group is closed. There will be no more news of it."))
    interest.state = InterestState.ACTIVE
    interest.confirmed_at = clock.now()
    _record(InterestConfirmed, interest, by)
    return interest


def leave(interest: Interest, *, by: Principal) -> Interest:
    """No more news of this theme group. Twice changes nothing."""
    lock(Follower, interest.follower_id)
    interest = lock(Interest, interest.id)
    if interest.state is not InterestState.ENDED:
        interest.state = InterestState.ENDED
        interest.ended_at = clock.now()
        _record(InterestEnded, interest, by)
    return interest


def leave_all(follower: Follower, *, by: Principal) -> Follower:
    """No more news of anything."""
    follower = lock(Follower, follower.id)
    for interest in follower.interests:
        leave(interest, by=by)
    return follower


def purge() -> int:
    """Forget what nobody confirmed within seven days, with the address where nothing else of it is left.

    Returns how many interests went; call again until 0.
    """
    late = queries.unconfirmed(limit=BATCH)
    for found in late:
        lock(Follower, found.follower_id)
        interest = lock(Interest, found.id)
        if interest.state is not InterestState.PENDING:
            continue
        outbox.forget([_question_key(interest, hour) for hour in range(_HOURS_KEPT)])
        db.session.delete(interest)
    db.session.flush()
    _forget_followers({interest.follower_id for interest in late})
    return len(late)


_HOURS_KEPT = int(queries.UNCONFIRMED_FOR.total_seconds() // 3600) + 24
"""For so many hours after the first time, the question may have been sent again; the minute clock may be late a day."""


def _forget_followers(ids: Collection[int]) -> None:
    for ident in sorted(ids):
        follower = lock(Follower, ident)
        if not follower.interests:
            links.revoke("interests", ident)
            db.session.delete(follower)
    db.session.flush()


def _follower(address: str) -> Follower:
    """The follower with this address, made where there is none, locked."""
    found = queries.follower_by_address(address)
    if found is None:
        try:
            with db.session.begin_nested():
                found = Follower(address=address, created_at=clock.now(), interests=[])
                db.session.add(found)
        except IntegrityError:
            found = queries.follower_by_address(address)
            if found is None:
                raise
    return lock(Follower, found.id)


def _hours_since_asked(interest: Interest) -> int:
    return int((clock.now() - interest.asked_at).total_seconds() // 3600) // RESEND_HOURS


def _question_key(interest: Interest, hour: int) -> str:
    return f"follow:{interest.key}:{hour}"


def _record(fact: type[InterestConfirmed | InterestEnded], interest: Interest, by: Principal) -> None:
    db.session.flush()
    record(fact(subject_id=interest.id, programme_id=interest.theme.programme_id, theme_id=interest.theme_id), by=by)
