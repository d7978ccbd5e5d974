"""The rules of theme groups and terms (docs/domain.md#theme-group)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from engage.core.access import ANONYMOUS, SYSTEM, Kind, Principal, Role
from engage.core.db import db, saving
from engage.core.errors import RuleBroken, StaleVersion
from engage.core.facts import History, history_of
from engage.people.models import PersonState
from engage.people.service import person_for
from engage.programmes import service as programmes
from engage.themes import parts, policy, queries, service
from engage.themes.models import TermRole, ThemeState
from tests.factories.events import a_programme, a_theme
from tests.factories.principals import acting, administrator, convenor

D = date


def proposed(programme, **given):
    with saving():
        return service.propose(programme, **{"title": "Mental health", **given}, by=SYSTEM)


def person(name="Ann"):
    with saving():
        return person_for(email=f"{name.lower()}@example.org", name=name, by=SYSTEM)


def appointed(theme, who, start, end=None, **given):
    with saving():
        return service.appoint(theme, person=who, starts_on=start, ends_on=end, **given, by=SYSTEM)


def leads(theme, on):
    return [term.person.name for term in queries.leads_on([theme.id], on).get(theme.id, ())]


def test_a_new_group_is_proposed_private_and_last(app):
    programme = a_programme()
    one, two = proposed(programme), proposed(programme)
    assert [(t.slug, t.state, t.position, t.published_at) for t in (one, two)] == [
        ("mental-health", ThemeState.PROPOSED, 1, None),
        ("mental-health-2", ThemeState.PROPOSED, 2, None),
    ]


def test_a_taken_address_a_missing_title_and_a_closed_programme_are_refused(app):
    programme = a_programme()
    proposed(programme, slug="minds")
    for given, field in (({"slug": "minds"}, "slug"), ({"title": " "}, "title")):
        with pytest.raises(RuleBroken) as no:
            proposed(programme, **given)
        assert no.value.field == field
    with saving():
        programmes.close(programme, reason="Done", by=SYSTEM)
    with pytest.raises(RuleBroken, match="closed"):
        proposed(programme)


@pytest.mark.parametrize(
    ("before", "verb", "after"),
    [
        ("proposed", "activate", "active"),
        ("proposed", "rest", None),
        ("proposed", "close", "closed"),
        ("active", "activate", None),
        ("active", "rest", "dormant"),
        ("active", "close", "closed"),
        ("dormant", "activate", "active"),
        ("dormant", "rest", None),
        ("dormant", "close", "closed"),
        ("closed", "activate", None),
        ("closed", "rest", None),
        ("closed", "close", None),
    ],
)
def test_states_move_as_the_domain_says(app, before, verb, after):
    theme = proposed(a_programme())
    ways = {
        "activate": lambda: service.activate(theme, by=SYSTEM),
        "rest": lambda: service.rest(theme, reason="Quiet", by=SYSTEM),
        "close": lambda: service.close(theme, reason="Done", by=SYSTEM),
    }
    for step in {"active": ["activate"], "dormant": ["activate", "rest"], "closed": ["close"]}.get(before, []):
        with saving():
            ways[step]()
    if after is None:
        with pytest.raises(RuleBroken), saving():
            ways[verb]()
        assert theme.state == before
    else:
        with saving():
            ways[verb]()
        assert theme.state == after


def test_an_edit_tells_what_changed_and_a_stale_one_is_refused(app):
    theme = proposed(a_programme())
    with saving():
        service.edit(theme, title="Minds", scope="All ages", version=1, by=SYSTEM)
    with pytest.raises(StaleVersion), saving():
        service.edit(theme, title="Later", version=1, by=SYSTEM)
    assert (theme.title, theme.slug, theme.version) == ("Minds", "mental-health", 2)
    assert history_of("theme", theme.id)[0].changes == [
        {"field": "title", "old": "Mental health", "new": "Minds"},
        {"field": "scope", "old": "", "new": "All ages"},
    ]


def test_an_edit_that_changes_nothing_leaves_no_trace(app):
    theme = proposed(a_programme())
    with saving():
        service.edit(theme, title="Mental health", version=1, by=SYSTEM)
    assert (theme.version, [row.fact for row in history_of("theme", theme.id)]) == (1, ["ThemeProposed"])


def test_a_closed_group_keeps_its_page_as_it_was(app):
    theme = proposed(a_programme())
    with saving():
        service.close(theme, reason="Done", by=SYSTEM)
    with pytest.raises(RuleBroken), saving():
        service.edit(theme, title="New", version=1, by=SYSTEM)
    with pytest.raises(RuleBroken):
        appointed(theme, person(), D(2016, 1, 1))


def test_nothing_is_published_under_a_private_programme_or_without_a_scope(app):
    private = a_theme(a_programme(published=False), published=False)
    empty = a_theme(a_programme(), published=False, scope="")
    for theme in (private, empty):
        with pytest.raises(RuleBroken), saving():
            service.publish(theme, by=SYSTEM)
    assert queries.published() == []


def test_publishing_happens_once(app, at):
    theme = a_theme(a_programme(), published=False)
    at(datetime(2030, 1, 18, 10, tzinfo=UTC))
    for _ in range(2):
        with saving():
            service.publish(theme, by=SYSTEM)
    assert theme.published_at == datetime(2030, 1, 18, 10, tzinfo=UTC)
    assert [row.fact for row in history_of("theme", theme.id)].count("ThemePublished") == 1
    assert queries.published_by_slug(theme.slug) is theme


def test_a_past_page_shows_who_led_then(app):
    theme = a_theme(a_programme())
    appointed(theme, person("Ann"), D(2016, 10, 4), D(2017, 9, 29))
    appointed(theme, person("Bob"), D(2017, 9, 30))
    appointed(theme, person("Cy"), D(2016, 1, 1), role=TermRole.MEMBER)
    days = (D(2016, 10, 3), D(2016, 10, 4), D(2017, 9, 29), D(2017, 9, 30), D(2020, 1, 1))
    assert [leads(theme, day) for day in days] == [[], ["Ann"], ["Ann"], ["Bob"], ["Bob"]]


def test_who_leads_is_found_by_person_too(app):
    programme = a_programme()
    one, two = a_theme(programme), a_theme(programme)
    ann = person("Ann")
    appointed(one, ann, D(2016, 1, 1), D(2016, 12, 31))
    appointed(two, ann, D(2016, 6, 1))
    assert [queries.led_by(ann.id, day) for day in (D(2016, 1, 1), D(2016, 7, 1), D(2017, 1, 1))] == [
        {one.id},
        {one.id, two.id},
        {two.id},
    ]


def test_vacant_is_active_without_a_lead_today(app, at):
    programme = a_programme()
    led, left, member_only, dormant = (a_theme(programme) for _ in range(4))
    appointed(led, person("Ann"), D(2016, 1, 1))
    appointed(left, person("Bob"), D(2016, 1, 1), D(2017, 1, 1))
    appointed(member_only, person("Cy"), D(2016, 1, 1), role=TermRole.MEMBER)
    with saving():
        service.rest(dormant, reason="Quiet", by=SYSTEM)
    themes = queries.of_programme(programme.id)
    assert queries.vacant_among(themes, D(2017, 1, 1)) == {member_only.id}
    assert queries.vacant_among(themes, D(2017, 1, 2)) == {left.id, member_only.id}
    at(datetime(2017, 1, 2, 12, tzinfo=UTC))
    assert [queries.is_vacant(t) for t in (led, left, member_only, dormant)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("start", "end", "refused"),
    [
        (D(2016, 6, 1), None, True),
        (D(2015, 1, 1), D(2016, 1, 1), True),
        (D(2015, 1, 1), None, True),
        (D(2016, 12, 31), D(2016, 12, 31), True),
        (D(2015, 1, 1), D(2015, 12, 31), False),
        (D(2017, 1, 1), None, False),
    ],
)
def test_one_person_has_one_role_once_at_a_time(app, start, end, refused):
    theme, ann = a_theme(a_programme()), person()
    appointed(theme, ann, D(2016, 1, 1), D(2016, 12, 31))
    if refused:
        with pytest.raises(RuleBroken) as no:
            appointed(theme, ann, start, end)
        assert no.value.field == "starts_on"
    else:
        appointed(theme, ann, start, end)
    appointed(theme, ann, start, end, role=TermRole.MEMBER)


def test_a_term_does_not_end_before_it_starts_and_over_is_over(app, at):
    at(datetime(2017, 3, 1, 12, tzinfo=UTC))
    theme, ann = a_theme(a_programme()), person()
    with pytest.raises(RuleBroken) as no:
        appointed(theme, ann, D(2016, 1, 2), D(2016, 1, 1))
    assert no.value.field == "ends_on"
    term = appointed(theme, ann, D(2016, 1, 1))
    with pytest.raises(RuleBroken), saving():
        service.end_term(term, ends_on=D(2015, 12, 31), by=SYSTEM)
    with saving():
        service.end_term(term, ends_on=D(2017, 2, 28), by=SYSTEM)
    with pytest.raises(RuleBroken, match="28 February 2017"), saving():
        service.end_term(term, ends_on=D(2018, 1, 1), by=SYSTEM)


def test_somebody_erased_is_not_appointed(app):
    theme, ann = a_theme(a_programme()), person()
    with saving():
        ann.state = PersonState.ERASED
    with pytest.raises(RuleBroken):
        appointed(theme, ann, D(2016, 1, 1))


def test_handing_over_is_one_act(app):
    theme, ann, bob = a_theme(a_programme()), person("Ann"), person("Bob")
    term = appointed(theme, ann, D(2016, 10, 4))
    with saving():
        begun = service.hand_over(term, person=bob, on=D(2017, 9, 30), organisation="ONS", by=SYSTEM)
    assert (term.ends_on, begun.starts_on, begun.organisation) == (D(2017, 9, 29), D(2017, 9, 30), "ONS")
    assert [leads(theme, day) for day in (D(2017, 9, 29), D(2017, 9, 30))] == [["Ann"], ["Bob"]]
    fact = history_of("theme", theme.id)[0]
    assert (fact.fact, fact.data) == (
        "LeadHandedOver",
        {"from_person_id": ann.id, "to_person_id": bob.id, "on": "2017-09-30"},
    )


def test_handing_over_to_oneself_too_early_or_of_a_member_is_refused(app):
    theme, ann, bob = a_theme(a_programme()), person("Ann"), person("Bob")
    lead = appointed(theme, ann, D(2016, 10, 4))
    member = appointed(theme, bob, D(2016, 10, 4), role=TermRole.MEMBER)
    for term, to, on in ((lead, ann, D(2017, 1, 1)), (lead, bob, D(2016, 10, 4)), (member, ann, D(2017, 1, 1))):
        with pytest.raises(RuleBroken), saving():
            service.hand_over(term, person=to, on=on, by=SYSTEM)
    assert lead.ends_on is None


def test_closing_needs_a_successor_or_a_reason(app):
    programme, elsewhere = a_programme(), a_programme()
    theme, successor, private = a_theme(programme), a_theme(programme), a_theme(programme, published=False)
    closed = a_theme(programme)
    with saving():
        service.close(closed, reason="Done", by=SYSTEM)
    wrong = [None, theme, a_theme(elsewhere), closed, private]
    for other in wrong:
        with pytest.raises(RuleBroken), saving():
            service.close(theme, successor=other, by=SYSTEM)
    with saving():
        service.close(theme, successor=successor, by=SYSTEM)
    assert (theme.state, theme.successor_id) == (ThemeState.CLOSED, successor.id)
    assert history_of("theme", theme.id)[0].data == {"successor_id": successor.id}


def test_closing_ends_the_terms_that_run(app, at):
    at(datetime(2018, 5, 1, 12, tzinfo=UTC))
    theme = a_theme(a_programme())
    past = appointed(theme, person("Ann"), D(2016, 1, 1), D(2016, 12, 31))
    now = appointed(theme, person("Bob"), D(2017, 1, 1))
    ahead = appointed(theme, person("Cy"), D(2019, 1, 1))
    with saving():
        service.close(theme, reason="Done", by=SYSTEM)
    assert [t.ends_on for t in (past, now, ahead)] == [D(2016, 12, 31), D(2018, 5, 1), D(2019, 1, 1)]


def test_history_names_nobody(app):
    theme = a_theme(a_programme())
    term, bob = appointed(theme, person("Annabel"), D(2016, 1, 1), organisation="Office"), person("Bob")
    with saving():
        service.hand_over(term, person=bob, on=D(2017, 1, 1), by=SYSTEM)
    kept = " ".join(f"{row.reason}{row.changes}{row.data}" for row in db.session.query(History))
    assert "Annabel" not in kept
    assert "example.org" not in kept


def test_who_may_what(app):
    theme = a_theme(a_programme())
    people = {
        "anonymous": ANONYMOUS,
        "administrator": administrator(),
        "convenor": convenor(theme.programme_id),
        "lead with a role": acting(theme.programme_id, Role.THEME_LEAD),
        "lead of the group": Principal(kind=Kind.USER, user_id=5, leads=frozenset({theme.id})),
        "convenor elsewhere": convenor(theme.programme_id + 1),
    }
    rules = (policy.may_see, policy.may_edit, policy.may_run)
    assert {who: [rule(principal, theme) for rule in rules] for who, principal in people.items()} == {
        "anonymous": [False, False, False],
        "administrator": [False, False, False],
        "convenor": [True, True, True],
        "lead with a role": [True, False, False],
        "lead of the group": [True, True, False],
        "convenor elsewhere": [False, False, False],
    }


def test_the_desk_names_what_waits_for_the_convenor(app):
    programme = a_programme()
    vacant, led = a_theme(programme, title="Vacant"), a_theme(programme, title="Led")
    waiting = proposed(programme, title="Waiting")
    appointed(led, person(), D(2016, 1, 1))
    items = list(parts.desk_items(convenor(programme.id)))
    assert [(item.text, item.url) for item in items] == [
        ("Find a lead for Vacant", f"/manage/themes/{vacant.slug}/people"),
        ("Decide on the proposed theme group Waiting", f"/manage/themes/{waiting.slug}"),
    ]
    assert list(parts.desk_items(acting(programme.id, Role.OBSERVER))) == []


@pytest.mark.parametrize("n", [1, 3])
def test_lists_ask_a_fixed_number_of_queries(app, query_log, n):
    programme = a_programme()
    for _ in range(n):
        appointed(a_theme(programme), person(f"P{_}"), D(2016, 1, 1))
    programme_id = programme.id
    db.session.expunge_all()
    query_log.clear()
    themes = queries.published_of(programme_id)
    assert len(themes) == n
    assert sum(len(terms) for terms in queries.leads_on([t.id for t in themes], D(2017, 1, 1)).values()) == n
    queries.vacant_among(themes, D(2017, 1, 1))
    assert len(query_log) == 3
