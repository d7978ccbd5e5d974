"""Dates, zones and every date ever had (docs/domain.md#event)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import history_of
from engage.core.text import NonexistentTime, UnknownZone
from engage.events import service
from engage.events.models import Event, EventKind, EventState, Precision
from engage.events.service import When
from tests.factories.events import ENDS, STARTS, a_draft, again, an_event, an_open_event

S, P = EventState, Precision
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


def wall(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, fold=fold)  # type: ignore[misc, arg-type]  # noqa: DTZ001


def dates_of(event: Event) -> list[str]:
    return [had.when for had in again(event).dates]


# --- wall times --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "starts", "utc"),
    [
        ("Europe/London", wall(2027, 1, 12, 10), datetime(2027, 1, 12, 10, tzinfo=UTC)),
        ("Europe/London", wall(2027, 7, 12, 10), datetime(2027, 7, 12, 9, tzinfo=UTC)),
        ("Asia/Kathmandu", wall(2027, 7, 12, 10), datetime(2027, 7, 12, 4, 15, tzinfo=UTC)),
        ("America/St_Johns", wall(2027, 7, 12, 23, 30), datetime(2027, 7, 13, 2, 0, tzinfo=UTC)),
        ("Pacific/Kiritimati", wall(2027, 7, 12, 1), datetime(2027, 7, 11, 11, tzinfo=UTC)),
        ("Europe/London", wall(2027, 10, 31, 1, 30, fold=0), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        ("Europe/London", wall(2027, 10, 31, 1, 30, fold=1), datetime(2027, 10, 31, 1, 30, tzinfo=UTC)),
        ("Europe/London", wall(2027, 7, 12, 0, 0), datetime(2027, 7, 11, 23, 0, tzinfo=UTC)),
    ],
)
def test_wall_time_and_zone_are_kept_and_the_instant_follows(app, zone, starts, utc):
    event = again(a_draft(zone=zone, starts=starts, ends=starts + timedelta(hours=3)))
    assert (event.starts, event.zone, event.starts_at) == (starts, zone, utc)
    assert event.starts_fold == starts.fold


def test_a_time_that_the_clocks_skip_is_refused_beside_its_field(app):
    for field, times in (
        ("starts", {"starts": wall(2027, 3, 28, 1, 30), "ends": wall(2027, 3, 28, 5)}),
        ("ends", {"starts": wall(2027, 3, 27, 22), "ends": wall(2027, 3, 28, 1, 30)}),
    ):
        with pytest.raises(NonexistentTime) as refused:
            a_draft(**times)
        assert refused.value.field == field


def test_over_a_clock_change_the_end_is_judged_by_the_instant(app):
    across = again(a_draft(starts=wall(2027, 10, 31, 1, 30, fold=0), ends=wall(2027, 10, 31, 1, 10, fold=1)))
    assert across.ends_at - across.starts_at == timedelta(minutes=40)
    with pytest.raises(RuleBroken) as refused:
        a_draft(starts=wall(2027, 10, 31, 1, 30, fold=1), ends=wall(2027, 10, 31, 1, 40, fold=0))
    assert refused.value.field == "ends"


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "../../etc/passwd", "", "localtime"])
def test_an_unknown_zone_is_refused(app, zone):
    with pytest.raises(UnknownZone):
        a_draft(zone=zone)


def test_a_day_that_begins_when_the_clocks_skip_midnight_is_still_a_day(app):
    event = again(a_draft(zone="Africa/Cairo", starts=date(2027, 4, 30), ends=None))
    assert event.precision is P.DAY
    assert event.ends_at - event.starts_at == timedelta(hours=23)


def test_a_fold_that_means_nothing_is_dropped_and_seconds_too(app):
    event = again(a_draft(starts=datetime(2027, 5, 1, 10, 0, 59, fold=1), ends=wall(2027, 5, 1, 12)))  # noqa: DTZ001
    assert (event.starts, event.starts_fold) == (wall(2027, 5, 1, 10), 0)


@pytest.mark.parametrize(
    ("given", "precision", "when"),
    [
        ({"starts": STARTS, "ends": ENDS}, P.TIME, "Wednesday 12 May 2027, 10am to 4pm (UK time)"),
        (
            {"starts": STARTS, "ends": ENDS + timedelta(days=1)},
            P.TIME,
            "Wednesday 12 May 2027, 10am to Thursday 13 May 2027, 4pm (UK time)",
        ),
        ({"starts": date(2027, 5, 12), "ends": date(2027, 5, 14)}, P.DAY, "12 to 14 May 2027"),
        ({"starts": date(2027, 5, 12), "ends": None}, P.DAY, "12 May 2027"),
        ({"starts": date(2027, 5, 12), "ends": None, "precision": P.MONTH}, P.MONTH, "May 2027"),
        ({"starts": None, "ends": None}, P.TO_BE_CONFIRMED, "Date to be confirmed"),
    ],
)
def test_a_date_is_as_exact_as_what_is_known(app, given, precision, when):
    event = again(a_draft(**given))
    assert (event.precision, event.when) == (precision, when)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"starts": ENDS, "ends": STARTS}, "ends"),
        ({"starts": STARTS, "ends": STARTS}, "ends"),
        ({"starts": STARTS, "ends": None}, "ends"),
        ({"starts": date(2027, 5, 12), "ends": date(2027, 5, 11)}, "ends"),
        ({"starts": STARTS, "ends": STARTS.replace(year=2028)}, "ends"),
        ({"starts": None, "ends": None, "precision": P.DAY}, "starts"),
    ],
)
def test_impossible_dates_are_refused_beside_their_field(app, given, field):
    with pytest.raises(RuleBroken) as refused:
        a_draft(**given)
    assert refused.value.field == field


# --- changing a date ---------------------------------------------------------------------------------------------


def test_a_draft_takes_any_date_and_none_of_them_is_kept(app, at):
    at(NOW)
    event = a_draft()
    with saving():
        service.edit(event, version=1, starts=STARTS + timedelta(days=9), ends=ENDS + timedelta(days=9), by=SYSTEM)
    assert (again(event).sequence, dates_of(event)) == (0, [])


def test_hours_of_the_same_day_are_a_change_that_calendars_are_told_of(app, at):
    at(NOW)
    event = an_event()
    with saving():
        service.edit(event, version=1, starts=STARTS.replace(hour=9), ends=ENDS, by=SYSTEM)
    event = again(event)
    assert (event.state, event.sequence, event.version) == (S.SCHEDULED, 1, 2)
    assert history_of("event", event.id)[0].data["calendar"] is True
    assert dates_of(event) == [
        "Wednesday 12 May 2027, 10am to 4pm (UK time)",
        "Wednesday 12 May 2027, 9am to 4pm (UK time)",
    ]


def test_another_day_is_a_postponement(app, at):
    at(NOW)
    event = an_event()
    with pytest.raises(RuleBroken, match="postpone") as refused, saving():
        service.edit(event, version=1, starts=STARTS + timedelta(days=1), ends=ENDS + timedelta(days=1), by=SYSTEM)
    assert refused.value.field == "starts"
    assert again(event).starts == STARTS


@pytest.mark.parametrize(
    ("before", "after", "narrows"),
    [
        ((P.MONTH, date(2027, 5, 1)), (P.DAY, date(2027, 5, 12)), True),
        ((P.MONTH, date(2027, 5, 1)), (P.TIME, STARTS), True),
        ((P.MONTH, date(2027, 5, 1)), (P.DAY, date(2027, 6, 1)), False),
        ((P.MONTH, date(2027, 5, 1)), (P.MONTH, date(2028, 5, 1)), False),
        ((P.DAY, date(2027, 5, 12)), (P.TIME, STARTS), True),
        ((P.DAY, date(2027, 5, 12)), (P.MONTH, date(2027, 5, 1)), False),
        ((P.TIME, STARTS), (P.DAY, date(2027, 5, 12)), False),
        ((P.TIME, STARTS), (P.TO_BE_CONFIRMED, None), False),
    ],
)
def test_saying_more_of_an_announced_date_is_no_postponement(before, after, narrows):
    def when(precision, starts):
        ends = ENDS if precision is P.TIME else None
        return When.checked(zone="Europe/London", precision=precision, starts=starts, ends=ends)

    assert when(*after).narrows(when(*before)) is narrows


def test_two_editors_and_the_second_is_told(app, at):
    at(NOW)
    event = a_draft()
    with saving():
        service.edit(event, version=1, summary="Hers", by=SYSTEM)
    with pytest.raises(StaleVersion), saving():
        service.edit(event, version=1, summary="His", by=SYSTEM)
    assert (again(event).summary, again(event).version) == ("Hers", 2)


def test_words_make_a_newer_stamp_and_venue_a_higher_sequence(app, at):
    at(NOW)
    event = an_event()
    seen = []
    for step, change in enumerate(
        (
            {"summary": "Typo mended"},
            {"online_link": "https://example.org/room"},
            {"place": "Elsewhere"},
            {"town": "Leeds"},
        )
    ):
        at(NOW + timedelta(hours=step + 1))
        with saving():
            service.edit(event, version=again(event).version, **change, by=SYSTEM)
        seen.append((again(event).sequence, again(event).stamped_at - NOW))
    assert seen == [(0, timedelta(hours=1)), (0, timedelta(hours=2)), (1, timedelta(hours=3)), (2, timedelta(hours=4))]


def test_saving_what_is_there_already_changes_nothing(app, at):
    at(NOW)
    event = an_event()
    with saving():
        service.edit(event, version=1, title=again(event).title, starts=STARTS, ends=ENDS, by=SYSTEM)
    assert (again(event).version, again(event).sequence) == (1, 0)


def test_what_took_place_keeps_its_date_and_place_but_words_may_be_mended(app, at):
    at(NOW)
    event = an_event()
    at(datetime(2027, 5, 12, 12, tzinfo=UTC))
    with saving():
        service.edit(event, version=1, summary="What we talked about", by=SYSTEM)
    for change in ({"place": "Elsewhere"}, {"capacity": 5}, {"starts": STARTS.replace(hour=8), "ends": ENDS}):
        with pytest.raises(RuleBroken), saving():
            service.edit(event, version=2, **change, by=SYSTEM)
    assert (again(event).summary, again(event).place) == ("What we talked about", "1 Drummond Gate")


def test_a_refused_edit_leaves_the_event_as_it_was_even_where_the_refusal_is_caught(app, at):
    at(NOW)
    event = an_event()
    with saving():
        with pytest.raises(RuleBroken):
            service.edit(event, version=1, summary="No", capacity=-1, by=SYSTEM)
    assert (again(event).summary, again(event).capacity) == ("", None)


# --- postponing --------------------------------------------------------------------------------------------------


def test_postponing_is_one_act_and_every_date_stays(app, at):
    at(NOW)
    event = an_event(starts=date(2027, 4, 1), ends=None, precision=P.MONTH)
    with saving():
        service.postpone(event, reason="The plan is not ready.", by=SYSTEM)
    event = again(event)
    assert (event.state, event.state_reason, event.when) == (
        S.POSTPONED,
        "The plan is not ready.",
        "Date to be confirmed",
    )
    assert (event.starts_at, event.ends_at, event.reconfirm_by, event.sequence) == (None, None, None, 1)
    at(NOW + timedelta(days=20))
    with saving():
        service.reschedule(event, starts=STARTS, ends=ENDS, reconfirm_by=date(2027, 4, 21), by=SYSTEM)
    event = again(event)
    assert (event.state, event.state_reason, event.sequence) == (S.SCHEDULED, "", 2)
    assert event.reconfirm_by == datetime(2027, 4, 21, 22, 59, 59, tzinfo=UTC)
    assert dates_of(event) == [
        "April 2027",
        "Date to be confirmed",
        "Wednesday 12 May 2027, 10am to 4pm (UK time)",
    ]
    assert [had.when for had in event.earlier_dates] == ["April 2027", "Date to be confirmed"]
    postponed, again_on = history_of("event", event.id)[1], history_of("event", event.id)[0]
    assert (postponed.fact, postponed.reason, postponed.data["precision"]) == (
        "EventPostponed",
        "The plan is not ready.",
        "to_be_confirmed",
    )
    assert (again_on.fact, again_on.data["date_changed"]) == ("EventRescheduled", True)


def test_confirming_the_date_that_the_postponement_named_changes_no_date(app, at):
    at(NOW)
    event = an_event()
    new = {"starts": STARTS + timedelta(days=7), "ends": ENDS + timedelta(days=7)}
    with saving():
        service.postpone(event, reason="Room", **new, by=SYSTEM)
    assert again(event).reconfirm_by == datetime(2027, 3, 15, 23, 59, 59, tzinfo=UTC)
    with saving():
        service.reschedule(event, by=SYSTEM)
    row = history_of("event", event.id)[0]
    assert (row.fact, row.data["date_changed"], len(dates_of(event))) == ("EventRescheduled", False, 2)


def test_a_new_date_is_to_come_is_another_one_and_leaves_time_to_answer(app, at):
    at(NOW)
    event = an_event()
    move = {"starts": STARTS + timedelta(days=7), "ends": ENDS + timedelta(days=7)}
    for given, field in (
        ({"starts": STARTS, "ends": ENDS}, "starts"),
        ({"starts": wall(2027, 2, 1, 9), "ends": wall(2027, 2, 1, 10)}, "starts"),
        (move | {"reconfirm_by": date(2027, 2, 28)}, "reconfirm_by"),
        (move | {"reconfirm_by": date(2027, 5, 20)}, "reconfirm_by"),
        ({"starts": wall(2027, 3, 28, 1, 30), "ends": wall(2027, 3, 28, 9)}, "starts"),
    ):
        with pytest.raises(RuleBroken) as refused, saving():
            service.postpone(event, reason="Room", **given, by=SYSTEM)
        assert refused.value.field == field
    assert (again(event).state, len(dates_of(event))) == (S.SCHEDULED, 1)


def test_without_a_month_at_least_nothing_is_rescheduled(app, at):
    at(NOW)
    event = an_event()
    with saving():
        service.postpone(event, reason="Room", by=SYSTEM)
    with pytest.raises(RuleBroken) as refused, saving():
        service.reschedule(event, by=SYSTEM)
    assert (refused.value.field, again(event).state) == ("starts", S.POSTPONED)


# --- what time does ----------------------------------------------------------------------------------------------


def test_moves_that_nobody_made_in_time_take_effect_at_their_own_instants(app, at):
    at(NOW)
    event = an_event(
        kind=EventKind.SUMMIT,
        registration_opens=wall(2027, 3, 20, 9),
        registration_closes=wall(2027, 5, 10, 17),
    )
    at(datetime(2027, 6, 1, tzinfo=UTC))
    with saving():
        service.apply_due(event)
    assert again(event).state is S.HELD
    happened = [(row.fact, row.actor, row.data.get("effective_at")) for row in history_of("event", event.id)]
    assert happened[:2] == [
        ("EventHeld", "system", "2027-05-13T03:00:00+00:00"),
        ("EventWentLive", "system", "2027-05-12T09:00:00+00:00"),
    ]
    assert (again(event).went_live_at, again(event).held_at) == (
        datetime(2027, 5, 12, 9, tzinfo=UTC),
        datetime(2027, 5, 13, 3, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (datetime(2027, 3, 20, 8, 59, 59, tzinfo=UTC), S.SCHEDULED),
        (datetime(2027, 3, 20, 9, 0, tzinfo=UTC), S.OPEN),
        (datetime(2027, 5, 10, 15, 59, 59, tzinfo=UTC), S.OPEN),
        (datetime(2027, 5, 10, 16, 0, tzinfo=UTC), S.CLOSED),
        (datetime(2027, 5, 12, 8, 59, 59, tzinfo=UTC), S.CLOSED),
        (datetime(2027, 5, 12, 9, 0, tzinfo=UTC), S.LIVE),
        (datetime(2027, 5, 13, 2, 59, 59, tzinfo=UTC), S.LIVE),
        (datetime(2027, 5, 13, 3, 0, tzinfo=UTC), S.HELD),
    ],
)
def test_each_move_waits_for_its_instant_and_not_a_second_longer(app, at, now, state):
    """The window is kept in local time: it opens in winter time and closes in summer time."""
    at(NOW)
    event = an_event(
        kind=EventKind.SUMMIT,
        registration_opens=wall(2027, 3, 20, 9),
        registration_closes=wall(2027, 5, 10, 17),
    )
    for instant in (datetime(2027, 3, 20, 9, tzinfo=UTC), datetime(2027, 5, 10, 16, tzinfo=UTC), now):
        if instant <= now:
            at(instant)
            with saving():
                service.apply_due(event)
    at(now)
    with saving():
        service.apply_due(event)
    assert again(event).state is state


def test_by_the_month_nothing_begins_by_itself(app, at):
    at(NOW)
    event = an_event(starts=date(2027, 4, 1), ends=None, precision=P.MONTH)
    at(datetime(2027, 9, 1, tzinfo=UTC))
    with saving():
        service.apply_due(event)
    assert again(event).state is S.SCHEDULED


def test_by_the_day_the_local_day_is_what_counts(app, at):
    at(NOW)
    event = an_event(zone="Pacific/Auckland", starts=date(2027, 5, 12), ends=date(2027, 5, 13))
    at(datetime(2027, 5, 11, 12, 0, tzinfo=UTC))
    with saving():
        service.apply_due(event)
    assert again(event).state is S.LIVE
    at(datetime(2027, 5, 14, 0, 0, tzinfo=UTC))
    with saving():
        service.apply_due(event)
    assert (again(event).state, again(event).held_at) == (S.HELD, datetime(2027, 5, 14, 0, 0, tzinfo=UTC))


def test_every_verb_first_does_what_is_due(app, at):
    at(NOW)
    event = an_open_event()
    at(datetime(2027, 5, 12, 9, 30, tzinfo=UTC))
    with pytest.raises(RuleBroken, match="live"), saving():
        service.cancel(event, reason="Too late", by=SYSTEM)
    with saving():
        service.apply_due(event)
    assert again(event).state is S.LIVE


def test_a_new_date_that_was_announced_stands_when_the_deadline_has_passed(app, at):
    at(NOW)
    event = an_event()
    with saving():
        service.postpone(
            event,
            reason="Room",
            starts=STARTS + timedelta(days=7),
            ends=ENDS + timedelta(days=7),
            reconfirm_by=date(2027, 4, 1),
            by=SYSTEM,
        )
    at(datetime(2027, 4, 2, tzinfo=UTC))
    with saving():
        service.apply_due(event)
    assert again(event).state is S.SCHEDULED
    at(datetime(2027, 5, 19, 9, tzinfo=UTC))
    with saving():
        service.apply_due(event)
    assert again(event).state is S.LIVE


def test_opening_by_hand_moves_the_window_and_closing_by_hand_ends_it(app, at):
    at(NOW)
    event = an_event(kind=EventKind.SUMMIT, registration_opens=wall(2027, 4, 1, 9))
    with saving():
        service.open_registration(event, closes=wall(2027, 4, 20, 17), by=SYSTEM)
    event = again(event)
    assert (event.registration_opens_at, event.registration_closes_at) == (NOW, datetime(2027, 4, 20, 16, tzinfo=UTC))
    at(NOW + timedelta(days=2))
    with saving():
        service.close_registration(event, by=SYSTEM)
    assert again(event).registration_closes_at == NOW + timedelta(days=2)
    with saving():
        service.apply_due(event)
    assert again(event).state is S.CLOSED
    with saving():
        service.open_registration(event, by=SYSTEM)
    assert (again(event).state, again(event).registration_closes_at) == (S.OPEN, None)
    for closes in (wall(2027, 3, 2, 9), wall(2027, 5, 12, 10, 1)):
        with saving():
            service.close_registration(event, by=SYSTEM)
        with pytest.raises(RuleBroken) as refused, saving():
            service.open_registration(event, closes=closes, by=SYSTEM)
        assert refused.value.field == "closes"
        with saving():
            service.open_registration(event, by=SYSTEM)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (
            {"registration_opens": wall(2027, 4, 2, 9), "registration_closes": wall(2027, 4, 1, 9)},
            "registration_closes",
        ),
        ({"registration_closes": wall(2027, 5, 12, 10, 1)}, "registration_closes"),
        ({"registration_opens": wall(2027, 5, 12, 10)}, "registration_opens"),
        ({"registration_opens": wall(2027, 3, 28, 1, 30)}, "registration_opens"),
        ({"capacity": -1}, "capacity"),
        ({"capacity": 10, "reserved": 11}, "reserved"),
        ({"online_link": "javascript:alert(1)"}, "online_link"),
        ({"online_link": "https://example.org/a b"}, "online_link"),
        ({"town": "x" * 121}, "town"),
        ({"title": "   "}, "title"),
        ({"slug": "Has Capitals"}, "slug"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(app, given, field):
    with pytest.raises(RuleBroken) as refused:
        a_draft(kind=EventKind.SUMMIT, **given)
    assert refused.value.field == field


def test_instants_follow_the_zone_rules_when_these_change(app, at):
    at(NOW)
    event = an_event()
    with saving():
        event = again(event)
        event.starts_at -= timedelta(hours=1)  # what the rules of yesterday said
    with saving():
        assert service.refresh_instants() == 1
    assert (again(event).starts_at, again(event).sequence) == (datetime(2027, 5, 12, 9, tzinfo=UTC), 1)
    with saving():
        assert service.refresh_instants() == 0


def test_the_store_itself_refuses_an_event_that_ends_before_it_starts_or_is_cancelled_without_a_reason(app, at):
    at(NOW)
    event = an_event()
    for columns in ("ends_at = '2001-01-01 00:00:00'", "state = 'cancelled'", "state = 'open'"):
        with pytest.raises(Exception, match=r"(?i)constraint"), saving():
            db.session.execute(db.text(f"UPDATE event SET {columns} WHERE id = {event.id}"))
