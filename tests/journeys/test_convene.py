"""Journey 1, "Convene a Round Table": sign in, plan it, invite from lists, a reply board that keeps itself up to date,
remind only the silent, approve a substitute, papers out."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from playwright.sync_api import Page, expect

import engage.demo
from engage.core.access import Role
from tests.factories.accounts import a_user
from tests.factories.attendance import an_invitation
from tests.factories.events import a_programme, a_theme, an_event
from tests.factories.papers import a_paper
from tests.journeys.steps import link, local, sent, type_time

CONVENOR = "con@engage.example"
DELEGATES = Path(engage.demo.__file__).parent / "data" / "delegates.csv"
PASTED = "Ann Lee <ann@example.org>; Ben Okri <ben@example.org>\nOttoline Greyfriars <ottoline.greyfriars@example.org>"


def test_sign_in_plan_and_invite_from_lists(
    visitor: Callable[..., Page],
    letters: Callable[[str], list[str]],
    post: Callable[[], list[EmailMessage]],
    accessible: Callable[[Page], None],
) -> None:
    programme = a_programme()
    a_theme(programme, title="Workforce")
    a_user(CONVENOR, name="Connie Convenor", roles={programme.id: Role.CONVENOR})

    page = visitor()
    page.goto("/manage/events")
    accessible(page)
    page.get_by_label("E-mail address").fill(CONVENOR)
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_text("has an account here")).to_be_visible()
    accessible(page)
    address = link(letters(CONVENOR), "/sign-in/")
    page.goto(address)
    accessible(page)
    page.goto("/desk")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.goto(address)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Events")
    accessible(page)

    page.get_by_role("button", name="Plan an event").first.click()
    accessible(page)
    page.get_by_label("Title").fill("Round Table 4")
    page.get_by_label("Round Table", exact=True).check()
    type_time(page, "Starts", local(days=40, at=10))
    page.get_by_role("group", name="Ends").get_by_label("Time").fill("1pm")
    page.get_by_label("Theme group that owns it").select_option("Workforce")
    page.get_by_role("button", name="Create the event").click()
    expect(page.get_by_text("Created, as a draft.")).to_be_visible()
    accessible(page)

    page.get_by_role("link", name="Agenda", exact=True).click()
    for title in ("Any other business", "What a list of releases must hold"):
        page.get_by_label("What it is about").fill(title)
        page.get_by_label("Minutes").fill("45")
        page.get_by_role("button", name="Add to the agenda").click()
        expect(page.get_by_role("listitem").filter(has_text=title)).to_be_visible()
    page.get_by_role("button", name=re.compile("^Up.*What a list")).click()
    expect(page.locator(".engage-agenda__title")).to_have_text(
        ["What a list of releases must hold", "Any other business"]
    )
    accessible(page)

    page.get_by_role("link", name="Overview").click()
    page.get_by_role("button", name="Schedule").click()
    accessible(page)
    page.get_by_role("button", name="Schedule the event").click()
    expect(page.get_by_text("Scheduled. It is still private")).to_be_visible()

    page.get_by_role("link", name=re.compile("^Invitations")).first.click()
    accessible(page)
    page.get_by_role("link", name="Take a list from a file, or paste one").click()
    accessible(page)
    page.get_by_label("Or paste a list").fill(PASTED)
    page.get_by_role("button", name="Look at it first").click()
    page.get_by_role("button", name="See what becomes of each row").click()
    page.get_by_role("button", name="Put 3 people on the list").click()
    expect(page.get_by_role("cell", name="Added")).to_have_count(3)

    page.get_by_role("button", name="Go to the list").click()
    page.get_by_role("link", name="Take a list from a file, or paste one").click()
    page.get_by_label("File (optional)").set_input_files(DELEGATES)
    page.get_by_role("button", name="Look at it first").click()
    accessible(page)
    page.get_by_role("button", name="See what becomes of each row").click()
    for fate, count in (("Will be added", 22), ("Invited already", 1), ("Stands further up", 1), ("Cannot be used", 2)):
        expect(page.get_by_role("cell", name=fate)).to_have_count(count)
    accessible(page)
    page.get_by_role("button", name="Put 22 people on the list").click()
    page.get_by_role("button", name="Go to the list").click()
    page.get_by_role("button", name="Send invitations …").click()
    accessible(page)
    expect(page.locator(".engage-confirm")).to_contain_text("25 people get")
    page.get_by_role("checkbox", name="Ben Okri").uncheck()
    page.get_by_role("button", name="Send to those ticked").click()
    expect(page.get_by_text("24 invitations are on their way.")).to_be_visible()
    asked = [str(m["To"]) for m in post() if str(m["Subject"]) == "Invitation: Round Table 4"]
    assert len(asked) == len(set(asked)) == 24


def test_answer_on_a_phone_and_remind_the_silent(
    visitor: Callable[..., Page],
    staff: Callable[..., Page],
    letters: Callable[[str], list[str]],
    post: Callable[[], list[EmailMessage]],
    accessible: Callable[[Page], None],
) -> None:
    event = an_event(title="Round Table 4", published=False, capacity=3)
    a_user(CONVENOR, roles={event.programme_id: Role.CONVENOR})
    for name in ("Ann", "Ben", "Cat"):
        an_invitation(event, name=f"{name} Lee", email=f"{name.lower()}@example.org")

    ann = visitor(width=360)
    ann.goto(link(letters("ann@example.org"), "/i/"))
    expect(ann.get_by_text("Invitation for Ann Lee")).to_be_visible()
    expect(ann.get_by_text("1 Drummond Gate")).to_be_hidden()
    accessible(ann)
    ann.get_by_role("button", name="Accept").click()
    expect(ann.get_by_text("You have a place. We look forward to seeing you.")).to_be_visible()
    expect(ann.get_by_text("1 Drummond Gate")).to_be_visible()
    accessible(ann)
    ann.get_by_role("link", name="Tell us what you need to take part").click()
    ann.get_by_label("What do you need to take part?").fill("A hearing loop")
    accessible(ann)
    ann.get_by_role("button", name="Save").click()
    expect(ann.get_by_text("You have a place.")).to_be_visible()
    accessible(ann)

    board = staff(CONVENOR)
    board.goto(f"/manage/events/{event.slug}/invitations")
    assert answers(board) == {"Ann Lee": "Accepted", "Ben Lee": "No answer yet", "Cat Lee": "No answer yet"}
    accessible(board)

    ben = visitor(width=360)
    ben.goto(link(letters("ben@example.org"), "/i/"))
    ben.get_by_label("A word of apology").fill("I am away that week.")
    ben.get_by_role("button", name="Decline").click()
    expect(ben.get_by_text("You said that you can’t come.")).to_be_visible()
    accessible(ben)
    board.reload()
    expect(board.get_by_text("“I am away that week.”")).to_be_visible()
    ben.get_by_role("button", name="Accept").click()
    expect(ben.get_by_text("You have a place. We look forward to seeing you.")).to_be_visible()

    board.reload()
    assert answers(board) == {"Ann Lee": "Accepted", "Ben Lee": "Accepted", "Cat Lee": "No answer yet"}
    before = len(post())
    board.get_by_role("button", name="Remind the silent …").click()
    expect(board.locator(".engage-confirm")).to_contain_text("1 person gets")
    expect(board.get_by_role("checkbox")).to_have_count(1)
    accessible(board)
    board.get_by_role("button", name="Remind those ticked").click()
    expect(board.get_by_text("1 person is reminded.")).to_be_visible()
    assert sent(post()[before:]) == {"cat@example.org": ["Can you come? Round Table 4"]}
    assert ann.context.cookies() == ben.context.cookies() == [], "who answers is given no cookie"


def test_the_board_keeps_itself_up_to_date_a_substitute_is_approved_and_papers_go_out(
    visitor: Callable[..., Page],
    staff: Callable[..., Page],
    letters: Callable[[str], list[str]],
    post: Callable[[], list[EmailMessage]],
    accessible: Callable[[Page], None],
) -> None:
    event = an_event(title="Round Table 4", published=False, capacity=2)
    a_paper(event, title="Direction of travel")
    a_user(CONVENOR, roles={event.programme_id: Role.CONVENOR})
    for name in ("Ann", "Ben"):
        an_invitation(event, name=f"{name} Lee", email=f"{name.lower()}@example.org")

    board = staff(CONVENOR)
    board.clock.install()
    board.goto(f"/manage/events/{event.slug}/invitations")
    board.get_by_label("Name, organisation or address").fill("Le")
    first = board.get_by_role("link", name="Ann Lee", exact=True)
    first.focus()

    ann = visitor(width=360)
    ann.goto(link(letters("ann@example.org"), "/i/"))
    ann.get_by_role("link", name="Decline, and send somebody in my place").click()
    accessible(ann)
    ann.get_by_role("button", name="Decline, and propose this person").click()
    expect(ann.get_by_text("There is a problem")).to_be_visible()
    ann.get_by_label("Their name").fill("Dee Deputy")
    ann.get_by_label("Their e-mail address").fill("dee@example.org")
    ann.get_by_role("button", name="Decline, and propose this person").click()
    expect(ann.get_by_text("You proposed that Dee Deputy comes in your place.")).to_be_visible()
    accessible(ann)

    board.clock.run_for(16_000)
    expect(board.get_by_role("status")).to_have_text("1 new answer")
    assert answers(board) == {"Ann Lee": "Declined", "Ben Lee": "No answer yet"}
    expect(first).to_be_focused()
    expect(board.get_by_label("Name, organisation or address")).to_have_value("Le")
    accessible(board)

    before = len(post())
    board.get_by_role("link", name="Approve Dee Deputy").click()
    accessible(board)
    board.get_by_role("button", name="Approve, and send the invitation").click()
    expect(board.get_by_text("Dee Deputy comes instead")).to_be_visible()
    assert sent(post()[before:]) == {"dee@example.org": ["Invitation: Round Table 4"]}
    board.get_by_role("link", name="Dee Deputy", exact=True).click()
    expect(board.get_by_text("Invited in place of Ann Lee")).to_be_visible()
    accessible(board)

    board.get_by_role("link", name="Papers", exact=True).click()
    board.get_by_role("button", name=re.compile("Circulate")).first.click()
    board.get_by_role("button", name=re.compile("Circulate")).first.click()
    dee = visitor(width=360)
    dee.goto(link(letters("dee@example.org"), "/i/"))
    expect(dee.get_by_text("You are invited in place of Ann Lee.")).to_be_visible()
    dee.get_by_role("button", name="Accept").click()
    expect(dee.get_by_text("You have a place. We look forward to seeing you.")).to_be_visible()
    expect(dee.get_by_role("link", name="Direction of travel")).to_be_visible()
    accessible(dee)
    ann.reload()
    expect(ann.get_by_text("Dee Deputy is invited in your place.")).to_be_visible()
    expect(ann.get_by_role("link", name="Direction of travel")).to_be_hidden()
    accessible(ann)


def answers(board: Page) -> dict[str, str]:
    """Name → answer, as the board shows them."""
    rows = board.get_by_role("row").filter(has=board.get_by_role("rowheader")).all()
    return {
        row.get_by_role("rowheader").inner_text().splitlines()[0]: row.locator(".engage-tag").first.inner_text()
        for row in rows
    }
