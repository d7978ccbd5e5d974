"""Journey 10, "Follow a theme": find, e-mail, confirm, told at once, leave in one click; and the whole chain."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from engage.core.access import Role
from tests.factories.accounts import a_user
from tests.factories.events import a_programme, a_theme, an_event
from tests.factories.outcomes import a_meeting, a_published_record
from tests.journeys.steps import link

FERN = "fern@example.org"


def test_from_the_front_page_to_the_last_message(
    visitor: Callable[..., Page],
    staff: Callable[..., Page],
    letters: Callable[[str], list[str]],
    post: Callable[[], list[EmailMessage]],
    accessible: Callable[[Page], None],
) -> None:
    programme = a_programme()
    theme = a_theme(programme, title="Workforce")
    first = an_event(programme, theme=theme, title="Workforce Summit", published=False)
    second = an_event(programme, theme=theme, title="Workforce Conference", published=False)
    a_user("con@engage.example", roles={programme.id: Role.CONVENOR})

    fern = visitor(width=360)
    fern.goto("/")
    accessible(fern)
    fern.get_by_role("link", name="Workforce").first.click()
    accessible(fern)
    fern.get_by_role("button", name="Follow by e-mail").first.click()
    fern.get_by_role("button", name="Follow").click()
    expect(fern.get_by_role("alert")).to_contain_text("Enter your e-mail address")
    accessible(fern)
    fern.get_by_label("E-mail address").fill(FERN)
    fern.get_by_role("button", name="Follow").click()
    expect(fern.get_by_role("heading", level=1)).to_contain_text("Check your e-mail")
    accessible(fern)

    assert publish(staff("con@engage.example"), first.slug) == "Nobody is told by mail."
    assert [str(m["Subject"]) for m in post() if FERN in str(m["To"])] == [
        "Confirm that you want to follow Workforce"
    ], "nobody is told before saying yes"

    fern.goto(link(letters(FERN), "/n/"))
    accessible(fern)
    fern.get_by_role("button", name="Yes, tell me").click()
    expect(fern.get_by_text("Confirmed. You will be told when there is news.")).to_be_visible()
    accessible(fern)

    told = publish(staff("con@engage.example"), second.slug)
    assert "1" in told, told
    news = letters(FERN)
    fern.goto(link(news, f"/events/{second.slug}"))
    expect(fern.get_by_role("heading", level=1)).to_contain_text("Workforce Conference")

    fern.goto(link(news, "/leave/"))
    accessible(fern)
    fern.get_by_role("button", name="Stop these messages").click()
    expect(fern.get_by_role("heading", level=1)).to_contain_text("You no longer follow Workforce")
    fern.get_by_role("link", name="See everything that you follow").click()
    expect(fern.get_by_text("You follow nothing at present")).to_be_visible()
    assert fern.context.cookies() == [], "the public is never given a cookie"

    third = an_event(programme, theme=theme, title="Workforce Workshop", published=False)
    before = len(post())
    assert publish(staff("con@engage.example"), third.slug) == "Nobody is told by mail."
    assert [str(m["To"]) for m in post()[before:] if FERN in str(m["To"])] == []


def publish(page: Page, slug: str) -> str:
    """Through the event's page, by somebody signed in; returns what the preview said, and signs out."""
    page.goto(f"/manage/events/{slug}")
    page.get_by_role("button", name="Publish", exact=True).click()
    said = page.locator(".engage-confirm").inner_text().removeprefix("What this will do").strip()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Published. Everybody can read")).to_be_visible()
    page.context.close()
    return said


def test_the_chain_can_be_walked_both_ways(visitor: Callable[..., Page], accessible: Callable[[Page], None]) -> None:
    record = a_published_record(a_meeting(title="Round Table 7"))
    event = record.event
    theme = event.owning_theme
    assert theme is not None

    page = visitor()
    page.goto("/themes")
    accessible(page)
    page.get_by_role("link", name=theme.title).click()
    page.get_by_role("link", name="Publish the list of releases").first.click()
    chain = page.get_by_role("list", name="Where this promise comes from")
    for title in (theme.title, event.title, "Publish one list of releases.", "Not yet"):
        expect(chain).to_contain_text(title)
    accessible(page)

    chain.get_by_role("link", name="Publish one list of releases.").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(event.title)
    concluded = page.locator(".engage-outcomes__item:target")
    expect(concluded).to_contain_text("Publish one list of releases.")
    accessible(page)

    concluded.get_by_role("link", name=theme.title).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(theme.title)
    page.get_by_role("link", name=event.title).first.click()
    page.get_by_role("link", name="Publish the list of releases").click()
    page.get_by_role("list", name="Where this promise comes from").get_by_role("link", name=theme.title).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(theme.title)
    assert page.context.cookies() == []
