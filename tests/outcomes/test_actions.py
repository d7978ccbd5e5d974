"""Actions: what is promised, by when, and whether it was kept (docs/domain.md#action)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from engage.core import links
from engage.core.access import SYSTEM, Role, act_as_link
from engage.core.db import db, saving
from engage.core.errors import Gone, RuleBroken, StaleVersion
from engage.outcomes import queries, service
from engage.outcomes.models import Action, ActionMove, ActionRedate, ActionState
from engage.themes import service as themes
from tests.factories.events import a_programme, a_theme
from tests.factories.outcomes import a_meeting, a_person, an_action
from tests.factories.principals import acting

A = ActionState


def test_references_are_counted_per_programme_and_never_reused(app: Flask) -> None:
    event = a_meeting()
    prefix = event.programme.prefix
    assert [an_action(event).reference for _ in range(3)] == [f"{prefix}-A1", f"{prefix}-A2", f"{prefix}-A3"]


@pytest.mark.parametrize("missing", ["theme", "organisation", "text"])
def test_golden_case_6_no_orphan_the_service_refuses(app: Flask, missing: str) -> None:
    event = a_meeting()
    given = {"theme": None, "organisation": None, "text": "  "}[missing]
    with pytest.raises(RuleBroken) as refused:
        an_action(event, **{missing: given})
    assert refused.value.field == missing


@pytest.mark.parametrize("column", ["event_id", "theme_id", "programme_id", "organisation_id"])
def test_golden_case_6_no_orphan_sql_itself_refuses(app: Flask, column: str) -> None:
    action = an_action()
    with pytest.raises(sa.exc.IntegrityError), saving():
        db.session.execute(sa.update(Action).where(Action.id == action.id).values({column: None}))


def test_golden_case_6_sql_refuses_a_theme_of_another_programme(app: Flask) -> None:
    action, stranger = an_action(), a_theme(a_programme())
    with pytest.raises(sa.exc.IntegrityError), saving():
        db.session.execute(sa.update(Action).where(Action.id == action.id).values(theme_id=stranger.id))


def test_a_theme_of_another_programme_is_refused_in_words(app: Flask) -> None:
    event = a_meeting()
    stranger = a_theme(a_programme())
    with pytest.raises(RuleBroken, match="own programme"):
        an_action(event, theme=stranger)
    with pytest.raises(RuleBroken, match="own programme"):
        an_action(event, other_themes=[stranger])


def test_a_closed_theme_group_takes_no_new_action_on(app: Flask) -> None:
    event = a_meeting()
    closed = a_theme(event.programme)
    with saving():
        themes.close(closed, reason="Its work is done", by=SYSTEM)
    for given in ({"theme": closed}, {"other_themes": [closed]}):
        with pytest.raises(RuleBroken, match="is closed"):
            an_action(event, **given)


def test_an_action_is_replaced_by_one_that_stands(app: Flask) -> None:
    event = a_meeting()
    first, second = an_action(event, agreed=True), an_action(event, agreed=True)
    with saving():
        service.supersede_action(first, successor=second, by=SYSTEM)
    third = an_action(event, agreed=True)
    with pytest.raises(RuleBroken, match="Choose one that stands"), saving():
        service.supersede_action(third, successor=first, by=SYSTEM)


def test_a_mail_that_waits_never_gives_the_next_owners_link_to_the_old_owner(app: Flask, post) -> None:
    action, new = an_action(owner=a_person("Old Owner"), agreed=True), a_person("New Owner")
    with saving():
        service.reassign(action, organisation=action.organisation, owner=new, reason="Moved on", by=SYSTEM)
    assert [m["To"].addresses[0].display_name for m in post()] == ["New Owner"]


def test_once_agreed_the_wording_never_changes(app: Flask) -> None:
    action = an_action(agreed=True)
    with pytest.raises(RuleBroken, match="no longer changes"), saving():
        _reword(action, "Something else", version=action.version)
    assert action.text == "Publish the list of releases"


def test_who_rewords_a_proposed_action_second_is_told(app: Flask) -> None:
    action = an_action()
    with saving():
        _reword(action, "Publish the whole list", version=action.version)
    with pytest.raises(StaleVersion), saving():
        _reword(action, "Publish some of it", version=1)
    assert action.text == "Publish the whole list"


def _reword(action: Action, text: str, *, version: int) -> None:
    service.edit_action(
        action,
        text=text,
        theme=action.theme,
        organisation=action.organisation,
        owner=action.owner,
        due=action.due,
        private=False,
        version=version,
        by=SYSTEM,
    )


def test_a_redate_keeps_old_new_reason_and_approver_and_counts_the_slip(app: Flask) -> None:
    action = an_action(agreed=True)
    convenor = acting(action.programme_id, Role.CONVENOR, user_id=4)
    with saving():
        service.redate(action, due=date(2027, 7, 31), reason="Data came late", by=convenor)
        service.redate(action, due=date(2027, 7, 10), reason="Caught up", by=convenor)
    kept = queries.history_of_dates(action.id)
    assert [(r.old_due, r.new_due, r.reason, r.approved_by) for r in kept] == [
        (date(2027, 6, 30), date(2027, 7, 31), "Data came late", "user:4"),
        (date(2027, 7, 31), date(2027, 7, 10), "Caught up", "user:4"),
    ]
    assert (action.first_due, action.due) == (date(2027, 6, 30), date(2027, 7, 10))
    assert queries.slip_of(action) == queries.Slip(times=2, days=10)


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_redate_needs_a_reason(app: Flask, reason: str) -> None:
    action = an_action(agreed=True)
    with pytest.raises(RuleBroken) as refused, saving():
        service.redate(action, due=date(2028, 1, 1), reason=reason, by=SYSTEM)
    assert refused.value.field == "reason"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ActionRedate)) == 0


def test_the_first_update_puts_it_in_progress_and_done_goes_to_somebody_else(app: Flask) -> None:
    action = an_action(agreed=True)
    owner = act_as_link(action.owner_id)
    with saving():
        service.update_progress(action, words="Half done", percent=50, by=owner)
    assert action.state is A.IN_PROGRESS
    with saving():
        service.report_complete(action, words="Published", evidence_url="https://example.org/list", by=owner)
    assert (action.state, action.reported_by) == (A.REPORTED_COMPLETE, f"person:{action.owner_id}")
    reviewer = acting(action.programme_id, Role.REVIEWER, user_id=8)
    with saving():
        service.verify(action, by=reviewer)
    assert action.state is A.VERIFIED


@pytest.mark.parametrize("by_account", [True, False])
def test_whoever_reports_complete_does_not_verify(app: Flask, by_account: bool) -> None:
    action = an_action(agreed=True)
    person = action.owner_id
    reporter = acting(action.programme_id, Role.REVIEWER, user_id=8, person_id=person)
    with saving():
        service.report_complete(action, words="Done", by=reporter if by_account else act_as_link(person))
    with pytest.raises(RuleBroken, match="somebody else verifies"), saving():
        service.verify(action, by=reporter)
    assert action.state is A.REPORTED_COMPLETE


def test_the_database_has_the_states_that_the_moves_replay_to(app: Flask) -> None:
    action = an_action(agreed=True)
    owner, reviewer = act_as_link(action.owner_id), acting(action.programme_id, Role.REVIEWER, user_id=8)
    with saving():
        service.report_complete(action, words="Done", by=owner)
        service.return_(action, reason="No link", by=reviewer)
        service.report_complete(action, words="Done, here", by=owner)
        service.verify(action, by=reviewer)
        service.reopen(action, reason="It went away", by=reviewer)
    states = [m.state for m in queries.moves_of(action.id)]
    assert states == [
        A.PROPOSED, A.AGREED, A.IN_PROGRESS, A.REPORTED_COMPLETE, A.IN_PROGRESS, A.REPORTED_COMPLETE, A.VERIFIED,
        A.IN_PROGRESS,
    ]  # fmt: skip
    assert states[-1] is action.state


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "ftp://example.org", "example.org/report", "data:text/html,x"]
)
def test_evidence_is_a_web_address(app: Flask, address: str) -> None:
    action = an_action(agreed=True)
    with pytest.raises(RuleBroken) as refused, saving():
        service.update_progress(action, words="Look", evidence_url=address, by=SYSTEM)
    assert refused.value.field == "evidence_url"


def test_overdue_is_judged_by_the_programmes_own_day(app: Flask, at) -> None:
    action = an_action(agreed=True)
    assert not queries.is_overdue(action, date(2027, 6, 30))
    assert queries.is_overdue(action, date(2027, 7, 1))
    at(datetime(2027, 6, 30, 22, 59, tzinfo=UTC))
    assert queries.register(overdue=True)[1] == 0
    at(datetime(2027, 6, 30, 23, 1, tzinfo=UTC))
    assert [(a.reference, a.overdue) for a in queries.register(overdue=True)[0]] == [(action.reference, True)]


def test_dropping_needs_a_reason_and_ends_it(app: Flask) -> None:
    action = an_action(agreed=True)
    with pytest.raises(RuleBroken), saving():
        service.drop(action, reason=" ", by=SYSTEM)
    with saving():
        service.drop(action, reason="Overtaken by the merger", by=SYSTEM)
    assert (action.state, action.state_reason) == (A.DROPPED, "Overtaken by the merger")
    with pytest.raises(RuleBroken, match="not open"), saving():
        service.drop(action, reason="Again", by=SYSTEM)


def test_superseding_names_the_successor_of_the_same_programme(app: Flask) -> None:
    event = a_meeting()
    old, new, stranger = an_action(event), an_action(event), an_action()
    with pytest.raises(RuleBroken, match="same programme"), saving():
        service.supersede_action(old, successor=stranger, by=SYSTEM)
    with saving():
        service.supersede_action(old, successor=new, by=SYSTEM)
    assert (old.state, old.superseded_by_id) == (A.SUPERSEDED, new.id)


def test_a_proposed_or_private_action_is_not_published(app: Flask) -> None:
    event = a_meeting()
    proposed, secret = an_action(event), an_action(event, agreed=True, private=True)
    for action, why in ((proposed, "proposed"), (secret, "private")):
        with pytest.raises(RuleBroken, match=why), saving():
            service.publish_action(action, by=SYSTEM)


def test_reassigning_ends_the_old_owners_link_and_tells_the_new_one(app: Flask, post) -> None:
    action = an_action(agreed=True)
    old = links.token_of("action", action.id)
    new_owner = a_person("Nia New", "nia@example.org")
    with saving():
        service.reassign(action, organisation=action.organisation, owner=new_owner, reason="Moved on", by=SYSTEM)
    assert links.token_of("action", action.id) != old
    assert [m["To"].addresses[0].addr_spec for m in post()][-1] == "nia@example.org"


def _works(purpose: str, token: str) -> bool:
    try:
        return bool(links.subject_of(purpose, token))
    except Gone:
        return False


def test_the_owners_link_works_until_90_days_after_the_action_is_due(app: Flask, at) -> None:
    at(datetime(2027, 3, 1, 12, tzinfo=UTC))
    action = an_action(agreed=True, due=date(2027, 6, 30))
    token = links.token_of("action", action.id)
    with saving():
        service.redate(action, due=date(2027, 5, 31), reason="Needed sooner", by=SYSTEM)
    at(datetime(2027, 9, 28, 23, 59, tzinfo=UTC))
    assert _works("action", token)
    at(datetime(2027, 9, 29, 0, 1, tzinfo=UTC))
    assert not _works("action", token)
    with saving():
        service.redate(action, due=date(2027, 12, 31), reason="It took longer", by=SYSTEM)
    assert _works("action", token)


def test_a_message_with_the_owners_link_makes_it_work_for_90_days_more(app: Flask, at, post) -> None:
    at(datetime(2027, 3, 1, 12, tzinfo=UTC))
    action = an_action(agreed=True, due=None)
    token = links.token_of("action", action.id)
    at(datetime(2027, 5, 30, 12, 1, tzinfo=UTC))
    assert not _works("action", token)
    for _ in range(2):
        with saving():
            service.tell_again(action, by=SYSTEM)
    assert _works("action", token)
    assert ["Your action from" in m["Subject"] for m in post()] == [True, True], "once when agreed, once again that day"
    with saving():
        service.report_complete(action, words="Done", by=act_as_link(action.owner_id))
    at(datetime(2027, 8, 28, 11, tzinfo=UTC))
    with saving():
        service.return_(action, reason="Where is it?", by=SYSTEM)
    at(datetime(2027, 11, 26, 10, tzinfo=UTC))
    assert _works("action", token)
    at(datetime(2027, 11, 26, 11, tzinfo=UTC))
    assert not _works("action", token)


def test_a_redate_brings_no_withdrawn_link_back(app: Flask) -> None:
    action = an_action(agreed=True)
    token = links.token_of("action", action.id)
    with saving():
        service.reassign(action, organisation=action.organisation, owner=None, reason="Moved on", by=SYSTEM)
        service.redate(action, due=date(2027, 12, 31), reason="It took longer", by=SYSTEM)
    assert not _works("action", token)


def test_a_link_is_sent_again_only_to_an_owner_of_an_agreed_action(app: Flask) -> None:
    for action, why in ((an_action(), "once the action is agreed"), (an_action(agreed=True, owner=None), "Nobody")):
        with pytest.raises(RuleBroken, match=why), saving():
            service.tell_again(action, by=SYSTEM)


def test_a_closed_themes_open_actions_move_to_its_successor(app: Flask) -> None:
    event = a_meeting()
    action = an_action(event, agreed=True)
    done = an_action(event)
    heir = a_theme(event.programme)
    with saving():
        service.drop(done, reason="Not needed", by=SYSTEM)
        themes.close(event.owning_theme, successor=heir, by=SYSTEM)
    db.session.expire_all()
    assert (action.theme_id, done.theme_id == heir.id) == (heir.id, False)


def test_every_move_has_its_dated_row(app: Flask) -> None:
    action = an_action(agreed=True)
    rows = db.session.scalars(sa.select(ActionMove).where(ActionMove.action_id == action.id)).all()
    assert [(r.state, r.actor) for r in rows] == [(A.PROPOSED, "system"), (A.AGREED, "system")]
