"""Journey 3 as far as journey 1 needs it: postpone and reconfirm, or cancel; everybody concerned is told once."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from engage.core.access import Role
from tests.factories.accounts import a_user
from tests.factories.attendance import accepted, an_invitation
from tests.factories.events import an_event
from tests.journeys.steps import link, local, sent, type_date, type_time

CONVENOR = "con@engage.example"


def test_postpone_and_reconfirm(
    visitor: Callable[..., Page],
    staff: Callable[..., Page],
    letters: Callable[[str], list[str]],
    post: Callable[[], list[EmailMessage]],
    accessible: Callable[[Page], None],
) -> None:
    planned = local(days=60, at=10)
    event = an_event(title="Round Table 3", starts=planned, ends=planned.replace(hour=16))
    a_user(CONVENOR, roles={event.programme_id: Role.CONVENOR})
    accepted(event, name="Ann Lee", email="ann@example.org")
    accepted(event, name="Ben Lee", email="ben@example.org")
    an_invitation(event, name="Cat Lee", email="cat@example.org")
    before = post()

    page = staff(CONVENOR)
    page.goto(f"/manage/events/{event.slug}")
    was = f"{planned:%A} {planned.day} {planned:%B %Y}, 10am to 4pm"
    expect(page.get_by_text(was).first).to_be_visible()
    page.get_by_role("button", name="Postpone").click()
    accessible(page)
    expect(page.locator(".engage-confirm")).to_contain_text("3 people will be told by mail")
    expect(page.locator(".engage-confirm")).to_contain_text("2 people will be asked to reconfirm")
    page.get_by_text("Who they are (3)").click()
    expect(page.get_by_text("Cat Lee")).to_be_visible()
    page.get_by_role("button", name="Postpone the event").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why the event is postponed")
    accessible(page)
    page.get_by_label("Why is it postponed?").fill("The room is flooded.")
    page.get_by_label("Day and time").check()
    moved = local(days=90, at=11)
    type_time(page, "Starts", moved)
    page.get_by_role("group", name="Ends").get_by_label("Time").fill("15:00")
    type_date(page, "Last day to reconfirm (optional)", local(days=20))
    page.get_by_role("button", name="Postpone the event").click()
    expect(page.get_by_text("Postponed. Everybody concerned is being told.")).to_be_visible()
    expect(page.get_by_text(was).first).to_be_visible()
    accessible(page)

    told = post()[len(before) :]
    once = ["Postponed: Round Table 3"]
    assert sent(told) == {"ann@example.org": once, "ben@example.org": once, "cat@example.org": once}
    earlier = {calendar(m)["UID"]: int(calendar(m)["SEQUENCE"]) for m in before if calendar(m)}
    for message in told:
        entry = calendar(message)
        assert int(entry["SEQUENCE"]) > earlier[entry["UID"]], "a calendar takes over what it knows in a newer version"

    public = visitor()
    public.goto(f"/events/{event.slug}")
    expect(public.get_by_text("The room is flooded.")).to_be_visible()
    expect(public.get_by_text(was).first).to_be_visible()
    accessible(public)

    ann = visitor(width=360)
    ann.goto(link(letters("ann@example.org"), "/i/"))
    expect(ann.get_by_text("The date has changed. Can you still come?")).to_be_visible()
    accessible(ann)
    ann.get_by_role("button", name="Accept").click()
    expect(ann.get_by_text("You have a place. We look forward to seeing you.")).to_be_visible()
    page.goto(f"/manage/events/{event.slug}/registrations")
    row = page.get_by_role("row").filter(has_text="Ben Lee")
    expect(row).to_contain_text("To reconfirm")
    expect(page.get_by_role("row").filter(has_text="Ann Lee")).to_contain_text("Confirmed")
    accessible(page)

    page.goto(f"/manage/events/{event.slug}")
    page.get_by_role("button", name="Set the new date").click()
    accessible(page)
    page.get_by_role("button", name="Confirm this date").click()
    expect(page.get_by_text("The new date stands.")).to_be_visible()


def test_cancel_tells_everybody_once(
    visitor: Callable[..., Page],
    staff: Callable[..., Page],
    post: Callable[[], list[EmailMessage]],
) -> None:
    event = an_event(title="Round Table 9")
    a_user(CONVENOR, roles={event.programme_id: Role.CONVENOR})
    accepted(event, name="Ann Lee", email="ann@example.org")
    an_invitation(event, name="Cat Lee", email="cat@example.org")
    before = len(post())

    page = staff(CONVENOR)
    page.goto(f"/manage/events/{event.slug}")
    page.get_by_role("button", name="Cancel the event").click()
    expect(page.locator(".engage-confirm")).to_contain_text("2 people will be told by mail")
    page.get_by_label("Why is it cancelled?").fill("It is not needed any more.")
    page.get_by_role("button", name="Cancel the event").click()
    expect(page.get_by_text("Cancelled: It is not needed any more.")).to_be_visible()

    told = post()[before:]
    once = ["Cancelled: Round Table 9"]
    assert sent(told) == {"ann@example.org": once, "cat@example.org": once}
    assert [calendar(m)["METHOD"] for m in told] == ["CANCEL", "CANCEL"]

    ann = visitor(width=360)
    ann.goto(f"/events/{event.slug}")
    expect(ann.get_by_text("It is not needed any more.")).to_be_visible()


def calendar(message: EmailMessage) -> dict[str, str]:
    """The lines of its calendar part, by name; none where it has none."""
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            lines = part.get_content().replace("\r\n ", "").splitlines()
            return dict(line.split(":", 1) for line in lines if ":" in line)
    return {}
