"""What moves with a lead, and with a group that closes (docs/domain.md#theme-group)."""

from __future__ import annotations

from datetime import date

from engage.core.access import SYSTEM
from engage.core.db import saving
from engage.core.facts import preview
from engage.themes import service
from tests.factories.events import a_programme, a_theme
from tests.factories.outcomes import a_meeting, a_person, an_action


def words(fact):
    return [(effect.count, effect.what) for effect in preview(fact)]


def test_a_leads_open_duties_go_to_the_next_lead_in_one_act(app, post):
    programme = a_programme()
    cancer, other = a_theme(programme), a_theme(programme)
    ann, bob, cy = a_person("Ann", "ann@example.org"), a_person("Bob", "bob@example.org"), a_person("Cy")
    event = a_meeting(programme=programme, theme=cancer)
    duty = an_action(event, agreed=True, owner=ann)
    elsewhere = an_action(event, agreed=True, owner=ann, theme=other)
    not_hers = an_action(event, agreed=True, owner=cy)
    with saving():
        term = service.appoint(cancer, person=ann, starts_on=date(2026, 1, 1), by=SYSTEM)
    handing_over = service.handing_over(term, person_id=0, on=date(2027, 1, 1))
    assert words(handing_over) == [(1, "open action goes to the new lead, who is told")]
    seen = len(post())
    with saving():
        service.hand_over(term, person=bob, on=date(2027, 1, 1), by=SYSTEM)
    assert [action.owner.name for action in (duty, elsewhere, not_hers)] == ["Bob", "Ann", "Cy"]
    assert [str(m["To"]) for m in post()[seen:]] == ["Bob <bob@example.org>"]


def test_open_actions_move_to_the_successor(app):
    programme = a_programme()
    old, new = a_theme(programme), a_theme(programme)
    event = a_meeting(programme=programme, theme=old)
    action = an_action(event, agreed=True)
    assert words(service.closing(old, successor=new)) == [(1, "open action moves to the successor")]
    assert words(service.closing(old, reason="Done")) == [(1, "open action stays open under the closed group")]
    with saving():
        service.close(old, successor=new, by=SYSTEM)
    assert action.theme_id == new.id
