"""Named reads of papers, each with a total order: what is for the whole event, then along its agenda."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from engage.core.db import db
from engage.core.files import Packed
from engage.events.models import AgendaItem, Event
from engage.papers.models import Paper, PaperKind, PaperState, PaperTheme, PaperVersion

STANDING = sa.and_(AgendaItem.id == Paper.agenda_item_id, AgendaItem.removed_at.is_(None))
ORDER = (AgendaItem.position.is_not(None), AgendaItem.position, AgendaItem.id, Paper.id)


class Shared(NamedTuple):
    """A paper as participants read it: its last circulated version, and the standing agenda item that it is for."""

    reference: str
    title: str
    kind: PaperKind
    state: PaperState
    state_reason: str
    number: int
    name: str
    type: str
    size: int
    checksum: str
    added_at: datetime
    item_id: int | None
    item: str | None


def by_reference(reference: str) -> Paper | None:
    """The paper with this reference, for its staff."""
    return db.session.scalar(
        sa.select(Paper).options(joinedload(Paper.event), joinedload(Paper.item)).where(Paper.reference == reference)
    )


def version_at(reference: str, number: int, name: str) -> PaperVersion | None:
    """The version whose file is at `/manage/papers/REF/vN/NAME`."""
    return db.session.scalar(
        sa.select(PaperVersion)
        .join(PaperVersion.paper)
        .options(joinedload(PaperVersion.paper).options(lazyload("*")))
        .where(Paper.reference == reference, PaperVersion.number == number, PaperVersion.name == name)
    )


def of_event(event_id: int) -> Sequence[Paper]:
    """Every paper of an event, in every state, along its agenda."""
    return db.session.scalars(
        sa.select(Paper)
        .outerjoin(AgendaItem, STANDING)
        .options(joinedload(Paper.item))
        .where(Paper.event_id == event_id)
        .order_by(*ORDER)
    ).all()


def of_programme(programme_id: int, *, limit: int, offset: int = 0) -> Sequence[Paper]:
    """The papers of a programme, the newest first."""
    return db.session.scalars(
        sa.select(Paper)
        .options(joinedload(Paper.event).options(lazyload("*")))
        .where(Paper.programme_id == programme_id)
        .order_by(Paper.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()


def count_of_programme(programme_id: int) -> int:
    """How many there are."""
    return db.session.scalar(sa.select(sa.func.count(Paper.id)).where(Paper.programme_id == programme_id)) or 0


def of_theme(theme_id: int, *, limit: int) -> Sequence[Paper]:
    """The papers for a theme group, the newest first."""
    return db.session.scalars(
        sa.select(Paper)
        .options(joinedload(Paper.event).options(lazyload("*")))
        .where(Paper.id.in_(sa.select(PaperTheme.paper_id).where(PaperTheme.theme_id == theme_id)))
        .order_by(Paper.id.desc())
        .limit(limit)
    ).all()


def standing_of(event_id: int) -> Sequence[tuple[str, PaperState]]:
    """Title and state of each paper of an event that was not withdrawn."""
    rows = db.session.execute(
        sa.select(Paper.title, Paper.state)
        .where(Paper.event_id == event_id, Paper.state != PaperState.WITHDRAWN)
        .order_by(Paper.id)
    )
    return [(title, state) for title, state in rows]


def shared_of_event(event_id: int) -> Sequence[Shared]:
    """What the event's participants may read, and what was withdrawn from them; one statement."""
    return [Shared._make(row) for row in db.session.execute(_shared(event_id).order_by(*ORDER))]


def shared_paper(event_id: int, reference: str) -> Shared | None:
    """One of these."""
    row = db.session.execute(_shared(event_id).where(Paper.reference == reference)).one_or_none()
    return Shared._make(row) if row is not None else None


def shared_version(event_id: int, reference: str, number: int) -> PaperVersion | None:
    """A version that the event's participants may read, the last one or one before; none of a withdrawn paper."""
    return db.session.scalar(
        sa.select(PaperVersion)
        .join(PaperVersion.paper)
        .options(joinedload(PaperVersion.paper).options(lazyload("*")))
        .where(
            Paper.event_id == event_id,
            Paper.reference == reference,
            Paper.state != PaperState.WITHDRAWN,
            PaperVersion.number == number,
            PaperVersion.circulated_at.is_not(None),
        )
    )


def _shared(event_id: int) -> sa.Select[*tuple[object, ...]]:
    last = (
        sa.select(sa.func.max(PaperVersion.number))
        .where(PaperVersion.paper_id == Paper.id, PaperVersion.circulated_at.is_not(None))
        .correlate(Paper)
        .scalar_subquery()
    )
    return (
        sa.select(
            Paper.reference,
            Paper.title,
            Paper.kind,
            Paper.state,
            Paper.state_reason,
            PaperVersion.number,
            PaperVersion.name,
            PaperVersion.type,
            PaperVersion.size,
            PaperVersion.checksum,
            PaperVersion.added_at,
            AgendaItem.id,
            AgendaItem.title,
        )
        .select_from(Paper)
        .join(PaperVersion, sa.and_(PaperVersion.paper_id == Paper.id, PaperVersion.number == last))
        .outerjoin(AgendaItem, STANDING)
        .where(Paper.event_id == event_id)
    )


class ToPack(NamedTuple):
    """A version for a pack: under which agenda item (None: for the whole event), and what it is called."""

    item_id: int | None
    reference: str
    name: str
    checksum: str
    at: datetime


def pack(papers: Iterable[ToPack], items: Collection[int]) -> list[Packed]:
    """The files of a pack, named so that they lie in the agenda's order: "02.1 HCS-P7 Direction of travel.pdf".

    `items`: the ids of the agenda's items, in its order; `papers` come in that order. 00 is for the whole event.
    """
    places = {item: place for place, item in enumerate(items, start=1)}
    taken: dict[int, int] = {}
    packed = []
    for one in papers:
        place = places.get(one.item_id or 0, 0)
        taken[place] = taken.get(place, 0) + 1
        packed.append(Packed(f"{place:02}.{taken[place]} {one.reference} {one.name}", one.checksum, one.at))
    return packed


def staff_pack(event: Event) -> list[ToPack]:
    """The newest version of each paper of an event that stands."""
    return [
        ToPack(paper.agenda_item_id, paper.reference, paper.newest.name, paper.newest.checksum, paper.newest.added_at)
        for paper in of_event(event.id)
        if paper.state is not PaperState.WITHDRAWN
    ]


def shared_pack(event_id: int) -> list[ToPack]:
    """What the event's participants may read now."""
    return [
        ToPack(one.item_id, one.reference, one.name, one.checksum, one.added_at)
        for one in shared_of_event(event_id)
        if one.state is not PaperState.WITHDRAWN
    ]
