"""Questions at registration: built by keyboard, answered on a phone, read by staff, changed by link."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from engage.core.access import Role
from tests.factories.accounts import a_user
from tests.factories.events import an_open_event
from tests.factories.questions import K, a_question, after
from tests.journeys.steps import link
from tests.journeys.test_by_keyboard import tab_to

SECRETARY = "sec@engage.example"


def test_from_the_question_to_a_changed_answer(
    visitor: Callable[..., Page],
    staff: Callable[..., Page],
    letters: Callable[[str], list[str]],
    accessible: Callable[[Page], None],
) -> None:
    event = an_open_event(title="Summit 2030", capacity=10)
    a_user(SECRETARY, roles={event.programme_id: Role.SECRETARY})
    page = staff(SECRETARY)
    page.goto(f"/manage/events/{event.slug}/questions")
    add(page, "About what?", "A line of text", required=True)
    add(page, "Will you speak?", "One of several answers", options="Yes\nNo")
    expect(page.locator(".engage-agenda__title")).to_have_text(["About what?", "Will you speak?"])
    tab_to(page, "Down : About what?")
    page.keyboard.press("Enter")
    expect(page.locator(".engage-agenda__title")).to_have_text(["Will you speak?", "About what?"])
    tab_to(page, "Change About what?")
    page.keyboard.press("Enter")
    page.get_by_label("Ask it only after a certain answer (optional)").select_option("“Will you speak?”: Yes")
    accessible(page)
    tab_to(page, "Save")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Asked only after “Yes” for “Will you speak?”")).to_be_visible()
    accessible(page)

    ann = visitor(width=360)
    ann.goto(f"/events/{event.slug}/register")
    expect(ann.get_by_label("About what?")).to_be_hidden()
    ann.get_by_label("Your name").fill("Ann Lee")
    ann.get_by_label("E-mail address").fill("ann@example.org")
    ann.get_by_label("Yes").check()
    expect(ann.get_by_label("About what?")).to_be_visible()
    ann.get_by_role("button", name="Register").click()
    expect(ann.get_by_role("alert")).to_contain_text("Answer “About what?”")
    accessible(ann)
    ann.get_by_label("About what?").fill("Rents")
    ann.get_by_role("button", name="Register").click()
    expect(ann.get_by_role("heading", level=1)).to_contain_text("Look into your mail")

    page.goto(f"/manage/events/{event.slug}/answers")
    expect(page.get_by_role("row", name="Yes 1 (100%)")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="1 answer to About what?").click()
    expect(page.get_by_role("row", name="Ann Lee")).to_contain_text("Rents")

    ann.goto(link(letters("ann@example.org"), "/b/"))
    ann.get_by_role("button", name="Change what you told us").click()
    expect(ann.get_by_label("About what?")).to_have_value("Rents")
    ann.get_by_label("No", exact=True).check()
    expect(ann.get_by_label("About what?")).to_be_hidden()
    accessible(ann)
    ann.get_by_role("button", name="Save").click()
    expect(ann.get_by_text("You have a place.")).to_be_visible()

    page.reload()
    expect(page.get_by_text("Nobody has answered this yet")).to_be_visible()
    page.goto(f"/manage/events/{event.slug}/answers")
    expect(page.get_by_role("row", name="No 1 (100%)")).to_be_visible()


def add(page: Page, label: str, kind: str, *, options: str = "", required: bool = False) -> None:
    """One more question, with nothing but the keyboard."""
    tab_to(page, "Add a question")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Add a question for registration")
    tab_to(page, "Question")
    page.keyboard.type(label)
    tab_to(page, "A line of text")
    while page.evaluate("document.activeElement.labels[0].innerText.trim()") != kind:
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    if options:
        tab_to(page, "Answers on offer (optional)")
        page.keyboard.type(options)
    if required:
        tab_to(page, "Must be answered")
        page.keyboard.press("Space")
    tab_to(page, "Save")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The question is added.")).to_be_visible()


def test_without_scripts_the_words_say_when_to_answer(visitor: Callable[..., Page]) -> None:
    event = an_open_event(title="Summit 2030", capacity=10)
    speak = a_question(event, K.CHOICE, "Will you speak?")
    a_question(event, K.TEXT, "About what?", required=True, **after(speak))
    page = visitor(width=360, java_script_enabled=False)
    page.goto(f"/events/{event.slug}/register")
    expect(page.get_by_text("Answer only if you chose “Yes” for “Will you speak?”.")).to_be_visible()
    page.get_by_label("Your name").fill("Ann Lee")
    page.get_by_label("E-mail address").fill("ann@example.org")
    page.get_by_label("About what?").fill("Never mind")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Look into your mail")
