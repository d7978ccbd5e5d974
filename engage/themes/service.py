"""Verbs of theme groups and the terms of those who lead them (docs/domain.md#theme-group)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from engage.core import clock
from engage.core.access import SYSTEM, Principal
from engage.core.db import db, lock
from engage.core.errors import NotFound, RuleBroken, StaleVersion
from engage.core.facts import Fact, changed, record
from engage.core.publication import due, instant_to_come
from engage.core.states import check_move
from engage.core.text import _, day, slugify
from engage.people.models import Person, PersonState
from engage.programmes import service as programmes
from engage.programmes.models import Programme, ProgrammeState
from engage.themes import queries
from engage.themes.facts import (
    LeadHandedOver,
    TermBegun,
    TermEnded,
    ThemeActivated,
    ThemeAnnounced,
    ThemeClosed,
    ThemeEdited,
    ThemeNotAnnounced,
    ThemeProposed,
    ThemePublished,
    ThemeRested,
)
from engage.themes.models import MOVES, Term, TermRole, ThemeGroup, ThemeState


def propose(
    programme: Programme,
    *,
    title: str,
    scope: str = "",
    plan: str = "",
    contact: str = "",
    slug: str = "",
    by: Principal,
) -> ThemeGroup:
    """A new theme group: proposed, private, last in its programme. `slug`: made from the title if not given.

    Raises `RuleBroken` for a title or address that is missing or taken, or in a closed programme.
    """
    programme = lock(Programme, programme.id)
    if programme.state is ProgrammeState.CLOSED:
        raise RuleBroken(_("This programme is closed: reopen it before you propose a theme group."))
    theme = ThemeGroup(
        programme_id=programme.id,
        programme=programme,
        title=_title(title),
        slug=_slug(slug, title),
        scope=scope,
        plan=plan,
        contact=contact,
        position=queries.last_position(programme.id) + 1,
        created_at=clock.now(),
    )
    db.session.add(theme)
    db.session.flush()
    _record(ThemeProposed(subject_id=theme.id, programme_id=theme.programme_id), by)
    return theme


def edit(
    theme: ThemeGroup,
    *,
    title: str,
    scope: str = "",
    plan: str = "",
    contact: str = "",
    version: int,
    by: Principal,
) -> ThemeGroup:
    """Change the page's words; the address stays for ever. `version` is the one that was read.

    Raises `StaleVersion` when somebody saved meanwhile, `RuleBroken` for a closed group.
    """
    theme = _locked(theme)
    if theme.version != version:
        raise StaleVersion(_("Somebody else changed this theme group while you were writing."))
    _refuse_closed(theme)
    differences = changed(theme, title=_title(title), scope=scope, plan=plan, contact=contact)
    if differences:
        theme.version += 1
        _record(ThemeEdited(subject_id=theme.id, programme_id=theme.programme_id, changes=differences), by)
    return theme


def activate(theme: ThemeGroup, *, by: Principal) -> ThemeGroup:
    """Proposed or dormant → active."""
    theme = _locked(theme)
    check_move(MOVES, theme.state, ThemeState.ACTIVE, what=_("A theme group"))
    differences = changed(theme, state=ThemeState.ACTIVE)
    _record(ThemeActivated(subject_id=theme.id, programme_id=theme.programme_id, changes=differences), by)
    return theme


def rest(theme: ThemeGroup, *, reason: str, by: Principal) -> ThemeGroup:
    """Active → dormant, with the reason. Raises `RuleBroken`."""
    theme = _locked(theme)
    check_move(MOVES, theme.state, ThemeState.DORMANT, what=_("A theme group"))
    if not reason.strip():
        raise RuleBroken(_("Say why the theme group rests: the reason is kept in the history."), field="reason")
    differences = changed(theme, state=ThemeState.DORMANT)
    _record(
        ThemeRested(subject_id=theme.id, programme_id=theme.programme_id, reason=reason.strip(), changes=differences),
        by,
    )
    return theme


def closing(theme: ThemeGroup, *, successor: ThemeGroup | None = None, reason: str = "") -> ThemeClosed:
    """The fact that `close` would record, for the page that asks first. Raises `RuleBroken` where it would refuse."""
    check_move(MOVES, theme.state, ThemeState.CLOSED, what=_("A theme group"))
    if successor is None and not reason.strip():
        raise RuleBroken(_("Name the theme group that takes over, or say why there is none."), field="reason")
    if successor is not None:
        _check_successor(theme, successor)
    return ThemeClosed(
        subject_id=theme.id,
        programme_id=theme.programme_id,
        reason=reason.strip(),
        successor_id=successor.id if successor else None,
    )


def close(theme: ThemeGroup, *, successor: ThemeGroup | None = None, reason: str = "", by: Principal) -> ThemeGroup:
    """End the group, naming its successor or saying why there is none. Terms that run end today.

    What reacts to `ThemeClosed` moves open actions and followers to the successor. Raises `RuleBroken`.
    """
    theme = _locked(theme)
    fact = closing(theme, successor=lock(ThemeGroup, successor.id) if successor else None, reason=reason)
    theme.successor_id = fact.successor_id
    theme.closing_reason = fact.reason
    theme.state = ThemeState.CLOSED
    theme.announce_at = None
    today = queries.today_of(theme)
    for term in queries.terms_of(theme.id):
        if term.ends_on is None or term.ends_on > today:
            _end(term, max(today, term.starts_on), by)
    _record(fact, by)
    return theme


def publish(theme: ThemeGroup, *, by: Principal) -> ThemeGroup:
    """Make the group's page public; twice changes nothing. Raises `RuleBroken` under a private programme."""
    theme = _locked(theme)
    if theme.published_at is None:
        programmes.check_public_by(theme.programme)
        _check_scope(theme)
        _publish(theme, clock.now(), by)
    return theme


def publish_at(theme: ThemeGroup, *, at: datetime, by: Principal) -> ThemeGroup:
    """Set the publication for an instant to come, or for another one: a wall time of its programme, or an aware time.

    Raises `RuleBroken` as `publish` (the programme must be public by then), and for a time that has passed or that
    the clocks skip.
    """
    theme = _private(theme)
    instant = instant_to_come(at, theme.programme.zone)
    programmes.check_public_by(theme.programme, instant)
    _check_scope(theme)
    if changes := changed(theme, announce_at=instant):
        _record(ThemeAnnounced(subject_id=theme.id, programme_id=theme.programme_id, changes=changes), by)
    return theme


def call_off_publication(theme: ThemeGroup, *, by: Principal) -> ThemeGroup:
    """It stays private: what was set no longer holds; twice changes nothing. Raises `RuleBroken` once it is public."""
    theme = _private(theme)
    if changes := changed(theme, announce_at=None):
        _record(ThemeNotAnnounced(subject_id=theme.id, programme_id=theme.programme_id, changes=changes), by)
    return theme


def apply_due_by_id(theme_id: int) -> None:
    """Publish the group with this internal key, if that was set for an instant that has come. Raises `NotFound`."""
    theme = queries.by_id(theme_id)
    if theme is None:
        raise NotFound
    _locked(theme)


def appoint(
    theme: ThemeGroup,
    *,
    person: Person,
    role: TermRole = TermRole.LEAD,
    starts_on: date,
    ends_on: date | None = None,
    organisation: str = "",
    by: Principal,
) -> Term:
    """Somebody leads or belongs to the group from `starts_on` to `ends_on` (the last day; None: open).

    Raises `RuleBroken` for a closed group, impossible dates, or the same person and role in these days.
    """
    theme = _locked(theme)
    _refuse_closed(theme)
    return _appoint(theme, person, role, starts_on, ends_on, organisation, by)


def end_term(term: Term, *, ends_on: date, by: Principal) -> Term:
    """The term's last day is `ends_on`; it stays on record. Raises `RuleBroken` before its start or once over."""
    theme = _locked(term.theme)
    term = lock(Term, term.id)
    if term.ends_on is not None and term.ends_on < queries.today_of(theme):
        raise RuleBroken(_("This term ended on %(day)s.", day=day(term.ends_on)))
    if ends_on < term.starts_on:
        raise RuleBroken(_("The last day must be on or after %(day)s", day=day(term.starts_on)), field="ends_on")
    return _end(term, ends_on, by)


def handing_over(term: Term, *, person_id: int, on: date) -> LeadHandedOver:
    """The fact that `hand_over` would record, for the page that asks first (there `person_id` is 0)."""
    return LeadHandedOver(
        subject_id=term.theme_id,
        programme_id=term.theme.programme_id,
        from_person_id=term.person_id,
        to_person_id=person_id,
        on=on.isoformat(),
    )


def hand_over(term: Term, *, person: Person, on: date, organisation: str = "", by: Principal) -> Term:
    """One act: the lead's last day is the day before `on`, `person` leads from `on`. Returns the new term.

    Open duties move through what reacts to `LeadHandedOver`. Raises `RuleBroken`.
    """
    theme = _locked(term.theme)
    _refuse_closed(theme)
    term = lock(Term, term.id)
    if term.role is not TermRole.LEAD:
        raise RuleBroken(_("Only a lead hands over."))
    if term.person_id == person.id:
        raise RuleBroken(_("Choose somebody else: this person leads the group already."), field="person")
    last_day = on - timedelta(days=1)
    if last_day < term.starts_on or (term.ends_on is not None and term.ends_on < last_day):
        raise RuleBroken(_("Choose a day after the start of this term and no later than its end"), field="on")
    _end(term, last_day, by)
    begun = _appoint(theme, person, TermRole.LEAD, on, None, organisation, by)
    _record(handing_over(term, person_id=person.id, on=on), by)
    return begun


def _appoint(
    theme: ThemeGroup,
    person: Person,
    role: TermRole,
    starts_on: date,
    ends_on: date | None,
    organisation: str,
    by: Principal,
) -> Term:
    if person.state is not PersonState.ACTIVE:
        raise RuleBroken(_("This person cannot be appointed."), field="person")
    if ends_on is not None and ends_on < starts_on:
        raise RuleBroken(_("The last day must be on or after %(day)s", day=day(starts_on)), field="ends_on")
    if queries.overlapping(theme.id, person.id, role, starts_on, ends_on):
        raise RuleBroken(_("This person has the same role in these days already."), field="starts_on")
    term = Term(
        theme_id=theme.id,
        theme=theme,
        person_id=person.id,
        person=person,
        role=role,
        organisation=organisation.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_at=clock.now(),
    )
    db.session.add(term)
    db.session.flush()
    fact = TermBegun(
        subject_id=theme.id,
        programme_id=theme.programme_id,
        term_id=term.id,
        person_id=person.id,
        role=role.value,
        starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat() if ends_on else "",
    )
    _record(fact, by)
    return term


def _end(term: Term, ends_on: date, by: Principal) -> Term:
    term.ends_on = ends_on
    fact = TermEnded(
        subject_id=term.theme_id,
        programme_id=term.theme.programme_id,
        term_id=term.id,
        person_id=term.person_id,
        role=term.role.value,
        ends_on=ends_on.isoformat(),
    )
    _record(fact, by)
    return term


def _check_successor(theme: ThemeGroup, successor: ThemeGroup) -> None:
    if successor.id == theme.id or successor.programme_id != theme.programme_id:
        raise RuleBroken(_("The successor must be another theme group of the same programme."), field="successor")
    if successor.state is ThemeState.CLOSED:
        raise RuleBroken(_("The successor is closed itself. Choose one that works on."), field="successor")
    if theme.published_at is not None and successor.published_at is None:
        raise RuleBroken(
            _("Publish the successor first: people who follow this group will be sent to its page."),
            field="successor",
        )


def _locked(theme: ThemeGroup) -> ThemeGroup:
    """The group, locked after its programme (parents first), after what is due by now."""
    programme = programmes.apply_due(theme.programme_id)
    theme = lock(ThemeGroup, theme.id)
    if (at := due(theme.announce_at, under=programme)) is not None:
        _publish(theme, at, SYSTEM)
    return theme


def _private(theme: ThemeGroup) -> ThemeGroup:
    theme = _locked(theme)
    if theme.published_at is not None:
        raise RuleBroken(_("The theme group is public already."))
    return theme


def _publish(theme: ThemeGroup, at: datetime, by: Principal) -> None:
    theme.published_at, theme.announce_at = at, None
    _record(ThemePublished(subject_id=theme.id, programme_id=theme.programme_id, effective_at=at.isoformat()), by)


def _check_scope(theme: ThemeGroup) -> None:
    if not theme.scope.strip():
        raise RuleBroken(_("Write the scope first: it is what people read on the public page."))


def _refuse_closed(theme: ThemeGroup) -> None:
    if theme.state is ThemeState.CLOSED:
        raise RuleBroken(_("This theme group is closed: its page stays as it was."))


def _record(fact: Fact, by: Principal) -> None:
    db.session.flush()
    record(fact, by=by)


def _title(title: str) -> str:
    if not title.strip():
        raise RuleBroken(_("Enter the title of the theme group"), field="title")
    return title.strip()


def _slug(given: str, title: str) -> str:
    wanted = slugify(given or title, fallback="theme")
    if not queries.slug_taken(wanted):
        return wanted
    if given:
        raise RuleBroken(_("Another theme group has this address. Choose a different one"), field="slug")
    tries = (f"{wanted[:76]}-{n}" for n in range(2, 1000))
    return next(slug for slug in tries if not queries.slug_taken(slug))
