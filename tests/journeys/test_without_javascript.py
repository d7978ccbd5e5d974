"""The convenor's journey wholly without JavaScript: sign in, plan, invite, be answered, postpone, check in."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from engage.core.access import Role
from tests.factories.accounts import a_user
from tests.factories.events import a_programme, a_theme
from tests.journeys.steps import link, local, type_time

CONVENOR = "con@engage.example"


def test_convene_and_check_in(visitor: Callable[..., Page], letters: Callable[[str], list[str]]) -> None:
    programme = a_programme()
    a_theme(programme, title="Workforce")
    a_user(CONVENOR, name="Connie Convenor", roles={programme.id: Role.CONVENOR})

    page = visitor(java_script_enabled=False)
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(CONVENOR)
    page.get_by_role("button", name="Send me a link").click()
    page.goto(link(letters(CONVENOR), "/sign-in/"))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Events").click()
    page.get_by_role("button", name="Plan an event").first.click()
    page.get_by_role("button", name="Create the event").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the title of the event")
    page.get_by_label("Title").fill("Round Table 5")
    page.get_by_label("Meeting", exact=True).check()
    starts = local(hours=4)
    page.get_by_label("Only the month").check()
    page.get_by_label("Day and time").check()
    type_time(page, "Starts", starts)
    type_time(page, "Ends", local(hours=6))
    page.get_by_label("Theme group that owns it").select_option("Workforce")
    page.get_by_role("button", name="Create the event").click()
    page.get_by_role("button", name="Schedule").click()
    page.get_by_role("button", name="Schedule the event").click()

    page.get_by_role("link", name=re.compile("^Invitations")).first.click()
    page.get_by_role("button", name="Add a person").click()
    page.get_by_label("Name").fill("Ann Lee")
    page.get_by_label("E-mail address").fill("ann@example.org")
    page.get_by_role("button", name="Put on the list", exact=True).click()
    page.get_by_role("button", name="Send invitations …").click()
    page.get_by_role("button", name="Send to those ticked").click()
    expect(page.get_by_text("1 invitation is on its way.")).to_be_visible()

    ann = visitor(width=360, java_script_enabled=False)
    ann.goto(link(letters("ann@example.org"), "/i/"))
    ann.get_by_role("button", name="Accept").click()
    expect(ann.get_by_text("You have a place. We look forward to seeing you.")).to_be_visible()

    page.get_by_role("link", name="Check-in").click()
    page.get_by_role("button", name=re.compile("Check in.*Ann Lee")).click()
    expect(page.get_by_text("Ann Lee is in.")).to_be_visible()
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("button", name="Sign out").or_(page.get_by_role("link", name="Sign out")).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("signed out").first).to_be_visible()
