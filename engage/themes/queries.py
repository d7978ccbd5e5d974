"""Named reads of theme groups and terms, each with a total order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from engage.core import clock
from engage.core.db import db
from engage.core.publication import is_past
from engage.people.models import Person
from engage.programmes.models import Programme, ProgrammeState
from engage.themes.models import Term, TermRole, ThemeGroup, ThemeState

ORDER = (ThemeGroup.programme_id, ThemeGroup.position, ThemeGroup.title, ThemeGroup.id)


def by_id(theme_id: int) -> ThemeGroup | None:
    """The theme group with this internal key."""
    return db.session.get(ThemeGroup, theme_id)


def by_slug(theme: str) -> ThemeGroup | None:
    """The theme group at `/…/themes/SLUG`, published or not; the argument is called as in the address."""
    return db.session.scalar(sa.select(ThemeGroup).where(ThemeGroup.slug == theme))


def published_by_slug(theme: str) -> ThemeGroup | None:
    """The theme group at a public address; None for a private one, as for one that does not exist."""
    return db.session.scalar(_published().where(ThemeGroup.slug == theme))


def of_programme(programme_id: int) -> Sequence[ThemeGroup]:
    """Every theme group of a programme, for its staff."""
    return db.session.scalars(
        sa.select(ThemeGroup).where(ThemeGroup.programme_id == programme_id).order_by(*ORDER)
    ).all()


def open_of(programme_id: int) -> Sequence[ThemeGroup]:
    """The theme groups of a programme that new work may stand under: all but the closed ones."""
    return [theme for theme in of_programme(programme_id) if theme.state is not ThemeState.CLOSED]


def waiting_in(programme_ids: Collection[int]) -> Sequence[ThemeGroup]:
    """The proposed and the active theme groups of active programmes, some of which wait for their convenor."""
    return db.session.scalars(
        sa.select(ThemeGroup)
        .join(Programme, Programme.id == ThemeGroup.programme_id)
        .where(
            ThemeGroup.programme_id.in_(programme_ids),
            ThemeGroup.state.in_([ThemeState.PROPOSED, ThemeState.ACTIVE]),
            Programme.state == ProgrammeState.ACTIVE,
        )
        .order_by(*ORDER)
    ).all()


def published() -> Sequence[ThemeGroup]:
    """Every public theme group of every public programme."""
    return db.session.scalars(_published().order_by(*ORDER)).all()


def published_of(programme_id: int) -> Sequence[ThemeGroup]:
    """The public theme groups of one programme; none while the programme is private."""
    return db.session.scalars(_published().where(ThemeGroup.programme_id == programme_id).order_by(*ORDER)).all()


def is_public(theme: ThemeGroup) -> bool:
    """Published, and so is its programme."""
    return is_past(theme.public_from, theme.programme.public_from)


def due_to_publish(now: datetime) -> Sequence[int]:
    """Ids of the groups whose publication was set for an instant that has come, longest due first."""
    return db.session.scalars(
        sa.select(ThemeGroup.id).where(ThemeGroup.announce_at <= now).order_by(ThemeGroup.announce_at, ThemeGroup.id)
    ).all()


def today_of(theme: ThemeGroup) -> date:
    """Today where the programme lives: terms are plain dates."""
    return clock.today(theme.programme.zone)


def terms_of(theme_id: int) -> Sequence[Term]:
    """Everybody who ever led or belonged to the group: leads first, latest first."""
    return db.session.scalars(
        sa.select(Term)
        .where(Term.theme_id == theme_id)
        .order_by(sa.case((Term.role == TermRole.LEAD, 0), else_=1), Term.starts_on.desc(), Term.id.desc())
    ).all()


def term_by_key(theme: str, term: str) -> Term | None:
    """One term of the theme group at this address."""
    return db.session.scalar(
        sa.select(Term)
        .join(ThemeGroup, ThemeGroup.id == Term.theme_id)
        .where(Term.key == term, ThemeGroup.slug == theme)
    )


def leads_on(theme_ids: Collection[int], on: date) -> Mapping[int, Sequence[Term]]:
    """Who led each of these theme groups on a date, longest first. A group that nobody led is absent.

    One statement: names come along, addresses and affiliations do not.
    """
    found: defaultdict[int, list[Term]] = defaultdict(list)
    for term in db.session.scalars(
        _leading(on)
        .where(Term.theme_id.in_(theme_ids))
        .order_by(Term.starts_on, Term.id)
        .options(joinedload(Term.person).options(lazyload(Person.emails), lazyload(Person.affiliations)))
    ):
        found[term.theme_id].append(term)
    return dict(found)


def led_by(person_id: int, on: date) -> frozenset[int]:
    """The theme groups that a person leads on a date: what fills `Principal.leads`."""
    return frozenset(
        db.session.scalars(_leading(on).where(Term.person_id == person_id).with_only_columns(Term.theme_id))
    )


def is_vacant(theme: ThemeGroup, on: date | None = None) -> bool:
    """Active with nobody leading it today, or on a date (derived, never stored)."""
    return theme.id in vacant_among([theme], on or today_of(theme))


def vacant_among(themes: Collection[ThemeGroup], on: date) -> frozenset[int]:
    """Ids of those that are active and that nobody leads on a date."""
    active = [theme.id for theme in themes if theme.state is ThemeState.ACTIVE]
    return frozenset(active).difference(leads_on(active, on)) if active else frozenset()


def slug_taken(slug: str) -> bool:
    """Whether an address was given out already; addresses are never reused."""
    return db.session.scalar(sa.select(ThemeGroup.id).where(ThemeGroup.slug == slug)) is not None


def last_position(programme_id: int) -> int:
    """Where the programme's last theme group stands; 0 without any."""
    return (
        db.session.scalar(sa.select(sa.func.max(ThemeGroup.position)).where(ThemeGroup.programme_id == programme_id))
        or 0
    )


def overlapping(theme_id: int, person_id: int, role: TermRole, starts_on: date, ends_on: date | None) -> Term | None:
    """A term in which this person holds the same role in these days already."""
    query = sa.select(Term).where(
        Term.theme_id == theme_id,
        Term.person_id == person_id,
        Term.role == role,
        sa.or_(Term.ends_on.is_(None), Term.ends_on >= starts_on),
    )
    if ends_on is not None:
        query = query.where(Term.starts_on <= ends_on)
    return db.session.scalar(query.order_by(Term.id).limit(1))


def _leading(on: date) -> sa.Select[Term]:
    return sa.select(Term).where(
        Term.role == TermRole.LEAD, Term.starts_on <= on, sa.or_(Term.ends_on.is_(None), Term.ends_on >= on)
    )


def _published() -> sa.Select[ThemeGroup]:
    now = clock.now()
    return (
        sa.select(ThemeGroup)
        .join(Programme, Programme.id == ThemeGroup.programme_id)
        .where(ThemeGroup.public_from <= now, Programme.public_from <= now)
    )
