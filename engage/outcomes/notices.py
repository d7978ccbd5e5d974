"""The mails that records and actions send."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import groupby

from engage.accounts import queries as accounts
from engage.core import clock, links, outbox
from engage.core.access import Principal, Role
from engage.core.outbox import Letter, notice
from engage.core.text import _l
from engage.outcomes import queries
from engage.outcomes.models import OPEN_ACTION, Action, ActionState, RecordState

LINK_OUTLIVES = timedelta(days=90)
"""How long a link works after the last message that carried it, and an action's after the action is due."""


def action_link_end(action: Action) -> datetime:
    """When the link of an action stops working: long after it is due, or after now, when a message carries it."""
    due = [datetime.combine(action.due, time.max, UTC)] if action.due else []
    return max([clock.now(), *due]) + LINK_OUTLIVES


@notice("outcomes/circulated", why=_l("You are in the record of this meeting."))
def circulated(record_person: int) -> Letter | None:
    """The draft record, for those who stand in it."""
    person = queries.record_person_by_id(record_person)
    if person is None:
        return None
    record = queries.record_of_person(person)
    return Letter(context={"event": record.event, "link": links.url("record", person.id)})


@notice("outcomes/agree", why=_l("You chaired this meeting, and its chair agrees the record."))
def agree(record_person: int) -> Letter | None:
    """The draft record, for the chair to agree; nothing where it was agreed or taken back meanwhile."""
    person = queries.record_person_by_id(record_person)
    if person is None or queries.record_of_person(person).state is not RecordState.CIRCULATED:
        return None
    record = queries.record_of_person(person)
    return Letter(context={"event": record.event, "link": links.url("record", person.id)})


@notice("outcomes/yours", why=_l("You were named as the owner of an action."))
def yours(actions: list[int], owner: int) -> Letter | None:
    """The actions that somebody now owns, each with its own link; of those that went to another owner meanwhile, whose
    link it would be, nothing."""
    found = [a for a in map(queries.action_by_id, actions) if a is not None and _still_of(a, owner)]
    if not found:
        return None
    return Letter(
        context={
            "event": found[0].event,
            "actions": [{"action": a, "link": links.url("action", a.id)} for a in found],
        }
    )


@notice("outcomes/returned", why=_l("You own this action."))
def returned(action: int, owner: int, reason: str) -> Letter | None:
    """What is still missing, in the words of who returned it; nothing to whoever owns it no longer."""
    found = queries.action_by_id(action)
    if found is None or not _still_of(found, owner):
        return None
    return Letter(context={"action": found, "reason": reason, "link": links.url("action", found.id)})


@notice("outcomes/to_verify", why=_l("You verify actions of this programme."))
def to_verify(action: int) -> Letter | None:
    """An action that waits for somebody other than its reporter to verify it; nothing once that was done."""
    found = queries.action_by_id(action)
    if found is None or found.state is not ActionState.REPORTED_COMPLETE:
        return None
    return Letter(context={"action": found, "updates": queries.updates_of(found.id)[:1]})


def tell_owners(actions: Iterable[Action], *, key: str) -> None:
    """Tell each owner, once per `key`, of all that is now theirs; who has no address is told nothing."""
    owned = sorted((a for a in actions if a.owner is not None and a.owner.email), key=lambda a: (a.owner_id or 0, a.id))
    for owner_id, group in groupby(owned, key=lambda a: a.owner_id):
        _tell_owner(list(group), key=f"{key}:{owner_id}")


def tell_returned(action: Action, *, reason: str, turn: int) -> None:
    """Tell the owner that an action came back."""
    if action.owner is None or not action.owner.email:
        return
    links.issue("action", action.id, expires_at=action_link_end(action))
    outbox.put(
        mail="outcomes/returned",
        key=f"returned:{action.id}:{turn}",
        to=action.owner.email,
        name=action.owner.name,
        person_id=action.owner.id,
        args={"action": action.id, "owner": action.owner.id, "reason": reason},
    )


def tell_verifiers(action: Action, *, update_id: int, reporter: Principal) -> None:
    """Ask reviewers and convenors, less the reporter, to look at what was reported complete."""
    for user in accounts.users_in(action.programme_id, Role.REVIEWER, Role.CONVENOR):
        if user.id != reporter.user_id:
            outbox.put(
                mail="outcomes/to_verify",
                key=f"verify:{action.id}:{update_id}:{user.id}",
                to=user.email,
                name=user.name,
                args={"action": action.id},
            )


def _tell_owner(actions: Sequence[Action], *, key: str) -> None:
    owner = actions[0].owner
    if owner is None:
        return
    for action in actions:
        links.issue("action", action.id, expires_at=action_link_end(action))
    outbox.put(
        mail="outcomes/yours",
        key=f"yours:{key}",
        to=owner.email,
        name=owner.name,
        person_id=owner.id,
        args={"actions": [a.id for a in actions], "owner": owner.id},
    )


def _still_of(action: Action, owner: int) -> bool:
    return action.owner_id == owner and action.state in OPEN_ACTION
