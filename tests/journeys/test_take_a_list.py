"""A list from a file: uploaded, its columns looked over, every row's fate read, made, and undone, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from playwright.sync_api import Page, expect

from engage.core import worker
from engage.core.access import Role
from tests.factories.accounts import a_user
from tests.factories.attendance import states
from tests.factories.events import an_open_event
from tests.factories.imports import prepared, started
from tests.journeys.test_by_keyboard import tab_to

INDICO = Path(__file__).parents[1] / "attendance" / "files" / "indico.xlsx"


def test_take_a_list_of_registrants_and_undo_it(
    staff: Callable[..., Page], accessible: Callable[[Page], None], post: Callable[[], list[EmailMessage]]
) -> None:
    event = an_open_event(title="Summit 2030", capacity=2)
    a_user("sec@engage.example", roles={event.programme_id: Role.SECRETARY})
    page = staff("sec@engage.example")
    post()
    page.goto(f"/manage/events/{event.slug}/import?as=registrants")
    accessible(page)
    page.get_by_label("File").set_input_files(INDICO)
    tab_to(page, "Look at it first")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("What each column holds")
    expect(page.get_by_text("This looks like an export of Indico")).to_be_visible()
    accessible(page)
    tab_to(page, "What “Dietary needs” holds")
    tab_to(page, "See what becomes of each row")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("What becomes of each row")
    expect(page.get_by_text("The file says: Withdrawn")).to_be_visible()
    accessible(page)
    tab_to(page, "Register 3 people")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Nobody is written to by this: that is an act of its own.")).to_be_visible()
    accessible(page)
    assert states(event) == {"Ann Smith": "confirmed", "Bo O'Neil": "confirmed", "Di Kaya": "waitlisted"}
    tab_to(page, "Undo the import …")
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 bookings are cancelled")).to_be_visible()
    accessible(page)
    tab_to(page, "Undo the import")
    page.keyboard.press("Enter")

    expect(page.get_by_role("main").get_by_text("taken back", exact=True)).to_be_visible()
    assert set(states(event).values()) == {"cancelled"}
    assert post() == []


def test_a_long_list_shows_how_far_it_is_by_itself(
    staff: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    event = an_open_event(title="Summit 2030")
    a_user("sec@engage.example", roles={event.programme_id: Role.SECRETARY})
    import_ = started(prepared(event, *(f"P{n:03},p{n:03}@x.example," for n in range(210))))
    page = staff("sec@engage.example")
    page.goto(f"/manage/events/{event.slug}/import/{import_.key}")
    expect(page.get_by_text("0 of 210 rows are done.")).to_be_visible()
    accessible(page)
    worker.run_all()
    expect(page.get_by_role("link", name="Undo the import …")).to_be_visible()
