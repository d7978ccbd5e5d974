"""What belongs together across floors, on one screen: who asks, parts that fill slots, facts and what follows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from flask import Blueprint
from flask_login import current_user

import engage.accounts.jobs
import engage.accounts.notices
import engage.attendance.jobs
import engage.attendance.notices
import engage.events.jobs
import engage.events.notices
import engage.feedback.notices
import engage.following.jobs
import engage.following.notices
import engage.outcomes.notices
import engage.programmes.jobs
import engage.themes.jobs  # noqa: F401 -- importing registers mails and jobs
from engage.accounts.parts import actor_names as user_names
from engage.attendance import parts as attendance_parts
from engage.attendance import queries as attendance
from engage.attendance.facts import RegistrationMoved
from engage.attendance.service import reactions as attending
from engage.attendance.service import session_reactions as choosing
from engage.core import access, cache, clock, facts, slots
from engage.core.db import lock
from engage.events import parts as event_parts
from engage.events.facts import (
    EventCancelled,
    EventChanged,
    EventCopied,
    EventHeld,
    EventPostponed,
    EventPublished,
    EventRescheduled,
    EventWentLive,
    KindDefaultsTaken,
    SessionCancelled,
    SessionChanged,
    TimetablePublished,
)
from engage.events.models import Event
from engage.feedback import parts as feedback_parts
from engage.feedback.service import copy_form
from engage.following import parts as followed
from engage.following import service as following
from engage.operations import parts as operating
from engage.outcomes import parts as outcomes
from engage.outcomes.facts import ActionPublished, ActionVerified, RecordPublished
from engage.outcomes.service import pass_to_lead, pass_to_successor
from engage.papers import parts as papers
from engage.people import queries as people
from engage.people.parts import actor_names as person_names
from engage.programmes import parts as programme_parts
from engage.programmes import queries as programmes
from engage.site.queries import visible
from engage.themes import parts as theme_parts
from engage.themes import queries as themes
from engage.themes.facts import LeadHandedOver, ThemeClosed


def blueprints() -> list[Blueprint]:
    """Every domain's pages."""
    from engage.accounts.views import bp as accounts  # noqa: PLC0415 -- views pull in forms and templates
    from engage.attendance.views import bp as attendance  # noqa: PLC0415
    from engage.events.views import bp as events  # noqa: PLC0415
    from engage.feedback.views import bp as feedback  # noqa: PLC0415
    from engage.following.views import bp as following  # noqa: PLC0415
    from engage.insight.views import bp as insight  # noqa: PLC0415
    from engage.operations.views import bp as operations  # noqa: PLC0415
    from engage.outcomes.views import bp as outcomes  # noqa: PLC0415
    from engage.papers.views import bp as papers  # noqa: PLC0415
    from engage.programmes.views import bp as programmes  # noqa: PLC0415
    from engage.site.views import bp as site  # noqa: PLC0415
    from engage.themes.views import bp as themes  # noqa: PLC0415

    return [
        accounts, attendance, events, feedback, following, insight, operations, outcomes, papers, programmes, site,
        themes,
    ]  # fmt: skip


def wire() -> None:
    """Idempotent: create_app calls it for every application."""
    access.load_principals_with(_principal)
    cache.ends_by(visible.next_announcement)
    _names()
    _programmes()
    _themes()
    _events()
    _attendance()
    _papers()
    _outcomes()
    _feedback()
    _following()


def _principal() -> access.Principal:
    """Whoever is signed in, or nobody."""
    who = current_user
    if not who or not who.is_authenticated:
        return access.ANONYMOUS
    return principal_of(user_id=who.user_id, email=who.email, name=who.name, is_admin=who.is_admin, roles=who.roles)


def principal_of(
    *, user_id: int, email: str, name: str, is_admin: bool, roles: Mapping[int, frozenset[access.Role]]
) -> access.Principal:
    """An account → the person with its address → the theme groups led today, the events taken part in."""
    person_id = people.person_id_by_email(email)
    return access.Principal(
        kind=access.Kind.USER,
        user_id=user_id,
        person_id=person_id,
        name=name,
        is_admin=is_admin,
        roles=roles,
        leads=themes.led_by(person_id, clock.today("UTC")) if person_id else frozenset(),
        took_part=attendance.took_part(person_id) if person_id else frozenset(),
    )


def _names() -> None:
    slots.actor_names.fill(user_names)
    slots.actor_names.fill(person_names)
    slots.scope_names.fill(_programme_names)
    slots.desk_items.fill(operating.desk_items)


def _programme_names(programme_ids: Collection[int]) -> Iterator[tuple[int, str]]:
    for programme in programmes.by_ids(programme_ids):
        yield programme.id, programme.name


def _events() -> None:
    slots.event_tabs.fill(event_parts.event_tabs)
    slots.event_readiness.fill(event_parts.readiness)
    slots.desk_items.fill(event_parts.desk_items)
    slots.programme_sections.fill(event_parts.programme_section)
    slots.programme_sections.fill(event_parts.series_section)
    slots.programme_sections.fill(event_parts.defaults_section)
    slots.theme_sections.fill(event_parts.theme_section)


def _attendance() -> None:
    slots.event_tabs.fill(attendance_parts.event_tabs)
    slots.event_readiness.fill(attendance_parts.readiness)
    slots.event_sections.fill(attendance_parts.event_sections)
    slots.session_lines.fill(attendance_parts.session_lines)
    slots.link_sections.fill(attendance_parts.link_sections)
    slots.desk_items.fill(attendance_parts.desk_items)
    facts.react(EventCopied, act=attending.copied, preview=attending.will_copy)
    facts.react(EventChanged, act=attending.changed)
    facts.react(EventPostponed, act=attending.postponed, preview=attending.will_postpone)
    facts.react(EventRescheduled, act=attending.rescheduled, preview=attending.will_reschedule)
    facts.react(EventCancelled, act=attending.cancelled, preview=attending.will_cancel)
    facts.react(EventWentLive, act=attending.went_live, preview=attending.will_go_live)
    facts.react(EventHeld, act=attending.held)
    facts.react(RegistrationMoved, act=choosing.registration_moved)
    facts.react(SessionChanged, act=choosing.session_changed)
    facts.react(SessionCancelled, act=choosing.session_cancelled, preview=choosing.will_cancel_session)
    facts.react(TimetablePublished, act=choosing.programme_published, preview=choosing.will_publish)


def _papers() -> None:
    slots.event_tabs.fill(papers.event_tabs)
    slots.event_readiness.fill(papers.readiness)
    slots.agenda_lines.fill(papers.agenda_lines)
    slots.link_sections.fill(papers.link_sections)
    slots.programme_sections.fill(papers.programme_sections)
    slots.theme_sections.fill(papers.theme_sections)


def _outcomes() -> None:
    slots.event_tabs.fill(outcomes.event_tabs)
    slots.event_readiness.fill(outcomes.readiness)
    slots.desk_items.fill(outcomes.desk_items)
    slots.programme_sections.fill(outcomes.programme_sections)
    slots.theme_sections.fill(outcomes.theme_sections)
    facts.react(ThemeClosed, act=_pass_on_actions, preview=outcomes.actions_passed_on)
    facts.react(LeadHandedOver, act=_pass_on_duties, preview=outcomes.duties_passed_on)


def _pass_on_duties(fact: LeadHandedOver, by: access.Principal) -> None:
    pass_to_lead(fact.subject_id, from_person_id=fact.from_person_id, to_person_id=fact.to_person_id, by=by)


def _pass_on_actions(fact: ThemeClosed, by: access.Principal) -> None:
    if fact.successor_id is not None:
        pass_to_successor(fact.subject_id, fact.successor_id, by=by)


def _programmes() -> None:
    slots.desk_items.fill(programme_parts.desk_items)


def _themes() -> None:
    slots.desk_items.fill(theme_parts.desk_items)
    slots.programme_sections.fill(theme_parts.programme_section)


def _feedback() -> None:
    facts.react(KindDefaultsTaken, act=_begin_form)
    facts.react(EventCopied, act=_copy_form, preview=feedback_parts.will_copy)
    slots.event_tabs.fill(feedback_parts.event_tabs)
    slots.event_readiness.fill(feedback_parts.readiness)
    slots.desk_items.fill(feedback_parts.desk_items)


def _copy_form(fact: EventCopied, by: access.Principal) -> None:
    copy_form(lock(Event, fact.source_id), lock(Event, fact.subject_id), by=by)


def _begin_form(fact: KindDefaultsTaken, by: access.Principal) -> None:
    if fact.feedback_from_id is not None:
        copy_form(lock(Event, fact.feedback_from_id), lock(Event, fact.subject_id), by=by)


def _following() -> None:
    slots.theme_sections.fill(followed.theme_section)
    facts.react(EventPublished, act=following.on_event_published, preview=followed.event_told)
    facts.react(EventPostponed, act=following.on_event_moved, preview=followed.public_event_told)
    facts.react(EventRescheduled, act=following.on_event_moved, preview=followed.public_event_told)
    facts.react(EventChanged, act=following.on_event_changed)
    facts.react(EventCancelled, act=following.on_event_cancelled, preview=followed.public_event_told)
    facts.react(RecordPublished, act=following.on_record_published, preview=followed.record_told)
    facts.react(ActionPublished, act=following.on_action_published, preview=followed.action_told)
    facts.react(ActionVerified, act=following.on_action_verified, preview=followed.public_action_told)
    facts.react(ThemeClosed, act=following.on_theme_closed, preview=followed.theme_closed_told)
