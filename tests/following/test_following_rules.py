"""The rules of interest (docs/domain.md#interest)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from engage.core import jobs, links, worker
from engage.core.access import SYSTEM, act_as_link
from engage.core.addresses import BadAddress
from engage.core.db import db, saving
from engage.core.errors import Gone, NotFound, RuleBroken
from engage.core.facts import History
from engage.core.outbox import MailState, OutboxMail
from engage.following import queries, service
from engage.following.jobs import purge
from engage.following.models import Follower, Interest, InterestState
from engage.themes import service as themes
from tests.factories.events import a_programme, a_theme
from tests.factories.following import a_follower, a_question

NOW = datetime(2030, 6, 1, 9, 30, tzinfo=UTC)
HOLDER = act_as_link(None)


def outbox():
    rows = db.session.execute(sa.select(OutboxMail.mail, OutboxMail.to_address).order_by(OutboxMail.id))
    return [tuple(row) for row in rows]


def states():
    rows = db.session.scalars(sa.select(Interest).order_by(Interest.id).execution_options(populate_existing=True))
    return [(i.follower.address, i.theme.title, i.state.value) for i in rows]


def test_asking_is_pending_until_the_address_confirms(app, at):
    at(NOW)
    theme = a_theme(a_programme(), title="Cancer")
    interest = a_question(theme, " Fern@Example.ORG ")
    assert states() == [("fern@example.org", "Cancer", "pending")]
    assert (interest.consent_wording, interest.consent_page, interest.asked_at, interest.confirmed_at) == (
        "follow-1",
        f"/themes/{theme.slug}/follow",
        NOW,
        None,
    )
    assert queries.count_following([theme.id]) == 0
    at(NOW + timedelta(hours=5))
    with saving():
        service.confirm(interest, by=HOLDER)
    assert states() == [("fern@example.org", "Cancer", "active")]
    assert interest.confirmed_at == NOW + timedelta(hours=5)
    assert queries.count_following([theme.id]) == 1


def test_confirming_and_leaving_twice_change_nothing(app, at):
    at(NOW)
    interest = a_follower(a_theme(a_programme()))
    with saving():
        service.confirm(interest, by=HOLDER)
    for later in (1, 2):
        at(NOW + timedelta(hours=later))
        with saving():
            service.leave(interest, by=HOLDER)
    assert (interest.state, interest.ended_at) == (InterestState.ENDED, NOW + timedelta(hours=1))
    with pytest.raises(RuleBroken), saving():
        service.confirm(interest, by=HOLDER)


def test_an_address_has_one_live_interest_in_a_theme_group(app):
    theme = a_theme(a_programme(), title="Cancer")
    first = a_question(theme)
    assert a_question(theme, "FERN@example.org").id == first.id
    with saving():
        service.leave(first, by=HOLDER)
    again = a_follower(theme)
    assert again.id != first.id
    assert [state for _, _, state in states()] == ["ended", "active"]
    second = Interest(
        follower_id=again.follower_id, theme_id=theme.id, asked_at=NOW, consent_wording="x", consent_page="/"
    )
    with pytest.raises(sa.exc.IntegrityError), saving():
        db.session.add(second)


def test_the_question_is_sent_again_once_an_hour(app, at):
    at(NOW)
    theme = a_theme(a_programme())
    for minutes in (0, 10, 59, 61, 70, 125):
        at(NOW + timedelta(minutes=minutes))
        a_question(theme)
    assert outbox() == [("following/confirm", "fern@example.org")] * 3


def test_who_follows_already_is_told_so_by_mail_only(app, at):
    at(NOW)
    theme = a_theme(a_programme())
    a_follower(theme)
    at(NOW + timedelta(hours=2))
    assert a_question(theme).state is InterestState.ACTIVE
    assert outbox() == [("following/confirm", "fern@example.org"), ("following/already", "fern@example.org")]


def test_only_a_public_open_theme_group_is_followed(app):
    programme = a_programme()
    closed = a_theme(programme)
    with saving():
        themes.close(closed, reason="Done", by=SYSTEM)
    for theme in (closed, a_theme(programme, published=False), a_theme(a_programme(published=False), published=False)):
        with pytest.raises(RuleBroken):
            a_question(theme)
    with pytest.raises(BadAddress):
        a_question(a_theme(programme), "nobody")
    assert states() == []


def test_leaving_everything_ends_what_is_asked_and_what_is_followed(app):
    programme = a_programme()
    one = a_follower(a_theme(programme))
    a_question(a_theme(programme))
    other = a_follower(a_theme(programme), "oak@example.org")
    with saving():
        service.leave_all(one.follower, by=HOLDER)
    assert [state for _, _, state in states()] == ["ended", "ended", "active"]
    assert other.state is InterestState.ACTIVE


def test_what_nobody_confirmed_within_seven_days_is_forgotten_with_its_address(app, at, post):
    at(NOW)
    programme = a_programme()
    one, two = a_theme(programme), a_theme(programme)
    stranger = a_question(one, "stranger@example.org")
    ident = stranger.follower_id
    a_question(two, "fern@example.org")
    a_follower(one, "fern@example.org")
    with app.test_request_context():
        token = links.token_of("interests", ident)
    assert [str(m["To"]) for m in post()] == ["stranger@example.org", "fern@example.org"]
    at(NOW + timedelta(days=6, hours=23))
    a_question(one, "stranger@example.org")
    at(NOW + timedelta(days=7) - timedelta(seconds=1))
    purge()
    assert len(states()) == 3
    at(NOW + timedelta(days=7))
    purge()
    assert states() == [("fern@example.org", one.title, "active")]
    assert db.session.scalars(sa.select(Follower.address)).all() == ["fern@example.org"]
    with pytest.raises(Gone):
        links.subject_of("interests", token)
    blank = sa.select(OutboxMail.state).where(OutboxMail.to_address == "").order_by(OutboxMail.id)
    assert db.session.scalars(blank).all() == [MailState.SENT, MailState.SENT, MailState.ABANDONED]
    assert "stranger@example.org" not in [to for _, to in outbox()]


def test_an_idle_minute_writes_nothing(app, query_log):
    a_follower(a_theme(a_programme()))
    db.session.rollback()
    query_log.clear()
    purge()
    assert len(query_log) == 1


def test_no_number_of_a_forgotten_row_comes_again(app, at):
    at(NOW)
    theme = a_theme(a_programme())
    gone = a_question(theme, "stranger@example.org")
    before = (gone.id, gone.follower_id)
    at(NOW + timedelta(days=8))
    purge()
    new = a_question(theme, "somebody@example.org")
    assert new.id > before[0]
    assert new.follower_id > before[1]


def test_history_holds_no_address(app):
    theme = a_theme(a_programme())
    interest = a_follower(theme)
    with saving():
        service.leave(interest, by=HOLDER)
    rows = db.session.scalars(sa.select(History).where(History.subject == "interest").order_by(History.id)).all()
    assert [(row.fact, row.actor, row.data) for row in rows] == [
        ("InterestAsked", "anonymous", {"theme_id": theme.id}),
        ("InterestConfirmed", "link", {"theme_id": theme.id}),
        ("InterestEnded", "link", {"theme_id": theme.id}),
    ]


def test_a_closed_groups_followers_move_to_its_successor_and_are_told(app, at, post):
    at(NOW)
    programme = a_programme()
    old, new = a_theme(programme, title="Old"), a_theme(programme, title="New")
    moved = a_follower(old, "fern@example.org")
    a_follower(old, "oak@example.org")
    a_follower(new, "oak@example.org")
    a_question(old, "elm@example.org")
    left = a_follower(old, "ash@example.org")
    with saving():
        service.leave(left, by=HOLDER)
    before = len(post())
    at(NOW + timedelta(days=1))
    with saving():
        themes.close(old, successor=new, reason="One is enough", by=SYSTEM)
    mails = post()[before:]
    assert sorted(states()) == [
        ("ash@example.org", "Old", "ended"),
        ("elm@example.org", "New", "pending"),
        ("fern@example.org", "New", "active"),
        ("oak@example.org", "New", "active"),
        ("oak@example.org", "Old", "ended"),
    ]
    assert sorted((str(m["To"]), str(m["Subject"])) for m in mails) == [
        ("fern@example.org", "Old has closed"),
        ("oak@example.org", "Old has closed"),
    ]
    assert moved.key in str(next(m for m in mails if m["To"] == "fern@example.org")["List-Unsubscribe"])


def test_a_group_that_closes_for_good_ends_every_interest_in_it(app, post):
    theme = a_theme(a_programme(), title="Old")
    a_follower(theme, "fern@example.org")
    a_question(theme, "elm@example.org")
    before = len(post())
    with saving():
        themes.close(theme, reason="Its work is done", by=SYSTEM)
    mails = post()[before:]
    assert [state for _, _, state in states()] == ["ended", "ended"]
    assert [str(m["To"]) for m in mails] == ["fern@example.org"]
    assert "Its work is done" in mails[0].get_body(("plain",)).get_content()


def test_many_are_told_in_batches_each_once(app, at, monkeypatch):
    monkeypatch.setattr("engage.following.service.telling.BATCH", 2)
    at(NOW)
    programme = a_programme()
    one, two = a_theme(programme), a_theme(programme)
    for n in range(5):
        a_follower(one, f"f{n}@example.org")
    a_follower(two, "f0@example.org")
    with saving():
        themes.close(one, successor=two, by=SYSTEM)
        service.tell(what="event_published", thing=1, themes=[one.id, two.id], at=NOW)
    while worker.run_one_job():
        pass
    told = [to for mail, to in outbox() if mail == "following/event_published"]
    assert sorted(told) == [f"f{n}@example.org" for n in range(5)]
    kept = [to for mail, to in outbox() if mail == "following/theme_closed"]
    assert sorted(kept) == [f"f{n}@example.org" for n in range(5)]
    assert db.session.scalar(sa.select(sa.func.count()).where(jobs.Job.state != jobs.JobState.DONE)) == 0


def test_who_follows_after_the_occasion_is_not_told_of_it(app, at):
    at(NOW)
    theme = a_theme(a_programme())
    a_follower(theme, "early@example.org")
    at(NOW + timedelta(minutes=1))
    a_follower(theme, "late@example.org")
    with saving():
        service.tell(what="event_published", thing=1, themes=[theme.id], at=NOW)
    assert [to for mail, to in outbox() if mail == "following/event_published"] == ["early@example.org"]


def test_the_mail_of_the_question_says_what_happens(app, at, post):
    at(NOW)
    a_question(a_theme(a_programme(), title="Cancer"))
    (mail,) = post()
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    link = re.search(r"http://localhost/n/[\w-]+", text)
    assert link
    assert text.replace(link[0], "LINK") == (
        "Please confirm that you want to be told by e-mail when there is news of **Cancer**: an event, a new date, a "
        "record, a promise made or kept.\n"
        "\n"
        "[Confirm or refuse](LINK)\n"
        "\n"
        "LINK\n"
        "\n"
        "If you do nothing, nothing is sent, and your address is forgotten after 8 June 2030.\n"
        "\n"
        "-- \n"
        "Somebody, most likely you, typed this address on the page of a theme group.\n"
        "http://localhost\n"
    )
    assert mail["List-Unsubscribe"] is None


def test_an_unknown_link_leads_nowhere(app):
    with pytest.raises(NotFound):
        links.subject_of("interests", "x" * 24)


def test_an_answer_that_comes_with_the_purge_is_kept(app, at, monkeypatch):
    at(NOW)
    interest = a_follower(a_theme(a_programme()), "fern@example.org")
    monkeypatch.setattr(queries, "unconfirmed", lambda *, limit: [interest][:limit])  # read before it was confirmed
    with saving():
        service.purge()
    assert [(address, state) for address, _title, state in states()] == [("fern@example.org", "active")]
