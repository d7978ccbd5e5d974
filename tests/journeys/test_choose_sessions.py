"""Choosing sessions of a conference: on a phone, with the keyboard alone, until a place becomes free."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from engage.attendance import service
from engage.core.access import SYSTEM
from engage.core.db import db, saving
from engage.events.models import SignUps
from tests.factories.attendance import again
from tests.factories.events import STARTS, a_session
from tests.factories.sign_ups import a_conference, published, signed_up
from tests.journeys.steps import link
from tests.journeys.test_by_keyboard import tab_to

PHONE = 360


def test_two_sessions_one_full_until_somebody_leaves(
    visitor: Callable[..., Page],
    letters: Callable[[str], list[str]],
    post: Callable[[], list[EmailMessage]],
    accessible: Callable[[Page], None],
) -> None:
    event = a_conference(title="Users’ conference")
    given = {
        "sign_up": SignUps.OPTIONAL,
        "capacity": 1,
        "starts": STARTS.replace(hour=14),
        "ends": STARTS.replace(hour=15),
    }
    full = a_session(event, title="Waiting times", **given)
    a_session(event, title="Workforce", sign_up=SignUps.OPTIONAL)
    a_session(event, title="Cancer", sign_up=SignUps.OPTIONAL)
    published(event)
    bob = signed_up(event, full, name="Bob")

    page = visitor(width=PHONE)
    page.goto(f"/events/{event.slug}/register")
    page.get_by_label("Your name").fill("Ann Lee")
    page.get_by_label("E-mail address").fill("ann@example.org")
    page.get_by_role("button", name="Register").click()
    page.goto(link(letters("ann@example.org"), "/b/"))
    tab_to(page, "Choose sessions")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your sessions")
    accessible(page)

    tab_to(page, "Choose “Workforce”")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Give the place back “Workforce”")).to_be_visible()
    tab_to(page, "Wait for a place in “Waiting times”")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You wait: number 1")).to_be_visible()
    tab_to(page, "Choose “Cancer”")
    page.keyboard.press("Enter")
    expect(page.locator(".govuk-error-summary")).to_contain_text("goes on at the same time as “Workforce”")
    expect(page).to_have_title("Error: Your sessions: Users’ conference – engage")
    accessible(page)
    tab_to(page, "Yes, choose this one instead")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Give the place back “Cancer”")).to_be_visible()
    expect(page.get_by_role("button", name="Choose “Workforce”")).to_be_visible()

    db.session.rollback()
    with saving():
        service.leave(again(bob), by=SYSTEM)
    told = [message["Subject"] for message in post() if "ann@example.org" in message["To"]]
    assert told[1:] == ["You have a place in “Waiting times”"]
    page.goto(link(letters("ann@example.org"), "/sessions"))
    expect(page.get_by_role("button", name="Give the place back “Waiting times”")).to_be_visible()
    accessible(page)
