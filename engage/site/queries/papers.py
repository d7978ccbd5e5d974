"""Published papers: lists, one with its versions, the file of one. Versions that are not public are not read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from engage.core import clock
from engage.core.db import db
from engage.events.models import AgendaItem, AgendaKind, Event
from engage.papers.models import Paper, PaperKind, PaperState, PaperTheme, PaperVersion
from engage.papers.queries import ToPack
from engage.programmes.models import Programme
from engage.site.queries import visible
from engage.site.queries.together import Query, together
from engage.themes.models import ThemeGroup

STANDING = AgendaItem.removed_at.is_(None)
ALONG_THE_AGENDA = (sa.and_(AgendaItem.id.is_not(None), STANDING), AgendaItem.position, AgendaItem.id, Paper.id)


class PaperLine(NamedTuple):
    """A paper with its last published version; `item_id`: the standing agenda item that it is for."""

    reference: str
    title: str
    kind: PaperKind
    published_at: datetime
    number: int
    name: str
    type: str
    size: int
    item_id: int | None


class PaperFacts(NamedTuple):
    """`item` is None for a paper that is for the whole event, or whose item was taken off."""

    id: int
    reference: str
    title: str
    kind: PaperKind
    description: str
    state: PaperState
    state_reason: str
    withdrawn_at: datetime | None
    programme: str
    programme_slug: str
    zone: str
    event: str | None
    event_slug: str | None
    item: str | None


class VersionLine(NamedTuple):
    number: int
    name: str
    type: str
    size: int
    note: str
    agreed_at: datetime
    published_at: datetime


class ThemeLine(NamedTuple):
    slug: str
    title: str


class FileFacts(NamedTuple):
    state: PaperState
    name: str
    type: str
    checksum: str
    added_at: datetime


@dataclass(frozen=True, kw_only=True)
class PaperPage:
    """`versions`: those that were published, the newest first."""

    paper: PaperFacts
    versions: Sequence[VersionLine]
    themes: Sequence[ThemeLine]

    @property
    def withdrawn(self) -> bool:
        return self.paper.state is PaperState.WITHDRAWN


def public_version() -> sa.ColumnElement[bool]:
    """`PaperVersion` was published."""
    return PaperVersion.published_at <= clock.now()


def paper_lines() -> Query:
    """Every published paper that stands, to be narrowed and put in order."""
    last = (
        sa.select(sa.func.max(PaperVersion.number))
        .where(PaperVersion.paper_id == Paper.id, public_version())
        .correlate(Paper)
        .scalar_subquery()
    )
    return _papers(
        Paper.reference,
        Paper.title,
        Paper.kind,
        Paper.published_at,
        PaperVersion.number,
        PaperVersion.name,
        PaperVersion.type,
        PaperVersion.size,
        sa.case((STANDING, AgendaItem.id)).label("item_id"),
    ).where(Paper.state != PaperState.WITHDRAWN, PaperVersion.number == last)


def paper_lines_of_theme(theme_id: int) -> Query:
    """Those for a theme group, the newest first."""
    ours = sa.select(PaperTheme.paper_id).where(PaperTheme.theme_id == theme_id)
    return paper_lines().where(Paper.id.in_(ours)).order_by(Paper.published_at.desc(), Paper.id.desc())


def paper(reference: str) -> PaperPage | None:
    """The published paper of this reference, in two statements; a withdrawn one too, which says so."""
    row = db.session.execute(
        sa.select(
            Paper.id,
            Paper.reference,
            Paper.title,
            Paper.kind,
            Paper.description,
            Paper.state,
            Paper.state_reason,
            Paper.withdrawn_at,
            Programme.name,
            Programme.slug,
            Programme.zone,
            Event.title,
            Event.slug,
            sa.case((STANDING, AgendaItem.title)),
        )
        .select_from(Paper)
        .join(Programme, Programme.id == Paper.programme_id)
        .outerjoin(Event, Event.id == Paper.event_id)
        .outerjoin(AgendaItem, AgendaItem.id == Paper.agenda_item_id)
        .where(Paper.reference == reference, visible.paper())
    ).one_or_none()
    if row is None:
        return None
    facts = PaperFacts._make(row)
    return PaperPage(
        paper=facts, **together(versions=(VersionLine, _versions(facts.id)), themes=(ThemeLine, _themes(facts.id)))
    )


def paper_file(reference: str, number: int, name: str) -> FileFacts | None:
    """The published version whose file is at this address."""
    row = db.session.execute(
        _papers(Paper.state, PaperVersion.name, PaperVersion.type, PaperVersion.checksum, PaperVersion.added_at).where(
            Paper.reference == reference, PaperVersion.number == number, PaperVersion.name == name, public_version()
        )
    ).one_or_none()
    return FileFacts._make(row) if row is not None else None


def to_pack(event: str) -> tuple[Sequence[ToPack], Sequence[int]]:
    """What everybody may read of the event with this slug, and the ids of its open agenda's items, in order."""
    papers = paper_lines().where(Event.slug == event).order_by(*ALONG_THE_AGENDA)
    files = papers.with_only_columns(
        sa.case((STANDING, AgendaItem.id)).label("item_id"),
        Paper.reference,
        PaperVersion.name,
        PaperVersion.checksum,
        PaperVersion.added_at,
    )
    items = (
        sa.select(AgendaItem.id)
        .join(Event, Event.id == AgendaItem.event_id)
        .where(Event.slug == event, AgendaItem.kind == AgendaKind.OPEN, STANDING)
        .order_by(AgendaItem.position, AgendaItem.id)
    )
    found = together(files=(ToPack, files), items=(int, items))
    return found["files"], found["items"]


def _papers(*columns: sa.ColumnElement[object] | sa.orm.InstrumentedAttribute[object]) -> Query:
    return (
        sa.select(*columns)
        .select_from(Paper)
        .join(Programme, Programme.id == Paper.programme_id)
        .join(PaperVersion, PaperVersion.paper_id == Paper.id)
        .outerjoin(Event, Event.id == Paper.event_id)
        .outerjoin(AgendaItem, AgendaItem.id == Paper.agenda_item_id)
        .where(visible.paper())
    )


def _versions(paper_id: int) -> Query:
    return (
        sa.select(
            PaperVersion.number,
            PaperVersion.name,
            PaperVersion.type,
            PaperVersion.size,
            PaperVersion.note,
            PaperVersion.agreed_at,
            PaperVersion.published_at,
        )
        .where(PaperVersion.paper_id == paper_id, public_version())
        .order_by(PaperVersion.number.desc())
    )


def _themes(paper_id: int) -> Query:
    return (
        sa.select(ThemeGroup.slug, ThemeGroup.title)
        .join(PaperTheme, PaperTheme.theme_id == ThemeGroup.id)
        .join(Programme, Programme.id == ThemeGroup.programme_id)
        .where(PaperTheme.paper_id == paper_id, visible.theme())
        .order_by(PaperTheme.id)
    )
