"""The scenes of a paper: added, circulated, agreed, published, corrected, withdrawn."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial

from engage.core import files
from engage.core.access import Principal, Role
from engage.demo.loader.playing import Scene
from engage.demo.loader.stage import Stage
from engage.demo.paper import Paper, PaperVersion
from engage.demo.story import Programme
from engage.papers import service as papers
from engage.papers.models import PaperKind


def scenes(stage: Stage, programme: Programme, told: Paper) -> Iterator[Scene]:
    """From its first version to as far as its last has come. The files are the story's own words."""
    for number, version in enumerate(told.versions, start=1):
        yield Scene(version.added, partial(_add, stage, programme, told, version, number))
        if version.circulated:
            yield Scene(version.circulated, partial(_move, stage, programme, told, papers.circulate, Role.SECRETARY))
        if version.agreed:
            yield Scene(version.agreed, partial(_move, stage, programme, told, papers.agree, Role.CONVENOR))
        if version.published:
            yield Scene(version.published, partial(_move, stage, programme, told, papers.publish, Role.CONVENOR))
    if told.withdrawn:
        yield Scene(told.withdrawn, partial(_withdraw, stage, programme, told))


def _add(stage: Stage, programme: Programme, told: Paper, version: PaperVersion, number: int) -> None:
    by = stage.holder(programme.slug, Role.SECRETARY)
    file = files.keep(io.BytesIO(f"{version.content}\n".encode()), version.file)
    if number > 1:
        papers.add_version(stage.papers[told.title], file=file, note=version.note, by=by)
        return
    stage.papers[told.title] = papers.add_paper(
        stage.programmes[programme.slug],
        title=told.title,
        kind=PaperKind(told.kind),
        description=told.description,
        event=stage.events[told.event] if told.event else None,
        item=stage.agenda[told.event, told.item] if told.item else None,
        themes=[stage.themes[slug] for slug in told.themes],
        file=file,
        by=by,
    )


def _move(stage: Stage, programme: Programme, told: Paper, verb: Callable[..., object], role: Role) -> None:
    by: Principal = stage.holder(programme.slug, role)
    verb(stage.papers[told.title], by=by)


def _withdraw(stage: Stage, programme: Programme, told: Paper) -> None:
    by = stage.holder(programme.slug, Role.CONVENOR)
    papers.withdraw(stage.papers[told.title], reason=told.reason, by=by)
