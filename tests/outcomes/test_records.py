"""Records: draft, circulated, agreed by the chair, published; nobody's words are lost (docs/domain.md#record)."""

from __future__ import annotations

import pytest
from flask import Flask

from engage.core.access import SYSTEM, act_as_link
from engage.core.db import db, saving
from engage.core.errors import RuleBroken, StaleVersion
from engage.events.models import EventState
from engage.outcomes import queries, service
from engage.outcomes.models import Action, ActionState, Outcome, OutcomeState, Presence, RecordState
from tests.factories.events import again, an_event
from tests.factories.outcomes import (
    a_meeting,
    a_person,
    a_record,
    an_action,
    an_agreed_record,
    an_outcome,
    chair_of,
)


def test_a_record_begins_with_a_note_per_agenda_item(app: Flask) -> None:
    record = a_record(items=3)
    assert [n.heading for n in record.notes] == [n.agenda_item.title for n in record.notes if n.agenda_item]
    assert len(record.notes) == 3


def test_opening_twice_gives_the_same_record(app: Flask) -> None:
    record = a_record()
    with saving():
        assert service.open_record(record.event, by=SYSTEM).id == record.id


def test_no_record_before_the_event_is_live(app: Flask) -> None:
    event = an_event()
    with pytest.raises(RuleBroken, match="once the event is live"), saving():
        service.open_record(event, by=SYSTEM)


def test_who_saves_a_note_second_sees_the_first_ones_words_and_loses_none(app: Flask) -> None:
    note = a_record().notes[0]
    with saving():
        service.save_note(note, text="From Ann", private=False, version=1, by=SYSTEM)
    with pytest.raises(StaleVersion), saving():
        service.save_note(note, text="From Bob", private=False, version=1, by=SYSTEM)
    assert (note.text, note.version) == ("From Ann", 2)
    with saving():
        service.save_note(note, text="From Ann and Bob", private=False, version=2, by=SYSTEM)
    assert note.text == "From Ann and Bob"


def test_saving_the_same_words_changes_nothing(app: Flask) -> None:
    note = a_record().notes[0]
    with saving():
        service.save_note(note, text="", private=False, version=1, by=SYSTEM)
    assert note.version == 1


def test_who_declares_an_interest_second_sees_the_first_ones_words_and_loses_none(app: Flask) -> None:
    line = a_record().people[0]
    with saving():
        service.declare_interest(line, text="Adviser to ONS", version=1, by=SYSTEM)
    with pytest.raises(StaleVersion), saving():
        service.declare_interest(line, text="Trustee", version=1, by=SYSTEM)
    assert (line.interest, line.version) == ("Adviser to ONS", 2)
    with saving():
        service.declare_interest(line, text="Adviser to ONS; trustee", version=2, by=SYSTEM)
    assert (line.interest, line.version) == ("Adviser to ONS; trustee", 3)


def test_who_enters_somebody_second_does_not_overwrite_what_was_said_of_them(app: Flask) -> None:
    record, person = a_record(), a_person("Pat")
    by = {"person": person, "by": SYSTEM}
    with saving():
        line = service.set_presence(record, presence=Presence.PRESENT, role="Director", organisation="ONS", **by)
    with pytest.raises(StaleVersion), saving():
        service.set_presence(record, presence=Presence.APOLOGIES, role="Statistician", **by)
    with saving():
        service.set_presence(record, presence=Presence.APOLOGIES, role="Director", **by)
    assert (line.presence, line.role, line.organisation, line.version) == (Presence.APOLOGIES, "Director", "ONS", 1)
    with saving():
        service.set_presence(record, presence=Presence.APOLOGIES, role="Statistician", version=1, **by)
    assert (line.presence, line.role, line.organisation, line.version) == (Presence.APOLOGIES, "Statistician", "ONS", 2)


def test_a_circulated_record_does_not_change_until_it_is_taken_back(app: Flask) -> None:
    record = a_record()
    with saving():
        service.circulate(record, by=SYSTEM)
    with pytest.raises(RuleBroken, match="Take it back"), saving():
        service.save_note(record.notes[0], text="Late", private=False, version=1, by=SYSTEM)
    with saving():
        service.ask_changes(record, words="A name is wrong", by=SYSTEM)
        service.save_note(record.notes[0], text="Mended", private=False, version=1, by=SYSTEM)
    assert record.state is RecordState.DRAFT


def test_the_chair_agrees_the_very_outcomes_and_actions_that_were_circulated(app: Flask) -> None:
    event = a_meeting()
    outcome, action = an_outcome(event), an_action(event)
    record = a_record(event)
    with saving():
        service.circulate(record, by=SYSTEM)
    late = (
        lambda: an_outcome(event),
        lambda: an_action(event),
        lambda: _reword(outcome, "Publish nothing."),
        lambda: _strike(outcome),
        lambda: _reword_action(action),
    )
    for change in late:
        with pytest.raises(RuleBroken, match="Take it back"):
            change()
    with saving():
        service.ask_changes(record, words="One decision is missing", by=SYSTEM)
    _reword(outcome, "Publish two lists.")
    with saving():
        service.circulate(record, by=SYSTEM)
    with pytest.raises(StaleVersion), saving():
        service.agree_record(record, version=1, by=chair_of(record))
    with saving():
        service.agree_record(record, version=2, by=chair_of(record))
    assert (outcome.text, outcome.state) == ("Publish two lists.", OutcomeState.CONFIRMED)


def _reword(outcome: Outcome, text: str) -> None:
    with saving():
        service.edit_outcome(
            outcome,
            kind=outcome.kind,
            text=text,
            theme=outcome.theme,
            private=False,
            version=outcome.version,
            by=SYSTEM,
        )


def _strike(outcome: Outcome) -> None:
    with saving():
        service.strike(outcome, reason="Not said", by=SYSTEM)


def _reword_action(action: Action) -> None:
    with saving():
        service.edit_action(
            action,
            text="Do less",
            theme=action.theme,
            organisation=action.organisation,
            owner=None,
            due=None,
            private=False,
            version=action.version,
            by=SYSTEM,
        )


def test_only_the_chairs_link_asks_for_changes(app: Flask) -> None:
    record = a_record()
    with saving():
        service.circulate(record, by=SYSTEM)
    reader = act_as_link(a_person().id)
    with pytest.raises(RuleBroken, match="Only the chair"), saving():
        service.ask_changes(record, words="Say less", by=reader)
    assert record.state is RecordState.CIRCULATED


def test_an_outcome_is_replaced_by_one_that_stands(app: Flask) -> None:
    event = a_meeting()
    old, struck = an_outcome(event), an_outcome(event)
    _strike(struck)
    an_agreed_record(event)
    with pytest.raises(RuleBroken, match="Choose one that stands"), saving():
        service.supersede(old, successor=struck, by=SYSTEM)


def test_circulating_needs_a_chair_who_stands_in_the_record(app: Flask) -> None:
    event = a_meeting()
    with saving():
        record = service.open_record(event, by=SYSTEM)
    with pytest.raises(RuleBroken, match="Record the chair"), saving():
        service.circulate(record, by=SYSTEM)


def test_only_the_chair_agrees(app: Flask) -> None:
    record = a_record()
    with saving():
        service.circulate(record, by=SYSTEM)
    for stranger in (SYSTEM, act_as_link(a_person().id), act_as_link(None)):
        with pytest.raises(RuleBroken, match="Only the chair"), saving():
            service.agree_record(record, by=stranger)
    assert record.state is RecordState.CIRCULATED


def test_agreeing_confirms_outcomes_agrees_actions_and_moves_the_event_on(app: Flask) -> None:
    event = a_meeting()
    kept, struck = an_outcome(event), an_outcome(event)
    action = an_action(event)
    with saving():
        service.strike(struck, reason="Not what was said", by=SYSTEM)
    record = an_agreed_record(event)
    assert (kept.state, struck.state) == (OutcomeState.CONFIRMED, OutcomeState.STRUCK)
    assert action.state is ActionState.AGREED
    assert again(event).state is EventState.RECORD_AGREED
    assert record.agreed_on is not None


def test_golden_case_2_twenty_present_three_apologies_version_two_agreed_version_one_kept(app: Flask) -> None:
    event = a_meeting()
    outcome = an_outcome(event)
    record = a_record(event)
    with saving():
        for n in range(19):
            service.set_presence(record, person=_person(n), presence=Presence.PRESENT, secretariat=n < 2, by=SYSTEM)
        for n in range(19, 22):
            service.set_presence(record, person=_person(n), presence=Presence.APOLOGIES, by=SYSTEM)
        service.save_note(record.notes[0], text="First words", private=False, version=1, by=SYSTEM)
    with saving():
        service.circulate(record, by=SYSTEM)
    with saving():
        service.ask_changes(record, words="Say it better", by=chair_of(record))
        service.save_note(record.notes[0], text="Better words", private=False, version=2, by=SYSTEM)
    with saving():
        service.circulate(record, by=SYSTEM)
    with saving():
        service.agree_record(record, by=chair_of(record))
    counts = queries.counts_of(record)
    kept = queries.versions_of(record.id)
    assert (counts.present, counts.secretariat, counts.apologies) == (20, 2, 3)
    assert outcome.state is OutcomeState.CONFIRMED
    assert [(v.number, v.state, v.content["notes"][0]["text"]) for v in kept] == [
        (1, RecordState.CIRCULATED, "First words"),
        (2, RecordState.CIRCULATED, "Better words"),
        (3, RecordState.AGREED, "Better words"),
    ]


def _person(n: int) -> object:
    from engage.people import service as people

    return people.person_for(name=f"Member {n}", email=f"member{n}@example.org", by=SYSTEM)


def test_publishing_makes_confirmed_outcomes_and_agreed_actions_public_less_the_private(app: Flask) -> None:
    event = a_meeting()
    shown, hidden = an_outcome(event), an_outcome(event, private=True)
    done, secret = an_action(event), an_action(event, private=True)
    record = an_agreed_record(event)
    with saving():
        service.publish_record(record, by=SYSTEM)
    db.session.expire_all()
    assert all(thing.published_at for thing in (record, shown, done))
    assert hidden.published_at is None and secret.published_at is None


def test_what_was_dropped_before_it_was_agreed_is_no_promise_and_stays_unpublished(app: Flask) -> None:
    event = a_meeting()
    kept, dropped, never = an_action(event), an_action(event), an_action(event)
    with saving():
        service.drop(never, reason="Said in haste", by=SYSTEM)
    record = an_agreed_record(event)
    with saving():
        service.drop(dropped, reason="Overtaken", by=SYSTEM)
        service.publish_record(record, by=SYSTEM)
    assert [a.published_at is not None for a in (kept, dropped, never)] == [True, True, False]


def test_nothing_is_published_under_an_event_that_is_not(app: Flask) -> None:
    event = a_meeting(published=False)
    record = an_agreed_record(event)
    with pytest.raises(RuleBroken, match="Publish the event first"), saving():
        service.publish_record(record, by=SYSTEM)


def test_everybody_in_the_record_is_told_once_and_the_chair_is_asked_to_agree(app: Flask, post) -> None:
    record = a_record()
    with saving():
        service.set_presence(record, person=_person(1), presence=Presence.PRESENT, by=SYSTEM)
        service.circulate(record, by=SYSTEM)
    mails = {m["To"].addresses[0].display_name: m for m in post()}
    assert set(mails) == {"Carol Chair", "Member 1"}
    assert "agree" in mails["Carol Chair"]["Subject"]
    assert "/m/" in mails["Member 1"].get_body(("plain",)).get_content()


def test_each_owner_hears_of_all_their_actions_in_one_message(app: Flask, post) -> None:
    event = a_meeting()
    owner = a_person("Olu Owner")
    first, second = an_action(event, owner=owner), an_action(event, owner=owner, text="Say which come first")
    an_agreed_record(event)
    mails = [m for m in post() if m["To"].addresses[0].display_name == "Olu Owner"]
    assert len(mails) == 1
    text = mails[0].get_body(("plain",)).get_content()
    assert first.reference in text and second.reference in text and text.count("/o/") == 2
