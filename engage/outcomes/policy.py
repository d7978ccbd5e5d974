"""Who may record, agree, progress and verify (docs/domain.md#action)."""

from __future__ import annotations

from engage.core.access import Principal, Role
from engage.events.models import Event
from engage.outcomes.models import Action, ActionState, Outcome, Record


def may_read(principal: Principal, thing: Action | Event | Outcome | Record) -> bool:
    """Any role of the programme reads its records and actions."""
    return principal.knows(thing.programme_id)


def may_record(principal: Principal, thing: Action | Event | Outcome | Record) -> bool:
    """The convenor and the secretary write records and capture outcomes and actions."""
    return principal.has(Role.CONVENOR, Role.SECRETARY, in_=thing.programme_id)


def may_convene(principal: Principal, thing: Action | Event | Outcome | Record) -> bool:
    """Agreeing an action at once, re-dating, dropping, reopening and publishing are the convenor's."""
    return principal.has(Role.CONVENOR, in_=thing.programme_id)


def may_progress(principal: Principal, action: Action) -> bool:
    """Staff who record, and the lead of the owning theme group, may report on an action for its owner."""
    return may_record(principal, action) or (
        action.theme_id in principal.leads and principal.has(Role.THEME_LEAD, in_=action.programme_id)
    )


def may_judge(principal: Principal, action: Action) -> bool:
    """Reviewers and convenors verify or return; never who reported it complete (docs/domain.md#action)."""
    return principal.has(Role.REVIEWER, Role.CONVENOR, in_=action.programme_id)


def is_reporter(principal: Principal, action: Action) -> bool:
    """Whether this is who reported it complete, by account or as the person behind a link."""
    marks = {f"user:{principal.user_id}", f"person:{principal.person_id}"}
    return action.state is ActionState.REPORTED_COMPLETE and action.reported_by in marks
