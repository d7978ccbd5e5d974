"""Journeys 6 and 8: record the meeting, the chair agrees by link, the owner reports, somebody else verifies."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from engage.core.access import Role
from engage.core.db import db
from engage.outcomes import queries
from engage.outcomes.models import ActionState
from tests.factories.accounts import a_user
from tests.factories.outcomes import a_meeting, a_person, a_record
from tests.journeys.steps import link


def test_from_the_first_note_to_a_verified_action(
    visitor: Callable[..., Page],
    staff: Callable[..., Page],
    letters: Callable[[str], list[str]],
    accessible: Callable[[Page], None],
) -> None:
    chair = a_person("Carol Chair", "carol@example.org")
    event = a_meeting(chair=chair)
    a_user("sec@engage.example", roles={event.programme_id: Role.SECRETARY})
    a_user("rev@engage.example", name="Rita Reviewer", roles={event.programme_id: Role.REVIEWER})

    page = staff("sec@engage.example")
    page.goto(f"/manage/events/{event.slug}/record")
    accessible(page)
    page.get_by_role("button", name="Begin the record").click()
    page.get_by_label("Notes").first.fill("The room heard from ONS.")
    page.get_by_role("button", name="Save notes").first.click()
    expect(page.get_by_text("Saved:")).to_be_visible()
    accessible(page)

    page.get_by_role("button", name="Add an outcome").click()
    page.get_by_label("Agreement").check()
    page.get_by_label("What was concluded").fill("One list of releases is published.")
    accessible(page)
    page.get_by_role("button", name="Save").click()

    page.get_by_role("link", name="Add an action").or_(page.get_by_role("button", name="Add an action")).first.click()
    page.get_by_label("What is to be done").fill("Publish the list of releases")
    page.get_by_label("Accountable organisation").fill("ONS")
    page.get_by_label("Owner’s full name").fill("Olu Owner")
    page.get_by_label("Owner’s e-mail address").fill("olu@example.org")
    page.get_by_label("Day").fill("31")
    page.get_by_label("Month").fill("2")
    page.get_by_label("Year").fill("2027")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("What is to be done")).to_have_value("Publish the list of releases")
    accessible(page)
    page.get_by_label("Day").fill("30")
    page.get_by_label("Month").fill("6")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Publish the list of releases")).to_be_visible()

    page.goto(f"/manage/events/{event.slug}/record/attendance")
    page.get_by_label("Full name").fill("Carol Chair")
    page.get_by_label("E-mail address").fill("carol@example.org")
    page.get_by_label("Present", exact=True).check()
    accessible(page)
    page.get_by_role("button", name="Add to the record").click()
    expect(page.get_by_text("1 present, 0 apologies")).to_be_visible()
    page.goto(f"/manage/events/{event.slug}/record/circulate")
    accessible(page)
    page.get_by_role("button", name="Circulate").click()

    chairs = visitor(width=360)
    chairs.goto(link(letters("carol@example.org"), "/m/"))
    accessible(chairs)
    chairs.get_by_role("button", name="I agree this record").click()
    expect(chairs.get_by_text("The record is agreed")).to_be_visible()

    owner = visitor(width=360, java_script_enabled=False)
    owner.goto(link(letters("olu@example.org"), "/o/"))
    owner.get_by_label("How is it going?").fill("It is published.")
    owner.get_by_label("Where can one see it?").fill("https://example.org/list")
    owner.get_by_label("It is complete").check()
    owner.get_by_role("button", name="Send").click()
    expect(owner.get_by_text("Your words are with the action")).to_be_visible()

    reviewer = staff("rev@engage.example")
    action = queries.actions_of_event(event.id)[0]
    reviewer.goto(f"/manage/actions/{action.reference}")
    accessible(reviewer)
    reviewer.get_by_role("button", name="Verify it").click()
    accessible(reviewer)
    reviewer.get_by_role("button", name="Verify it").click()
    expect(reviewer.get_by_text("Done, and somebody else says so")).to_be_visible()
    db.session.rollback()
    assert action.state is ActionState.VERIFIED


def test_two_secretaries_at_once_lose_no_words(staff: Callable[..., Page], accessible: Callable[[Page], None]) -> None:
    event = a_record(a_meeting(chair=a_person("Carol Chair", "carol@example.org"))).event
    roles = {event.programme_id: Role.SECRETARY}
    a_user("first@engage.example", name="Fay First", roles=roles)
    a_user("second@engage.example", name="Sid Second", roles=roles)
    first, second = staff("first@engage.example"), staff("second@engage.example")
    for page in (first, second):
        page.goto(f"/manage/events/{event.slug}/record")

    first.get_by_label("Notes").first.fill("ONS will publish the list.")
    first.get_by_role("button", name="Save notes").first.click()
    expect(first.get_by_text("Saved:")).to_be_visible()

    second.get_by_label("Notes").first.fill("Nobody minds the date.")
    second.get_by_role("button", name="Save notes").first.click()
    expect(second.get_by_role("alert")).to_be_visible()
    expect(second.get_by_role("heading", name="Somebody else saved this while you were writing")).to_be_visible()
    expect(second.get_by_text("ONS will publish the list.")).to_be_visible()
    expect(second.get_by_label("Notes").first).to_have_value("Nobody minds the date.")
    accessible(second)
    second.get_by_label("Notes").first.fill("ONS will publish the list. Nobody minds the date.")
    second.get_by_role("button", name="Save notes").first.click()
    expect(second.get_by_text("Saved:")).to_be_visible()

    first.reload()
    expect(first.get_by_label("Notes").first).to_have_value("ONS will publish the list. Nobody minds the date.")
