"""Under the Chatham House Rule no public address names who presents, speaks or was there (docs/domain.md#event)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engage.core import links
from engage.core.access import SYSTEM, Role, declared
from engage.core.db import db, saving
from engage.core.errors import RuleBroken
from engage.events import queries as events
from engage.events import service
from engage.events.service import Speaker
from engage.outcomes import queries
from engage.outcomes import service as recording
from engage.outcomes.models import Presence
from tests.events.filling import send
from tests.factories.accounts import a_user
from tests.factories.attendance import an_invitation
from tests.factories.events import STARTS, a_draft, a_session, an_agenda_item, an_event
from tests.factories.outcomes import a_person
from tests.factories.papers import a_paper
from tests.factories.papers import published as published_paper
from tests.factories.site import a_recorded_meeting, again, promises_of, published
from tests.reader import words

NOW = datetime(2027, 5, 12, 8, 30, tzinfo=UTC)
NAME = "Zebedee Unspoken"


@pytest.fixture(autouse=True)
def _the_morning(at):
    at(NOW)


def a_meeting_of(name: str, **given):
    """A published meeting with the name in every place in which one can stand."""
    speaker = a_person(name)
    event = a_recorded_meeting(slug="rt", held=False, chair=speaker, **given)
    item = an_agenda_item(event, title="Counting", presenter=name)
    a_session(
        event, starts=STARTS, ends=STARTS + timedelta(hours=1), chair=Speaker(name=name), speakers=[Speaker(name=name)]
    )
    record = queries.by_event(event.id)
    with saving():
        service.publish_timetable(event, by=SYSTEM)
        line = recording.set_presence(record, person=speaker, presence=Presence.PRESENT, by=SYSTEM)
    with saving():
        recording.declare_interest(line, text=f"{name} owns shares", version=line.version, by=SYSTEM)
    for action in queries.actions_of_event(event.id):
        action_id = action.id
        with saving():
            db.session.get_one(type(action), action_id).owner_id = speaker.id
    with saving():
        service.hold(event, by=SYSTEM)
    published(event)
    published_paper(a_paper(event, item=item))
    return events.by_id(event.id)


def public_answers(app, client, event) -> dict[str, str]:
    """What every public address answers, as far as it is about this event's programme."""
    parts = {
        "programme": event.programme.slug,
        "theme": event.owning_theme.slug,
        "event": event.slug,
        "reference": promises_of(event)[0].reference,
    }
    found = {}
    for rule in app.url_map.iter_rules():
        access = declared(app.view_functions[rule.endpoint])
        if (
            access is None
            or access.rule != "public"
            or "GET" not in (rule.methods or ())
            or rule.arguments - parts.keys()
        ):
            continue
        path = app.url_map.bind("localhost").build(rule.endpoint, {name: parts[name] for name in rule.arguments})
        found[path] = client.get(path).get_data().decode(errors="replace")
    return found


def test_who_speaks_is_in_no_answer_of_any_public_address(app, client):
    event = a_meeting_of(NAME, non_attributed=True)
    answers = public_answers(app, client, event)
    assert len(answers) > 15
    assert [path for path, said in answers.items() if "Zebedee" in said or "Unspoken" in said] == []
    shown = words(client.get("/events/rt"))
    assert "the Chatham House Rule" in shown
    assert "Counting" in shown and "The dates were read out." in shown and "present" in shown


def test_without_it_the_name_is_found_in_all_these_places(app, client):
    """So that the test above can fail."""
    event = a_meeting_of(NAME)
    answers = public_answers(app, client, event)
    named = {path for path, said in answers.items() if NAME in said}
    assert named >= {"/events/rt", f"/actions/{promises_of(event)[0].reference}"}
    assert answers["/events/rt"].count(NAME) >= 5


def test_a_record_that_names_somebody_is_not_published(app):
    event = a_recorded_meeting(slug="rt", non_attributed=True)
    record, speaker = queries.by_event(event.id), a_person(NAME)
    with saving():
        recording.set_presence(record, person=speaker, presence=Presence.PRESENT, by=SYSTEM)
    note = again(record).notes[0]
    with saving():
        recording.save_note(note, text=f"{NAME.upper()} said no.", private=False, version=note.version, by=SYSTEM)
    with pytest.raises(RuleBroken, match=NAME):
        published(event)


def test_once_live_it_can_be_set_and_not_taken_back(app, at):
    event = an_event()
    with saving():
        service.edit(event, version=event.version, non_attributed=True, by=SYSTEM)
        service.edit(event, version=event.version, non_attributed=False, by=SYSTEM)
        service.go_live(event, by=SYSTEM)
        service.edit(event, version=event.version, non_attributed=True, by=SYSTEM)
    with saving(), pytest.raises(RuleBroken, match="no longer be taken back") as no:
        service.edit(event, version=event.version, non_attributed=False, by=SYSTEM)
    assert no.value.field == "non_attributed"
    assert events.by_id(event.id).non_attributed


def test_a_copy_is_held_under_the_same_rule(app):
    source = a_draft(non_attributed=True)
    with saving():
        assert service.copy(source, title="Again", by=SYSTEM).non_attributed


def test_those_invited_and_staff_are_told(app, client, sign_in):
    event = an_event(non_attributed=True, slug="rt")
    invitation = an_invitation(event)
    with saving():
        token = links.issue("invitation", invitation.id)
    assert "the Chatham House Rule" in words(client.get(f"/i/{token}"))
    a_user("cora@engage.example", roles={event.programme_id: Role.CONVENOR})
    sign_in(client, "cora@engage.example")
    assert "Nobody is named" in words(client.get("/manage/events/rt"))
    assert "write what was said, and not who said it" in words(client.get("/manage/events/rt/record"))
    assert send(client, "/manage/events/rt/edit", non_attributed=[]).status_code == 302
    assert not events.by_slug("rt").non_attributed
