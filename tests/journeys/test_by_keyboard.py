"""Whole journeys with nothing but the keyboard: whoever presses Tab always sees where they are."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.factories.attendance import an_invitation
from tests.factories.events import an_open_event
from tests.journeys.steps import link

NAME = """() => {
  const one = document.activeElement;
  const label = one.labels && one.labels.length ? one.labels[0].innerText : "";
  return (label || one.innerText || one.getAttribute("aria-label") || "").replace(/\\s+/g, " ").trim();
}"""
SEEN = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  const onScreen = box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight;
  return onScreen && one.matches(":focus-visible");
}"""
MARKED = """() => {
  const one = document.activeElement;
  const parts = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "backgroundColor", "color"];
  const look = () => parts.map(part => getComputedStyle(one)[part]).join(" | ");
  const focused = look();
  one.blur();
  const plain = look();
  one.focus({focusVisible: true});
  return focused !== plain;
}"""


def test_register_for_a_summit(visitor: Callable[..., Page], letters: Callable[[str], list[str]]) -> None:
    event = an_open_event(title="Summit 2030", capacity=10)
    page = visitor()
    page.goto(f"/events/{event.slug}")
    page.keyboard.press("Tab")
    assert page.evaluate(NAME) == "Skip to main content"
    page.keyboard.press("Enter")
    tab_to(page, "Register")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Register for Summit 2030")

    tab_to(page, "Register")
    page.keyboard.press("Enter")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    tab_to(page, "Enter your name")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your name")).to_be_focused()
    page.keyboard.type("Ann Lee")
    tab_to(page, "E-mail address")
    page.keyboard.type("ann@example.org")
    tab_to(page, "Role (optional)")
    page.keyboard.type("Head of insight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Look into your mail")

    page.goto(link(letters("ann@example.org"), "/b/"))
    expect(page.get_by_text("You have a place.")).to_be_visible()
    tab_to(page, "Cancel the booking")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cancel your booking?")
    tab_to(page, "Yes, cancel it")
    page.keyboard.press("Space")
    expect(page.get_by_text("This booking is cancelled.")).to_be_visible()


def test_answer_an_invitation(visitor: Callable[..., Page], letters: Callable[[str], list[str]]) -> None:
    event = an_open_event(title="Summit 2030", capacity=10)
    an_invitation(event, name="Ben Lee", email="ben@example.org")
    page = visitor(width=360)
    page.goto(link(letters("ben@example.org"), "/i/"))
    tab_to(page, "Accept")
    page.keyboard.press("Space")
    expect(page.get_by_text("You have a place. We look forward to seeing you.")).to_be_visible()
    tab_to(page, "A word of apology (optional)")
    page.keyboard.type("Something came up.")
    tab_to(page, "Decline")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You said that you can’t come.")).to_be_visible()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until this has the focus; everything on the way must be on the screen and look focused."""
    for _ in range(60):
        page.keyboard.press("Tab")
        here = page.evaluate(NAME)
        if page.evaluate("document.activeElement === document.body"):
            continue
        assert page.evaluate(SEEN), f"“{here}” has the focus out of sight at {page.url}"
        assert page.evaluate(MARKED), f"“{here}” looks the same with the focus at {page.url}"
        if here == name:
            return
    raise AssertionError(f"Tab never comes to “{name}” at {page.url}")
