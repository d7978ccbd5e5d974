"""Papers: versions that never change, for the room first and then for everybody (docs/domain.md#paper)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from engage.attendance import service as attendance
from engage.core import files
from engage.core.access import SYSTEM, act_as_link
from engage.core.db import db, saving
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import history_of
from engage.events import service as events
from engage.events.models import AgendaKind, EventKind
from engage.papers import policy, queries, service
from engage.papers.models import MOVES, Paper, PaperKind, PaperState, PaperTheme, PaperVersion
from engage.themes import service as themes
from tests.factories.attendance import a_registration, accepted, an_invitation
from tests.factories.attendance import again as now_of
from tests.factories.events import a_programme, a_theme, an_agenda_item, an_event, an_open_event
from tests.factories.papers import a_file, a_paper, a_version, again, agreed, circulated, published, withdrawn
from tests.factories.principals import convenor

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
S = PaperState


@pytest.fixture(autouse=True)
def now(at: Callable[[datetime], None]) -> None:
    at(NOW)


def refused(verb: Callable[..., object], *args: Any, **given: Any) -> tuple[str, str | None]:
    """What a verb says no with: the words and the field."""
    with pytest.raises(RuleBroken) as no, saving():
        verb(*args, **{"by": SYSTEM, **given})
    return no.value.message, no.value.field


def readers(paper: Paper) -> tuple[int | None, int | None]:
    """The numbers of the versions that participants and that everybody reads."""
    paper = again(paper)
    return paper.shared.number if paper.shared else None, paper.public.number if paper.public else None


# --- adding -------------------------------------------------------------------------------------------------------


def test_a_paper_is_a_draft_with_a_reference_of_its_programme_and_one_version(app: Flask) -> None:
    event = an_event()
    item, theme = an_agenda_item(event), a_theme(event.programme)
    file = a_file("Words.\n", "../Direction of travel.txt")
    paper = a_paper(event, title=" Direction of travel ", file=file, item=item, themes=[theme])
    paper = again(paper)
    assert (paper.reference, paper.title, paper.state) == (
        f"{event.programme.prefix}-P1",
        "Direction of travel",
        S.DRAFT,
    )
    assert (paper.event_id, paper.item.id if paper.item else 0, [t.theme_id for t in paper.themes]) == (
        event.id,
        item.id,
        [theme.id],
    )
    version = paper.newest
    assert (version.number, version.name, version.type, version.size, version.added_at) == (
        1,
        "Direction of travel.txt",
        "txt",
        7,
        NOW,
    )
    assert files.path_of(version.checksum).read_bytes() == b"Words.\n"
    assert [(h.fact, h.data) for h in history_of("paper", paper.id)] == [("PaperAdded", {"number": 1})]


def test_references_are_counted_per_programme_and_never_given_twice(app: Flask) -> None:
    programme, other = a_programme(), a_programme()
    withdrawn(a_paper(programme=programme))
    found = [a_paper(programme=programme).reference, a_paper(programme=other).reference]
    assert found == [f"{programme.prefix}-P2", f"{other.prefix}-P1"]


def test_what_a_paper_is_for_is_of_its_own_programme_and_event(app: Flask) -> None:
    event, other = an_event(), an_event()
    gone = an_agenda_item(event)
    with saving():
        events.remove_agenda_item(gone, by=SYSTEM)
    words: dict[str, Any] = {"title": "X", "kind": PaperKind.OTHER, "file": a_file()}
    programme = event.programme
    closed = a_theme(programme)
    with saving():
        themes.close(closed, reason="Done", by=SYSTEM)
    assert refused(service.add_paper, programme, event=other, **words) == (
        "The event belongs to another programme.",
        None,
    )
    assert refused(service.add_paper, programme, event=event, item=an_agenda_item(other), **words)[1] == "item"
    assert refused(service.add_paper, programme, event=event, item=gone, **words)[1] == "item"
    assert refused(service.add_paper, programme, item=an_agenda_item(event), **words)[1] == "item"
    assert refused(service.add_paper, programme, themes=[other.owning_theme], **words)[1] == "themes"
    assert refused(service.add_paper, programme, themes=[closed], **words)[1] == "themes"
    assert refused(service.add_paper, programme, **{**words, "title": " "})[1] == "title"
    assert db.session.scalar(sa.select(sa.func.count(Paper.id))) == 0


def test_the_database_refuses_what_crosses_programmes_or_says_nothing(app: Flask) -> None:
    paper, other = a_paper(), an_event()
    item, theme = an_agenda_item(other), other.owning_theme
    assert theme is not None
    row = sa.update(Paper).where(Paper.id == paper.id)
    version = sa.update(PaperVersion).where(PaperVersion.paper_id == paper.id)
    link = {"paper_id": paper.id, "theme_id": theme.id, "programme_id": paper.programme_id}
    for statement in (
        row.values(event_id=other.id),
        row.values(agenda_item_id=item.id),
        row.values(event_id=None, agenda_item_id=item.id),
        row.values(programme_id=other.programme_id),
        row.values(title=""),
        row.values(state="withdrawn"),
        row.values(withdrawn_at=NOW),
        version.values(number=2),
        version.values(size=0),
        version.values(checksum="abc"),
        version.values(published_at=NOW),
        version.values(agreed_at=NOW),
        sa.insert(PaperTheme).values(**link),
        sa.insert(PaperTheme).values(**{**link, "programme_id": other.programme_id}),
    ):
        with pytest.raises(IntegrityError), saving():
            db.session.execute(statement)


# --- versions and how far they come -------------------------------------------------------------------------------


def test_a_version_goes_to_the_room_is_agreed_and_becomes_public(app: Flask) -> None:
    paper = a_paper()
    assert readers(paper) == (None, None)
    assert (circulated(paper).state, readers(paper)) == (S.CIRCULATED, (1, None))
    with saving():
        service.agree(paper, by=SYSTEM)
    assert readers(paper) == (1, None)
    with saving():
        service.publish(paper, by=SYSTEM)
    paper = again(paper)
    assert (paper.state, readers(paper), paper.published_at) == (S.PUBLISHED, (1, 1), NOW)


@pytest.mark.parametrize("state", [S.DRAFT, S.CIRCULATED, S.AGREED, S.PUBLISHED, S.WITHDRAWN])
def test_no_step_is_left_out(app: Flask, state: PaperState) -> None:
    reach: dict[PaperState, Callable[[Paper], Paper]] = {
        S.DRAFT: lambda paper: paper,
        S.CIRCULATED: circulated,
        S.AGREED: agreed,
        S.PUBLISHED: published,
        S.WITHDRAWN: withdrawn,
    }
    verbs: dict[PaperState, Callable[..., object]] = {
        S.CIRCULATED: service.circulate,
        S.AGREED: service.agree,
        S.PUBLISHED: service.publish,
    }
    paper = reach[state](a_paper())
    for new, verb in verbs.items():
        if new not in MOVES[state]:
            assert refused(verb, paper)[0], (state, new)
    assert again(paper).state is state


def test_readers_keep_the_last_version_that_came_as_far_as_them(app: Flask) -> None:
    paper = published(a_paper())
    a_version(paper)
    assert (again(paper).state, readers(paper)) == (S.DRAFT, (1, 1))
    circulated(paper)
    assert readers(paper) == (2, 1)
    a_version(paper)
    assert readers(paper) == (2, 1)
    published(paper)
    assert readers(paper) == (3, 3)
    assert [v.circulated_at is not None for v in again(paper).versions] == [True, True, True]
    assert [v.published_at is not None for v in again(paper).versions] == [True, False, True]


def test_a_correction_says_what_is_different_and_is_another_file(app: Flask) -> None:
    file = a_file("First.\n")
    paper = a_paper(file=file)
    assert refused(service.add_version, paper, file=a_file(), note=" ")[1] == "note"
    assert refused(service.add_version, paper, file=file, note="None") == ("This is the very file of version 1", "file")
    version = a_version(paper, note="Table 2 corrected")
    assert (version.number, version.note) == (2, "Table 2 corrected")
    a_version(paper, note="Back to the first", file=file)
    assert [v.checksum == file.checksum for v in again(paper).versions] == [True, False, True]
    assert [(h.fact, h.reason, h.data["number"]) for h in history_of("paper", paper.id)] == [
        ("PaperVersionAdded", "Back to the first", 3),
        ("PaperVersionAdded", "Table 2 corrected", 2),
        ("PaperAdded", "", 1),
    ]


def test_nothing_is_public_under_what_is_not(app: Flask) -> None:
    hidden = agreed(a_paper(an_event(published=False)))
    alone = agreed(a_paper(programme=a_programme(published=False)))
    assert refused(service.publish, hidden)[0].startswith("Publish the event first")
    assert refused(service.publish, alone)[0].startswith("Publish the programme first")
    with saving():
        events.publish(hidden.event, by=SYSTEM)
        service.publish(hidden, by=SYSTEM)
    assert readers(hidden) == (1, 1)


def test_a_paper_of_an_internal_item_is_for_staff_and_the_room_only(app: Flask) -> None:
    event = an_event()
    internal, open_ = an_agenda_item(event, kind=AgendaKind.INTERNAL), an_agenda_item(event)
    paper = agreed(a_paper(event, item=internal))
    assert refused(service.publish, paper)[1] == "item"
    shown = published(a_paper(event, item=open_))
    words = {"title": shown.title, "kind": shown.kind, "description": ""}
    assert refused(service.edit, shown, version=again(shown).version, item=internal, **words)[1] == "item"


def test_who_published_what_and_when_stands_in_the_history(app: Flask) -> None:
    paper = agreed(a_paper())
    with saving():
        service.publish(paper, by=convenor(paper.programme_id))
    last = history_of("paper", paper.id)[0]
    assert (last.fact, last.actor, last.at, last.data) == ("PaperPublished", "user:1", NOW, {"number": 1})


def test_withdrawing_asks_why_and_is_for_good(app: Flask) -> None:
    paper = published(a_paper())
    assert refused(service.withdraw, paper, reason=" ")[1] == "reason"
    withdrawn(paper, "The figures were wrong")
    paper = again(paper)
    assert (paper.state, paper.state_reason, paper.withdrawn_at) == (S.WITHDRAWN, "The figures were wrong", NOW)
    words: dict[str, Any] = {"title": "X", "kind": PaperKind.OTHER, "description": "", "version": paper.version}
    for verb, given in (
        (service.add_version, {"file": a_file(), "note": "Again"}),
        (service.edit, words),
        (service.circulate, {}),
        (service.withdraw, {"reason": "Again"}),
    ):
        assert refused(verb, paper, **given)[0] == "The paper was withdrawn: it stays as it is."


def test_all_drafts_of_an_event_are_circulated_at_once(app: Flask) -> None:
    event = an_event()
    first, second, other = a_paper(event), a_paper(event), a_paper()
    agreed(first)
    with saving():
        assert [p.reference for p in service.circulate_all(event, by=SYSTEM)] == [second.reference]
    assert [again(p).state for p in (first, second, other)] == [S.AGREED, S.CIRCULATED, S.DRAFT]
    assert refused(service.circulate_all, event)[0] == "Every paper of this event is circulated already."


# --- words --------------------------------------------------------------------------------------------------------


def test_words_and_what_it_is_for_can_be_changed_and_the_history_tells(app: Flask) -> None:
    event = an_event()
    item, theme = an_agenda_item(event, title="Workforce"), a_theme(event.programme, title="Cancer")
    paper = a_paper(event, title="Draft paper")
    words = {"title": "Final paper", "kind": PaperKind.REPORT, "description": "What it is."}
    with saving():
        service.edit(paper, version=1, item=item, themes=[theme], **words, by=SYSTEM)
    changes = {c["field"]: (c["old"], c["new"]) for c in history_of("paper", paper.id)[0].changes}
    assert changes == {
        "title": ("Draft paper", "Final paper"),
        "kind": ("discussion_paper", "report"),
        "description": ("", "What it is."),
        "item": ("", "Workforce"),
        "themes": ("", "Cancer"),
    }
    with saving():
        service.edit(paper, version=2, item=item, themes=[theme], **words, by=SYSTEM)
    assert (again(paper).version, len(history_of("paper", paper.id))) == (2, 2), "nothing changed, nothing told"


def test_who_saves_second_is_told(app: Flask) -> None:
    paper = a_paper(title="Mine")
    words = {"kind": paper.kind, "description": ""}
    with saving():
        service.edit(paper, version=1, title="Theirs", **words, by=SYSTEM)
    with pytest.raises(StaleVersion), saving():
        service.edit(paper, version=1, title="Yours", **words, by=SYSTEM)
    assert again(paper).title == "Theirs"


def test_an_item_that_was_taken_off_keeps_its_papers_and_takes_no_more(app: Flask) -> None:
    event = an_event()
    item = an_agenda_item(event)
    paper, other = a_paper(event, item=item), a_paper(event)
    with saving():
        events.remove_agenda_item(item, by=SYSTEM)
    words = {"title": "New title", "kind": PaperKind.SLIDES, "description": ""}
    with saving():
        service.edit(paper, version=1, item=item, **words, by=SYSTEM)
    assert refused(service.edit, other, version=1, item=item, **words)[1] == "item"
    assert again(paper).agenda_item_id == item.id


# --- who reads ----------------------------------------------------------------------------------------------------


def test_who_declined_was_withdrawn_or_only_waits_gets_no_papers(app: Flask) -> None:
    event = an_event(capacity=3)
    sent, yes, no = an_invitation(event), accepted(event), an_invitation(event)
    with saving():
        attendance.decline(no, by=act_as_link(no.person_id))
    gone = an_invitation(event)
    with saving():
        attendance.withdraw(gone, by=SYSTEM)
    found = [policy.takes_part(now_of(i)) for i in (sent, yes, no, gone)]
    assert found == [True, True, False, False]
    with saving():
        attendance.decline(now_of(yes), by=act_as_link(yes.person_id))
    assert not policy.takes_part(now_of(yes))


def test_who_has_a_place_reads_and_who_waits_or_cancelled_does_not(app: Flask) -> None:
    event = an_open_event(capacity=1)
    first, second = a_registration(event), a_registration(event)
    assert [policy.takes_part(r) for r in (first, second)] == [True, False]
    with saving():
        attendance.cancel_registration(first, by=SYSTEM)
    assert not policy.takes_part(now_of(first))


def test_participants_read_what_was_circulated_along_the_agenda(app: Flask) -> None:
    event = an_event(kind=EventKind.MEETING)
    one, two = an_agenda_item(event, title="One"), an_agenda_item(event, title="Two")
    second, first, whole = (circulated(a_paper(event, item=item)) for item in (two, one, None))
    a_paper(event, title="A draft")
    circulated(a_paper(an_event()))
    taken_back = circulated(a_paper(event, title="Taken back"))
    a_version(second)
    withdrawn(taken_back, "Superseded")
    found = [(s.reference, s.item, s.number, s.state, s.state_reason) for s in queries.shared_of_event(event.id)]
    assert found == [
        (whole.reference, None, 1, S.CIRCULATED, ""),
        (taken_back.reference, None, 1, S.WITHDRAWN, "Superseded"),
        (first.reference, "One", 1, S.CIRCULATED, ""),
        (second.reference, "Two", 1, S.DRAFT, ""),
    ]
    packed = queries.pack(queries.shared_pack(event.id), [one.id, two.id])
    assert [p.name for p in packed] == [
        f"00.1 {whole.reference} paper.txt",
        f"01.1 {first.reference} paper.txt",
        f"02.1 {second.reference} paper.txt",
    ]


def test_a_participant_reaches_circulated_versions_of_this_event_and_no_others(app: Flask) -> None:
    event, other = an_event(), an_event()
    paper = circulated(a_paper(event))
    a_version(paper)
    a_version(circulated(a_paper(other)))

    def found(event_id: int, number: int) -> bool:
        return queries.shared_version(event_id, paper.reference, number) is not None

    assert [found(event.id, 1), found(event.id, 2), found(other.id, 1)] == [True, False, False]
    circulated(paper)
    assert [found(event.id, 1), found(event.id, 2)] == [True, True]
    withdrawn(paper)
    assert [found(event.id, 1), found(event.id, 2)] == [False, False]
