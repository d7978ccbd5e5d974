"""Verbs of papers (docs/domain.md#paper). The file is kept first, outside the unit of work; the row names it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from engage.core import clock
from engage.core.access import Principal
from engage.core.db import db, lock
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import Change, Fact, changed, record
from engage.core.files import Kept
from engage.core.states import check_move
from engage.core.text import _
from engage.events import queries as events
from engage.events.models import AgendaItem, AgendaKind, Event
from engage.events.service import apply_due_by_id
from engage.papers import queries
from engage.papers.facts import (
    PaperAdded,
    PaperAgreed,
    PaperChanged,
    PaperCirculated,
    PaperFact,
    PaperPublished,
    PaperVersionAdded,
    PaperWithdrawn,
)
from engage.papers.models import MOVES, Paper, PaperKind, PaperState, PaperTheme, PaperVersion
from engage.programmes import queries as programmes
from engage.programmes.models import Programme
from engage.programmes.service import next_reference
from engage.themes.models import ThemeGroup, ThemeState


def add_paper(
    programme: Programme,
    *,
    title: str,
    kind: PaperKind,
    file: Kept,
    description: str = "",
    event: Event | None = None,
    item: AgendaItem | None = None,
    themes: Collection[ThemeGroup] = (),
    by: Principal,
) -> Paper:
    """A new paper with its first version, a draft: its programme's staff read it and nobody else.

    `event` and `item` are what it is for, or None. Raises `RuleBroken` for one of another programme or event, for an
    item that was taken off the agenda, for a theme group that is closed.
    """
    reference = next_reference(programme.id, "P")
    if event is not None:
        event = lock(Event, event.id)
        if event.programme_id != programme.id:
            raise RuleBroken(_("The event belongs to another programme."))
    _check_words(title)
    _check_item(event.id if event else None, item)
    _check_themes(programme.id, themes)
    paper = Paper(
        programme_id=programme.id,
        event_id=event.id if event else None,
        agenda_item_id=item.id if item else None,
        reference=reference,
        kind=kind,
        title=title.strip(),
        description=description.strip(),
        state=PaperState.DRAFT,
        created_at=clock.now(),
    )
    db.session.add(paper)
    db.session.flush()
    _put_themes(paper, themes)
    _put_version(paper, 1, file, "", by)
    _note(PaperAdded, paper, by)
    return paper


def add_version(paper: Paper, *, file: Kept, note: str, by: Principal) -> PaperVersion:
    """A correction: a new version, which is a draft. Whoever reads an earlier one keeps it until this one comes as far.

    Raises `RuleBroken` without a note that says what is different, for the very file of the newest version, and for
    a paper that was withdrawn.
    """
    paper = _standing(paper)
    if not note.strip():
        raise RuleBroken(_("Say what is different from the version before"), field="note")
    newest = paper.newest
    if newest.checksum == file.checksum:
        raise RuleBroken(_("This is the very file of version %(number)d", number=newest.number), field="file")
    version = _put_version(paper, newest.number + 1, file, note.strip(), by)
    changes = changed(paper, state=PaperState.DRAFT)
    _note(PaperVersionAdded, paper, by, reason=note.strip(), changes=changes)
    return version


def edit(
    paper: Paper,
    *,
    version: int,
    title: str,
    kind: PaperKind,
    description: str,
    item: AgendaItem | None = None,
    themes: Collection[ThemeGroup] = (),
    by: Principal,
) -> Paper:
    """Change what it is called and what it is for; its files stay as they are.

    Raises `StaleVersion` when somebody saved since `version` was read, else as `add_paper`.
    """
    paper = _standing(paper)
    if paper.version != version:
        raise StaleVersion(_("Somebody else changed this paper while you were writing."))
    before = {link.theme_id: link.theme.title for link in paper.themes}
    _check_words(title)
    if (item.id if item else None) != paper.agenda_item_id:
        _check_item(paper.event_id, item)
    _check_themes(paper.programme_id, themes, known=before)
    if paper.public is not None:
        _refuse_internal(item)
    item_before = paper.item.title if paper.item else ""
    changes = changed(paper, title=title.strip(), kind=kind, description=description.strip())
    if paper.agenda_item_id != (item.id if item else None):
        paper.agenda_item_id = item.id if item else None
        changes += (Change(field="item", old=item_before, new=item.title if item else ""),)
    wanted = {theme.id: theme.title for theme in themes}
    if before.keys() != wanted.keys():
        changes += (Change(field="themes", old=", ".join(before.values()), new=", ".join(wanted.values())),)
        _put_themes(paper, themes)
    if changes:
        paper.version += 1
        _note(PaperChanged, paper, by, changes=changes)
        db.session.expire(paper, ["item"])
    return paper


def circulate(paper: Paper, *, by: Principal) -> Paper:
    """Let the event's participants read the newest version behind their links."""
    paper = _standing(paper)
    _move(paper, PaperState.CIRCULATED)
    paper.newest.circulated_at = clock.now()
    _note(PaperCirculated, paper, by)
    return paper


def circulate_all(event: Event, *, by: Principal) -> Sequence[Paper]:
    """The same for every draft of an event; returns those that were circulated. Raises `RuleBroken` where none was."""
    event = lock(Event, event.id)
    drafts = [paper for paper in queries.of_event(event.id) if paper.state is PaperState.DRAFT]
    if not drafts:
        raise RuleBroken(_("Every paper of this event is circulated already."))
    return [circulate(paper, by=by) for paper in drafts]


def agree(paper: Paper, *, by: Principal) -> Paper:
    """Keep that the newest version was agreed as it was circulated."""
    paper = _standing(paper)
    _move(paper, PaperState.AGREED)
    paper.newest.agreed_at = clock.now()
    _note(PaperAgreed, paper, by)
    return paper


def publish(paper: Paper, *, by: Principal) -> Paper:
    """Let everybody read the newest version. Raises `RuleBroken` under a programme or event that is not public, and
    for a paper of an internal agenda item."""
    paper = _standing(paper)
    check_move(MOVES, paper.state, PaperState.PUBLISHED, what=_("A paper"))
    public = programmes.is_public(paper.programme) if paper.event is None else events.is_public(paper.event)
    if not public:
        raise RuleBroken(
            _("Publish the event first: nothing is public under an event that is not.")
            if paper.event
            else _("Publish the programme first: nothing is public under a programme that is not.")
        )
    _refuse_internal(paper.item)
    paper.state = PaperState.PUBLISHED
    paper.newest.published_at = clock.now()
    paper.published_at = paper.published_at or paper.newest.published_at
    _note(PaperPublished, paper, by)
    return paper


def withdraw(paper: Paper, *, reason: str, by: Principal) -> Paper:
    """Take it back, for good: nobody but staff gets its files, and its page says so and why."""
    paper = _standing(paper)
    if not reason.strip():
        raise RuleBroken(_("Say why: whoever could read the paper reads the reason."), field="reason")
    changes = _move(paper, PaperState.WITHDRAWN)
    paper.state_reason = reason.strip()
    paper.withdrawn_at = clock.now()
    _note(PaperWithdrawn, paper, by, reason=reason.strip(), changes=changes)
    return paper


def _standing(paper: Paper) -> Paper:
    """The paper with its event locked first, after what is due of that; `RuleBroken` for a withdrawn one."""
    if paper.event_id is not None:
        apply_due_by_id(paper.event_id)
    paper = lock(Paper, paper.id)
    db.session.expire(paper, ["versions", "themes", "item", "event"])
    if paper.state is PaperState.WITHDRAWN:
        raise RuleBroken(_("The paper was withdrawn: it stays as it is."))
    return paper


def _move(paper: Paper, new: PaperState) -> tuple[Change, ...]:
    check_move(MOVES, paper.state, new, what=_("A paper"))
    return changed(paper, state=new)


def _check_words(title: str) -> None:
    if not title.strip():
        raise RuleBroken(_("Enter the title of the paper"), field="title")


def _check_item(event_id: int | None, item: AgendaItem | None) -> None:
    if item is not None and (item.event_id != event_id or item.removed_at is not None):
        raise RuleBroken(_("Choose an item that stands on the event’s agenda"), field="item")


def _refuse_internal(item: AgendaItem | None) -> None:
    if item is not None and item.kind is AgendaKind.INTERNAL:
        raise RuleBroken(_("A paper for an internal agenda item is never public."), field="item")


def _check_themes(programme_id: int, themes: Collection[ThemeGroup], known: Collection[int] = ()) -> None:
    for theme in themes:
        if theme.programme_id != programme_id:
            raise RuleBroken(_("Choose theme groups of the paper’s own programme"), field="themes")
        if theme.state is ThemeState.CLOSED and theme.id not in known:
            raise RuleBroken(_("“%(theme)s” is closed. Choose another one", theme=theme.title), field="themes")


def _put_themes(paper: Paper, themes: Collection[ThemeGroup]) -> None:
    for link in list(paper.themes):
        db.session.delete(link)
    db.session.flush()
    for theme_id in sorted({theme.id for theme in themes}):
        db.session.add(PaperTheme(paper_id=paper.id, theme_id=theme_id, programme_id=paper.programme_id))
    db.session.flush()
    db.session.expire(paper, ["themes"])


def _put_version(paper: Paper, number: int, file: Kept, note: str, by: Principal) -> PaperVersion:
    version = PaperVersion(
        paper_id=paper.id,
        number=number,
        name=file.name,
        type=file.kind,
        size=file.size,
        checksum=file.checksum,
        note=note,
        added_at=clock.now(),
        added_by=by.actor,
    )
    db.session.add(version)
    db.session.flush()
    db.session.expire(paper, ["versions"])
    return version


def _note(
    kind: type[PaperFact], paper: Paper, by: Principal, *, reason: str = "", changes: tuple[Change, ...] = ()
) -> None:
    fact: Fact = kind(
        subject_id=paper.id,
        programme_id=paper.programme_id,
        number=paper.newest.number,
        reason=reason,
        changes=changes,
    )
    record(fact, by=by)
