"""The state machine of docs/domain.md#event: every verb in every state, allowed and refused; nothing else moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from engage.core.access import SYSTEM
from engage.core.db import saving
from engage.core.errors import RuleBroken
from engage.core.facts import history_of
from engage.events import queries, service
from engage.events.models import MOVES, Admission, Event, EventKind, EventState, Precision
from tests.factories.events import ENDS, STARTS, a_draft, a_programme, again, an_event

S = EventState
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
LATER = {"starts": STARTS + timedelta(days=30), "ends": ENDS + timedelta(days=30)}

WAY: dict[EventState, list[Callable[[Event], object]]] = {
    S.DRAFT: [],
    S.SCHEDULED: [lambda e: service.schedule(e, by=SYSTEM)],
    S.OPEN: [lambda e: service.schedule(e, by=SYSTEM), lambda e: service.open_registration(e, by=SYSTEM)],
    S.CLOSED: [
        lambda e: service.schedule(e, by=SYSTEM),
        lambda e: service.open_registration(e, by=SYSTEM),
        lambda e: service.close_registration(e, by=SYSTEM),
    ],
    S.POSTPONED: [
        lambda e: service.schedule(e, by=SYSTEM),
        lambda e: service.postpone(e, reason="Room", **LATER, by=SYSTEM),
    ],
    S.CANCELLED: [lambda e: service.cancel(e, reason="Flood", by=SYSTEM)],
    S.LIVE: [lambda e: service.schedule(e, by=SYSTEM), lambda e: service.go_live(e, by=SYSTEM)],
}
WAY[S.HELD] = [*WAY[S.LIVE], lambda e: service.hold(e, by=SYSTEM)]
WAY[S.RECORD_AGREED] = [*WAY[S.HELD], lambda e: service.record_agreed(e, by=SYSTEM)]
WAY[S.ARCHIVED] = [*WAY[S.RECORD_AGREED], lambda e: service.archive(e, by=SYSTEM)]

VERBS: dict[str, Callable[[Event], object]] = {
    "schedule": lambda e: service.schedule(e, by=SYSTEM),
    "open": lambda e: service.open_registration(e, by=SYSTEM),
    "close": lambda e: service.close_registration(e, by=SYSTEM),
    "postpone": lambda e: service.postpone(e, reason="Room", **LATER, by=SYSTEM),
    "reschedule": lambda e: service.reschedule(e, by=SYSTEM),
    "cancel": lambda e: service.cancel(e, reason="Flood", by=SYSTEM),
    "live": lambda e: service.go_live(e, by=SYSTEM),
    "hold": lambda e: service.hold(e, by=SYSTEM),
    "no record": lambda e: service.no_record_needed(e, reason="A short call", by=SYSTEM),
    "record": lambda e: service.record_agreed(e, by=SYSTEM),
    "archive": lambda e: service.archive(e, by=SYSTEM),
}
# What each verb makes of an event in each state; what is missing is refused. Harmless repeats stay where they are.
BECOMES = {
    ("schedule", S.DRAFT): S.SCHEDULED,
    ("open", S.SCHEDULED): S.OPEN,
    ("open", S.CLOSED): S.OPEN,
    ("close", S.OPEN): S.CLOSED,
    ("postpone", S.SCHEDULED): S.POSTPONED,
    ("postpone", S.OPEN): S.POSTPONED,
    ("postpone", S.CLOSED): S.POSTPONED,
    ("reschedule", S.POSTPONED): S.SCHEDULED,
    ("cancel", S.DRAFT): S.CANCELLED,
    ("cancel", S.SCHEDULED): S.CANCELLED,
    ("cancel", S.OPEN): S.CANCELLED,
    ("cancel", S.CLOSED): S.CANCELLED,
    ("cancel", S.POSTPONED): S.CANCELLED,
    ("live", S.SCHEDULED): S.LIVE,
    ("live", S.OPEN): S.LIVE,
    ("live", S.CLOSED): S.LIVE,
    ("live", S.LIVE): S.LIVE,
    ("hold", S.LIVE): S.HELD,
    ("hold", S.HELD): S.HELD,
    ("no record", S.HELD): S.RECORD_AGREED,
    ("record", S.HELD): S.RECORD_AGREED,
    ("record", S.RECORD_AGREED): S.RECORD_AGREED,
    ("record", S.ARCHIVED): S.ARCHIVED,
    ("archive", S.RECORD_AGREED): S.ARCHIVED,
}


def in_state(state: EventState, **given: object) -> Event:
    event = a_draft(**{"kind": EventKind.SUMMIT, **given})
    for step in WAY[state]:
        with saving():
            step(event)
    assert again(event).state is state
    return event


@pytest.mark.parametrize("state", list(S))
def test_every_verb_moves_or_refuses_as_the_table_says(app, at, state):
    at(NOW)
    programme = a_programme()
    for name, verb in VERBS.items():
        event = in_state(state, programme=programme)
        before = len(history_of("event", event.id))
        wanted = BECOMES.get((name, state))
        if wanted is None:
            with pytest.raises(RuleBroken), saving():
                verb(event)
            assert (name, again(event).state) == (name, state)
            assert len(history_of("event", event.id)) == before, name
        else:
            with saving():
                verb(event)
            assert (name, again(event).state) == (name, wanted)
            assert len(history_of("event", event.id)) == before + (wanted is not state), name


def test_the_table_of_moves_is_reached_whole_and_nothing_beyond_it():
    assert {(now, new) for (_, now), new in BECOMES.items() if now is not new} == {
        (now, new) for now, news in MOVES.items() for new in news
    }


def test_an_event_by_invitation_is_never_open(app, at):
    at(NOW)
    event = an_event(kind=EventKind.ROUND_TABLE)
    assert event.admission is Admission.BY_INVITATION
    with pytest.raises(RuleBroken, match="by invitation only"), saving():
        service.open_registration(event, by=SYSTEM)
    opened = in_state(S.OPEN)
    with pytest.raises(RuleBroken) as refused, saving():
        service.edit(opened, version=again(opened).version, admission=Admission.BY_INVITATION, by=SYSTEM)
    assert refused.value.field == "admission"
    assert again(opened).admission is Admission.OPEN


def test_a_reason_is_needed_to_postpone_cancel_or_go_without_a_record(app, at):
    at(NOW)
    for state, verb in (
        (S.SCHEDULED, lambda e: service.postpone(e, reason=" ", by=SYSTEM)),
        (S.SCHEDULED, lambda e: service.cancel(e, reason="", by=SYSTEM)),
        (S.HELD, lambda e: service.no_record_needed(e, reason="\n", by=SYSTEM)),
    ):
        event = in_state(state)
        with pytest.raises(RuleBroken) as refused, saving():
            verb(event)
        assert refused.value.field == "reason"
        assert again(event).state is state


def test_no_record_needed_keeps_why(app, at):
    at(NOW)
    event = in_state(S.HELD)
    with saving():
        service.no_record_needed(event, reason="A rehearsal of the room", by=SYSTEM)
    event = again(event)
    assert (event.state, event.no_record_reason) == (S.RECORD_AGREED, "A rehearsal of the room")


def test_the_record_of_an_event_that_is_over_but_was_never_ended_ends_it(app, at):
    at(NOW)
    event = an_event()
    at(datetime(2027, 5, 12, 14, 0, tzinfo=UTC))
    with pytest.raises(RuleBroken), saving():
        service.record_agreed(event, by=SYSTEM)
    at(datetime(2027, 5, 12, 17, 0, tzinfo=UTC))
    with saving():
        service.record_agreed(event, by=SYSTEM)
    assert again(event).state is S.RECORD_AGREED
    assert again(event).held_at == datetime(2027, 5, 12, 17, 0, tzinfo=UTC)


def test_an_event_without_a_day_is_not_scheduled_and_does_not_go_live(app, at):
    at(NOW)
    undated = a_draft(starts=None, ends=None)
    with pytest.raises(RuleBroken) as refused, saving():
        service.schedule(undated, by=SYSTEM)
    assert refused.value.field == "starts"
    by_month = an_event(starts=STARTS, ends=None, precision=Precision.MONTH)
    with pytest.raises(RuleBroken), saving():
        service.go_live(by_month, by=SYSTEM)
    assert again(by_month).state is S.SCHEDULED


# --- publication -------------------------------------------------------------------------------------------------


def test_publishing_needs_a_schedule_a_theme_group_and_a_public_programme(app, at):
    at(NOW)
    draft = a_draft()
    without = a_draft(theme=None)
    with saving():
        service.schedule(without, by=SYSTEM)
    private = an_event(a_programme(published=False), published=False)
    for event, why in ((draft, "draft"), (without, "theme group"), (private, "Publish the programme")):
        with pytest.raises(RuleBroken, match=why), saving():
            service.publish(event, by=SYSTEM)
        assert again(event).published_at is None
        assert queries.published_by_slug(event.slug) is None


def test_publishing_is_an_act_of_its_own_done_once(app, at):
    at(NOW)
    event = an_event(published=False)
    assert queries.published_by_slug(event.slug) is None
    with saving():
        service.publish(event, by=SYSTEM)
    at(NOW + timedelta(days=1))
    with saving():
        service.publish(event, by=SYSTEM)
    assert again(event).published_at == NOW
    assert [row.fact for row in history_of("event", event.id)].count("EventPublished") == 1
    assert queries.published_by_slug(event.slug) is not None


def test_a_cancelled_event_stays_public_if_it_was_and_is_never_published_after(app, at):
    at(NOW)
    told, quiet = an_event(), an_event(published=False)
    for event in (told, quiet):
        with saving():
            service.cancel(event, reason="Flood", by=SYSTEM)
    assert queries.published_by_slug(told.slug) is not None
    with pytest.raises(RuleBroken), saving():
        service.publish(quiet, by=SYSTEM)
