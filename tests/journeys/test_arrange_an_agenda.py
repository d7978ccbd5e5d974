"""An agenda is put in order by keyboard with plain buttons, or by dragging an item to its place."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from engage.core.access import Role
from tests.factories.accounts import a_user
from tests.factories.events import a_draft, an_agenda_item


def test_an_item_is_moved_by_key_and_by_pointer(staff: Callable[..., Page]) -> None:
    event = a_draft()
    for title in ("Welcome", "Plan", "Close"):
        an_agenda_item(event, title=title)
    a_user("cora@engage.example", roles={event.programme_id: Role.CONVENOR})
    page = staff("cora@engage.example")
    page.set_viewport_size({"width": 1280, "height": 1600})  # nothing scrolls under the pointer
    page.goto(f"/manage/events/{event.slug}/agenda")
    titles = page.locator(".engage-agenda__title")
    expect(titles).to_have_text(["Welcome", "Plan", "Close"])

    page.locator("button[value=down]").first.press("Enter")
    expect(titles).to_have_text(["Plan", "Welcome", "Close"])

    items = page.locator(".engage-agenda__item")
    page.locator(".engage-agenda__handle").nth(2).drag_to(items.nth(0))
    expect(titles).to_have_text(["Close", "Plan", "Welcome"])
    expect(page.locator(".engage-agenda__time").nth(1)).to_have_text("10:30am")
