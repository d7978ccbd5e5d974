"""What the public finds, under which theme groups an event stands, and the clock that moves events by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from engage.core import jobs
from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.core.errors import RuleBroken
from engage.core.facts import history_of, preview, react
from engage.events import queries, service
from engage.events.facts import EventCancelled, EventWentLive
from engage.events.jobs import _zones_read
from engage.events.models import AgendaKind, EventKind, EventState, EventTheme, Precision
from engage.themes import service as themes
from tests.factories.events import (
    ENDS,
    STARTS,
    a_draft,
    a_programme,
    a_theme,
    again,
    an_agenda_item,
    an_event,
    an_open_event,
)

S = EventState
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


def names(events) -> list[str]:
    return [event.title for event in events]


# --- public lists -------------------------------------------------------------------------------------------------


def test_coming_and_past_hold_every_public_event_once_and_no_private_one(app, at):
    at(datetime(2027, 1, 4, tzinfo=UTC))
    programme, theme = a_programme(), None
    theme = a_theme(programme)
    day = {"starts": STARTS, "ends": ENDS}
    an_event(programme, theme=theme, title="Soon", **{k: v - timedelta(days=60) for k, v in day.items()})
    an_event(programme, theme=theme, title="Month", starts=date(2027, 4, 1), ends=None, precision=Precision.MONTH)
    undated = an_event(programme, theme=theme, title="Undated")
    off = an_event(programme, theme=theme, title="Off", **{k: v + timedelta(days=9) for k, v in day.items()})
    held = an_event(programme, theme=theme, title="Held", **{k: v - timedelta(days=100) for k, v in day.items()})
    an_event(programme, theme=theme, title="Private", published=False)
    a_draft(programme, theme=theme, title="Draft")
    an_event(a_programme(), title="Elsewhere")
    with saving():
        service.postpone(undated, reason="Room", by=SYSTEM)
        service.cancel(off, reason="Flood", by=SYSTEM)
    at(NOW)
    with saving():
        service.apply_due(held)
    assert names(queries.coming(programme_id=programme.id)) == ["Soon", "Month", "Off", "Undated"]
    assert names(queries.coming(theme_id=theme.id)) == ["Soon", "Month", "Off", "Undated"]
    assert "Elsewhere" in names(queries.coming())
    assert names(queries.past(programme_id=programme.id).items) == ["Held"]
    assert names(queries.published_of(programme.id)) == ["Held", "Soon", "Month", "Off", "Undated"]
    at(datetime(2027, 6, 1, tzinfo=UTC))
    assert names(queries.past(programme_id=programme.id).items) == ["Off", "Held"]


def test_a_public_page_has_all_that_it_shows_in_two_statements(app, at, query_log):
    at(NOW)
    programme = a_programme()
    for n in (1, 3):
        event = an_event(programme)
        groups = [a_theme(programme) for _ in range(n)]
        with saving():
            service.set_themes(event, groups[0], groups[1:], by=SYSTEM)
        for _item in range(n):
            an_agenda_item(event, themes=[a_theme(programme)])
        an_agenda_item(event, kind=AgendaKind.INTERNAL, title="Secret", minutes=15)
        an_agenda_item(event, title="Last")
        slug = again(event).slug
        db.session.rollback()
        query_log.clear()
        found = queries.published_by_slug(slug)
        shown = queries.timed_agenda(found)
        assert [link.item.title for link in shown if link.item.title in ("Secret", "Last")] == ["Last"]
        assert shown[-1].begins == STARTS + timedelta(minutes=30 * n + 15), "internal minutes count"
        _ = (found.programme.name, found.chair, [t.theme.title for t in found.themes], [d.when for d in found.dates])
        _ = [theme.theme.title for line in shown for theme in line.item.themes]
        assert len(query_log) == 2


# --- theme groups -------------------------------------------------------------------------------------------------


def test_theme_groups_are_replaced_whole_with_one_owner(app, at):
    at(NOW)
    programme = a_programme()
    cancer, workforce, primary = (a_theme(programme, title=title) for title in ("Cancer", "Workforce", "Primary"))
    event = an_event(programme, theme=cancer)
    with saving():
        service.set_themes(event, workforce, [cancer, primary, workforce], by=SYSTEM)
    found = again(event)
    assert (found.owning_theme.title, [t.title for t in found.other_themes]) == (
        "Workforce",
        ["Cancer", "Primary"],
    )
    row = history_of("event", event.id)[0]
    assert [(c["field"], c["old"], c["new"]) for c in row.changes] == [
        ("owner", "Cancer", "Workforce"),
        ("themes", "", "Cancer, Primary"),
    ]
    with saving():
        service.set_themes(event, workforce, [primary, cancer], by=SYSTEM)
    assert history_of("event", event.id)[0].id == row.id, "nothing changed, nothing is said"


def test_theme_groups_of_another_programme_closed_ones_and_none_are_refused(app, at):
    at(NOW)
    programme = a_programme()
    closed, stranger, mine = a_theme(programme), a_theme(a_programme()), a_theme(programme)
    before = an_event(programme, theme=closed)
    event = an_event(programme, theme=mine)
    with saving():
        themes.close(closed, reason="Done", by=SYSTEM)
    for owner, others in ((stranger, []), (mine, [stranger]), (closed, []), (None, [mine]), (None, [])):
        with pytest.raises(RuleBroken), saving():
            service.set_themes(event, owner, others, by=SYSTEM)
    with saving():
        service.set_themes(before, mine, [closed], by=SYSTEM)
    assert again(event).owning_theme.id == mine.id


def test_the_store_refuses_a_second_owner_and_a_group_of_another_programme(app, at):
    at(NOW)
    event, stranger = an_event(), a_theme(a_programme())
    second = a_theme(again(event).programme)
    for theme, owns in ((second, True), (stranger, False)):
        with pytest.raises(Exception, match=r"(?i)constraint|unique"), saving():
            db.session.add(EventTheme(event_id=event.id, programme_id=event.programme_id, theme_id=theme.id, owns=owns))


# --- by itself ----------------------------------------------------------------------------------------------------


def test_the_minute_clock_moves_what_is_due_and_nothing_else(app, at):
    at(NOW)
    begins, waits = an_event(), an_event(starts=STARTS + timedelta(days=1), ends=ENDS + timedelta(days=1))
    later = {"starts": STARTS + timedelta(days=2), "ends": ENDS + timedelta(days=2)}
    closes = an_open_event(registration_closes=STARTS - timedelta(days=1), **later)
    at(datetime(2027, 5, 12, 9, 0, 30, tzinfo=UTC))
    jobs.MINUTELY["events/due"]()
    assert [again(event).state for event in (begins, waits, closes)] == [S.LIVE, S.SCHEDULED, S.CLOSED]
    rows = [(row.fact, row.actor) for row in history_of("event", begins.id)]
    jobs.MINUTELY["events/due"]()
    assert [(row.fact, row.actor) for row in history_of("event", begins.id)] == rows
    assert rows[0] == ("EventWentLive", "system")


def test_one_event_that_cannot_move_holds_up_no_other(app, at):
    at(NOW)
    broken, fine = an_event(), an_event()

    def fails(fact: EventWentLive, by: object) -> None:
        if fact.subject_id == broken.id:
            raise RuntimeError("broken")

    from engage.core.facts import _reactions

    ident = broken.id
    react(EventWentLive, act=fails)
    try:
        at(datetime(2027, 5, 12, 9, 1, tzinfo=UTC))
        jobs.MINUTELY["events/due"]()
    finally:
        _reactions[EventWentLive].pop()
    assert (queries.by_id(ident).state, again(fine).state) == (S.SCHEDULED, S.LIVE)


def test_zone_rules_are_read_again_once_in_each_process(app, at):
    at(NOW)
    event = an_event()
    with saving():
        again(event).starts_at -= timedelta(hours=1)
    _zones_read.clear()
    jobs.MINUTELY["events/zones"]()
    assert again(event).starts_at == datetime(2027, 5, 12, 9, tzinfo=UTC)
    assert _zones_read == [True]


def test_asking_what_an_act_would_do_changes_nothing(app, at):
    at(NOW)
    event = an_event(kind=EventKind.ROUND_TABLE)
    for fact_of in (service.cancelling, service.postponing, service.going_live, service.publishing):
        preview(fact_of(event))
    assert isinstance(service.cancelling(event, reason="Flood"), EventCancelled)
    assert (again(event).state, again(event).sequence) == (S.SCHEDULED, 0)
