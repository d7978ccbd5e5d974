"""Lists from files for events with ticket kinds, lines of their own, and places for one organisation."""

from __future__ import annotations

from flask import Flask

from engage.attendance import service
from engage.attendance.models import Makes
from engage.core.access import SYSTEM
from engage.core.db import saving
from engage.events.models import Event
from tests.factories.attendance import a_draft_invitation, a_kind, again, answers, kinds_and_states
from tests.factories.events import an_event, an_open_event
from tests.factories.imports import a_list, fates, started

HEADINGS = "Name,E-mail,Company,Ticket type"


def with_kinds() -> Event:
    """Two standard seats and one for the press."""
    event = an_open_event()
    a_kind(event, "Standard", 2)
    a_kind(event, "Press", 1)
    return event


def test_each_row_takes_a_seat_of_the_kind_that_it_names(app: Flask) -> None:
    event = with_kinds()
    import_ = a_list(
        event,
        HEADINGS,
        "Ann,ann@x.example,,press",
        "Bob,bob@x.example,,Press",
        "Cy,cy@x.example,,Standard",
        "Di,di@x.example,,Balcony",
        "Eve,eve@x.example,,",
        makes=Makes.REGISTRANTS,
    )
    assert fates(import_) == [
        (2, "added", ""),
        (3, "waits", ""),
        (4, "added", ""),
        (5, "added", "No kind of ticket here is called “Balcony”: the usual one is given"),
        (6, "waits", ""),
    ]
    started(import_)
    assert kinds_and_states(event) == {
        "Ann": ("press", "confirmed"),
        "Bob": ("press", "waitlisted"),
        "Cy": ("standard", "confirmed"),
        "Di": ("standard", "confirmed"),
        "Eve": ("standard", "waitlisted"),
    }


def test_the_preview_counts_the_places_of_an_organisation(app: Flask) -> None:
    event = an_open_event(per_organisation=1)
    rows = ("Ann,ann@x.example,ONS,", "Bob,bob@x.example,ons,", "Cy,cy@x.example,HSE,")
    import_ = a_list(event, HEADINGS, *rows, makes=Makes.REGISTRANTS)
    planned = [fate for _n, fate, _why in fates(import_)]
    started(import_)
    assert planned == ["added", "waits", "added"] == [fate for _n, fate, _why in fates(import_)]


def test_the_preview_knows_the_seats_that_are_held_for_those_asked(app: Flask) -> None:
    event = an_event(capacity=1, holds_seats=True)
    invitation = a_draft_invitation(event, name="Ann", email="ann@x.example")
    with saving():
        service.send(event, invitations=[invitation], by=SYSTEM)
    import_ = a_list(event, HEADINGS, "Bob,bob@x.example,,", "Ann,ann@x.example,,", makes=Makes.REGISTRANTS)
    planned = [fate for _n, fate, _why in fates(import_)]
    started(import_)
    assert planned == ["waits", "added"] == [fate for _n, fate, _why in fates(import_)]
    assert answers(event) == {"Ann": "accepted"}


def test_invitees_are_asked_to_the_kind_that_their_row_names(app: Flask) -> None:
    event = with_kinds()
    started(a_list(event, HEADINGS, "Ann,ann@x.example,,Press"))
    invitation = a_draft_invitation(event, name="Bob", email="bob@x.example")
    assert again(invitation).pool == "standard"
    assert answers(event) == {"Ann": "draft", "Bob": "draft"}
