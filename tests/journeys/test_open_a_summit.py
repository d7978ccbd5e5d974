"""Journey 2, "Open a summit": publish, register on a phone, the waiting list, a seat that was freed, the door."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from engage.core.access import Role
from engage.events.models import EventKind
from tests.factories.accounts import a_user
from tests.factories.attendance import a_registration
from tests.factories.events import an_event, an_open_event
from tests.journeys.steps import link, local

CONVENOR, SECRETARY = "con@engage.example", "sec@engage.example"


def test_from_opening_to_the_last_seat(
    visitor: Callable[..., Page],
    staff: Callable[..., Page],
    letters: Callable[[str], list[str]],
    accessible: Callable[[Page], None],
) -> None:
    event = an_event(kind=EventKind.SUMMIT, title="Summit 2030", published=False)
    a_user(CONVENOR, roles={event.programme_id: Role.CONVENOR})

    page = staff(CONVENOR)
    page.goto(f"/manage/events/{event.slug}/edit")
    accessible(page)
    page.get_by_label("Places (optional)").fill("2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("button", name="Open registration").click()
    accessible(page)
    page.get_by_role("button", name="Open registration").click()
    expect(page.get_by_text("Registration is open.").first).to_be_visible()

    ann = visitor(width=360)
    ann.goto("/events")
    accessible(ann)
    ann.get_by_role("link", name="Summit 2030").click()
    accessible(ann)
    register(ann, "Ann Lee", "ann@example.org", accessible)
    a_registration(event, name="Ben Lee", email="ben@example.org")

    cat = visitor(width=360)
    cat.goto(f"/events/{event.slug}")
    expect(cat.get_by_text("2 of 2 seats taken")).to_be_visible()
    register(cat, "Cat Lee", "cat@example.org")
    a_registration(event, name="Dan Lee", email="dan@example.org")
    cat.goto(link(letters("cat@example.org"), "/b/"))
    expect(cat.get_by_text("You are number 1 on the waiting list.")).to_be_visible()
    accessible(cat)
    dan = visitor(width=360)
    dans = link(letters("dan@example.org"), "/b/")
    dan.goto(dans)
    expect(dan.get_by_text("You are number 2 on the waiting list.")).to_be_visible()

    ann.goto(link(letters("ann@example.org"), "/b/"))
    expect(ann.get_by_text("You have a place.")).to_be_visible()
    ann.get_by_role("link", name="Cancel the booking").click()
    accessible(ann)
    ann.get_by_role("button", name="Yes, cancel it").click()
    expect(ann.get_by_text("This booking is cancelled.")).to_be_visible()

    cat.goto(link(letters("cat@example.org"), "/b/"))
    expect(cat.get_by_text("A place became free, and it is yours until")).to_be_visible()
    accessible(cat)
    cat.get_by_role("button", name="Take the place").click()
    expect(cat.get_by_text("You have a place.")).to_be_visible()
    dan.goto(dans)
    expect(dan.get_by_text("You are number 1 on the waiting list.")).to_be_visible()

    page.goto(f"/manage/events/{event.slug}/registrations")
    seen = {r.get_by_role("rowheader").inner_text().split("\n")[0]: r.inner_text() for r in lines(page)}
    assert {name: "Confirmed" in text for name, text in seen.items()} == {
        "Ben Lee": True, "Cat Lee": True, "Dan Lee": False,
    }  # fmt: skip
    assert ann.context.cookies() == cat.context.cookies() == [], "who registers is given no cookie"


def register(page: Page, name: str, email: str, accessible: Callable[[Page], None] | None = None) -> None:
    """From the event's page to "look into your mail"."""
    page.get_by_role("button", name=re.compile("^(Register|Join)")).first.click()
    if accessible:
        accessible(page)
        page.get_by_role("button", name="Register").click()
        expect(page.get_by_role("alert")).to_contain_text("Enter your name")
        accessible(page)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Look into your mail")
    if accessible:
        accessible(page)


def lines(page: Page) -> list[Page]:
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader")).all()  # type: ignore[return-value]


def test_the_door_on_a_phone(staff: Callable[..., Page], accessible: Callable[[Page], None]) -> None:
    event = an_open_event(starts=local(hours=3), ends=local(hours=5), capacity=20)
    a_user(SECRETARY, name="Sam Secretary", roles={event.programme_id: Role.SECRETARY})
    for name in ("Ann Lee", "Ben Okri", "Cat Lee"):
        a_registration(event, name=name)

    door = staff(SECRETARY, width=360)
    door.goto(f"/manage/events/{event.slug}/check-in")
    expect(door.get_by_text("0 of 3 are in")).to_be_visible()
    accessible(door)
    door.get_by_label("Name or organisation").fill("lee")
    door.get_by_role("button", name="Search").click()
    expect(door.get_by_role("button", name="Check in")).to_have_count(2)
    expect(door.get_by_text("Ben Okri")).to_have_count(0)
    door.get_by_role("button", name=re.compile("Check in.*Cat Lee")).click()
    expect(door.get_by_text("Cat Lee is in.")).to_be_visible()
    expect(door.get_by_text("1 of 3 are in")).to_be_visible()
    accessible(door)
    door.get_by_role("button", name=re.compile("Undo.*Cat Lee")).click()
    expect(door.get_by_text("Cat Lee is not checked in.")).to_be_visible()
    expect(door.get_by_text("0 of 3 are in")).to_be_visible()

    door.get_by_role("link", name="Somebody without a booking").click()
    accessible(door)
    door.get_by_label("Name").fill("Dan Walker")
    door.get_by_role("button", name="Let them in").click()
    expect(door.get_by_text("Dan Walker is in.")).to_be_visible()
    expect(door.get_by_text("1 of 4 are in")).to_be_visible()
