"""Actions: proposed, agreed, re-dated, dropped, superseded, published (docs/domain.md#action)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import sqlalchemy as sa

from engage.core import clock, links
from engage.core.access import Principal
from engage.core.db import db, lock
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import changed, record
from engage.core.states import check_move
from engage.core.text import _
from engage.events import service as events
from engage.events.models import TOOK_PLACE, Event
from engage.outcomes import notices, queries
from engage.outcomes.facts import (
    ActionAgreed,
    ActionDropped,
    ActionLinkSent,
    ActionMovedToSuccessor,
    ActionProposed,
    ActionPublished,
    ActionReassigned,
    ActionRedated,
    ActionReworded,
    ActionSuperseded,
)
from engage.outcomes.models import (
    ACTION_MOVES,
    OPEN_ACTION,
    Action,
    ActionMove,
    ActionRedate,
    ActionState,
    ActionTheme,
    Outcome,
)
from engage.outcomes.queries import ever_agreed
from engage.outcomes.service.outcomes import not_with_the_chair, refuse_closed
from engage.people.models import Organisation, Person
from engage.programmes.service import next_reference
from engage.themes.models import ThemeGroup

GIVEN_UP = frozenset({ActionState.DROPPED, ActionState.SUPERSEDED})


class NoTheme(RuleBroken):
    """An action must have an owning theme group of its event's programme."""


class WordsFixed(RuleBroken):
    """From `agreed` on the wording and the first due date never change."""


def add_action(
    event: Event,
    *,
    text: str,
    theme: ThemeGroup | None,
    organisation: Organisation | None,
    owner: Person | None = None,
    due: date | None = None,
    outcome: Outcome | None = None,
    other_themes: Sequence[ThemeGroup] = (),
    private: bool = False,
    by: Principal,
) -> Action:
    """Capture an action: proposed until the record, or the convenor, agrees it. Raises `RuleBroken` beside a field."""
    if event.state not in TOOK_PLACE:
        raise RuleBroken(_("Actions are recorded once the event has begun."))
    if not text.strip():
        raise RuleBroken(_("Say what is to be done."), field="text")
    theme = _own_theme(event, theme, other_themes)
    if organisation is None:
        raise RuleBroken(_("Choose the organisation that answers for this action."), field="organisation")
    if outcome is not None and outcome.event_id != event.id:
        raise RuleBroken(_("The outcome belongs to another event."), field="outcome")
    reference = next_reference(event.programme_id, "A")
    not_with_the_chair(event.id)
    action = Action(
        programme_id=event.programme_id,
        event_id=event.id,
        theme_id=theme.id,
        outcome_id=outcome.id if outcome else None,
        organisation_id=organisation.id,
        owner_id=owner.id if owner else None,
        reference=reference,
        text=text.strip(),
        state=ActionState.PROPOSED,
        first_due=due,
        due=due,
        private=private,
        created_at=clock.now(),
    )
    db.session.add(action)
    db.session.flush()
    _set_other_themes(action, other_themes)
    add_move(action, ActionState.PROPOSED, by=by)
    record(ActionProposed(subject_id=action.id, programme_id=action.programme_id, event_id=event.id), by=by)
    return action


def edit_action(
    action: Action,
    *,
    text: str,
    theme: ThemeGroup | None,
    organisation: Organisation,
    owner: Person | None,
    due: date | None,
    outcome: Outcome | None = None,
    other_themes: Sequence[ThemeGroup] = (),
    private: bool,
    version: int,
    by: Principal,
) -> Action:
    """Change a proposed action's words, owner or date. Raises `WordsFixed` once agreed, `StaleVersion` on a clash."""
    not_with_the_chair(action.event_id)
    action = lock(Action, action.id)
    if action.state is not ActionState.PROPOSED:
        raise WordsFixed(_("The wording was agreed and no longer changes. Re-date the action, or supersede it."))
    if version != action.version:
        raise StaleVersion(_("Somebody else changed this action meanwhile. Both versions are shown."))
    if not text.strip():
        raise RuleBroken(_("Say what is to be done."), field="text")
    known = {action.theme_id, *(link.theme_id for link in action.other_themes)}
    theme = _own_theme(action.event, theme, other_themes, known)
    changes = changed(
        action,
        text=text.strip(),
        theme_id=theme.id,
        organisation_id=organisation.id,
        owner_id=owner.id if owner else None,
        first_due=due,
        due=due,
        outcome_id=outcome.id if outcome else None,
        private=private,
    )
    _set_other_themes(action, other_themes)
    action.version += 1
    db.session.flush()
    record(ActionReworded(subject_id=action.id, programme_id=action.programme_id, changes=changes), by=by)
    return action


def reassign(action: Action, *, organisation: Organisation, owner: Person | None, reason: str, by: Principal) -> Action:
    """Give an open action to another owner or organisation, with a reason; the old owner's link ends."""
    action = _open(action)
    _need_reason(reason)
    changes = changed(action, organisation_id=organisation.id, owner_id=owner.id if owner else None)
    if changes:
        links.revoke("action", action.id)
        action.version += 1
        record(
            ActionReassigned(subject_id=action.id, programme_id=action.programme_id, reason=reason, changes=changes),
            by=by,
        )
        db.session.expire(action, ["owner", "organisation"])
        if action.state is not ActionState.PROPOSED:
            notices.tell_owners([action], key=f"action:{action.id}:v{action.version}")
    return action


def agree_action(action: Action, *, tell: bool = True, by: Principal) -> Action:
    """Make a proposed action agreed: from here its wording and first due date never change. Its owner is told."""
    action = lock(Action, action.id)
    move(action, ActionState.AGREED, by=by)
    record(ActionAgreed(subject_id=action.id, programme_id=action.programme_id), by=by)
    if tell:
        notices.tell_owners([action], key=f"action:{action.id}")
    return action


def tell_again(action: Action, *, by: Principal) -> Action:
    """Send the owner of an agreed action their link again, at most once a day; it works anew from now on."""
    action = _open(action)
    if action.state is ActionState.PROPOSED:
        raise RuleBroken(_("The owner gets a link once the action is agreed."))
    if action.owner is None or not action.owner.email:
        raise RuleBroken(_("Nobody with an e-mail address owns this action. Change its owner first."))
    notices.tell_owners([action], key=f"action:{action.id}:{clock.today(action.event.programme.zone)}")
    record(ActionLinkSent(subject_id=action.id, programme_id=action.programme_id), by=by)
    return action


def redate(action: Action, *, due: date, reason: str, by: Principal) -> Action:
    """Move the due date of an agreed or running action; old, new, reason and approver are kept for ever."""
    action = lock(Action, action.id)
    if action.state not in {ActionState.AGREED, ActionState.IN_PROGRESS}:
        raise RuleBroken(_("Only an action that is agreed or in progress is given another date."))
    _need_reason(reason)
    if action.due is None or action.first_due is None:
        raise RuleBroken(_("This action was agreed without a date, so there is none to move."), field="due")
    if due == action.due:
        raise RuleBroken(_("This is the date that it has already."), field="due")
    db.session.add(
        ActionRedate(
            action_id=action.id,
            old_due=action.due,
            new_due=due,
            reason=reason.strip(),
            approved_by=by.actor,
            recorded_at=clock.now(),
        )
    )
    changes = changed(action, due=due)
    links.prolong("action", action.id, until=notices.action_link_end(action))
    action.version += 1
    record(
        ActionRedated(subject_id=action.id, programme_id=action.programme_id, reason=reason.strip(), changes=changes),
        by=by,
    )
    return action


def drop(action: Action, *, reason: str, by: Principal) -> Action:
    """Give up an open action, with a reason that stays with it."""
    action = _open(action)
    _need_reason(reason)
    action.state_reason = reason.strip()
    move(action, ActionState.DROPPED, by=by, reason=reason.strip())
    record(ActionDropped(subject_id=action.id, programme_id=action.programme_id, reason=reason.strip()), by=by)
    return action


def supersede_action(action: Action, *, successor: Action, reason: str = "", by: Principal) -> Action:
    """Replace an open action by another of the same programme."""
    action = _open(action)
    if successor.id == action.id or successor.programme_id != action.programme_id:
        raise RuleBroken(_("Choose another action of the same programme."), field="successor")
    if lock(Action, successor.id).state in GIVEN_UP:
        raise RuleBroken(_("That action was given up or replaced itself. Choose one that stands."), field="successor")
    action.superseded_by_id = successor.id
    move(action, ActionState.SUPERSEDED, by=by, reason=reason.strip())
    record(
        ActionSuperseded(
            subject_id=action.id, programme_id=action.programme_id, reason=reason.strip(), by_id=successor.id
        ),
        by=by,
    )
    return action


def publish_action(action: Action, *, by: Principal) -> Action:
    """Make one action public; its event must be public and it must be agreed and not private."""
    event = events.apply_due_by_id(action.event_id)
    action = lock(Action, action.id)
    if action.private:
        raise RuleBroken(_("This action is marked private."))
    if event.published_at is None:
        raise RuleBroken(_("Publish the event first: nothing is public under an event that is not."))
    if not ever_agreed([action]):
        raise RuleBroken(_("A proposed action is not published until it is agreed."))
    if action.published_at is None:
        action.published_at = clock.now()
        record(ActionPublished(subject_id=action.id, programme_id=action.programme_id), by=by)
    return action


def pass_to_successor(theme_id: int, successor_id: int, *, by: Principal) -> int:
    """Move a closed theme group's open actions to its successor; returns how many."""
    open_ones = db.session.scalars(
        sa.select(Action).where(Action.theme_id == theme_id, Action.state.in_(OPEN_ACTION)).order_by(Action.id)
    ).all()
    for action in open_ones:
        for other in [o for o in action.other_themes if o.theme_id == successor_id]:
            action.other_themes.remove(other)
            db.session.delete(other)
        changes = changed(action, theme_id=successor_id)
        record(
            ActionMovedToSuccessor(subject_id=action.id, programme_id=action.programme_id, changes=changes),
            by=by,
        )
    return len(open_ones)


def pass_to_lead(theme_id: int, *, from_person_id: int, to_person_id: int, by: Principal) -> int:
    """The open actions that a theme group's lead owned in it go to the next lead, who is told; returns how many.

    The organisation that is accountable stays.
    """
    owned = queries.owned_in_theme(theme_id, from_person_id)
    person = db.session.get_one(Person, to_person_id)
    for action in owned:
        reassign(
            action,
            organisation=action.organisation,
            owner=person,
            reason=_("The lead of the theme group was handed over."),
            by=by,
        )
    return len(owned)


def move(action: Action, state: ActionState, *, by: Principal, reason: str = "") -> None:
    """Apply one move of the table and keep its dated row; the one place that sets an action's state."""
    check_move(ACTION_MOVES, action.state, state, what=_("An action"))
    action.state = state
    action.version += 1
    add_move(action, state, by=by, reason=reason)


def add_move(action: Action, state: ActionState, *, by: Principal, reason: str = "") -> None:
    now = clock.now()
    db.session.add(
        ActionMove(
            action_id=action.id,
            state=state,
            effective_at=now,
            recorded_at=now,
            actor=by.actor,
            reason=reason[:600],
        )
    )
    db.session.flush()


def _open(action: Action) -> Action:
    action = lock(Action, action.id)
    if action.state not in OPEN_ACTION:
        raise RuleBroken(_("This action is not open any more."))
    return action


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise RuleBroken(_("Give a reason: it stays with the action."), field="reason")


def _own_theme(
    event: Event, theme: ThemeGroup | None, others: Sequence[ThemeGroup], known: Collection[int] = ()
) -> ThemeGroup:
    """The owner, checked with the others. `known`: ids of those that it stood under so far, closed since or not."""
    if theme is None:
        raise NoTheme(_("Choose the theme group that owns this action."), field="theme")
    if any(t.programme_id != event.programme_id for t in (theme, *others)):
        raise NoTheme(_("Choose theme groups of the event's own programme."), field="theme")
    for one in (theme, *others):
        refuse_closed(one, known=one.id in known)
    return theme


def _set_other_themes(action: Action, others: Sequence[ThemeGroup]) -> None:
    wanted = {t.id for t in others} - {action.theme_id}
    for link in list(action.other_themes):
        if link.theme_id not in wanted:
            action.other_themes.remove(link)
            db.session.delete(link)
    have = {link.theme_id for link in action.other_themes}
    for theme_id in sorted(wanted - have):
        action.other_themes.append(ActionTheme(theme_id=theme_id, programme_id=action.programme_id))
    db.session.flush()
